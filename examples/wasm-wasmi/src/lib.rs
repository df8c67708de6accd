//! The module `sealwright.wasm` in wasmi: memory, calls and traps, as `docs/module.md` describes them.

use anyhow::{Context, Result, anyhow, ensure};
use wasmi::{
    Config, Engine, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, TrapCode, WasmParams,
    WasmResults,
};

/// The version of the interface that this program was written for.
const ABI_VERSION: u32 = 1;

/// A buffer in the module's memory: address and length of a response, two little-endian u32.
const BUFFER: [u8; 8] = [0; 8];

/// What an instance may use.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The most memory, in bytes.
    pub memory_bytes: usize,
    /// The most work of one call, in wasmi's fuel: about one unit for each instruction.
    pub fuel: u64,
}

/// The compiled module; threads may share it.
pub struct Sealwright {
    module: Module,
    limits: Limits,
}

/// What the engine answered.
pub struct Response {
    /// 0, 1 where a key is needed that is held elsewhere, or the number of an error code.
    pub status: u32,
    /// JSON.
    pub body: Vec<u8>,
}

impl Sealwright {
    /// Compiles the module, for instances with these limits.
    pub fn new(wasm: &[u8], limits: Limits) -> Result<Self> {
        let engine = Engine::new(Config::default().consume_fuel(true));
        Ok(Self { module: Module::new(&engine, wasm)?, limits })
    }

    /// An instance with an engine that holds no key.
    pub fn instance(&self) -> Result<Instance> {
        let limits = StoreLimitsBuilder::new().memory_size(self.limits.memory_bytes).build();
        let mut store = Store::new(self.module.engine(), limits);
        store.limiter(|limits| limits);
        // There is nothing to link: the module imports nothing.
        let linker = Linker::new(self.module.engine());
        let instance = linker.instantiate_and_start(&mut store, &self.module)?;
        let memory = instance.get_memory(&store, "memory").context("no memory is exported")?;
        let fuel = self.limits.fuel;
        let mut instance = Instance { store, instance, memory, fuel, engine: 0, trapped: false };
        let version: u32 = instance.run("sealwright_abi_version", ())?;
        ensure!(version == ABI_VERSION, "found version {version} of the interface, wanted {ABI_VERSION}");
        instance.engine = instance.run("sealwright_engine_new", ())?;
        ensure!(instance.engine != 0, "no memory for an engine");
        Ok(instance)
    }
}

/// An instance of the module with one engine in it. One thread at a time may use it.
pub struct Instance {
    store: Store<StoreLimits>,
    instance: wasmi::Instance,
    memory: Memory,
    fuel: u64,
    /// The address of the engine.
    pub engine: u32,
    trapped: bool,
}

impl Instance {
    /// Lends the engine a private key (PKCS#8, PEM), which requests name by `id`.
    pub fn import_key(&mut self, id: &str, pem: &[u8]) -> Result<Response> {
        let (id, pem) = (self.put(id.as_bytes())?, self.put(pem)?);
        let out = self.put(&BUFFER)?;
        let status =
            self.run("sealwright_engine_import_key", (self.engine, id.0, id.1, pem.0, pem.1, out.0))?;
        self.take(status, out, &[id, pem])
    }

    /// Answers one request.
    pub fn call(&mut self, request: &[u8]) -> Result<Response> {
        let request = self.put(request)?;
        let out = self.put(&BUFFER)?;
        let status = self.run("sealwright_call", (self.engine, request.0, request.1, out.0))?;
        self.take(status, out, &[request])
    }

    /// Copies bytes into the module: their address and length there.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(u32, u32)> {
        let length = u32::try_from(bytes.len())?;
        let address: u32 = self.run("sealwright_alloc", length)?;
        ensure!(address != 0 || length == 0, "no memory for {length} bytes");
        self.memory.write(&mut self.store, usize::try_from(address)?, bytes)?;
        Ok((address, length))
    }

    /// Copies the response out of the module and gives back all that the call needed there.
    fn take(&mut self, status: u32, out: (u32, u32), given: &[(u32, u32)]) -> Result<Response> {
        let fields = self.bytes(out.0, out.1)?;
        let address = u32::from_le_bytes(fields[..4].try_into()?);
        let length = u32::from_le_bytes(fields[4..].try_into()?);
        let body = self.bytes(address, length)?;
        self.run::<_, ()>("sealwright_buffer_free", out.0)?;
        for &part in given.iter().chain([&out]) {
            self.run::<_, ()>("sealwright_dealloc", part)?;
        }
        ensure!(length > 0, "no memory for a response");
        Ok(Response { status, body })
    }

    /// Copies bytes out of the module.
    pub fn bytes(&self, address: u32, length: u32) -> Result<Vec<u8>> {
        let (start, length) = (usize::try_from(address)?, usize::try_from(length)?);
        let rest = self.memory().get(start..);
        let found = rest.and_then(|rest| rest.get(..length)).context("bytes beyond the memory")?;
        Ok(found.to_vec())
    }

    /// The whole memory of the module, as it is now.
    pub fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Calls an export, whatever comes of it, with fuel of its own. After a trap, and where the fuel runs out, nothing in
    /// the instance can be relied on any more.
    pub fn run<P: WasmParams, R: WasmResults>(&mut self, name: &str, arguments: P) -> Result<R> {
        ensure!(!self.trapped, "the instance has trapped: make another one");
        let function = self.instance.get_typed_func::<P, R>(&self.store, name)?;
        self.store.set_fuel(self.fuel)?;
        let done = function.call(&mut self.store, arguments);
        self.trapped = done.is_err();
        done.map_err(|error| match error.as_trap_code() {
            Some(TrapCode::OutOfFuel) => anyhow!("{name} takes more than {} units of fuel", self.fuel),
            _ => error.into(),
        })
    }
}

/// Keys that were lent are in the memory, and the runtime does not wipe what it gives back.
impl Drop for Instance {
    fn drop(&mut self) {
        self.memory.data_mut(&mut self.store).fill(0);
    }
}

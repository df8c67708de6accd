//! The engine as a WebAssembly module in wasmtime, through the C ABI.

use anyhow::{Context, Result, ensure};
use wasmtime::{Config, Engine, Instance, Memory, Module, Store, TypedFunc};

use crate::vector::{Answer, Key};

/// A compiled module.
pub struct Guest {
    engine: Engine,
    module: Module,
}

impl Guest {
    /// Compiles the module.
    pub fn new(wasm: &[u8]) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_wide_arithmetic(true).wasm_simd(true);
        let engine = Engine::new(&config).map_err(foreign)?;
        let module = Module::new(&engine, wasm).map_err(foreign)?;
        Ok(Self { engine, module })
    }

    /// One request in a fresh instance that holds these keys.
    pub fn call(&self, request: &[u8], keys: &[Key]) -> Result<Answer> {
        let mut session = self.session(keys)?;
        let answer = session.call(request)?;
        session.close()?;
        Ok(answer)
    }

    /// A fresh instance with an engine that holds these keys.
    pub fn session(&self, keys: &[Key]) -> Result<Session> {
        let mut session = Session::new(self)?;
        for key in keys {
            session.import_key(key)?;
        }
        Ok(session)
    }
}

/// An instance and one engine handle in it.
pub struct Session {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    handle: u32,
}

impl Session {
    fn new(guest: &Guest) -> Result<Self> {
        let mut store = Store::new(&guest.engine, ());
        let instance = Instance::new(&mut store, &guest.module, &[]).map_err(foreign)?;
        let memory = instance.get_memory(&mut store, "memory").context("no memory is exported")?;
        let mut session = Self { store, instance, memory, handle: 0 };
        session.handle = session.run::<(), u32>("sealwright_engine_new", ())?;
        ensure!(session.handle != 0, "the module has no memory for an engine");
        Ok(session)
    }

    fn import_key(&mut self, key: &Key) -> Result<()> {
        let id = self.put(key.id.as_bytes())?;
        let pem = self.put(key.pem.as_bytes())?;
        let out = self.put(&[0; 8])?;
        let arguments = (self.handle, id.0, id.1, pem.0, pem.1, out.0);
        let status: u32 = self.run("sealwright_engine_import_key", arguments)?;
        let body = self.take(out)?;
        ensure!(status == 0, "importing the key {}: {}", key.id, String::from_utf8_lossy(&body));
        self.run::<_, ()>("sealwright_dealloc", id)?;
        self.run::<_, ()>("sealwright_dealloc", pem)
    }

    /// One request to the engine.
    pub fn call(&mut self, request: &[u8]) -> Result<Answer> {
        let request = self.put(request)?;
        let out = self.put(&[0; 8])?;
        let arguments = (self.handle, request.0, request.1, out.0);
        let status: u32 = self.run("sealwright_call", arguments)?;
        let body = self.take(out)?;
        self.run::<_, ()>("sealwright_dealloc", request)?;
        Ok(Answer { status, body })
    }

    /// As [`Self::call`], but nothing is freed: the host drops an instance whole.
    pub fn call_unfreed(&mut self, request: &[u8]) -> Result<Answer> {
        let (address, length) = self.put(request)?;
        let out = self.put(&[0; 8])?;
        let status: u32 = self.run("sealwright_call", (self.handle, address, length, out.0))?;
        Ok(Answer { status, body: self.buffer(out.0)? })
    }

    /// The bytes of a `sealwright_buffer`, which is given back.
    fn take(&mut self, out: (u32, u32)) -> Result<Vec<u8>> {
        let body = self.buffer(out.0)?;
        self.run::<_, ()>("sealwright_buffer_free", out.0)?;
        ensure!(self.bytes(out.0, 8)? == [0; 8], "a freed buffer is not empty");
        self.run::<_, ()>("sealwright_dealloc", out)?;
        Ok(body)
    }

    /// The octets of memory that the module has asked for so far.
    pub fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// Frees the engine.
    pub fn close(mut self) -> Result<()> {
        self.run("sealwright_engine_free", self.handle)
    }

    /// The bytes of the `sealwright_buffer` at an address: two little-endian u32.
    fn buffer(&mut self, address: u32) -> Result<Vec<u8>> {
        let fields = self.bytes(address, 8)?;
        let data = u32::from_le_bytes(fields[..4].try_into()?);
        let len = u32::from_le_bytes(fields[4..].try_into()?);
        self.bytes(data, len)
    }

    fn bytes(&mut self, address: u32, len: u32) -> Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(len)?];
        self.memory.read(&self.store, usize::try_from(address)?, &mut bytes)?;
        Ok(bytes)
    }

    /// Copies bytes into the module: their address and length.
    fn put(&mut self, bytes: &[u8]) -> Result<(u32, u32)> {
        let len = u32::try_from(bytes.len())?;
        let address: u32 = self.run("sealwright_alloc", len)?;
        ensure!(address != 0 || len == 0, "the module has no memory for {len} bytes");
        self.memory.write(&mut self.store, usize::try_from(address)?, bytes)?;
        Ok((address, len))
    }

    fn run<P: wasmtime::WasmParams, R: wasmtime::WasmResults>(
        &mut self,
        name: &str,
        arguments: P,
    ) -> Result<R> {
        let function: TypedFunc<P, R> =
            self.instance.get_typed_func(&mut self.store, name).map_err(foreign)?;
        function.call(&mut self.store, arguments).map_err(foreign)
    }
}

fn foreign(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

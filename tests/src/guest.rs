//! The engine as a WebAssembly module in wasmtime, through the C ABI.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use wasmtime::{
    AsContext, AsContextMut, Caller, Config, Engine, Func, Instance, Memory, Module, Ref, Store, TypedFunc,
};

use crate::outside::{self, Question};
use crate::vector::{Answer, Key};

/// Who has the keys that an engine asks for.
pub type Holder = dyn Fn(&Question<'_>) -> Result<Held> + Send + Sync;

/// What a holder says.
pub enum Held {
    /// The answer.
    Answer(Vec<u8>),
    /// The padding is wrong.
    PaddingWrong,
    /// It does not have the key.
    Nothing,
}

/// What a `sealwright_key_callback` returns.
const ANSWERED: u32 = 0;
const PADDING_WRONG: u32 = 1;
const NO_ANSWER: u32 = 2;

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

    /// One request in a fresh instance, whose engine asks for these keys by a callback in the module's table.
    pub fn call_asking(&self, request: &[u8], keys: &[Key]) -> Result<Answer> {
        let keys = keys.to_vec();
        let holder = move |question: &Question<'_>| {
            if !keys.iter().any(|key| key.id == question.key) {
                return Ok(Held::Nothing);
            }
            Ok(outside::answer(&keys, question)?.map_or(Held::PaddingWrong, Held::Answer))
        };
        self.session(&[])?.call_asking(request, Arc::new(holder))
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

    /// One request with keys elsewhere. Nothing is freed: the host drops an instance whole.
    pub fn call_asking(&mut self, request: &[u8], holder: Arc<Holder>) -> Result<Answer> {
        let memory = self.memory;
        let callback =
            Func::wrap(&mut self.store, move |caller: Caller<'_, ()>, _: u32, question, room, room_len| {
                answer(caller, memory, &*holder, question, (room, room_len))
                    .map_err(|error| wasmtime::Error::msg(format!("{error:#}")))
            });
        let table = self.instance.get_table(&mut self.store, "__indirect_function_table");
        let table = table.context("no table is exported")?;
        let callback = table.grow(&mut self.store, 1, Ref::Func(Some(callback))).map_err(foreign)?;
        let request = self.put(request)?;
        let out = self.put(&[0; 8])?;
        let arguments = (self.handle, request.0, request.1, u32::try_from(callback)?, 0_u32, out.0);
        let status: u32 = self.run("sealwright_call_with_callback", arguments)?;
        Ok(Answer { status, body: self.buffer(out.0)? })
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
        let [data, len] = words(self.memory, &self.store, address)?;
        self.bytes(data, len)
    }

    fn bytes(&mut self, address: u32, len: u32) -> Result<Vec<u8>> {
        bytes(self.memory, &self.store, address, len)
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

/// A `sealwright_key_callback`: answers the `sealwright_question` at an address, in the room that there is for it.
fn answer(
    mut caller: Caller<'_, ()>,
    memory: Memory,
    holder: &Holder,
    question: u32,
    (room, room_len): (u32, u32),
) -> Result<u32> {
    let [operation, key, key_len, scheme, input, input_len] = words(memory, &caller, question)?;
    let key = String::from_utf8(bytes(memory, &caller, key, key_len)?)?;
    let (purpose, scheme) = (text(memory, &caller, operation)?, text(memory, &caller, scheme)?);
    let input = bytes(memory, &caller, input, input_len)?;
    let question = Question { key: &key, purpose: &purpose, scheme: &scheme, input };
    let answer = match holder(&question)? {
        Held::Answer(answer) => answer,
        Held::PaddingWrong => return Ok(PADDING_WRONG),
        Held::Nothing => return Ok(NO_ANSWER),
    };
    let [allowed] = words(memory, &caller, room_len)?;
    let len = u32::try_from(answer.len())?;
    ensure!(len <= allowed, "there is no room for an answer of {len} bytes");
    memory.write(caller.as_context_mut(), usize::try_from(room)?, &answer)?;
    memory.write(caller.as_context_mut(), usize::try_from(room_len)?, &len.to_le_bytes())?;
    Ok(ANSWERED)
}

fn words<const N: usize>(memory: Memory, store: impl AsContext, address: u32) -> Result<[u32; N]> {
    let mut words = [[0; 4]; N];
    memory.read(store, usize::try_from(address)?, words.as_flattened_mut())?;
    Ok(words.map(u32::from_le_bytes))
}

fn bytes(memory: Memory, store: impl AsContext, address: u32, len: u32) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(len)?];
    memory.read(store, usize::try_from(address)?, &mut bytes)?;
    Ok(bytes)
}

fn text(memory: Memory, store: impl AsContext, address: u32) -> Result<String> {
    let rest =
        memory.data(store.as_context()).get(usize::try_from(address)?..).context("an address outside")?;
    let text = rest.split(|byte| *byte == 0).next().context("no text")?;
    Ok(String::from_utf8(text.to_vec())?)
}

fn foreign(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

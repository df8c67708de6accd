//! One request in one instance, and the questions about keys that the engine asks on the way.

use serde_json::value::RawValue;
use wasmtime::{
    AsContext, Caller, Func, Instance, Memory, Ref, Store, StoreLimits, Trap, TypedFunc, UpdateDeadline,
};

use super::module::Module;
use super::wire::{KeyUse, Question, Reply};
use super::{CallError, Limits};
use crate::ambient::Stopwatch;
use crate::keystore::Grant;

/// Questions that one request may ask; a root's renewal with a new key has three.
const MAX_QUESTIONS: usize = 8;
/// The longest reply that is read out of an instance, and the longest question: a revocation list of 100,000
/// certificates has 10 MiB.
const MAX_REPLY_BYTES: u32 = 24 << 20;
/// The longest name of a key, an operation or a scheme.
const MAX_NAME_BYTES: u32 = 256;
/// Where addresses of functions lead.
const TABLE: &str = "__indirect_function_table";
/// A `sealwright_buffer`: an address and a length.
const BUFFER_BYTES: u32 = 8;
/// What a `sealwright_key_callback` returns.
const ANSWERED: u32 = 0;
const PADDING_WRONG: u32 = 1;

/// Runs a request to its end in a fresh instance, which is dropped whatever happens. One that takes long lets others
/// run in between.
pub(super) async fn run(module: &Module, request: &[u8], grant: Grant) -> Result<Box<RawValue>, CallError> {
    match Sandbox::new(module, grant).await?.call(request).await? {
        Reply::Ok(response) => Ok(response),
        Reply::Error(error) => Err(CallError::Refused(error)),
    }
}

/// What belongs to one instance.
pub(super) struct State {
    pub(super) limits: StoreLimits,
    grant: Grant,
    questions: usize,
}

struct Sandbox {
    store: Store<State>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    call: TypedFunc<(u32, u32, u32, u32, u32, u32), u32>,
    engine: u32,
    callback: u32,
    limits: Limits,
}

impl Sandbox {
    async fn new(module: &Module, grant: Grant) -> Result<Self, CallError> {
        let state = State { limits: module.store_limits(), grant, questions: 0 };
        let mut store = Store::new(&module.engine, state);
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(1);
        let (clock, deadline) = (Stopwatch::start(), module.limits.deadline);
        store.epoch_deadline_callback(move |_| {
            let is_over = clock.elapsed() >= deadline;
            Ok(if is_over { UpdateDeadline::Interrupt } else { UpdateDeadline::Yield(1) })
        });
        let stopped = |error| stopped(error, &module.limits);
        let instance = module.prepared.instantiate_async(&mut store).await.map_err(stopped)?;
        let missing = |what| CallError::Failed(format!("the module exports no {what}"));
        let memory = instance.get_memory(&mut store, "memory").ok_or_else(|| missing("memory"))?;
        let table = instance.get_table(&mut store, TABLE).ok_or_else(|| missing("table"))?;
        let callback = Func::wrap(
            &mut store,
            move |caller: Caller<'_, State>, _context: u32, question, answer, answer_len| {
                answer_question(caller, memory, question, answer, answer_len)
            },
        );
        let callback = table.grow(&mut store, 1, Ref::Func(Some(callback))).map_err(stopped)?;
        let engine = function::<(), u32>(&instance, &mut store, "sealwright_engine_new")?
            .call_async(&mut store, ())
            .await
            .map_err(stopped)?;
        Ok(Self {
            alloc: function(&instance, &mut store, "sealwright_alloc")?,
            call: function(&instance, &mut store, "sealwright_call_with_callback")?,
            callback: u32::try_from(callback).map_err(|_| missing("table"))?,
            store,
            memory,
            engine,
            limits: module.limits.clone(),
        })
    }

    async fn call(&mut self, request: &[u8]) -> Result<Reply, CallError> {
        let (buffer, address, length) = self.write(request).await?;
        self.call
            .call_async(&mut self.store, (self.engine, address, length, self.callback, 0, buffer))
            .await
            .map_err(|error| stopped(error, &self.limits))?;
        let [address, length] = read_words(&self.memory, &self.store, buffer)?;
        let body = read(&self.memory, &self.store, address, length)?;
        serde_json::from_slice(&body)
            .map_err(|error| CallError::Failed(format!("the engine's answer is no response: {error}")))
    }

    /// Where a buffer for the answer is, and behind it the request and its length: each call of the module takes its time.
    async fn write(&mut self, request: &[u8]) -> Result<(u32, u32, u32), CallError> {
        let too_long = || CallError::Failed("the request is too long".to_owned());
        let length = u32::try_from(request.len()).map_err(|_| too_long())?;
        let all = length.checked_add(BUFFER_BYTES).ok_or_else(too_long)?;
        let buffer = match self.alloc.call_async(&mut self.store, all).await {
            Ok(0) => return Err(CallError::Failed("the request does not fit into the sandbox".to_owned())),
            Ok(buffer) => buffer,
            Err(error) => return Err(stopped(error, &self.limits)),
        };
        let address = buffer.checked_add(BUFFER_BYTES).ok_or_else(outside)?;
        self.memory.write(&mut self.store, offset(address), request).map_err(|_| outside())?;
        Ok((buffer, address, length))
    }
}

/// The `sealwright_key_callback` of an instance. An error ends the call: nothing more runs in an instance that asks for what
/// it is not granted.
fn answer_question(
    mut caller: Caller<'_, State>,
    memory: Memory,
    question: u32,
    answer: u32,
    answer_len: u32,
) -> wasmtime::Result<u32> {
    let state = caller.data_mut();
    state.questions += 1;
    if state.questions > MAX_QUESTIONS {
        return Err(CallError::Failed("the engine keeps asking for key operations".to_owned()).into());
    }
    let question = read_question(&memory, &caller, question)?;
    let state = caller.data();
    let clock = Stopwatch::start();
    let bytes = state.grant.answer(&question)?;
    tracing::debug!(scheme = question.scheme, duration_us = clock.elapsed_us(), "key");
    let Some(bytes) = bytes else { return Ok(PADDING_WRONG) };
    let [room] = read_words(&memory, &caller, answer_len)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= room);
    let length = length.ok_or_else(|| malformed("too little room for the answer"))?;
    memory.write(&mut caller, offset(answer), &bytes).map_err(|_| outside())?;
    memory.write(&mut caller, offset(answer_len), &length.to_le_bytes()).map_err(|_| outside())?;
    Ok(ANSWERED)
}

/// Reads a `sealwright_question`.
fn read_question(memory: &Memory, store: impl AsContext, at: u32) -> Result<Question, CallError> {
    let [operation, key, key_length, scheme, input, input_length] = read_words(memory, &store, at)?;
    if key_length > MAX_NAME_BYTES {
        return Err(malformed("too long a key id"));
    }
    let key = String::from_utf8(read(memory, &store, key, key_length)?)
        .map_err(|_| malformed("a key id that is not UTF-8"))?;
    let key_use = match read_text(memory, &store, operation)?.as_str() {
        "sign" => KeyUse::Sign,
        "decrypt" => KeyUse::Decrypt,
        other => return Err(CallError::Failed(format!("the engine asks for {other:?} of a key"))),
    };
    let scheme = read_text(memory, &store, scheme)?;
    Ok(Question { key, key_use, scheme, input: read(memory, &store, input, input_length)? })
}

/// Reads 32-bit words, little-endian.
fn read_words<const N: usize>(
    memory: &Memory,
    store: impl AsContext,
    at: u32,
) -> Result<[u32; N], CallError> {
    let mut words = [[0; 4]; N];
    memory.read(store, offset(at), words.as_flattened_mut()).map_err(|_| outside())?;
    Ok(words.map(u32::from_le_bytes))
}

fn read(memory: &Memory, store: impl AsContext, at: u32, length: u32) -> Result<Vec<u8>, CallError> {
    if length > MAX_REPLY_BYTES {
        return Err(CallError::Failed(format!("the engine hands over {length} bytes, which is too long")));
    }
    let mut bytes = vec![0; offset(length)];
    memory.read(store, offset(at), &mut bytes).map_err(|_| outside())?;
    Ok(bytes)
}

/// Reads text up to its NUL.
fn read_text(memory: &Memory, store: impl AsContext, at: u32) -> Result<String, CallError> {
    let from = memory.data(store.as_context()).get(offset(at)..).ok_or_else(outside)?;
    let text = from.get(..offset(MAX_NAME_BYTES)).unwrap_or(from);
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8(text.to_vec()).map_err(|_| malformed("a name that is not UTF-8"))
}

fn function<Params: wasmtime::WasmParams, Results: wasmtime::WasmResults>(
    instance: &Instance,
    store: &mut Store<State>,
    name: &str,
) -> Result<TypedFunc<Params, Results>, CallError> {
    instance
        .get_typed_func(store, name)
        .map_err(|error| CallError::Failed(format!("the module has no {name}: {error:#}")))
}

/// An address of wasm32 as an index; every platform that wasmtime compiles for has 64 bits.
fn offset(address: u32) -> usize {
    usize::try_from(address).unwrap_or(usize::MAX)
}

fn malformed(part: &str) -> CallError {
    CallError::Failed(format!("the engine asks for a key operation with {part}"))
}

fn outside() -> CallError {
    CallError::Failed("the engine hands over an address outside its memory".to_owned())
}

/// One clear line for a sandbox that did not come back.
fn stopped(error: wasmtime::Error, limits: &Limits) -> CallError {
    let error = match error.downcast::<CallError>() {
        Ok(failed) => return failed,
        Err(error) => error,
    };
    let reason = match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => format!("no result within {} ms", limits.deadline.as_millis()),
        Some(trap) => format!("it stopped: {trap}"),
        None => format!("{error:#}"),
    };
    CallError::Failed(format!("the sandbox was ended: {reason}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::keystore::{KeyStore, KeyType};

    const QUESTION: [u32; 6] = [600, 610, 1, 620, 650, 4];
    const ROOM: u32 = 8192;

    /// What becomes of a request to an engine that asks this question again and again, whatever it is answered. The
    /// addresses are of the question, of the room for the answer, and of its length.
    async fn asking(
        [question, answer, answer_len]: [u32; 3],
        words: [u32; 6],
        room: u32,
    ) -> Result<Box<RawValue>, CallError> {
        let octets = |words: &[u32]| -> String {
            words.iter().flat_map(|word| word.to_le_bytes()).map(|byte| format!("\\{byte:02x}")).collect()
        };
        let (words, room) = (octets(&words), octets(&[room]));
        let module = format!(
            r#"(module
                (type $callback (func (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 1)
                (table (export "{TABLE}") 1 funcref)
                (data (i32.const 512) "{words}")
                (data (i32.const 600) "sign\00")
                (data (i32.const 610) "k\00")
                (data (i32.const 620) "ecdsa_p256_sha256\00")
                (data (i32.const 700) "{room}")
                (func (export "sealwright_abi_version") (result i32) i32.const 1)
                (func (export "sealwright_engine_new") (result i32) i32.const 16)
                (func (export "sealwright_alloc") (param i32) (result i32) i32.const 1024)
                (func (export "sealwright_call_with_callback") (param i32 i32 i32 i32 i32 i32) (result i32)
                    (loop $again
                        (drop (call_indirect (type $callback) (local.get 4) (i32.const {question}) (i32.const {answer})
                            (i32.const {answer_len}) (local.get 3)))
                        (br $again))
                    i32.const 0))"#
        );
        let module = Module::compile(&wat::parse_str(module).unwrap(), None, Limits::default()).unwrap();
        let keys = Arc::new(KeyStore::in_memory());
        keys.generate("k", KeyType::P256).unwrap();
        run(&module, b"{}", keys.granting(&[("k", KeyUse::Sign)])).await
    }

    #[tokio::test]
    async fn an_engine_that_was_taken_over_is_ended() {
        let [operation, key, key_length, scheme, input, input_length] = QUESTION;
        let with_key = |at, length| [operation, at, length, scheme, input, input_length];
        let with_input = |at, length| [operation, key, key_length, scheme, at, length];
        let at = [512, 2048, 700];
        for (addresses, words, room, reason) in [
            (at, QUESTION, ROOM, "keeps asking"),
            (at, with_key(620, 4), ROOM, "not granted"),
            (at, [620, key, key_length, scheme, input, input_length], ROOM, "asks for \"ecdsa"),
            (at, QUESTION, 63, "room for the answer"),
            (at, with_key(key, u32::MAX), ROOM, "key id"),
            (at, with_input(u32::MAX, 4), ROOM, "outside"),
            (at, with_input(input, 65536), ROOM, "outside"),
            (at, with_input(input, u32::MAX), ROOM, "too long"),
            (at, [u32::MAX, key, key_length, scheme, input, input_length], ROOM, "outside"),
            ([u32::MAX, 2048, 700], QUESTION, ROOM, "outside"),
            ([512, 65535, 700], QUESTION, ROOM, "outside"),
            ([512, 2048, 65535], QUESTION, ROOM, "outside"),
        ] {
            let ended = asking(addresses, words, room).await;
            let Err(CallError::Failed(said)) = ended else { panic!("{reason}: {ended:?}") };
            assert!(said.contains(reason) && !said.contains("sandbox was ended"), "{said} for {reason}");
        }
    }
}

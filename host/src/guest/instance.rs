//! One request in one instance: rounds of call, question, answer, until there is a result.

use serde_json::value::RawValue;
use wasmtime::{Instance, Memory, Store, StoreLimits, Trap, TypedFunc, UpdateDeadline};

use super::module::Module;
use super::wire::{Reply, Request};
use super::{CallError, Limits};
use crate::ambient::Stopwatch;
use crate::keystore::Grant;

/// Rounds of questions that one request may take; the longest operation needs two.
const MAX_ROUNDS: usize = 8;
/// Questions that one request may ask in all.
const MAX_ANSWERS: usize = 16;
/// The longest reply that is read out of an instance: a revocation list of 100,000 certificates as a question
/// to the key has 10 MiB.
const MAX_REPLY_BYTES: u32 = 24 << 20;
/// A `sealwright_buffer`: an address and a length.
const BUFFER_BYTES: u32 = 8;

/// Runs a request to its end in a fresh instance, which is dropped whatever happens. One that takes long lets others
/// run in between.
pub(super) async fn run(
    module: &Module,
    mut request: Request,
    grant: &Grant,
) -> Result<Box<RawValue>, CallError> {
    let mut sandbox = Sandbox::new(module).await?;
    for _ in 0..MAX_ROUNDS {
        match sandbox.call(&request.to_json()?).await? {
            Reply::Ok(response) => return Ok(response),
            Reply::Error(error) => return Err(CallError::Refused(error)),
            Reply::Needs(questions) => {
                for question in &questions {
                    let clock = Stopwatch::start();
                    let bytes = grant.answer(question)?;
                    tracing::debug!(scheme = question.scheme, duration_us = clock.elapsed_us(), "key");
                    request.add_answer(bytes.as_ref().map(|bytes| bytes.as_slice()));
                }
                if questions.is_empty() || request.answers() > MAX_ANSWERS {
                    break;
                }
            }
        }
    }
    Err(CallError::Failed("the engine keeps asking for key operations".to_owned()))
}

struct Sandbox {
    store: Store<StoreLimits>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    call: TypedFunc<(u32, u32, u32, u32), u32>,
    engine: u32,
    limits: Limits,
}

impl Sandbox {
    async fn new(module: &Module) -> Result<Self, CallError> {
        let mut store = Store::new(&module.engine, module.store_limits());
        store.limiter(|limits| limits);
        store.set_epoch_deadline(1);
        let (clock, deadline) = (Stopwatch::start(), module.limits.deadline);
        store.epoch_deadline_callback(move |_| {
            let is_over = clock.elapsed() >= deadline;
            Ok(if is_over { UpdateDeadline::Interrupt } else { UpdateDeadline::Yield(1) })
        });
        let stopped = |error| stopped(&error, &module.limits);
        let instance = module.prepared.instantiate_async(&mut store).await.map_err(stopped)?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| CallError::Failed("the module exports no memory".to_owned()))?;
        let engine = function::<(), u32>(&instance, &mut store, "sealwright_engine_new")?
            .call_async(&mut store, ())
            .await
            .map_err(stopped)?;
        Ok(Self {
            alloc: function(&instance, &mut store, "sealwright_alloc")?,
            call: function(&instance, &mut store, "sealwright_call")?,
            store,
            memory,
            engine,
            limits: module.limits.clone(),
        })
    }

    async fn call(&mut self, request: &[u8]) -> Result<Reply, CallError> {
        let (buffer, address, length) = self.write(request).await?;
        self.call
            .call_async(&mut self.store, (self.engine, address, length, buffer))
            .await
            .map_err(|error| stopped(&error, &self.limits))?;
        let body = self.read_buffer(buffer)?;
        serde_json::from_slice(&body)
            .map_err(|error| CallError::Failed(format!("the engine's answer is not JSON: {error}")))
    }

    /// Where a buffer for the answer is, and behind it the request and its length: each call of the module takes its time.
    async fn write(&mut self, request: &[u8]) -> Result<(u32, u32, u32), CallError> {
        let too_long = || CallError::Failed("the request is too long".to_owned());
        let length = u32::try_from(request.len()).map_err(|_| too_long())?;
        let all = length.checked_add(BUFFER_BYTES).ok_or_else(too_long)?;
        let buffer = match self.alloc.call_async(&mut self.store, all).await {
            Ok(0) => return Err(CallError::Failed("the request does not fit into the sandbox".to_owned())),
            Ok(buffer) => buffer,
            Err(error) => return Err(stopped(&error, &self.limits)),
        };
        let address = buffer.checked_add(BUFFER_BYTES).ok_or_else(outside)?;
        self.memory.write(&mut self.store, offset(address), request).map_err(|_| outside())?;
        Ok((buffer, address, length))
    }

    /// Reads the `sealwright_buffer` at `at`: address and length, little-endian.
    fn read_buffer(&self, at: u32) -> Result<Vec<u8>, CallError> {
        let mut words = [0; 8];
        self.memory.read(&self.store, offset(at), &mut words).map_err(|_| outside())?;
        let [a, b, c, d, e, f, g, h] = words;
        let (address, length) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if length > MAX_REPLY_BYTES {
            return Err(CallError::Failed(format!("an answer of {length} bytes is too long")));
        }
        let mut body = vec![0; offset(length)];
        self.memory.read(&self.store, offset(address), &mut body).map_err(|_| outside())?;
        Ok(body)
    }
}

fn function<Params: wasmtime::WasmParams, Results: wasmtime::WasmResults>(
    instance: &Instance,
    store: &mut Store<StoreLimits>,
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

fn outside() -> CallError {
    CallError::Failed("the engine answered with an address outside its memory".to_owned())
}

/// One clear line for a sandbox that did not come back.
fn stopped(error: &wasmtime::Error, limits: &Limits) -> CallError {
    let reason = match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => format!("no result within {} ms", limits.deadline.as_millis()),
        Some(trap) => format!("it stopped: {trap}"),
        None => format!("{error:#}"),
    };
    CallError::Failed(format!("the sandbox was ended: {reason}"))
}

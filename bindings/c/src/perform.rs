//! Performing a request, with keys that are held elsewhere.

use core::ffi::c_void;
use core::ptr;

use sealwright_core::keys::Question;

use crate::boundary::{check, contain, shared};
use crate::callback::{KeyCallback, ask};
use crate::engine::Engine;
use crate::handle;
use crate::request::Request;
use crate::response::Response;

/// Performs a request. Keys that the engine does not hold are asked of `callback`, which may be NULL; `context` is
/// handed to it. Give the response back with sealwright_response_free, whatever is returned.
///
/// Returns SEALWRIGHT_OK; the number of an error code; or SEALWRIGHT_NEEDS when there is no callback or it cannot
/// answer, in which case the response is the question. A program that learns the answer later sets it as bytes, as
/// `answers.0`, the next one as `answers.1`, and performs the request again. Answers of the callback are not kept beyond
/// the call, and the numbers count them too: whoever answers a later question after the call sets those of the earlier
/// ones as well, as they were given. `out` is written whatever is returned, unless it is NULL.
///
/// # Safety
///
/// `engine` must come from sealwright_engine_new, `request` from sealwright_request_new; nobody may change or free
/// either during the call. `out` must be NULL, which is an error, or point to memory for a pointer; what was in it is
/// overwritten.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sealwright_perform(
    engine: *const Engine,
    request: *const Request,
    callback: KeyCallback,
    context: *mut c_void,
    out: *mut *mut Response,
) -> u32 {
    if let Err(error) = check(out, "out") {
        return error.code.number();
    }
    let outcome = contain(|| {
        let _engine_in_use = handle::borrow(engine, "engine")?;
        let _request_in_use = handle::borrow(request, "request")?;
        // SAFETY: the caller promises NULL or a live engine, which is only read here.
        let engine = unsafe { shared(engine, "engine") }?;
        // SAFETY: the caller promises NULL or a live request, which is only read here.
        let request = unsafe { shared(request, "request") }?;
        if let Some(error) = request.failure() {
            return Err(error.clone());
        }
        // SAFETY: the caller's callback takes the context that came with it.
        let mut ask = |question: &Question| unsafe { ask(callback, context, question) };
        let message = request.tree().to_json()?;
        Response::read(&sealwright_core::call_asking(&message, engine.keys(), &mut ask))
    });
    let response = outcome.or_else(|error| Response::read(&error.into()));
    let (status, response) = match response {
        Ok(response) => (response.status(), handle::give(response)),
        Err(error) => (error.code.number(), ptr::null_mut()),
    };
    // SAFETY: `out` is neither NULL nor misaligned, and the caller promises that it points to memory for a pointer.
    unsafe { out.write(response) };
    status
}

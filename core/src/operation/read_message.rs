//! `read_message`: what a message says of itself, so that whoever is to verify it knows whose certificate to look up.

use serde::Deserialize;

use crate::{
    device::{claims::Claims, message::Message},
    keys::{Halt, Keys},
};

/// What to read.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The message, as for `verify_message`; without its body.
    pub message: Message,
}

/// What it says.
pub type Response = Claims;

/// Reads a message. No signature is looked at, no certificate, and no time: all that it gives, anybody can have written.
///
/// # Errors
/// `MessageMalformed`, `MessageSignatureAbsent`, `MessageAlgorithmRefused`, `MessageComponentUnavailable`, `RequestTooLarge`,
/// `UrlMalformed`, `FieldInvalid`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    Ok(request.message.claims()?)
}

#[cfg(test)]
mod tests;

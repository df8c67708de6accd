//! `inspect`: what is in this text?

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::inspect::{self, Object};
use crate::keys::{Halt, Keys};
use crate::secret::Secret;

/// A text to look into.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// PEM with anything around the blocks, or DER in base64 or base64url. It may be a private key.
    pub input: Secret,
}

/// What is in it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The objects, in their order; no secret of a private key or request is in them.
    pub objects: Vec<Object>,
}

/// Describes every object of the input.
///
/// # Errors
/// `PemMalformed` if the text is neither PEM nor base64; `ObjectUnknown` if nothing in it can be read.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    Ok(Response { objects: inspect::inspect(request.input.expose()).map_err(|error| error.at("input"))? })
}

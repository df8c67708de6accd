//! `lint`: what is wrong with this, or will be?

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    error::Error,
    keys::{Halt, Keys},
    lint::{self, Object, Purpose, Setting, Severity},
    secret::Secret,
};

/// What to look at, and how.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// PEM with anything around the blocks, or DER in base64 or base64url: certificates, requests, revocation
    /// lists, keys. Certificates of all texts are looked at together.
    #[serde(default)]
    pub inputs: Vec<Secret>,
    /// What the certificates and requests of the inputs are meant for that are no authority's; if there is none,
    /// the first one. By default what their extensions say.
    #[serde(default)]
    pub r#as: Purpose,
    /// How many characters an MDM appends to the common name of a device.
    #[serde(default)]
    pub appended_characters: usize,
    /// An authority, with its generations.
    pub authority: Option<Authority>,
    /// The certificates (PEM) of the authority's registration authorities and OCSP responders.
    #[serde(default)]
    pub helpers: Vec<String>,
}

/// What was found.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// Every object, those without findings too.
    pub objects: Vec<Object>,
    /// How many findings there are.
    pub counts: Counts,
}

/// Findings by severity; those that were left out are not counted.
#[derive(Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// What breaks a rule that verifiers enforce, or cannot work.
    pub error: usize,
    /// What some program refuses, or what will break later.
    pub warning: usize,
    /// What is worth knowing.
    pub notice: usize,
}

/// Looks at the inputs and the authority. Nothing is refused for being broken.
///
/// # Errors
/// `FieldInvalid` if there is nothing to look at, or too much; `PemMalformed`, `RequestTooLarge`.
pub fn run(request: Request, _: &mut Keys<'_>) -> Result<Response, Halt> {
    let setting =
        Setting { now: request.now, purpose: request.r#as, appended_characters: request.appended_characters };
    let Request { inputs, authority, helpers, .. } = request;
    let objects = lint::lint(&inputs, authority.as_ref(), &helpers, &setting)
        .map_err(|error: Error| error.at("inputs"))?;
    let mut counts = Counts::default();
    for finding in objects.iter().flat_map(|object| &object.findings) {
        let count = match finding.severity {
            Severity::Error => &mut counts.error,
            Severity::Warning => &mut counts.warning,
            Severity::Notice => &mut counts.notice,
        };
        *count = count.saturating_add(1);
    }
    Ok(Response { objects, counts })
}

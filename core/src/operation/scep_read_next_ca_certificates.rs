//! `scep_read_next_ca_certificates`: what a client takes from a GetNextCACert response (RFC 8894 section 4.7).

use alloc::string::String;

use serde::Deserialize;

pub use super::scep_read_ca_certificates::Response;
pub(super) use super::scep_read_ca_certificates::tell_apart;
use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{ber, certificates_only, signed_data::SignedMessage},
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    path::{self, Purpose, Strength},
};

/// The HTTP response's body, and whom to believe.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds: the authority must be valid then. Devices without a clock leave it out.
    #[serde(default)]
    pub now: Option<u64>,
    /// SignedData.
    pub body: Base64Url,
    /// The current certificate of the authority (PEM), trusted before.
    pub authority: String,
    /// Whether less than today's signatures and keys will do for the certificates.
    #[serde(default)]
    pub strength: Strength,
}

/// Reads the body. The response is that of `scep_read_ca_certificates`; all of it is as trustworthy as the
/// authority that signed.
///
/// # Errors
/// `CmsMalformed`, `RequestTooLarge`; `CmsSignerUnknown` if somebody else signed, or the authority is none or not
/// valid now; `CmsDigestMismatch`, `SignatureInvalid`, `SignatureAlgorithmRefused`; `AuthorityInvalid` if no
/// authority is among the certificates.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let authority = Certificate::from_pem(&request.authority).map_err(|error| error.at("authority"))?;
    let der = ber::to_der(&request.body.0).map_err(|error| error.at("body"))?;
    let read = || {
        let message = SignedMessage::read_any(&der)?;
        check_signer(&request, &message, &authority)?;
        message.verify(&authority.public_key()?, false)?;
        // Those beside the signature, where jscep's server puts them, nobody signs.
        let content = ber::to_der(message.content)?;
        tell_apart(&certificates_only::read(&content)?, request.strength)
    };
    Ok(read().map_err(|error| error.at("body"))?)
}

fn check_signer(request: &Request, message: &SignedMessage<'_>, authority: &Certificate) -> Result<(), Error> {
    message.signer(core::slice::from_ref(authority))?;
    path::check_trusted(authority, Purpose::Authority, request.now, request.strength)
        .map_err(|error| Error::new(ErrorCode::CmsSignerUnknown, error.detail))
}

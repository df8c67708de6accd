//! HTTP message signatures (RFC 9421).
//!
//! A signature covers components of a message, which it names; whatever it does not name, anybody may change. So verifying
//! wants certain components to be covered, and says which were; see `coverage` below.

pub mod algorithm;
pub(crate) mod base;
pub(crate) mod component;
#[cfg(test)]
mod conformance;
mod coverage;
pub mod fields;
pub(crate) mod label;
pub(crate) mod parameters;
pub mod signing;
pub(crate) mod target;

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use self::{
    algorithm::HttpAlgorithm,
    base::{Context, Side, identifiers},
    component::Covered,
    coverage::Coverage,
    fields::StructuredType,
    label::Labelled,
    parameters::SignatureParameters,
    target::Target,
};
use super::{
    claims::Claims,
    invalid,
    message::{Outcome, Setting},
    proof::{Proof, over_octets, wrong_signature},
    signer::{self, Signer},
};
use crate::{
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// A signed message: a request; or a response, perhaps with the request that it answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HttpSignature {
    /// The request.
    pub request: Option<HttpRequest>,
    /// The response; if there is one, it is what was signed.
    pub response: Option<HttpResponse>,
    /// The label of the signature, where there are several.
    pub label: Option<String>,
    /// What its `tag` has to be; of several signatures it is the one with this tag.
    pub tag: Option<String>,
    /// The algorithms that count; all if nothing is said. A signature need not name its own: then exactly one of these has to
    /// go with the signer's key, so for RSA it has to be said.
    pub algorithms: Option<Vec<HttpAlgorithm>>,
    /// Components that have to be covered, by name or as RFC 9421 writes their identifiers, in place of the usual ones:
    /// `@method`, `@target-uri` (or `@authority` and `@path`), the query and the body where there are any; of a response
    /// `@status` and the body. An empty list asks for none.
    pub required_components: Option<Vec<String>>,
    /// Parameters that have to be there beside `created`: `nonce`, `keyid`, `expires`, `alg`, `tag`.
    pub required_parameters: Vec<String>,
    /// Which fields are structured and how, for the component parameter `sf`, beside those that RFCs define.
    pub structured_fields: BTreeMap<String, StructuredType>,
}

/// A request. Field names in any case; values as they came, lines in their order.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HttpRequest {
    /// `POST`.
    pub method: String,
    /// The whole URI, scheme and authority included, as the device meant it (RFC 9110 7.1).
    pub target_uri: String,
    /// As the request line has it, if that is not path and query of the URI (RFC 9112 3.2).
    pub request_target: Option<String>,
    /// Name and value of each header line.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Name and value of each trailer line.
    #[serde(default)]
    pub trailers: Vec<(String, String)>,
}

/// A response.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Name and value of each header line.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Name and value of each trailer line.
    #[serde(default)]
    pub trailers: Vec<(String, String)>,
}

/// What an HTTP message signature says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HttpReport {
    /// Its label.
    pub label: String,
    /// What it covers, as RFC 9421 writes it: `"@method"`, `"content-digest";req`.
    pub covered: Vec<String>,
    /// How it names the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keyid: Option<String>,
    /// The signer's nonce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

impl HttpSignature {
    /// Verifies it: form, coverage, time, body, signature, signer.
    ///
    /// # Errors
    /// Those of [`super::message`].
    pub(crate) fn verify<'s>(
        &self,
        setting: &Setting<'_>,
        given: &'s [Signer],
    ) -> Result<Outcome<'s>, Error> {
        let context = context(self.request.as_ref(), self.response.as_ref(), &self.structured_fields)?;
        let labelled = Labelled::find(&context, self.label.as_deref(), self.tag.as_deref())?;
        let covered = Covered::read_all(&labelled.list)?;
        let parameters = SignatureParameters::read(&labelled.list.parameters)?;
        parameters.check(&self.required_parameters, self.tag.as_deref())?;
        let times = parameters.times();
        let replay_until = setting.freshness.accept(times, setting.now)?;
        let base = context.base(&covered, &labelled.list)?;
        let coverage = Coverage { covered: &covered, context: &context };
        let body_covered = coverage.check_body(setting.body)?;
        coverage.check(self.required_components.as_deref(), body_covered, setting.body.is_empty())?;
        let named = parameters.alg.as_deref().map(HttpAlgorithm::read).transpose()?;
        let candidates = signer::called(given, parameters.keyid.as_deref())?;
        let check = |key: &PublicKey| self.check(named, key, base.as_bytes(), &labelled.signature);
        let found = signer::first_good(&candidates, check, setting.trust, setting.now)?;
        let SignatureParameters { nonce, keyid, tag, .. } = parameters;
        let http = HttpReport { label: labelled.label, covered: identifiers(&covered), keyid, nonce, tag };
        Ok(Outcome { found, times, replay_until, body_covered, http: Some(http) })
    }

    /// What it says: the parameters, what it covers, and the digests of the body.
    ///
    /// # Errors
    /// `MessageSignatureAbsent`, `MessageMalformed`, `MessageComponentUnavailable`, those of the request.
    pub(crate) fn claims(&self) -> Result<Claims, Error> {
        let context = context(self.request.as_ref(), self.response.as_ref(), &self.structured_fields)?;
        let labelled = Labelled::find(&context, self.label.as_deref(), self.tag.as_deref())?;
        let covered = Covered::read_all(&labelled.list)?;
        let parameters = SignatureParameters::read(&labelled.list.parameters)?;
        let digests = Coverage { covered: &covered, context: &context }.stated_digests()?;
        let times = parameters.times();
        let SignatureParameters { nonce, keyid, tag, .. } = parameters;
        let key_id = keyid.clone();
        let http = HttpReport { label: labelled.label, covered: identifiers(&covered), keyid, nonce, tag };
        Ok(Claims { key_id, http: Some(http), digests, ..Claims::of("http", times) })
    }

    /// ECDSA's r and s have all the octets of their field (RFC 9421 3.3.4).
    fn check(
        &self,
        named: Option<HttpAlgorithm>,
        key: &PublicKey,
        base: &[u8],
        signature: &[u8],
    ) -> Result<Proof, Error> {
        let allowed = self.algorithms.as_deref().unwrap_or(&HttpAlgorithm::ALL);
        let algorithm = HttpAlgorithm::choose(named, allowed, key)?;
        let signature = key.signature_from_raw(signature).ok_or_else(|| wrong_signature(key))?;
        over_octets(key, algorithm.scheme().algorithm(), base, &signature)
    }
}

/// Reads a message.
///
/// # Errors
/// `FieldInvalid` without one; `MessageMalformed`, `UrlMalformed`, `RequestTooLarge`.
pub(crate) fn context(
    request: Option<&HttpRequest>,
    response: Option<&HttpResponse>,
    structured: &BTreeMap<String, StructuredType>,
) -> Result<Context, Error> {
    if request.is_none() && response.is_none() {
        return Err(invalid("found neither a request nor a response, wanted one of them").at("message"));
    }
    let read_request = |own: &HttpRequest| {
        let target = Target::read(&own.method, &own.target_uri, own.request_target.as_deref())?;
        Ok::<_, Error>((target, Side::read(&own.headers, &own.trailers)?))
    };
    let read_response = |own: &HttpResponse| match own.status {
        status @ 100..=999 => Ok((status, Side::read(&own.headers, &own.trailers)?)),
        other => Err(invalid(format_args!("found the status {other}, wanted three digits")).at("status")),
    };
    Ok(Context {
        request: request.map(read_request).transpose().map_err(|error| error.within("message.request"))?,
        response: response
            .map(read_response)
            .transpose()
            .map_err(|error| error.within("message.response"))?,
        structured: structured.clone(),
    })
}

/// The error of a component that cannot be had.
fn unavailable(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageComponentUnavailable, detail)
}

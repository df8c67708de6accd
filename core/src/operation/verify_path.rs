//! `verify_path`: does this certificate lead to a trust anchor, now, for this purpose, under this name? (RFC 5280 6)

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    path::{
        self, Decision, Identity, OcspResponse, Policy, Purpose, Question, RevocationList, anchor::AnchorRequest,
    },
};

/// The most certificates, lists, responses and names of one request.
const MAX_CERTIFICATES: usize = 1000;
const MAX_REVOCATION: usize = 256;
const MAX_IDENTITIES: usize = 32;

/// What to verify, and against what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The certificate in question, PEM.
    pub certificate: String,
    /// Certificates that the path may go through, PEM, in any order, more than are needed too.
    #[serde(default)]
    pub intermediates: Vec<String>,
    /// Where the path may end.
    pub anchors: Vec<AnchorRequest>,
    /// Revocation lists, PEM: full ones and deltas, of anybody.
    #[serde(default)]
    pub crls: Vec<String>,
    /// OCSP responses, DER.
    #[serde(default)]
    pub ocsp_responses: Vec<Base64Url>,
    /// What the certificate is to be used for.
    #[serde(default)]
    pub purpose: Purpose,
    /// Names of which it must have one: `dns:`, `ip:`, `email:`, `uri:`, `upn:`, `directory:` and the value. Whatever
    /// its names if there are none.
    #[serde(default)]
    pub identities: Vec<String>,
    /// How strict to be.
    #[serde(default)]
    pub policy: Policy,
}

/// The path and what was decided on the way.
pub type Response = Decision;

/// Builds and validates paths (RFC 5280 6, RFC 9618), checks purpose, names (RFC 9525) and revocation (RFC 5280 6.3,
/// RFC 6960).
///
/// # Errors
/// Those of the family `path_…`, `at` naming the certificate that it is about: of all paths that failed, that of the
/// one that came furthest. The parse errors of what the request holds.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    limit(request.intermediates.len(), MAX_CERTIFICATES, "intermediates")?;
    limit(request.anchors.len(), MAX_CERTIFICATES, "anchors")?;
    limit(request.crls.len(), MAX_REVOCATION, "crls")?;
    limit(request.ocsp_responses.len(), MAX_REVOCATION, "ocsp_responses")?;
    limit(request.identities.len(), MAX_IDENTITIES, "identities")?;
    let certificate = Certificate::from_pem(&request.certificate).map_err(|error| error.at("certificate"))?;
    let intermediates = each(request.intermediates, "intermediates", |pem| Certificate::from_pem(&pem))?;
    let anchors = each(request.anchors, "anchors", AnchorRequest::resolve)?;
    let crls = each(request.crls, "crls", |pem| RevocationList::from_pem(&pem))?;
    let ocsp_responses =
        each(request.ocsp_responses, "ocsp_responses", |response| OcspResponse::from_der(&response.0))?;
    let identities = each(request.identities, "identities", |text| Identity::parse(&text))?;
    Ok(path::verify(&Question {
        now: request.now,
        certificate: &certificate,
        intermediates: &intermediates,
        anchors: &anchors,
        crls: &crls,
        ocsp_responses: &ocsp_responses,
        purpose: request.purpose,
        identities: &identities,
        policy: &request.policy,
    })?)
}

/// Reads each item; an error names the item.
fn each<T, R>(items: Vec<T>, field: &str, read: impl Fn(T) -> Result<R, Error>) -> Result<Vec<R>, Error> {
    let read = |(index, item)| read(item).map_err(|error| error.at(format_args!("{field}.{index}")));
    items.into_iter().enumerate().map(read).collect()
}

fn limit(count: usize, most: usize, field: &str) -> Result<(), Error> {
    match count <= most {
        true => Ok(()),
        false => Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {count} {field}, wanted at most {most}"),
        )
        .at(field)),
    }
}

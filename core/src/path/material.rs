//! What a caller gives to verify certificates with: where paths may end, what they may go through, and what tells of
//! revocation.

use alloc::{string::String, vec::Vec};

use super::{
    Decision, Identity, Policy, Purpose, Question, RevocationList, TrustAnchor, anchor::AnchorRequest,
};
use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    error::{Error, ErrorCode},
    path::OcspResponse,
};

/// The most certificates, and lists or responses, of one request.
const MAX_CERTIFICATES: usize = 1000;
const MAX_REVOCATION: usize = 256;

/// The parts of a [`Question`] that do not depend on the certificate.
pub(crate) struct Material {
    pub(crate) intermediates: Vec<Certificate>,
    anchors: Vec<TrustAnchor>,
    crls: Vec<RevocationList>,
    ocsp_responses: Vec<OcspResponse>,
}

impl Material {
    /// Reads certificates and lists in PEM, responses in DER.
    ///
    /// # Errors
    /// `RequestTooLarge` for more of one kind than may be; the parse errors of each, `at` the item.
    pub(crate) fn read(
        intermediates: Vec<String>,
        anchors: Vec<AnchorRequest>,
        crls: Vec<String>,
        ocsp_responses: Vec<Base64Url>,
    ) -> Result<Self, Error> {
        limit(intermediates.len(), MAX_CERTIFICATES, "intermediates")?;
        limit(anchors.len(), MAX_CERTIFICATES, "anchors")?;
        limit(crls.len(), MAX_REVOCATION, "crls")?;
        limit(ocsp_responses.len(), MAX_REVOCATION, "ocsp_responses")?;
        Ok(Self {
            intermediates: each(intermediates, "intermediates", |pem| Certificate::from_pem(&pem))?,
            anchors: each(anchors, "anchors", AnchorRequest::resolve)?,
            crls: each(crls, "crls", |pem| RevocationList::from_pem(&pem))?,
            ocsp_responses: each(ocsp_responses, "ocsp_responses", |response| {
                OcspResponse::from_der(&response.0)
            })?,
        })
    }

    /// Asks for a path from `certificate`.
    ///
    /// # Errors
    /// Those of [`super::verify`].
    pub(crate) fn verify(
        &self,
        now: u64,
        certificate: &Certificate,
        purpose: Purpose,
        identities: &[Identity],
        policy: &Policy,
    ) -> Result<Decision, Error> {
        super::verify(&Question {
            now,
            certificate,
            intermediates: &self.intermediates,
            anchors: &self.anchors,
            crls: &self.crls,
            ocsp_responses: &self.ocsp_responses,
            purpose,
            identities,
            policy,
        })
    }
}

/// Reads each item; an error names the item.
pub(crate) fn each<T, R>(
    items: Vec<T>,
    field: &str,
    read: impl Fn(T) -> Result<R, Error>,
) -> Result<Vec<R>, Error> {
    let read = |(index, item)| read(item).map_err(|error| error.at(format_args!("{field}.{index}")));
    items.into_iter().enumerate().map(read).collect()
}

/// # Errors
/// `RequestTooLarge`.
pub(crate) fn limit(count: usize, most: usize, field: &str) -> Result<(), Error> {
    match count <= most {
        true => Ok(()),
        false => Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {count} {field}, wanted at most {most}"),
        )
        .at(field)),
    }
}

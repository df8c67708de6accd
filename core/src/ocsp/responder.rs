//! Who signs responses: the authority, or whom it has named for it (RFC 6960 4.2.2.2).

use alloc::{string::String, vec, vec::Vec};

use const_oid::db::rfc5280::ID_KP_OCSP_SIGNING;
use serde::Deserialize;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

use crate::{
    authority::OpenAuthority,
    certificate::Certificate,
    error::{Error, ErrorCode},
    issuer,
    key::PublicKey,
    keys::Keys,
};

/// A delegated responder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responder {
    /// The id of its key.
    pub key: String,
    /// Its certificate, PEM, of the profile `ocsp-signer`: issued by the authority itself.
    pub certificate: String,
}

/// A responder that may sign.
pub(crate) struct OpenResponder {
    pub(crate) key: String,
    pub(crate) public_key: PublicKey,
    /// What goes along for the verifier: the signer's certificate. Even the authority's own, since GnuTLS does not
    /// recognize it by the digest of its key where its subject key identifier is another digest.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The end of the signer's certificate and all above it.
    pub(crate) not_after: u64,
}

impl OpenResponder {
    /// The authority itself.
    pub(crate) fn authority(authority: &OpenAuthority) -> Self {
        Self {
            key: authority.value.key.clone(),
            public_key: authority.public_key().clone(),
            certificates: vec![authority.certificate.der().to_vec()],
            not_after: authority.period().not_after,
        }
    }

    /// A delegated one, checked.
    ///
    /// # Errors
    /// `OcspResponderUnfit` if the authority did not issue its certificate, for this purpose and this time;
    /// the parse errors of a certificate.
    pub(crate) fn delegated(
        responder: Responder,
        authority: &OpenAuthority,
        now: u64,
        keys: &Keys<'_>,
    ) -> Result<Self, Error> {
        let certificate = Certificate::from_pem(&responder.certificate)?;
        check_purpose(&certificate)?;
        let period = certificate.period();
        if !period.contains(now) {
            return Err(unfit(format_args!(
                "found a responder's certificate that is valid from {} to {}, now is {now}",
                period.not_before, period.not_after
            )));
        }
        // An answer means that an earlier run came past this.
        if !keys.is_answered(&responder.key) && !issuer::is_issued_by(&certificate, &authority.certificate) {
            return Err(unfit("found a responder's certificate that the authority itself did not issue"));
        }
        Ok(Self {
            key: responder.key,
            public_key: certificate.public_key()?,
            certificates: vec![certificate.der().to_vec()],
            not_after: period.within(authority.period()).not_after,
        })
    }
}

fn check_purpose(certificate: &Certificate) -> Result<(), Error> {
    let purposes: Option<ExtendedKeyUsage> = certificate.extension()?;
    if !purposes.is_some_and(|purposes| purposes.0.contains(&ID_KP_OCSP_SIGNING)) {
        return Err(unfit("found a responder's certificate without the extended key usage OCSPSigning"));
    }
    let usage: Option<KeyUsage> = certificate.extension()?;
    if usage.is_some_and(|usage| !usage.digital_signature() && !usage.non_repudiation()) {
        return Err(unfit("found a responder's certificate whose key usage allows no signatures"));
    }
    Ok(())
}

fn unfit(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::OcspResponderUnfit, detail)
}

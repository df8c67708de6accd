//! OCSP requests (RFC 6960 4.1).

use alloc::vec::Vec;

use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;
use der::{Decode, Encode, Sequence, asn1::AnyRef};
use x509_cert::ext::Extension;

use super::{cert_id::CertId, nonce::Nonce};
use crate::{
    certificate::refuse_duplicates,
    error::{Error, ErrorCode},
};

/// The largest request, in octets: room for a signed one with its certificates.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// How many certificates one request may ask about.
pub const MAX_CERT_IDS: usize = 128;

/// OCSPRequest.
#[derive(Sequence)]
struct OcspRequest<'a> {
    tbs_request: TbsRequest<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    optional_signature: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct TbsRequest<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    requestor_name: Option<AnyRef<'a>>,
    request_list: Vec<SingleRequest<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    request_extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct SingleRequest<'a> {
    req_cert: AnyRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    single_request_extensions: Option<Vec<Extension>>,
}

/// What a request asks.
pub(crate) struct Request {
    pub(crate) cert_ids: Vec<CertId>,
    pub(crate) nonce: Option<Nonce>,
    /// Whether it has a signature; nobody looks at it, since everybody may ask.
    pub(crate) signed: bool,
}

impl Request {
    /// Reads a request in DER.
    ///
    /// # Errors
    /// `RequestTooLarge`; `OcspRequestMalformed` also for a critical extension that is not known and for a nonce
    /// that RFC 9654 has refused.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_REQUEST_BYTES {
            return Err(too_large(format_args!(
                "found an OCSP request of {} bytes, wanted at most {MAX_REQUEST_BYTES}",
                der.len()
            )));
        }
        let request = OcspRequest::from_der(der)
            .map_err(|error| malformed(format_args!("the OCSP request cannot be parsed: {error}")))?;
        let TbsRequest { version, request_list, request_extensions, .. } = request.tbs_request;
        if version != 0 {
            return Err(malformed(format_args!(
                "found an OCSP request of version {}, wanted 1",
                u16::from(version).saturating_add(1)
            )));
        }
        check_count(request_list.len())?;
        for single in &request_list {
            check_extensions(single.single_request_extensions.as_deref().unwrap_or_default())?;
        }
        let extensions = request_extensions.unwrap_or_default();
        check_extensions(&extensions)?;
        Ok(Self {
            cert_ids: request_list.iter().map(cert_id).collect::<Result<_, _>>()?,
            nonce: nonce(&extensions)?,
            signed: request.optional_signature.is_some(),
        })
    }

    /// The request that a client of RFC 5019 sends: one CertID and nothing else.
    ///
    /// # Errors
    /// `EncodingFailed`, not in practice.
    pub(crate) fn plain(cert_id: &CertId) -> Result<Vec<u8>, Error> {
        let single =
            SingleRequest { req_cert: AnyRef::from_der(&cert_id.der)?, single_request_extensions: None };
        let tbs_request = TbsRequest {
            version: 0,
            requestor_name: None,
            request_list: alloc::vec![single],
            request_extensions: None,
        };
        Ok(OcspRequest { tbs_request, optional_signature: None }.to_der()?)
    }
}

fn check_count(count: usize) -> Result<(), Error> {
    match count {
        0 => Err(malformed("found an OCSP request about no certificate")),
        count if count > MAX_CERT_IDS => Err(too_large(format_args!(
            "found an OCSP request about {count} certificates, wanted at most {MAX_CERT_IDS}"
        ))),
        _ => Ok(()),
    }
}

fn cert_id(single: &SingleRequest<'_>) -> Result<CertId, Error> {
    CertId::from_der(&single.req_cert.to_der()?).map_err(|error| malformed(error.detail))
}

/// What is critical and not known here may change what is asked (RFC 6960 4.4).
fn check_extensions(extensions: &[Extension]) -> Result<(), Error> {
    refuse_duplicates(extensions).map_err(malformed)?;
    let unknown = |own: &&Extension| own.critical && own.extn_id != ID_PKIX_OCSP_NONCE;
    match extensions.iter().find(unknown) {
        None => Ok(()),
        Some(unknown) => Err(malformed(format_args!(
            "found the critical extension {} in an OCSP request, wanted none but the nonce",
            unknown.extn_id
        ))),
    }
}

fn nonce(extensions: &[Extension]) -> Result<Option<Nonce>, Error> {
    let Some(extension) = extensions.iter().find(|own| own.extn_id == ID_PKIX_OCSP_NONCE) else {
        return Ok(None);
    };
    let nonce = Nonce::from_extension(extension);
    nonce.map(Some).ok_or_else(|| malformed("found a nonce that is not 1 to 128 octets (RFC 9654 2.1)"))
}

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::OcspRequestMalformed, detail).at("request")
}

fn too_large(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::RequestTooLarge, detail).at("request")
}

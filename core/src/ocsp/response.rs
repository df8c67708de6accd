//! OCSP responses (RFC 6960 4.2).

use alloc::vec::Vec;

use const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC;
use der::{
    Choice, Decode, Encode, Enumerated, Sequence,
    asn1::{AnyRef, BitStringRef, GeneralizedTime, Null, ObjectIdentifier, OctetString},
};
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use spki::AlgorithmIdentifierOwned;
use x509_cert::ext::{Extension, pkix::CrlReason};

use super::{cert_id::CertId, nonce::Nonce, responder::OpenResponder};
use crate::{
    crl::Reason,
    error::Error,
    keys::{Halt, Keys},
    validity::date_time_of,
};

/// OCSPResponse.
#[derive(Sequence)]
struct OcspResponse {
    response_status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    response_bytes: Option<ResponseBytes>,
}

#[derive(Sequence)]
struct ResponseBytes {
    response_type: ObjectIdentifier,
    response: OctetString,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[repr(u32)]
enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct BasicOcspResponse<'a> {
    tbs_response_data: AnyRef<'a>,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitStringRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    certs: Option<Vec<AnyRef<'a>>>,
}

/// ResponseData of version 1.
#[derive(Sequence)]
struct ResponseData<'a> {
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT")]
    responder_key_hash: OctetString,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponse<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    response_extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct SingleResponse<'a> {
    cert_id: AnyRef<'a>,
    cert_status: CertStatus,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
}

#[derive(Choice)]
#[asn1(tag_mode = "IMPLICIT")]
enum CertStatus {
    #[asn1(context_specific = "0")]
    Good(Null),
    #[asn1(context_specific = "1", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2")]
    Unknown(Null),
}

#[derive(Sequence)]
struct RevokedInfo {
    revocation_time: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    revocation_reason: Option<CrlReason>,
}

/// Why a responder does not answer (RFC 6960 4.2.1). Nobody signs these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorStatus {
    /// The request is not one.
    MalformedRequest,
    /// The responder is out of order.
    InternalError,
    /// It will be in order again soon.
    TryLater,
    /// It wants signed requests.
    SigRequired,
    /// It does not answer this client, or nothing about these certificates (RFC 5019 2.2.3).
    Unauthorized,
}

/// What is known of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    Revoked { at: u64, reason: Reason },
    Unknown,
}

/// What a response is to say.
pub(crate) struct Response<'a> {
    pub(crate) produced_at: u64,
    pub(crate) this_update: u64,
    pub(crate) next_update: Option<u64>,
    pub(crate) statuses: &'a [(CertId, Status)],
    pub(crate) nonce: Option<&'a Nonce>,
}

impl Response<'_> {
    /// Signs it: the DER of an OCSPResponse. The one question to the key is the last thing that happens.
    pub(crate) fn sign(&self, responder: &OpenResponder, keys: &mut Keys<'_>) -> Result<Vec<u8>, Halt> {
        let content = self.content(&responder.public_key)?;
        let signature = keys.sign(&responder.key, &responder.public_key, &content)?;
        let certificates =
            responder.certificates.iter().map(|der| AnyRef::from_der(der)).collect::<Result<Vec<_>, _>>()?;
        let basic = BasicOcspResponse {
            tbs_response_data: AnyRef::from_der(&content)?,
            signature_algorithm: responder.public_key.signature_scheme().algorithm().identifier(),
            signature: BitStringRef::from_bytes(&signature)?,
            certs: Some(certificates).filter(|certificates| !certificates.is_empty()),
        };
        let response_bytes =
            ResponseBytes { response_type: ID_PKIX_OCSP_BASIC, response: OctetString::new(basic.to_der()?)? };
        let response = OcspResponse {
            response_status: ResponseStatus::Successful,
            response_bytes: Some(response_bytes),
        };
        Ok(response.to_der()?)
    }

    fn content(&self, key: &crate::key::PublicKey) -> Result<Vec<u8>, Error> {
        let data = ResponseData {
            // By key (RFC 5019 2.2.1): a name would not tell one generation of an authority from the next.
            responder_key_hash: OctetString::new(Sha1::digest(key.bit_string()).to_vec())?,
            produced_at: time(self.produced_at, "produced_at")?,
            responses: self.statuses.iter().map(|status| self.single(status)).collect::<Result<_, _>>()?,
            response_extensions: match self.nonce {
                None => None,
                Some(nonce) => Some(alloc::vec![nonce.to_extension()?]),
            },
        };
        Ok(data.to_der()?)
    }

    fn single<'a>(&self, (cert_id, status): &'a (CertId, Status)) -> Result<SingleResponse<'a>, Error> {
        Ok(SingleResponse {
            cert_id: AnyRef::from_der(&cert_id.der)?,
            cert_status: match status {
                Status::Good => CertStatus::Good(Null),
                Status::Unknown => CertStatus::Unknown(Null),
                Status::Revoked { at, reason } => CertStatus::Revoked(RevokedInfo {
                    revocation_time: time(*at, "responses")?,
                    revocation_reason: crl_reason(*reason),
                }),
            },
            this_update: time(self.this_update, "this_update")?,
            next_update: self.next_update.map(|at| time(at, "next_update")).transpose()?,
        })
    }
}

/// The DER of an OCSPResponse without an answer.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub(crate) fn refuse(status: ErrorStatus) -> Result<Vec<u8>, Error> {
    let response_status = match status {
        ErrorStatus::MalformedRequest => ResponseStatus::MalformedRequest,
        ErrorStatus::InternalError => ResponseStatus::InternalError,
        ErrorStatus::TryLater => ResponseStatus::TryLater,
        ErrorStatus::SigRequired => ResponseStatus::SigRequired,
        ErrorStatus::Unauthorized => ResponseStatus::Unauthorized,
    };
    Ok(OcspResponse { response_status, response_bytes: None }.to_der()?)
}

/// Left out where no reason is given, as in lists.
const fn crl_reason(reason: Reason) -> Option<CrlReason> {
    Some(match reason {
        Reason::Unspecified => return None,
        Reason::KeyCompromise => CrlReason::KeyCompromise,
        Reason::CaCompromise => CrlReason::CaCompromise,
        Reason::AffiliationChanged => CrlReason::AffiliationChanged,
        Reason::Superseded => CrlReason::Superseded,
        Reason::CessationOfOperation => CrlReason::CessationOfOperation,
        Reason::CertificateHold => CrlReason::CertificateHold,
        Reason::RemoveFromCrl => CrlReason::RemoveFromCRL,
        Reason::PrivilegeWithdrawn => CrlReason::PrivilegeWithdrawn,
        Reason::AaCompromise => CrlReason::AaCompromise,
    })
}

fn time(seconds: u64, field: &str) -> Result<GeneralizedTime, Error> {
    date_time_of(seconds, field).map(GeneralizedTime::from_date_time)
}

/// What is signed in a response, and its signature.
#[cfg(test)]
pub(crate) fn signed_part(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let response = OcspResponse::from_der(der).unwrap();
    let bytes = response.response_bytes.unwrap();
    let basic = BasicOcspResponse::from_der(bytes.response.as_bytes()).unwrap();
    (basic.tbs_response_data.to_der().unwrap(), basic.signature.raw_bytes().to_vec())
}

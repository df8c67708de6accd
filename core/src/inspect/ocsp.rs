//! OCSP requests and responses (RFC 6960 4).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use der::Tag;
use serde::Serialize;

use super::algorithm_identifier::Algorithm;
use super::certificate::Certificate;
use super::element::Element;
use super::extension::{self, Extension};
use super::fingerprint::Fingerprints;
use super::name;
use super::problem::Problem;
use crate::hex;

/// The most certificates that one message may be about.
const MAX_CERTIFICATES: usize = 1024;
/// The most certificates that may go along with a message.
const MAX_CHAIN: usize = 16;

/// An OCSP request.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OcspRequest {
    /// Always 1.
    pub version: u64,
    /// Who asks, as general names are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requestor: Option<String>,
    /// What is asked about.
    pub requests: Vec<RequestedStatus>,
    /// Of the whole request.
    pub extensions: Vec<Extension>,
    /// Whether it has a signature, which is not checked here.
    pub signed: bool,
    /// Of the whole message.
    #[serde(flatten)]
    pub fingerprints: Fingerprints,
}

/// One certificate that is asked about.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestedStatus {
    /// Which.
    #[serde(flatten)]
    pub cert_id: CertId,
    /// Of this part of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
}

/// CertID (RFC 6960 4.1.1).
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertId {
    /// What the digests are made with.
    pub digest: Algorithm,
    /// Of the issuer's name, lowercase hex.
    pub issuer_name_hash: String,
    /// Of the issuer's key, lowercase hex.
    pub issuer_key_hash: String,
    /// Lowercase hex.
    pub serial: String,
}

/// An OCSP response.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OcspResponse {
    /// `successful`, or why there is no answer.
    pub status: String,
    /// The answer.
    #[serde(flatten)]
    pub answer: Option<OcspAnswer>,
    /// Of the whole message.
    #[serde(flatten)]
    pub fingerprints: Fingerprints,
}

/// BasicOCSPResponse.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OcspAnswer {
    /// Always 1.
    pub version: u64,
    /// Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514.
    pub responder: String,
    /// When it was signed, Unix seconds.
    pub produced_at: u64,
    /// What is known.
    pub responses: Vec<CertificateStatus>,
    /// Of the whole response.
    pub extensions: Vec<Extension>,
    /// What the responder signed with.
    pub signature_algorithm: Algorithm,
    /// What goes along.
    pub certificates: Vec<Certificate>,
}

/// What is known of one certificate.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateStatus {
    /// Which.
    #[serde(flatten)]
    pub cert_id: CertId,
    /// `good`, `revoked` or `unknown`.
    pub status: &'static str,
    /// When it was revoked, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<u64>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When this was known to be right, Unix seconds.
    pub this_update: u64,
    /// Until when it may be believed, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update: Option<u64>,
    /// Of this part of the response.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
}

/// Is this the first part of an OCSPRequest? It has no other mark than its shape.
pub(super) fn is_tbs_request(tbs_request: Element<'_>) -> bool {
    let list = tbs_request
        .fields("tbsRequest")
        .ok()
        .and_then(|mut fields| fields.find_map(|field| field.ok().filter(|field| field.is(Tag::Sequence))));
    let cert_id = list.and_then(|list| list.fields("requestList").ok()?.next()?.ok());
    let cert_id = cert_id.and_then(|request| request.fields("Request").ok()?.next()?.ok());
    let tags = cert_id.and_then(|cert_id| {
        cert_id.fields("CertID").ok()?.take(5).map(|field| field.ok().map(|field| field.tag())).collect()
    });
    tags.is_some_and(|tags: Vec<Tag>| {
        tags == [Tag::Sequence, Tag::OctetString, Tag::OctetString, Tag::Integer]
    })
}

impl OcspRequest {
    /// Reads an OCSPRequest.
    pub(super) fn read(request: Element<'_>) -> Result<Self, Problem> {
        Self::read_fields(request).map_err(|problem| problem.within("OCSP request"))
    }

    fn read_fields(request: Element<'_>) -> Result<Self, Problem> {
        let mut outer = request.sequence("OCSPRequest")?;
        let mut fields = outer.required("tbsRequest")?.sequence("tbsRequest")?;
        let signed = outer.optional_context(0)?.is_some();
        outer.finish()?;
        let version = version(fields.optional_context(0)?)?;
        let requestor = fields.optional_context(1)?;
        let requestor = requestor
            .map(|requestor| name::general_name(requestor.explicit("requestorName")?))
            .transpose()?;
        let list = fields.required("requestList")?;
        let extensions = extensions(fields.optional_context(2)?)?;
        fields.finish()?;
        let requests = list.expect(Tag::Sequence, "requestList")?;
        let requests =
            requests.list_up_to(MAX_CERTIFICATES, "requestList")?.into_iter().map(requested_status);
        Ok(Self {
            version,
            requestor,
            requests: requests.collect::<Result<_, _>>()?,
            extensions,
            signed,
            fingerprints: Fingerprints::of(request.der()),
        })
    }
}

impl OcspResponse {
    /// Reads an OCSPResponse.
    pub(super) fn read(response: Element<'_>) -> Result<Self, Problem> {
        Self::read_fields(response).map_err(|problem| problem.within("OCSP response"))
    }

    fn read_fields(response: Element<'_>) -> Result<Self, Problem> {
        let mut fields = response.sequence("OCSPResponse")?;
        let status = fields.required("responseStatus")?;
        let bytes = fields.optional_context(0)?;
        fields.finish()?;
        Ok(Self {
            status: response_status(status)?,
            answer: bytes.map(|bytes| answer(bytes.explicit("responseBytes")?)).transpose()?,
            fingerprints: Fingerprints::of(response.der()),
        })
    }
}

fn answer(bytes: Element<'_>) -> Result<OcspAnswer, Problem> {
    let mut fields = bytes.sequence("ResponseBytes")?;
    let kind = fields.required("responseType")?.oid("responseType")?;
    let octets = fields.required("response")?.octets("response")?;
    fields.finish()?;
    if kind != const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC {
        return Err(Problem::new(format!("found a response of the type {kind}, wanted a basic one")));
    }
    let mut outer = Element::parse(octets)?.sequence("BasicOCSPResponse")?;
    let mut data = outer.required("tbsResponseData")?.sequence("tbsResponseData")?;
    let signature_algorithm = Algorithm::read(outer.required("signatureAlgorithm")?)?;
    outer.required("signature")?.bits("signature")?;
    let certificates = outer.optional_context(0)?;
    outer.finish()?;
    let version = version(data.optional_context(0)?)?;
    let responder = responder(data.required("responderID")?)?;
    let produced_at = data.required("producedAt")?.time("producedAt")?;
    let list = data.required("responses")?;
    let extensions = extensions(data.optional_context(1)?)?;
    data.finish()?;
    let responses = list.expect(Tag::Sequence, "responses")?;
    let responses = responses.list_up_to(MAX_CERTIFICATES, "responses")?.into_iter().map(certificate_status);
    let certificates = certificates.map(|certificates| {
        let list = certificates.explicit("certs")?.list_up_to(MAX_CHAIN, "certs")?;
        list.into_iter().map(Certificate::read).collect::<Result<Vec<_>, _>>()
    });
    Ok(OcspAnswer {
        version,
        responder,
        produced_at,
        responses: responses.collect::<Result<_, _>>()?,
        extensions,
        signature_algorithm,
        certificates: certificates.transpose()?.unwrap_or_default(),
    })
}

fn response_status(status: Element<'_>) -> Result<String, Problem> {
    if !status.is(Tag::Enumerated) {
        return Err(Problem::new(format!("responseStatus: found {}, wanted ENUMERATED", status.tag())));
    }
    let number = status.unsigned("responseStatus")?;
    let name = match number {
        0 => "successful",
        1 => "malformedRequest",
        2 => "internalError",
        3 => "tryLater",
        5 => "sigRequired",
        6 => "unauthorized",
        _ => return Ok(format!("status {number}")),
    };
    Ok(name.into())
}

fn responder(choice: Element<'_>) -> Result<String, Problem> {
    let value = choice.explicit("responderID")?;
    match choice.context() {
        Some(1) => Ok(format!("name:{}", name::distinguished_name(value)?)),
        Some(2) => Ok(format!("key:{}", hex::encode(value.octets("byKey")?))),
        _ => Err(Problem::new(format!("found {}, wanted a ResponderID", choice.tag()))),
    }
}

fn requested_status(request: Element<'_>) -> Result<RequestedStatus, Problem> {
    let mut fields = request.sequence("Request")?;
    let cert_id = cert_id(fields.required("reqCert")?)?;
    let extensions = extensions(fields.optional_context(0)?)?;
    fields.finish()?;
    Ok(RequestedStatus { cert_id, extensions })
}

fn certificate_status(response: Element<'_>) -> Result<CertificateStatus, Problem> {
    let mut fields = response.sequence("SingleResponse")?;
    let cert_id = cert_id(fields.required("certID")?)?;
    let choice = fields.required("certStatus")?;
    let this_update = fields.required("thisUpdate")?.time("thisUpdate")?;
    let next_update = fields.optional_context(0)?;
    let next_update = next_update.map(|time| time.explicit("nextUpdate")?.time("nextUpdate")).transpose()?;
    let extensions = extensions(fields.optional_context(1)?)?;
    fields.finish()?;
    let (status, revoked_at, reason) = match choice.context() {
        Some(0) => ("good", None, None),
        Some(1) => {
            let mut revoked = choice.fields("RevokedInfo")?;
            let at = revoked.required("revocationTime")?.time("revocationTime")?;
            let reason = revoked.optional_context(0)?;
            revoked.finish()?;
            let reason = reason.map(|reason| extension::reason_code(reason.explicit("revocationReason")?));
            ("revoked", Some(at), reason.transpose()?)
        }
        Some(2) => ("unknown", None, None),
        _ => return Err(Problem::new(format!("found {}, wanted a CertStatus", choice.tag()))),
    };
    Ok(CertificateStatus { cert_id, status, revoked_at, reason, this_update, next_update, extensions })
}

fn cert_id(cert_id: Element<'_>) -> Result<CertId, Problem> {
    let mut fields = cert_id.sequence("CertID")?;
    let described = CertId {
        digest: Algorithm::read(fields.required("hashAlgorithm")?)?,
        issuer_name_hash: hex::encode(fields.required("issuerNameHash")?.octets("issuerNameHash")?),
        issuer_key_hash: hex::encode(fields.required("issuerKeyHash")?.octets("issuerKeyHash")?),
        serial: fields.required("serialNumber")?.integer_hex("serialNumber")?,
    };
    fields.finish()?;
    Ok(described)
}

fn version(version: Option<Element<'_>>) -> Result<u64, Problem> {
    let number = version.map(|version| version.explicit("version")?.unsigned("version")).transpose()?;
    Ok(number.unwrap_or(0).saturating_add(1))
}

fn extensions(extensions: Option<Element<'_>>) -> Result<Vec<Extension>, Problem> {
    let read = extensions.map(|extensions| extension::read_all(extensions.explicit("extensions")?));
    Ok(read.transpose()?.unwrap_or_default())
}

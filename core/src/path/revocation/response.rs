//! An OCSP response as verification reads it (RFC 6960 4.2).

use alloc::{collections::BTreeMap, vec::Vec};

use const_oid::db::rfc6960::ID_PKIX_OCSP_BASIC;
use der::{
    Decode, Encode, ErrorKind, Tag,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier},
};
use sha1::{Digest, Sha1};
use x509_cert::ext::Extension;

use super::{
    super::element::{Elements, explicit, oid},
    list::{reason, time},
};
use crate::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    crl::Reason,
    distinguished_name::Folded,
    error::{Error, ErrorCode},
    key::PublicKey,
    signed::{Signed, malformed},
};

/// The most certificates that may go along, and the most that one response may be about.
const MAX_CERTIFICATES: usize = 16;
const MAX_STATUSES: usize = 1024;

/// A response that answers.
pub struct OcspResponse {
    pub(super) signed: Signed,
    pub(super) certificates: Vec<Certificate>,
    responder: ResponderId,
    statuses: Vec<SingleResponse>,
    /// A critical extension that is not processed here.
    pub(super) unknown: Option<ObjectIdentifier>,
}

enum ResponderId {
    Name(Folded),
    KeyHash(Vec<u8>),
}

/// What is said of one certificate.
pub(super) struct SingleResponse {
    digest: Option<DigestAlgorithm>,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
    pub(super) status: CertificateStatus,
    pub(super) this_update: u64,
    pub(super) next_update: Option<u64>,
}

#[derive(Clone, Copy)]
pub(super) enum CertificateStatus {
    Good,
    Revoked { at: u64, reason: Reason },
    Unknown,
}

impl OcspResponse {
    /// Reads an OCSPResponse in DER.
    ///
    /// # Errors
    /// `OcspResponseMalformed`, also for a response that says why there is no answer.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let wrong = |error| malformed(ErrorCode::OcspResponseMalformed, "OCSP response", error);
        let (status, basic) = outer(der).map_err(wrong)?;
        let Some(basic) = basic.filter(|_| status == 0) else {
            return Err(Error::new(
                ErrorCode::OcspResponseMalformed,
                format_args!(
                    "found an OCSP response of the status {status} without an answer, wanted a successful one"
                ),
            ));
        };
        let (mut response, certificates) = Self::parse(basic).map_err(wrong)?;
        for certificate in certificates {
            response.certificates.push(Certificate::from_der(&certificate)?);
        }
        Ok(response)
    }

    /// What is there but for the certificates, and those in DER.
    fn parse(basic: &[u8]) -> der::Result<(Self, Vec<Vec<u8>>)> {
        let mut fields = Elements::of_sequence(basic)?;
        let content = fields.required()?.to_der()?;
        let algorithm = fields.required()?.decode_as()?;
        let signature: BitStringRef<'_> = fields.required()?.decode_as()?;
        let signature = signature.as_bytes().ok_or(ErrorKind::Value { tag: Tag::BitString })?.to_vec();
        let certificates = match fields.context(0)? {
            None => Vec::new(),
            Some(tagged) => {
                let list = Elements::of(explicit(tagged)?, Tag::Sequence)?.map(|own| own?.to_der());
                limited(list, MAX_CERTIFICATES)?
            }
        };
        fields.finish()?;
        let mut data = Elements::of_sequence(&content)?;
        if data.context(0)?.is_some_and(|version| version.value() != [2, 1, 0]) {
            return Err(ErrorKind::Value { tag: Tag::Integer }.into());
        }
        let responder = responder(data.required()?)?;
        time(data.required()?)?;
        let mut unknown = None;
        let statuses = Elements::of(data.required()?, Tag::Sequence)?.map(|own| single(own?, &mut unknown));
        let statuses = limited(statuses, MAX_STATUSES)?;
        note_unknown(data.context(1)?, &mut unknown)?;
        data.finish()?;
        let signed = Signed { content: content.clone(), algorithm, signature };
        Ok((Self { signed, certificates: Vec::new(), responder, statuses, unknown }, certificates))
    }

    /// The certificates that go along.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// All that it says of the certificate of that number, by an issuer of that name in DER and that key. `each` is asked
    /// for each certificate that it tells of.
    ///
    /// # Errors
    /// Those of `each`.
    pub(super) fn about(
        &self,
        serial: &[u8],
        name: &[u8],
        key: &PublicKey,
        each: impl Fn() -> Result<(), Error>,
    ) -> Result<Vec<&SingleResponse>, Error> {
        let mut hashes: BTreeMap<DigestAlgorithm, [Vec<u8>; 2]> = BTreeMap::new();
        let mut found = Vec::new();
        for single in &self.statuses {
            each()?;
            let Some(digest) = single.digest.filter(|_| single.serial == serial) else { continue };
            let own = hashes
                .entry(digest)
                .or_insert_with(|| [name, key.bit_string()].map(|octets| digest.digest(octets)));
            if *own == [&*single.name_hash, &*single.key_hash] {
                found.push(single);
            }
        }
        Ok(found)
    }

    /// Whether it says that it is from the holder of that name and key.
    pub(super) fn is_from(&self, name: &Folded, key: &PublicKey) -> bool {
        match &self.responder {
            ResponderId::Name(own) => own == name,
            ResponderId::KeyHash(own) => Sha1::digest(key.bit_string()).as_slice() == own.as_slice(),
        }
    }
}

/// responseStatus, and the BasicOCSPResponse if there is one.
fn outer(der: &[u8]) -> der::Result<(u8, Option<&[u8]>)> {
    let mut fields = Elements::of_sequence(der)?;
    let status = fields.required()?;
    der::Tagged::tag(&status).assert_eq(Tag::Enumerated)?;
    let status = match status.value() {
        [status] => *status,
        _ => return Err(ErrorKind::Length { tag: Tag::Enumerated }.into()),
    };
    let bytes = fields.context(0)?;
    fields.finish()?;
    let Some(bytes) = bytes else { return Ok((status, None)) };
    let mut bytes = Elements::of(explicit(bytes)?, Tag::Sequence)?;
    let kind = oid(bytes.required()?)?;
    let response = bytes.required()?;
    bytes.finish()?;
    der::Tagged::tag(&response).assert_eq(Tag::OctetString)?;
    Ok((status, Some(response.value()).filter(|_| kind == ID_PKIX_OCSP_BASIC)))
}

fn responder(choice: AnyRef<'_>) -> der::Result<ResponderId> {
    let value = explicit(choice)?;
    match super::super::element::context(der::Tagged::tag(&choice)) {
        Some(1) => Ok(ResponderId::Name(Folded::new(&value.to_der()?).ok_or(ErrorKind::Failed)?)),
        Some(2) => {
            der::Tagged::tag(&value).assert_eq(Tag::OctetString)?;
            Ok(ResponderId::KeyHash(value.value().to_vec()))
        }
        _ => Err(ErrorKind::Failed.into()),
    }
}

fn single(response: AnyRef<'_>, unknown: &mut Option<ObjectIdentifier>) -> der::Result<SingleResponse> {
    let mut fields = Elements::of(response, Tag::Sequence)?;
    let mut id = Elements::of(fields.required()?, Tag::Sequence)?;
    let digest = oid(Elements::of(id.required()?, Tag::Sequence)?.required()?)?;
    let (name_hash, key_hash, serial) = (id.required()?, id.required()?, id.required()?);
    id.finish()?;
    let status = status(fields.required()?)?;
    let this_update = time(fields.required()?)?;
    let next_update = fields.context(0)?.map(|own| time(explicit(own)?)).transpose()?;
    note_unknown(fields.context(1)?, unknown)?;
    fields.finish()?;
    Ok(SingleResponse {
        digest: DigestAlgorithm::from_oid(digest).ok().filter(|digest| *digest != DigestAlgorithm::Md5),
        name_hash: name_hash.value().to_vec(),
        key_hash: key_hash.value().to_vec(),
        serial: serial.value().to_vec(),
        status,
        this_update,
        next_update,
    })
}

fn status(choice: AnyRef<'_>) -> der::Result<CertificateStatus> {
    match super::super::element::context(der::Tagged::tag(&choice)) {
        Some(0) => Ok(CertificateStatus::Good),
        Some(1) => {
            let mut fields = Elements::of_content(choice.value())?;
            let at = time(fields.required()?)?;
            let reason = fields.context(0)?.map(|own| reason(explicit(own)?)).transpose()?;
            fields.finish()?;
            Ok(CertificateStatus::Revoked { at, reason: reason.unwrap_or_default() })
        }
        Some(2) => Ok(CertificateStatus::Unknown),
        _ => Err(ErrorKind::Failed.into()),
    }
}

/// Critical extensions change what is said; none is known here.
fn note_unknown(tagged: Option<AnyRef<'_>>, unknown: &mut Option<ObjectIdentifier>) -> der::Result<()> {
    let Some(tagged) = tagged else { return Ok(()) };
    let extensions: Vec<Extension> = Decode::from_der(tagged.value())?;
    let critical = extensions.iter().find(|own| own.critical).map(|own| own.extn_id);
    *unknown = unknown.or(critical);
    Ok(())
}

/// A list of no more than `most`.
fn limited<T>(items: impl Iterator<Item = der::Result<T>>, most: usize) -> der::Result<Vec<T>> {
    let items: Vec<T> = items.take(most.saturating_add(1)).collect::<der::Result<_>>()?;
    match items.len() <= most {
        true => Ok(items),
        false => Err(ErrorKind::Length { tag: Tag::Sequence }.into()),
    }
}

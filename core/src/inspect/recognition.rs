//! Which kind of object a DER element is, told from its shape and not from its PEM label.

use alloc::format;
use alloc::vec::Vec;
use der::Tag;
use zeroize::Zeroizing;

use super::element::Element;
use super::problem::Problem;
use super::{
    Certificate, CertificateList, CertificateRequest, Cms, Description, EcParameters, EncryptedPrivateKey,
    Keystore, OcspRequest, OcspResponse, PublicKey, ocsp, private_key,
};
use crate::cms::ber;
use crate::jks;
use crate::object_identifier;

/// The first elements of the outer SEQUENCE decide; no kind needs more.
const ELEMENTS_LOOKED_AT: usize = 9;

/// How many messages may lie one in another.
const MAX_DEPTH: u8 = 4;

/// Describes one object; `label` only helps to say what is wrong with it.
pub(crate) fn describe(der: &[u8], label: Option<&str>) -> Result<Description, Problem> {
    describe_at(der, label, MAX_DEPTH)
}

/// The same, in a message within messages.
pub(crate) fn describe_at(der: &[u8], label: Option<&str>, depth: u8) -> Result<Description, Problem> {
    if jks::is_jks(der) {
        return Ok(Description::Jks(Keystore::new(der)));
    }
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Problem::new(format!("found messages nested deeper than {MAX_DEPTH}")))?;
    describe_der(der, label, depth).or_else(|problem| match ber::to_der(der).map(Zeroizing::new) {
        Ok(straightened) if *straightened != der => match describe_ber(&straightened, label, depth)? {
            // Its length and hash are those of the file.
            Description::Pkcs12(_) => Ok(Description::Pkcs12(Keystore::new(der))),
            description => Ok(description),
        },
        _ => Err(problem),
    })
}

/// Messages alone may be BER; what an issuer signs must be DER (RFC 5280 4.1).
fn describe_ber(straightened: &[u8], label: Option<&str>, depth: u8) -> Result<Description, Problem> {
    match describe_der(straightened, label, depth)? {
        Description::Cms(cms) => Ok(Description::Cms(cms.into_ber())),
        Description::Pkcs12(keystore) => Ok(Description::Pkcs12(keystore)),
        _ => Err(Problem::new("found an encoding that only BER allows, wanted DER")),
    }
}

fn describe_der(der: &[u8], label: Option<&str>, depth: u8) -> Result<Description, Problem> {
    let (kind, element) = recognize(der, label)?;
    match kind {
        Kind::Certificate => Certificate::read(element).map(Description::Certificate),
        Kind::CertificateRequest => CertificateRequest::read(element).map(Description::CertificateRequest),
        Kind::CertificateList => CertificateList::read(element).map(Description::CertificateList),
        Kind::PublicKey => PublicKey::read(element).map(Description::PublicKey),
        Kind::RsaPublicKey => PublicKey::from_rsa(element.der()).map(Description::PublicKey),
        Kind::Pkcs8 => private_key::read_pkcs8(element).map(Description::PrivateKey),
        Kind::Pkcs1 => private_key::read_pkcs1(element).map(Description::PrivateKey),
        Kind::Sec1 => private_key::read_sec1(element, None).map(Description::PrivateKey),
        Kind::EncryptedPkcs8 => EncryptedPrivateKey::read(element).map(Description::EncryptedPrivateKey),
        Kind::Cms => Cms::read(element, depth).map(Description::Cms),
        Kind::Pkcs12 => Ok(Description::Pkcs12(Keystore::new(der))),
        Kind::OcspRequest => OcspRequest::read(element).map(Description::OcspRequest),
        Kind::OcspResponse => OcspResponse::read(element).map(Description::OcspResponse),
        Kind::EcParameters => {
            let curve = object_identifier::name(&element.oid("namedCurve")?);
            Ok(Description::EcParameters(EcParameters { curve }))
        }
    }
}

/// The kind of an object in DER, and the object.
pub(crate) fn recognize<'a>(der: &'a [u8], label: Option<&str>) -> Result<(Kind, Element<'a>), Problem> {
    if label == Some("OPENSSH PRIVATE KEY") {
        return Err(Problem::new(
            "found a private key in OpenSSH's own format, wanted PKCS#8, PKCS#1 or SEC1",
        ));
    }
    let element = match label {
        // OpenSSL's own trust settings stand behind such a certificate.
        Some("TRUSTED CERTIFICATE") => Element::parse_first(der)?.0,
        _ => Element::parse(der)?,
    };
    if element.is(Tag::ObjectIdentifier) && label == Some("EC PARAMETERS") {
        return Ok((Kind::EcParameters, element));
    }
    kind(&first_fields(element)?).map(|kind| (kind, element)).ok_or_else(|| unknown(label))
}

/// Is this a revocation list, whatever else may be wrong with it?
pub(crate) fn is_certificate_list(der: &[u8]) -> bool {
    let fields = Element::parse(der).and_then(first_fields);
    fields.is_ok_and(|fields| kind(&fields) == Some(Kind::CertificateList))
}

fn first_fields(element: Element<'_>) -> Result<Vec<Element<'_>>, Problem> {
    element.sequence("SEQUENCE")?.take(ELEMENTS_LOOKED_AT).collect()
}

fn unknown(label: Option<&str>) -> Problem {
    let wanted = "wanted a certificate, a certificate request, a key, a certificate list, an OCSP message or a CMS message";
    match label {
        Some(label) => Problem::new(format!("found a PEM block {label:?} that is none of these: {wanted}")),
        None => Problem::new(format!("found DER of an unknown kind, {wanted}")),
    }
}

/// What an object is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Certificate,
    CertificateRequest,
    CertificateList,
    PublicKey,
    RsaPublicKey,
    Pkcs8,
    Pkcs1,
    Sec1,
    EncryptedPkcs8,
    Cms,
    Pkcs12,
    OcspRequest,
    OcspResponse,
    EcParameters,
}

fn kind(fields: &[Element<'_>]) -> Option<Kind> {
    let tags: Vec<Tag> = fields.iter().map(Element::tag).collect();
    match (tags.as_slice(), fields) {
        ([Tag::Sequence, Tag::Sequence, Tag::BitString], [to_be_signed, ..]) => kind_of_signed(*to_be_signed),
        ([Tag::Sequence, Tag::BitString], _) => Some(Kind::PublicKey),
        ([Tag::Sequence, Tag::OctetString], _) => Some(Kind::EncryptedPkcs8),
        ([Tag::Integer, Tag::Integer], _) => Some(Kind::RsaPublicKey),
        ([Tag::Integer, Tag::Sequence, Tag::OctetString, ..], _) => Some(Kind::Pkcs8),
        ([Tag::Integer, Tag::OctetString, ..], _) => Some(Kind::Sec1),
        ([Tag::Integer, Tag::Sequence, ..], _) => Some(Kind::Pkcs12),
        (tags, _) if tags.len() == ELEMENTS_LOOKED_AT && tags.iter().all(|tag| *tag == Tag::Integer) => {
            Some(Kind::Pkcs1)
        }
        ([Tag::ObjectIdentifier], _) => Some(Kind::Cms),
        ([Tag::ObjectIdentifier, _], [_, content]) if content.is_context(0) => Some(Kind::Cms),
        ([Tag::Enumerated, ..], _) => Some(Kind::OcspResponse),
        ([Tag::Sequence] | [Tag::Sequence, Tag::ContextSpecific { .. }], [first, ..])
            if ocsp::is_tbs_request(*first) =>
        {
            Some(Kind::OcspRequest)
        }
        _ => None,
    }
}

/// Certificates, requests and lists differ in what is signed: RFC 5280 4.1 and 5.1, RFC 2986 4.1.
fn kind_of_signed(to_be_signed: Element<'_>) -> Option<Kind> {
    let fields: Vec<_> = to_be_signed.fields("an object").ok()?.take(6).collect::<Result<_, _>>().ok()?;
    let tags: Vec<Tag> = fields.iter().map(Element::tag).collect();
    match tags.as_slice() {
        [Tag::Sequence, Tag::Sequence, Tag::UtcTime | Tag::GeneralizedTime, ..] => {
            Some(Kind::CertificateList)
        }
        [Tag::Integer, Tag::Sequence, Tag::Sequence, Tag::UtcTime | Tag::GeneralizedTime, ..] => {
            Some(Kind::CertificateList)
        }
        [Tag::Integer, Tag::Sequence, Tag::Sequence, Tag::Sequence, ..] => Some(Kind::Certificate),
        [Tag::Integer, Tag::Sequence, Tag::Sequence, ..] => Some(Kind::CertificateRequest),
        [Tag::ContextSpecific { .. }, Tag::Integer, ..] => Some(Kind::Certificate),
        _ => None,
    }
}

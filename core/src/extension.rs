//! The extensions that this engine writes (RFC 5280 4.2).

use alloc::{string::String, vec, vec::Vec};

use const_oid::{
    AssociatedOid,
    db::{rfc5280, rfc6960},
};
use der::{
    Encode,
    asn1::{Ia5String, Null, ObjectIdentifier, OctetString},
    flagset::FlagSet,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use x509_cert::ext::{
    Extension,
    pkix::{
        AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
        CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName, SubjectKeyIdentifier,
        crl::dp::DistributionPoint,
        name::{DistributionPointName, GeneralName},
    },
};

use crate::{
    crl::partition,
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// How many addresses one list, responder or certificate may have.
const MAX_ADDRESSES: usize = 16;

/// The key usages by their names in RFC 5280 4.2.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum KeyUsageName {
    /// Signatures other than on certificates and CRLs.
    DigitalSignature,
    /// Content commitment, once named nonRepudiation.
    NonRepudiation,
    /// Encrypting keys: RSA only.
    KeyEncipherment,
    /// Encrypting data directly.
    DataEncipherment,
    /// Key agreement: not RSA.
    KeyAgreement,
    /// Signing certificates.
    KeyCertSign,
    /// Signing CRLs.
    #[serde(rename = "cRLSign")]
    CrlSign,
}

impl KeyUsageName {
    const fn flag(self) -> KeyUsages {
        match self {
            Self::DigitalSignature => KeyUsages::DigitalSignature,
            Self::NonRepudiation => KeyUsages::NonRepudiation,
            Self::KeyEncipherment => KeyUsages::KeyEncipherment,
            Self::DataEncipherment => KeyUsages::DataEncipherment,
            Self::KeyAgreement => KeyUsages::KeyAgreement,
            Self::KeyCertSign => KeyUsages::KeyCertSign,
            Self::CrlSign => KeyUsages::CRLSign,
        }
    }
}

/// An extension of a type that knows its identifier.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn extension<T: AssociatedOid + Encode>(critical: bool, value: &T) -> Result<Extension, Error> {
    Ok(Extension { extn_id: T::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// Basic constraints of an authority, critical (RFC 5280 4.2.1.9).
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn authority_constraints(path_length: Option<u8>) -> Result<Extension, Error> {
    extension(true, &BasicConstraints { ca: true, path_len_constraint: path_length })
}

/// Key usage, critical (RFC 5280 4.2.1.3).
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn key_usage(usages: &[KeyUsageName]) -> Result<Extension, Error> {
    let flags = usages.iter().fold(FlagSet::default(), |flags, usage| flags | usage.flag());
    extension(true, &KeyUsage(flags))
}

/// Extended key usage (RFC 5280 4.2.1.12) of identifiers in dotted decimal.
///
/// # Errors
/// `FieldInvalid` if one is no object identifier.
pub fn extended_key_usage(purposes: &[String]) -> Result<Extension, Error> {
    let purposes = purposes.iter().map(|purpose| {
        ObjectIdentifier::new(purpose).map_err(|_| {
            Error::new(
                ErrorCode::FieldInvalid,
                format_args!("found {purpose:?}, wanted an object identifier such as 1.3.6.1.5.5.7.3.2"),
            )
        })
    });
    extension(false, &ExtendedKeyUsage(purposes.collect::<Result<_, _>>()?))
}

/// id-pkix-ocsp-nocheck: nobody need ask for the status of this certificate of a responder (RFC 6960 4.2.2.2.1).
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn ocsp_no_check() -> Result<Extension, Error> {
    let extn_value = OctetString::new(Null.to_der()?)?;
    Ok(Extension { extn_id: rfc6960::ID_PKIX_OCSP_NOCHECK, critical: false, extn_value })
}

/// The key identifier that a new key gets: the first 160 bits of SHA-256 (RFC 7093 section 2, method 1).
#[must_use]
pub fn key_identifier(key: &PublicKey) -> Vec<u8> {
    Sha256::digest(key.bit_string()).iter().copied().take(20).collect()
}

/// Subject key identifier (RFC 5280 4.2.1.2).
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn subject_key_identifier(identifier: &[u8]) -> Result<Extension, Error> {
    extension(false, &SubjectKeyIdentifier(OctetString::new(identifier)?))
}

/// Authority key identifier by key id only (RFC 5280 4.2.1.1): issuer and serial number would tie the
/// certificate to one certificate of its authority and break at the authority's renewal.
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn authority_key_identifier(identifier: &[u8]) -> Result<Extension, Error> {
    let value = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(identifier)?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    extension(false, &value)
}

/// Subject alternative names, critical where the subject is empty (RFC 5280 4.2.1.6).
///
/// # Errors
/// `EncodingFailed`, not in practice.
pub fn subject_alternative_names(
    names: Vec<GeneralName>,
    subject_is_empty: bool,
) -> Result<Extension, Error> {
    extension(subject_is_empty, &SubjectAltName(names))
}

/// CRL distribution points, one for all the addresses (RFC 5280 4.2.1.13).
///
/// # Errors
/// `FieldInvalid` for an address that is not http or ldap in ASCII.
pub fn crl_distribution_points(urls: &[String]) -> Result<Extension, Error> {
    partition::count(urls).map_err(|error| error.at("crl_urls"))?;
    extension(false, &CrlDistributionPoints(vec![distribution_point(urls, "crl_urls")?]))
}

/// One distribution point with all these addresses (RFC 5280 4.2.1.13); `field` is where they come from.
pub(crate) fn distribution_point(urls: &[String], field: &str) -> Result<DistributionPoint, Error> {
    Ok(DistributionPoint {
        distribution_point: Some(distribution_point_name(urls, field)?),
        reasons: None,
        crl_issuer: None,
    })
}

/// The name of a distribution point; the same octets in a certificate and in the list that it points to.
pub(crate) fn distribution_point_name(urls: &[String], field: &str) -> Result<DistributionPointName, Error> {
    let names = addresses(urls, field)?;
    Ok(DistributionPointName::FullName(names))
}

/// Where the issuer's OCSP responder and certificate are (RFC 5280 4.2.2.1).
///
/// # Errors
/// `FieldInvalid` for an address that is not http or ldap in ASCII.
pub fn authority_information_access(
    ocsp_urls: &[String],
    issuer_urls: &[String],
) -> Result<Extension, Error> {
    let describe = |access_method, urls: &[String], field| {
        let locations = addresses(urls, field)?.into_iter();
        let described = locations.map(|access_location| AccessDescription { access_method, access_location });
        Ok::<Vec<_>, Error>(described.collect())
    };
    let mut descriptions = describe(rfc5280::ID_AD_OCSP, ocsp_urls, "ocsp_urls")?;
    descriptions.extend(describe(rfc5280::ID_AD_CA_ISSUERS, issuer_urls, "issuer_urls")?);
    extension(false, &AuthorityInfoAccessSyntax(descriptions))
}

/// Writes an authority's addresses once on trial, so that a wrong one shows now and not at the first certificate.
///
/// # Errors
/// `FieldInvalid`; `CrlScopeInvalid` for partitions that are none.
pub(crate) fn check_addresses(crl: &[String], ocsp: &[String], issuer: &[String]) -> Result<(), Error> {
    crl_distribution_points(crl)?;
    authority_information_access(ocsp, issuer).map(drop)
}

fn addresses(urls: &[String], field: &str) -> Result<Vec<GeneralName>, Error> {
    if urls.len() > MAX_ADDRESSES {
        let detail = format_args!("found {} addresses, wanted at most {MAX_ADDRESSES}", urls.len());
        return Err(Error::new(ErrorCode::FieldInvalid, detail).at(field));
    }
    urls.iter().map(|url| address(url, field)).collect()
}

fn address(url: &str, field: &str) -> Result<GeneralName, Error> {
    let known = ["http://", "https://", "ldap://"]
        .iter()
        .any(|scheme| url.starts_with(scheme) && url.len() > scheme.len());
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    Ia5String::new(url)
        .ok()
        .filter(|_| known && plain)
        .map(GeneralName::UniformResourceIdentifier)
        .ok_or_else(|| {
            Error::new(
                ErrorCode::FieldInvalid,
                format_args!("found {url:?}, wanted an http, https or ldap address"),
            )
            .at(field)
        })
}

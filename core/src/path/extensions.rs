//! What the extensions of a certificate say that binds a path (RFC 5280 4.2).

use alloc::vec::Vec;

use const_oid::db::{rfc5280, rfc6960};
use der::{
    Decode, ErrorKind, Tag,
    asn1::{AnyRef, ObjectIdentifier},
};
use x509_cert::{attr::AttributeTypeAndValue, ext::Extension};

use super::{
    element::{Elements, bits, boolean, explicit, number, oid},
    general_name::{self, GeneralName},
    name_constraints::NameConstraints,
};
use crate::error::{Error, ErrorCode};

/// The most policies, purposes or distribution points of one certificate.
const MAX_ITEMS: usize = 256;

/// Qualifiers of policies that ask nothing of a verifier: id-qt-cps and id-qt-unotice.
const KNOWN_QUALIFIERS: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1"), ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.2")];

/// Those that are processed, and may be critical.
#[derive(Default)]
pub(super) struct Extensions<'a> {
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) purposes: Option<Vec<ObjectIdentifier>>,
    pub(super) alternative_names: Option<Vec<GeneralName<'a>>>,
    pub(super) name_constraints: Option<NameConstraints<'a>>,
    pub(super) policies: Option<Vec<ObjectIdentifier>>,
    pub(super) mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    pub(super) require_explicit_policy: Option<u32>,
    pub(super) inhibit_policy_mapping: Option<u32>,
    pub(super) inhibit_any_policy: Option<u32>,
    pub(super) distribution_points: Vec<DistributionPoint<'a>>,
    pub(super) authority_key: Option<AuthorityKey<'a>>,
    pub(super) subject_key: Option<&'a [u8]>,
    pub(super) ocsp_no_check: bool,
    /// The first critical one that is not processed here.
    pub(super) unknown: Option<ObjectIdentifier>,
}

/// RFC 5280 4.2.1.9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BasicConstraints {
    pub(super) ca: bool,
    pub(super) path_length: Option<u32>,
}

/// RFC 5280 4.2.1.3; the first bit is the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyUsage(u16);

impl KeyUsage {
    const DIGITAL_SIGNATURE: u16 = 0x8000;
    const NON_REPUDIATION: u16 = 0x4000;
    const KEY_ENCIPHERMENT: u16 = 0x2000;
    const KEY_AGREEMENT: u16 = 0x0800;
    const KEY_CERT_SIGN: u16 = 0x0400;
    const CRL_SIGN: u16 = 0x0200;

    pub(super) const fn signs(self) -> bool {
        self.0 & (Self::DIGITAL_SIGNATURE | Self::NON_REPUDIATION) != 0
    }

    pub(super) const fn digital_signature(self) -> bool {
        self.0 & Self::DIGITAL_SIGNATURE != 0
    }

    /// What establishes a session's key, or signs for it.
    pub(super) const fn establishes(self) -> bool {
        self.0 & (Self::DIGITAL_SIGNATURE | Self::KEY_ENCIPHERMENT | Self::KEY_AGREEMENT) != 0
    }

    pub(super) const fn key_cert_sign(self) -> bool {
        self.0 & Self::KEY_CERT_SIGN != 0
    }

    pub(super) const fn crl_sign(self) -> bool {
        self.0 & Self::CRL_SIGN != 0
    }
}

/// RFC 5280 4.2.1.1.
pub(super) struct AuthorityKey<'a> {
    pub(super) identifier: Option<&'a [u8]>,
    pub(super) by_issuer_and_serial: bool,
}

/// RFC 5280 4.2.1.13.
pub(super) struct DistributionPoint<'a> {
    pub(super) name: Option<PointName<'a>>,
    /// All of them where it is left out.
    pub(super) reasons: Option<u16>,
    pub(super) crl_issuer: Option<Vec<GeneralName<'a>>>,
}

/// DistributionPointName.
pub(super) enum PointName<'a> {
    Full(Vec<GeneralName<'a>>),
    Relative(Vec<AttributeTypeAndValue>),
}

impl<'a> Extensions<'a> {
    /// Reads them.
    ///
    /// # Errors
    /// `PathCertificateInvalid` if one of those that are processed is not what it should be.
    pub(super) fn read(extensions: &'a [Extension]) -> Result<Self, Error> {
        let mut read = Self::default();
        for extension in extensions {
            let known = read.take(extension).map_err(|error| malformed(extension.extn_id, error))?;
            if !known && extension.critical {
                read.unknown.get_or_insert(extension.extn_id);
            }
        }
        Ok(read)
    }

    /// Takes one in; false for one that is not known.
    fn take(&mut self, extension: &'a Extension) -> der::Result<bool> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            rfc5280::ID_CE_BASIC_CONSTRAINTS => self.basic_constraints = Some(basic_constraints(value)?),
            rfc5280::ID_CE_KEY_USAGE => self.key_usage = Some(key_usage(value)?),
            rfc5280::ID_CE_EXT_KEY_USAGE => self.purposes = Some(oids(value)?),
            rfc5280::ID_CE_SUBJECT_ALT_NAME => {
                self.alternative_names = Some(general_name::sequence_of(value)?);
            }
            rfc5280::ID_CE_NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::read(value)?),
            rfc5280::ID_CE_CERTIFICATE_POLICIES => {
                let (policies, qualifiers_known) = policies(value)?;
                self.policies = Some(policies);
                return Ok(qualifiers_known);
            }
            rfc5280::ID_CE_POLICY_MAPPINGS => self.mappings = mappings(value)?,
            rfc5280::ID_CE_POLICY_CONSTRAINTS => self.policy_constraints(value)?,
            rfc5280::ID_CE_INHIBIT_ANY_POLICY => self.inhibit_any_policy = Some(integer(value)?),
            rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS => self.distribution_points = distribution_points(value)?,
            rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => self.authority_key = Some(authority_key(value)?),
            rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER => self.subject_key = Some(octets(value)?),
            rfc6960::ID_PKIX_OCSP_NOCHECK => self.ocsp_no_check = true,
            // Where deltas are, and other names of the issuer: nothing that a path rests on.
            rfc5280::ID_CE_FRESHEST_CRL | rfc5280::ID_CE_ISSUER_ALT_NAME => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// RFC 5280 4.2.1.11.
    fn policy_constraints(&mut self, value: &'a [u8]) -> der::Result<()> {
        let mut fields = Elements::of_sequence(value)?;
        self.require_explicit_policy = fields.context(0)?.map(number).transpose()?;
        self.inhibit_policy_mapping = fields.context(1)?.map(number).transpose()?;
        fields.finish()
    }

    /// Whether it says that it is an authority.
    pub(super) fn is_ca(&self) -> bool {
        self.basic_constraints.is_some_and(|constraints| constraints.ca)
    }
}

fn basic_constraints(value: &[u8]) -> der::Result<BasicConstraints> {
    let mut fields = Elements::of_sequence(value)?;
    let ca = fields.optional(Tag::Boolean)?.map(boolean).transpose()?.unwrap_or(false);
    let path_length = fields.optional(Tag::Integer)?.map(number).transpose()?;
    fields.finish()?;
    Ok(BasicConstraints { ca, path_length })
}

fn key_usage(value: &[u8]) -> der::Result<KeyUsage> {
    let value = AnyRef::from_der(value)?;
    der::Tagged::tag(&value).assert_eq(Tag::BitString)?;
    bits(value).map(KeyUsage)
}

fn integer(value: &[u8]) -> der::Result<u32> {
    let value = AnyRef::from_der(value)?;
    der::Tagged::tag(&value).assert_eq(Tag::Integer)?;
    number(value)
}

fn octets(value: &[u8]) -> der::Result<&[u8]> {
    let value = AnyRef::from_der(value)?;
    der::Tagged::tag(&value).assert_eq(Tag::OctetString)?;
    Ok(value.value())
}

/// A list of one element or more, each read by `read`.
fn list<'a, T>(value: &'a [u8], read: impl Fn(AnyRef<'a>) -> der::Result<T>) -> der::Result<Vec<T>> {
    let items = Elements::of_sequence(value)?.map(|item| read(item?));
    let items: Vec<T> = items.take(MAX_ITEMS.saturating_add(1)).collect::<der::Result<_>>()?;
    match items.len() {
        1..=MAX_ITEMS => Ok(items),
        _ => Err(ErrorKind::Length { tag: Tag::Sequence }.into()),
    }
}

fn oids(value: &[u8]) -> der::Result<Vec<ObjectIdentifier>> {
    list(value, oid)
}

/// The policies, each there once (RFC 5280 4.2.1.4), and whether all their qualifiers are known.
fn policies(value: &[u8]) -> der::Result<(Vec<ObjectIdentifier>, bool)> {
    let read = list(value, |policy| {
        let mut fields = Elements::of(policy, Tag::Sequence)?;
        let policy = oid(fields.required()?)?;
        let mut known = true;
        if let Some(qualifiers) = fields.optional(Tag::Sequence)? {
            for qualifier in Elements::of(qualifiers, Tag::Sequence)? {
                let id = oid(Elements::of(qualifier?, Tag::Sequence)?.required()?)?;
                known &= KNOWN_QUALIFIERS.contains(&id);
            }
        }
        fields.finish()?;
        Ok((policy, known))
    })?;
    let known = read.iter().all(|(_, known)| *known);
    let policies: Vec<_> = read.into_iter().map(|(policy, _)| policy).collect();
    let mut sorted = policies.clone();
    sorted.sort_unstable();
    sorted.dedup();
    match sorted.len() == policies.len() {
        true => Ok((policies, known)),
        false => Err(ErrorKind::Value { tag: Tag::Sequence }.into()),
    }
}

fn mappings(value: &[u8]) -> der::Result<Vec<(ObjectIdentifier, ObjectIdentifier)>> {
    list(value, |mapping| {
        let mut fields = Elements::of(mapping, Tag::Sequence)?;
        let pair = (oid(fields.required()?)?, oid(fields.required()?)?);
        fields.finish()?;
        Ok(pair)
    })
}

fn authority_key(value: &[u8]) -> der::Result<AuthorityKey<'_>> {
    let mut fields = Elements::of_sequence(value)?;
    let identifier = fields.context(0)?.map(AnyRef::value);
    let issuer = fields.context(1)?.map(|names| GeneralName::read_all(names.value())).transpose()?;
    let serial = fields.context(2)?;
    fields.finish()?;
    Ok(AuthorityKey { identifier, by_issuer_and_serial: issuer.is_some() || serial.is_some() })
}

/// CRLDistributionPoints, and FreshestCRL too.
fn distribution_points(value: &[u8]) -> der::Result<Vec<DistributionPoint<'_>>> {
    list(value, |point| {
        let mut fields = Elements::of(point, Tag::Sequence)?;
        let point = DistributionPoint {
            name: fields.context(0)?.map(point_name).transpose()?,
            reasons: fields.context(1)?.map(bits).transpose()?,
            crl_issuer: fields.context(2)?.map(|names| GeneralName::read_all(names.value())).transpose()?,
        };
        fields.finish()?;
        Ok(point)
    })
}

/// DistributionPointName within its explicit tag.
pub(super) fn point_name(tagged: AnyRef<'_>) -> der::Result<PointName<'_>> {
    let choice = explicit(tagged)?;
    match super::element::context(der::Tagged::tag(&choice)) {
        Some(0) => Ok(PointName::Full(GeneralName::read_all(choice.value())?)),
        Some(1) => {
            let attributes = Elements::of_content(choice.value())?.map(|attribute| attribute?.decode_as());
            Ok(PointName::Relative(attributes.collect::<der::Result<_>>()?))
        }
        _ => Err(ErrorKind::Value { tag: Tag::Sequence }.into()),
    }
}

/// What cannot be read cannot be honoured.
fn malformed(id: ObjectIdentifier, error: der::Error) -> Error {
    Error::new(
        ErrorCode::PathCertificateInvalid,
        format_args!("the extension {id} cannot be parsed: {error} (RFC 5280 4.2)"),
    )
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::asn1::OctetString;

    use super::*;

    fn extension(extn_id: ObjectIdentifier, critical: bool, value: &[u8]) -> Extension {
        Extension { extn_id, critical, extn_value: OctetString::new(value).unwrap() }
    }

    fn fails(id: ObjectIdentifier, value: &[u8]) -> bool {
        let extensions = vec![extension(id, false, value)];
        Extensions::read(&extensions).is_err_and(|error| error.code == ErrorCode::PathCertificateInvalid)
    }

    #[test]
    fn what_is_processed_must_be_readable() {
        for (id, value) in [
            (rfc5280::ID_CE_BASIC_CONSTRAINTS, &b"\x30\x03\x01\x01\x01"[..]),
            (rfc5280::ID_CE_BASIC_CONSTRAINTS, b"\x30\x03\x02\x01\xff"),
            (rfc5280::ID_CE_KEY_USAGE, b"\x04\x01\x00"),
            (rfc5280::ID_CE_EXT_KEY_USAGE, b"\x30\x00"),
            (rfc5280::ID_CE_SUBJECT_ALT_NAME, b"\x30\x00"),
            (rfc5280::ID_CE_CERTIFICATE_POLICIES, b"\x30\x00"),
            (
                rfc5280::ID_CE_CERTIFICATE_POLICIES,
                b"\x30\x0c\x30\x04\x06\x02\x2a\x03\x30\x04\x06\x02\x2a\x03",
            ),
            (rfc5280::ID_CE_POLICY_MAPPINGS, b"\x30\x00"),
            (rfc5280::ID_CE_INHIBIT_ANY_POLICY, b"\x02\x01\xff"),
            (rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS, b"\x30\x04\x30\x02\xa0\x00"),
            (rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, b"\x04\x00"),
        ] {
            assert!(fails(id, value), "{id} {value:02x?}");
        }
    }

    #[test]
    fn critical_ones_that_are_not_known_are_noticed() {
        let unknown = ObjectIdentifier::new_unwrap("1.2.3");
        let read = |critical| {
            let extensions = vec![extension(unknown, critical, b"")];
            Extensions::read(&extensions).map(|read| read.unknown).unwrap()
        };
        assert_eq!((read(false), read(true)), (None, Some(unknown)));
        // A qualifier 1.2.3.4 that nobody knows.
        let qualified = b"\x30\x0f\x30\x0d\x06\x02\x2a\x03\x30\x07\x30\x05\x06\x03\x2a\x03\x04";
        let read = |critical| {
            let extensions = vec![extension(rfc5280::ID_CE_CERTIFICATE_POLICIES, critical, qualified)];
            Extensions::read(&extensions).map(|read| read.unknown).unwrap()
        };
        assert_eq!((read(false), read(true)), (None, Some(rfc5280::ID_CE_CERTIFICATE_POLICIES)));
    }

    #[test]
    fn policy_constraints_are_counted() {
        let extensions =
            vec![extension(rfc5280::ID_CE_POLICY_CONSTRAINTS, true, b"\x30\x06\x80\x01\x00\x81\x01\x05")];
        let read = Extensions::read(&extensions).unwrap();
        assert_eq!((read.require_explicit_policy, read.inhibit_policy_mapping), (Some(0), Some(5)));
    }
}

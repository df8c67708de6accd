//! A revocation list as verification reads it (RFC 5280 5): entries stay bytes.

use alloc::{format, string::String, vec::Vec};

use const_oid::db::rfc5280;
use der::{
    Decode, Encode, ErrorKind, Tag,
    asn1::{AnyRef, ObjectIdentifier},
};
use x509_cert::ext::{Extension, pkix::KeyUsage};

use super::super::{
    element::{Elements, bits, boolean},
    extensions::{PointName, point_name},
    general_name::{self, GeneralName},
    is_signed_by,
    policy::{Rules, Strength},
};
use crate::{
    certificate::{Certificate, refuse_duplicates},
    crl::Reason,
    distinguished_name::Folded,
    error::{Error, ErrorCode},
    issuer::is_authority,
    pem,
    signed::{Signed, malformed},
    validity::lenient_time,
};

/// Every reason that there is (RFC 5280 4.2.1.13): the bits 1 to 8, the first being the highest.
pub(super) const ALL_REASONS: u16 = 0x7f80;

/// A revocation list, full or delta.
pub struct RevocationList {
    pub(super) signed: Signed,
    pub(super) issuer: Folded,
    pub(super) this_update: u64,
    pub(super) next_update: Option<u64>,
    /// The content of revokedCertificates.
    entries: Vec<u8>,
    extensions: Vec<Extension>,
    /// Octets of the number, big-endian, without leading zeros.
    pub(super) number: Option<Vec<u8>>,
    /// The same of the list that a delta adds to.
    pub(super) base: Option<Vec<u8>>,
    names_its_algorithm: bool,
    /// What makes it useless (RFC 5280 5.2, 5.3): a critical extension that is not processed here.
    unknown: Option<ObjectIdentifier>,
}

/// RFC 5280 5.2.5.
pub(in crate::path) struct IssuingDistributionPoint<'a> {
    pub(super) name: Option<PointName<'a>>,
    pub(super) only_user_certificates: bool,
    pub(super) only_ca_certificates: bool,
    pub(super) only_some_reasons: Option<u16>,
    pub(super) is_indirect: bool,
    pub(super) only_attribute_certificates: bool,
}

/// One entry.
struct Entry<'a> {
    serial: &'a [u8],
    revoked_at: u64,
    reason: Reason,
    /// The issuer from this entry on, in an indirect list (RFC 5280 5.3.3).
    issuer: Option<Folded>,
    unknown: Option<ObjectIdentifier>,
}

impl RevocationList {
    /// The label of its PEM blocks (RFC 7468 section 7).
    pub(crate) const LABEL: &str = "X509 CRL";

    /// Reads the first one of a PEM text.
    ///
    /// # Errors
    /// `PemMalformed`, `CrlMalformed`.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::decode(text, &[Self::LABEL])?)
    }

    /// Reads one in DER.
    ///
    /// # Errors
    /// `CrlMalformed`.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let list =
            Self::parse(der).map_err(|error| malformed(ErrorCode::CrlMalformed, "revocation list", error))?;
        refuse_duplicates(&list.extensions).map_err(|detail| Error::new(ErrorCode::CrlMalformed, detail))?;
        Ok(list)
    }

    fn parse(der: &[u8]) -> der::Result<Self> {
        let signed = Signed::from_der(der)?;
        let mut fields = Elements::of_sequence(&signed.content)?;
        let version = fields.optional(Tag::Integer)?;
        let algorithm = fields.required()?.to_der()? == signed.algorithm.to_der()?;
        let issuer = Folded::new(&fields.required()?.to_der()?).ok_or(ErrorKind::Failed)?;
        let this_update = time(fields.required()?)?;
        let next_update = fields
            .optional(Tag::UtcTime)?
            .or(fields.optional(Tag::GeneralizedTime)?)
            .map(time)
            .transpose()?;
        let entries = fields.optional(Tag::Sequence)?.map(|own| own.value().to_vec()).unwrap_or_default();
        let extensions: Vec<Extension> = match fields.context(0)? {
            Some(own) => Decode::from_der(own.value())?,
            None => Vec::new(),
        };
        fields.finish()?;
        // Extensions are of version 2 (RFC 5280 5.1.2.1).
        if version.map(AnyRef::value) != Some(&[1]) && !extensions.is_empty() {
            return Err(ErrorKind::Value { tag: Tag::Integer }.into());
        }
        let mut list = Self {
            issuer,
            this_update,
            next_update,
            entries,
            number: integer(&extensions, rfc5280::ID_CE_CRL_NUMBER)?,
            base: integer(&extensions, rfc5280::ID_CE_DELTA_CRL_INDICATOR)?,
            names_its_algorithm: algorithm,
            unknown: None,
            extensions,
            signed: signed.clone(),
        };
        list.issuing_distribution_point()?;
        list.unknown = list.find_unknown()?;
        Ok(list)
    }

    /// Whether the name in DER is its issuer's.
    pub(crate) fn is_of(&self, name: &[u8]) -> bool {
        Folded::new(name).is_some_and(|name| name == self.issuer)
    }

    /// Whether the authority signed it, and may (RFC 5280 6.3.3).
    pub(crate) fn is_issued_by(&self, issuer: &Certificate, strength: Strength) -> bool {
        let usage = issuer.extension::<KeyUsage>();
        is_authority(issuer)
            && usage.is_ok_and(|usage| usage.is_none_or(|usage| usage.crl_sign()))
            && self.is_of(issuer.subject())
            && issuer.public_key().is_ok_and(|key| is_signed_by(&self.signed, &key, strength))
    }

    /// The issuing distribution point.
    ///
    /// # Errors
    /// None after [`Self::from_der`].
    pub(in crate::path) fn issuing_distribution_point(
        &self,
    ) -> der::Result<Option<IssuingDistributionPoint<'_>>> {
        let Some(value) = self.octets(rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT) else { return Ok(None) };
        let mut fields = Elements::of_sequence(value)?;
        let flag = |value: Option<AnyRef<'_>>| value.map_or(Ok(false), boolean);
        let point = IssuingDistributionPoint {
            name: fields.context(0)?.map(point_name).transpose()?,
            only_user_certificates: flag(fields.context(1)?)?,
            only_ca_certificates: flag(fields.context(2)?)?,
            only_some_reasons: fields.context(3)?.map(bits).transpose()?,
            is_indirect: flag(fields.context(4)?)?,
            only_attribute_certificates: flag(fields.context(5)?)?,
        };
        fields.finish()?;
        Ok(Some(point))
    }

    /// The value of one of its extensions.
    pub(super) fn octets(&self, id: ObjectIdentifier) -> Option<&[u8]> {
        self.extensions.iter().find(|own| own.extn_id == id).map(|own| own.extn_value.as_bytes())
    }

    /// What makes it useless, in words.
    pub(super) fn check_critical(&self) -> Result<(), String> {
        match self.unknown {
            None => Ok(()),
            Some(unknown) => Err(format!(
                "has the critical extension {unknown}, which is not processed here (RFC 5280 5.2)"
            )),
        }
    }

    /// Why the rules do not let it say that a certificate is good, in words.
    pub(super) fn check(&self, rules: Rules) -> Result<(), String> {
        if rules == Rules::Path {
            return Ok(());
        }
        if !self.names_its_algorithm {
            return Err("names another signature algorithm within than beside it (RFC 5280 5.1.1.2)".into());
        }
        let number = self.extensions.iter().find(|own| own.extn_id == rfc5280::ID_CE_CRL_NUMBER);
        match number {
            None => Err("has no number (RFC 5280 5.2.3)".into()),
            Some(number) if number.critical => Err("has a critical number (RFC 5280 5.2.3)".into()),
            Some(_) => Ok(()),
        }
    }

    /// When and why the certificate of that number and issuer was revoked, if it was; of several entries the last that
    /// says so, or that a hold has begun or ended. `each` is asked for each entry, by its length in bytes.
    ///
    /// # Errors
    /// Those of `each`.
    pub(super) fn find(
        &self,
        serial: &[u8],
        issuer: &Folded,
        each: impl Fn(usize) -> Result<(), Error>,
    ) -> Result<Option<(u64, Reason)>, Error> {
        let is_of_a_hold = |reason| matches!(reason, Reason::CertificateHold | Reason::RemoveFromCrl);
        let mut current = self.issuer.clone();
        let mut found = None;
        for entry in Elements::of_content(&self.entries).into_iter().flatten() {
            // They were all read before.
            let Ok(entry) = entry else { break };
            each(entry.value().len())?;
            let Ok(entry) = read_entry(entry) else { break };
            if let Some(own) = entry.issuer {
                current = own;
            }
            let is_final = found.is_some_and(|(_, reason)| !is_of_a_hold(reason));
            if !is_final && entry.serial == serial && current == *issuer {
                found = Some((entry.revoked_at, entry.reason));
            }
        }
        Ok(found)
    }

    fn entries(&self) -> impl Iterator<Item = der::Result<Entry<'_>>> {
        Elements::of_content(&self.entries).into_iter().flatten().map(|entry| read_entry(entry?))
    }

    /// The first critical extension that is not processed here, of the list or an entry. It reads all of them.
    fn find_unknown(&self) -> der::Result<Option<ObjectIdentifier>> {
        const KNOWN: [ObjectIdentifier; 4] = [
            rfc5280::ID_CE_CRL_NUMBER,
            rfc5280::ID_CE_DELTA_CRL_INDICATOR,
            rfc5280::ID_CE_ISSUING_DISTRIBUTION_POINT,
            rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER,
        ];
        let own = self.extensions.iter().find(|own| own.critical && !KNOWN.contains(&own.extn_id));
        let mut unknown = own.map(|own| own.extn_id);
        for entry in self.entries() {
            unknown = unknown.or(entry?.unknown);
        }
        Ok(unknown)
    }
}

fn read_entry(entry: AnyRef<'_>) -> der::Result<Entry<'_>> {
    let mut fields = Elements::of(entry, Tag::Sequence)?;
    let serial = fields.required()?;
    der::Tagged::tag(&serial).assert_eq(Tag::Integer)?;
    let revoked_at = time(fields.required()?)?;
    let mut read = Entry {
        serial: serial.value(),
        revoked_at,
        reason: Reason::Unspecified,
        issuer: None,
        unknown: None,
    };
    if let Some(extensions) = fields.optional(Tag::Sequence)? {
        for extension in Elements::of(extensions, Tag::Sequence)? {
            read.take(extension?)?;
        }
    }
    fields.finish()?;
    Ok(read)
}

impl Entry<'_> {
    fn take(&mut self, extension: AnyRef<'_>) -> der::Result<()> {
        let extension: Extension = extension.decode_as()?;
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            rfc5280::ID_CE_CRL_REASONS => {
                let code = AnyRef::from_der(value)?;
                der::Tagged::tag(&code).assert_eq(Tag::Enumerated)?;
                self.reason = reason(code)?;
            }
            rfc5280::ID_CE_CERTIFICATE_ISSUER => {
                let names = general_name::sequence_of(value)?;
                let directory = names.into_iter().find_map(|name| match name {
                    GeneralName::Directory(name) => Some(name),
                    _ => None,
                });
                self.issuer = Some(directory.ok_or(ErrorKind::Value { tag: Tag::Sequence })?);
            }
            rfc5280::ID_CE_INVALIDITY_DATE => {}
            other if extension.critical => self.unknown = Some(other),
            _ => {}
        }
        Ok(())
    }
}

/// A reason by its code (RFC 5280 5.3.1), whatever its tag.
pub(super) fn reason(code: AnyRef<'_>) -> der::Result<Reason> {
    const ALL: [Reason; 10] = [
        Reason::Unspecified,
        Reason::KeyCompromise,
        Reason::CaCompromise,
        Reason::AffiliationChanged,
        Reason::Superseded,
        Reason::CessationOfOperation,
        Reason::CertificateHold,
        Reason::RemoveFromCrl,
        Reason::PrivilegeWithdrawn,
        Reason::AaCompromise,
    ];
    let code = match code.value() {
        [code] => *code,
        _ => return Err(ErrorKind::Length { tag: Tag::Enumerated }.into()),
    };
    let known = ALL.into_iter().find(|reason| reason.code() == code);
    known.ok_or_else(|| ErrorKind::Value { tag: Tag::Enumerated }.into())
}

/// Unix seconds.
pub(super) fn time(value: AnyRef<'_>) -> der::Result<u64> {
    lenient_time(value).map(|time| time.to_unix_duration().as_secs())
}

/// The octets of an INTEGER that is an extension's value, without leading zeros.
fn integer(extensions: &[Extension], id: ObjectIdentifier) -> der::Result<Option<Vec<u8>>> {
    let Some(extension) = extensions.iter().find(|own| own.extn_id == id) else { return Ok(None) };
    let value = AnyRef::from_der(extension.extn_value.as_bytes())?;
    der::Tagged::tag(&value).assert_eq(Tag::Integer)?;
    let octets = value.value();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    match octets.first() {
        None | Some(0x80..) => Err(ErrorKind::Value { tag: Tag::Integer }.into()),
        Some(_) => Ok(Some(octets.get(zeros..).unwrap_or_default().to_vec())),
    }
}

/// Whether a number is that of a later list, or the same.
pub(super) fn is_at_least(one: &[u8], other: &[u8]) -> bool {
    (one.len(), one) >= (other.len(), other)
}

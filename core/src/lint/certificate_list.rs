//! Revocation lists (RFC 5280 5).

use alloc::{collections::BTreeSet, string::String};

use der::Tag;

use super::{
    Setting, address, extensions::Extensions, finding::Findings, name, rule::rules, serial_number, signature,
    validity,
};
use crate::inspect::{
    CertificateListFields, Extension, ExtensionValue as Value, element::Element, extension::read_all,
    name::distinguished_name, problem::Problem,
};

rules! {
    CRL_VERSION_1, Warning, "RFC 5280 5.1.2.1":
        "the list is of version 1, without extensions";
        "have the authority write version 2: without numbers nobody knows which list is the newer".
    CRL_ISSUER_EMPTY, Error, "RFC 5280 5.1.2.3":
        "the issuer of the list has no name";
        "give the authority a name; nobody knows otherwise whose certificates the list is about".
    CRL_EXPIRED, Error, "RFC 5280 6.3.3 (a)":
        "the next list was due already";
        "publish a new list; who asks for revocation refuses every certificate until then".
    CRL_ABOUT_TO_EXPIRE, Warning, "RFC 5280 5.1.2.5":
        "less than a tenth of the time to the next list is left";
        "publish a new list, and look why that has not happened".
    CRL_FROM_THE_FUTURE, Warning, "RFC 5280 5.1.2.4":
        "the list says that it was made in the future";
        "compare the clocks of the authority and of this machine".
    CRL_TIMES_REVERSED, Error, "RFC 5280 5.1.2.4 and 5.1.2.5":
        "the next list was due before this one was made";
        "compare the clock and the settings of the authority; readers take the list for out of date".
    CRL_NEXT_UPDATE_MISSING, Error, "RFC 5280 5.1.2.5":
        "the list does not say when the next one comes";
        "have the authority write nextUpdate: readers otherwise fetch the list always, or never again".
    CRL_AKI_MISSING, Warning, "RFC 5280 5.2.1":
        "the list has no authority key identifier";
        "have the authority write it: after a renewal with a new key nobody knows whose list it is".
    CRL_NUMBER_MISSING, Warning, "RFC 5280 5.2.3":
        "the list has no number";
        "have the authority number its lists".
    CRL_NUMBER_LONG, Error, "RFC 5280 5.2.3":
        "the number of the list is longer than 20 octets";
        "have the authority count its lists from 1".
    CRL_ENTRIES_EMPTY, Error, "RFC 5280 5.1.2.6":
        "there is a list of entries, and nothing in it";
        "leave the field out where nothing is revoked; strict readers refuse the list".
    CRL_ENTRY_MALFORMED, Error, "RFC 5280 5.1.2.6 and 5.3":
        "an entry cannot be read";
        "have the authority write the list anew".
    CRL_ENTRY_REPEATED, Warning, "RFC 5280 5.1.2.6":
        "a serial number is listed twice";
        "list it once, with the date and reason that count".
    CRL_ENTRY_FROM_THE_FUTURE, Warning, "RFC 5280 5.1.2.6":
        "a revocation lies after the list was made";
        "compare the clocks of the authority".
    CRL_REASON_UNSPECIFIED, Notice, "RFC 5280 5.3.1":
        "an entry has the reason unspecified";
        "leave the reason out, which means the same".
    CRL_ENTRY_EXTENSION_CRITICAL, Warning, "RFC 5280 5.3.1 and 5.3.2":
        "an entry's reason or date of invalidity is critical";
        "make it non-critical: whoever does not know it may not use the list".
    CRL_SCOPE_CONTRADICTION, Error, "RFC 5280 5.2.5":
        "the list says that it holds only users' and only authorities' certificates";
        "set one of the two at most".
    CRL_SIGNATURE_INVALID, Error, "RFC 5280 6.3.3 (g)":
        "the list is not signed by the key of the certificate that its names lead to";
        "get the list again, and look whether it belongs to another key of the same authority".
    CRL_SIGNER_WITHOUT_CRL_SIGN, Error, "RFC 5280 6.3.3 (f)":
        "the certificate of who signed the list lacks cRLSign";
        "renew the authority's certificate with cRLSign, or sign lists with a key that may".
}

/// A revocation list with what the rules look at.
pub(super) struct CertificateList<'a> {
    fields: CertificateListFields<'a>,
    extensions: Extensions,
    /// RFC 4514.
    pub(super) issuer: String,
}

impl<'a> CertificateList<'a> {
    /// Reads a list; what of it cannot be read alone is a finding.
    pub(super) fn read(element: Element<'a>, findings: &mut Findings) -> Result<Self, Problem> {
        let fields = CertificateListFields::read(element)?;
        let extensions = Extensions::read(fields.extensions, "crlExtensions", findings);
        Ok(Self { fields, extensions, issuer: distinguished_name(fields.issuer).unwrap_or_default() })
    }

    pub(super) fn issuer(&self) -> Element<'a> {
        self.fields.issuer
    }

    /// Lowercase hex.
    pub(super) fn key_identifier(&self) -> Option<&str> {
        self.extensions.authority_key_identifier()?.key_identifier.as_deref()
    }

    /// Looks at it by itself.
    pub(super) fn check(&self, setting: &Setting, findings: &mut Findings) {
        let fields = &self.fields;
        findings.add_if(fields.version == 1, &CRL_VERSION_1, "version", "found version 1, wanted 2");
        signature::check(fields.signature_algorithm, Some(fields.signed_algorithm), true, findings);
        name::check(fields.issuer, "issuer", 0, findings);
        findings.add_if(name::is_empty(fields.issuer), &CRL_ISSUER_EMPTY, "issuer", "found no name");
        let this_update = validity::time(fields.this_update, "thisUpdate", findings);
        self.check_times(this_update, setting.now, findings);
        self.extensions.check(findings);
        address::check(&self.extensions, findings);
        if fields.version > 1 {
            self.check_extensions(findings);
        }
        if let Some(entries) = fields.entries {
            check_entries(entries, this_update.unwrap_or(u64::MAX), findings);
        }
    }

    fn check_times(&self, this_update: Option<u64>, now: u64, findings: &mut Findings) {
        let this_update = this_update.unwrap_or_default();
        findings.add_if(
            this_update > now,
            &CRL_FROM_THE_FUTURE,
            "thisUpdate",
            format_args!("found {}, now is {}", validity::date(this_update), validity::date(now)),
        );
        let Some(next_update) = self.fields.next_update else {
            return findings.add(&CRL_NEXT_UPDATE_MISSING, "nextUpdate", "found none");
        };
        let Some(next_update) = validity::time(next_update, "nextUpdate", findings) else { return };
        findings.add_if(
            next_update < this_update,
            &CRL_TIMES_REVERSED,
            "nextUpdate",
            format_args!("found {}, before {}", validity::date(next_update), validity::date(this_update)),
        );
        let detail = alloc::format!("found {}, now is {}", validity::date(next_update), validity::date(now));
        match next_update.checked_sub(now) {
            None => findings.add(&CRL_EXPIRED, "nextUpdate", detail),
            Some(left) => {
                let is_near = left < next_update.saturating_sub(this_update) / 10;
                findings.add_if(is_near, &CRL_ABOUT_TO_EXPIRE, "nextUpdate", detail);
            }
        }
    }

    fn check_extensions(&self, findings: &mut Findings) {
        let has_identifier = self.extensions.authority_key_identifier().is_some();
        findings.add_if(!has_identifier, &CRL_AKI_MISSING, "crlExtensions", "found none");
        let mut is_numbered = false;
        for (index, extension) in self.extensions.iter().enumerate() {
            let place = format_args!("extensions.{index}");
            match &extension.value {
                Value::CrlNumber(number) => {
                    is_numbered = true;
                    let digits = number.hex.len();
                    findings.add_if(
                        digits > 40,
                        &CRL_NUMBER_LONG,
                        place,
                        format_args!("found {digits} hexadecimal digits, wanted at most 40"),
                    );
                }
                Value::IssuingDistributionPoint(point) => {
                    let both = point.only_contains_user_certs && point.only_contains_ca_certs;
                    findings.add_if(both, &CRL_SCOPE_CONTRADICTION, place, "found both flags");
                }
                _ => {}
            }
        }
        findings.add_if(!is_numbered, &CRL_NUMBER_MISSING, "crlExtensions", "found none");
    }

    /// Whether that key made its signature.
    pub(super) fn is_signed_by(&self, key: Element<'_>) -> bool {
        self.fields.verify(key) == Some(true)
    }

    /// Looks at it beside the certificate that its names lead to: its key, and whether it may sign lists.
    pub(super) fn check_signer(&self, key: Element<'_>, extensions: &Extensions, findings: &mut Findings) {
        let is_wrong = self.fields.verify(key) == Some(false);
        findings.add_if(
            is_wrong,
            &CRL_SIGNATURE_INVALID,
            "signatureValue",
            "found a signature that its issuer's key did not make",
        );
        let may_sign = extensions.allows("cRLSign");
        findings.add_if(
            !may_sign,
            &CRL_SIGNER_WITHOUT_CRL_SIGN,
            "issuer",
            "found a key usage without cRLSign in the issuer's certificate",
        );
    }
}

fn check_entries(list: Element<'_>, this_update: u64, findings: &mut Findings) {
    findings.add_if(
        list.value().is_empty(),
        &CRL_ENTRIES_EMPTY,
        "revokedCertificates",
        "found none, wanted one at least",
    );
    let Ok(entries) = list.fields("revokedCertificates") else { return };
    let mut serials: BTreeSet<&[u8]> = BTreeSet::new();
    for (index, entry) in entries.enumerate() {
        let place = format_args!("revokedCertificates.{index}");
        match entry.and_then(read_entry) {
            Err(problem) => findings.add(&CRL_ENTRY_MALFORMED, place, problem),
            Ok((serial, date, extensions)) => {
                serial_number::check(serial, place, false, findings);
                // Of an indirect list each issuer counts for itself, and such entries name theirs.
                let is_indirect =
                    extensions.iter().any(|extension| matches!(extension.value, Value::CertificateIssuer(_)));
                if is_indirect {
                    serials.clear();
                }
                findings.add_if(
                    !serials.insert(serial.value()),
                    &CRL_ENTRY_REPEATED,
                    place,
                    "found the serial number once more",
                );
                findings.add_if(
                    date > this_update,
                    &CRL_ENTRY_FROM_THE_FUTURE,
                    place,
                    format_args!(
                        "found {}, the list is of {}",
                        validity::date(date),
                        validity::date(this_update)
                    ),
                );
                let is_told =
                    |own: &Extension| matches!(own.value, Value::ReasonCode(_) | Value::InvalidityDate(_));
                if let Some(own) = extensions.iter().find(|own| own.critical && is_told(own)) {
                    findings.add(
                        &CRL_ENTRY_EXTENSION_CRITICAL,
                        place,
                        format_args!("found {} critical", own.oid),
                    );
                }
                let is_unspecified = extensions.iter().any(|extension| matches!(&extension.value, Value::ReasonCode(reason) if reason == "unspecified"));
                findings.add_if(is_unspecified, &CRL_REASON_UNSPECIFIED, place, "found unspecified");
            }
        }
    }
}

type Entry<'a> = (Element<'a>, u64, alloc::vec::Vec<Extension>);

fn read_entry(entry: Element<'_>) -> Result<Entry<'_>, Problem> {
    let mut fields = entry.sequence("revokedCertificates")?;
    let serial = fields.required("userCertificate")?;
    let date = fields.required("revocationDate")?.time("revocationDate")?;
    let extensions = fields.optional(Tag::Sequence)?.map(read_all).transpose()?.unwrap_or_default();
    fields.finish()?;
    Ok((serial, date, extensions))
}

//! Certificates, each by itself (RFC 5280 4.1 and 4.2).

use alloc::{format, string::String};

use super::{
    Setting, address, alternative_name,
    extensions::Extensions,
    finding::Findings,
    key::{self, Family},
    key_usage::{self, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, KEY_USAGE},
    name, policy,
    purpose::{self, Purpose},
    rule::rules,
    serial_number, signature, validity,
};
use crate::inspect::{CertificateFields, element::Element, name::distinguished_name, problem::Problem};

rules! {
    VERSION_NOT_3, Warning, "RFC 5280 4.1.2.1 and 6.1.4 (k)":
        "the certificate is not of version 3";
        "have it issued anew; without extensions it cannot be an authority's, and Go and webpki refuse it".
    EXTENSIONS_WITHOUT_VERSION_3, Error, "RFC 5280 4.1.2.9":
        "a certificate that is not of version 3 has extensions";
        "have it issued anew as version 3".
    UNIQUE_IDENTIFIER, Warning, "RFC 5280 4.1.2.8":
        "the certificate has unique identifiers, which conforming authorities do not write";
        "have it issued anew without them".
    ISSUER_EMPTY, Error, "RFC 5280 4.1.2.4":
        "the issuer has no name";
        "give the authority a name, and issue anew".
    SUBJECT_EMPTY, Error, "RFC 5280 4.1.2.6":
        "the subject is empty and no alternative name stands in its place, or it is an authority's";
        "write a subject, or alternative names in a critical extension".
    ALTERNATIVE_NAMES_NOT_CRITICAL, Error, "RFC 5280 4.2.1.6":
        "the subject is empty and the alternative names are not critical";
        "make the alternative names critical".
    SELF_SIGNATURE_INVALID, Error, "RFC 5280 3.2":
        "the certificate says that it is signed by its own key, and is not";
        "get the certificate again from where it was made; this copy was changed".
    AKI_MISSING, Warning, "RFC 5280 4.2.1.1":
        "there is no authority key identifier";
        "let the authority write it: once there are two keys of one name, verifiers cannot choose without it".
    AKI_WITHOUT_KEY_IDENTIFIER, Warning, "RFC 5280 4.2.1.1":
        "the authority key identifier has no key identifier";
        "let the authority write its key identifier".
    AKI_BY_ISSUER_AND_SERIAL, Warning, "RFC 5280 4.2.1.1, and OpenBao and Vault on rotation":
        "the authority key identifier names the issuer's certificate by its issuer and serial number";
        "let the authority write the key identifier alone: this breaks when its certificate is renewed".
    SKI_MISSING, Warning, "RFC 5280 4.2.1.2":
        "an authority's certificate has no subject key identifier";
        "renew it with one, and keep it for as long as the key".
    SKI_MISSING_IN_LEAF, Notice, "RFC 5280 4.2.1.2":
        "there is no subject key identifier";
        "let the authority write one; messages can name the key by it".
    KEY_USAGE_MISSING, Warning, "RFC 5280 4.2.1.3":
        "an authority's certificate has no key usage";
        "renew it with keyCertSign and cRLSign".
    AUTHORITY_KEY_USAGE_INCOMPLETE, Error, "RFC 5280 6.1.4 (n)":
        "an authority's key usage lacks keyCertSign";
        "renew it with keyCertSign: nothing that it issues is accepted".
    AUTHORITY_WITHOUT_CRL_SIGN, Warning, "RFC 5280 6.3.3 (f)":
        "an authority's key usage lacks cRLSign";
        "renew it with cRLSign, unless another key signs its revocation lists".
    BASIC_CONSTRAINTS_NOT_CRITICAL, Warning, "RFC 5280 4.2.1.9":
        "basic constraints make it an authority's, and are not critical";
        "make them critical when it is issued next".
    AUTHORITY_WITHOUT_BASIC_CONSTRAINTS, Error, "RFC 5280 6.1.4 (k)":
        "it is meant for an authority, and basic constraints do not make it one";
        "have it issued anew with cA in critical basic constraints".
}

pub(super) const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const ALTERNATIVE_NAMES: &str = "2.5.29.17";

/// A certificate with what the rules look at.
pub(super) struct Certificate<'a> {
    pub(super) der: &'a [u8],
    pub(super) fields: CertificateFields<'a>,
    pub(super) extensions: Extensions,
    /// Unix seconds, where they are times.
    pub(super) period: Option<(u64, u64)>,
    /// RFC 4514.
    pub(super) subject: String,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate; what of it cannot be read alone is a finding.
    pub(super) fn read(element: Element<'a>, findings: &mut Findings) -> Result<Self, Problem> {
        let fields = CertificateFields::read(element)?;
        let extensions = Extensions::read(fields.extensions, "extensions", findings);
        let not_before = validity::time(fields.not_before, "validity.notBefore", findings);
        let not_after = validity::time(fields.not_after, "validity.notAfter", findings);
        Ok(Self {
            der: element.der(),
            fields,
            extensions,
            period: not_before.zip(not_after),
            subject: distinguished_name(fields.subject).unwrap_or_default(),
        })
    }

    pub(super) fn is_authority(&self) -> bool {
        self.extensions.is_authority()
    }

    pub(super) fn family(&self) -> Family {
        key::family(self.fields.public_key)
    }

    /// Whether issuer and subject have one name: a root's, or one of those that lead from one key to the next.
    pub(super) fn is_self_issued(&self) -> bool {
        self.fields.issuer.der() == self.fields.subject.der()
    }

    /// Whether it says of itself that its own key signed it: one name, and no other key's identifier.
    pub(super) fn is_self_signed(&self) -> bool {
        let identifier =
            self.extensions.authority_key_identifier().and_then(|found| found.key_identifier.as_deref());
        self.is_self_issued()
            && identifier
                .is_none_or(|identifier| self.extensions.subject_key_identifier() == Some(identifier))
    }

    /// Looks at it by itself. `purpose` is what it is meant for.
    pub(super) fn check(&self, purpose: Purpose, setting: &Setting, findings: &mut Findings) {
        let (fields, extensions) = (&self.fields, &self.extensions);
        let is_self_signed = self.is_self_signed();
        self.check_version(findings);
        serial_number::check(fields.serial, "serialNumber", !is_self_signed, findings);
        signature::check(
            fields.signature_algorithm,
            Some(fields.signed_algorithm),
            !is_self_signed,
            findings,
        );
        if let Some((not_before, not_after)) = self.period {
            validity::check(not_before, not_after, setting.now, findings);
        }
        self.check_names(purpose, setting, findings);
        key::check(fields.public_key, findings);
        extensions.check(findings);
        key_usage::check(extensions, self.family(), findings);
        policy::check(extensions, findings);
        self.check_identifiers(is_self_signed, findings);
        self.check_authority(purpose, findings);
        address::check(extensions, findings);
        purpose::check(self, purpose, findings);
        // Whoever has no identifier of another key, and no name of another either, is worth a verification.
        if is_self_signed
            && extensions.authority_key_identifier().is_some()
            && fields.verify(fields.public_key) == Some(false)
        {
            findings.add(
                &SELF_SIGNATURE_INVALID,
                "signatureValue",
                "found a signature that its own key did not make",
            );
        }
    }

    fn check_version(&self, findings: &mut Findings) {
        let version = self.fields.version;
        let has_extensions = self.fields.extensions.is_some();
        let rule = if has_extensions { &EXTENSIONS_WITHOUT_VERSION_3 } else { &VERSION_NOT_3 };
        findings.add_if(version != 3, rule, "version", format_args!("found {version}, wanted 3"));
        let unique = [
            ("issuerUniqueID", self.fields.issuer_unique_id),
            ("subjectUniqueID", self.fields.subject_unique_id),
        ];
        for (place, _) in unique.iter().filter(|(_, found)| found.is_some()) {
            findings.add(&UNIQUE_IDENTIFIER, place, format_args!("found {place}"));
        }
    }

    fn check_names(&self, purpose: Purpose, setting: &Setting, findings: &mut Findings) {
        let (fields, extensions) = (&self.fields, &self.extensions);
        // Only who enrols has something appended to the name.
        let appended = if purpose == Purpose::Device { setting.appended_characters } else { 0 };
        name::check(fields.subject, "subject", appended, findings);
        if !self.is_self_issued() {
            name::check(fields.issuer, "issuer", 0, findings);
        }
        findings.add_if(name::is_empty(fields.issuer), &ISSUER_EMPTY, "issuer", "found no name");
        let names = extensions.alternative_names();
        if let Some(names) = names {
            alternative_name::check(names, &extensions.place(ALTERNATIVE_NAMES), findings);
        }
        if name::is_empty(fields.subject) {
            let is_nameless = names.is_none() || extensions.is_authority();
            findings.add_if(is_nameless, &SUBJECT_EMPTY, "subject", "found no name");
            let is_hidden = names.is_some() && !extensions.is_critical(ALTERNATIVE_NAMES);
            findings.add_if(
                is_hidden,
                &ALTERNATIVE_NAMES_NOT_CRITICAL,
                extensions.place(ALTERNATIVE_NAMES),
                "found them non-critical",
            );
        }
    }

    fn check_identifiers(&self, is_self_signed: bool, findings: &mut Findings) {
        let extensions = &self.extensions;
        let place = extensions.place(AUTHORITY_KEY_IDENTIFIER);
        match extensions.authority_key_identifier() {
            None => findings.add_if(
                !is_self_signed && self.fields.version == 3,
                &AKI_MISSING,
                &place,
                "found none",
            ),
            Some(found) => {
                findings.add_if(
                    found.key_identifier.is_none(),
                    &AKI_WITHOUT_KEY_IDENTIFIER,
                    &place,
                    "found none in it",
                );
                let by_certificate = found.authority_cert_serial_number.as_ref().filter(|_| !is_self_signed);
                if let Some(serial) = by_certificate {
                    let issuer = found.authority_cert_issuer.join(" ");
                    findings.add(
                        &AKI_BY_ISSUER_AND_SERIAL,
                        &place,
                        format_args!("found the serial number {serial} of {issuer}"),
                    );
                }
            }
        }
        let has_identifier = extensions.subject_key_identifier().is_some();
        let rule = if extensions.is_authority() { &SKI_MISSING } else { &SKI_MISSING_IN_LEAF };
        findings.add_if(!has_identifier && self.fields.version == 3, rule, "extensions", "found none");
    }

    fn check_authority(&self, purpose: Purpose, findings: &mut Findings) {
        let extensions = &self.extensions;
        let place = extensions.place(KEY_USAGE);
        if !extensions.is_authority() {
            let is_meant = purpose == Purpose::Authority;
            return findings.add_if(
                is_meant,
                &AUTHORITY_WITHOUT_BASIC_CONSTRAINTS,
                extensions.place(BASIC_CONSTRAINTS),
                "found no cA",
            );
        }
        let is_critical = extensions.is_critical(BASIC_CONSTRAINTS);
        findings.add_if(
            !is_critical,
            &BASIC_CONSTRAINTS_NOT_CRITICAL,
            extensions.place(BASIC_CONSTRAINTS),
            "found them non-critical",
        );
        match extensions.key_usage() {
            None => findings.add(&KEY_USAGE_MISSING, place, "found none, wanted keyCertSign and cRLSign"),
            Some(usages) => {
                let found = format!("found {}", usages.join(", "));
                findings.add_if(
                    !extensions.allows("keyCertSign"),
                    &AUTHORITY_KEY_USAGE_INCOMPLETE,
                    &place,
                    &found,
                );
                findings.add_if(!extensions.allows("cRLSign"), &AUTHORITY_WITHOUT_CRL_SIGN, &place, &found);
            }
        }
    }

    /// What its extensions say that it is for.
    pub(super) fn own_purpose(&self) -> Purpose {
        let has = |purpose: &str| self.extensions.has_purpose(purpose);
        match () {
            () if self.is_authority() => Purpose::Authority,
            () if has("OCSPSigning") => Purpose::OcspSigner,
            () if has("microsoftEnrollmentAgent") || has("cmcRA") => Purpose::Ra,
            () if has("serverAuth") => Purpose::TlsServer,
            () if has("clientAuth") || !self.extensions.has(EXTENDED_KEY_USAGE) => Purpose::Device,
            () => Purpose::Auto,
        }
    }
}

//! Certificates that belong together (RFC 5280 6.1): who issued whom, and what that breaks.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::{
    certificate::{AUTHORITY_KEY_IDENTIFIER, Certificate},
    certificate_list::CertificateList,
    finding::Findings,
    key_usage::{BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE},
    rule::rules,
    validity::date,
};
use crate::{authority::MAX_CHAIN, distinguished_name::Folded};

rules! {
    OUTLIVES_ISSUER, Warning, "RFC 5280 4.1.2.5 and the shell model of validation":
        "the certificate ends later than its issuer's";
        "issue it to end with its issuer's at the latest, or renew the issuer first: it is refused from the issuer's end on".
    ISSUER_KEY_IDENTIFIER_DIFFERS, Error, "RFC 5280 4.2.1.1 and cert-manager issue 8289":
        "the authority key identifier is not the subject key identifier of the certificate whose key signed it";
        "keep the authority's key identifier as it was when it is renewed: store its octets, do not compute them again".
    AKI_NAMES_OTHER_CERTIFICATE, Error, "RFC 5280 4.2.1.1":
        "the authority key identifier names another certificate of the issuer by its serial number";
        "let the authority write the key identifier alone, and issue anew".
    ISSUER_NAME_WRITTEN_DIFFERENTLY, Warning, "RFC 5280 4.1.2.4 and 7.1":
        "the issuer's name is the same, but not in the same octets";
        "copy the name octet by octet from the issuer's certificate; Go compares octets".
    SIGNATURE_NOT_BY_ISSUER, Error, "RFC 5280 6.1.3 (a)(1)":
        "the certificate is not signed by the key of the certificate that its names lead to";
        "get the right certificate of the issuer, or this one again: it was changed, or comes from an authority of the same name".
    ISSUER_NOT_AUTHORITY, Error, "RFC 5280 6.1.4 (k) and (n)":
        "the certificate was issued by one that is no authority's";
        "have it issued by an authority".
    PATH_LENGTH_EXCEEDED, Error, "RFC 5280 6.1.4 (l) and (m)":
        "more authorities stand below this one than its path length allows";
        "renew it with a longer path length, or leave out an authority below".
    ISSUER_WITHOUT_PURPOSE, Error, "OpenSSL, Go and Windows (nesting of RFC 5280 4.2.1.12)":
        "an authority above is limited to other purposes by its extended key usage";
        "have it issued by an authority without the limit".
    SKI_CHANGED_BETWEEN_GENERATIONS, Error, "cert-manager issue 8289, Vault issues 16461 and 11153":
        "two certificates of one key have different subject key identifiers";
        "renew with the identifier of before: what was issued names it, and finds its issuer no more".
    SKI_OF_TWO_KEYS, Error, "RFC 5280 4.2.1.2":
        "two keys have the same subject key identifier";
        "give each key an identifier of its own".
    NAME_OF_TWO_KEYS, Warning, "alphagov/paas-cf pull request 1379 (OpenSSL)":
        "two authorities have one name and different keys, and one has no subject key identifier";
        "write key identifiers: OpenSSL tries the first certificate of the name and no other".
    SERIAL_REPEATED, Error, "RFC 5280 4.1.2.2":
        "two certificates of one issuer have the same serial number";
        "issue one of them anew: a revocation meets both, and NSS refuses the second".
    LEAF_NAMED_LIKE_ISSUER, Error, "RFC 5280 3.2 and 6.1":
        "a certificate that is no authority's has the name of its issuer";
        "give it a name of its own: it counts as self-issued, and is taken for its issuer".
    CHAIN_OUT_OF_ORDER, Notice, "RFC 5246 7.4.2 and RFC 8894 4.2.1":
        "the issuer's certificate stands before this one";
        "put the leaf first and each issuer after what it issued, if a program reads the file as a chain".
}

/// A certificate, and where its findings go.
pub(super) struct Link<'a> {
    pub(super) object: usize,
    /// The input it comes from; those of an authority's value have none.
    pub(super) input: Option<usize>,
    pub(super) certificate: Certificate<'a>,
}

/// How many certificates of one name are tried, for each certificate and each list.
const MAX_NAMESAKES: usize = 16;

/// All the certificates of a request, by their names.
pub(super) struct Chain<'c, 'a> {
    links: &'c [Link<'a>],
    by_name: BTreeMap<Folded, Vec<usize>>,
}

impl<'c, 'a> Chain<'c, 'a> {
    pub(super) fn new(links: &'c [Link<'a>]) -> Self {
        let mut by_name: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, link) in links.iter().enumerate() {
            if let Some(name) = Folded::new(link.certificate.fields.subject.der()) {
                by_name.entry(name).or_default().push(index);
            }
        }
        Self { links, by_name }
    }

    /// Looks at who issued whom, and at what two certificates must not share. Gives the issuer of each, if it is here.
    pub(super) fn check(&self, findings: &mut [Findings]) -> Vec<Option<usize>> {
        let issuers: Vec<_> = self
            .links
            .iter()
            .enumerate()
            .map(|(index, link)| self.issuer_of(index, link, findings))
            .collect();
        for (link, issuer) in self.links.iter().zip(&issuers) {
            let (Some(issuer), Some(findings)) =
                (issuer.and_then(|at| self.links.get(at)), findings.get_mut(link.object))
            else {
                continue;
            };
            check_pair(&link.certificate, &issuer.certificate, findings);
            let is_before =
                issuer.input.is_some() && issuer.input == link.input && issuer.object < link.object;
            findings.add_if(
                is_before,
                &CHAIN_OUT_OF_ORDER,
                "subject",
                format_args!("found the certificate of {:?} before it", issuer.certificate.subject),
            );
        }
        self.check_paths(&issuers, findings);
        self.check_shared(findings);
        issuers
    }

    /// The certificates with this name; those with the wanted key identifier first.
    fn named(&self, name: &[u8], identifier: Option<&str>) -> Vec<usize> {
        let name = Folded::new(name);
        let mut found = name.and_then(|name| self.by_name.get(&name)).cloned().unwrap_or_default();
        let has_other = |index: &usize| {
            let own =
                self.links.get(*index).and_then(|link| link.certificate.extensions.subject_key_identifier());
            own.is_none() || own != identifier
        };
        found.sort_by_key(has_other);
        found
    }

    /// The certificate whose names and key made this one, if it is here: of several with the name, the one whose key made
    /// the signature.
    fn issuer_of(&self, index: usize, link: &Link<'a>, findings: &mut [Findings]) -> Option<usize> {
        let Certificate { fields, extensions, .. } = &link.certificate;
        let identifier =
            extensions.authority_key_identifier().and_then(|found| found.key_identifier.as_deref());
        if link.certificate.is_self_signed() {
            return None;
        }
        let findings = findings.get_mut(link.object)?;
        let (mut unknown, mut wrong) = (None, None);
        let candidates = self.named(fields.issuer.der(), identifier).into_iter();
        for candidate in candidates.filter(|candidate| *candidate != index).take(MAX_NAMESAKES) {
            let issuer = &self.links.get(candidate)?.certificate;
            let own = issuer.extensions.subject_key_identifier();
            let other = identifier.zip(own).filter(|(identifier, own)| identifier != own);
            match (fields.verify(issuer.fields.public_key), other) {
                (Some(true), other) => {
                    if let Some((identifier, own)) = other {
                        findings.add(
                            &ISSUER_KEY_IDENTIFIER_DIFFERS,
                            extensions.place(AUTHORITY_KEY_IDENTIFIER),
                            format_args!("found {identifier}, wanted {own}"),
                        );
                    }
                    return Some(candidate);
                }
                (None, None) => unknown = unknown.or(Some(candidate)),
                (Some(false), None) => wrong = wrong.or(Some(&issuer.subject)),
                // Another key of the same name: its certificate is not here.
                (Some(false) | None, Some(_)) => {}
            }
        }
        if let (None, Some(subject)) = (unknown, wrong) {
            findings.add(
                &SIGNATURE_NOT_BY_ISSUER,
                "signatureValue",
                format_args!("found a signature that the key of {subject:?} did not make"),
            );
        }
        unknown
    }

    /// Looks at each authority with all that is above it.
    fn check_paths(&self, issuers: &[Option<usize>], findings: &mut [Findings]) {
        let mut told = BTreeSet::new();
        for link in 0..self.links.len() {
            let Some(lowest) = self.links.get(link).map(|link| &link.certificate) else { continue };
            let mut below = 0_u64;
            let mut current = link;
            for _ in 0..MAX_CHAIN {
                let Some(above) = issuers.get(current).copied().flatten() else { break };
                let (Some(issued), Some(issuer)) = (self.links.get(current), self.links.get(above)) else {
                    break;
                };
                let counts = issued.certificate.is_authority() && !issued.certificate.is_self_issued();
                below = below.saturating_add(u64::from(counts));
                let length = issuer
                    .certificate
                    .extensions
                    .basic_constraints()
                    .and_then(|constraints| constraints.path_length);
                if length.is_some_and(|length| length < below)
                    && told.insert(issuer.object)
                    && let Some(findings) = findings.get_mut(issuer.object)
                {
                    let detail = format_args!(
                        "found {below} below it down to {:?}, wanted at most {}",
                        lowest.subject,
                        length.unwrap_or_default()
                    );
                    findings.add(
                        &PATH_LENGTH_EXCEEDED,
                        issuer.certificate.extensions.place(BASIC_CONSTRAINTS),
                        detail,
                    );
                }
                if let (Some(own), Some(findings)) = (
                    self.links.get(link),
                    findings.get_mut(self.links.get(link).map_or(0, |link| link.object)),
                ) {
                    check_purposes(&own.certificate, &issuer.certificate, findings);
                }
                current = above;
            }
        }
    }

    fn check_shared(&self, findings: &mut [Findings]) {
        let (mut identifiers, mut keys, mut serials) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for link in self.links {
            let Some(findings) = findings.get_mut(link.object) else { continue };
            let Certificate { fields, extensions, .. } = &link.certificate;
            let key = fields.public_key.der();
            let place = extensions.place("2.5.29.14");
            if let Some(own) = extensions.subject_key_identifier() {
                let other_key = *identifiers.entry(own).or_insert(key);
                findings.add_if(
                    other_key != key,
                    &SKI_OF_TWO_KEYS,
                    &place,
                    format_args!("found {own}, which another key has too"),
                );
                let of_key = *keys.entry(key).or_insert(own);
                findings.add_if(
                    of_key != own,
                    &SKI_CHANGED_BETWEEN_GENERATIONS,
                    &place,
                    format_args!("found {own}, and {of_key} in another certificate of this key"),
                );
            }
            let serial = (fields.issuer.der(), fields.serial.value());
            let other = *serials.entry(serial).or_insert(link.certificate.der);
            findings.add_if(
                other != link.certificate.der,
                &SERIAL_REPEATED,
                "serialNumber",
                "found another certificate with it by this issuer",
            );
        }
        for named in self.by_name.values() {
            self.check_same_name(named, findings);
        }
    }

    fn check_same_name(&self, named: &[usize], findings: &mut [Findings]) {
        let authorities: Vec<_> = named
            .iter()
            .filter_map(|index| self.links.get(*index))
            .filter(|link| link.certificate.is_authority())
            .collect();
        let keys: BTreeSet<_> =
            authorities.iter().map(|link| link.certificate.fields.public_key.der()).collect();
        for link in authorities
            .iter()
            .filter(|link| keys.len() > 1 && link.certificate.extensions.subject_key_identifier().is_none())
        {
            if let Some(findings) = findings.get_mut(link.object) {
                findings.add(
                    &NAME_OF_TWO_KEYS,
                    "subject",
                    format_args!("found {} keys of the name {:?}", keys.len(), link.certificate.subject),
                );
            }
        }
    }

    /// Looks at a revocation list beside its issuer's certificate, if that is here: of several with the name, the one
    /// whose key signed it.
    pub(super) fn check_list(&self, list: &CertificateList<'_>, findings: &mut Findings) {
        let identifier = list.key_identifier();
        // Another key of the same name signed it.
        let is_other = |own: &&Certificate<'_>| {
            let own = own.extensions.subject_key_identifier();
            identifier.zip(own).is_some_and(|(identifier, own)| identifier != own)
        };
        let named = self.named(list.issuer().der(), identifier);
        let named = named.iter().filter_map(|index| self.links.get(*index)).map(|link| &link.certificate);
        let named: Vec<_> = named.filter(|own| !is_other(own)).take(MAX_NAMESAKES).collect();
        let signer = named.iter().find(|own| list.is_signed_by(own.fields.public_key));
        if let Some(Certificate { fields, extensions, .. }) = signer.or(named.first()) {
            list.check_signer(fields.public_key, extensions, findings);
        }
    }
}

fn check_pair(certificate: &Certificate<'_>, issuer: &Certificate<'_>, findings: &mut Findings) {
    if let (Some((_, end)), Some((_, issuer_end))) = (certificate.period, issuer.period) {
        let (end_text, issuer_text) = (date(end), date(issuer_end));
        let detail =
            format_args!("found {end_text}, the certificate of {:?} ends at {issuer_text}", issuer.subject);
        findings.add_if(end > issuer_end, &OUTLIVES_ISSUER, "validity.notAfter", detail);
    }
    let (named, name) = (certificate.fields.issuer.der(), issuer.fields.subject.der());
    findings.add_if(
        named != name,
        &ISSUER_NAME_WRITTEN_DIFFERENTLY,
        "issuer",
        format_args!("found other octets than in the certificate of {:?}", issuer.subject),
    );
    let may_sign = issuer.is_authority() && issuer.extensions.allows("keyCertSign");
    findings.add_if(
        !may_sign,
        &ISSUER_NOT_AUTHORITY,
        "issuer",
        format_args!("found {:?}, which may not sign certificates", issuer.subject),
    );
    let is_leaf = !certificate.is_authority();
    let is_namesake = is_leaf && certificate.fields.subject.der() == name;
    findings.add_if(
        is_namesake,
        &LEAF_NAMED_LIKE_ISSUER,
        "subject",
        format_args!("found {:?}", issuer.subject),
    );
    let named_serial = certificate
        .extensions
        .authority_key_identifier()
        .and_then(|found| found.authority_cert_serial_number.as_deref());
    let serial = issuer.fields.serial.integer_hex("serialNumber").unwrap_or_default();
    if let Some(named) = named_serial.filter(|named| *named != serial) {
        let place = certificate.extensions.place(AUTHORITY_KEY_IDENTIFIER);
        findings.add(
            &AKI_NAMES_OTHER_CERTIFICATE,
            place,
            format_args!("found the serial number {named}, the issuer's is {serial}"),
        );
    }
}

/// The purposes of a leaf have to be among those of each authority above it that has some.
fn check_purposes(certificate: &Certificate<'_>, issuer: &Certificate<'_>, findings: &mut Findings) {
    let (Some(wanted), Some(allowed)) = (certificate.extensions.purposes(), issuer.extensions.purposes())
    else {
        return;
    };
    let is_limited = !certificate.is_authority()
        && !issuer.is_self_signed()
        && !issuer.extensions.has_purpose("anyExtendedKeyUsage");
    if let Some(other) = wanted.iter().find(|purpose| is_limited && !allowed.contains(purpose)) {
        let place = certificate.extensions.place(EXTENDED_KEY_USAGE);
        findings.add(
            &ISSUER_WITHOUT_PURPOSE,
            place,
            format_args!("found {other}, {:?} is for {}", issuer.subject, allowed.join(", ")),
        );
    }
}

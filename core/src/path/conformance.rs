//! The rules for certificates that a verifier can see (RFC 5280 section 4, and the CA/Browser Forum's Baseline
//! Requirements), beside what validation itself asks. `inspect` shows certificates that break them.

use alloc::{format, string::String};
use core::net::IpAddr;

use const_oid::db::{rfc4519, rfc5280};
use der::{Tag, asn1::ObjectIdentifier};
use x509_cert::certificate::Version;

use super::{
    element::Elements,
    extensions::Extensions,
    general_name::{self, GeneralName},
    node::Node,
    policy::{Policy, Rules},
};
use crate::{
    distinguished_name,
    error::{Error, ErrorCode},
    key::KeyKind,
};

/// Where in a path a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Target,
    Issuer,
    Anchor,
}

/// The octets of the longest serial number (RFC 5280 4.1.2.2).
const MAX_SERIAL: usize = 20;

/// What is found wrong: in words, with the section.
type Verdict = Result<(), String>;

/// Holds a certificate to the rules that the policy names, the one of the search.
///
/// # Errors
/// `PathCertificateInvalid`.
pub(super) fn check(node: &Node<'_>, place: Place, policy: &Policy) -> Result<(), Error> {
    let key = (place, policy.rules);
    if let Some(known) = node.known.verdicts.borrow().get(&key) {
        return known.clone();
    }
    let verdict = check_once(node, place, policy);
    node.known.verdicts.borrow_mut().insert(key, verdict.clone());
    verdict
}

fn check_once(node: &Node<'_>, place: Place, policy: &Policy) -> Result<(), Error> {
    let extensions = node.extensions()?;
    let checked = Checked { node, extensions, place, policy };
    let verdict = match policy.rules {
        Rules::Path => checked.version(),
        Rules::Rfc5280 => checked.rfc5280(),
        // What is of another version cannot have the extensions that the other rules want.
        Rules::WebPki => {
            checked.web_version().and_then(|()| checked.rfc5280()).and_then(|()| checked.web_pki())
        }
    };
    verdict.map_err(|detail| node.failure(ErrorCode::PathCertificateInvalid, detail))
}

struct Checked<'n, 'a> {
    node: &'n Node<'a>,
    extensions: &'n Extensions<'a>,
    place: Place,
    policy: &'n Policy,
}

impl Checked<'_, '_> {
    fn rfc5280(&self) -> Verdict {
        self.version()?;
        self.algorithm()?;
        self.serial_number()?;
        self.names()?;
        self.key_identifiers()?;
        self.constraints()?;
        self.policies()?;
        self.alternative_names()?;
        self.purposes()?;
        self.access()
    }

    fn web_pki(&self) -> Verdict {
        self.web_key()?;
        self.web_authority_key()?;
        match self.place {
            Place::Target => self.web_subscriber(),
            Place::Anchor => refuse(
                self.extensions.purposes.is_some(),
                "found an extended key usage in a root (Baseline Requirements 7.1.2.1.2)",
            ),
            Place::Issuer => Ok(()),
        }
    }

    /// RFC 5280 4.1.2.1 and 4.1.2.9: extensions are of version 3.
    fn version(&self) -> Verdict {
        let certificate = self.node.certificate;
        refuse(
            certificate.version() != Version::V3 && !certificate.extensions().is_empty(),
            "found extensions in a certificate that is not of version 3 (RFC 5280 4.1.2.1)",
        )
    }

    /// RFC 5280 4.1.1.2.
    fn algorithm(&self) -> Verdict {
        refuse(
            !self.node.certificate.names_its_algorithm(),
            "found another signature algorithm within the certificate than beside it (RFC 5280 4.1.1.2)",
        )
    }

    /// RFC 5280 4.1.2.2. An anchor's is not looked at: there are well-known roots with the number zero.
    fn serial_number(&self) -> Verdict {
        let serial = self.node.certificate.serial_number();
        let is_zero = serial.iter().all(|octet| *octet == 0);
        let is_negative = serial.first().is_some_and(|first| first & 0x80 != 0);
        refuse(
            self.place != Place::Anchor && (is_zero || is_negative || serial.len() > MAX_SERIAL),
            "found a serial number that is zero, negative or longer than 20 octets (RFC 5280 4.1.2.2)",
        )
    }

    /// RFC 5280 4.1.2.4 and 4.1.2.6.
    fn names(&self) -> Verdict {
        refuse(self.node.issuer.is_empty(), "found an empty issuer (RFC 5280 4.1.2.4)")?;
        refuse(
            self.node.subject.is_empty() && (self.extensions.is_ca() || self.place != Place::Target),
            "found an authority without a subject (RFC 5280 4.1.2.6)",
        )?;
        // To some readers such a name is the empty one.
        let certificate = self.node.certificate;
        refuse(
            [certificate.issuer(), certificate.subject()].into_iter().any(distinguished_name::has_empty_rdn),
            "found a relative distinguished name without attributes (RFC 5280 4.1.2.4)",
        )?;
        // Two readers take what is no UTF-8 for two names; and what is compared is text.
        refuse(
            !distinguished_name::is_utf8(certificate.issuer()),
            "found a UTF8String in the issuer that is none (RFC 5280 4.1.2.4)",
        )?;
        refuse(
            !distinguished_name::is_utf8(certificate.subject()),
            "found a UTF8String in the subject that is none (RFC 5280 4.1.2.6)",
        )
    }

    /// RFC 5280 4.2.1.1 and 4.2.1.2.
    fn key_identifiers(&self) -> Verdict {
        for id in [rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER] {
            refuse(self.is_critical(id), "found a critical key identifier (RFC 5280 4.2.1.1, 4.2.1.2)")?;
        }
        let has_identifier =
            self.extensions.authority_key.as_ref().is_some_and(|own| own.identifier.is_some());
        // A root's own is optional; whether it is one, only its signature tells, and only where it matters.
        let may_lack = self.extensions.authority_key.is_none()
            && self.node.is_self_issued()
            && self.node.certificate.is_self_signed();
        refuse(
            !has_identifier && !may_lack,
            "found no authority key identifier by key id in a certificate that is not self-signed (RFC 5280 4.2.1.1)",
        )?;
        let is_authority = self.extensions.is_ca();
        refuse(
            is_authority && self.extensions.subject_key.is_none(),
            "found an authority without a subject key identifier (RFC 5280 4.2.1.2)",
        )
    }

    /// RFC 5280 4.2.1.3, 4.2.1.9 and 4.2.1.10.
    fn constraints(&self) -> Verdict {
        let own = self.extensions;
        let cert_sign = own.key_usage.map(|usage| usage.key_cert_sign());
        // Validation goes on without it (6.1.4 n), but every conforming authority has one. An anchor's is not looked for:
        // roots are older than the rule.
        refuse(
            self.place != Place::Anchor && own.is_ca() && cert_sign.is_none(),
            "found an authority without key usage (RFC 5280 4.2.1.3)",
        )?;
        refuse(
            cert_sign == Some(true) && !own.is_ca(),
            "found the key usage keyCertSign in a certificate that is no authority's (RFC 5280 4.2.1.9)",
        )?;
        let path_length = own.basic_constraints.and_then(|constraints| constraints.path_length);
        refuse(
            path_length.is_some() && (!own.is_ca() || cert_sign == Some(false)),
            "found a path length in a certificate that may not sign certificates (RFC 5280 4.2.1.9)",
        )?;
        refuse(
            self.place != Place::Target && own.is_ca() && !self.is_critical(rfc5280::ID_CE_BASIC_CONSTRAINTS),
            "found basic constraints that are not critical in an issuer (RFC 5280 4.2.1.9)",
        )?;
        refuse(
            own.name_constraints.is_some() && !own.is_ca(),
            "found name constraints in a certificate that is no authority's (RFC 5280 4.2.1.10)",
        )?;
        refuse(
            self.policy.rules == Rules::Rfc5280
                && own.name_constraints.is_some()
                && !self.is_critical(rfc5280::ID_CE_NAME_CONSTRAINTS),
            "found name constraints that are not critical (RFC 5280 4.2.1.10)",
        )
    }

    /// RFC 5280 4.2.1.11 and 4.2.1.14.
    fn policies(&self) -> Verdict {
        for id in [rfc5280::ID_CE_POLICY_CONSTRAINTS, rfc5280::ID_CE_INHIBIT_ANY_POLICY] {
            refuse(
                self.has(id) && !self.is_critical(id),
                "found constraints on policies that are not critical (RFC 5280 4.2.1.11, 4.2.1.14)",
            )?;
        }
        Ok(())
    }

    /// RFC 5280 4.2.1.6.
    fn alternative_names(&self) -> Verdict {
        let is_critical = self.is_critical(rfc5280::ID_CE_SUBJECT_ALT_NAME);
        refuse(
            self.node.subject.is_empty() && !is_critical,
            "found no subject and no critical alternative names (RFC 5280 4.2.1.6)",
        )?;
        self.extensions.alternative_names.iter().flatten().try_for_each(|name| {
            refuse(
                !is_well_formed(name),
                format!("found the alternative name {} (RFC 5280 4.2.1.6)", name.text()),
            )
        })
    }

    /// RFC 5280 4.2.1.12.
    fn purposes(&self) -> Verdict {
        let any =
            self.extensions.purposes.iter().flatten().any(|own| *own == rfc5280::ANY_EXTENDED_KEY_USAGE);
        refuse(
            any && self.is_critical(rfc5280::ID_CE_EXT_KEY_USAGE),
            "found anyExtendedKeyUsage in a critical extension (RFC 5280 4.2.1.12)",
        )
    }

    /// RFC 5280 4.2.2.1 and 4.2.2.2.
    fn access(&self) -> Verdict {
        for id in [rfc5280::ID_PE_AUTHORITY_INFO_ACCESS, rfc5280::ID_PE_SUBJECT_INFO_ACCESS] {
            let Some(extension) = self.extension(id) else { continue };
            refuse(extension.critical, "found critical information access (RFC 5280 4.2.2)")?;
            refuse(
                !is_access_description(extension.extn_value.as_bytes()),
                "found information access that cannot be parsed (RFC 5280 4.2.2)",
            )?;
        }
        Ok(())
    }

    /// Baseline Requirements 7.1.1. Of an anchor nothing but name and key has to be believed.
    fn web_version(&self) -> Verdict {
        refuse(
            self.place != Place::Anchor && self.node.certificate.version() != Version::V3,
            "found a certificate that is not of version 3 (Baseline Requirements 7.1.1)",
        )
    }

    /// Baseline Requirements 6.1.5.
    fn web_key(&self) -> Verdict {
        let fits = match self.node.key().map(|key| key.kind()) {
            Ok(KeyKind::Rsa { bits }) => bits.is_multiple_of(8),
            Ok(KeyKind::P256 | KeyKind::P384 | KeyKind::P521) => true,
            Ok(
                KeyKind::RsaPss { .. }
                | KeyKind::Ed25519
                | KeyKind::MlDsa44
                | KeyKind::MlDsa65
                | KeyKind::MlDsa87,
            )
            | Err(_) => false,
        };
        refuse(
            !fits,
            "found a key that is no RSA key of whole octets and on no NIST curve (Baseline Requirements 6.1.5)",
        )
    }

    /// Baseline Requirements 7.1.2.1.3 and 7.1.2.11.1.
    fn web_authority_key(&self) -> Verdict {
        let Some(own) = &self.extensions.authority_key else { return Ok(()) };
        refuse(
            own.by_issuer_and_serial || own.identifier.is_none(),
            "found an authority key identifier that is not by key id alone (Baseline Requirements 7.1.2.11.1)",
        )?;
        refuse(
            self.place == Place::Anchor
                && self.node.is_self_issued()
                && own.identifier != self.extensions.subject_key,
            "found a root whose authority key identifier is not its own (Baseline Requirements 7.1.2.1.3)",
        )
    }

    /// Baseline Requirements 7.1.2.7: the certificate of a server.
    fn web_subscriber(&self) -> Verdict {
        let own = self.extensions;
        refuse(own.is_ca(), "found the certificate of an authority (Baseline Requirements 7.1.2.7.8)")?;
        let any = own.purposes.iter().flatten().any(|own| *own == rfc5280::ANY_EXTENDED_KEY_USAGE);
        refuse(
            any || own.purposes.is_none() || self.is_critical(rfc5280::ID_CE_EXT_KEY_USAGE),
            "found no extended key usage, a critical one or anyExtendedKeyUsage (Baseline Requirements 7.1.2.7.6)",
        )?;
        refuse(
            !self.node.subject.is_empty() && self.is_critical(rfc5280::ID_CE_SUBJECT_ALT_NAME),
            "found critical alternative names beside a subject (Baseline Requirements 7.1.2.7.12)",
        )?;
        self.web_wildcards()?;
        self.web_common_name()
    }

    /// Baseline Requirements 3.2.2.6.
    fn web_wildcards(&self) -> Verdict {
        self.extensions.alternative_names.iter().flatten().try_for_each(|name| {
            let GeneralName::Dns(name) = name else { return Ok(()) };
            let domain = name.strip_prefix("*.");
            refuse(
                domain.is_some_and(|domain| self.policy.is_public_suffix(domain)),
                format!("found {name:?}, all names below a public suffix (Baseline Requirements 3.2.2.6)"),
            )
        })
    }

    /// Baseline Requirements 7.1.4.3: what looks like a name of a host is one of the alternative names, letter by letter.
    fn web_common_name(&self) -> Verdict {
        let names = self.extensions.alternative_names.as_deref().unwrap_or_default();
        let is_own = |common_name: &str| {
            names.iter().any(|name| match name {
                GeneralName::Dns(own) => *own == common_name,
                GeneralName::Ip(octets) => {
                    general_name::ip(octets).is_some_and(|own| is_written(own, common_name))
                }
                _ => false,
            })
        };
        let common_names = distinguished_name::values(self.node.certificate.subject(), rfc4519::COMMON_NAME);
        common_names.iter().try_for_each(|common_name| {
            refuse(
                is_host_like(common_name) && !is_own(common_name),
                format!("found the common name {common_name:?}, which is no alternative name (Baseline Requirements 7.1.4.3)"),
            )
        })
    }

    fn extension(&self, id: ObjectIdentifier) -> Option<&x509_cert::ext::Extension> {
        self.node.certificate.extensions().iter().find(|extension| extension.extn_id == id)
    }

    fn has(&self, id: ObjectIdentifier) -> bool {
        self.extension(id).is_some()
    }

    fn is_critical(&self, id: ObjectIdentifier) -> bool {
        self.extension(id).is_some_and(|extension| extension.critical)
    }
}

fn refuse(wrong: bool, detail: impl Into<String>) -> Verdict {
    if wrong { Err(detail.into()) } else { Ok(()) }
}

/// The preferred name syntax of hosts, a wildcard for the first label alone; mailboxes, URIs and addresses that are.
fn is_well_formed(name: &GeneralName<'_>) -> bool {
    match name {
        GeneralName::Dns(name) => {
            let host = name.strip_prefix("*.").unwrap_or(name);
            is_host(host) && host.parse::<IpAddr>().is_err()
        }
        GeneralName::Rfc822(address) => {
            address.split_once('@').is_some_and(|(local, host)| !local.is_empty() && is_host(host))
        }
        GeneralName::Uri(uri) => uri.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && !rest.is_empty()
        }),
        GeneralName::Ip(octets) => general_name::ip(octets).is_some(),
        _ => true,
    }
}

/// RFC 1034 3.5, labels that begin with a digit allowed (RFC 1123 2.1).
fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether people, or lenient readers of addresses, would take it for a host or an address.
fn is_host_like(text: &str) -> bool {
    let plain = |character: char| character.is_alphanumeric() || "-_.*:".contains(character);
    let number = text.strip_prefix("0x").or(text.strip_prefix("0X")).unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_number || (text.chars().all(plain) && text.contains(['.', ':']))
}

/// An address as RFC 3986 3.2.2 and RFC 5952 write it.
fn is_written(address: IpAddr, text: &str) -> bool {
    format!("{address}") == text
}

/// AuthorityInfoAccessSyntax: one description at least, each a method and a name.
fn is_access_description(der: &[u8]) -> bool {
    let read = || -> der::Result<usize> {
        let mut count = 0_usize;
        for description in Elements::of_sequence(der)? {
            let mut fields = Elements::of(description?, Tag::Sequence)?;
            super::element::oid(fields.required()?)?;
            GeneralName::read(fields.required()?)?;
            fields.finish()?;
            count = count.saturating_add(1);
        }
        Ok(count)
    };
    read().is_ok_and(|count| count > 0)
}

//! Whether a certificate is somebody's: server names as RFC 9525 has it, and every form of alternative name that
//! devices and people have. The common name is no name of a host.

use alloc::{
    format,
    string::{String, ToString},
};
use core::net::IpAddr;

use super::{
    general_name::{self, GeneralName, UPN, other_text},
    node::Node,
};
use crate::{
    alternative_name,
    distinguished_name::{self, Folded},
    error::{Error, ErrorCode},
};

/// A name that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    text: String,
    name: Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Dns(String),
    Ip(IpAddr),
    Email { local: String, host: String },
    Uri(String),
    Upn(String),
    Directory(Folded),
}

impl Identity {
    /// Reads `dns:`, `ip:`, `email:`, `uri:`, `upn:` or `directory:` followed by the value. A host name is given as
    /// DNS has it: internationalized ones in A-labels, a period at the end may be there.
    ///
    /// # Errors
    /// `AlternativeNameMalformed`, also for a host name with a wildcard.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = |wanted: &str| {
            Error::new(ErrorCode::AlternativeNameMalformed, format_args!("found {text:?}, {wanted}"))
        };
        let trimmed = text.strip_prefix("dns:").and_then(|_| text.strip_suffix('.')).unwrap_or(text);
        // Whatever the engine would not write into a certificate is not asked for either.
        alternative_name::parse(trimmed)?;
        let (form, value) = trimmed.split_once(':').unwrap_or_default();
        let name = match form {
            "dns" if value.contains('*') => {
                return Err(malformed("wanted one host, not all those of a domain"));
            }
            "dns" => Name::Dns(value.to_ascii_lowercase()),
            "ip" => Name::Ip(value.parse().map_err(|_| malformed("wanted an IPv4 or IPv6 address"))?),
            "email" => {
                let (local, host) = value.split_once('@').unwrap_or_default();
                Name::Email { local: local.to_string(), host: host.to_ascii_lowercase() }
            }
            "uri" => Name::Uri(value.to_string()),
            "upn" => Name::Upn(value.to_lowercase()),
            _ => {
                let name = distinguished_name::parse(value)?;
                Name::Directory(Folded::new(&name).ok_or_else(|| malformed("wanted a name"))?)
            }
        };
        Ok(Self { text: trimmed.to_string(), name })
    }

    /// As it was asked for.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn is_one_of(&self, node: &Node<'_>, names: &[GeneralName<'_>]) -> bool {
        let is_subject = matches!(&self.name, Name::Directory(name) if *name == node.subject);
        is_subject || names.iter().any(|presented| self.is(presented))
    }

    fn is(&self, presented: &GeneralName<'_>) -> bool {
        match (&self.name, presented) {
            (Name::Dns(name), GeneralName::Dns(pattern)) => is_host(name, pattern),
            (Name::Ip(address), GeneralName::Ip(octets)) => general_name::ip(octets) == Some(*address),
            (Name::Email { local, host }, GeneralName::Rfc822(address)) => {
                address.rsplit_once('@').is_some_and(|(own_local, own_host)| {
                    own_local == local && own_host.eq_ignore_ascii_case(host)
                })
            }
            (Name::Uri(uri), GeneralName::Uri(own)) => uri == own,
            (Name::Upn(principal), GeneralName::Other(type_id, value)) if *type_id == UPN => {
                other_text(*value).is_some_and(|own| own.to_lowercase() == *principal)
            }
            (Name::Directory(name), GeneralName::Directory(own)) => name == own,
            _ => false,
        }
    }
}

/// RFC 9525 6.3: without regard to case, and a `*` that is the whole first label of a pattern stands for one label.
/// A pattern for all hosts of the root, or of no domain, stands for none.
fn is_host(name: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => name.eq_ignore_ascii_case(pattern) && !pattern.contains('*'),
        Some(domain) => {
            let above = name.split_once('.').filter(|(label, _)| !label.is_empty()).map(|(_, above)| above);
            !domain.contains('*') && above.is_some_and(|above| above.eq_ignore_ascii_case(domain))
        }
    }
}

/// The first of the names asked for that the certificate has; nothing if none was asked for.
///
/// # Errors
/// `PathIdentityMismatch`.
pub(super) fn check<'i>(node: &Node<'_>, wanted: &'i [Identity]) -> Result<Option<&'i Identity>, Error> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let names = node.extensions()?.alternative_names.as_deref().unwrap_or_default();
    let found = wanted.iter().find(|identity| identity.is_one_of(node, names));
    found.map(Some).ok_or_else(|| {
        let asked = wanted.iter().map(Identity::text).take(8).collect::<alloc::vec::Vec<_>>().join(", ");
        let own = names.iter().map(GeneralName::text).take(8).collect::<alloc::vec::Vec<_>>().join(", ");
        let own = if own.is_empty() { "no alternative name".to_string() } else { format!("only {own}") };
        node.failure(
            ErrorCode::PathIdentityMismatch,
            format_args!("found {own}, wanted {asked} (RFC 9525 6, RFC 5280 4.2.1.6)"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extension;

    #[test]
    fn wildcards_stand_for_one_whole_label() {
        for (name, pattern) in [
            ("a.example.com", "a.EXAMPLE.com"),
            ("a.example.com", "*.example.com"),
            ("xn--bcher-kva.example.com", "*.example.com"),
        ] {
            assert!(is_host(name, pattern), "{name} {pattern}");
        }
        for (name, pattern) in [
            ("example.com", "*.example.com"),
            ("a.b.example.com", "*.example.com"),
            ("baz.example.com", "ba*.example.com"),
            ("baz.example.com", "*z.example.com"),
            ("a.b.example.com", "a.*.example.com"),
            ("a.b.com", "*.*.com"),
            ("com", "*"),
            ("example.com", "*"),
            ("xn--bliss-1b3c148a.example.com", "xn--*-1b3c148a.example.com"),
            ("example.com", "example.com."),
        ] {
            assert!(!is_host(name, pattern), "{name} {pattern}");
        }
    }

    fn matches(wanted: &str, own: &str) -> bool {
        let names = alloc::vec![alternative_name::parse(own).unwrap()];
        let extension = extension::subject_alternative_names(names, false).unwrap();
        let read = general_name::sequence_of(extension.extn_value.as_bytes()).unwrap();
        Identity::parse(wanted).unwrap().is(&read[0])
    }

    #[test]
    fn each_form_is_compared_as_it_is_meant() {
        for (wanted, own) in [
            ("dns:A.example.", "dns:a.example"),
            ("ip:2001:DB8::1", "ip:2001:db8::1"),
            ("email:x@Y.example", "email:x@y.example"),
            ("uri:urn:device:1", "uri:urn:device:1"),
            ("upn:User@corp", "upn:user@CORP"),
            ("directory:CN=Dev 1", "directory:CN=dev  1"),
        ] {
            assert!(matches(wanted, own), "{wanted} {own}");
        }
        for (wanted, own) in [
            ("dns:a.example", "dns:b.example"),
            ("ip:10.0.0.1", "dns:10.0.0.1"),
            ("ip:10.0.0.1", "ip:10.0.0.2"),
            ("email:X@y.example", "email:x@y.example"),
            ("uri:urn:device:1", "uri:urn:device:2"),
            ("upn:user@corp", "email:user@corp"),
            ("directory:CN=a", "directory:CN=a,O=b"),
        ] {
            assert!(!matches(wanted, own), "{wanted} {own}");
        }
    }

    #[test]
    fn what_cannot_be_asked_for_is_refused() {
        for wrong in ["a.example", "dns:*.example.com", "dns:jü.example", "ip:1.2.3", "dns:", "oid:1.2"] {
            assert_eq!(
                Identity::parse(wrong).unwrap_err().code,
                ErrorCode::AlternativeNameMalformed,
                "{wrong}"
            );
        }
    }
}

//! Extensions as a whole (RFC 5280 4.2): each once, readable, and critical where it has to be.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use super::{finding::Findings, rule::rules};
use crate::inspect::{
    Extension, ExtensionValue as Value,
    element::Element,
    extension::{AuthorityKeyIdentifier, BasicConstraints, read_all},
};

rules! {
    EXTENSIONS_UNREADABLE, Error, "RFC 5280 4.1.2.9":
        "the extensions cannot be read";
        "have it issued anew".
    EXTENSIONS_EMPTY, Error, "RFC 5280 4.1.2.9":
        "there is a list of extensions, and nothing in it";
        "leave the list out, or write the extensions that belong there".
    EXTENSION_REPEATED, Error, "RFC 5280 4.2":
        "an extension is there twice";
        "write it once: of two, each reader believes another one".
    EXTENSION_MALFORMED, Error, "RFC 5280 4.2":
        "an extension is not what its document says";
        "have it issued anew; strict readers refuse the whole".
    EXTENSION_UNKNOWN_CRITICAL, Warning, "RFC 5280 4.2":
        "a critical extension is one that verifiers do not know";
        "make it non-critical: whoever does not know it must refuse the whole".
    EXTENSION_WRONGLY_CRITICAL, Warning, "RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.15, 4.2.2.1, 4.2.2.2, 5.2.1, 5.2.3 and 5.2.6":
        "an extension is critical that must not be";
        "make it non-critical".
    EXTENSION_NOT_CRITICAL, Warning, "RFC 5280 4.2.1.9, 4.2.1.10, 4.2.1.11, 4.2.1.14, 5.2.4 and 5.2.5":
        "an extension is not critical that must be";
        "make it critical: who does not know it would go on without its limits".
}

/// Extensions that are critical wherever a conforming authority writes them.
const CRITICAL: &[&str] = &["2.5.29.27", "2.5.29.28", "2.5.29.30", "2.5.29.36", "2.5.29.54"];
/// Extensions that never are.
const NOT_CRITICAL: &[&str] = &[
    "2.5.29.14",
    "2.5.29.20",
    "2.5.29.35",
    "2.5.29.46",
    "1.3.6.1.5.5.7.1.1",
    "1.3.6.1.5.5.7.1.11",
    "2.5.29.9",
];

/// The extensions of a certificate, request or list, in their order.
#[derive(Debug, Default)]
pub(super) struct Extensions(Vec<Extension>);

impl Extensions {
    /// Reads a list of extensions; what cannot be read is a finding, and no extension.
    pub(super) fn read(list: Option<Element<'_>>, place: &str, findings: &mut Findings) -> Self {
        let Some(list) = list else { return Self::default() };
        match read_all(list) {
            Ok(extensions) => {
                findings.add_if(
                    extensions.is_empty(),
                    &EXTENSIONS_EMPTY,
                    place,
                    "found none, wanted one at least",
                );
                Self(extensions)
            }
            Err(problem) => {
                findings.add(&EXTENSIONS_UNREADABLE, place, problem);
                Self::default()
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Extension> {
        self.0.iter()
    }

    /// Where the extension with this identifier stands: `extensions.2`, or `extensions` where there is none.
    pub(super) fn place(&self, oid: &str) -> String {
        self.0
            .iter()
            .position(|extension| extension.oid == oid)
            .map_or_else(|| "extensions".into(), |index| format!("extensions.{index}"))
    }

    pub(super) fn has(&self, oid: &str) -> bool {
        self.0.iter().any(|extension| extension.oid == oid)
    }

    pub(super) fn is_critical(&self, oid: &str) -> bool {
        self.0.iter().any(|extension| extension.oid == oid && extension.critical)
    }

    pub(super) fn basic_constraints(&self) -> Option<&BasicConstraints> {
        self.0.iter().find_map(|extension| match &extension.value {
            Value::BasicConstraints(constraints) => Some(constraints),
            _ => None,
        })
    }

    /// Whether basic constraints make it an authority's.
    pub(super) fn is_authority(&self) -> bool {
        self.basic_constraints().is_some_and(|constraints| constraints.ca)
    }

    /// The names of the key usages; nothing where there is no such extension.
    pub(super) fn key_usage(&self) -> Option<&[String]> {
        self.0.iter().find_map(|extension| match &extension.value {
            Value::KeyUsage(usages) => Some(usages.as_slice()),
            _ => None,
        })
    }

    /// Whether the key may be used so; anything is allowed where there is no such extension.
    pub(super) fn allows(&self, usage: &str) -> bool {
        self.key_usage().is_none_or(|usages| usages.iter().any(|found| found == usage))
    }

    /// The names of the purposes; nothing where there is no such extension.
    pub(super) fn purposes(&self) -> Option<&[String]> {
        self.0.iter().find_map(|extension| match &extension.value {
            Value::ExtendedKeyUsage(purposes) => Some(purposes.as_slice()),
            _ => None,
        })
    }

    /// Whether one of the purposes has this name.
    pub(super) fn has_purpose(&self, name: &str) -> bool {
        self.purposes().is_some_and(|purposes| purposes.iter().any(|found| found == name))
    }

    pub(super) fn alternative_names(&self) -> Option<&[String]> {
        self.0.iter().find_map(|extension| match &extension.value {
            Value::SubjectAltName(names) => Some(names.as_slice()),
            _ => None,
        })
    }

    /// Lowercase hex.
    pub(super) fn subject_key_identifier(&self) -> Option<&str> {
        self.0.iter().find_map(|extension| match &extension.value {
            Value::SubjectKeyIdentifier(identifier) => Some(identifier.as_str()),
            _ => None,
        })
    }

    pub(super) fn authority_key_identifier(&self) -> Option<&AuthorityKeyIdentifier> {
        self.0.iter().find_map(|extension| match &extension.value {
            Value::AuthorityKeyIdentifier(identifier) => Some(identifier),
            _ => None,
        })
    }

    /// Looks at what holds for all of them.
    pub(super) fn check(&self, findings: &mut Findings) {
        let mut seen = BTreeSet::new();
        for (index, extension) in self.0.iter().enumerate() {
            let place = format!("extensions.{index}");
            let oid = extension.oid.as_str();
            findings.add_if(
                !seen.insert(oid),
                &EXTENSION_REPEATED,
                &place,
                format_args!("found {oid} once more"),
            );
            match &extension.value {
                Value::Malformed(found) => {
                    findings.add(
                        &EXTENSION_MALFORMED,
                        &place,
                        format_args!("found {}: {}", found.known_as, found.problem),
                    );
                }
                Value::Other(other) if extension.critical => {
                    let name = other.known_as.as_deref().unwrap_or(oid);
                    findings.add(&EXTENSION_UNKNOWN_CRITICAL, &place, format_args!("found {name}"));
                }
                _ => {}
            }
            let (must, must_not) = (CRITICAL.contains(&oid), NOT_CRITICAL.contains(&oid));
            findings.add_if(
                must && !extension.critical,
                &EXTENSION_NOT_CRITICAL,
                &place,
                format_args!("found {oid}"),
            );
            findings.add_if(
                must_not && extension.critical,
                &EXTENSION_WRONGLY_CRITICAL,
                &place,
                format_args!("found {oid}"),
            );
        }
    }
}

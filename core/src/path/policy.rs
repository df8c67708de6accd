//! How strict a verification is: a small policy with defaults that fit devices and servers of today.

use alloc::{string::String, vec::Vec};

use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode};

/// Which rules certificates of the path are held to, beside those of validation itself (RFC 5280 6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rules {
    /// Those of RFC 5280 section 6 alone, as verifiers in the field do: certificates that section 4 does not allow are
    /// accepted where the path does not rest on what is wrong with them.
    Path,
    /// Those of RFC 5280 section 4 as well: key identifiers, serial numbers, critical flags, the syntax of names.
    #[default]
    Rfc5280,
    /// Those of the CA/Browser Forum's Baseline Requirements as well, where a verifier can see them.
    WebPki,
}

/// What to do about revocation (RFC 5280 6.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RevocationMode {
    /// The status of each certificate must be known to be good.
    Required,
    /// A certificate known to be revoked is refused; one of which nothing is known is not.
    #[default]
    Soft,
    /// Nothing is looked at.
    Off,
}

/// The least that signatures and keys have to be on the paths that the engine itself walks: to its authorities, their
/// helpers, and those who answer for a SCEP server. What is left out is as today's certificates are; less is for
/// authorities of long ago, and for who asks for it by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Strength {
    /// Whether signatures with SHA-1 count; they can be forged.
    pub allow_sha1: bool,
    /// The smallest RSA key, in bits: 2048.
    pub minimum_rsa_bits: u32,
}

impl Default for Strength {
    fn default() -> Self {
        let Policy { allow_sha1, minimum_rsa_bits, .. } = Policy::default();
        Self { allow_sha1, minimum_rsa_bits }
    }
}

impl Strength {
    /// Whether nothing less than usual was asked for.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What both allow.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            allow_sha1: self.allow_sha1 || other.allow_sha1,
            minimum_rsa_bits: self.minimum_rsa_bits.min(other.minimum_rsa_bits),
        }
    }
}

/// The policy of a verification; what is left out is as the default says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Which rules.
    pub rules: Rules,
    /// The smallest RSA key, in bits: 2048.
    pub minimum_rsa_bits: u32,
    /// The smallest key on an elliptic curve, Ed25519 counted as 256, and ML-DSA-44, -65 and -87
    /// as 256, 384 and 521: 256 bits.
    pub minimum_ec_bits: u32,
    /// Revocation: soft.
    pub revocation: RevocationMode,
    /// How much the clocks may differ, in seconds: 0.
    pub clock_skew_seconds: u64,
    /// Whether signatures with SHA-1 count; they can be forged.
    pub allow_sha1: bool,
    /// How many issuers may be between the certificate and the anchor, self-issued ones not counted: 8.
    pub max_depth: u8,
    /// The policies of which the path has to be valid for one, in dotted decimal (RFC 5280 6.1.1 c); any if left out.
    pub policies: Option<Vec<String>>,
    /// Whether the path has to be valid for one of them even if no certificate says so (RFC 5280 6.1.1 f).
    pub require_explicit_policy: bool,
    /// Whether policies may not be mapped (RFC 5280 6.1.1 e).
    pub inhibit_policy_mapping: bool,
    /// Whether anyPolicy stands for no policy (RFC 5280 6.1.1 g).
    pub inhibit_any_policy: bool,
    /// Domains below which anybody may register (such as `co.uk`, `*.ck`, `!www.ck`): a certificate for all names
    /// below one is refused under the rules `web_pki`.
    pub public_suffixes: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            minimum_rsa_bits: 2048,
            minimum_ec_bits: 256,
            revocation: RevocationMode::default(),
            clock_skew_seconds: 0,
            allow_sha1: false,
            max_depth: 8,
            policies: None,
            require_explicit_policy: false,
            inhibit_policy_mapping: false,
            inhibit_any_policy: false,
            public_suffixes: Vec::new(),
        }
    }
}

impl Policy {
    /// The policies by their identifiers; none for any.
    ///
    /// # Errors
    /// `FieldInvalid` for a text that is no object identifier.
    pub(super) fn policy_set(&self) -> Result<Option<Vec<ObjectIdentifier>>, Error> {
        self.policies.as_deref().map(parse_policies).transpose().map_err(|error| error.at("policy.policies"))
    }

    /// Whether anybody may register below `domain`.
    pub(super) fn is_public_suffix(&self, domain: &str) -> bool {
        let has = |rule: &str| self.public_suffixes.iter().any(|own| own.eq_ignore_ascii_case(rule));
        let parent = domain.split_once('.').map(|(_, parent)| parent);
        !has(&alloc::format!("!{domain}"))
            && (!domain.contains('.')
                || has(domain)
                || parent.is_some_and(|parent| has(&alloc::format!("*.{parent}"))))
    }
}

/// Identifiers of policies in dotted decimal.
///
/// # Errors
/// `FieldInvalid`.
pub(super) fn parse_policies(texts: &[String]) -> Result<Vec<ObjectIdentifier>, Error> {
    let parse = |text: &String| {
        ObjectIdentifier::new(text).map_err(|_| {
            Error::new(
                ErrorCode::FieldInvalid,
                format_args!("found the policy {text:?}, wanted an object identifier such as 1.2.3"),
            )
        })
    };
    texts.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_suffixes_have_exceptions() {
        let suffixes = ["co.uk", "*.ck", "!www.ck", "s3.example"].map(Into::into).to_vec();
        let policy = Policy { public_suffixes: suffixes, ..Policy::default() };
        for domain in ["com", "co.uk", "CO.uk", "x.ck", "s3.example"] {
            assert!(policy.is_public_suffix(domain), "{domain}");
        }
        for domain in ["example.com", "x.co.uk", "www.ck", "a.x.ck", "a.s3.example"] {
            assert!(!policy.is_public_suffix(domain), "{domain}");
        }
    }

    #[test]
    fn policies_are_object_identifiers() {
        let policy = |text: &str| Policy { policies: Some(alloc::vec![text.into()]), ..Policy::default() };
        assert_eq!(policy("1.2.3").policy_set().unwrap().unwrap().len(), 1);
        assert_eq!(policy("x").policy_set().unwrap_err().code, ErrorCode::FieldInvalid);
        assert_eq!(Policy::default().policy_set(), Ok(None));
    }
}

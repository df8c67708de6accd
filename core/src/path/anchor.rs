//! Trust anchors (RFC 5280 6.1.1 d, RFC 5914): a name, a key, and what they are trusted for.

use alloc::{string::String, vec::Vec};
use core::net::IpAddr;

use der::{
    Decode, Encode,
    asn1::{Ia5String, ObjectIdentifier, OctetString},
};
use serde::Deserialize;
use x509_cert::{
    ext::pkix::{
        constraints::name::{GeneralSubtree, NameConstraints},
        name::GeneralName,
    },
    name::Name,
};

use super::policy::parse_policies;
use crate::{
    certificate::Certificate,
    distinguished_name,
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// The most subtrees of one anchor.
const MAX_SUBTREES: usize = 256;

/// A trust anchor on the wire: a certificate, or a name and a key; then what it is trusted for beside what its
/// certificate says.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AnchorRequest {
    /// PEM. What it says of its validity, its purposes, names and path length holds.
    pub certificate: Option<String>,
    /// The name, as RFC 4514 writes it.
    pub subject: Option<String>,
    /// The key, PEM.
    pub public_key: Option<String>,
    /// How many issuers may follow (RFC 5914 pathLenConstraint).
    pub path_length: Option<u32>,
    /// The names that certificates below may have: `dns:`, `email:`, `uri:`, `ip:` with a prefix length, `directory:`.
    pub permitted_names: Vec<String>,
    /// The names that they may not have.
    pub excluded_names: Vec<String>,
    /// The policies that it is trusted for (RFC 5914 policySet), in dotted decimal; any if left out.
    pub policies: Option<Vec<String>>,
    /// Whether the path has to be valid for one of them (RFC 5914 policyFlags).
    pub require_explicit_policy: bool,
    /// Whether policies may not be mapped.
    pub inhibit_policy_mapping: bool,
    /// Whether anyPolicy stands for no policy.
    pub inhibit_any_policy: bool,
}

/// A trust anchor.
#[derive(Clone, Debug)]
pub struct TrustAnchor {
    pub(super) certificate: Option<Certificate>,
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    pub(super) path_length: Option<u32>,
    /// NameConstraints in DER.
    pub(super) name_constraints: Option<Vec<u8>>,
    pub(super) policies: Option<Vec<ObjectIdentifier>>,
    pub(super) require_explicit_policy: bool,
    pub(super) inhibit_policy_mapping: bool,
    pub(super) inhibit_any_policy: bool,
}

impl TrustAnchor {
    /// The anchor that a certificate stands for; what the certificate says holds.
    #[must_use]
    pub fn from_certificate(certificate: Certificate) -> Self {
        let (subject, spki) = (certificate.subject().to_vec(), certificate.spki().to_vec());
        Self { certificate: Some(certificate), ..Self::bare(subject, spki) }
    }

    /// A name in DER and a key, trusted for everything.
    #[must_use]
    pub fn from_key(subject: Vec<u8>, key: &PublicKey) -> Self {
        Self::bare(subject, key.spki().to_vec())
    }

    const fn bare(subject: Vec<u8>, spki: Vec<u8>) -> Self {
        Self {
            certificate: None,
            subject,
            spki,
            path_length: None,
            name_constraints: None,
            policies: None,
            require_explicit_policy: false,
            inhibit_policy_mapping: false,
            inhibit_any_policy: false,
        }
    }
}

impl AnchorRequest {
    /// The anchor.
    ///
    /// # Errors
    /// `PathAnchorInvalid` unless there is a certificate, or else a name and a key; for constraints that are none.
    /// Those of a certificate, a name and a key.
    pub fn resolve(self) -> Result<TrustAnchor, Error> {
        let anchor = match (&self.certificate, &self.subject, &self.public_key) {
            (Some(certificate), None, None) => {
                TrustAnchor::from_certificate(Certificate::from_pem(certificate)?)
            }
            (None, Some(subject), Some(key)) => {
                TrustAnchor::from_key(distinguished_name::parse(subject)?, &PublicKey::from_pem(key)?)
            }
            _ => {
                return Err(invalid(
                    "wanted a certificate, or a subject and a public_key, and not both (RFC 5280 6.1.1 d)",
                ));
            }
        };
        if anchor.subject == [0x30, 0] {
            return Err(invalid("found an anchor without a name, wanted one that issuers can be known by"));
        }
        Ok(TrustAnchor {
            path_length: self.path_length,
            name_constraints: self.name_constraints()?,
            policies: self.policies.as_deref().map(parse_policies).transpose()?,
            require_explicit_policy: self.require_explicit_policy,
            inhibit_policy_mapping: self.inhibit_policy_mapping,
            inhibit_any_policy: self.inhibit_any_policy,
            ..anchor
        })
    }

    fn name_constraints(&self) -> Result<Option<Vec<u8>>, Error> {
        let constraints = NameConstraints {
            permitted_subtrees: subtrees(&self.permitted_names)?,
            excluded_subtrees: subtrees(&self.excluded_names)?,
        };
        let some = constraints.permitted_subtrees.is_some() || constraints.excluded_subtrees.is_some();
        Ok(if some { Some(constraints.to_der()?) } else { None })
    }
}

fn subtrees(texts: &[String]) -> Result<Option<Vec<GeneralSubtree>>, Error> {
    if texts.len() > MAX_SUBTREES {
        return Err(invalid(format_args!("found {} names, wanted at most {MAX_SUBTREES}", texts.len())));
    }
    let subtree = |text: &String| {
        let base = subtree_base(text).ok_or_else(|| {
            invalid(format_args!(
                "found {text:?}, wanted dns:, email:, uri:, directory: or ip: with a prefix length"
            ))
        })?;
        Ok(GeneralSubtree { base, minimum: 0, maximum: None })
    };
    let subtrees: Vec<_> = texts.iter().map(subtree).collect::<Result<_, Error>>()?;
    Ok(Some(subtrees).filter(|subtrees| !subtrees.is_empty()))
}

fn subtree_base(text: &str) -> Option<GeneralName> {
    let (form, value) = text.split_once(':')?;
    let plain = || Ia5String::new(value).ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_graphic()));
    match form {
        "dns" => plain().map(GeneralName::DnsName),
        "email" => plain().map(GeneralName::Rfc822Name),
        "uri" => plain().map(GeneralName::UniformResourceIdentifier),
        "ip" => network(value).and_then(|octets| OctetString::new(octets).ok()).map(GeneralName::IpAddress),
        "directory" => {
            let name = Name::from_der(&distinguished_name::parse(value).ok()?).ok()?;
            Some(GeneralName::DirectoryName(name))
        }
        _ => None,
    }
}

/// `10.0.0.0/8` as address and mask.
fn network(text: &str) -> Option<Vec<u8>> {
    let (address, prefix) = text.split_once('/')?;
    let prefix: usize = prefix.parse().ok()?;
    let octets = match address.parse().ok()? {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let bits = octets.len().saturating_mul(8);
    let mask = (0..octets.len()).map(|index| {
        let left = prefix.saturating_sub(index.saturating_mul(8)).min(8);
        u8::try_from(0xff00_u32 >> left & 0xff).unwrap_or(0)
    });
    let mask: Vec<u8> = mask.collect();
    (prefix <= bits).then(|| [octets, mask].concat())
}

fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::PathAnchorInvalid, detail)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::testing::{private_key, root};

    #[test]
    fn an_anchor_is_a_certificate_or_a_name_and_a_key() {
        let key = private_key("root").public_key().to_pem().unwrap();
        let certificate = AnchorRequest { certificate: Some(root().certificate), ..AnchorRequest::default() };
        let named = AnchorRequest {
            subject: Some("CN=Test Root".into()),
            public_key: Some(key.clone()),
            ..AnchorRequest::default()
        };
        let (one, other) = (certificate.clone().resolve().unwrap(), named.clone().resolve().unwrap());
        assert_eq!((one.subject, one.spki), (other.subject, other.spki));
        let nameless = AnchorRequest { subject: Some(String::new()), ..named.clone() };
        let both = AnchorRequest { public_key: Some(key), ..certificate };
        for wrong in [AnchorRequest::default(), AnchorRequest { public_key: None, ..named }, both, nameless] {
            assert_eq!(wrong.resolve().unwrap_err().code, ErrorCode::PathAnchorInvalid);
        }
    }

    #[test]
    fn names_are_constrained_by_text() {
        assert_eq!(network("10.1.0.0/12"), Some(vec![10, 1, 0, 0, 255, 240, 0, 0]));
        assert_eq!(network("0.0.0.0/0"), Some(vec![0; 8]));
        assert_eq!(network("2001:db8::/32").unwrap().len(), 32);
        for wrong in ["10.0.0.0", "10.0.0.0/33", "x/8", "10.0.0.0/-1"] {
            assert_eq!(network(wrong), None, "{wrong}");
        }
        let request = |name: &str| AnchorRequest {
            certificate: Some(root().certificate),
            permitted_names: vec![name.into()],
            ..AnchorRequest::default()
        };
        for name in
            ["dns:example.com", "email:.example.com", "uri:example.com", "ip:10.0.0.0/8", "directory:O=x"]
        {
            assert!(request(name).resolve().unwrap().name_constraints.is_some(), "{name}");
        }
        for name in ["example.com", "dns:a b", "upn:x", "ip:10.0.0.1", "directory:x"] {
            assert_eq!(request(name).resolve().unwrap_err().code, ErrorCode::PathAnchorInvalid, "{name}");
        }
    }
}

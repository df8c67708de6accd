//! What was decided, as it is told.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use super::{build::Graph, node::Node, purpose::Purpose, revocation::Status, validate::Accepted};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    distinguished_name,
    error::Error,
    key::KeyKind,
};

/// A path that holds, and what it was found to be.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// From the certificate in question to the anchor.
    pub path: Vec<PathCertificate>,
    /// The last second in which it holds, Unix seconds: the end of the certificate on it that ends first, or of the list
    /// or response that says that one of them is good.
    pub not_after: u64,
    /// What it was verified for.
    pub purpose: Purpose,
    /// The one of the names asked for that the certificate has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any.
    pub policies: Vec<String>,
    /// What it is as strong as.
    pub weakest: Weakest,
}

/// One certificate of a path, or the anchor.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PathCertificate {
    /// Where it was in the request: `certificate`, `intermediates.2`, `anchors.0`.
    pub from: String,
    /// RFC 4514.
    pub subject: String,
    /// Hexadecimal; none of an anchor that is a name and a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// SHA-256 of the certificate, hexadecimal; none of an anchor that is a name and a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Unix seconds; none of an anchor that is a name and a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<u64>,
    /// None of an anchor, which nobody revokes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationStatus>,
}

/// What is known of the revocation of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevocationStatus {
    /// `good`, `unknown`, `not_checked`, or `exempt`: a responder's certificate that says that nobody need ask.
    pub status: &'static str,
    /// What says so: `crls.1`, `ocsp_responses.0`; the last one, where it took several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When that was known, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub this_update: Option<u64>,
    /// When there will be news of the first of all that say so, deltas included; Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update: Option<u64>,
    /// Why nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The weakest key and the weakest digest of a path.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Weakest {
    /// Where the key is.
    pub from: String,
    /// Algorithm and size.
    pub key: KeyKind,
    /// The digest of a signature; none where all are Ed25519 or ML-DSA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<DigestAlgorithm>,
}

/// Tells of a path that was accepted.
pub(super) fn describe(graph: &Graph<'_>, accepted: Accepted) -> Result<Decision, Error> {
    let Accepted { path, policies, identity, statuses } = accepted;
    let nodes: Vec<&Node<'_>> =
        path.chain.iter().map(|index| graph.node(*index)).collect::<Result<_, _>>()?;
    let anchor = graph.anchor(path.anchor)?;
    let mut certificates: Vec<_> = nodes
        .iter()
        .zip(statuses)
        .map(|(node, status)| PathCertificate { revocation: Some(status.told()), ..certificate(node) })
        .collect();
    certificates.push(anchor.node.as_ref().map_or_else(
        || PathCertificate {
            from: alloc::format!("anchors.{}", path.anchor),
            subject: distinguished_name::to_text(&anchor.anchor.subject),
            serial: None,
            sha256: None,
            not_after: None,
            revocation: None,
        },
        certificate,
    ));
    let mut weakest =
        Weakest { from: alloc::format!("anchors.{}", path.anchor), key: anchor.key()?.kind(), digest: None };
    for node in nodes {
        weakest.take(node)?;
    }
    let next_update = |own: &PathCertificate| own.revocation.as_ref().and_then(|status| status.next_update);
    let ends = certificates.iter().flat_map(|own| [own.not_after, next_update(own)]).flatten();
    let not_after = ends.min().unwrap_or(0);
    Ok(Decision {
        path: certificates,
        not_after,
        purpose: graph.question.purpose,
        identity,
        policies: policies.iter().map(ToString::to_string).collect(),
        weakest,
    })
}

fn certificate(node: &Node<'_>) -> PathCertificate {
    let own = node.certificate;
    PathCertificate {
        from: node.origin.to_string(),
        subject: own.subject_text(),
        serial: Some(own.serial_hex()),
        sha256: Some(own.sha256()),
        not_after: Some(own.not_after()),
        revocation: None,
    }
}

impl Weakest {
    fn take(&mut self, node: &Node<'_>) -> Result<(), Error> {
        let kind = node.key()?.kind();
        if strength(kind) < strength(self.key) {
            (self.key, self.from) = (kind, node.origin.to_string());
        }
        let digest = SignatureAlgorithm::from_identifier(&node.certificate.signed().algorithm)?.digest();
        self.digest = match (self.digest, digest) {
            (Some(one), Some(other)) if rank(other) < rank(one) => Some(other),
            (None, other) => other,
            (one, _) => one,
        };
        Ok(())
    }
}

/// Security strength in bits (NIST SP 800-57 part 1, table 2; FIPS 204 table 1 by its categories).
const fn strength(kind: KeyKind) -> u32 {
    match kind {
        KeyKind::Rsa { bits } | KeyKind::RsaPss { bits } => match bits {
            0..=2047 => 80,
            2048..=3071 => 112,
            3072..=7679 => 128,
            _ => 192,
        },
        KeyKind::P256 | KeyKind::Ed25519 | KeyKind::MlDsa44 => 128,
        KeyKind::P384 | KeyKind::MlDsa65 => 192,
        KeyKind::P521 | KeyKind::MlDsa87 => 256,
    }
}

const fn rank(digest: DigestAlgorithm) -> u8 {
    match digest {
        DigestAlgorithm::Md5 => 0,
        DigestAlgorithm::Sha1 => 1,
        DigestAlgorithm::Sha256 => 2,
        DigestAlgorithm::Sha384 => 3,
        DigestAlgorithm::Sha512 => 4,
    }
}

impl Status {
    pub(super) fn told(self) -> RevocationStatus {
        let none = |status| RevocationStatus {
            status,
            source: None,
            this_update: None,
            next_update: None,
            reason: None,
        };
        match self {
            Self::Good { source, this_update, next_update } => RevocationStatus {
                source: Some(source.to_string()),
                this_update: Some(this_update),
                next_update,
                ..none("good")
            },
            Self::Unknown { reason } => RevocationStatus { reason: Some(reason), ..none("unknown") },
            Self::Exempt => none("exempt"),
            Self::NotChecked => none("not_checked"),
        }
    }
}

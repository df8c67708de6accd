//! The certificates of a server, and what each is for (RFC 8894 4.2).

use serde::Deserialize;

/// What GetCACert gave.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CaCertificates {
    /// All, in the order sent; PEM.
    pub(crate) certificates: Vec<String>,
    /// To encrypt to.
    pub(crate) encryption: String,
    /// Signs replies.
    pub(crate) signature: String,
    /// Issues.
    pub(crate) authority: String,
    /// SHA-256 of each, hex.
    pub(crate) sha256: Vec<String>,
    /// Those that do not lead to the one that is trusted.
    #[serde(default)]
    pub(super) left_out: Vec<LeftOut>,
    /// SHA-256 of the one that the others lead to.
    #[serde(skip)]
    pub(crate) trust_anchor: Option<String>,
    /// What leads from other roots to these, and is trusted for nothing here; PEM.
    #[serde(skip)]
    pub(crate) crossing: Vec<String>,
}

/// A certificate that does not lead to the one that is trusted.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct LeftOut {
    /// SHA-256, hex.
    pub(super) sha256: String,
    /// Why not.
    pub(super) detail: String,
}

impl CaCertificates {
    /// Why a certificate of `all` was left out here.
    pub(super) fn why_without(&self, all: &Self, certificate: &str) -> Option<&str> {
        let position = all.certificates.iter().position(|one| one == certificate)?;
        let sha256 = all.sha256.get(position)?;
        self.left_out.iter().find(|one| one.sha256 == *sha256).map(|one| one.detail.as_str())
    }

    /// The fingerprint of the issuing authority.
    pub(super) fn authority_sha256(&self) -> Option<&str> {
        let position = self.certificates.iter().position(|one| *one == self.authority)?;
        self.sha256.get(position).map(String::as_str)
    }

    /// Whether the same certificates do the same.
    pub(super) fn has_roles_of(&self, other: &Self) -> bool {
        let roles = |ca: &Self| [ca.encryption.clone(), ca.signature.clone(), ca.authority.clone()];
        roles(self) == roles(other)
    }
}

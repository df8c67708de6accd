//! Certificates in the inventory, and the replies that are remembered with them.

use serde::{Deserialize, Serialize};

use super::Challenge;

/// What the engine says about a certificate that it made.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub(crate) struct CertificateRecord {
    /// Hex, lowercase.
    pub(crate) serial: String,
    /// RFC 4514.
    pub(crate) subject: String,
    /// The subject's common name.
    pub(crate) common_name: Option<String>,
    /// RFC 4514.
    pub(crate) issuer: String,
    /// `dns:host`, `email:a@b`, `upn:user@domain` and so on.
    pub(crate) subject_alternative_names: Vec<String>,
    /// Start of validity.
    pub(crate) not_before: u64,
    /// End of validity.
    pub(crate) not_after: u64,
    /// The profile that it was made under.
    pub(crate) profile: String,
    /// Of the certificate's DER.
    pub(crate) sha256: String,
    /// Of the SubjectPublicKeyInfo's DER.
    pub(crate) public_key_sha256: String,
    /// RFC 5280 4.2.1.2, hex, lowercase.
    pub(crate) subject_key_identifier: Option<String>,
    /// RFC 7638 with SHA-256.
    pub(crate) jwk_thumbprint: Option<String>,
    /// Of the request's DER.
    pub(crate) csr_sha256: Option<String>,
}

/// A certificate in the inventory.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// What the engine says about it.
    #[serde(flatten)]
    pub(crate) record: CertificateRecord,
    /// The device that it was made for, as far as the names in it tell.
    pub(crate) device_name: Option<String>,
    /// The user that it was made for, as far as the names in it tell.
    pub(crate) user_name: Option<String>,
    /// The authority that issued it; none for a root.
    pub(crate) authority: Option<String>,
    /// Which generation of that authority.
    pub(crate) generation: u32,
    /// When it was issued.
    pub(crate) issued_at: u64,
    /// When it was revoked, if it was.
    pub(crate) revoked_at: Option<u64>,
    /// RFC 5280 5.3.1, by name.
    pub(crate) revocation_reason: Option<String>,
    /// Since when its key may not have been its subject's alone (RFC 5280 5.3.2).
    pub(crate) invalidity_date: Option<u64>,
    /// The SCEP transaction that it came from.
    pub(crate) transaction_id: Option<String>,
    /// The certificate itself.
    pub(crate) pem: String,
}

/// The key under which a reply is remembered: a repeated request has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RetryKey {
    /// RFC 8894 3.2.1.1.
    pub(crate) transaction_id: String,
    /// Of the request's DER.
    pub(crate) csr_sha256: String,
}

/// A certificate to be recorded, and the reply to be remembered with it.
#[derive(Clone, Debug)]
pub(crate) struct Issuance {
    /// The new certificate.
    pub(crate) certificate: Certificate,
    /// Under what to remember it; none for certificates that no message asked for.
    pub(crate) retry: Option<RetryKey>,
    /// Serial of the remembered certificate that this one may replace (a renewal).
    pub(crate) supersedes: Option<String>,
    /// SHA-256 of the certificate that signed the request.
    pub(crate) signer_sha256: Option<String>,
    /// Whether it is granted to the signer's certificate, which must not be revoked then.
    pub(crate) is_renewal: bool,
    /// The request whose approval this uses up.
    pub(crate) approval: Option<String>,
    /// SHA-256 of the issuing certificate, which must not be revoked; none if the certificate is the authority's own.
    pub(crate) issuer_sha256: Option<String>,
}

impl Issuance {
    /// Of a certificate that no message asked for.
    pub(crate) fn new(certificate: Certificate) -> Self {
        Self {
            certificate,
            retry: None,
            supersedes: None,
            signer_sha256: None,
            is_renewal: false,
            approval: None,
            issuer_sha256: None,
        }
    }
}

/// What a request was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// The certificate.
    pub(crate) certificate: Certificate,
    /// SHA-256 of the certificate that signed the request, if it is known.
    pub(crate) signer_sha256: Option<String>,
}

/// What there is already when somebody asks for a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// What the same request was answered with.
    pub(crate) remembered: Option<Remembered>,
    /// The certificate that the request is signed with.
    pub(crate) signer: Option<Certificate>,
    /// The challenges that are in force, if they were asked for.
    pub(crate) challenges: Vec<Challenge>,
}

/// What became of an [`Issuance`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// It is durable and may be handed out.
    New,
    /// The same request was answered in the meantime, with this certificate; hand out this one.
    Already(Box<Certificate>),
}

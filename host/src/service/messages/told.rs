//! What is known of a message: what it claims, what the engine found, and whose it is.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::store::Certificate;

/// What a message says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Claims {
    /// How it names the key.
    pub(crate) key_id: Option<String>,
    /// How it names the certificate.
    pub(super) signer: Option<ClaimedSigner>,
    /// The digests of the body that are signed with it.
    pub(crate) digests: Option<Value>,
    /// Whether the body itself is what is signed.
    pub(crate) over_body: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ClaimedSigner {
    pub(super) serial: Option<String>,
    pub(super) subject_key_identifier: Option<String>,
}

/// What the engine found of a message that is good.
#[derive(Debug, Deserialize)]
pub(crate) struct Verified {
    pub(super) form: String,
    pub(super) algorithm: String,
    pub(super) signed_at: Option<u64>,
    pub(super) expires: Option<u64>,
    pub(super) body_covered: bool,
    pub(super) http: Option<Value>,
    pub(super) replay: Replay,
    pub(crate) signer: VerifiedSigner,
    pub(super) path: Option<Path>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Replay {
    pub(super) key: String,
    pub(super) until: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct VerifiedSigner {
    pub(crate) public_key_sha256: String,
    pub(super) device: Option<Device>,
}

/// The certificates by which it was believed, its own first.
#[derive(Debug, Deserialize)]
pub(super) struct Path {
    pub(super) path: Vec<PathCertificate>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PathCertificate {
    pub(super) serial: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Device {
    pub(super) sha256: String,
}

/// A message that counts, this once.
#[derive(Debug)]
pub(crate) struct Counted {
    /// What the engine found.
    pub(super) verified: Verified,
    /// How it named the key.
    pub(crate) key_id: Option<String>,
    /// Its signer's certificate, out of the inventory.
    pub(crate) certificate: Certificate,
}

impl Counted {
    /// `detached_cms`, `http` or `bare`.
    pub(crate) fn form(&self) -> &str {
        &self.verified.form
    }

    /// When it was signed, as it says itself.
    pub(crate) fn signed_at(&self) -> Option<u64> {
        self.verified.signed_at
    }

    /// All that is known of it, for those who ask.
    pub(crate) fn told(&self) -> Value {
        let Verified { form, algorithm, signed_at, expires, body_covered, http, replay, .. } = &self.verified;
        let Certificate { record, device_name, user_name, pem, .. } = &self.certificate;
        let mut told = json!({
            "form": form,
            "algorithm": algorithm,
            "body_covered": body_covered,
            "replay": { "key": replay.key, "until": replay.until },
            "device": {
                "serial": record.serial,
                "subject": record.subject,
                "common_name": record.common_name,
                "subject_alternative_names": record.subject_alternative_names,
                "issuer": record.issuer,
                "not_after": record.not_after,
                "profile": record.profile,
                "sha256": record.sha256,
                "public_key_sha256": record.public_key_sha256,
                "device_name": device_name,
                "user_name": user_name,
                "certificate": pem,
            },
        });
        // What a message does not say is not there, as with the engine.
        for (name, value) in [
            ("key_id", self.key_id.as_ref().map(|own| json!(own))),
            ("signed_at", signed_at.map(|own| json!(own))),
            ("expires", expires.map(|own| json!(own))),
            ("http", http.clone()),
        ] {
            if let Some(value) = value {
                told[name] = value;
            }
        }
        told
    }
}

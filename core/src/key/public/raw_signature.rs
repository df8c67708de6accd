//! Signatures as key questions have them, ECDSA as r and s of fixed size, and as certificates and messages have them.

use alloc::vec::Vec;

use super::{Inner, PublicKey};
use crate::error::{Error, ErrorCode};

impl PublicKey {
    /// Turns the raw signature of a key question (ECDSA: r and s) into what goes into certificates and messages.
    pub(crate) fn signature_from_raw(&self, raw: &[u8]) -> Option<Vec<u8>> {
        match &self.inner {
            Inner::P256(_) => {
                Some(p256::ecdsa::Signature::from_slice(raw).ok()?.to_der().as_bytes().to_vec())
            }
            Inner::P384(_) => {
                Some(p384::ecdsa::Signature::from_slice(raw).ok()?.to_der().as_bytes().to_vec())
            }
            Inner::P521(_) => {
                Some(p521::ecdsa::Signature::from_slice(raw).ok()?.to_der().as_bytes().to_vec())
            }
            Inner::Rsa(_) | Inner::RsaPss(..) | Inner::Ed25519(_) | Inner::MlDsa(_) => Some(raw.to_vec()),
        }
    }

    /// The other way round.
    pub(crate) fn signature_to_raw(&self, signature: &[u8]) -> Result<Vec<u8>, Error> {
        let fixed = match &self.inner {
            Inner::P256(_) => p256::ecdsa::Signature::from_der(signature)
                .ok()
                .map(|signature| signature.to_bytes().to_vec()),
            Inner::P384(_) => p384::ecdsa::Signature::from_der(signature)
                .ok()
                .map(|signature| signature.to_bytes().to_vec()),
            Inner::P521(_) => p521::ecdsa::Signature::from_der(signature)
                .ok()
                .map(|signature| signature.to_bytes().to_vec()),
            Inner::Rsa(_) | Inner::RsaPss(..) | Inner::Ed25519(_) | Inner::MlDsa(_) => {
                Some(signature.to_vec())
            }
        };
        fixed.ok_or_else(|| Error::new(ErrorCode::SignatureInvalid, "the ECDSA signature is not DER"))
    }
}

//! A signature over the body and nothing else, in base64, with the id of the key in a header beside it.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use super::{
    body::Body,
    claims::Claims,
    decode_base64,
    freshness::Times,
    message::{Outcome, Setting},
    proof::{Proof, over_body, wrong_signature},
    signer::{self, Signer},
};
use crate::{
    algorithm::{SignatureAlgorithm, SignatureScheme},
    error::{Error, ErrorCode},
    key::{KeyKind, PublicKey},
};

/// How r and s of ECDSA are written. What is one can be the other as well, so it is said and not guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EcdsaForm {
    /// A SEQUENCE of two INTEGERs in DER (RFC 3279 2.2.3), as OpenSSL and Java write it.
    #[default]
    Der,
    /// One after the other with all the octets of their field (IEEE P1363), as WebCrypto writes it.
    Raw,
}

/// A bare signature. It says neither when it was made nor what it is for: a message in this form is undated, and the
/// freshness has to allow that.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BareSignature {
    /// The header: base64.
    pub signature: String,
    /// The header beside it, if there is one.
    pub key_id: Option<String>,
    /// How it was signed. Otherwise as keys of the signer's kind sign here: PKCS#1 with SHA-256, or the digest of the curve.
    pub scheme: Option<SignatureScheme>,
    /// How ECDSA's signatures are written.
    #[serde(default)]
    pub ecdsa: EcdsaForm,
}

impl BareSignature {
    /// Verifies it: form, signature and signer.
    ///
    /// # Errors
    /// Those of [`super::message`].
    pub(crate) fn verify<'s>(
        &self,
        setting: &Setting<'_>,
        given: &'s [Signer],
    ) -> Result<Outcome<'s>, Error> {
        let times = Times::default();
        let replay_until = setting.freshness.accept(times, setting.now)?;
        let signature = decode_base64(&self.signature)?;
        let candidates = signer::called(given, self.key_id.as_deref())?;
        let check = |key: &PublicKey| self.check(key, setting.body, &signature);
        let found = signer::first_good(&candidates, check, setting.trust, setting.now)?;
        Ok(Outcome { found, times, replay_until, body_covered: true, http: None })
    }

    /// What it says: the id of the key at most.
    ///
    /// # Errors
    /// Those of base64.
    pub(crate) fn claims(&self) -> Result<Claims, Error> {
        decode_base64(&self.signature)?;
        Ok(Claims { key_id: self.key_id.clone(), over_body: true, ..Claims::of("bare", Times::default()) })
    }

    fn check(&self, key: &PublicKey, body: &Body, signature: &[u8]) -> Result<Proof, Error> {
        let scheme = self.scheme.unwrap_or_else(|| key.signature_scheme());
        check_fits(scheme, key)?;
        over_body(key, scheme.algorithm(), body, &self.der(key, signature)?)
    }

    fn der(&self, key: &PublicKey, signature: &[u8]) -> Result<Vec<u8>, Error> {
        match self.ecdsa {
            EcdsaForm::Der => Ok(signature.to_vec()),
            EcdsaForm::Raw => key.signature_from_raw(signature).ok_or_else(|| wrong_signature(key)),
        }
    }
}

/// # Errors
/// `MessageAlgorithmRefused`.
pub(crate) fn check_fits(scheme: SignatureScheme, key: &PublicKey) -> Result<(), Error> {
    let fits = match (scheme, key.kind()) {
        (SignatureScheme::EcdsaP256Sha256, KeyKind::P256)
        | (SignatureScheme::EcdsaP384Sha384, KeyKind::P384)
        | (SignatureScheme::EcdsaP521Sha512, KeyKind::P521)
        | (SignatureScheme::Ed25519, KeyKind::Ed25519) => true,
        (scheme, KeyKind::Rsa { .. }) => {
            matches!(scheme.algorithm(), SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(..))
        }
        (scheme, KeyKind::RsaPss { .. }) => matches!(scheme.algorithm(), SignatureAlgorithm::RsaPss(..)),
        (scheme, KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87) => scheme == key.signature_scheme(),
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => Err(Error::new(
            ErrorCode::MessageAlgorithmRefused,
            format_args!("found a {} key, which does not sign with {scheme:?}", key.kind()),
        )),
    }
}

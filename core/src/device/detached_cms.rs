//! Detached CMS in base64, as Apple's devices send it in `Mdm-Signature`: a signature over the body (RFC 5652 section 5).

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use super::{
    body::{Body, Digests},
    claims::Claims,
    decode_base64,
    freshness::Times,
    malformed,
    message::{Outcome, Setting},
    proof::{Proof, over_body, over_octets, wrong_signature},
    signer::{self, MAX_BROUGHT, Signer},
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    cms::{
        ber,
        detached::{DetachedSignature, SignerName},
    },
    error::{Error, ErrorCode},
    hex,
    inspect::Identifier,
    key::PublicKey,
};

/// A detached signature. It has one signer; its certificate may be in it or among the signers of the request.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DetachedCms {
    /// The header: base64 of DER, or of BER with any lengths.
    pub signature: String,
    /// Accepts SHA-1, which old devices sign with. Anybody may make two bodies of one SHA-1.
    #[serde(default)]
    pub allow_sha1: bool,
}

impl DetachedCms {
    /// Verifies it: form, signature and signer.
    ///
    /// # Errors
    /// Those of [`super::message`].
    pub(crate) fn verify<'s>(
        &self,
        setting: &mut Setting<'_>,
        brought: &'s mut Vec<Signer>,
        given: &'s [Signer],
    ) -> Result<Outcome<'s>, Error> {
        let der = self.der()?;
        let message = DetachedSignature::read(&der).map_err(told)?;
        let (digest, algorithm) = message.algorithms().map_err(told)?;
        self.check_digests(digest, algorithm)?;
        let times = Times { signed_at: message.signing_time().map_err(told)?, expires: None };
        let replay_until = setting.freshness.accept(times, setting.now)?;
        *brought = named(&message)?;
        setting.trust.also_through(&message.certificates);
        let candidates = candidates(&message, given, brought)?;
        let signed = Signed::of(&message, setting.body, digest, algorithm)?;
        let check = |key: &PublicKey| signed.check(key, message.signature());
        let found = signer::first_good(&candidates, check, setting.trust, setting.now)?;
        Ok(Outcome { found, times, replay_until, body_covered: true, http: None })
    }

    /// What it says: who signed, when, and the digest of the body.
    ///
    /// # Errors
    /// `MessageMalformed`, `MessageAlgorithmRefused`, `RequestTooLarge`.
    pub(crate) fn claims(&self) -> Result<Claims, Error> {
        let der = self.der()?;
        let message = DetachedSignature::read(&der).map_err(told)?;
        let (digest, algorithm) = message.algorithms().map_err(told)?;
        self.check_digests(digest, algorithm)?;
        let mut digests = Digests::default();
        let stated = message.stated_digest().map_err(told)?;
        if let Some(stated) = stated {
            digests
                .state(digest, stated)
                .map_err(|_| malformed("found a message digest of another length"))?;
        }
        let named = message.certificates.iter().filter(|certificate| message.names(certificate));
        let times = Times { signed_at: message.signing_time().map_err(told)?, expires: None };
        Ok(Claims {
            signer: Some(identifier(&message)),
            certificates: named.map(Certificate::sha256).collect(),
            digests: stated.map(|_| digests),
            over_body: !message.has_attributes(),
            ..Claims::of("detached_cms", times)
        })
    }

    fn der(&self) -> Result<Vec<u8>, Error> {
        ber::to_der(&decode_base64(&self.signature)?).map_err(told)
    }

    fn check_digests(&self, digest: DigestAlgorithm, algorithm: SignatureAlgorithm) -> Result<(), Error> {
        let is_old = |digest| matches!(digest, DigestAlgorithm::Sha1 | DigestAlgorithm::Md5);
        match is_old(digest) || algorithm.digest().is_some_and(is_old) {
            true if !self.allow_sha1 => Err(Error::new(
                ErrorCode::MessageAlgorithmRefused,
                "found a signature with SHA-1, wanted SHA-256 or better (or allow_sha1)",
            )),
            _ => Ok(()),
        }
    }
}

/// How a message names the certificate of its signer.
fn identifier(message: &DetachedSignature<'_>) -> Identifier {
    match message.signer_name() {
        SignerName::IssuerAndSerial { issuer, serial } => {
            Identifier { issuer: Some(issuer), serial: Some(serial), ..Identifier::default() }
        }
        SignerName::KeyIdentifier(octets) => {
            Identifier { subject_key_identifier: Some(hex::encode(octets)), ..Identifier::default() }
        }
        SignerName::Other => Identifier::default(),
    }
}

/// The certificates in the message that it says are its signer's.
fn named(message: &DetachedSignature<'_>) -> Result<Vec<Signer>, Error> {
    let mut named: Vec<&Certificate> = Vec::new();
    for certificate in message.certificates.iter().filter(|certificate| message.names(certificate)) {
        if !named.contains(&certificate) {
            named.push(certificate);
        }
    }
    if named.len() > MAX_BROUGHT {
        return Err(signer::unknown(format_args!(
            "found {} certificates that may be the signer's, wanted at most {MAX_BROUGHT}",
            named.len()
        )));
    }
    // One whose key is none that can be used signs nothing.
    Ok(named.into_iter().filter_map(|certificate| Signer::brought(certificate.clone()).ok()).collect())
}

/// Those whom the message names, and those who are keys alone, which CMS cannot name.
fn candidates<'s>(
    message: &DetachedSignature<'_>,
    given: &'s [Signer],
    brought: &'s [Signer],
) -> Result<Vec<&'s Signer>, Error> {
    let is_meant = |signer: &&Signer| signer.certificate.as_ref().is_none_or(|own| message.names(own));
    let meant: Vec<&Signer> = given.iter().filter(is_meant).chain(brought).collect();
    match meant.is_empty() {
        false => Ok(meant),
        true => Err(signer::unknown(
            "found no certificate of the signer, neither in the message nor among the signers",
        )),
    }
}

/// What the signature is over.
enum Signed<'a> {
    Attributes { encodings: Vec<Vec<u8>>, algorithm: SignatureAlgorithm },
    Body { body: &'a Body, algorithm: SignatureAlgorithm },
}

impl<'a> Signed<'a> {
    fn of(
        message: &DetachedSignature<'_>,
        body: &'a Body,
        digest: DigestAlgorithm,
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, Error> {
        if message.has_attributes() {
            let encodings = message.signed_attributes(&body.digest(digest)?).map_err(told)?;
            return Ok(Self::Attributes { encodings, algorithm });
        }
        Ok(Self::Body { body, algorithm })
    }

    fn check(&self, key: &PublicKey, signature: &[u8]) -> Result<Proof, Error> {
        match self {
            Self::Attributes { encodings, algorithm } => {
                let mut proofs =
                    encodings.iter().map(|octets| over_octets(key, *algorithm, octets, signature));
                let first = proofs.next().unwrap_or_else(|| Err(wrong_signature(key)));
                first.or_else(|error| proofs.next().unwrap_or(Err(error)))
            }
            Self::Body { body, algorithm } => over_body(key, *algorithm, body, signature),
        }
    }
}

/// What is wrong with CMS, as it is told of a message.
fn told(error: Error) -> Error {
    let code = match error.code {
        ErrorCode::CmsMalformed => ErrorCode::MessageMalformed,
        ErrorCode::CmsDigestMismatch => ErrorCode::MessageBodyMismatch,
        ErrorCode::SignatureAlgorithmRefused => ErrorCode::MessageAlgorithmRefused,
        other => other,
    };
    Error { code, ..error }
}

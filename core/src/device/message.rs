//! A signed message in one of its forms, and the way from it to who sent it.

use alloc::{boxed::Box, vec::Vec};

use serde::Deserialize;

use super::{
    bare_signature::BareSignature,
    body::Body,
    detached_cms::DetachedCms,
    freshness::{Freshness, Times},
    http_signature::{HttpReport, HttpSignature},
    replay,
    signer::{Found, Signer},
    trust::Trust,
    verified::{Replay, Verified, VerifiedSigner},
};
use crate::error::Error;

/// The signature of a message, and what of the message it may be over beside the body.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Message {
    /// Detached CMS in a header.
    DetachedCms(DetachedCms),
    /// HTTP message signatures (RFC 9421).
    Http(Box<HttpSignature>),
    /// A bare signature in a header.
    Bare(BareSignature),
}

/// With what a message is verified.
pub(crate) struct Setting<'a> {
    pub(crate) now: u64,
    pub(crate) body: &'a Body,
    pub(crate) trust: &'a mut Trust,
    pub(crate) freshness: &'a Freshness,
}

/// A message that is good.
pub(crate) struct Outcome<'s> {
    pub(crate) found: Found<'s>,
    pub(crate) times: Times,
    pub(crate) replay_until: Option<u64>,
    pub(crate) body_covered: bool,
    pub(crate) http: Option<HttpReport>,
}

impl Message {
    /// Verifies it: its form, its time, its signature, its signer, in this order.
    ///
    /// # Errors
    /// The families `message_…` and `path_…`.
    pub(crate) fn verify(&self, mut setting: Setting<'_>, given: &[Signer]) -> Result<Verified, Error> {
        let mut brought = Vec::new();
        let (form, outcome) = match self {
            Self::DetachedCms(cms) => ("detached_cms", cms.verify(&mut setting, &mut brought, given)),
            Self::Http(http) => ("http", http.verify(&setting, given)),
            Self::Bare(bare) => ("bare", bare.verify(&setting, given)),
        };
        let outcome = outcome.map_err(|error| error.at("message"))?;
        Verified::new(form, outcome)
    }
}

impl Verified {
    fn new(form: &'static str, outcome: Outcome<'_>) -> Result<Self, Error> {
        let Outcome { found, times, replay_until, body_covered, http } = outcome;
        let Found { signer, proof, path } = found;
        Ok(Self {
            form,
            algorithm: super::signer::algorithm_name(proof.algorithm, signer.key.kind()),
            signed_at: times.signed_at,
            expires: times.expires,
            body_covered,
            http,
            replay: Replay { key: replay::key(proof.digest, &proof.hash, &signer.key), until: replay_until },
            signer: VerifiedSigner::new(signer)?,
            path,
        })
    }
}

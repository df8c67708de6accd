//! The key ring, and the questions that are asked when it does not hold a key.
//!
//! Every use of a private key goes through [`Keys`]. If the ring holds the key, the answer is
//! immediate. If not, whoever the caller named is asked, and the operation goes on with the answer. Where nobody is
//! named or has one, it stops with [`Halt::Needs`]; the caller does what the question asks with whatever holds the key,
//! and sends the same request again with the answer. The engine is deterministic, so the operation runs to the same
//! place and on from there.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::{
    algorithm::{KeyTransport, SignatureScheme},
    base64url::Base64Url,
    error::{Error, ErrorCode},
    key::{PrivateKey, PublicKey},
};

/// The longest id of a key, in bytes.
pub const MAX_KEY_ID: usize = 128;

/// The private keys that this engine holds itself, by id.
#[derive(Default)]
pub struct KeyRing {
    keys: BTreeMap<String, PrivateKey>,
}

impl KeyRing {
    /// A ring without keys: every use becomes a question.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: BTreeMap::new() }
    }

    /// Adds a private key (PEM, PKCS#8) under an id, in place of one that had it.
    ///
    /// # Errors
    /// `FieldInvalid` for an empty or long id, `PemMalformed`, `KeyMalformed`, `KeyTooSmall`, `KeyUnsupported`.
    pub fn import(&mut self, id: &str, pem: &[u8]) -> Result<(), Error> {
        if id.is_empty() || id.len() > MAX_KEY_ID {
            return Err(Error::new(
                ErrorCode::FieldInvalid,
                format_args!("found a key id of {} bytes, wanted 1 to {MAX_KEY_ID}", id.len()),
            ));
        }
        let text = core::str::from_utf8(pem)
            .map_err(|_| Error::new(ErrorCode::PemMalformed, "the key is not PEM text"))?;
        self.keys.insert(id.to_owned(), PrivateKey::from_pem(text)?);
        Ok(())
    }

    /// Answers a question with a key of this ring, for who holds keys for another engine: the raw signature.
    ///
    /// # Errors
    /// `KeyUnknown`, `KeyUnfit`.
    pub fn sign_raw(&self, id: &str, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.get(id)?;
        key.public_key().signature_to_raw(&key.sign(scheme, message)?)
    }

    /// Answers a question with a key of this ring: the plaintext, or none if the padding is wrong.
    ///
    /// # Errors
    /// `KeyUnknown`, `KeyUnfit`.
    pub fn decrypt(&self, id: &str, scheme: KeyTransport, encrypted: &[u8]) -> Result<Answer, Error> {
        self.get(id)?.decrypt(scheme, encrypted)
    }

    fn get(&self, id: &str) -> Result<&PrivateKey, Error> {
        self.keys.get(id).ok_or_else(|| {
            Error::new(ErrorCode::KeyUnknown, format_args!("the key {id:?} is not in the ring"))
        })
    }
}

/// A private key by its id. `public_key` (PEM) may be left out when the ring holds the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyReference {
    /// The id, of the caller's choosing.
    pub id: String,
    /// Its public half as a PEM block `PUBLIC KEY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// What is asked of a key that the ring does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "use", rename_all = "snake_case")]
pub enum Question {
    /// Sign `input` (the message, not its digest). Answer: the raw signature.
    Sign {
        /// Which key.
        key: String,
        /// How.
        scheme: SignatureScheme,
        /// The message.
        input: Base64Url,
    },
    /// Decrypt `input`. Answer: the plaintext, or null if the padding is wrong.
    Decrypt {
        /// Which key.
        key: String,
        /// How.
        scheme: KeyTransport,
        /// The ciphertext.
        input: Base64Url,
    },
}

impl Question {
    /// The scheme's name, as requests and responses have it.
    #[must_use]
    pub fn scheme(&self) -> String {
        let named = match self {
            Self::Sign { scheme, .. } => serde_json::to_value(scheme),
            Self::Decrypt { scheme, .. } => serde_json::to_value(scheme),
        };
        named.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Why an operation stopped before its response.
#[derive(Debug)]
pub enum Halt {
    /// It cannot be done.
    Error(Error),
    /// It goes on once this question is answered.
    Needs(Question),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<der::Error> for Halt {
    fn from(error: der::Error) -> Self {
        Self::Error(error.into())
    }
}

/// One answer: raw bytes, or nothing for a decryption that failed.
pub type Answer = Option<Zeroizing<Vec<u8>>>;

/// Who answers a question while the operation waits; nothing from one who cannot.
pub type Ask<'a> = &'a mut dyn FnMut(&Question) -> Result<Option<Answer>, Error>;

/// The keys of one call: the ring, the answers that came with the request, and whoever is asked for others.
pub struct Keys<'a> {
    ring: &'a KeyRing,
    answers: alloc::vec::IntoIter<Answer>,
    ask: Option<Ask<'a>>,
    blinding: Zeroizing<Vec<u8>>,
}

impl<'a> Keys<'a> {
    /// The keys of a call with these answers, in the order of their questions.
    #[must_use]
    pub fn new(ring: &'a KeyRing, answers: Vec<Answer>) -> Self {
        Self { ring, answers: answers.into_iter(), ask: None, blinding: Zeroizing::default() }
    }

    /// The same, with questions beyond these answers put to `ask`.
    #[must_use]
    pub fn asking(mut self, ask: Option<Ask<'a>>) -> Self {
        self.ask = ask;
        self
    }

    /// The same, with what is fresh in this call, its seed, mixed into the blinding of RSA: whoever sends one
    /// ciphertext again and again does not time the same operation again and again. No result depends on it.
    #[must_use]
    pub fn blinded_by(mut self, fresh: &[u8]) -> Self {
        self.blinding = Zeroizing::new(fresh.to_vec());
        self
    }

    /// The public half of a referenced key.
    ///
    /// # Errors
    /// `KeyUnknown` if neither ring nor reference has it, `KeyMismatch` if they disagree, and the parse errors of a key.
    pub fn public_key(&self, reference: &KeyReference) -> Result<PublicKey, Error> {
        let named = reference.public_key.as_deref().map(PublicKey::from_pem).transpose()?;
        match (self.ring.keys.get(&reference.id), named) {
            (Some(held), Some(named)) if *held.public_key() != named => Err(mismatch(&reference.id)),
            (Some(held), _) => Ok(held.public_key().clone()),
            (None, Some(named)) => Ok(named),
            (None, None) => Err(Error::new(
                ErrorCode::KeyUnknown,
                format_args!(
                    "the key {:?} is not in the ring and the reference has no public_key",
                    reference.id
                ),
            )),
        }
    }

    /// Signs `message` with the key `id`, whose public half is `public`, by the scheme that goes with it.
    ///
    /// # Errors
    /// [`Halt::Needs`]; `KeyMismatch` if the ring's key is another one; `KeyAnswerInvalid`.
    pub fn sign(&mut self, id: &str, public: &PublicKey, message: &[u8]) -> Result<Vec<u8>, Halt> {
        self.sign_by(id, public, public.signature_scheme(), message)
    }

    /// The same by a scheme of the caller's choice: an RSA key knows several.
    ///
    /// # Errors
    /// Those of [`Self::sign`]; `KeyUnfit` if the ring's key cannot sign so.
    pub fn sign_by(
        &mut self,
        id: &str,
        public: &PublicKey,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Halt> {
        if let Some(held) = self.held(id, public)? {
            return Ok(held.sign_blinded(scheme, message, &self.blinding)?);
        }
        let question = || Question::Sign { key: id.to_owned(), scheme, input: Base64Url(message.to_vec()) };
        let answer = self.answer(question)?;
        let signature = answer
            .and_then(|raw| public.signature_from_raw(&raw))
            .filter(|signature| public.verify(scheme.algorithm(), message, signature).is_ok());
        Ok(signature.ok_or_else(|| invalid_answer(id))?)
    }

    /// Decrypts a content-encryption key with the key `id`, whose public half is `public`; `None` if its padding is wrong.
    ///
    /// # Errors
    /// [`Halt::Needs`]; `KeyMismatch`; `KeyUnfit` if the key is no RSA key.
    pub fn decrypt(
        &mut self,
        id: &str,
        public: &PublicKey,
        scheme: KeyTransport,
        encrypted: &[u8],
    ) -> Result<Answer, Halt> {
        if let Some(held) = self.held(id, public)? {
            return Ok(held.decrypt_blinded(scheme, encrypted, &self.blinding)?);
        }
        self.answer(|| Question::Decrypt { key: id.to_owned(), scheme, input: Base64Url(encrypted.to_vec()) })
    }

    /// Checks at the end of a call that every answer had a question.
    ///
    /// # Errors
    /// `KeyAnswerUnexpected`.
    pub fn finish(self) -> Result<(), Error> {
        match self.answers.len() {
            0 => Ok(()),
            extra => Err(Error::new(
                ErrorCode::KeyAnswerUnexpected,
                format_args!("found {extra} answers more than questions were asked"),
            )
            .at("answers")),
        }
    }

    fn answer(&mut self, question: impl FnOnce() -> Question) -> Result<Answer, Halt> {
        if let Some(answer) = self.answers.next() {
            return Ok(answer);
        }
        let question = question();
        let answered = match &mut self.ask {
            Some(ask) => ask(&question)?,
            None => None,
        };
        answered.ok_or(Halt::Needs(question))
    }

    fn held(&self, id: &str, public: &PublicKey) -> Result<Option<&'a PrivateKey>, Error> {
        match self.ring.keys.get(id) {
            Some(held) if held.public_key() != public => Err(mismatch(id)),
            held => Ok(held),
        }
    }
}

fn mismatch(id: &str) -> Error {
    Error::new(
        ErrorCode::KeyMismatch,
        format_args!("the ring's key {id:?} is not the private half of the public key named"),
    )
}

fn invalid_answer(id: &str) -> Error {
    Error::new(
        ErrorCode::KeyAnswerInvalid,
        format_args!("the answer is not a signature by the key {id:?} over the question's input"),
    )
    .at("answers")
}

//! Keys that sign tokens for content, and what programs show to have tokens minted.

use serde::Serialize;
use serde_json::{Value, json};

use super::Event;

/// A key that signs tokens, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TokenKey {
    /// Its name; the keys that follow each other under it are its generations.
    pub(crate) name: String,
    /// Counted from 1.
    pub(crate) generation: u32,
    /// Its id in tokens and JWK sets: the thumbprint (RFC 7638).
    pub(crate) kid: String,
    /// RFC 7518 3.1.
    pub(crate) algorithm: String,
    /// How long its tokens may live.
    #[serde(rename = "token_validity_seconds")]
    pub(crate) validity_seconds: u64,
    /// SubjectPublicKeyInfo, PEM.
    pub(crate) public_key: String,
    /// Whether somebody brought it, so that it may be elsewhere too.
    #[serde(rename = "uploaded")]
    pub(crate) is_uploaded: bool,
    /// When it came.
    pub(crate) created_at: u64,
    /// When another one took its place.
    pub(crate) rotated_at: Option<u64>,
    /// Until when it verifies what it signed before.
    pub(crate) verifies_until: Option<u64>,
    /// When it ended at once.
    pub(crate) retired_at: Option<u64>,
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenKeyState {
    /// It signs and verifies.
    Signing,
    /// It verifies what it signed before another one took its place.
    Verifying,
    /// The last of its tokens has ended.
    Ended,
    /// Somebody ended it at once, with all of its tokens.
    Retired,
}

impl TokenKeyState {
    /// The same, as a word.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Verifying => "verifying",
            Self::Ended => "ended",
            Self::Retired => "retired",
        }
    }
}

impl TokenKey {
    /// What the record of who did what calls the keys of a name: other things have names too.
    pub(crate) fn subject(name: &str) -> String {
        format!("token key {name}")
    }

    /// All that is known of it, for those who ask.
    pub(crate) fn told(&self, now: u64) -> Value {
        let mut told = json!(self);
        told["state"] = json!(self.state(now));
        told
    }

    /// What it is good for at this time.
    pub(crate) fn state(&self, now: u64) -> TokenKeyState {
        match (self.retired_at, self.rotated_at) {
            (Some(_), _) => TokenKeyState::Retired,
            (None, None) => TokenKeyState::Signing,
            (None, Some(_)) if self.verifies_until.is_some_and(|until| now < until) => {
                TokenKeyState::Verifying
            }
            (None, Some(_)) => TokenKeyState::Ended,
        }
    }
}

/// How a new key comes to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Succession {
    /// The name is new.
    First,
    /// The key before verifies until the last of its tokens has ended, and so long.
    Overlap {
        /// For clocks that are apart, and tokens that are in the making.
        margin_seconds: u64,
    },
    /// The keys before verify no more.
    AtOnce,
}

/// A key to be recorded. Its generation is counted when it is.
#[derive(Clone, Debug)]
pub(crate) struct NewTokenKey {
    /// The key.
    pub(crate) key: TokenKey,
    /// What becomes of the ones before.
    pub(crate) succession: Succession,
    /// How many keys may verify at a time.
    pub(crate) room: u32,
    /// Who did it.
    pub(crate) event: Event,
}

/// What became of a [`NewTokenKey`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKeyPut {
    /// It signs from now on.
    Done(Box<TokenKey>),
    /// There is such a name already.
    NameTaken,
    /// That key is here already, or was, under this name.
    KeyTaken(String),
    /// No key of this name signs, so none can be followed.
    Unknown,
    /// As many keys verify as may.
    NoRoom,
}

/// The end of keys, at once.
#[derive(Clone, Debug)]
pub(crate) struct TokenKeyRetirement {
    /// Of this name.
    pub(crate) name: String,
    /// Of this generation alone.
    pub(crate) generation: Option<u32>,
    /// Who did it, and when.
    pub(crate) event: Event,
}

/// What a program shows to use the API, as a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ApiToken {
    /// Its name.
    pub(crate) id: String,
    /// Of what is shown, hex.
    #[serde(skip)]
    pub(crate) sha256: String,
    /// What it is good for.
    pub(crate) scope: Scope,
    /// When it was made.
    pub(crate) created_at: u64,
    /// When it ends, if it does.
    pub(crate) expires_at: Option<u64>,
}

/// What an [`ApiToken`] is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Have tokens minted and URLs signed
    Mint,
    /// The same, and create, upload, rotate and retire the keys
    Keys,
    /// Have messages verified that devices signed
    Verify,
}

impl ApiToken {
    /// What the record of who did what calls it.
    pub(crate) fn subject(id: &str) -> String {
        format!("api token {id}")
    }
}

impl Scope {
    /// As it stands in the store.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mint => "mint",
            Self::Keys => "keys",
            Self::Verify => "verify",
        }
    }

    /// Whether it is good for what another one is good for.
    pub(crate) fn includes(self, other: Self) -> bool {
        self == other || (self == Self::Keys && other == Self::Mint)
    }
}

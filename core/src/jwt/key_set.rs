//! The keys that tokens are verified with.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    MAX_LIFETIME_SECONDS,
    algorithm::{self, DeclaredAlgorithm, JwsAlgorithm},
    compact::{Compact, Header},
};
use crate::{
    error::{Error, ErrorCode},
    jwk::{JwkSet, ReadJwk, check_kid},
    key::PublicKey,
};

/// How many keys a set may have; each of them costs a verification if the token does not name its own.
const MAX_KEYS: usize = 32;

/// A key that tokens may be signed with.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VerificationKey {
    /// Its id, as tokens have it in `kid`; otherwise that of the JWK, or none.
    pub kid: Option<String>,
    /// The key as a PEM block `PUBLIC KEY`; or
    pub public_key: Option<String>,
    /// as a JWK (RFC 7517).
    pub jwk: Option<Map<String, Value>>,
    /// The algorithm that it signs with (`RS256`, `PS384`, …), or a family of RSA (`RS`, `PS`). Otherwise the one of the
    /// JWK; otherwise RS256 for RSA. The curve of another key decides it.
    pub algorithm: Option<DeclaredAlgorithm>,
    /// Unix seconds from which on it is used.
    pub not_before: Option<u64>,
    /// Unix seconds from which on it is not used any more.
    pub expires: Option<u64>,
    /// For how long its tokens may be good: any whose `exp` is further ahead is refused.
    pub max_lifetime_seconds: Option<u64>,
}

/// A key of the set, read.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) key: PublicKey,
    pub(crate) kid: Option<String>,
    algorithm: DeclaredAlgorithm,
    not_before: Option<u64>,
    expires: Option<u64>,
    pub(crate) max_lifetime_seconds: Option<u64>,
}

/// Keys, no two of them with one id.
#[derive(Debug)]
pub(crate) struct KeySet(Vec<Verifier>);

impl KeySet {
    /// Reads the keys of a request: its own and those of a JWK set.
    ///
    /// # Errors
    /// `FieldInvalid`, `JwkSetAmbiguous`, `JwtAlgorithmRefused`, and those of reading a key.
    pub(crate) fn read(keys: &[VerificationKey], published: Option<&JwkSet>) -> Result<Self, Error> {
        let mut verifiers = Vec::new();
        let total = keys.len().saturating_add(published.map_or(0, |set| set.keys.len()));
        if !(1..=MAX_KEYS).contains(&total) {
            return Err(super::invalid(format_args!("found {total} keys, wanted 1 to {MAX_KEYS}")).at("keys"));
        }
        for (index, key) in keys.iter().enumerate() {
            verifiers.push(key.read().map_err(|error| error.within(format_args!("keys.{index}")))?);
        }
        for read in
            published.map(JwkSet::read).transpose().map_err(|error| error.within("jwks"))?.unwrap_or_default()
        {
            verifiers.push(Verifier::of(read, &VerificationKey::default())?);
        }
        for (index, verifier) in verifiers.iter().enumerate() {
            let taken = verifiers.iter().take(index).any(|other| other.kid == verifier.kid);
            if let Some(kid) = verifier.kid.as_deref().filter(|_| taken) {
                return Err(Error::new(
                    ErrorCode::JwkSetAmbiguous,
                    format_args!("found two keys with the kid {kid:?}, wanted an id for each"),
                )
                .at("keys"));
            }
        }
        Ok(Self(verifiers))
    }

    /// Checks a token's signature with the key that made it.
    ///
    /// # Errors
    /// `JwtKeyUnknown`, `JwtAlgorithmRefused`, `JwtKeyOutsideValidity`, `JwtSignatureInvalid`.
    pub(crate) fn verify(&self, token: &Compact<'_>, now: u64) -> Result<&Verifier, Error> {
        let named = self.named(&token.header)?;
        if named.is_empty() {
            return Err(Error::new(
                ErrorCode::JwtKeyUnknown,
                "found no key that checks signatures in the set",
            ));
        }
        let fitting: Vec<&Verifier> =
            named.iter().copied().filter(|verifier| verifier.algorithm.allows(token.header.alg)).collect();
        if fitting.is_empty() {
            let wanted: Vec<&str> = named.iter().map(|verifier| verifier.algorithm.name()).collect();
            return Err(Error::new(
                ErrorCode::JwtAlgorithmRefused,
                format_args!(
                    "found the algorithm {}, wanted {}",
                    token.header.alg.name(),
                    wanted.join(" or ")
                ),
            ));
        }
        let in_use: Vec<&Verifier> =
            fitting.iter().copied().filter(|verifier| verifier.is_in_use(now)).collect();
        if in_use.is_empty() {
            return Err(outside_validity(&fitting, now));
        }
        in_use.into_iter().find(|verifier| verifier.made(token)).ok_or_else(|| {
            Error::new(
                ErrorCode::JwtSignatureInvalid,
                "the signature is not one by the key over header and payload as they are",
            )
        })
    }

    /// The keys with the id that the token names, otherwise those without one; all if it names none.
    fn named(&self, header: &Header) -> Result<Vec<&Verifier>, Error> {
        let Some(kid) = &header.kid else { return Ok(self.0.iter().collect()) };
        let with = |wanted: Option<&str>| -> Vec<&Verifier> {
            self.0.iter().filter(|verifier| verifier.kid.as_deref() == wanted).collect()
        };
        let mut found = with(Some(kid));
        if found.is_empty() {
            found = with(None);
        }
        if found.is_empty() {
            let detail =
                format_args!("found the kid {kid:?}, which none of the keys has; was the key retired?");
            return Err(Error::new(ErrorCode::JwtKeyUnknown, detail));
        }
        Ok(found)
    }
}

impl VerificationKey {
    fn read(&self) -> Result<Verifier, Error> {
        let read = match (&self.public_key, &self.jwk) {
            (Some(pem), None) => {
                let key = PublicKey::from_pem(pem).map_err(|error| error.at("public_key"))?;
                algorithm::check_key(&key).map_err(|error| error.at("public_key"))?;
                ReadJwk { key, kid: None, algorithm: None }
            }
            (None, Some(members)) => ReadJwk::read(members).map_err(|error| error.within("jwk"))?,
            (Some(_), Some(_)) => {
                return Err(super::invalid("found both public_key and jwk, wanted one of them"));
            }
            (None, None) => {
                return Err(super::invalid("found neither public_key nor jwk, wanted one of them"));
            }
        };
        Verifier::of(read, self)
    }
}

impl Verifier {
    fn of(read: ReadJwk, said: &VerificationKey) -> Result<Self, Error> {
        let ReadJwk { key, kid, algorithm } = read;
        let declared = match (said.algorithm, algorithm.map(DeclaredAlgorithm::Exactly)) {
            (Some(said), Some(DeclaredAlgorithm::Exactly(own))) if !said.allows(own) => {
                return Err(unfit(format_args!("found a JWK for {}, wanted {}", own.name(), said.name())));
            }
            (_, Some(own)) => own,
            (Some(said), None) => said,
            (None, None) => DeclaredAlgorithm::Exactly(JwsAlgorithm::of(key.kind())?),
        };
        if !declared.fits(key.kind()) {
            return Err(unfit(format_args!(
                "found a {} key, which does not sign with {}",
                key.kind(),
                declared.name()
            )));
        }
        let own = said.kid.as_deref().map(check_kid).transpose()?;
        if let (Some(own), Some(kid)) = (&own, &kid)
            && own != kid
        {
            return Err(
                super::invalid(format_args!("found a JWK with the kid {kid:?}, wanted {own:?}")).at("kid")
            );
        }
        if said.max_lifetime_seconds.is_some_and(|seconds| !(1..=MAX_LIFETIME_SECONDS).contains(&seconds)) {
            return Err(super::invalid(format_args!("wanted 1 to {MAX_LIFETIME_SECONDS} seconds"))
                .at("max_lifetime_seconds"));
        }
        Ok(Self {
            key,
            kid: own.or(kid),
            algorithm: declared,
            not_before: said.not_before,
            expires: said.expires,
            max_lifetime_seconds: said.max_lifetime_seconds,
        })
    }

    fn is_in_use(&self, now: u64) -> bool {
        self.not_before.is_none_or(|from| from <= now) && self.expires.is_none_or(|until| now < until)
    }

    /// ECDSA's r and s have all the octets of their field, and are numbers of the group (RFC 7518 3.4).
    fn made(&self, token: &Compact<'_>) -> bool {
        let algorithm = token.header.alg.scheme().algorithm();
        self.key
            .signature_from_raw(&token.signature)
            .is_some_and(|signature| self.key.verify(algorithm, token.signing_input, &signature).is_ok())
    }
}

fn outside_validity(keys: &[&Verifier], now: u64) -> Error {
    let detail = match keys.iter().find_map(|key| key.not_before.filter(|from| now < *from)) {
        Some(from) => alloc::format!("the key is in use from {from} on, and it is {now}"),
        None => alloc::format!("the key is not in use any more at {now}; ask for a new token"),
    };
    Error::new(ErrorCode::JwtKeyOutsideValidity, detail)
}

fn unfit(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::JwtAlgorithmRefused, detail).at("algorithm")
}

//! The two shapes of token that are minted.

use alloc::{format, string::String, vec::Vec};

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::Rng;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};

use super::{
    MAX_LIFETIME_SECONDS,
    algorithm::{JwsAlgorithm, check_key},
    binding::{Bound, PathBinding},
    check_text, check_texts,
    claims::ClaimNames,
    compact, invalid,
    policy::lifetime_refused,
};
use crate::{
    error::Error,
    hex, jwk,
    key::PublicKey,
    keys::{Halt, KeyReference, Keys},
    secret::Secret,
    seed::Seed,
};

/// What the token is to say.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// Header `alg`; claims subject, issuer and expiry in this order.
    Compatible {
        /// About whom or what.
        subject: String,
        /// By whom.
        issuer: String,
        /// For how long it is good.
        lifetime_seconds: u64,
        /// The names of the claims, if they are not `sub`, `iss` and `exp`.
        #[serde(default)]
        names: ClaimNames,
    },
    /// Header `alg`, `kid`, `typ`; claims `iss`, `sub`, `aud`, `exp`, `nbf`, `iat`, `jti`, `path` or `path_prefix`,
    /// `device`, those that are said.
    Bound(BoundShape),
}

/// What a bound token says.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BoundShape {
    /// For how long it is good, from `not_before` on.
    pub lifetime_seconds: u64,
    /// The id of the key; otherwise the key's thumbprint (RFC 7638).
    pub kid: Option<String>,
    /// The `typ` of the header; otherwise `JWT`.
    pub r#type: Option<String>,
    /// By whom.
    pub issuer: Option<String>,
    /// About whom or what.
    pub subject: Option<String>,
    /// For whom.
    #[serde(default)]
    pub audience: Vec<String>,
    /// Which paths it opens.
    pub path: Option<PathBinding>,
    /// For which device.
    pub device: Option<String>,
    /// Unix seconds from which on it is good; otherwise `now`.
    pub not_before: Option<u64>,
    /// The token's own id: a text of yours, or `"random"`, which takes a seed.
    pub jti: Option<TokenId>,
}

/// The token's own id (RFC 7519 4.1.7).
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenId {
    /// 128 bits from the seed, in base64url.
    Random,
    /// This text.
    Given(String),
}

/// Who signs, and when.
pub(crate) struct Minting<'a> {
    pub(crate) now: u64,
    pub(crate) seed: Option<&'a Seed>,
    pub(crate) key: &'a KeyReference,
    pub(crate) algorithm: Option<JwsAlgorithm>,
    /// From when on the key is not used any more: no token outlives its key.
    pub(crate) key_expires: Option<u64>,
}

/// A token, and what the caller may want to keep of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Minted {
    /// The token.
    pub token: Secret,
    /// The algorithm.
    pub algorithm: JwsAlgorithm,
    /// The id of the key, where the token names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The token's own id, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Unix seconds from which on it is not good any more.
    pub expires: u64,
}

#[derive(Serialize)]
struct CompatibleHeader {
    alg: JwsAlgorithm,
}

#[derive(Serialize)]
struct BoundHeader<'a> {
    alg: JwsAlgorithm,
    kid: &'a str,
    typ: &'a str,
}

/// Claims in the order in which they are written.
struct CompatibleClaims<'a> {
    names: &'a ClaimNames,
    subject: &'a str,
    issuer: &'a str,
    expires: u64,
}

impl Serialize for CompatibleClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut claims = serializer.serialize_map(Some(3))?;
        claims.serialize_entry(&self.names.subject, self.subject)?;
        claims.serialize_entry(&self.names.issuer, self.issuer)?;
        claims.serialize_entry(&self.names.expires, &self.expires)?;
        claims.end()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

#[derive(Serialize)]
struct BoundClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience<'a>>,
    exp: u64,
    nbf: u64,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_prefix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
}

impl Minting<'_> {
    /// Makes the token; asks the key for one signature. `path` stands in for that of a bound shape.
    ///
    /// # Errors
    /// `FieldInvalid`, `UrlPathRefused`, `JwtLifetimeRefused`, `JwtAlgorithmRefused`, `JwtKeyOutsideValidity`, `JwkMalformed`
    /// for a kid that is none, `RequestTooLarge`, and those of the key.
    pub(crate) fn mint(
        &self,
        shape: &Shape,
        path: Option<Bound>,
        keys: &mut Keys<'_>,
    ) -> Result<Minted, Halt> {
        let public = keys.public_key(self.key).map_err(|error| error.at("key"))?;
        check_key(&public).map_err(|error| error.at("key"))?;
        let algorithm =
            JwsAlgorithm::choose(self.algorithm, &public).map_err(|error| error.at("algorithm"))?;
        let token = Secret::new(String::new());
        let mut minted = Minted { token, algorithm, kid: None, jti: None, expires: 0 };
        let input = match shape {
            Shape::Compatible { subject, issuer, lifetime_seconds, names } => {
                self.compatible((subject, issuer, *lifetime_seconds, names), &mut minted)
            }
            Shape::Bound(shape) => self.bound(shape, path, &public, &mut minted),
        }
        .map_err(|error| error.within("token"))?;
        let signature = keys.sign_by(&self.key.id, &public, algorithm.scheme(), input.as_bytes())?;
        let token = compact::assemble(input, &public.signature_to_raw(&signature)?)?;
        Ok(Minted { token: Secret::new(token), ..minted })
    }

    fn compatible(
        &self,
        (subject, issuer, lifetime_seconds, names): (&str, &str, u64, &ClaimNames),
        minted: &mut Minted,
    ) -> Result<String, Error> {
        check_text("subject", subject)?;
        check_text("issuer", issuer)?;
        names.check()?;
        minted.expires = self.expires(self.now, lifetime_seconds)?;
        let claims = CompatibleClaims { names, subject, issuer, expires: minted.expires };
        compact::signing_input(&CompatibleHeader { alg: minted.algorithm }, &claims)
    }

    fn bound(
        &self,
        shape: &BoundShape,
        path: Option<Bound>,
        public: &PublicKey,
        minted: &mut Minted,
    ) -> Result<String, Error> {
        let (issuer, subject, device) = (&shape.issuer, &shape.subject, &shape.device);
        for (field, text) in
            [("issuer", issuer), ("subject", subject), ("device", device), ("type", &shape.r#type)]
        {
            text.as_deref().map_or(Ok(()), |text| check_text(field, text))?;
        }
        check_texts("audience", &shape.audience)?;
        let path = match path {
            Some(path) => Some(path),
            None => {
                shape.path.as_ref().map(PathBinding::read).transpose().map_err(|error| error.at("path"))?
            }
        };
        let from = shape.not_before.unwrap_or(self.now);
        minted.expires = self.expires(from, shape.lifetime_seconds)?;
        let kid = match &shape.kid {
            Some(kid) => jwk::check_kid(kid)?,
            None => jwk::thumbprint(public)?,
        };
        let claim = path.as_ref().map(Bound::claim);
        let path_of = |wanted| claim.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
        let mut claims = BoundClaims {
            iss: issuer.as_deref(),
            sub: subject.as_deref(),
            aud: match shape.audience.as_slice() {
                [] => None,
                [one] => Some(Audience::One(one)),
                several => Some(Audience::Several(several)),
            },
            exp: minted.expires,
            nbf: from,
            iat: self.now,
            jti: None,
            path: path_of("path"),
            path_prefix: path_of("path_prefix"),
            device: device.as_deref(),
        };
        let header =
            BoundHeader { alg: minted.algorithm, kid: &kid, typ: shape.r#type.as_deref().unwrap_or("JWT") };
        let content = compact::signing_input(&header, &claims)?;
        minted.jti = shape.jti.as_ref().map(|jti| self.token_id(jti, &content)).transpose()?;
        claims.jti = minted.jti.as_deref();
        let input = compact::signing_input(&header, &claims)?;
        minted.kid = Some(kid);
        Ok(input)
    }

    /// When the token ends: with its life, or with its key if that is earlier.
    fn expires(&self, from: u64, lifetime_seconds: u64) -> Result<u64, Error> {
        if !(1..=MAX_LIFETIME_SECONDS).contains(&lifetime_seconds) {
            return Err(lifetime_refused(format_args!(
                "found a life of {lifetime_seconds} seconds, wanted 1 to {MAX_LIFETIME_SECONDS}"
            ))
            .at("lifetime_seconds"));
        }
        if from < self.now || from > self.now.saturating_add(MAX_LIFETIME_SECONDS) {
            return Err(invalid(format_args!(
                "found a beginning at {from}, wanted one from {} on, and within {MAX_LIFETIME_SECONDS} seconds",
                self.now
            ))
            .at("not_before"));
        }
        let own = from.saturating_add(lifetime_seconds);
        let expires = self.key_expires.map_or(own, |key| key.min(own));
        if expires <= from {
            return Err(Error::new(
                crate::error::ErrorCode::JwtKeyOutsideValidity,
                format_args!(
                    "the key is not used any more from {expires} on, and the token would begin at {from}"
                ),
            ));
        }
        Ok(expires)
    }

    /// What the token says is mixed in, so that one seed used twice by mistake still gives two ids.
    fn token_id(&self, jti: &TokenId, content: &str) -> Result<String, Error> {
        match jti {
            TokenId::Given(text) => check_text("jti", text).map(|()| text.clone()),
            TokenId::Random => {
                let seed = self
                    .seed
                    .ok_or_else(|| invalid("found no seed, wanted one for a random jti").at("jti"))?;
                let mut id = [0; 16];
                let purpose = format!("jti {}", hex::sha256(content.as_bytes()));
                seed.generator(&purpose).fill_bytes(&mut id);
                Ok(Base64UrlUnpadded::encode_string(&id))
            }
        }
    }
}

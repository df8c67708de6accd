//! What a message says of itself, before anything of it is proved.

use alloc::{string::String, vec::Vec};

use serde::Serialize;

use super::{
    bare_signature::BareSignature,
    body::Digests,
    detached_cms::DetachedCms,
    freshness::Times,
    http_signature::{HttpReport, HttpSignature},
    message::Message,
};
use crate::{error::Error, inspect::Identifier};

/// What a message says of itself. Anybody can write all of it: it tells what to look up, and nothing else.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claims {
    /// `detached_cms`, `http` or `bare`.
    pub form: &'static str,
    /// How it names the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// How detached CMS names the certificate of its signer: by issuer and serial number, or by key identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<Identifier>,
    /// SHA-256 of each certificate in detached CMS that is the signer's by that name, hexadecimal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// When it was signed, Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<u64>,
    /// The last second in which it wants to count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
    /// What else an HTTP message signature says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpReport>,
    /// The digests of the body that are signed with it, by Content-Digest or by CMS's attribute. `verify_message` with them in
    /// the place of the body says who signed that the body has these digests; whether it has, whoever has the body finds out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digests: Option<Digests>,
    /// Whether the signature is over the body itself, and over nothing else; see `Digests` for what follows for these.
    pub over_body: bool,
}

impl Claims {
    /// What all forms have.
    pub(crate) fn of(form: &'static str, times: Times) -> Self {
        Self { form, signed_at: times.signed_at, expires: times.expires, ..Self::default() }
    }
}

impl Message {
    /// Reads what it says.
    ///
    /// # Errors
    /// Those of the form, `at` the message.
    pub(crate) fn claims(&self) -> Result<Claims, Error> {
        let claims = match self {
            Self::DetachedCms(cms) => DetachedCms::claims(cms),
            Self::Http(http) => HttpSignature::claims(http),
            Self::Bare(bare) => BareSignature::claims(bare),
        };
        claims.map_err(|error| error.at("message"))
    }
}

//! Signing a message in one of its forms: what goes into the headers beside it.

use alloc::{boxed::Box, string::String, vec::Vec};

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};

use super::{
    bare_signature::{EcdsaForm, check_fits},
    body::Body,
    http_signature::signing::HttpSigning,
    invalid,
    signer::{MAX_KEY_ID, check_key},
};
use crate::{
    algorithm::SignatureScheme,
    certificate::Certificate,
    cms::{self, detached},
    error::{Error, ErrorCode},
    jwk::thumbprint,
    key::PublicKey,
    keys::{Halt, KeyReference, Keys},
};

/// The form of a signature, and what it is to say.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Signing {
    /// Detached CMS; it wants a certificate.
    DetachedCms(DetachedCmsSigning),
    /// HTTP message signatures (RFC 9421).
    Http(Box<HttpSigning>),
    /// A bare signature over the body.
    Bare(BareSigning),
}

/// Detached CMS to be made.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DetachedCmsSigning {
    /// Signs the body itself, without saying when; the whole body has to be here. Otherwise attributes are signed that hold
    /// the body's digest and the time.
    pub without_attributes: bool,
}

/// A bare signature to be made; the whole body has to be here, since keys sign messages and not digests.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BareSigning {
    /// How to sign; otherwise as keys of this kind sign here.
    pub scheme: Option<SignatureScheme>,
    /// How ECDSA's signatures are written.
    pub ecdsa: EcdsaForm,
}

/// Who signs.
pub(crate) struct Author {
    pub(crate) id: String,
    pub(crate) public: PublicKey,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) chain: Vec<Certificate>,
    pub(crate) key_id: String,
}

/// A signature and where it goes.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Signed {
    /// Base64, for a header.
    pub signature: String,
    /// How the message names the key: for the header beside a bare signature; of RFC 9421 it is `keyid`.
    pub key_id: String,
    /// Name and value of each header that is to be added; of RFC 9421 alone, other forms have no names of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
}

impl Author {
    /// Reads who signs. Where no id of the key is given, it is SHA-256 of the certificate in hexadecimal, or else the
    /// thumbprint of the key as a JWK, or SHA-256 of its SubjectPublicKeyInfo where it has none.
    ///
    /// # Errors
    /// `FieldInvalid`, `KeyMismatch`, `KeyTooSmall`, `KeyUnsupported`, and those of keys and certificates.
    pub(crate) fn read(
        key: &KeyReference,
        certificate: Option<&str>,
        chain: &[String],
        key_id: Option<String>,
        keys: &Keys<'_>,
    ) -> Result<Self, Error> {
        let public = keys.public_key(key).map_err(|error| error.at("key"))?;
        check_key(&public, true).map_err(|error| error.at("key"))?;
        let certificate =
            certificate.map(Certificate::from_pem).transpose().map_err(|error| error.at("certificate"))?;
        if let Some(certificate) = &certificate
            && certificate.public_key().map_err(|error| error.at("certificate"))? != public
        {
            return Err(
                Error::new(ErrorCode::KeyMismatch, "the certificate is of another key").at("certificate")
            );
        }
        if chain.len() >= cms::MAX_CERTIFICATES {
            return Err(invalid(format_args!(
                "found {} certificates, wanted fewer than {}",
                chain.len(),
                cms::MAX_CERTIFICATES
            ))
            .at("chain"));
        }
        let chain = crate::path::material::each(chain.to_vec(), "chain", |pem| Certificate::from_pem(&pem))?;
        let key_id = match (key_id, &certificate) {
            (Some(key_id), _) => check_text(key_id, "key_id")?,
            (None, Some(certificate)) => certificate.sha256(),
            (None, None) => thumbprint(&public).unwrap_or_else(|_| public.sha256()),
        };
        Ok(Self { id: key.id.clone(), public, certificate, chain, key_id })
    }

    /// A raw signature; ECDSA's is r and s.
    ///
    /// # Errors
    /// Those of the key.
    pub(crate) fn sign_raw(
        &self,
        keys: &mut Keys<'_>,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Halt> {
        let signature = keys.sign_by(&self.id, &self.public, scheme, message)?;
        Ok(self.public.signature_to_raw(&signature)?)
    }
}

/// A text that goes into a header: printable ASCII.
///
/// # Errors
/// `FieldInvalid`.
pub(crate) fn check_text(text: String, field: &str) -> Result<String, Error> {
    let is_printable = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
    match is_printable && (1..=MAX_KEY_ID).contains(&text.len()) {
        true => Ok(text),
        false => {
            Err(invalid(format_args!("wanted 1 to {MAX_KEY_ID} printable characters of ASCII")).at(field))
        }
    }
}

impl Signing {
    /// Signs a message; asks the key for one signature.
    ///
    /// # Errors
    /// `FieldInvalid`, `MessageBodyNeeded`, `MessageAlgorithmRefused`, those of the form and of the key.
    pub(crate) fn sign(
        &self,
        author: Author,
        body: &Body,
        now: u64,
        keys: &mut Keys<'_>,
    ) -> Result<Signed, Halt> {
        match self {
            Self::DetachedCms(cms) => cms.sign(author, body, now, keys),
            Self::Http(http) => http.sign(author, body, now, keys),
            Self::Bare(bare) => bare.sign(author, body, keys),
        }
    }
}

impl DetachedCmsSigning {
    fn sign(&self, author: Author, body: &Body, now: u64, keys: &mut Keys<'_>) -> Result<Signed, Halt> {
        let certificate = author.certificate.as_ref().ok_or_else(|| {
            invalid("found no certificate, wanted one: CMS names its signer by it").at("certificate")
        })?;
        let signer = cms::signed_data::Signer { key: &author.id, certificate };
        let hash;
        let content = match self.without_attributes {
            true => detached::Content::Whole(body.whole()?),
            false => {
                hash = body.digest(detached::digest_of(author.public.signature_scheme()))?;
                detached::Content::Described { hash: &hash, signed_at: now }
            }
        };
        let der = detached::sign(&signer, keys, &content, &author.chain)?;
        Ok(Signed { signature: Base64::encode_string(&der), key_id: author.key_id, headers: Vec::new() })
    }
}

impl BareSigning {
    fn sign(&self, author: Author, body: &Body, keys: &mut Keys<'_>) -> Result<Signed, Halt> {
        let scheme = self.scheme.unwrap_or_else(|| author.public.signature_scheme());
        check_fits(scheme, &author.public)?;
        let signature = match self.ecdsa {
            EcdsaForm::Der => keys.sign_by(&author.id, &author.public, scheme, body.whole()?)?,
            EcdsaForm::Raw => author.sign_raw(keys, scheme, body.whole()?)?,
        };
        Ok(Signed {
            signature: Base64::encode_string(&signature),
            key_id: author.key_id,
            headers: Vec::new(),
        })
    }
}

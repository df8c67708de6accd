//! Making an HTTP message signature (RFC 9421 section 3.1).

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use base64ct::{Base64, Encoding};
use serde::Deserialize;

use super::{
    HttpRequest, HttpResponse,
    algorithm::HttpAlgorithm,
    base::Context,
    component::{Covered, list_of},
    context,
    fields::StructuredType,
    label,
    parameters::SignatureParameters,
};
use crate::{
    device::{
        body::Body,
        content_digest::{self, ContentDigest, ContentDigestAlgorithm},
        invalid,
        signing::{Author, Signed, check_text},
    },
    error::Error,
    key::KeyKind,
    keys::{Halt, Keys},
    structured_field::{InnerList, parse_dictionary, serialize_inner_list},
};

/// The longest life of a signature: 366 days.
const MAX_LIFETIME_SECONDS: u64 = 366 * 86_400;

/// A signature to be made of a message: of a request; or of a response, perhaps with the request that it answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HttpSigning {
    /// The request.
    pub request: Option<HttpRequest>,
    /// The response; if there is one, it is what is signed.
    pub response: Option<HttpResponse>,
    /// The label: `sig1` unless it is said.
    pub label: Option<String>,
    /// What is covered, by name or as RFC 9421 writes identifiers: `@method`, `@target-uri` (of a response `@status`) and,
    /// where there is a body, `content-digest`, unless it is said.
    pub components: Option<Vec<String>>,
    /// The digests of a Content-Digest that is added where the message has none: SHA-256 unless it is said; for an empty body
    /// none.
    pub content_digest: Option<Vec<ContentDigestAlgorithm>>,
    /// How to sign: `rsa-v1_5-sha256` for RSA, and the one of the curve for others, unless it is said.
    pub algorithm: Option<HttpAlgorithm>,
    /// Leaves out the parameter `alg`.
    pub without_alg: bool,
    /// How long the signature counts; not said by it if nothing is said here.
    pub lifetime_seconds: Option<u64>,
    /// Something that no other signature has.
    pub nonce: Option<String>,
    /// What the signature is for.
    pub tag: Option<String>,
    /// Which fields are structured and how, for `sf`.
    pub structured_fields: BTreeMap<String, StructuredType>,
}

impl HttpSigning {
    /// Signs the message. The headers to add are Content-Digest, if one is added, Signature-Input and Signature.
    ///
    /// # Errors
    /// `FieldInvalid`, `MessageMalformed`, `MessageComponentUnavailable`, `MessageBodyMismatch` for a Content-Digest of
    /// another body, `MessageBodyNeeded`, `MessageAlgorithmRefused`, those of the key.
    pub(crate) fn sign(
        &self,
        author: Author,
        body: &Body,
        now: u64,
        keys: &mut Keys<'_>,
    ) -> Result<Signed, Halt> {
        let mut context = context(self.request.as_ref(), self.response.as_ref(), &self.structured_fields)?;
        let mut headers = self.add_digest(&mut context, body)?;
        let label = self.free_label(&context)?;
        let algorithm = self.algorithm(&author)?;
        let mut list: InnerList =
            list_of(&self.covered(&context)).map_err(|error| error.at("message.components"))?;
        list.parameters = self.parameters(&author, algorithm, now)?.write();
        let covered = Covered::read_all(&list)?;
        let base = context.base(&covered, &list)?;
        let signature = author.sign_raw(keys, algorithm.scheme(), base.as_bytes())?;
        let signature = Base64::encode_string(&signature);
        headers.push(("Signature-Input".into(), format!("{label}={}", serialize_inner_list(&list))));
        headers.push(("Signature".into(), format!("{label}=:{signature}:")));
        Ok(Signed { signature, key_id: author.key_id, headers })
    }

    /// Adds a Content-Digest, if one is to be added, to the message that is signed.
    fn add_digest(&self, context: &mut Context, body: &Body) -> Result<Vec<(String, String)>, Error> {
        let Some(side) = context.own_side() else { return Ok(Vec::new()) };
        if let Some(own) = side.headers.combined("content-digest") {
            ContentDigest::read(&own, None)?.check(body)?;
            return Ok(Vec::new());
        }
        let usual: &[ContentDigestAlgorithm] =
            if body.is_empty() { &[] } else { &[ContentDigestAlgorithm::Sha256] };
        let algorithms = self.content_digest.as_deref().unwrap_or(usual);
        if algorithms.is_empty() {
            return Ok(Vec::new());
        }
        let value = content_digest::write(body, algorithms)?;
        side.headers.add("content-digest", &value);
        Ok(vec![("Content-Digest".to_owned(), value)])
    }

    fn covered(&self, context: &Context) -> Vec<String> {
        let usual: &[&str] = if self.response.is_some() { &["@status"] } else { &["@method", "@target-uri"] };
        let has_digest = context.side(false).is_some_and(|side| side.headers.has("content-digest"));
        let digest = has_digest.then_some("content-digest");
        let usual = || usual.iter().copied().chain(digest).map(ToString::to_string).collect();
        self.components.clone().unwrap_or_else(usual)
    }

    fn algorithm(&self, author: &Author) -> Result<HttpAlgorithm, Error> {
        let usual: &[HttpAlgorithm] = match author.public.kind() {
            KeyKind::Rsa { .. } => &[HttpAlgorithm::RsaV15Sha256],
            _ => &HttpAlgorithm::ALL,
        };
        let allowed = self.algorithm.as_ref().map_or(usual, core::slice::from_ref);
        HttpAlgorithm::choose(None, allowed, &author.public).map_err(|error| error.at("message.algorithm"))
    }

    fn parameters(
        &self,
        author: &Author,
        algorithm: HttpAlgorithm,
        now: u64,
    ) -> Result<SignatureParameters, Error> {
        let text =
            |text: &Option<String>, field: &str| text.clone().map(|text| check_text(text, field)).transpose();
        if self.lifetime_seconds.is_some_and(|seconds| !(1..=MAX_LIFETIME_SECONDS).contains(&seconds)) {
            return Err(invalid(format_args!("wanted 1 to {MAX_LIFETIME_SECONDS} seconds"))
                .at("message.lifetime_seconds"));
        }
        crate::validity::date_time_of(now, "now")?;
        Ok(SignatureParameters {
            created: Some(now),
            expires: self.lifetime_seconds.map(|seconds| now.saturating_add(seconds)),
            nonce: text(&self.nonce, "message.nonce")?,
            alg: (!self.without_alg).then(|| algorithm.name().to_owned()),
            keyid: Some(author.key_id.clone()),
            tag: text(&self.tag, "message.tag")?,
        })
    }

    /// A label that the message does not have yet, and that a dictionary can have.
    fn free_label(&self, context: &Context) -> Result<String, Error> {
        let label = self.label.as_deref().unwrap_or("sig1");
        let wrong =
            |detail: &str| invalid(format_args!("found the label {label:?}: {detail}")).at("message.label");
        match parse_dictionary(label) {
            Ok(own) if own.iter().map(|(name, _)| name).eq([label]) => {}
            _ => return Err(wrong("wanted small letters, digits, '_', '-', '.' and '*'")),
        }
        let taken = ["signature", "signature-input"].into_iter().any(|name| label::has(context, name, label));
        match taken {
            true => Err(wrong("the message has a signature of that label, or ones that cannot be read")),
            false => Ok(label.into()),
        }
    }
}

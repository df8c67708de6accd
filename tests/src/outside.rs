//! Private keys that the engine does not hold: questions are answered from here, as a KMS would.

use anyhow::{Context, Result, bail, ensure};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealwright_core::algorithm::{KeyTransport, SignatureScheme};
use sealwright_core::key::PrivateKey;

use crate::json::Json;
use crate::vector::{Answer, Key, base64url};

/// More questions than an operation of a vector asks.
const MAX_ROUNDS: usize = 16;

/// A question of the engine.
#[derive(Debug)]
pub struct Question<'a> {
    /// The id of the key.
    pub key: &'a str,
    /// `sign` or `decrypt`.
    pub purpose: &'a str,
    /// The scheme, as it stands in the question.
    pub scheme: &'a str,
    /// What to sign or decrypt.
    pub input: Vec<u8>,
}

/// Sends the request with no key held, and again with the answers, until there is no question left.
pub fn converse(
    request: &Json,
    call: impl Fn(&[u8]) -> Result<Answer>,
    answer: impl Fn(&Question<'_>) -> Result<Option<Vec<u8>>>,
) -> Result<Answer> {
    let mut answers: Vec<Json> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let outcome = call(&with_answers(request, &answers)?.compact())?;
        if outcome.status != 1 {
            return Ok(outcome);
        }
        let body = Json::parse(&outcome.body)?;
        for question in body.at("/needs")?.items()? {
            answers.push(match answer(&read(question)?)? {
                Some(bytes) => Json::String(Base64UrlUnpadded::encode_string(&bytes)),
                None => Json::Null,
            });
        }
    }
    bail!("{MAX_ROUNDS} rounds of questions and no end")
}

fn with_answers(request: &Json, answers: &[Json]) -> Result<Json> {
    let Json::Object(fields) = request else {
        bail!("wanted a request that is an object");
    };
    let mut fields = fields.clone();
    if !answers.is_empty() {
        fields.insert("answers".to_owned(), Json::Array(answers.to_vec()));
    }
    Ok(Json::Object(fields))
}

fn read(question: &Json) -> Result<Question<'_>> {
    let input = question.at("/input")?.text()?;
    Ok(Question {
        key: question.at("/key")?.text()?,
        purpose: question.at("/use")?.text()?,
        scheme: question.at("/scheme")?.text()?,
        input: base64url(input)?,
    })
}

/// The key of a vector that a question names.
pub fn find<'a>(keys: &'a [Key], question: &Question<'_>) -> Result<&'a Key> {
    keys.iter()
        .find(|key| key.id == question.key)
        .with_context(|| format!("nobody has the key {:?}", question.key))
}

/// Answers with the engine's own arithmetic, so that randomised schemes give the same bytes as a held key.
pub fn answer(keys: &[Key], question: &Question<'_>) -> Result<Option<Vec<u8>>> {
    let key = PrivateKey::from_pem(&find(keys, question)?.pem)?;
    let scheme = serde_json::Value::from(question.scheme);
    if question.purpose == "decrypt" {
        let scheme: KeyTransport = serde_json::from_value(scheme)?;
        return Ok(key.decrypt(scheme, &question.input)?.map(|bytes| bytes.to_vec()));
    }
    let scheme: SignatureScheme = serde_json::from_value(scheme)?;
    let signature = key.sign(scheme, &question.input)?;
    Ok(Some(match scheme {
        SignatureScheme::EcdsaP256Sha256 => fixed(&signature, 32)?,
        SignatureScheme::EcdsaP384Sha384 => fixed(&signature, 48)?,
        SignatureScheme::EcdsaP521Sha512 => fixed(&signature, 66)?,
        _ => signature,
    }))
}

/// An ECDSA signature as r and s of fixed size (IEEE P1363), out of its DER (RFC 3279 2.2.3). The lengths
/// of these curves fit in one octet; that of P-521's sequence has one more before it.
pub fn fixed(der: &[u8], size: usize) -> Result<Vec<u8>> {
    let ([0x30, 0x81, _, rest @ ..] | [0x30, _, rest @ ..]) = der else {
        bail!("wanted a SEQUENCE");
    };
    let (r, rest) = integer(rest, size)?;
    let (s, rest) = integer(rest, size)?;
    ensure!(rest.is_empty(), "found octets after the signature");
    Ok([r, s].concat())
}

fn integer(der: &[u8], size: usize) -> Result<(Vec<u8>, &[u8])> {
    let [0x02, len, rest @ ..] = der else {
        bail!("wanted an INTEGER");
    };
    let (value, rest) = rest.split_at_checked(usize::from(*len)).context("a cut INTEGER")?;
    let value = value.strip_prefix(&[0]).unwrap_or(value);
    let padding = size.checked_sub(value.len()).context("found an INTEGER that is too large")?;
    Ok(([&vec![0; padding], value].concat(), rest))
}

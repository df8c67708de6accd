//! The vectors: requests, and the exact responses that every door must give.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

use crate::json::Json;

/// One request and its response.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// The name of the vector in its file.
    pub id: String,
    /// What it is there to show.
    pub why: String,
    /// The keys that the engine holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// Set when the response is another one if the key is not held: the error is about the key ring, or the
    /// request does not say what the public key is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_only: bool,
    /// What is sent: an object; or a string, whose text is sent as it is.
    pub request: Json,
    /// What must come back, when it is not an error: `{"ok":...}` or `{"needs":...}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Json>,
    /// What must come back as `{"error":...}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Json>,
}

/// A private key that the engine holds under an id.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The id by which requests name it.
    pub id: String,
    /// PKCS#8, PEM.
    pub pem: String,
}

/// What the engine answered.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// 0, 1 (needs), or the number of the error code.
    pub status: u32,
    /// The response, byte for byte.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

impl Vector {
    /// The bytes to send.
    #[must_use]
    pub fn request_bytes(&self) -> Vec<u8> {
        match &self.request {
            Json::String(text) => text.clone().into_bytes(),
            request => request.compact(),
        }
    }

    /// The bytes that must come back.
    pub fn expected(&self) -> Result<Vec<u8>> {
        match (&self.response, &self.error) {
            (Some(response), None) => Ok(response.compact()),
            (None, Some(error)) => {
                let fields = [("error".to_owned(), error.clone())];
                Ok(Json::Object(fields.into_iter().collect()).compact())
            }
            _ => anyhow::bail!("{}: wanted either a response or an error", self.id),
        }
    }

    /// The status that must come back: 0, 1 where a key is asked for, or the number of the error code.
    pub fn status(&self) -> Result<u32> {
        Ok(match self.error_code() {
            None => u32::from(!self.is_success()),
            Some(name) => serde_json::from_value::<sealwright_core::ErrorCode>(name.into())?.number(),
        })
    }

    /// Whether the response is a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.response.as_ref().is_some_and(|response| response.get("ok").is_some())
    }

    /// Whether it is about what Debian's OpenSSL does not know: ML-DSA came with OpenSSL 3.5. The tests in
    /// `interop_ml_dsa.rs` have a later one as judge.
    #[must_use]
    pub fn is_beyond_openssl(&self) -> bool {
        self.id.contains("ml-dsa")
    }

    /// The text of a field of the success.
    pub fn text(&self, pointer: &str) -> Result<&str> {
        let response = self.response.as_ref().context("the vector has no response")?;
        response.at("/ok")?.at(pointer)?.text()
    }

    /// The octets of a field of the success that is base64url.
    pub fn octets(&self, pointer: &str) -> Result<Vec<u8>> {
        base64url(self.text(pointer)?)
    }

    /// The code of the error that must come back.
    #[must_use]
    pub fn error_code(&self) -> Option<&str> {
        self.error.as_ref()?.get("code")?.text().ok()
    }
}

/// The octets of base64url without padding.
pub fn base64url(text: &str) -> Result<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).map_err(|error| anyhow::anyhow!("{text:?}: {error}"))
}

/// The folder of the vectors.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// All vectors, by the name of their file, which is the operation.
pub fn all() -> Result<Vec<(String, Vec<Vector>)>> {
    let mut files = Vec::new();
    for name in names(&folder())? {
        files.push((name.clone(), of(&name)?));
    }
    ensure!(!files.is_empty(), "there are no vectors in {}", folder().display());
    Ok(files)
}

/// The vectors of one file.
pub fn of(name: &str) -> Result<Vec<Vector>> {
    let path = folder().join(format!("{name}.json"));
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("in {}", path.display()))
}

/// The names of the JSON files of a folder that hold vectors or recipes, sorted.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("cannot list {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".json")
            && name != "unreachable"
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Runs a check on every success of an operation that OpenSSL can judge, each with an empty folder, and reports the first that fails.
pub fn each_success(operation: &str, check: impl Fn(&Vector, &Path) -> Result<()>) -> Result<()> {
    let mut count = 0;
    for vector in of(operation)?.iter().filter(|vector| vector.is_success() && !vector.is_beyond_openssl()) {
        let folder = tempfile::tempdir()?;
        check(vector, folder.path()).with_context(|| format!("{operation}/{}", vector.id))?;
        count += 1;
    }
    ensure!(count > 0, "{operation} has no success");
    Ok(())
}

//! Recipes: requests as people write them, with references in place of what other requests gave.
//!
//! An object with one of these fields stands for a value:
//!
//! - `{"$vector": "create_csr/rsa", "at": "/csr"}`: that field of the success of another vector
//! - `{"$request": "create_csr/rsa", "at": "/seed"}`: that field of its request
//! - `{"$file": "inputs/csr.pem"}`: the text of a file; with `"as": "base64url"` its bytes
//! - `{"$key": "rsa-root"}`: a reference to the key `keys/rsa-root.pem` with its public half
//! - `{"$der": value}`: the octets of a PEM text, as base64url
//! - `{"$corrupt": value, "byte": -1}`: PEM or base64url with one bit of one octet changed, counted from
//!   the end when negative
//! - `{"$without": value, "fields": ["certificate"]}` and `{"$with": value, "fields": {...}}`: an object
//!   with fewer or other fields
//! - `{"$without_mac": value}`: PKCS#12 as base64url without its MacData
//! - `{"$with_plain_state": value, "certificate": value, "state": "base64url"}`: the same, and in place of the
//!   encrypted certificates one that is not, with that state
//! - `{"$join": [value, ...]}`: texts, one after the other

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde::Deserialize;

use crate::forgery;
use crate::json::Json;
use crate::vector::{Key, Vector, folder, names};

/// A vector without its response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    id: String,
    why: String,
    /// The keys that are held: ids of `keys/<id>.pem`, or the files of others.
    #[serde(default)]
    keys: Vec<HeldKey>,
    #[serde(default)]
    held_only: bool,
    request: Json,
}

/// A key that the engine holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum HeldKey {
    Ours(String),
    Other { id: String, file: String },
}

/// All recipes, and the vectors that have been made of them so far.
pub struct Kitchen<'a> {
    recipes: BTreeMap<String, Vec<Recipe>>,
    done: BTreeMap<String, Vector>,
    complete: &'a dyn Fn(&mut Vector) -> Result<()>,
    busy: Vec<String>,
}

impl<'a> Kitchen<'a> {
    /// Reads the recipes. `complete` gives a vector its response.
    pub fn open(complete: &'a dyn Fn(&mut Vector) -> Result<()>) -> Result<Self> {
        let recipes_folder = folder().join("recipes");
        let mut recipes = BTreeMap::new();
        for name in names(&recipes_folder)? {
            let path = recipes_folder.join(format!("{name}.json"));
            let list: Vec<Recipe> = serde_json::from_slice(&std::fs::read(&path)?)
                .with_context(|| format!("in {}", path.display()))?;
            recipes.insert(name, list);
        }
        Ok(Self { recipes, done: BTreeMap::new(), complete, busy: Vec::new() })
    }

    /// Makes every vector, by file.
    pub fn make_all(&mut self) -> Result<BTreeMap<String, Vec<Vector>>> {
        let mut files = BTreeMap::new();
        for (file, recipes) in self.recipes.clone() {
            let mut vectors = Vec::new();
            for recipe in recipes {
                vectors.push(self.make(&format!("{file}/{}", recipe.id))?);
            }
            files.insert(file, vectors);
        }
        Ok(files)
    }

    /// Makes one vector, `<file>/<id>`, and those that it refers to.
    pub fn make(&mut self, name: &str) -> Result<Vector> {
        if let Some(vector) = self.done.get(name) {
            return Ok(vector.clone());
        }
        ensure!(!self.busy.iter().any(|busy| busy == name), "{name} refers to itself");
        let recipe = self.recipe(name)?;
        self.busy.push(name.to_owned());
        let vector = self.cook(recipe).with_context(|| format!("in the recipe {name}"))?;
        self.busy.pop();
        self.done.insert(name.to_owned(), vector.clone());
        Ok(vector)
    }

    fn recipe(&self, name: &str) -> Result<Recipe> {
        let (file, id) = name.split_once('/').context("wanted <operation>/<id>")?;
        let recipes = self.recipes.get(file).with_context(|| format!("no recipes for {file}"))?;
        let found: Vec<&Recipe> = recipes.iter().filter(|recipe| recipe.id == id).collect();
        match found[..] {
            [recipe] => Ok(recipe.clone()),
            _ => bail!("found {} recipes named {name}, wanted one", found.len()),
        }
    }

    fn cook(&mut self, recipe: Recipe) -> Result<Vector> {
        let mut keys = Vec::new();
        for key in recipe.keys {
            let (id, path) = match key {
                HeldKey::Ours(id) => (id.clone(), format!("keys/{id}.pem")),
                HeldKey::Other { id, file } => (id, file),
            };
            keys.push(Key { id, pem: file(&path)? });
        }
        let mut vector = Vector {
            request: self.resolve(&recipe.request)?,
            id: recipe.id,
            why: recipe.why,
            held_only: recipe.held_only,
            keys,
            response: None,
            error: None,
        };
        (self.complete)(&mut vector)?;
        Ok(vector)
    }

    fn resolve(&mut self, value: &Json) -> Result<Json> {
        Ok(match value {
            Json::Array(items) => {
                Json::Array(items.iter().map(|item| self.resolve(item)).collect::<Result<_>>()?)
            }
            Json::Object(fields) => match fields.first() {
                Some((name, argument)) if name.starts_with('$') => self.reference(name, argument, value)?,
                _ => {
                    let mut resolved = fields.clone();
                    for field in resolved.values_mut() {
                        *field = self.resolve(field)?;
                    }
                    Json::Object(resolved)
                }
            },
            plain => plain.clone(),
        })
    }

    fn reference(&mut self, name: &str, argument: &Json, whole: &Json) -> Result<Json> {
        Ok(match name {
            "$vector" => {
                let vector = self.make(argument.text()?)?;
                let response = vector.response.with_context(|| format!("{argument:?} is an error"))?;
                response.at("/ok")?.at(whole.at("/at")?.text()?)?.clone()
            }
            "$request" => self.make(argument.text()?)?.request.at(whole.at("/at")?.text()?)?.clone(),
            "$file" => Json::String(match whole.get("as") {
                None => file(argument.text()?)?,
                Some(_) => Base64UrlUnpadded::encode_string(&std::fs::read(path(argument.text()?))?),
            }),
            "$key" => key_reference(argument.text()?)?,
            "$der" => {
                let (_, octets) = unpack(self.resolve(argument)?.text()?)?;
                Json::String(Base64UrlUnpadded::encode_string(&octets))
            }
            "$corrupt" => corrupt(self.resolve(argument)?.text()?, whole.at("/byte")?)?,
            "$without_mac" => {
                let (_, pfx) = unpack(self.resolve(argument)?.text()?)?;
                Json::String(Base64UrlUnpadded::encode_string(&forgery::without_mac(&pfx)?))
            }
            "$with_plain_state" => {
                let (_, pfx) = unpack(self.resolve(argument)?.text()?)?;
                let (_, certificate) = unpack(self.resolve(whole.at("/certificate")?)?.text()?)?;
                let (_, state) = unpack(whole.at("/state")?.text()?)?;
                let forged = forgery::with_plain_state(&pfx, &certificate, &state)?;
                Json::String(Base64UrlUnpadded::encode_string(&forged))
            }
            "$join" => {
                let parts = argument.items()?.iter().map(|part| self.resolve(part));
                let parts = parts.collect::<Result<Vec<_>>>()?;
                Json::String(parts.iter().map(Json::text).collect::<Result<String>>()?)
            }
            "$with" | "$without" => {
                let (base, fields) = (self.resolve(argument)?, self.resolve(whole.at("/fields")?)?);
                changed(base, &fields)?
            }
            other => bail!("there is no reference {other}"),
        })
    }
}

fn changed(base: Json, fields: &Json) -> Result<Json> {
    let Json::Object(mut base) = base else {
        bail!("wanted an object to change");
    };
    match fields {
        Json::Object(fields) => base.extend(fields.clone()),
        other => {
            for field in other.items()? {
                base.shift_remove(field.text()?).context("there is no such field to leave out")?;
            }
        }
    }
    Ok(Json::Object(base))
}

fn key_reference(id: &str) -> Result<Json> {
    let public_key = file(&format!("keys/{id}.pub.pem"))?;
    let fields = [("id", id.to_owned()), ("public_key", public_key)];
    Ok(Json::Object(fields.into_iter().map(|(name, text)| (name.to_owned(), Json::String(text))).collect()))
}

fn corrupt(text: &str, byte: &Json) -> Result<Json> {
    let Json::Number(byte) = byte else {
        bail!("wanted the number of an octet");
    };
    let (label, mut octets) = unpack(text)?;
    let index = byte.as_i64().context("wanted a whole number")?;
    let len = i64::try_from(octets.len())?;
    let index = usize::try_from(if index < 0 { len + index } else { index })?;
    *octets.get_mut(index).context("there is no such octet")? ^= 1;
    Ok(Json::String(match label {
        None => Base64UrlUnpadded::encode_string(&octets),
        Some(label) => pem(&label, &octets),
    }))
}

/// The label, if it is PEM, and the octets.
fn unpack(text: &str) -> Result<(Option<String>, Vec<u8>)> {
    let bad = |error: base64ct::Error| anyhow::anyhow!("{error}");
    let Some(rest) = text.trim_start().strip_prefix("-----BEGIN ") else {
        return Ok((None, Base64UrlUnpadded::decode_vec(text).map_err(bad)?));
    };
    let (label, rest) = rest.split_once("-----").context("a cut PEM block")?;
    let (body, _) = rest.split_once("-----END").context("a cut PEM block")?;
    let body: String = body.split_whitespace().collect();
    Ok((Some(label.to_owned()), Base64::decode_vec(&body).map_err(bad)?))
}

fn pem(label: &str, octets: &[u8]) -> String {
    let body = Base64::encode_string(octets);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn path(name: &str) -> std::path::PathBuf {
    folder().join(Path::new(name))
}

fn file(name: &str) -> Result<String> {
    std::fs::read_to_string(path(name)).with_context(|| format!("cannot read {name}"))
}

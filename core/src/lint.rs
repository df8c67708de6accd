//! Trouble that can be seen before a fleet meets it: in certificates, chains, requests, revocation lists and
//! authorities.
//!
//! Nothing here refuses anything: what is broken is read as far as it goes, and each thing that is wrong, or will
//! be, is a finding with a stable id, a place, what to do, and the document or client that it comes from. All
//! rules are data in one table, `rule::TABLE`, subject by subject.

mod address;
mod alternative_name;
mod authority;
mod certificate;
mod certificate_list;
mod certificate_request;
mod chain;
mod extensions;
mod finding;
mod key;
mod key_usage;
mod name;
mod path;
mod policy;
mod purpose;
mod rule;
mod serial_number;
mod signature;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod validity;

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::{
    authority::Authority,
    error::{Error, ErrorCode},
    hex,
    inspect::{
        self, Description, PublicKey,
        problem::Problem,
        recognition::{self, Kind},
        source::{self, Block},
    },
    secret::Secret,
};
use certificate::Certificate;
use certificate_list::CertificateList;
use chain::{Chain, Link};
use finding::Findings;
use rule::rules;

pub use finding::Finding;
pub use purpose::Purpose;
pub use rule::{Explanation, Severity};

rules! {
    UNREADABLE, Error, "X.690 10 and 11":
        "an object, or a part of one, cannot be read as DER";
        "get it again from where it was made, in DER or PEM".
}

/// How many texts one request may have.
pub const MAX_INPUTS: usize = 64;
/// How many objects there may be in them, and in the authority's value.
const MAX_OBJECTS: usize = 256;

/// How to look.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The time, Unix seconds.
    pub now: u64,
    /// What the certificates and requests are meant for that are no authority's; if there is none, the first one.
    pub purpose: Purpose,
    /// How many characters an MDM appends to the common name of a device.
    pub appended_characters: usize,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LintedObject"))]
pub struct Object {
    /// `certificate`, `certificate_request`, `certificate_list`, `authority` or another kind of `inspect`.
    pub kind: &'static str,
    /// Where it stands in the request: `inputs.0.1`, `authority.chain.0`, `helpers.0`.
    pub at: String,
    /// Which of the inputs it comes from, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<usize>,
    /// The subject, or the issuer of a list, as RFC 4514 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// SHA-256 of the DER, lowercase hex; not of private keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The worst first.
    pub findings: Vec<Finding>,
    /// How many more there are of rules that were told often.
    #[serde(skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// The rules, in their order.
#[must_use]
pub fn explanations() -> Vec<Explanation> {
    rule::TABLE.iter().flat_map(|subject| subject.iter()).map(|rule| rule.explanation()).collect()
}

/// Looks at all objects of the inputs, at an authority and at its helpers' certificates (PEM).
///
/// # Errors
/// `FieldInvalid` if there is nothing to look at, or too much; `PemMalformed` if an input is neither PEM nor base64,
/// or a helper is no PEM; `RequestTooLarge`.
pub fn lint(
    inputs: &[Secret],
    authority: Option<&Authority>,
    helpers: &[String],
    setting: &Setting,
) -> Result<Vec<Object>, Error> {
    let sources = sources(inputs, authority, helpers)?;
    let mut findings: Vec<Findings> = Vec::new();
    let mut objects = Vec::new();
    let mut read = Vec::new();
    for source in &sources {
        let mut found = Findings::default();
        read.push(Read::of(source, &mut found));
        findings.push(found);
    }
    let (links, lists) = judge(&sources, read, authority, setting, &mut findings, &mut objects);
    let chain = Chain::new(&links);
    let issuers = chain.check(&mut findings);
    let ders = lists.iter().filter_map(|(object, _)| sources.get(*object));
    let ders: Vec<_> = ders.map(|source| (source.at.as_str(), source.block.der.as_slice())).collect();
    let places = |object: usize| sources.get(object).map(|source| source.at.clone()).unwrap_or_default();
    path::check(&links, &issuers, &ders, &places, setting, &mut findings);
    for (object, list) in &lists {
        if let Some(findings) = findings.get_mut(*object) {
            chain.check_list(list, findings);
        }
    }
    for (object, findings) in objects.iter_mut().zip(findings) {
        (object.findings, object.left_out) = findings.finish();
    }
    if let Some(authority) = authority {
        objects.push(authority_object(authority, setting));
    }
    Ok(objects)
}

/// One object before anybody looked inside.
struct Source {
    at: String,
    input: Option<usize>,
    is_helper: bool,
    block: Block,
}

fn sources(
    inputs: &[Secret],
    authority: Option<&Authority>,
    helpers: &[String],
) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    let too_many = |what: &dyn core::fmt::Display| Error::new(ErrorCode::FieldInvalid, what);
    if inputs.len() > MAX_INPUTS {
        return Err(too_many(&format_args!("found {} inputs, wanted at most {MAX_INPUTS}", inputs.len()))
            .at("inputs"));
    }
    for (input, text) in inputs.iter().enumerate() {
        let blocks =
            source::blocks(text.expose()).map_err(|error| error.at(format_args!("inputs.{input}")))?;
        inspect::refuse_large(&blocks).map_err(|error| error.at(format_args!("inputs.{input}")))?;
        let place = |(index, block)| Source {
            at: format!("inputs.{input}.{index}"),
            input: Some(input),
            is_helper: false,
            block,
        };
        sources.extend(blocks.into_iter().enumerate().map(place));
    }
    for (index, text) in helpers.iter().enumerate() {
        let blocks = source::blocks(text).map_err(|error| error.at(format_args!("helpers.{index}")))?;
        let first = blocks.into_iter().next();
        sources.extend(first.map(|block| Source {
            at: format!("helpers.{index}"),
            input: None,
            is_helper: true,
            block,
        }));
    }
    let mut seen = BTreeSet::new();
    for (at, der) in authority.map(authority::certificates).unwrap_or_default() {
        // Generations share the certificates above them.
        if seen.insert(der.clone()) {
            let block = Block { label: None, legacy_cipher: None, der: Zeroizing::new(der) };
            sources.push(Source { at, input: None, is_helper: false, block });
        }
    }
    match sources.len() {
        0 if authority.is_none() => {
            Err(too_many(&"found nothing to look at, wanted an input or an authority").at("inputs"))
        }
        count if count > MAX_OBJECTS => {
            Err(too_many(&format_args!("found {count} objects, wanted at most {MAX_OBJECTS}")).at("inputs"))
        }
        _ => Ok(sources),
    }
}

/// An object, taken apart as far as the rules look.
enum Read<'a> {
    Certificate(Certificate<'a>),
    Request(crate::inspect::element::Element<'a>),
    List(CertificateList<'a>),
    Described(Description),
    Encrypted,
    Unreadable(Problem),
}

impl<'a> Read<'a> {
    fn of(source: &'a Source, findings: &mut Findings) -> Self {
        let Block { label, legacy_cipher, der } = &source.block;
        if legacy_cipher.is_some() {
            return Self::Encrypted;
        }
        let read = match recognition::recognize(der, label.as_deref()) {
            Ok((Kind::Certificate, element)) => Certificate::read(element, findings).map(Self::Certificate),
            Ok((Kind::CertificateRequest, element)) => Ok(Self::Request(element)),
            Ok((Kind::CertificateList, element)) => CertificateList::read(element, findings).map(Self::List),
            _ => recognition::describe(der, label.as_deref()).map(Self::Described),
        };
        read.unwrap_or_else(Self::Unreadable)
    }

    /// Whether the purpose that was asked for is that of this object.
    fn is_leaf(&self) -> bool {
        match self {
            Self::Certificate(certificate) => !certificate.is_authority(),
            Self::Request(_) => true,
            _ => false,
        }
    }

    fn has_purpose(&self) -> bool {
        matches!(self, Self::Certificate(_) | Self::Request(_))
    }
}

type Judged<'a> = (Vec<Link<'a>>, Vec<(usize, CertificateList<'a>)>);

/// Looks at each object by itself, and gives back what is to be looked at together.
fn judge<'a>(
    sources: &'a [Source],
    read: Vec<Read<'a>>,
    authority: Option<&Authority>,
    setting: &Setting,
    findings: &mut [Findings],
    objects: &mut Vec<Object>,
) -> Judged<'a> {
    let is_input = |(source, _): &(&Source, &Read<'_>)| source.input.is_some();
    let has_leaf = sources.iter().zip(&read).filter(is_input).any(|(_, read)| read.is_leaf());
    let mut first =
        sources.iter().zip(&read).position(|(source, read)| source.input.is_some() && read.has_purpose());
    let (mut links, mut lists) = (Vec::new(), Vec::new());
    for (index, ((source, read), findings)) in sources.iter().zip(read).zip(findings).enumerate() {
        let is_meant = source.input.is_some()
            && if has_leaf { read.is_leaf() } else { first.take_if(|at| *at == index).is_some() };
        let purpose = if is_meant { setting.purpose } else { Purpose::Auto };
        let mut object = Object::of(source);
        match read {
            Read::Certificate(certificate) => {
                object.describe("certificate", Some(certificate.subject.clone()), source);
                let own = if source.is_helper {
                    authority::helper_purpose(&certificate)
                } else {
                    certificate.own_purpose()
                };
                certificate.check(if purpose == Purpose::Auto { own } else { purpose }, setting, findings);
                if source.is_helper {
                    authority::check_helper(&certificate, authority, setting, findings);
                }
                links.push(Link { object: index, input: source.input, certificate });
            }
            Read::Request(element) => {
                let name = certificate_request::check(element, purpose, setting, findings);
                object.describe("certificate_request", name.as_ref().ok().cloned(), source);
                if let Err(problem) = name {
                    findings.add(&UNREADABLE, "certificationRequest", problem);
                }
            }
            Read::List(list) => {
                object.describe("certificate_list", Some(list.issuer.clone()), source);
                list.check(setting, findings);
                lists.push((index, list));
            }
            Read::Described(description) => object.kind = judge_described(&description, findings),
            Read::Encrypted => object.kind = "encrypted_private_key",
            Read::Unreadable(problem) => findings.add(&UNREADABLE, "", problem),
        }
        objects.push(object);
    }
    (links, lists)
}

/// Looks at an object of another kind, and gives its kind.
fn judge_described(description: &Description, findings: &mut Findings) -> &'static str {
    match description {
        Description::PrivateKey(described) => {
            let (algorithm, curve) = (described.algorithm.clone(), described.curve.clone());
            let sha256 = String::new();
            let key = PublicKey { algorithm, bits: described.bits, curve, exponent: None, sha256 };
            key::check_described(&key, findings);
        }
        Description::PublicKey(described) => key::check_described(described, findings),
        _ => {}
    }
    description.kind()
}

impl Object {
    fn of(source: &Source) -> Self {
        Self {
            kind: "unreadable",
            at: source.at.to_string(),
            input: source.input,
            name: None,
            sha256: None,
            findings: Vec::new(),
            left_out: 0,
        }
    }

    fn describe(&mut self, kind: &'static str, name: Option<String>, source: &Source) {
        self.kind = kind;
        self.name = name;
        self.sha256 = Some(hex::sha256(&source.block.der));
    }
}

fn authority_object(authority: &Authority, setting: &Setting) -> Object {
    let mut findings = Findings::default();
    authority::check(authority, setting, &mut findings);
    let certificate = crate::certificate::Certificate::from_pem(&authority.certificate).ok();
    let (findings, left_out) = findings.finish();
    Object {
        kind: "authority",
        at: "authority".into(),
        input: None,
        name: certificate.as_ref().map(crate::certificate::Certificate::subject_text),
        sha256: certificate.as_ref().map(crate::certificate::Certificate::sha256),
        findings,
        left_out,
    }
}

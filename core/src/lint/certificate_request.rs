//! Certification requests (RFC 2986 4).

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use der::Tag;

use super::{
    Setting, alternative_name, extensions::Extensions, finding::Findings, key, key_usage, name,
    purpose::Purpose, rule::rules, signature,
};
use crate::inspect::{
    CHALLENGE_PASSWORD, CertificateRequestFields, EXTENSION_REQUEST, MICROSOFT_EXTENSION_REQUEST,
    element::Element, name::distinguished_name, problem::Problem,
};

rules! {
    CSR_SIGNATURE_INVALID, Error, "RFC 2986 3":
        "the request is not signed by the key in it";
        "make the request again; authorities refuse it without proof of possession".
    CSR_VERSION_WRONG, Error, "RFC 2986 4.1":
        "the request is not of version 1 (written as 0)";
        "make the request again; OpenSSL 3 and Go refuse other versions".
    CSR_ATTRIBUTE_REPEATED, Error, "RFC 2985 5.4 and RFC 2986 4.1":
        "an attribute is there twice, or has not one value";
        "write each attribute once, with one value: of two, each reader believes another one".
    CSR_ATTRIBUTES_MALFORMED, Error, "RFC 2986 4.1":
        "the attributes cannot be read";
        "make the request again".
    CSR_WITHOUT_NAME, Error, "RFC 5280 4.1.2.6":
        "the request has neither a subject nor an alternative name";
        "fill in the subject, and mind the nesting that the MDM wants: arrays of arrays in Apple's payload".
    CSR_ASKS_FOR_AUTHORITY, Notice, "RFC 2986 3":
        "the request asks for an authority's certificate";
        "expect the authority not to hear it: of a request, subject, alternative names and key count".
}

/// Looks at a request, and gives its subject as RFC 4514 writes it.
pub(super) fn check(
    element: Element<'_>,
    purpose: Purpose,
    setting: &Setting,
    findings: &mut Findings,
) -> Result<String, Problem> {
    let fields = CertificateRequestFields::read(element)?;
    let version = fields.version;
    findings.add_if(
        version != 1,
        &CSR_VERSION_WRONG,
        "version",
        format_args!("found version {version}, wanted 1"),
    );
    signature::check(fields.signature_algorithm, None, true, findings);
    let is_wrong = fields.verify() == Some(false);
    findings.add_if(
        is_wrong,
        &CSR_SIGNATURE_INVALID,
        "signature",
        "found a signature that the key in the request did not make",
    );
    let is_device = matches!(purpose, Purpose::Auto | Purpose::Device);
    let appended = if is_device { setting.appended_characters } else { 0 };
    name::check(fields.subject, "subject", appended, findings);
    key::check(fields.public_key, findings);
    let attributes = attributes(&fields, findings);
    let extensions = requested(&attributes, findings);
    extensions.check(findings);
    if let Some(names) = extensions.alternative_names() {
        alternative_name::check(names, &extensions.place("2.5.29.17"), findings);
    }
    key_usage::check(&extensions, key::family(fields.public_key), findings);
    let is_nameless = name::is_empty(fields.subject) && extensions.alternative_names().is_none();
    findings.add_if(is_nameless, &CSR_WITHOUT_NAME, "subject", "found no name");
    let asks = extensions.is_authority() && purpose != Purpose::Authority;
    findings.add_if(
        asks,
        &CSR_ASKS_FOR_AUTHORITY,
        extensions.place(key_usage::BASIC_CONSTRAINTS),
        "found cA in basic constraints",
    );
    Ok(distinguished_name(fields.subject).unwrap_or_default())
}

/// The attributes: type, and values.
fn attributes<'a>(
    fields: &CertificateRequestFields<'a>,
    findings: &mut Findings,
) -> Vec<(String, Vec<Element<'a>>)> {
    let read = fields.attributes().and_then(|attributes| attributes.into_iter().map(attribute).collect());
    let attributes: Vec<(String, Vec<Element<'_>>)> = match read {
        Ok(attributes) => attributes,
        Err(problem) => {
            let problem: Problem = problem;
            findings.add(&CSR_ATTRIBUTES_MALFORMED, "attributes", problem);
            return Vec::new();
        }
    };
    let mut seen = BTreeSet::new();
    for (index, (oid, values)) in attributes.iter().enumerate() {
        let is_single = [CHALLENGE_PASSWORD, EXTENSION_REQUEST].contains(&oid.as_str());
        let is_wrong = !seen.insert(oid) || (is_single && values.len() != 1);
        findings.add_if(
            is_wrong,
            &CSR_ATTRIBUTE_REPEATED,
            format_args!("attributes.{index}"),
            format_args!("found {oid} once more, or with {} values", values.len()),
        );
    }
    attributes
}

fn attribute(attribute: Element<'_>) -> Result<(String, Vec<Element<'_>>), Problem> {
    let mut fields = attribute.sequence("attribute")?;
    let oid = fields.required("type")?.oid("type")?;
    let values = fields.required("values")?;
    fields.finish()?;
    Ok((oid.to_string(), values.expect(Tag::Set, "values")?.list("values")?))
}

fn requested(attributes: &[(String, Vec<Element<'_>>)], findings: &mut Findings) -> Extensions {
    let is_request = |oid: &str| oid == EXTENSION_REQUEST || oid == MICROSOFT_EXTENSION_REQUEST;
    let request = attributes.iter().find(|(oid, _)| is_request(oid)).and_then(|(_, values)| values.first());
    Extensions::read(request.copied(), "attributes.extensionRequest", findings)
}

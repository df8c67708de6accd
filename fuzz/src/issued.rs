//! What every certificate that the engine issues has to be, whoever wrote the request: read by another
//! reader (x509-parser), and compared with the engine's own record of it.

use crate::{der, engine};
use sealwright_core::{certificate::Certificate, csr::CertificationRequest};
use serde_json::Value;
use std::collections::BTreeSet;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::{GeneralName, ParsedExtension, X509Extension};
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

/// Octets of a serial number, at most (RFC 5280 4.1.2.2).
const MAX_SERIAL_NUMBER: usize = 20;

/// Checks the response to `sign_csr` for this request (DER) by this authority.
///
/// # Panics
/// If the certificate is not one that may be issued: that is a finding.
pub fn check(response: &Value, csr: &[u8], authority: &Value) {
    let pem = text(&response["certificate"]);
    let own = Certificate::from_pem(pem).expect("our own reader reads it");
    let issuer = Certificate::from_pem(text(&authority["certificate"])).expect("an authority");
    let key = issuer.public_key().expect("a key");
    own.signed().verify(&key).expect("the authority's signature");
    let (rest, other) = X509Certificate::from_der(own.der()).expect("another reader reads it");
    assert!(rest.is_empty(), "found octets after the certificate");
    check_fields(&other, &issuer);
    check_extensions(&other, &response["record"]);
    check_record(&other, &response["record"]);
    check_names(&other, csr);
    let request = CertificationRequest::from_der(csr).expect("our own reader reads the request");
    request.verify().expect("proof of possession");
    assert_eq!(own.spki(), request.public_key().spki(), "another key than the request's");
    assert!(
        issuer.not_before() <= own.not_before() && own.not_after() <= issuer.not_after(),
        "outside its issuer's life"
    );
    let seen = engine::ask(&serde_json::json!({ "op": "inspect", "input": pem }));
    assert_eq!(seen.status, 0, "what is issued cannot be inspected");
}

fn check_fields(certificate: &X509Certificate<'_>, issuer: &Certificate) {
    assert_eq!(certificate.version.0, 2, "not of version 3");
    let serial = certificate.raw_serial();
    assert!((1..=MAX_SERIAL_NUMBER).contains(&serial.len()) && serial[0] < 0x80, "serial {serial:x?}");
    assert_eq!(certificate.issuer.as_raw(), issuer.subject());
    assert_ne!(certificate.subject.as_raw(), issuer.subject(), "self-issued");
    check_name(&certificate.subject);
}

/// Every value is a string of one type that can be shown, as RFC 5280 appendix A has it.
fn check_name(name: &X509Name<'_>) {
    for attribute in name.iter_attributes() {
        let value = attribute.attr_value();
        let characters: Vec<u32> = match value.tag().0 {
            12 | 19 | 22 => std::str::from_utf8(value.data).expect("UTF-8").chars().map(u32::from).collect(),
            20 => value.data.iter().copied().map(u32::from).collect(),
            30 => value.data.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).collect(),
            tag => panic!("found a name with a value of the type {tag}"),
        };
        assert!(!characters.is_empty(), "found an empty value");
        let control = |character: &u32| *character < 0x20 || (0x7f..0xa0).contains(character);
        assert!(!characters.iter().any(control), "found control characters in {characters:?}");
    }
}

fn check_extensions(certificate: &X509Certificate<'_>, record: &Value) {
    let mut seen = BTreeSet::new();
    let mut names = 0;
    for extension in certificate.extensions() {
        assert!(seen.insert(extension.oid.to_id_string()), "the extension {} is there twice", extension.oid);
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => assert!(!constraints.ca, "an authority"),
            ParsedExtension::KeyUsage(usage) => {
                assert!(usage.flags != 0 && !usage.key_cert_sign() && !usage.crl_sign(), "{usage:?}");
            }
            ParsedExtension::SubjectAlternativeName(alternative) => {
                assert_eq!(extension.critical, certificate.subject.iter().next().is_none());
                alternative.general_names.iter().for_each(check_alternative_name);
                names = alternative.general_names.len();
            }
            ParsedExtension::ParseError { error } => panic!("{}: {error:?}", extension.oid),
            _ => {}
        }
    }
    let recorded = record["subject_alternative_names"].as_array().expect("names");
    assert_eq!(names, recorded.len(), "{recorded:?}");
    assert!(names > 0 || certificate.subject.iter().next().is_some(), "a certificate for nobody");
}

fn check_alternative_name(name: &GeneralName<'_>) {
    match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => {
            assert!(!text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic()), "{text:?}");
        }
        GeneralName::IPAddress(octets) => assert!([4, 16].contains(&octets.len()), "{octets:?}"),
        GeneralName::DirectoryName(name) => check_name(name),
        GeneralName::OtherName(..) | GeneralName::RegisteredID(_) => {}
        other => panic!("found {other:?}"),
    }
}

fn check_record(certificate: &X509Certificate<'_>, record: &Value) {
    let serial: String = certificate.raw_serial().iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(text(&record["serial"]), serial);
    let time = |field: &str| record[field].as_i64().expect("seconds");
    assert_eq!(certificate.validity.not_before.timestamp(), time("not_before"));
    assert_eq!(certificate.validity.not_after.timestamp(), time("not_after"));
    assert!(time("not_before") <= time("not_after"));
    let common_name = certificate.subject.iter_common_name().next();
    assert_eq!(common_name.is_some(), record["common_name"].is_string(), "{record}");
}

/// Nobody gets a name that was not asked for, nor one that looks like it.
fn check_names(certificate: &X509Certificate<'_>, csr: &[u8]) {
    let Ok((_, csr)) = X509CertificationRequest::from_der(csr) else { return };
    let subject = &csr.certification_request_info.subject;
    assert_eq!(certificate.subject.as_raw(), subject.as_raw());
    let asked: BTreeSet<String> =
        csr.requested_extensions().into_iter().flatten().flat_map(alternative_names).collect();
    let parsed = certificate.extensions().iter().map(X509Extension::parsed_extension);
    let granted: BTreeSet<String> = parsed.flat_map(alternative_names).collect();
    assert_eq!(granted, asked);
}

fn alternative_names(extension: &ParsedExtension<'_>) -> Vec<String> {
    match extension {
        ParsedExtension::SubjectAlternativeName(names) => names.general_names.iter().map(written).collect(),
        _ => Vec::new(),
    }
}

/// A name as text, whatever its string type is.
fn written(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::OtherName(oid, value) => {
            format!("{oid} {}", der::content(value).map_or_else(String::new, string))
        }
        // The engine writes a directory name anew, with the string types of today.
        GeneralName::DirectoryName(_) => "directory".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The characters of a string in DER.
fn string(der: &[u8]) -> String {
    let octets = der::content(der).unwrap_or_default();
    match der.first() {
        Some(30) => {
            let units: Vec<u16> = octets
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)))
                .collect();
            String::from_utf16_lossy(&units)
        }
        Some(20) => octets.iter().copied().map(char::from).collect(),
        _ => String::from_utf8_lossy(octets).into_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("wanted a text, found {value}"))
}

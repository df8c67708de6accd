//! `inspect` on real inputs, compared with what OpenSSL prints for them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use sealwright_core::{KeyRing, call};
use serde_json::{Value, json};

fn run(input: &str) -> Value {
    let request = json!({ "op": "inspect", "input": input }).to_string();
    serde_json::from_slice(&call(request.as_bytes(), &KeyRing::new()).body).unwrap()
}

fn objects(input: &str) -> Vec<Value> {
    let response = run(input);
    response["ok"]["objects"].as_array().unwrap_or_else(|| panic!("{response}")).clone()
}

fn one(input: &str) -> Value {
    match objects(input).as_slice() {
        [object] => object.clone(),
        several => panic!("{} objects", several.len()),
    }
}

fn error(input: &str) -> (String, String) {
    let error = &run(input)["error"];
    assert_eq!(error["at"], "input");
    (error["code"].as_str().unwrap().into(), error["detail"].as_str().unwrap().into())
}

fn file(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

fn octets(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn path(name: &str) -> String {
    format!("{}/testdata/inspect/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The one extension of that name.
fn extension<'a>(object: &'a Value, name: &str) -> &'a Value {
    let extensions = object["extensions"].as_array().unwrap();
    let found: Vec<&Value> = extensions.iter().filter(|extension| extension["name"] == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

fn value<'a>(object: &'a Value, name: &str) -> &'a Value {
    &extension(object, name)["value"]
}

/// What follows `key` on its line in OpenSSL's text.
fn after<'a>(text: &'a str, key: &str) -> &'a str {
    let (_, rest) = text.split_once(key).unwrap_or_else(|| panic!("no {key}"));
    rest.lines().next().unwrap().trim()
}

fn colons_away(text: &str) -> String {
    text.replace(':', "").to_lowercase()
}

/// `2026-11-21 19:14:17Z` as Unix seconds, by counting days.
fn unix(text: &str) -> u64 {
    let numbers: Vec<u64> =
        text.trim_end_matches('Z').split(['-', ' ', ':']).map(|number| number.parse().unwrap()).collect();
    let [year, month, day, hour, minute, second] = numbers[..] else { panic!("{text}") };
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: u64 = (1970..year).map(|year| 365 + u64::from(leap(year))).sum();
    let months: u64 = lengths[..usize::try_from(month).unwrap() - 1].iter().sum();
    (((years + months + day - 1) * 24 + hour) * 60 + minute) * 60 + second
}

#[test]
fn certificates_are_what_openssl_says() {
    for name in ["root", "intermediate", "leaf", "pss"] {
        let (certificate, text) = (one(&file(&format!("{name}.pem"))), file(&format!("{name}.txt")));
        assert_eq!(certificate["kind"], "certificate");
        assert_eq!(certificate["pem_label"], "CERTIFICATE");
        let version = after(&text, "Version: ").split(' ').next().unwrap().parse::<u64>().unwrap();
        assert_eq!(certificate["version"], version);
        assert_eq!(certificate["serial"], after(&text, "\nserial=").to_lowercase().trim_start_matches("00"));
        assert_eq!(certificate["sha256"], colons_away(after(&text, "sha256 Fingerprint=")));
        assert_eq!(certificate["sha1"], colons_away(after(&text, "sha1 Fingerprint=")));
        assert_eq!(certificate["not_before"], unix(after(&text, "notBefore=")));
        assert_eq!(certificate["not_after"], unix(after(&text, "notAfter=")));
        let bits =
            text.split_once("Public-Key: (").map_or("256", |(_, rest)| rest.split(' ').next().unwrap());
        assert_eq!(certificate["public_key"]["bits"], bits.parse::<u64>().unwrap());
        let extensions = certificate["extensions"].as_array().unwrap();
        assert!(extensions.iter().all(|extension| extension["name"] != "malformed"), "{extensions:?}");
        if let Some((_, rest)) = text.split_once("Subject Key Identifier:") {
            let identifier = colons_away(rest.lines().nth(1).unwrap().trim());
            assert_eq!(value(&certificate, "subjectKeyIdentifier"), &identifier);
        }
    }
}

#[test]
fn names_are_what_openssl_says_in_rfc_4514() {
    let text = file("leaf.txt");
    let leaf = one(&file("leaf.pem"));
    let subject = leaf["subject"].as_str().unwrap();
    let comparable = subject.replace("EMAIL=", "emailAddress=").replace("SERIALNUMBER=", "serialNumber=");
    assert_eq!(comparable, after(&text, "\nsubject="));
    // Parts of one relative name have no order of their own.
    assert_eq!(leaf["issuer"], "CN=Zwischenstelle für Geräte,OU=PKI+O=Example\\, Inc.,C=DE");
    assert_eq!(after(&text, "\nissuer="), "CN=Zwischenstelle für Geräte,O=Example\\, Inc.+OU=PKI,C=DE");
}

#[test]
fn algorithms_have_names_and_sizes() {
    let root = one(&file("root.pem"));
    assert_eq!(root["signature_algorithm"], json!({"name": "Ed25519", "oid": "1.3.101.112"}));
    assert_eq!(root["self_signed"], true);
    assert_eq!(root["public_key"]["algorithm"], "Ed25519");
    assert_eq!(root["public_key"]["sha256"], file("key-ed25519.sha256").trim());
    let intermediate = one(&file("intermediate.pem"));
    assert_eq!(intermediate["self_signed"], false);
    assert_eq!(intermediate["public_key"]["exponent"], "65537");
    let leaf = one(&file("leaf.pem"));
    assert_eq!(leaf["public_key"]["curve"], "P-256");
    assert_eq!(leaf["public_key"]["sha256"], file("key-p256-sec1.sha256").trim());
    assert_eq!(leaf["signature_algorithm"]["name"], "sha384WithRSAEncryption");
    let pss = one(&file("pss.pem"));
    let algorithm = json!({
        "name": "RSASSA-PSS",
        "oid": "1.2.840.113549.1.1.10",
        "hash": "sha384",
        "mask_generation_hash": "sha256",
        "salt_length_bytes": 48,
    });
    assert_eq!(pss["signature_algorithm"], algorithm);
    assert_eq!(pss["self_signed"], Value::Null, "this engine does not verify PSS");
}

#[test]
fn extensions_of_an_authority_are_decoded() {
    let certificate = one(&file("intermediate.pem"));
    let names = json!({
        "permitted": ["dns:example.com", "ip:10.0.0.0/8", "ip:10.1.0.0/255.0.255.0"],
        "excluded": ["email:.example.org", "directory:O=Excluded Org"],
    });
    let policies = json!([
        {"policy": "domainValidated"},
        {
            "policy": "1.2.3.4",
            "cps": ["https://ca.example/cps"],
            "user_notices": ["Example Org 1, 7: Only for tests"],
        },
    ]);
    let mappings = json!([{"issuer_domain_policy": "1.2.3.4", "subject_domain_policy": "1.2.3.5"}]);
    let previous = json!("00112233445566778899aabbccddeeff00112233");
    let expected = [
        ("basicConstraints", true, json!({"ca": true, "path_length": 3})),
        ("keyUsage", true, json!(["digitalSignature", "keyCertSign", "cRLSign"])),
        ("nameConstraints", true, names),
        ("certificatePolicies", false, policies),
        ("policyMappings", false, mappings),
        ("policyConstraints", false, json!({"require_explicit_policy": 2, "inhibit_policy_mapping": 1})),
        ("inhibitAnyPolicy", false, json!(4)),
        ("issuerAltName", false, json!(["uri:http://ca.example/"])),
        ("microsoftCaVersion", false, json!({"certificate_index": 1, "key_index": 2})),
        ("microsoftPreviousCaCertificateHash", false, previous),
    ];
    for (name, critical, value) in expected {
        let extension = extension(&certificate, name);
        assert_eq!((&extension["critical"], &extension["value"]), (&json!(critical), &value), "{name}");
    }
    let root = one(&file("root.pem"));
    let authority = value(&certificate, "authorityKeyIdentifier");
    assert_eq!(&authority["key_identifier"], value(&root, "subjectKeyIdentifier"));
    let issuer = format!("directory:{}", root["subject"].as_str().unwrap());
    assert_eq!(authority["authority_cert_issuer"], json!([issuer]));
    assert_eq!(authority["authority_cert_serial_number"], root["serial"]);
}

#[test]
fn extensions_of_an_end_entity_are_decoded() {
    let certificate = one(&file("leaf.pem"));
    let directory = "directory:CN=Directory Name,O=Example\\, Inc.,C=DE";
    let purposes = json!([
        "serverAuth",
        "clientAuth",
        "smartcardLogon",
        "microsoftEnrollmentAgent",
        "appleChatSigning",
        "1.2.3.4.5",
    ]);
    let names = json!([
        "dns:device.example.com",
        "dns:*.example.com",
        "email:user@example.com",
        "uri:urn:uuid:6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "ip:192.0.2.7",
        "ip:2001:db8::7",
        "oid:1.2.3.4.5.6",
        directory,
        "upn:user@example.com",
        "srvName:_imap.example.com",
        "hardwareModuleName:1.2.3.4.9 cafe01",
        "permanentIdentifier:SN-0042 (assigned by 1.2.3.4.10)",
        "other_name:1.2.3.4.5.7:020105",
    ]);
    let points = json!([
        {
            "names": ["uri:http://ca.example/a.crl", "uri:ldap:///cn=crl"],
            "reasons": ["keyCompromise", "cACompromise"],
            "crl_issuer": [directory],
        },
        {"names": ["relative:CN=The List"]},
    ]);
    let access = json!([
        {"access_method": "ocsp", "access_location": "uri:http://ocsp.example"},
        {"access_method": "caIssuers", "access_location": "uri:http://ca.example/ca.cer"},
    ]);
    let repository =
        json!([{"access_method": "caRepository", "access_location": "uri:http://ca.example/repository"}]);
    let template =
        json!({"template": "1.3.6.1.4.1.311.21.8.1.2.3", "major_version": 100, "minor_version": 6});
    let period =
        json!({"not_before": unix("2026-01-01 00:00:00Z"), "not_after": unix("2027-01-01 00:00:00Z")});
    let timestamps = json!([{
        "version": 1,
        "log_id": "a4b90990b418581487bb13a2cc67700a3c359804f91bdfb8e377cd0ec80ddc10",
        "timestamp_milliseconds": 1_700_000_000_000_u64,
    }]);
    let expected = [
        ("basicConstraints", json!({"ca": false})),
        ("extendedKeyUsage", purposes),
        ("subjectAltName", names),
        ("cRLDistributionPoints", points),
        ("freshestCRL", json!([{"names": ["uri:http://ca.example/delta.crl"]}])),
        ("authorityInfoAccess", access),
        ("subjectInfoAccess", repository),
        ("tlsFeature", json!(["status_request", "status_request_v2"])),
        ("ocspNoCheck", json!(true)),
        ("netscapeCertType", json!(["sslClient", "sslServer"])),
        ("netscapeComment", json!("Made by OpenSSL")),
        ("microsoftCertificateTemplateName", json!("Maschine für Geräte")),
        ("microsoftCertificateTemplate", template),
        ("microsoftApplicationPolicies", json!([{"policy": "clientAuth"}])),
        ("microsoftSecurityIdentifier", json!("S-1-5-21-1004336348-1177238915-682003330-512")),
        ("privateKeyUsagePeriod", period),
        ("signedCertificateTimestamps", timestamps),
    ];
    for (name, expected) in expected {
        assert_eq!(value(&certificate, name), &expected, "{name}");
    }
}

#[test]
fn unknown_extensions_are_shown_in_hex() {
    let certificate = one(&file("leaf.pem"));
    let extensions = certificate["extensions"].as_array().unwrap();
    let unknown: Vec<&Value> = extensions.iter().filter(|extension| extension["name"] == "other").collect();
    assert_eq!(unknown.len(), 2);
    assert_eq!(unknown[0]["oid"], "1.3.6.1.4.1.99999.1");
    assert_eq!(unknown[0]["value"]["text"], "an extension of our own");
    assert_eq!(unknown[1]["value"], json!({"length_bytes": 5, "hex": "0403010203"}));
}

#[test]
fn a_broken_extension_does_not_hide_the_others() {
    let der = pem_to_der(&file("leaf.pem"));
    // The [0] of authorityKeyIdentifier becomes [7], which RFC 5280 4.2.1.1 does not have.
    let head = [0x55, 0x1d, 0x23, 0x04, 0x18, 0x30, 0x16];
    let broken = replace(&der, &[&head[..], &[0x80]].concat(), &[&head[..], &[0x87]].concat());
    let certificate = one(&Base64::encode_string(&broken));
    let malformed = value(&certificate, "malformed");
    assert_eq!(malformed["known_as"], "authorityKeyIdentifier");
    assert!(malformed["problem"].as_str().unwrap().starts_with("AuthorityKeyIdentifier: found a surplus"));
    assert_eq!(malformed["length_bytes"], 24);
    assert_eq!(value(&certificate, "tlsFeature"), &json!(["status_request", "status_request_v2"]));
}

#[test]
fn requests_are_described_without_their_challenge() {
    let request = one(&file("request.pem"));
    let text = file("request.txt");
    assert!(text.contains("self-signature verify OK"));
    assert_eq!(request["kind"], "certificate_request");
    assert_eq!(request["subject"], after(&text, "Subject: "));
    assert_eq!(request["signature_valid"], true);
    assert_eq!(request["challenge_password"], true);
    assert_eq!(request["public_key"]["sha256"], file("key-p256-sec1.sha256").trim());
    assert_eq!(value(&request, "subjectAltName"), &json!(["dns:device.example.com", "upn:user@example.com"]));
    assert_eq!(value(&request, "extendedKeyUsage"), &json!(["clientAuth"]));
    let attributes = request["attributes"].as_array().unwrap();
    let names: Vec<&Value> = attributes.iter().map(|attribute| &attribute["name"]).collect();
    assert_eq!(names, ["microsoftOsVersion", "unstructuredName"]);
    let challenge = after(&text, "challengePassword        :");
    let shown = run(&file("request.pem")).to_string();
    assert!(!challenge.is_empty());
    assert!(
        !shown.contains(challenge) && !shown.contains(&sealwright_core::hex::encode(challenge.as_bytes()))
    );

    let plain = one(&file("request-p521.pem"));
    assert_eq!(plain["challenge_password"], false);
    assert_eq!(plain["signature_valid"], true);
    assert_eq!(plain["public_key"]["curve"], "P-521");
    assert_eq!(plain["public_key"]["bits"], 521);
}

#[test]
fn a_forged_request_is_seen() {
    let der = pem_to_der(&file("request.pem"));
    let forged = replace(&der, b"device.example.com", b"device.example.net");
    let request = one(&Base64UrlUnpadded::encode_string(&forged));
    assert_eq!(request["signature_valid"], false);
    assert_eq!(request["pem_label"], Value::Null);
}

#[test]
fn private_keys_show_no_secret() {
    let cases = [
        ("rsa-pkcs8", "rsa-pkcs8", "pkcs8", "rsaEncryption", json!(2048), Value::Null),
        ("rsa-pkcs1", "rsa-pkcs8", "pkcs1", "rsaEncryption", json!(2048), Value::Null),
        ("p256-pkcs8", "p256-sec1", "pkcs8", "ecPublicKey", json!(256), json!("P-256")),
        ("p256-no-public", "p256-sec1", "sec1", "ecPublicKey", json!(256), json!("P-256")),
        ("p521", "p521", "pkcs8", "ecPublicKey", json!(521), json!("P-521")),
        ("ed25519", "ed25519", "pkcs8", "Ed25519", json!(256), Value::Null),
    ];
    for (name, hash, format, algorithm, bits, curve) in cases {
        let key = one(&file(&format!("key-{name}.pem")));
        assert_eq!(key["kind"], "private_key", "{name}");
        assert_eq!((&key["format"], &key["algorithm"]), (&json!(format), &json!(algorithm)), "{name}");
        assert_eq!((&key["bits"], &key["curve"]), (&bits, &curve), "{name}");
        assert_eq!(key["public_key_sha256"], file(&format!("key-{hash}.sha256")).trim(), "{name}");
        let shown = ["kind", "pem_label", "format", "algorithm", "bits", "curve", "public_key_sha256"];
        assert!(key.as_object().unwrap().keys().all(|field| shown.contains(&field.as_str())), "{key}");
    }
    let [parameters, key] = &objects(&file("key-p256-sec1.pem"))[..] else { panic!() };
    assert_eq!((&parameters["kind"], &parameters["curve"]), (&json!("ec_parameters"), &json!("P-256")));
    assert_eq!(key["public_key_sha256"], file("key-p256-sec1.sha256").trim());
    // Nobody here computes X25519, so the hash is left out rather than made up.
    let key = one(&file("key-x25519.pem"));
    assert_eq!((&key["algorithm"], &key["bits"]), (&json!("X25519"), &json!(256)));
    assert_eq!(key["public_key_sha256"], Value::Null);
}

#[test]
fn encrypted_private_keys_are_said_to_be_so() {
    let key = one(&file("key-rsa-encrypted.pem"));
    assert_eq!((&key["kind"], &key["format"]), (&json!("encrypted_private_key"), &json!("pkcs8")));
    assert_eq!(key["encryption"]["cipher"]["name"], "aes256-cbc");
    let derivation = &key["encryption"]["key_derivation"];
    assert_eq!((&derivation["name"], &derivation["iterations"]), (&json!("pbkdf2"), &json!(2048)));
    assert_eq!(derivation["pseudo_random_function"], "hmacWithSHA256");
    let derivation = &one(&file("key-p256-scrypt.pem"))["encryption"]["key_derivation"];
    assert_eq!(derivation["scrypt"], json!({"cost": 16384, "block_size": 8, "parallelization": 1}));
    let legacy = one(&file("key-rsa-rfc1421.pem"));
    assert_eq!((&legacy["format"], &legacy["pem_cipher"]), (&json!("pem"), &json!("AES-128-CBC")));
}

#[test]
fn public_keys() {
    for name in ["public-rsa.pem", "public-rsa-pkcs1.pem"] {
        let key = one(&file(name));
        assert_eq!((&key["kind"], &key["bits"]), (&json!("public_key"), &json!(2048)), "{name}");
        assert_eq!(key["sha256"], file("key-rsa-pkcs8.sha256").trim(), "{name}");
    }
}

#[test]
fn lists_are_what_openssl_says() {
    let (list, text) = (one(&file("list.pem")), file("list.txt"));
    assert_eq!((&list["kind"], &list["version"]), (&json!("certificate_list"), &json!(2)));
    assert_eq!(list["this_update"], unix(after(&text, "lastUpdate=")));
    assert_eq!(list["next_update"], unix(after(&text, "nextUpdate=")));
    assert_eq!(list["sha256"], colons_away(after(&text, "SHA2-256 Fingerprint=")));
    assert_eq!(value(&list, "cRLNumber"), &json!({"hex": "1000", "decimal": "4096"}));
    assert_eq!(value(&list, "deltaCRLIndicator")["decimal"], "4095");
    assert_eq!(value(&list, "microsoftNextCrlPublish"), &json!(unix("2026-12-01 00:00:00Z")));
    let point = extension(&list, "issuingDistributionPoint");
    assert_eq!(point["critical"], true);
    let expected = json!({
        "names": ["uri:http://ca.example/a.crl"],
        "only_contains_user_certs": true,
        "only_contains_ca_certs": false,
        "only_some_reasons": ["keyCompromise", "superseded"],
        "indirect_crl": true,
        "only_contains_attribute_certs": false,
    });
    assert_eq!(point["value"], expected);
    assert_eq!((&list["entries"], &list["entries_shown"]), (&json!(3), &json!(3)));
    let revoked = list["revoked_certificates"].as_array().unwrap();
    let first =
        json!({"serial": "01", "revocation_date": unix("2026-02-02 03:04:05Z"), "reason": "keyCompromise"});
    assert_eq!(revoked[0], first);
    assert_eq!((&revoked[1]["serial"], &revoked[1]["reason"]), (&json!("ab"), &json!("cACompromise")));
    assert_eq!(value(&revoked[1], "invalidityDate"), &json!(unix("2026-01-01 00:00:00Z")));
    assert_eq!(revoked[2]["serial"], "7f".to_owned() + &"ff".repeat(19));
    assert_eq!(revoked[2]["reason"], Value::Null);

    let first = one(&file("list-version-1.pem"));
    assert_eq!((&first["version"], &first["entries"]), (&json!(1), &json!(0)));
    assert_eq!(first["signature_algorithm"]["name"], "Ed25519");
}

#[test]
fn long_lists_are_counted_and_shown_in_part() {
    let entry = [&[0x30, 0x12, 0x02, 1, 5, 0x17, 13][..], b"260202030405Z"].concat();
    let list = one(&Base64UrlUnpadded::encode_string(&with_entries(&entry.repeat(150_000))));
    assert_eq!((&list["entries"], &list["entries_shown"]), (&json!(150_000), &json!(100)));
    assert_eq!(list["revoked_certificates"].as_array().unwrap().len(), 100);
}

/// A list without a valid signature but with these entries.
fn with_entries(entries: &[u8]) -> Vec<u8> {
    let algorithm = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
    let time = [&[0x17, 13][..], b"260202030405Z"].concat();
    let content = [&algorithm[..], &[0x30, 0], &time, &sequence(entries)].concat();
    sequence(&[&sequence(&content)[..], &algorithm, &[3, 2, 0, 0]].concat())
}

fn sequence(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let zeros = length.iter().position(|octet| *octet != 0).unwrap_or(3);
    let head = match content.len() {
        0..128 => vec![0x30, length[3]],
        _ => [&[0x30, 0x84 - u8::try_from(zeros).unwrap()], &length[zeros..]].concat(),
    };
    [&head[..], content].concat()
}

#[test]
fn signed_messages() {
    let text = file("signed.txt");
    let message = one(&file("signed.pem"));
    assert_eq!((&message["kind"], &message["content_type"]), (&json!("cms"), &json!("signedData")));
    let signed = &message["signed_data"];
    assert_eq!((&signed["content_type"], &signed["content_length_bytes"]), (&json!("data"), &json!(5)));
    assert_eq!(signed["certificates_only"], false);
    assert_eq!(signed["digest_algorithms"], json!(["sha256"]));
    assert_eq!(signed["certificates"].as_array().unwrap().len(), text.matches("d.certificate:").count());
    let signer = &signed["signers"][0];
    let leaf = one(&file("leaf.pem"));
    assert_eq!(signer["identifier"], json!({"issuer": leaf["issuer"], "serial": "-ff"}));
    assert_eq!(signer["signature_algorithm"]["name"], "ecdsa-with-SHA256");
    let attributes = signer["signed_attributes"].as_array().unwrap();
    let names: Vec<&Value> = attributes.iter().map(|attribute| &attribute["name"]).collect();
    assert_eq!(names, ["contentType", "signingTime", "messageDigest", "smimeCapabilities"]);
    assert_eq!(attributes[0]["values"], json!(["data"]));
    assert_eq!(attributes[2]["values"], json!([sealwright_core::hex::sha256(b"hello")]));
}

#[test]
fn certificates_only_messages() {
    let message = one(&file("certificates.pem"));
    let signed = &message["signed_data"];
    assert_eq!((&signed["certificates_only"], &signed["signers"]), (&json!(true), &json!([])));
    let certificates = signed["certificates"].as_array().unwrap();
    let hashes: Vec<&Value> = certificates.iter().map(|certificate| &certificate["sha256"]).collect();
    assert_eq!(hashes, [&one(&file("root.pem"))["sha256"], &one(&file("intermediate.pem"))["sha256"]]);
    assert_eq!(signed["certificate_lists"][0]["sha256"], one(&file("list.pem"))["sha256"]);
}

#[test]
fn enveloped_messages() {
    let message = one(&file("enveloped.pem"));
    let enveloped = &message["enveloped_data"];
    assert_eq!((&enveloped["version"], &enveloped["content_type"]), (&json!(3), &json!("data")));
    assert_eq!(enveloped["content_encryption"]["name"], "aes256-cbc");
    assert_eq!(enveloped["encrypted_content_length_bytes"], 16);
    let recipients = enveloped["recipients"].as_array().unwrap();
    let types: Vec<&Value> = recipients.iter().map(|recipient| &recipient["type"]).collect();
    assert_eq!(types, ["key_transport", "key_agreement", "key_encryption_key", "password"]);
    let intermediate = one(&file("intermediate.pem"));
    let identifier = json!({"issuer": intermediate["issuer"], "serial": intermediate["serial"]});
    assert_eq!(recipients[0]["identifier"], identifier);
    let oaep = &recipients[0]["key_encryption"];
    assert_eq!((&oaep["name"], &oaep["hash"]), (&json!("RSAES-OAEP"), &json!("sha256")));
    assert_eq!(oaep["mask_generation_hash"], "sha256");
    assert_eq!(recipients[1]["key_encryption"]["cipher"]["name"], "aes256-wrap");
    assert_eq!(recipients[1]["identifiers"][0]["serial"], "-ff");
    assert_eq!(recipients[2]["key_identifier"], "cafe");
    assert_eq!(recipients[3]["key_derivation"]["name"], "pbkdf2");
    assert_eq!(recipients[3]["key_encryption"]["cipher"]["name"], "aes256-cbc");
}

#[test]
fn scep_requests() {
    let message = one(&Base64UrlUnpadded::encode_string(&octets("scep-pkcsreq.der")));
    let signed = &message["signed_data"];
    assert_eq!(signed["certificates"][0]["subject"], "CN=SCEP SIGNER,O=scep-client");
    let attributes = signed["signers"][0]["signed_attributes"].as_array().unwrap();
    let attribute =
        |name: &str| &attributes.iter().find(|attribute| attribute["name"] == name).unwrap()["values"];
    assert_eq!(attribute("messageType"), &json!(["PKCSReq (19)"]));
    assert_eq!(attribute("transactionID"), &json!(["i3pH6xMfBL4296cJP2GLSQjvtDU="]));
    assert_eq!(attribute("senderNonce")[0].as_str().unwrap().len(), 32);
    let enveloped = &signed["content"]["enveloped_data"];
    assert_eq!(enveloped["recipients"][0]["identifier"], json!({"issuer": "CN=RA", "serial": "42"}));
    assert_eq!(enveloped["recipients"][0]["key_encryption"]["name"], "rsaEncryption");
    assert_eq!(enveloped["content_encryption"]["name"], "des-cbc");
}

#[test]
fn messages_may_be_ber() {
    let signed = one(&Base64UrlUnpadded::encode_string(&octets("signed-ber.der")));
    assert_eq!((&signed["encoding"], &one(&file("signed.pem"))["encoding"]), (&json!("ber"), &json!("der")));
    let signed = &signed["signed_data"];
    assert_eq!(signed["content_length_bytes"], 5);
    let leaf = one(&file("leaf.pem"));
    let identifier = json!({"subject_key_identifier": value(&leaf, "subjectKeyIdentifier")});
    assert_eq!(signed["signers"][0]["identifier"], identifier);
    assert_eq!(signed["certificates"][0]["sha256"], leaf["sha256"]);

    let enveloped = one(&Base64UrlUnpadded::encode_string(&octets("enveloped-ber.der")));
    assert_eq!(enveloped["encoding"], "ber");
    let enveloped = &enveloped["enveloped_data"];
    assert_eq!(enveloped["encrypted_content_length_bytes"], 8);
    assert_eq!(enveloped["content_encryption"]["name"], "des-ede3-cbc");
    let intermediate = one(&file("intermediate.pem"));
    let identifier = json!({"subject_key_identifier": value(&intermediate, "subjectKeyIdentifier")});
    assert_eq!(enveloped["recipients"][0]["identifier"], identifier);

    let inner = &one(&file("signed-enveloped.pem"))["signed_data"]["content"];
    assert_eq!((&inner["encoding"], &inner["enveloped_data"]), (&json!("ber"), enveloped));
}

#[test]
fn a_certificate_may_not_be_ber() {
    let der = pem_to_der(&file("root.pem"));
    let [0x30, 0x82, _, _, content @ ..] = &der[..] else { panic!() };
    let ber = [&[0x30, 0x80], content, &[0, 0]].concat();
    let expected = "found an encoding that only BER allows, wanted DER";
    assert_eq!(error(&Base64::encode_string(&ber)), ("object_unknown".to_owned(), expected.to_owned()));
}

#[test]
fn text_around_blocks_and_other_line_ends_do_not_matter() {
    let text = format!("Bag Attributes: x\n{}\nsubject=y\n{}", file("root.pem"), file("leaf.pem"));
    let serials: Vec<Value> =
        objects(&text.replace('\n', "\r\n")).iter().map(|object| object["serial"].clone()).collect();
    assert_eq!(serials, ["01", "-ff"]);
    let trusted = one(&file("trusted.pem"));
    assert_eq!(trusted["pem_label"], "TRUSTED CERTIFICATE");
    assert_eq!(trusted["sha256"], one(&file("root.pem"))["sha256"]);
}

#[test]
fn der_comes_in_either_base64() {
    let der = pem_to_der(&file("leaf.pem"));
    let expected = one(&file("leaf.pem"))["sha256"].clone();
    let padded = Base64::encode_string(&der);
    let lines: Vec<&str> = padded.as_bytes().chunks(60).map(|line| str::from_utf8(line).unwrap()).collect();
    for text in [Base64UrlUnpadded::encode_string(&der), lines.join("\r\n"), padded.clone()] {
        assert_eq!(one(&text)["sha256"], expected);
    }
}

#[test]
fn one_unreadable_block_does_not_hide_the_others() {
    let garbage = "-----BEGIN THING-----\nMAMCAQU=\n-----END THING-----\n";
    let [thing, root] = &objects(&format!("{garbage}{}", file("root.pem")))[..] else { panic!() };
    assert_eq!((&thing["kind"], &thing["pem_label"]), (&json!("unreadable"), &json!("THING")));
    assert_eq!(thing["length_bytes"], 5);
    let problem = thing["problem"].as_str().unwrap();
    assert!(problem.starts_with("found a PEM block \"THING\" that is none of these: wanted a certificate"));
    assert_eq!(root["kind"], "certificate");
    assert_eq!(error(garbage).0, "object_unknown");
}

#[test]
fn errors_say_what_was_found_and_wanted() {
    let neither = "found text that is neither, wanted a PEM block or DER in base64 or base64url";
    let unknown = "found DER of an unknown kind, wanted a certificate, a certificate request, a key, a certificate list, an OCSP message or a CMS message";
    let open_ssh = "found a private key in OpenSSH's own format, wanted PKCS#8, PKCS#1 or SEC1";
    let cases = [
        ("hello, world", "pem_malformed", neither),
        ("", "pem_malformed", neither),
        ("MAMCAQU", "object_unknown", unknown),
        ("MAMCAQUA", "object_unknown", "1 bytes follow the SEQUENCE"),
        ("BAEA", "object_unknown", "found OCTET STRING, wanted SEQUENCE"),
        ("AAAA", "object_unknown", "unknown/unsupported ASN.1 DER tag: 0x00 at DER byte 1"),
        (
            "-----BEGIN CERTIFICATE-----\nMAMCAQU=\n",
            "pem_malformed",
            "found no line \"-----END CERTIFICATE-----\"",
        ),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nMAMCAQU=\n-----END OPENSSH PRIVATE KEY-----",
            "object_unknown",
            open_ssh,
        ),
    ];
    for (input, code, detail) in cases {
        assert_eq!(error(input), (code.to_owned(), detail.to_owned()), "{input}");
    }
}

#[test]
fn too_much_is_refused() {
    let large = Base64UrlUnpadded::encode_string(&sequence(&[0x05, 0x00].repeat(1 << 20)));
    assert_eq!(error(&large).0, "request_too_large");
    assert_eq!(error(&file("root.pem").repeat(257)).0, "pem_malformed");
}

#[test]
fn no_truncation_and_no_flipped_bit_panics() {
    for name in ["leaf", "list", "request", "enveloped", "key-p256-no-public", "key-rsa-encrypted", "pss"] {
        let der = pem_to_der(&file(&format!("{name}.pem")));
        for position in 0..der.len() {
            let mut flipped = der.clone();
            flipped[position] ^= 0x11;
            let flipped = run(&Base64UrlUnpadded::encode_string(&flipped));
            assert!(flipped["ok"].is_object() || flipped["error"]["code"] == "object_unknown", "{flipped}");
            let cut = run(&Base64UrlUnpadded::encode_string(&der[..position]));
            assert!(cut["error"].is_object(), "{cut}");
        }
    }
}

fn pem_to_der(pem: &str) -> Vec<u8> {
    let digits: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Base64::decode_vec(&digits).unwrap()
}

fn replace(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let position = octets.windows(from.len()).position(|window| window == from).unwrap();
    [&octets[..position], to, &octets[position + from.len()..]].concat()
}

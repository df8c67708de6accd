mod http;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::*;
use crate::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    error::{Error, ErrorCode},
    jwk::thumbprint,
    operation::{sign_csr, sign_message},
    testing::{NOW, TestKeys, both_ways, csr, private_key, resigned, root, subordinate},
};

const BODY: &[u8] = b"{\"hello\": \"world\"}";
const SEED: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The certificate of a device with one of the test keys.
fn certificate(key: &str) -> String {
    let request = json!({
        "now": NOW, "seed": SEED, "authority": subordinate(), "profile": "device-identity",
        "csr": csr(key, &format!("CN={key}"), &["uri:urn:device:7"]),
    });
    both_ways(|keys| sign_csr::run(serde_json::from_value(request.clone()).unwrap(), keys)).unwrap().certificate
}

fn merge(into: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().unwrap() {
        match (&into[name], value) {
            (Value::Object(_), Value::Object(_)) if name != "digests" => merge(&mut into[name], value),
            _ => into[name] = value.clone(),
        }
    }
}

fn sign(key: &str, fields: &Value) -> Result<Value, Error> {
    let mut request = json!({ "now": NOW, "key": TestKeys::reference(key), "body": encode(BODY) });
    merge(&mut request, fields);
    let signed = both_ways(|keys| sign_message::run(serde_json::from_value(request.clone()).unwrap(), keys));
    signed.map(|signed| serde_json::to_value(signed).unwrap())
}

fn verify(fields: &Value) -> Result<Value, Error> {
    let mut request = json!({
        "now": NOW, "body": encode(BODY),
        "trust": {
            "anchors": [{ "certificate": root().certificate }], "intermediates": [subordinate().certificate],
        },
    });
    merge(&mut request, fields);
    if fields.get("digests").is_some() {
        request.as_object_mut().unwrap().remove("body");
    }
    let verified = both_ways(|keys| run(serde_json::from_value(request.clone()).unwrap(), keys));
    verified.map(|verified| serde_json::to_value(verified).unwrap())
}

fn refused(fields: &Value) -> (ErrorCode, String) {
    let error = verify(fields).unwrap_err();
    (error.code, error.at.unwrap_or_default())
}

fn digests(body: &[u8]) -> Value {
    let of = |digest: DigestAlgorithm| encode(&digest.digest(body));
    json!({
        "sha-256": of(DigestAlgorithm::Sha256), "sha-384": of(DigestAlgorithm::Sha384),
        "sha-512": of(DigestAlgorithm::Sha512),
    })
}

/// Detached CMS by a key of the tests, as it is verified.
fn cms(key: &str, without_attributes: bool) -> Value {
    let message = json!({ "form": "detached_cms", "without_attributes": without_attributes });
    let signed = sign(key, &json!({ "certificate": certificate(key), "message": message })).unwrap();
    json!({
        "message": { "form": "detached_cms", "signature": signed["signature"] },
        "freshness": { "allow_undated": without_attributes },
    })
}

fn bare(key: &str, more: &Value) -> Value {
    let mut message = json!({ "form": "bare" });
    merge(&mut message, more);
    let signed = sign(key, &json!({ "certificate": certificate(key), "message": message })).unwrap();
    message["signature"] = signed["signature"].clone();
    message["key_id"] = signed["key_id"].clone();
    json!({
        "message": message, "signers": [{ "certificate": certificate(key) }],
        "freshness": { "allow_undated": true },
    })
}

fn post() -> Value {
    json!({
        "method": "POST", "target_uri": "https://MDM.example:443/checkin?a=1&b=2",
        "headers": [["Content-Type", "application/json"], ["X-Empty", ""]],
    })
}

/// A signed request, as it is verified.
fn http(key: &str, more: &Value) -> Value {
    let mut message = json!({ "form": "http", "request": post() });
    merge(&mut message, more);
    let signed = sign(key, &json!({ "certificate": certificate(key), "message": message })).unwrap();
    let mut request = post();
    let headers = request["headers"].as_array_mut().unwrap();
    headers.extend(signed["headers"].as_array().unwrap().iter().cloned());
    json!({
        "message": { "form": "http", "request": request }, "signers": [{ "certificate": certificate(key) }],
    })
}

fn header<'a>(request: &'a mut Value, name: &str) -> &'a mut Value {
    let headers = request["message"]["request"]["headers"].as_array_mut().unwrap();
    headers.iter_mut().find(|line| line[0] == name).map(|line| &mut line[1]).unwrap()
}

fn replace(value: &mut Value, from: &str, to: &str) {
    let text = value.as_str().unwrap();
    assert!(text.contains(from), "{text}");
    *value = json!(text.replace(from, to));
}

const SIGNING: [(&str, &str); 4] = [
    ("device", "rsa_pkcs1_sha256"),
    ("p256", "ecdsa_p256_sha256"),
    ("p384", "ecdsa_p384_sha384"),
    ("ed25519", "ed25519"),
];

#[test]
fn what_is_signed_in_each_form_is_good() {
    for (key, algorithm) in SIGNING {
        let own = Certificate::from_pem(&certificate(key)).unwrap();
        for request in [
            cms(key, false),
            cms(key, true),
            bare(key, &json!({})),
            bare(key, &json!({ "ecdsa": "raw" })),
            http(key, &json!({})),
        ] {
            let verified = verify(&request).unwrap_or_else(|error| panic!("{request}: {error}"));
            let device = &verified["signer"]["device"];
            assert_eq!((&device["sha256"], &device["serial"]), (&json!(own.sha256()), &json!(own.serial_hex())));
            assert_eq!(device["subject_alternative_names"], json!(["uri:urn:device:7"]));
            assert_eq!((&verified["algorithm"], &verified["body_covered"]), (&json!(algorithm), &json!(true)));
            assert_eq!(verified["path"]["path"][2]["from"], "anchors.0");
            let other = verify(&with(&request, &json!({ "body": encode(b"other") })));
            let code = other.unwrap_err().code;
            let wanted = [ErrorCode::MessageBodyMismatch, ErrorCode::MessageSignatureInvalid];
            assert!(wanted.contains(&code), "{code:?}");
        }
    }
    for scheme in ["rsa_pkcs1_sha384", "rsa_pkcs1_sha512", "rsa_pss_sha256", "rsa_pss_sha384", "rsa_pss_sha512"] {
        let verified = verify(&bare("device", &json!({ "scheme": scheme }))).unwrap();
        assert_eq!(verified["algorithm"], scheme);
    }
    let pss = http("device", &json!({ "algorithm": "rsa-pss-sha512" }));
    assert_eq!(verify(&pss).unwrap()["algorithm"], "rsa_pss_sha512");
}

fn with(request: &Value, fields: &Value) -> Value {
    let mut request = request.clone();
    merge(&mut request, fields);
    request
}

/// A body that only went by is as good as one that is here; the same message has the same replay key either way.
#[test]
fn digests_are_enough_where_digests_are_signed() {
    for (key, _) in SIGNING {
        for request in [cms(key, false), cms(key, true), bare(key, &json!({})), http(key, &json!({}))] {
            let streamed = verify(&with(&request, &json!({ "digests": digests(BODY) })));
            let is_over_body = request["freshness"]["allow_undated"] == true;
            if key == "ed25519" && is_over_body {
                assert_eq!(streamed.unwrap_err().code, ErrorCode::MessageBodyNeeded);
                continue;
            }
            assert_eq!(streamed.unwrap(), verify(&request).unwrap());
            let other = refused(&with(&request, &json!({ "digests": digests(b"other") }))).0;
            let wanted = if is_over_body {
                ErrorCode::MessageSignatureInvalid
            } else {
                ErrorCode::MessageBodyMismatch
            };
            assert_eq!(other, wanted);
        }
    }
    let one = json!({ "digests": { "sha-384": encode(&DigestAlgorithm::Sha384.digest(BODY)) } });
    assert_eq!(refused(&with(&cms("device", false), &one)).0, ErrorCode::MessageBodyNeeded);
    assert_eq!(refused(&with(&http("device", &json!({})), &one)).0, ErrorCode::MessageBodyNeeded);
    let signed = sign(
        "device",
        &json!({ "body": null, "digests": digests(BODY), "message": { "form": "http", "request": post() } }),
    );
    assert!(signed.is_ok());
    let bare = json!({ "body": null, "digests": digests(BODY), "message": { "form": "bare" } });
    assert_eq!(sign("device", &bare).unwrap_err().code, ErrorCode::MessageBodyNeeded);
}

#[test]
fn messages_count_for_as_long_as_they_are_fresh() {
    let until = |request: &Value| verify(request).unwrap()["replay"]["until"].clone();
    for request in [cms("p256", false), http("p256", &json!({}))] {
        assert_eq!(until(&request), NOW + 360);
        for (now, wanted) in [
            (NOW - 61, Some(ErrorCode::MessageFromFuture)),
            (NOW - 60, None),
            (NOW + 360, None),
            (NOW + 361, Some(ErrorCode::MessageStale)),
        ] {
            let found = verify(&with(&request, &json!({ "now": now }))).err().map(|error| error.code);
            assert_eq!(found, wanted, "{now}");
        }
        let longer = json!({ "now": NOW + 1000, "freshness": { "max_age_seconds": 1000, "clock_skew_seconds": 0 } });
        assert_eq!(until(&with(&request, &longer)), NOW + 1000);
    }
    let short = http("p256", &json!({ "lifetime_seconds": 5 }));
    assert_eq!(until(&short), NOW + 65);
    assert_eq!(verify(&short).unwrap()["expires"], NOW + 5);
    assert_eq!(refused(&with(&short, &json!({ "now": NOW + 66 }))).0, ErrorCode::MessageStale);
    for mut undated in [cms("p256", true), bare("p256", &json!({}))] {
        assert_eq!(until(&undated), Value::Null, "for as long as the key is in use");
        undated["freshness"] = json!({});
        assert_eq!(refused(&undated), (ErrorCode::MessageUndated, "message".into()));
    }
    for (field, value) in [("clock_skew_seconds", 601), ("max_age_seconds", 0), ("max_age_seconds", 40_000_000)] {
        let request = with(&http("p256", &json!({})), &json!({ "freshness": { field: value } }));
        assert_eq!(refused(&request), (ErrorCode::FieldInvalid, format!("freshness.{field}")));
    }
}

/// Each way in which what is not signed can be changed gives the replay key of the message that it was.
#[test]
fn a_message_in_disguise_is_the_same_message() {
    let key = |request: &Value| {
        let verified = verify(request).unwrap_or_else(|error| panic!("{request}: {error}"));
        verified["replay"]["key"].as_str().unwrap().to_string()
    };
    let signed = http("p256", &json!({ "nonce": "n" }));
    let mut renamed = signed.clone();
    for name in ["Signature", "Signature-Input"] {
        replace(header(&mut renamed, name), "sig1=", "x.y=");
    }
    let mut spaced = signed.clone();
    replace(header(&mut spaced, "Signature-Input"), ";created", ";  created");
    let mut turned = signed.clone();
    turned["message"]["request"]["headers"].as_array_mut().unwrap().reverse();
    let mut more = signed.clone();
    more["message"]["request"]["headers"].as_array_mut().unwrap().push(json!(["X-More", "1"]));
    let mut other_s = signed.clone();
    let signature = header(&mut other_s, "Signature");
    let raw = signature.as_str().unwrap().strip_prefix("sig1=:").unwrap().strip_suffix(':').unwrap();
    let negated = negated(&Base64::decode_vec(raw).unwrap());
    *signature = json!(format!("sig1=:{}:", Base64::encode_string(&negated)));
    for (disguise, what) in
        [(renamed, "label"), (spaced, "spaces"), (turned, "order"), (more, "header"), (other_s, "n - s")]
    {
        assert_eq!(key(&disguise), key(&signed), "{what}");
    }
    let another = http("p256", &json!({ "nonce": "m" }));
    assert_ne!(key(&another), key(&signed));
    assert_ne!(key(&http("p384", &json!({ "nonce": "n" }))), key(&signed));

    let signed = cms("p256", false);
    let der = Base64::decode_vec(signed["message"]["signature"].as_str().unwrap()).unwrap();
    let with_text = |text: String| with(&signed, &json!({ "message": { "signature": text } }));
    let text = Base64::encode_string(&der);
    let folded = text.as_bytes().chunks(60).map(|line| {
        core::str::from_utf8(line).unwrap().to_string() + "\r\n "
    });
    // The outermost SEQUENCE with a length of the indefinite form.
    let header = if der[1] == 0x82 { 4 } else { 3 };
    let indefinite = [&[0x30, 0x80], &der[header..], &[0, 0]].concat();
    for text in [
        folded.collect::<String>(),
        Base64::encode_string(&der).trim_end_matches('=').into(),
        Base64::encode_string(&indefinite),
    ] {
        assert_eq!(key(&with_text(text)), key(&signed));
    }
    // A signature over the body is one, bare and in CMS, by whichever certificate of the key it is explained.
    let (inside, alone) = (cms("device", true), bare("device", &json!({})));
    assert_eq!(key(&inside), key(&alone));
    let vouched = with(&alone, &json!({ "signers": [{ "id": alone["message"]["key_id"], "public_key": pem("device") }] }));
    assert_eq!(key(&vouched), key(&alone));
    assert_eq!(verify(&vouched).unwrap()["path"], Value::Null);
}

fn pem(key: &str) -> String {
    private_key(key).public_key().to_pem().unwrap()
}

/// (r, n - s) of (r, s) on P-256.
fn negated(signature: &[u8]) -> Vec<u8> {
    let (r, s) = p256::ecdsa::Signature::from_slice(signature).unwrap().split_scalars();
    p256::ecdsa::Signature::from_scalars(r, core::ops::Neg::neg(s)).unwrap().to_bytes().to_vec()
}

#[test]
fn keys_are_called_by_each_of_their_names() {
    let own = Certificate::from_pem(&certificate("p256")).unwrap();
    let key = own.public_key().unwrap();
    let sha256 = DigestAlgorithm::Sha256.digest(own.der());
    let identifier = crate::hex::encode(&crate::extension::key_identifier(&key));
    let call = |name: &str, signer: Value| {
        let mut request = bare("p256", &json!({}));
        request["message"]["key_id"] = json!(name);
        request["signers"] = json!([{ "certificate": certificate("device") }, signer]);
        verify(&request).map(|verified| verified["signer"]["from"].clone()).map_err(|error| error.code)
    };
    let by_certificate = json!({ "id": "device-7", "certificate": certificate("p256") });
    let by_key = json!({ "id": "device-7", "public_key": pem("p256") });
    for name in [own.sha256(), own.sha256().to_uppercase(), encode(&sha256), identifier] {
        assert_eq!(call(&name, by_certificate.clone()), Ok(json!("signers.1")), "{name}");
        assert_eq!(call(&name, by_key.clone()), Err(ErrorCode::MessageSignerUnknown), "{name}");
    }
    for name in ["device-7".into(), key.sha256(), thumbprint(&key).unwrap()] {
        assert_eq!(call(&name, by_certificate.clone()), Ok(json!("signers.1")), "{name}");
        assert_eq!(call(&name, by_key.clone()), Ok(json!("signers.1")), "{name}");
    }
    for name in ["", "device-8", "DEVICE-7"] {
        assert_eq!(call(name, by_certificate.clone()), Err(ErrorCode::MessageSignerUnknown), "{name}");
    }
    let mut nameless = bare("p256", &json!({}));
    nameless["message"].as_object_mut().unwrap().remove("key_id");
    nameless["signers"] = json!([{ "certificate": certificate("p384") }, by_certificate]);
    assert_eq!(verify(&nameless).unwrap()["signer"]["from"], "signers.1");
}

/// A certificate of a good signature still has to be believed, and says where it is if it is not.
#[test]
fn certificates_are_judged() {
    let stranger = crate::testing::authority("other", "CN=Stranger", None).certificate;
    for (request, place) in
        [(cms("p256", false), "message.signature"), (http("p256", &json!({})), "signers.0")]
    {
        let other = json!({ "trust": { "anchors": [{ "certificate": stranger }] } });
        let (code, at) = refused(&with(&request, &other));
        assert_eq!((code, at.as_str()), (ErrorCode::PathNotFound, "trust.intermediates.0"));
        let none = json!({ "trust": { "anchors": [] } });
        assert_eq!(refused(&with(&request, &none)).0, ErrorCode::PathNotFound);
        let unknown = json!({ "trust": { "intermediates": [] } });
        assert_eq!(refused(&with(&request, &unknown)), (ErrorCode::PathNotFound, place.into()));
        let server = json!({ "trust": { "purpose": "tls_server" } });
        assert_eq!(refused(&with(&request, &server)), (ErrorCode::PathPurposeRefused, place.into()));
        let strict = json!({ "trust": { "policy": { "revocation": "required" } } });
        assert_eq!(refused(&with(&request, &strict)).0, ErrorCode::PathRevocationUnknown);
    }
    // The signature is good, and the certificate has expired when it comes.
    let own = Certificate::from_pem(&certificate("device")).unwrap();
    let late = json!({ "now": own.not_after() + 1, "freshness": { "max_age_seconds": 366 * 86_400 } });
    let expired = refused(&with(&cms("device", false), &late));
    assert_eq!(expired, (ErrorCode::PathCertificateExpired, "message.signature".into()));
    // One that names the signer of another's certificate, with the attacker's key, helps nobody.
    let forged = resigned(&own, &private_key("other"), |_| ());
    let mut request = bare("device", &json!({}));
    request["message"].as_object_mut().unwrap().remove("key_id");
    request["signers"] = json!([{ "certificate": forged.to_pem().unwrap() }]);
    assert_eq!(refused(&request), (ErrorCode::PathSignatureInvalid, "signers.0".into()));
}

/// Which algorithm it is, the message alone does not say.
#[test]
fn algorithms_are_those_of_the_key_and_of_the_caller() {
    let code = |request: &Value| verify(request).err().map(|error| error.code);
    let refusal = Some(ErrorCode::MessageAlgorithmRefused);
    let nameless = http("device", &json!({ "without_alg": true }));
    let allowing = |request: &Value, names: Value| with(request, &json!({ "message": { "algorithms": names } }));
    assert_eq!(code(&nameless), refusal, "an RSA key has two");
    assert_eq!(code(&allowing(&nameless, json!(["rsa-v1_5-sha256", "ed25519"]))), None);
    let wrong = allowing(&nameless, json!(["rsa-pss-sha512"]));
    assert_eq!(code(&wrong), Some(ErrorCode::MessageSignatureInvalid));
    assert_eq!(code(&allowing(&nameless, json!(["ed25519"]))), refusal);
    assert_eq!(code(&allowing(&http("device", &json!({})), json!(["rsa-pss-sha512"]))), refusal);
    let mut other = http("p256", &json!({}));
    replace(header(&mut other, "Signature-Input"), "ecdsa-p256-sha256", "ed25519");
    assert_eq!(code(&other), refusal);
    let mut hmac = http("p256", &json!({}));
    replace(header(&mut hmac, "Signature-Input"), "ecdsa-p256-sha256", "hmac-sha256");
    assert_eq!(code(&hmac), refusal);
    let ed25519 = json!({ "message": { "scheme": "ed25519" } });
    assert_eq!(code(&with(&bare("p256", &json!({})), &ed25519)), refusal);
    let mut raw = bare("p256", &json!({ "ecdsa": "raw" }));
    raw["message"]["ecdsa"] = json!("der");
    assert_eq!(code(&raw), Some(ErrorCode::MessageSignatureInvalid), "which form it is, is not guessed");
}

/// A signature over attributes is none over a body that looks like them.
#[test]
fn attributes_are_no_body() {
    let signed = cms("device", false);
    let der = Base64::decode_vec(signed["message"]["signature"].as_str().unwrap()).unwrap();
    let start = der.windows(2).position(|pair| pair == [0xa0, 0x69] || pair == [0xa0, 0x4b]).unwrap();
    let length = usize::from(der[start + 1]);
    let attributes = [&[0x31], &der[start + 1..start + 2 + length]].concat();
    let mut request = with(&bare("device", &json!({})), &json!({ "body": encode(&attributes) }));
    let signature = &der[der.len() - 256..];
    request["message"]["signature"] = json!(Base64::encode_string(signature));
    assert_eq!(refused(&request).0, ErrorCode::MessageMalformed);
    let other = with(&bare("device", &json!({})), &json!({ "body": encode(b"1 of 2") }));
    assert_eq!(refused(&other).0, ErrorCode::MessageSignatureInvalid);
}

#[test]
fn requests_say_what_they_mean() {
    let good = http("p256", &json!({}));
    let invalid = |fields: Value| refused(&with(&good, &fields));
    let both = with(&good, &json!({ "digests": digests(BODY), "body": encode(BODY) }));
    let both = both_ways(|keys| run(serde_json::from_value(with(&both, &json!({ "now": NOW }))).unwrap(), keys));
    assert_eq!(both.unwrap_err().code, ErrorCode::FieldInvalid);
    assert_eq!(invalid(json!({ "body": null })), (ErrorCode::FieldInvalid, "body".into()));
    assert_eq!(invalid(json!({ "digests": {} })), (ErrorCode::FieldInvalid, "digests".into()));
    assert_eq!(invalid(json!({ "digests": { "sha-256": "AA" } })), (ErrorCode::FieldInvalid, "digests".into()));
    assert_eq!(invalid(json!({ "signers": [{}] })), (ErrorCode::FieldInvalid, "signers.0".into()));
    assert_eq!(invalid(json!({ "signers": [{ "certificate": "x" }] })).1, "signers.0.certificate");
    assert_eq!(invalid(json!({ "message": { "request": { "target_uri": "/checkin" } } })).1, "message.request.target_uri");
    let many: Vec<Value> = (0..33).map(|_| json!({ "public_key": pem("p256") })).collect();
    assert_eq!(invalid(json!({ "signers": many })), (ErrorCode::RequestTooLarge, "signers".into()));
    assert_eq!(invalid(json!({ "signers": [] })).0, ErrorCode::MessageSignerUnknown);
}

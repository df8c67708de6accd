//! HTTP message signatures: what they cover, and what they are over.

use super::*;

#[test]
fn what_is_covered_is_enough() {
    let of = |components: &[&str]| http("p256", &json!({ "components": components }));
    let code = |request: &Value| verify(request).err().map(|error| error.code);
    let uncovered = Some(ErrorCode::MessageComponentUncovered);
    for (components, wanted) in [
        (&["@method", "@target-uri", "content-digest"][..], None),
        (&["@method", "@authority", "@path", "@query", "content-digest"], None),
        (&["@method", "@authority", "@request-target", "content-digest"], None),
        (&["@method", "@target-uri", "\"content-digest\";key=\"sha-256\""], None),
        (&["@method", "@target-uri", "\"content-digest\";sf"], None),
        (&["@method", "@target-uri", "\"content-digest\";bs"], None),
        (&["@method", "@target-uri"], uncovered),
        (&["@target-uri", "content-digest"], uncovered),
        (&["@method", "@path", "@query", "content-digest"], uncovered),
        (&["@method", "@authority", "@path", "content-digest"], uncovered),
        (&["@method", "@authority", "@query", "content-digest"], uncovered),
        (&["@method", "@scheme", "@request-target", "content-digest"], uncovered),
        (&["@method", "@authority", "@path", "\"@query-param\";name=\"a\"", "content-digest"], uncovered),
        (&[], uncovered),
    ] {
        assert_eq!(code(&of(components)), wanted, "{components:?}");
    }
    let request = of(&["@method", "content-type", "\"x-empty\";bs"]);
    let asked = |required: Value| code(&with(&request, &json!({ "message": { "required_components": required } })));
    for (required, wanted) in [
        (json!([]), None),
        (json!(["@method", "content-type", "x-empty"]), None),
        (json!(["\"x-empty\";bs"]), None),
        (json!(["\"content-type\";bs"]), uncovered),
        (json!(["content-digest"]), uncovered),
        (json!(["@path"]), uncovered),
        (json!(["@nothing"]), Some(ErrorCode::FieldInvalid)),
    ] {
        assert_eq!(asked(required.clone()), wanted, "{required}");
    }
    let parameters = |required: Value| {
        let more = json!({ "message": { "required_parameters": required } });
        code(&with(&http("p256", &json!({ "nonce": "n" })), &more))
    };
    assert_eq!(parameters(json!(["nonce", "keyid", "alg", "created"])), None);
    assert_eq!(parameters(json!(["expires"])), Some(ErrorCode::MessageParameterMissing));
    assert_eq!(parameters(json!(["colour"])), Some(ErrorCode::FieldInvalid));
    let tagged = http("p256", &json!({ "tag": "mdm" }));
    let with_tag = |tag: &str| code(&with(&tagged, &json!({ "message": { "tag": tag, "label": "sig1" } })));
    assert_eq!((with_tag("mdm"), with_tag("x")), (None, Some(ErrorCode::MessageParameterMissing)));
}

/// Whatever is covered and changed on the way.
#[test]
fn a_covered_part_that_is_changed_is_told() {
    let signed = http("p256", &json!({ "components": ["@method", "@target-uri", "content-digest", "content-type"] }));
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut request = signed.clone();
        change(&mut request);
        verify(&request).unwrap_err().code
    };
    let invalid = ErrorCode::MessageSignatureInvalid;
    assert_eq!(changed(&|all| all["message"]["request"]["method"] = json!("PUT")), invalid);
    assert_eq!(changed(&|all| replace(&mut all["message"]["request"]["target_uri"], "a=1", "a=2")), invalid);
    assert_eq!(changed(&|all| replace(header(all, "Content-Type"), "json", "xml")), invalid);
    assert_eq!(changed(&|all| replace(header(all, "Signature-Input"), "1795000000", "1795000001")), invalid);
    assert_eq!(changed(&|all| replace(header(all, "Signature-Input"), " \"content-type\"", "")), invalid);
    assert_eq!(changed(&|all| *header(all, "Signature") = json!("sig1=:AAAA:")), invalid);
    let gone = |all: &mut Value| {
        all["message"]["request"]["headers"].as_array_mut().unwrap().retain(|line| line[0] != "Content-Type");
    };
    assert_eq!(changed(&gone), ErrorCode::MessageComponentUnavailable);
    let unsigned = |all: &mut Value| {
        all["message"]["request"]["headers"].as_array_mut().unwrap().retain(|line| line[0] != "Signature");
    };
    assert_eq!(changed(&unsigned), ErrorCode::MessageSignatureAbsent);
}

#[test]
fn headers_that_are_none_are_refused() {
    let input = |text: &str| {
        let mut request = http("p256", &json!({}));
        *header(&mut request, "Signature-Input") = json!(text);
        let signature = header(&mut request, "Signature");
        let value = signature.as_str().unwrap().replace("sig1=", "a=");
        *signature = json!(value);
        verify(&request).unwrap_err().code
    };
    let (malformed, unavailable) = (ErrorCode::MessageMalformed, ErrorCode::MessageComponentUnavailable);
    for (text, wanted) in [
        ("a=(", malformed),
        ("a=1", malformed),
        ("a=(), a=()", malformed),
        ("a=(\"@method\" \"@method\");created=1795000000", malformed),
        ("a=(\"x-empty\";bs;tr \"x-empty\";tr;bs);created=1795000000", malformed),
        ("a=(token);created=1795000000", malformed),
        ("a=();created=\"1795000000\"", malformed),
        ("a=();created=-1", malformed),
        ("a=();created=1;created=1795000000", malformed),
        ("a=();created=1795000000;expires=1794999999", malformed),
        ("a=();created=1795000000;keyid=abc", malformed),
        ("b=();created=1795000000", ErrorCode::MessageSignatureAbsent),
        ("a=();created=1795000000, b=()", ErrorCode::MessageSignatureAbsent),
        ("a=(\"@signature-params\");created=1795000000", unavailable),
        ("a=(\"@status\");created=1795000000", unavailable),
        ("a=(\"@method\";req);created=1795000000", unavailable),
        ("a=(\"@method\";tr);created=1795000000", unavailable),
        ("a=(\"@query-param\");created=1795000000", unavailable),
        ("a=(\"@query-param\";name=\"c\");created=1795000000", unavailable),
        ("a=(\"X-Empty\");created=1795000000", unavailable),
        ("a=(\"x-empty\";sf);created=1795000000", unavailable),
        ("a=(\"x-empty\";bs;sf);created=1795000000", unavailable),
        ("a=(\"x-empty\";colour);created=1795000000", unavailable),
        ("a=(\"x-empty\";bs=?0);created=1795000000", unavailable),
        ("a=(\"x-empty\";key=\"a\");created=1795000000", unavailable),
        ("a=(\"x-empty\";tr);created=1795000000", unavailable),
        ("a=()", ErrorCode::MessageUndated),
    ] {
        assert_eq!(input(text), wanted, "{text}");
    }
    let many = (0..65).map(|number| format!("\"x-{number}\"")).collect::<Vec<_>>().join(" ");
    assert_eq!(input(&format!("a=({many})")), malformed);
    let with_header = |name: &str, value: &str| {
        let mut request = http("p256", &json!({}));
        request["message"]["request"]["headers"].as_array_mut().unwrap().push(json!([name, value]));
        refused(&request)
    };
    for (name, value) in [("", "a"), ("a b", "a"), ("a", "x\ny"), ("a", "x\u{0}"), ("a", "x\r")] {
        assert_eq!(with_header(name, value), (malformed, "message.request.headers.5".into()), "{name:?} {value:?}");
    }
    assert_eq!(with_header("a", &"x".repeat(65_536)).0, ErrorCode::RequestTooLarge);
    for signature in ["!", "AAA==", "AA=A", ""] {
        let request = with(&cms("p256", false), &json!({ "message": { "signature": signature } }));
        assert_eq!(refused(&request), (malformed, "message".into()), "{signature}");
    }
}

#[test]
fn a_response_is_signed_with_what_it_answers() {
    let response = json!({ "status": 200, "headers": [["Content-Type", "application/json"]] });
    let components = ["@status", "content-digest", "\"@method\";req", "\"@path\";req", "\"@query\";req"];
    let message = json!({ "form": "http", "request": post(), "response": response, "components": components });
    let signed = sign("p256", &json!({ "message": message })).unwrap();
    let mut answered = response;
    let headers = answered["headers"].as_array_mut().unwrap();
    headers.extend(signed["headers"].as_array().unwrap().iter().cloned());
    let request = json!({
        "message": { "form": "http", "request": post(), "response": answered },
        "signers": [{ "public_key": pem("p256") }],
    });
    let verified = verify(&request).unwrap();
    assert_eq!(verified["http"]["covered"][2], "\"@method\";req");
    let mut other = request.clone();
    other["message"]["request"]["method"] = json!("GET");
    assert_eq!(refused(&other).0, ErrorCode::MessageSignatureInvalid);
    let mut unasked = request.clone();
    unasked["message"].as_object_mut().unwrap().remove("request");
    assert_eq!(refused(&unasked).0, ErrorCode::MessageComponentUnavailable);
    let mut other = request;
    other["message"]["response"]["status"] = json!(500);
    assert_eq!(refused(&other).0, ErrorCode::MessageSignatureInvalid);
}

/// Two values that are not the same text are never the same to a signature.
#[test]
fn what_is_not_ascii_is_signed_as_octets_or_not_at_all() {
    let with_note = |component: &str, value: &str| {
        let mut request = post();
        request["headers"].as_array_mut().unwrap().push(json!(["X-Note", value]));
        let components = ["@method", "@target-uri", "content-digest", component];
        http("p256", &json!({ "request": request, "components": components }))
    };
    let told = |component: &str, signed: &str, sent: &str| {
        let mut request = with_note(component, signed);
        request["message"]["request"]["headers"].as_array_mut().unwrap().push(json!(["X-Note", sent]));
        verify(&request).map(drop).map_err(|error| error.code)
    };
    for sent in ["caf\u{fffd}", "café"] {
        assert_eq!(told("x-note", "cafe", sent), Err(ErrorCode::MessageMalformed), "{sent}");
        assert_eq!(told("\"x-note\";bs", sent, sent), Ok(()), "{sent}");
        for other in ["cafe", "caf\u{fffd}\u{fffd}", "caf?", "cafe\u{301}"] {
            assert_eq!(told("\"x-note\";bs", sent, other), Err(ErrorCode::MessageSignatureInvalid), "{sent} {other}");
        }
    }
}

//! The test suite of the HTTP working group, `tests/data/structured-fields`: what is read, what is refused, and what is
//! written.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64ct::Encoding;
use serde_json::{Value, json};

use super::{
    BareItem, InnerList, Item, Member, Parameters, parse_dictionary, parse_item, parse_list,
    serialize_dictionary, serialize_list,
};

macro_rules! suite {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../../../tests/data/structured-fields/", $name, ".json")))),*]
    };
}

const SUITE: [(&str, &str); 20] = suite!(
    "binary",
    "boolean",
    "date",
    "dictionary",
    "display-string",
    "examples",
    "item",
    "key-generated",
    "large-generated",
    "list",
    "listlist",
    "number",
    "number-generated",
    "param-dict",
    "param-list",
    "param-listlist",
    "string",
    "string-generated",
    "token",
    "token-generated"
);

/// What may fail (`can_fail`) and does so here, on purpose: base64 whose unused bits are not zero.
const REFUSED: [&str; 1] = ["non-zero pad bits"];

#[test]
fn fields_are_read_and_written_as_the_suite_says() {
    let mut count = 0;
    for (file, text) in SUITE {
        for case in serde_json::from_str::<Vec<Value>>(text).unwrap() {
            check(file, &case);
            count += 1;
        }
    }
    assert!(count > 1500, "{count}");
}

fn check(file: &str, case: &Value) {
    let name = format!("{file}: {}", case["name"]);
    let raw = case["raw"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let text = raw.collect::<Vec<_>>().join(", ");
    let read = read(case["header_type"].as_str().unwrap(), &text);
    if case["must_fail"] == true || REFUSED.iter().any(|refused| case["name"] == *refused) {
        assert!(read.is_err(), "{name}: {read:?}");
        return;
    }
    let (found, written) = read.unwrap_or_else(|detail| panic!("{name}: {detail}"));
    assert_eq!(found, normal(&case["expected"]), "{name}");
    let canonical = case.get("canonical").unwrap_or(&case["raw"]).as_array().unwrap();
    let canonical = canonical.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(written, canonical.join(", "), "{name}");
}

/// What was found in the suite's form, and written again.
fn read(kind: &str, text: &str) -> Result<(Value, String), String> {
    Ok(match kind {
        "item" => {
            let item = parse_item(text)?;
            (item_of(&item), item.serialize())
        }
        "list" => {
            let list = parse_list(text)?;
            (list.iter().map(member_of).collect(), serialize_list(&list))
        }
        _ => {
            let dictionary = parse_dictionary(text)?;
            let members = dictionary.iter().map(|(name, member)| json!([name, member_of(member)]));
            (members.collect(), serialize_dictionary(&dictionary))
        }
    })
}

fn member_of(member: &Member) -> Value {
    match member {
        Member::Item(item) => item_of(item),
        Member::InnerList(InnerList { items, parameters }) => {
            json!([items.iter().map(item_of).collect::<Vec<_>>(), parameters_of(parameters)])
        }
    }
}

fn item_of(item: &Item) -> Value {
    json!([bare_of(&item.value), parameters_of(&item.parameters)])
}

fn parameters_of(parameters: &Parameters) -> Value {
    parameters.iter().map(|(name, value)| json!([name, bare_of(value)])).collect()
}

fn bare_of(value: &BareItem) -> Value {
    let typed = |kind: &str, value: Value| json!({ "__type": kind, "value": value });
    match value {
        BareItem::Integer(number) => json!(number),
        BareItem::Decimal(thousandths) => json!(format!("thousandths {thousandths}")),
        BareItem::String(text) => json!(text),
        BareItem::Token(text) => typed("token", json!(text)),
        BareItem::Bytes(bytes) => typed("binary", json!(base32(bytes))),
        BareItem::Boolean(value) => json!(value),
        BareItem::Date(seconds) => typed("date", json!(seconds)),
        BareItem::DisplayString(text) => typed("displaystring", json!(text)),
    }
}

/// The suite's numbers with a fraction, in thousandths.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let text = format!("{:.3}", number.as_f64().unwrap());
            json!(format!("thousandths {}", text.replace('.', "").parse::<i64>().unwrap()))
        }
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), normal(value))).collect(),
        other => other.clone(),
    }
}

/// RFC 4648 section 6, as the suite writes bytes.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let digit = |group: &[u8]| {
        let group = format!("{:0<5}", core::str::from_utf8(group).unwrap());
        char::from(ALPHABET[usize::from_str_radix(&group, 2).unwrap()])
    };
    let digits: String = bits.as_bytes().chunks(5).map(digit).collect();
    let length = digits.len().next_multiple_of(8);
    format!("{digits:=<length$}")
}

/// A field beyond the limits is refused, and takes no longer than it is long.
#[test]
fn limits_hold() {
    let members = |count: usize| (0..count).map(|number| format!("a{number}")).collect::<Vec<_>>().join(",");
    assert_eq!(parse_dictionary(&members(1024)).unwrap().len(), 1024);
    assert!(parse_dictionary(&members(1025)).is_err());
    assert!(parse_list(&["1"; 1025].join(",")).is_err());
    assert!(parse_list(&format!("({})", ["1"; 257].join(" "))).is_err());
    assert!(parse_item(&format!("1{}", members(257).replace('a', ";a").replace(',', ""))).is_err());
    assert!(parse_item(&format!("\"{}\"", "a".repeat(super::MAX_FIELD))).is_err());
    assert!(parse_item(&base64ct::Base64::encode_string(b"no colons")).is_ok(), "a token, that is");
    assert!(parse_dictionary("a=1, b=2, a=3").unwrap().is_repeated());
    assert_eq!(parse_item("ä").unwrap_err().to_string(), "found a character that is not ASCII");
}

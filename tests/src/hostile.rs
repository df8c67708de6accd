//! Requests that nobody should send, with what native Rust answers: so has each door.

use anyhow::{Result, bail};
use fastrand::Rng;

use crate::json::Json;
use crate::native;
use crate::vector::{self, Key, Vector};

/// How many changes are made to the request of each operation.
const ROUNDS: usize = 40;

/// The smallest request of each operation that is accepted, changed somewhere, and texts that are no requests. They are
/// the same in each run.
pub fn requests() -> Result<Vec<Vector>> {
    let vectors: Vec<Vector> = vector::all()?.into_iter().flat_map(|(_, vectors)| vectors).collect();
    let mut found: Vec<Vector> = texts().into_iter().map(|text| hostile(Json::String(text), &[])).collect();
    let mut numbers = Rng::with_seed(7);
    for operation in sealwright_core::Operation::ALL {
        let of = |vector: &&Vector| {
            vector.request.get("op").is_some_and(|op| op.text().ok() == Some(operation.name()))
        };
        let accepted = vectors.iter().filter(of).filter(|vector| vector.is_success());
        let smallest = accepted.min_by_key(|vector| (vector.keys.len(), vector.request_bytes().len()));
        let Some(smallest) = smallest else { continue };
        for _ in 0..ROUNDS {
            let mut request = smallest.request.clone();
            change(&mut request, &mut numbers);
            found.push(hostile(request, &smallest.keys));
        }
        let text = String::from_utf8_lossy(&smallest.request_bytes()).into_owned();
        let middle = text.floor_char_boundary(text.len() / 2);
        found.extend(
            [&text[..middle], &text[1..], &format!("{text}{text}")]
                .map(|text| hostile(Json::String(text.to_owned()), &smallest.keys)),
        );
    }
    found.into_iter().map(answered).collect()
}

/// The vector with native Rust's answer as the wanted one.
fn answered(vector: Vector) -> Result<Vector> {
    let answer = native::call(&vector.request_bytes(), &vector.keys)?;
    let Json::Object(mut body) = Json::parse(&answer.body)? else { bail!("an answer that is no object") };
    Ok(match body.shift_remove("error") {
        Some(error) => Vector { error: Some(error), ..vector },
        None => Vector { response: Some(Json::Object(body)), ..vector },
    })
}

fn hostile(request: Json, keys: &[Key]) -> Vector {
    Vector {
        id: "hostile".to_owned(),
        why: "nobody should send it".to_owned(),
        keys: keys.to_vec(),
        held_only: false,
        request,
        response: None,
        error: None,
    }
}

fn texts() -> Vec<String> {
    let nested = |levels: usize| "[".repeat(levels);
    let texts = [
        "",
        " ",
        "\0",
        "null",
        "[]",
        "{}",
        "{\"op\":",
        "{\"op\":7}",
        "{\"op\":\"inspect\",\"op\":\"lint\"}",
        "\u{feff}{}",
    ];
    texts
        .map(ToOwned::to_owned)
        .into_iter()
        .chain([nested(100), nested(100_000), " ".repeat(1 << 20)])
        .collect()
}

/// Values that JSON has, and that no field is made for.
fn value(numbers: &mut Rng) -> Json {
    let text = |text: &str| Json::String(text.to_owned());
    let object = |name: &str, value: Json| Json::Object([(name.to_owned(), value)].into_iter().collect());
    let nested =
        (0..100).fold(
            Json::Null,
            |value, level| {
                if level % 2 == 0 { Json::Array(vec![value]) } else { object("x", value) }
            },
        );
    let number = |number: &str| Json::parse(number.as_bytes()).unwrap_or(Json::Null);
    let values = [
        Json::Null,
        Json::Bool(true),
        number("-1"),
        number("1.5"),
        number("1e300"),
        number("18446744073709551615"),
        number("-9223372036854775808"),
        text(""),
        text("\0 !"),
        text("\u{202e}ü"),
        text("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
        text(&"!".repeat(1 << 16)),
        Json::Array(Vec::new()),
        Json::Array(vec![Json::Null]),
        object("__proto__", Json::Null),
        object("", Json::Bool(false)),
        nested,
    ];
    values[numbers.usize(..values.len())].clone()
}

/// One change, at a depth of its own.
fn change(place: &mut Json, numbers: &mut Rng) {
    match place {
        Json::Object(fields) if !fields.is_empty() => {
            let index = numbers.usize(..fields.len());
            match numbers.usize(..4) {
                0 => {
                    fields.insert("no_such_field".to_owned(), value(numbers));
                }
                1 => {
                    fields.shift_remove_index(index);
                }
                _ => change(&mut fields[index], numbers),
            }
        }
        Json::Array(items) if !items.is_empty() && numbers.usize(..2) == 0 => {
            let index = numbers.usize(..items.len());
            change(&mut items[index], numbers);
        }
        Json::String(text) if text.len() > 1 && numbers.usize(..2) == 0 => {
            let middle = text.floor_char_boundary(numbers.usize(..text.len()));
            text.truncate(middle);
        }
        other => *other = value(numbers),
    }
}

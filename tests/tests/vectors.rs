//! Every vector through the native engine and through the module, with keys held and not held.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use conformance::guest::{Guest, Held};
use conformance::json::Json;
use conformance::module::{self, Build};
use conformance::recipe::Kitchen;
use conformance::vector::{self, Answer, Vector};
use conformance::{native, outside};
use sealwright_core::Operation;

/// Runs every vector and reports all that fail, not the first alone.
fn each(check: impl Fn(&Vector) -> Result<()>) {
    let mut failures = Vec::new();
    let mut count = 0;
    for (file, vectors) in vector::all().unwrap() {
        for vector in vectors {
            count += 1;
            if let Err(error) = check(&vector) {
                failures.push(format!("{file}/{} ({}): {error:#}", vector.id, vector.why));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
}

fn same(vector: &Vector, answer: &Answer) -> Result<()> {
    let expected = vector.expected()?;
    ensure!(
        answer.body == expected,
        "found {}\nwanted {}",
        String::from_utf8_lossy(&answer.body),
        String::from_utf8_lossy(&expected)
    );
    let number = vector.status()?;
    ensure!(answer.status == number, "found the status {}, wanted {number}", answer.status);
    Ok(())
}

#[test]
fn native_engine() {
    each(|vector| same(vector, &native::call(&vector.request_bytes(), &vector.keys)?));
}

#[test]
fn portable_module() {
    let guest = Guest::new(&module::build(Build::Portable).unwrap()).unwrap();
    each(|vector| same(vector, &guest.call(&vector.request_bytes(), &vector.keys)?));
}

#[test]
fn fast_module() {
    let guest = Guest::new(&module::build(Build::Fast).unwrap()).unwrap();
    each(|vector| same(vector, &guest.call(&vector.request_bytes(), &vector.keys)?));
}

/// With no key held, each use of a key is a question; answered, the response must be the same bytes.
#[test]
fn outside_keys() {
    let asked = std::cell::RefCell::new(BTreeSet::new());
    each(|vector| {
        if vector.keys.is_empty() || vector.held_only {
            return Ok(());
        }
        let answer = outside::converse(
            &vector.request,
            |request| native::call(request, &[]),
            |question| {
                asked.borrow_mut().insert(vector.request.at("/op")?.text()?.to_owned());
                outside::answer(&vector.keys, question)
            },
        )?;
        same(vector, &answer)
    });
    let uses_keys = Operation::ALL.iter().filter(|operation| operation.uses_keys());
    assert_eq!(asked.into_inner(), uses_keys.map(|operation| operation.name().to_owned()).collect());
}

/// The same with a callback that the module finds in its table, which is how the host runs it.
#[test]
fn outside_keys_by_callback() {
    for build in Build::ALL {
        let guest = Guest::new(&module::build(build).unwrap()).unwrap();
        each(|vector| match vector.held_only {
            true => Ok(()),
            false => same(vector, &guest.call_asking(&vector.request_bytes(), &vector.keys)?),
        });
    }
}

/// Who has a key may say that the padding is wrong, which is the answer `null`.
#[test]
fn wrong_padding_by_callback() {
    let count = std::cell::Cell::new(0);
    for build in Build::ALL {
        let guest = Guest::new(&module::build(build).unwrap()).unwrap();
        each(|vector| {
            let Json::Object(mut fields) = vector.request.clone() else { return Ok(()) };
            if fields.get("answers") != Some(&Json::Array(vec![Json::Null])) {
                return Ok(());
            }
            fields.shift_remove("answers");
            count.set(count.get() + 1);
            let request = Json::Object(fields).compact();
            same(vector, &guest.session(&[])?.call_asking(&request, Arc::new(|_| Ok(Held::PaddingWrong)))?)
        });
    }
    assert!(count.get() >= 2 * 3, "{} vectors", count.get());
}

/// The same conversation with the engine in the sandbox.
#[test]
fn outside_keys_of_the_module() {
    let guest = Guest::new(&module::build(Build::Fast).unwrap()).unwrap();
    each(|vector| {
        if vector.keys.is_empty() || vector.held_only {
            return Ok(());
        }
        let answer = outside::converse(
            &vector.request,
            |request| guest.call(request, &[]),
            |question| outside::answer(&vector.keys, question),
        )?;
        same(vector, &answer)
    });
}

/// The vectors are what `--write` makes of the recipes; responses are taken as they are on file.
#[test]
fn vectors_follow_their_recipes() {
    let files = vector::all().unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let recorded = |wanted: &mut Vector| {
        let found = files
            .iter()
            .flat_map(|(_, vectors)| vectors)
            .find(|vector| {
                vector.id == wanted.id
                    && vector.why == wanted.why
                    && vector.keys == wanted.keys
                    && vector.held_only == wanted.held_only
                    && vector.request == wanted.request
            })
            .with_context(|| format!("{} is not on file as its recipe has it", wanted.id))?;
        *wanted = found.clone();
        Ok(())
    };
    let made = Kitchen::open(&recorded).unwrap().make_all().unwrap();
    assert_eq!(names, made.keys().map(String::as_str).collect::<Vec<_>>());
    for ((name, vectors), made) in files.iter().zip(made.values()) {
        let ids = |vectors: &[Vector]| vectors.iter().map(|vector| vector.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(vectors), ids(made), "in {name}");
    }
}

#[test]
fn every_operation_has_a_success_and_an_error() {
    for operation in Operation::ALL {
        let vectors = vector::of(operation.name()).unwrap();
        assert!(vectors.iter().any(Vector::is_success), "{} has no success", operation.name());
        let failing = vectors.iter().any(|vector| vector.error.is_some());
        assert!(failing, "{} has no error", operation.name());
        for vector in &vectors {
            let op = vector.request.get("op").map(|op| op.text().unwrap());
            assert!(op.is_none_or(|op| op == operation.name()), "{} is of another operation", vector.id);
        }
    }
}

#[test]
fn ids_are_unique_and_say_why() {
    for (file, vectors) in vector::all().unwrap() {
        let mut ids: Vec<&str> = vectors.iter().map(|vector| vector.id.as_str()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "an id is there twice in {file}");
        assert!(vectors.iter().all(|vector| vector.why.len() > 10), "a vector of {file} says no why");
    }
}

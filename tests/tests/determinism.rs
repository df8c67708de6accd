//! The same request gives the same bytes: again, in a fresh engine, in a used one, in a thread, in the sandbox.

use conformance::guest::Guest;
use conformance::json::Json;
use conformance::module::{self, Build};
use conformance::native;
use conformance::vector::{self, Vector};

fn vectors() -> Vec<Vector> {
    vector::all().unwrap().into_iter().flat_map(|(_, vectors)| vectors).collect()
}

#[test]
fn again_in_fresh_engines_and_in_threads() {
    let vectors = vectors();
    let run = || -> Vec<_> {
        let answers = vectors.iter().map(|vector| native::call(&vector.request_bytes(), &vector.keys));
        answers.map(Result::unwrap).collect()
    };
    let first = run();
    let (second, third) = std::thread::scope(|scope| {
        let second = scope.spawn(run);
        let third = scope.spawn(run);
        (second.join().unwrap(), third.join().unwrap())
    });
    assert_eq!(first, second);
    assert_eq!(first, third);
}

/// What one request leaves behind in memory must not show in the next: the same engine twice, and once more
/// after every other request with the same keys.
#[test]
fn again_in_a_used_engine() {
    let guest = Guest::new(&module::build(Build::Fast).unwrap()).unwrap();
    let vectors = vectors();
    let mut rings: Vec<&[vector::Key]> = Vec::new();
    for vector in &vectors {
        if !rings.contains(&vector.keys.as_slice()) {
            rings.push(&vector.keys);
        }
    }
    for ring in rings {
        let mut session = guest.session(ring).unwrap();
        let requests: Vec<Vec<u8>> =
            vectors.iter().filter(|vector| vector.keys == ring).map(Vector::request_bytes).collect();
        let mut run =
            || -> Vec<_> { requests.iter().map(|request| session.call(request).unwrap()).collect() };
        assert_eq!(run(), run());
        session.close().unwrap();
    }
}

/// A seed that changes nothing would be as good as none. Held to the operations that take one: there must be
/// a vector whose response is another one under another seed.
#[test]
fn the_seed_matters() {
    for operation in sealwright_core::Operation::ALL {
        let vectors = vector::of(operation.name()).unwrap();
        let seeded: Vec<&Vector> = vectors
            .iter()
            .filter(|vector| vector.is_success() && vector.request.get("seed").is_some())
            .collect();
        let differs = |vector: &&Vector| {
            let Json::Object(mut fields) = vector.request.clone() else {
                return false;
            };
            fields.insert("seed".into(), Json::String("_".repeat(42) + "8"));
            let request = Json::Object(fields).compact();
            native::call(&request, &vector.keys).unwrap().body != vector.expected().unwrap()
        };
        // The reply is opened with the pending request's own values; its seed only feeds the content key
        // that takes the place of one that cannot be decrypted.
        let silent = ["scep_open_request", "scep_open_reply"].contains(&operation.name());
        if !seeded.is_empty() && !silent {
            assert!(seeded.iter().any(differs), "{} does not use its seed", operation.name());
        }
    }
}

/// Damaged requests: whatever the answer is, the sandbox must give the one that the native engine gives.
#[test]
fn damaged_requests_are_answered_alike() {
    let guest = Guest::new(&module::build(Build::Fast).unwrap()).unwrap();
    let mut random = Random(0x5ea1_0000_0000_0001);
    for vector in vectors() {
        let mut session = guest.session(&vector.keys).unwrap();
        for _ in 0..8 {
            let request = damage(&vector.request_bytes(), &mut random);
            let native = native::call(&request, &vector.keys).unwrap();
            let sandboxed = session.call(&request).unwrap();
            assert_eq!(native, sandboxed, "{}", String::from_utf8_lossy(&request));
        }
        session.close().unwrap();
    }
}

/// What means something in JSON, PEM and base64url, and what does not.
const OCTETS: &[u8] = b"\"\\{}[],:09azAZ-_+/= \n\x00\xff";

/// One to three octets changed, cut out or doubled.
fn damage(request: &[u8], random: &mut Random) -> Vec<u8> {
    let mut damaged = request.to_vec();
    for _ in 0..=random.below(2) {
        if damaged.is_empty() {
            break;
        }
        let index = random.below(damaged.len() - 1);
        match random.below(3) {
            0 => drop(damaged.remove(index)),
            1 => damaged.insert(index, damaged[index]),
            2 => damaged.truncate(index),
            _ => damaged[index] = OCTETS[random.below(OCTETS.len() - 1)],
        }
    }
    damaged
}

/// xorshift64: the same sequence in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (u64::try_from(limit).unwrap() + 1)).unwrap()
    }
}

//! The same request gives the same bytes: again, in a fresh engine, in a used one, in a thread, in the sandbox.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
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

/// The same with damage below the base64: what the parsers of ASN.1 make of it must not depend on the width of
/// a pointer, or on anything else that differs between the two.
#[test]
fn damaged_octets_are_answered_alike() {
    let guest = Guest::new(&module::build(Build::Fast).unwrap()).unwrap();
    let mut random = Random(0x5ea1_0000_0000_0002);
    let mut count = 0;
    for vector in vectors() {
        let mut session = guest.session(&vector.keys).unwrap();
        for _ in 0..8 {
            let mut request = vector.request.clone();
            let mut texts = Vec::new();
            encoded(&mut request, &mut texts);
            if texts.is_empty() {
                break;
            }
            let index = random.below(texts.len() - 1);
            let (text, encoding) = &mut texts[index];
            **text = encoding.damage(text, &mut random);
            let request = request.compact();
            let native = native::call(&request, &vector.keys).unwrap();
            let sandboxed = session.call(&request).unwrap();
            assert_eq!(native, sandboxed, "{}", String::from_utf8_lossy(&request));
            count += 1;
        }
        session.close().unwrap();
    }
    assert!(count > 500, "only {count} requests hold octets");
}

/// How octets are written in a request.
enum Encoding {
    Pem,
    Base64Url,
}

impl Encoding {
    /// The shortest text that is taken for base64url: names and ids are shorter.
    const SHORTEST: usize = 64;

    fn of(text: &str) -> Option<Self> {
        if text.starts_with("-----BEGIN ") && text.ends_with("-----\n") {
            // A key under a password of its own has headers, which are no base64 (RFC 1421 4.6).
            return (!text.contains("Proc-Type")).then_some(Self::Pem);
        }
        let is_encoded = text.len() >= Self::SHORTEST && Base64UrlUnpadded::decode_vec(text).is_ok();
        is_encoded.then_some(Self::Base64Url)
    }

    fn damage(&self, text: &str, random: &mut Random) -> String {
        match self {
            Self::Base64Url => {
                let octets = Base64UrlUnpadded::decode_vec(text).unwrap();
                Base64UrlUnpadded::encode_string(&damage_der(&octets, random))
            }
            Self::Pem => {
                let lines: Vec<&str> = text.lines().collect();
                let [begin, digits @ .., end] = lines.as_slice() else { panic!("found no PEM: {text}") };
                // Of several blocks only the first is damaged.
                let rest = digits.iter().position(|line| line.starts_with('-')).unwrap_or(digits.len());
                let octets = Base64::decode_vec(&digits[..rest].concat()).unwrap();
                let damaged = Base64::encode_string(&damage_der(&octets, random));
                let rest = digits[rest..].join("\n");
                [begin, damaged.as_str(), rest.as_str(), end, ""].join("\n")
            }
        }
    }
}

/// The texts of a request that stand for octets.
fn encoded<'a>(json: &'a mut Json, found: &mut Vec<(&'a mut String, Encoding)>) {
    match json {
        Json::String(text) => {
            if let Some(encoding) = Encoding::of(text) {
                found.push((text, encoding));
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| encoded(item, found)),
        Json::Object(fields) => fields.values_mut().for_each(|field| encoded(field, found)),
        _ => {}
    }
}

/// Lengths that are odd, too long for 32 bits or without an end, and tags, among other octets.
const DER: &[&[u8]] = &[
    b"\x85\x01\x00\x00\x00\x00",
    b"\x88\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x84\xff\xff\xff\xff",
    b"\x84\x7f\xff\xff\xff",
    b"\x80",
    b"\x00",
    b"\xff",
    b"\x02",
    b"\x30",
    b"\x24",
    b"\x1f\xff\xff\xff\xff\x7f",
];

/// One octet replaced, flipped, cut out, or everything after it; half of the time near the beginning, where the
/// lengths of what is outside stand.
fn damage_der(octets: &[u8], random: &mut Random) -> Vec<u8> {
    let mut damaged = octets.to_vec();
    if damaged.is_empty() {
        return damaged;
    }
    let last = damaged.len() - 1;
    let index = if random.below(1) == 0 { random.below(last.min(6)) } else { random.below(last) };
    match random.below(7) {
        0 => drop(damaged.remove(index)),
        1 => damaged.truncate(index),
        2 | 3 => damaged[index] ^= 1 << random.below(7),
        _ => drop(damaged.splice(index..=index, DER[random.below(DER.len() - 1)].iter().copied())),
    }
    damaged
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

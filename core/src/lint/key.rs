//! Public keys (RFC 5280 4.1.2.7): their strength, and how they are written.

use der::Tag;

use super::{finding::Findings, rule::rules};
use crate::inspect::{PublicKey, element::Element};

rules! {
    WEAK_KEY, Error, "NIST SP 800-131A and CA/Browser Forum Baseline Requirements 6.1.5":
        "the key is weaker than RSA with 2048 bits or P-256, or no key at all";
        "make a new key: RSA with 2048 bits or more, P-256 or P-384. Apple's SCEP payload asks for 1024 bits unless Keysize says 2048".
    WEAK_EXPONENT, Warning, "NIST SP 800-56B 6.2 and CA/Browser Forum Baseline Requirements 6.1.6":
        "the public exponent of an RSA key is smaller than 65537";
        "make a new key with the exponent 65537".
    KEY_WITH_SMALL_FACTOR, Error, "CA/Browser Forum Baseline Requirements 6.1.6":
        "the modulus of an RSA key is even or has a small prime factor";
        "make a new key, and find out what made this one".
    KEY_PARAMETERS_WRONG, Warning, "RFC 3279 2.3.1, RFC 5480 2.1.1, RFC 8410 3 and RFC 9881 2":
        "the parameters of the key's algorithm are not those that it has";
        "write NULL for RSA, the named curve for elliptic curves, nothing for Ed25519 and ML-DSA; strict readers refuse others".
    KEY_KIND_RARE, Notice, "CA/Browser Forum Baseline Requirements 6.1.5":
        "the key is of a kind that many devices do not know";
        "take RSA or P-256 where Apple's and Microsoft's own programs have to read it".
    KEY_UNREADABLE, Error, "RFC 5280 4.1.2.7":
        "the public key cannot be read";
        "make a new key and have it certified".
}

/// The fewest bits of an RSA modulus.
const RSA_BITS: u64 = 2048;
/// The fewest bits of a curve.
const CURVE_BITS: u64 = 256;
/// The usual public exponent, and the smallest one that is no weakness.
const EXPONENT: u64 = 65_537;
/// Up to here factors of a modulus are looked for.
const FACTORS: core::ops::RangeInclusive<u64> = 3..=751;

/// What is told apart of a key's algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Rsa,
    EllipticCurve,
    /// Ed25519 and Ed448.
    Edwards,
    MlDsa,
    Other,
}

/// The family of a SubjectPublicKeyInfo's algorithm.
pub(super) fn family(spki: Element<'_>) -> Family {
    match algorithm(spki).as_deref() {
        Some("1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10") => Family::Rsa,
        Some("1.2.840.10045.2.1") => Family::EllipticCurve,
        Some("1.3.101.112" | "1.3.101.113") => Family::Edwards,
        Some("2.16.840.1.101.3.4.3.17" | "2.16.840.1.101.3.4.3.18" | "2.16.840.1.101.3.4.3.19") => {
            Family::MlDsa
        }
        _ => Family::Other,
    }
}

fn algorithm(spki: Element<'_>) -> Option<alloc::string::String> {
    let algorithm = spki.sequence("SubjectPublicKeyInfo").ok()?.required("algorithm").ok()?;
    let oid = algorithm.sequence("algorithm").ok()?.required("algorithm").ok()?.oid("algorithm").ok()?;
    Some(alloc::format!("{oid}"))
}

/// Looks at a SubjectPublicKeyInfo.
pub(super) fn check(spki: Element<'_>, findings: &mut Findings) {
    match PublicKey::read(spki) {
        Err(problem) => findings.add(&KEY_UNREADABLE, PLACE, problem),
        Ok(key) => {
            check_strength(&key, family(spki), findings);
            check_parameters(spki, &key, findings);
            if family(spki) == Family::Rsa {
                check_modulus(spki, findings);
            }
        }
    }
}

/// Looks at a key that stands alone, of which the description is all there is.
pub(super) fn check_described(key: &PublicKey, findings: &mut Findings) {
    let family = match key.algorithm.as_str() {
        "rsaEncryption" => Family::Rsa,
        "ecPublicKey" => Family::EllipticCurve,
        "Ed25519" | "Ed448" => Family::Edwards,
        "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" => Family::MlDsa,
        _ => Family::Other,
    };
    check_strength(key, family, findings);
}

fn check_strength(key: &PublicKey, family: Family, findings: &mut Findings) {
    let (name, bits) = (&key.algorithm, key.bits.unwrap_or_default());
    let exponent = key.exponent.as_deref().and_then(|exponent| exponent.parse::<u64>().ok());
    match family {
        Family::Rsa => {
            findings.add_if(
                bits < RSA_BITS,
                &WEAK_KEY,
                PLACE,
                format_args!("found RSA with {bits} bits, wanted at least {RSA_BITS}"),
            );
            match exponent {
                Some(exponent) if exponent < 3 || exponent % 2 == 0 => {
                    findings.add(
                        &WEAK_KEY,
                        PLACE,
                        format_args!("found the public exponent {exponent}, wanted {EXPONENT}"),
                    );
                }
                Some(exponent) if exponent < EXPONENT => {
                    findings.add(
                        &WEAK_EXPONENT,
                        PLACE,
                        format_args!("found the public exponent {exponent}, wanted {EXPONENT}"),
                    );
                }
                _ => {}
            }
        }
        Family::EllipticCurve => {
            let curve = key.curve.as_deref().unwrap_or("no curve");
            let is_weak = key.bits.is_some_and(|bits| bits < CURVE_BITS);
            findings.add_if(is_weak, &WEAK_KEY, PLACE, format_args!("found {curve}, wanted P-256 or P-384"));
            let is_common = ["P-256", "P-384", "P-521"].contains(&curve);
            findings.add_if(
                !is_weak && !is_common,
                &KEY_KIND_RARE,
                PLACE,
                format_args!("found {curve}, wanted P-256 or P-384"),
            );
        }
        Family::Edwards | Family::MlDsa => {
            findings.add(&KEY_KIND_RARE, PLACE, format_args!("found {name}, wanted RSA, P-256 or P-384"))
        }
        Family::Other if name.to_ascii_lowercase().contains("dsa") && !name.contains("ML-DSA") => {
            findings.add(
                &WEAK_KEY,
                PLACE,
                format_args!("found {name}, which is withdrawn, wanted RSA, P-256 or P-384"),
            );
        }
        Family::Other => {
            findings.add(&KEY_KIND_RARE, PLACE, format_args!("found {name}, wanted RSA, P-256 or P-384"))
        }
    }
}

fn check_parameters(spki: Element<'_>, key: &PublicKey, findings: &mut Findings) {
    let parameters = spki
        .sequence("SubjectPublicKeyInfo")
        .and_then(|mut fields| fields.required("algorithm"))
        .and_then(|algorithm| algorithm.sequence("algorithm"))
        .ok()
        .and_then(|mut fields| fields.nth(1))
        .and_then(Result::ok);
    let name = &key.algorithm;
    let (fits, wanted) = match family(spki) {
        Family::Rsa if name == "rsaEncryption" => {
            (parameters.is_some_and(|found| found.is(Tag::Null)), "NULL")
        }
        Family::EllipticCurve => {
            (parameters.is_some_and(|found| found.is(Tag::ObjectIdentifier)), "a named curve")
        }
        Family::Edwards | Family::MlDsa => (parameters.is_none(), "none"),
        Family::Rsa | Family::Other => return,
    };
    let found = parameters.map_or_else(|| "none".into(), |found| alloc::format!("{}", found.tag()));
    findings.add_if(
        !fits,
        &KEY_PARAMETERS_WRONG,
        PLACE,
        format_args!("found {found} with {name}, wanted {wanted}"),
    );
}

fn check_modulus(spki: Element<'_>, findings: &mut Findings) {
    let modulus = spki
        .sequence("SubjectPublicKeyInfo")
        .and_then(|mut fields| {
            fields.required("algorithm")?;
            fields.required("subjectPublicKey")
        })
        .and_then(|key| key.bits("subjectPublicKey"))
        .and_then(|(key, _)| Element::parse(key))
        .and_then(|key| key.sequence("RSAPublicKey")?.required("modulus"))
        .and_then(|modulus| modulus.unsigned_octets("modulus"));
    let Ok(modulus) = modulus else { return };
    let is_even = modulus.last().is_some_and(|last| last % 2 == 0);
    findings.add_if(is_even, &KEY_WITH_SMALL_FACTOR, PLACE, "found an even modulus");
    if let Some(factor) = FACTORS.step_by(2).find(|factor| remainder(modulus, *factor) == 0) {
        findings.add(&KEY_WITH_SMALL_FACTOR, PLACE, format_args!("found the factor {factor}"));
    }
}

/// What is left of a number after the division.
pub(super) fn remainder(number: &[u8], divisor: u64) -> u64 {
    let step = |rest: u64, octet: &u8| (rest << 8 | u64::from(*octet)).checked_rem(divisor).unwrap_or(1);
    number.iter().fold(0, step)
}

const PLACE: &str = "subjectPublicKeyInfo";

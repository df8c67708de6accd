//! x509-limbo (C2SP): chains that other verifiers got wrong, each with what a right one says.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Case, Question, data, public_suffixes, read_json, text, texts};

/// How the cases are asked, for whoever reads a count of them.
pub const ABOUT: &str = "\
x509-limbo's cases are written for profiles that contradict each other, and a case's name says which is its own: those of
webpki and online are asked under the rules web_pki, those of rfc5280 and crl under rfc5280, all others under path, each
for the purpose that it names (validation_kind). By name, with reasons, in tests/src/suite/limbo.rs: four under rfc5280
since web_pki would refuse them before it compared their names, three without a purpose.";

/// Cases that are asked under other rules than those of their kind, or without a purpose, and why.
const ASIDE: &[(&str, &str, &str)] = &[
    ("webpki::san::mismatch-subdomain-san", "rfc5280", BEFORE_NAMES),
    ("webpki::san::mismatch-apex-subdomain-san", "rfc5280", BEFORE_NAMES),
    ("webpki::san::wildcard-match-across-labels-san", "rfc5280", BEFORE_NAMES),
    ("webpki::san::no-san", "rfc5280", BEFORE_NAMES),
    ("pathlen::validation-ignores-pathlen-in-leaf", "any", AUTHORITY),
    ("rfc5280::ca-as-leaf", "any", AUTHORITY),
    ("rfc5280::ca-as-leaf-wrong-san", "any", AUTHORITY),
];
const BEFORE_NAMES: &str =
    "under the rules of the web its common name would be refused before any name is compared";
const AUTHORITY: &str = "the key usage of this authority allows certificates and lists alone, so that no server may \
    use its key (RFC 5280 4.2.1.3); the case names no key usage, and is about the path";

/// The cases; nothing if the Public Suffix List, which some of them are about, is not installed.
///
/// Its cases contradict each other where RFC 5280 and the Baseline Requirements do (`conflicts_with`); their names tell
/// which rules each of them is about.
///
/// # Errors
/// If the file is not the suite.
pub fn load() -> Result<Option<Vec<Case>>> {
    let Some(public_suffixes) = public_suffixes()? else { return Ok(None) };
    Ok(Some(read_all(&asked, &public_suffixes)?))
}

/// The same, each asked as its kind is: what [`aside`] names, too.
///
/// # Errors
/// As [`load`].
pub fn load_as_named() -> Result<Option<Vec<Case>>> {
    let Some(public_suffixes) = public_suffixes()? else { return Ok(None) };
    Ok(Some(read_all(&|id, kind| (rules(id), purpose(kind)), &public_suffixes)?))
}

/// The cases that are not asked as their kind is: the rules, or `any` for the purpose.
pub fn aside() -> impl Iterator<Item = (&'static str, &'static str)> {
    ASIDE.iter().map(|(id, asked, _)| (*id, *asked))
}

type Asked = dyn Fn(&str, &Value) -> (&'static str, &'static str);

fn read_all(asked: &Asked, public_suffixes: &[String]) -> Result<Vec<Case>> {
    let suite = read_json(&data("suites/limbo.json"))?;
    let cases = suite["testcases"].as_array().context("limbo.json has no testcases")?;
    cases.iter().map(|case| read(case, asked, public_suffixes)).collect()
}

/// The rules and the purpose of a case.
fn asked(id: &str, kind: &Value) -> (&'static str, &'static str) {
    match ASIDE.iter().find(|(own, ..)| *own == id) {
        Some((_, "any", _)) => (rules(id), "any"),
        Some((_, rules, _)) => (rules, purpose(kind)),
        None => (rules(id), purpose(kind)),
    }
}

fn rules(id: &str) -> &'static str {
    match id.split("::").next() {
        Some("webpki" | "online") => "web_pki",
        Some("rfc5280" | "crl") => "rfc5280",
        // About the path, with certificates that section 4 would not allow.
        _ => "path",
    }
}

fn read(case: &Value, asked: &Asked, public_suffixes: &[String]) -> Result<Case> {
    let id = text(&case["id"])?;
    let names = [&case["expected_peer_name"]]
        .into_iter()
        .chain(case["expected_peer_names"].as_array().into_iter().flatten());
    let identities = names.filter(|name| !name.is_null()).map(identity).collect::<Result<Vec<_>>>()?;
    let crls = texts(&case["crls"])?;
    let (rules, purpose) = asked(&id, &case["validation_kind"]);
    let mut policy =
        json!({ "rules": rules, "revocation": if crls.is_empty() { "off" } else { "required" } });
    // Real servers have names that the list, read pedantically, forbids; the cases that want it say so.
    let features = texts(&case["features"])?;
    if features.iter().any(|feature| feature == "pedantic-public-suffix-wildcard") {
        policy["public_suffixes"] = json!(public_suffixes);
    }
    if let Some(depth) = case["max_chain_depth"].as_u64() {
        policy["max_depth"] = json!(depth);
    }
    let question = Question {
        now: time(&case["validation_time"])?,
        certificate: text(&case["peer_certificate"])?,
        intermediates: texts(&case["untrusted_intermediates"])?,
        anchors: texts(&case["trusted_certs"])?,
        crls,
        purpose,
        identities,
        policy,
    };
    Ok(Case { id: format!("limbo {id}"), wanted: case["expected_result"] == "SUCCESS", question })
}

/// What a certificate of that kind is for.
fn purpose(validation_kind: &Value) -> &'static str {
    match validation_kind.as_str() {
        Some("CLIENT") => "device_client",
        _ => "tls_server",
    }
}

fn identity(name: &Value) -> Result<String> {
    let form = match name["kind"].as_str() {
        Some("DNS") => "dns",
        Some("IP") => "ip",
        Some("RFC822") => "email",
        _ => anyhow::bail!("found the name {name}, wanted DNS, IP or RFC822"),
    };
    Ok(format!("{form}:{}", text(&name["value"])?))
}

/// Seconds of `2024-03-01T00:00:00.999+00:00`, rounded down; the cases without a time are those for whose chains any
/// time of today is right, and a fixed one keeps the run the same.
fn time(value: &Value) -> Result<u64> {
    const TODAY: u64 = 1_795_000_000;
    let Some(text) = value.as_str() else { return Ok(TODAY) };
    let (date, time) = text.split_once('T').with_context(|| format!("found the time {text}"))?;
    let numbers = |text: &str, separator: char| -> Result<Vec<i64>> {
        text.split(separator).map(|part| part.parse().with_context(|| format!("found {part}"))).collect()
    };
    let clock = time.split(['.', '+', 'Z']).next().unwrap_or_default();
    anyhow::ensure!(time.ends_with("+00:00") || time.ends_with('Z'), "found {text}, wanted UTC");
    let (date, clock) = (numbers(date, '-')?, numbers(clock, ':')?);
    let ([year, month, day], [hour, minute, second]) = (date.as_slice(), clock.as_slice()) else {
        anyhow::bail!("found the time {text}");
    };
    let seconds = days(*year, *month, *day) * 86_400 + hour * 3600 + minute * 60 + second;
    u64::try_from(seconds).with_context(|| format!("found the time {text}"))
}

/// Days since 1970 of a date of the Gregorian calendar; years begin in March here, so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 306 + 5) / 10
        + day
        - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_down() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00+00:00", 0),
            ("2024-02-29T23:59:59.999+00:00", 1_709_251_199),
            ("2024-03-01T00:00:00Z", 1_709_251_200),
        ] {
            assert_eq!(time(&json!(text)).unwrap(), seconds, "{text}");
        }
        assert!(time(&json!("2024-03-01T00:00:00+01:00")).is_err());
    }
}

//! x509-limbo (C2SP): chains that other verifiers got wrong, each with what a right one says.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Case, Question, read_json, text, texts};

/// The cases. `public_suffixes` is the Public Suffix List, which some of the cases are about.
///
/// Its cases contradict each other where RFC 5280 and the Baseline Requirements do (`conflicts_with`); their names tell
/// which rules each of them is about.
pub fn load(path: &Path, public_suffixes: &[String]) -> Result<Vec<Case>> {
    let suite = read_json(path)?;
    let cases = suite["testcases"].as_array().context("limbo.json has no testcases")?;
    cases.iter().map(|case| read(case, public_suffixes)).collect()
}

fn read(case: &Value, public_suffixes: &[String]) -> Result<Case> {
    let id = text(&case["id"])?;
    let names = [&case["expected_peer_name"]]
        .into_iter()
        .chain(case["expected_peer_names"].as_array().into_iter().flatten());
    let identities = names.filter(|name| !name.is_null()).map(identity).collect::<Result<Vec<_>>>()?;
    let crls = texts(&case["crls"])?;
    let rules = match id.split("::").next() {
        Some("webpki" | "online") => "web_pki",
        Some("rfc5280" | "crl") => "rfc5280",
        // About the path, with certificates that section 4 would not allow.
        _ => "path",
    };
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
        purpose: purpose(rules, &texts(&case["extended_key_usage"])?),
        identities,
        policy,
    };
    Ok(Case { id: format!("limbo {id}"), wanted: case["expected_result"] == "SUCCESS", question })
}

/// The rules of the web are about servers; elsewhere a case that is about a purpose names it.
fn purpose(rules: &str, extended_key_usage: &[String]) -> &'static str {
    match extended_key_usage.first().map(String::as_str) {
        _ if rules == "web_pki" => "tls_server",
        Some("serverAuth") => "tls_server",
        Some("clientAuth") => "device_client",
        _ => "any",
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

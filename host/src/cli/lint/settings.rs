//! Settings of a data folder that cannot work, or will not for long.

use std::net::IpAddr;

use serde::Deserialize;

use super::report::{Finding, Object, Severity};
use super::rule::Rule;
use crate::ambient::{SECONDS_PER_DAY, date};
use crate::cli::challenges::MAX_CHALLENGES;
use crate::config::{self, Approval, Config, DataFolder, ReplyCertificates};
use crate::store::{Challenge, StoredAuthority};

/// One constant for each rule, and all of them.
macro_rules! rules {
    ($($name:ident $id:literal $severity:ident $source:literal: $about:literal; $remedy:literal.)*) => {
        $(const $name: Rule = Rule {
            id: $id,
            severity: Severity::$severity,
            about: $about,
            remedy: $remedy,
            source: $source,
        };)*

        /// The host's rules.
        pub(super) const RULES: &[&Rule] = &[$(&$name,)*];
    };
}

rules! {
    INVALID "settings_invalid" Error "sealwright.toml":
        "the settings cannot be read";
        "mend the setting; the server does not start with it".
    URL_MISSING "public_url_missing" Warning "RFC 5280 4.2.1.13":
        "there is no public_url, so certificates tell nobody where revocation lists and OCSP are";
        "set server.public_url, then give the authority its next generation with `sealwright ca renew`".
    URL_LOOPBACK "public_url_loopback" Warning "RFC 5280 4.2.1.13":
        "public_url leads to the machine itself that reads it";
        "write the name by which devices reach the server".
    URL_PATH "public_url_is_scep" Error "RFC 8894 4.1":
        "public_url ends in a path that the server answers with something else";
        "write the address without /scep, /crl, /ocsp, /ca or /certsrv at its end: those come below it".
    URL_CHANGED "public_url_not_in_authority" Warning "sealwright.toml":
        "the issuing authority still writes other addresses into certificates than public_url says";
        "run `sealwright ca renew` and `sealwright ca activate`: the next generation has the new addresses".
    LISTEN_LOOPBACK "listen_loopback" Notice "sealwright.toml":
        "the server listens for this machine alone";
        "make sure that a proxy stands before it, or set server.listen to 0.0.0.0 with the port".
    PROFILE_UNFIT "scep_profile_unfit" Error "RFC 5280 4.2.1.9":
        "devices would get certificates that are not for devices, or there is no such profile";
        "set scep.profile to device-identity or tls-server".
    VALIDITY_REFUSED "scep_validity_refused" Error "sealwright.toml":
        "the lifetime is longer than the profile allows, so every request is refused";
        "set scep.validity_days to the profile's longest or less".
    VALIDITY_SHORT "scep_validity_short" Warning "Jamf, Intune and Fleet (renewal windows)":
        "certificates live so short that an MDM does not renew them in time";
        "set scep.validity_days to 30 or more, or renew from the device".
    APPROVAL_SLOW "approval_slower_than_apple" Notice "Apple's SCEP payload (Retries 3, RetryDelay 10)":
        "requests wait for somebody's yes, and Apple's systems ask for half a minute only";
        "set Retries and RetryDelay in the payload to cover the time until somebody looks".
    CHALLENGE_NONE "challenge_none" Warning "RFC 8894 7.3":
        "there is no challenge password, and without one nobody can enrol";
        "run `sealwright challenges add`, or set scep.approval".
    CHALLENGE_ENDS "challenge_about_to_expire" Warning "sealwright.toml":
        "the last challenge password ends within a week";
        "run `sealwright challenges add`, and change the password in the profiles".
    CHALLENGE_ENDLESS "challenge_without_end" Notice "VU#971035":
        "a challenge password never ends";
        "add one with --expires-in, and remove this one: whoever learns it gets any name".
    CHALLENGES_FULL "challenges_full" Notice "sealwright challenges":
        "there are as many challenge passwords as there may be";
        "remove those that no profile uses: each guess is compared with all of them".
    LEGACY "legacy_allowed" Warning "RFC 8894 2.9":
        "messages with MD5 and single DES are read";
        "turn scep.allow_legacy off as soon as the last old client is gone".
    GRACE_LONG "renewal_grace_long" Warning "RFC 8894 2.3":
        "certificates can be renewed with long after their end";
        "set scep.renewal_grace_days to 30 or less: a key that was lost may come back".
    REPLY_BARE "reply_without_chain" Notice "Cisco (VPN clients)":
        "replies have the new certificate alone";
        "set scep.reply_certificates to chain, unless the clients are Juniper's".
    CRL_SHORT "crl_validity_short" Warning "RFC 5280 5.1.2.5":
        "a revocation list is good for less than a day";
        "set revocation.crl_validity_hours to 24 or more: while the server is down for half that time, everything is refused".
    CRL_LONG "crl_validity_long" Warning "CA/Browser Forum Baseline Requirements 4.9.7":
        "a revocation list is good for more than ten days";
        "set revocation.crl_validity_hours to 240 or less: who keeps a list learns of a revocation that much later".
    OCSP_LONG "ocsp_validity_long" Notice "RFC 6960 2.4":
        "an OCSP response is good for more than a day";
        "set revocation.ocsp_validity_minutes to 1440 or less".
    DEADLINE_LATE "deadline_after_timeout" Warning "sealwright.toml":
        "a request is cut off before its sandbox is";
        "set sandbox.deadline_seconds below server.request_timeout_seconds".
}

/// Paths that mean something else to the server.
const TAKEN_PATHS: [&str; 5] = ["/scep", "/crl", "/ocsp", "/ca", "/certsrv"];
/// Profiles for devices.
const DEVICES: [&str; 2] = ["device-identity", "tls-server"];

/// The engine's profiles.
#[derive(Deserialize)]
pub(super) struct Profiles {
    profiles: Vec<Profile>,
}

/// What matters of one.
#[derive(Deserialize)]
struct Profile {
    name: String,
    maximum_validity_seconds: u64,
}

/// What the settings are compared with.
pub(super) struct Seen<'a> {
    pub(super) issuing: Option<&'a StoredAuthority>,
    pub(super) challenges: &'a [Challenge],
    pub(super) profiles: &'a Profiles,
    pub(super) now: u64,
}

/// Looks at the settings and the challenges of a data folder.
pub(super) fn look(data: &DataFolder, seen: &Seen<'_>) -> Object {
    let mut findings = Vec::new();
    match config::read(data) {
        Err(error) => findings.push(INVALID.found("", format!("{error:#}"))),
        Ok(config) => {
            look_at_server(&config, seen.issuing, &mut findings);
            look_at_scep(&config, seen.profiles, &mut findings);
            look_at_challenges(&config, seen.challenges, seen.now, &mut findings);
            look_at_times(&config, &mut findings);
        }
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let file = Some(data.config().display().to_string());
    Object { kind: "settings".to_owned(), at: "settings".to_owned(), file, findings, ..Object::default() }
}

fn look_at_server(config: &Config, issuing: Option<&StoredAuthority>, findings: &mut Vec<Finding>) {
    let setting = "server.public_url";
    let Some(url) = &config.server.public_url else {
        return findings.push(URL_MISSING.found(setting, "found none".to_owned()));
    };
    let found = format!("found {url:?}");
    let is_loopback = is_loopback(url);
    if is_loopback {
        findings.push(URL_LOOPBACK.found(setting, found.clone()));
    } else if config.server.listen.ip().is_loopback() {
        findings.push(LISTEN_LOOPBACK.found("server.listen", format!("found {}", config.server.listen)));
    }
    let path = url.trim_end_matches('/');
    if TAKEN_PATHS.iter().any(|taken| path.ends_with(taken)) {
        findings.push(URL_PATH.found(setting, found.clone()));
    }
    let Some(issuing) = issuing else { return };
    let wanted = config.server.urls().ocsp();
    if issuing.value["ocsp_urls"] != serde_json::json!(wanted) {
        findings.push(
            URL_CHANGED.found(setting, format!("{found}, the authority has {}", issuing.value["ocsp_urls"])),
        );
    }
}

fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn look_at_scep(config: &Config, profiles: &Profiles, findings: &mut Vec<Finding>) {
    let scep = &config.scep;
    let is_own =
        |profile: &&Profile| profile.name == scep.profile && DEVICES.contains(&profile.name.as_str());
    match profiles.profiles.iter().find(is_own) {
        None => findings.push(PROFILE_UNFIT.found("scep.profile", format!("found {:?}", scep.profile))),
        Some(Profile { name, maximum_validity_seconds }) => {
            let longest = maximum_validity_seconds / SECONDS_PER_DAY;
            if let Some(days) = scep.validity_days.filter(|days| *days > longest) {
                let detail = format!("found {days} days, {name} allows {longest}");
                findings.push(VALIDITY_REFUSED.found("scep.validity_days", detail));
            }
        }
    }
    if let Some(days) = scep.validity_days.filter(|days| *days < 30) {
        findings.push(VALIDITY_SHORT.found("scep.validity_days", format!("found {days} days")));
    }
    if scep.approval != Approval::Never {
        findings.push(APPROVAL_SLOW.found("scep.approval", format!("found {:?}", scep.approval)));
    }
    if scep.allow_legacy {
        findings.push(LEGACY.found("scep.allow_legacy", "found true".to_owned()));
    }
    if scep.renewal_grace_days > 30 {
        findings.push(
            GRACE_LONG.found("scep.renewal_grace_days", format!("found {} days", scep.renewal_grace_days)),
        );
    }
    if scep.reply_certificates == ReplyCertificates::None {
        findings.push(REPLY_BARE.found("scep.reply_certificates", "found none".to_owned()));
    }
}

fn look_at_challenges(config: &Config, challenges: &[Challenge], now: u64, findings: &mut Vec<Finding>) {
    let setting = "challenges";
    if challenges.is_empty() && config.scep.approval == Approval::Never {
        return findings.push(CHALLENGE_NONE.found(setting, "found none".to_owned()));
    }
    let last = challenges.iter().map(|challenge| challenge.expires_at.unwrap_or(u64::MAX)).max();
    if let Some(last) = last.filter(|last| last.saturating_sub(now) < 7 * SECONDS_PER_DAY) {
        findings.push(CHALLENGE_ENDS.found(setting, format!("found one that ends at {}", date(last))));
    }
    let endless: Vec<_> =
        challenges.iter().filter(|one| one.expires_at.is_none()).map(|one| one.id.as_str()).collect();
    if !endless.is_empty() {
        findings.push(CHALLENGE_ENDLESS.found(setting, format!("found {}", endless.join(", "))));
    }
    if challenges.len() >= MAX_CHALLENGES {
        findings.push(CHALLENGES_FULL.found(setting, format!("found {}", challenges.len())));
    }
}

fn look_at_times(config: &Config, findings: &mut Vec<Finding>) {
    let (hours, minutes) = (config.revocation.crl_validity_hours, config.revocation.ocsp_validity_minutes);
    for (rule, is_found) in [(&CRL_SHORT, hours < 24), (&CRL_LONG, hours > 240)] {
        if is_found {
            findings.push(rule.found("revocation.crl_validity_hours", format!("found {hours} hours")));
        }
    }
    if minutes > 1_440 {
        findings
            .push(OCSP_LONG.found("revocation.ocsp_validity_minutes", format!("found {minutes} minutes")));
    }
    let (deadline, timeout) = (config.sandbox.deadline_seconds, config.server.request_timeout_seconds);
    if deadline >= timeout {
        let detail = format!("found {deadline} seconds, requests are cut off after {timeout}");
        findings.push(DEADLINE_LATE.found("sandbox.deadline_seconds", detail));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::Role;

    const NOW: u64 = 1_795_000_000;

    /// A setting that is sound; each case has one that is not.
    const SOUND: &str = "[server]\npublic_url = 'http://pki.example'\nlisten = '0.0.0.0:80'\n";

    fn challenge(days: Option<u64>) -> Challenge {
        let expires_at = days.map(|days| NOW + days * SECONDS_PER_DAY);
        Challenge { id: "static-1".into(), hash: String::new(), created_at: NOW, expires_at }
    }

    fn issuing() -> StoredAuthority {
        let value = serde_json::json!({ "ocsp_urls": ["http://pki.example/ocsp"] });
        StoredAuthority { id: "issuing-1".into(), role: Role::Issuing, value, created_at: NOW }
    }

    fn profiles() -> Profiles {
        let of = |(name, days): (&str, u64)| Profile {
            name: name.to_owned(),
            maximum_validity_seconds: days * SECONDS_PER_DAY,
        };
        Profiles { profiles: [("device-identity", 700), ("subordinate-ca", 9000)].map(of).into() }
    }

    fn found(settings: &str, challenges: &[Challenge]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sealwright.toml"), settings).unwrap();
        let data = DataFolder::existing(folder.path()).unwrap();
        let (issuing, profiles) = (issuing(), profiles());
        let seen = Seen { issuing: Some(&issuing), challenges, profiles: &profiles, now: NOW };
        let object = look(&data, &seen);
        object.findings.into_iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn each_rule_has_a_setting_that_breaks_it() {
        let lasting = [challenge(Some(30))];
        assert_eq!(found(SOUND, &lasting), Vec::<String>::new());
        let server = |text: &str| format!("[server]\nlisten = '0.0.0.0:80'\n{text}");
        let with = |text: &str| format!("{SOUND}{text}");
        let cases = [
            ("settings_invalid", with("[scep]\nnothing = 1"), vec![challenge(Some(30))]),
            ("public_url_missing", server(""), vec![challenge(Some(30))]),
            ("public_url_loopback", server("public_url = 'http://[::1]:80'"), vec![challenge(Some(30))]),
            (
                "public_url_is_scep",
                server("public_url = 'http://pki.example/scep/'"),
                vec![challenge(Some(30))],
            ),
            (
                "public_url_not_in_authority",
                server("public_url = 'http://new.example'"),
                vec![challenge(Some(30))],
            ),
            (
                "listen_loopback",
                "[server]\npublic_url = 'http://pki.example'".into(),
                vec![challenge(Some(30))],
            ),
            ("scep_profile_unfit", with("[scep]\nprofile = 'subordinate-ca'"), vec![challenge(Some(30))]),
            ("scep_validity_refused", with("[scep]\nvalidity_days = 701"), vec![challenge(Some(30))]),
            ("scep_validity_short", with("[scep]\nvalidity_days = 29"), vec![challenge(Some(30))]),
            ("approval_slower_than_apple", with("[scep]\napproval = 'always'"), vec![challenge(Some(30))]),
            ("challenge_none", with(""), vec![]),
            ("challenge_about_to_expire", with(""), vec![challenge(Some(6))]),
            ("challenge_without_end", with(""), vec![challenge(None)]),
            ("challenges_full", with(""), (0..MAX_CHALLENGES).map(|_| challenge(Some(30))).collect()),
            ("legacy_allowed", with("[scep]\nallow_legacy = true"), vec![challenge(Some(30))]),
            ("renewal_grace_long", with("[scep]\nrenewal_grace_days = 31"), vec![challenge(Some(30))]),
            ("reply_without_chain", with("[scep]\nreply_certificates = 'none'"), vec![challenge(Some(30))]),
            ("crl_validity_short", with("[revocation]\ncrl_validity_hours = 23"), vec![challenge(Some(30))]),
            ("crl_validity_long", with("[revocation]\ncrl_validity_hours = 241"), vec![challenge(Some(30))]),
            (
                "ocsp_validity_long",
                with("[revocation]\nocsp_validity_minutes = 1441"),
                vec![challenge(Some(30))],
            ),
            ("deadline_after_timeout", with("[sandbox]\ndeadline_seconds = 30"), vec![challenge(Some(30))]),
        ];
        let mut shown = BTreeSet::new();
        for (id, settings, challenges) in cases {
            let found = found(&settings, &challenges);
            assert!(found.iter().any(|found| found == id), "{id}: {found:?}");
            shown.insert(id);
        }
        assert_eq!(shown, RULES.iter().map(|rule| rule.id).collect(), "rules, and those that were shown");
    }
}

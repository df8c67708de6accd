//! `plan_renewal`: what a renewal will do, said before anything is touched. No key is asked or needed.
//!
//! What a renewal breaks in the field is known; each of those things is a check with a name. Whoever calls tells
//! how many there are of what the engine cannot see.

mod check;

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

pub use super::renew_authority::Mode;
pub use check::{Check, Name, Status};

use crate::{
    authority::{
        Authority, OpenAuthority,
        renewal::precondition::{Intent, Preconditions},
    },
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    validity::Period,
};

/// Over how long renewals are spread unless it is said: two weeks.
const SPREAD_SECONDS: u64 = 14 * 86_400;
/// The length of a period in which expiries are counted.
const PERIOD_SECONDS: u64 = 30 * 86_400;
/// How many groups of certificates a request may have.
const MAX_GROUPS: usize = 200_000;
/// How many kinds.
const MAX_PROFILES: usize = 256;

/// The renewal in question, and what depends on the authority.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The authority.
    pub authority: Authority,
    /// Its issuer, for a subordinate.
    pub issuer: Option<Authority>,
    /// As in `renew_authority`; or `"new_key"`, as long as the key is not known.
    pub mode: Mode,
    /// As in `renew_authority`.
    pub validity_seconds: Option<u64>,
    /// As in `renew_authority`.
    pub crl_urls: Option<Vec<String>>,
    /// As in `renew_authority`.
    #[serde(default)]
    pub share_crl_urls: bool,
    /// As in `renew_authority`.
    pub ocsp_urls: Option<Vec<String>>,
    /// As in `renew_authority`.
    pub issuer_urls: Option<Vec<String>>,
    /// Over how long the devices are to be spread that get new certificates, in seconds: two weeks.
    pub spread_seconds: Option<u64>,
    /// What the authority has issued, from its inventory: one by one, or counted.
    #[serde(default)]
    pub certificates: Vec<Group>,
    /// What the engine cannot see.
    #[serde(default)]
    pub settings: Settings,
}

/// Certificates of one kind that end at the same time.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The profile's name, as in the record.
    pub profile: String,
    /// When they end, Unix seconds.
    pub not_after: u64,
    /// How many; one if it is not said.
    #[serde(default = "one")]
    pub count: u64,
}

const fn one() -> u64 {
    1
}

/// How many there are of each; what is left out is not known.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Places that files are distributed from over HTTPS, under a certificate of this authority.
    pub https_distribution_points: Option<u64>,
    /// Configuration profiles signed with a key that this authority certified.
    pub signed_profiles: Option<u64>,
    /// Plug-ins of other management systems that trust this authority, such as that of SCCM.
    pub management_plugins: Option<u64>,
    /// Tokens for automated enrolment that hold a key this authority certified.
    pub enrolment_tokens: Option<u64>,
    /// Configuration profiles that pin the authority's certificate (`CAFingerprint`, a certificate payload).
    pub ca_fingerprint_profiles: Option<u64>,
    /// Browser policies that choose a certificate by its issuer's name (`AutoSelectCertificateForUrls`).
    pub auto_select_filters: Option<u64>,
    /// Things encrypted for the authority's own certificate, such as escrowed recovery keys.
    pub escrow_recipients: Option<u64>,
    /// Servers that hold the authority's certificate as their anchor: RADIUS, VPN, gateways.
    pub trust_lists: Option<u64>,
}

/// What will happen.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The number of the generation that would be made.
    pub generation: u32,
    /// Whether `renew_authority` would do it, as far as the helpers allow: no check is refused.
    pub possible: bool,
    /// When the authority's present certificate ends, Unix seconds.
    pub current_not_after: u64,
    /// When the next one would end, Unix seconds.
    pub next_not_after: u64,
    /// What depends on the authority, by kind.
    pub dependents: Vec<Dependents>,
    /// When the last certificate ends that is valid now, Unix seconds: until then the old generation's
    /// certificate has to be known to those who verify, and what revokes goes on. Nothing if there is none.
    pub last_not_after: Option<u64>,
    /// How the renewals of the devices would come.
    pub load: Load,
    /// The checks, always all of them.
    pub checks: Vec<Check>,
}

/// Certificates of one kind.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dependents {
    /// The profile's name.
    pub profile: String,
    /// How many are valid now.
    pub count: u64,
    /// How many have ended.
    pub ended: u64,
    /// When the first of the valid ones ends.
    pub first_not_after: Option<u64>,
    /// When the last of them ends.
    pub last_not_after: Option<u64>,
    /// How many end in each thirty days from now on; those without are left out.
    pub expiries: Vec<Expiry>,
}

/// How many certificates end within thirty days.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Expiry {
    /// The first second of the thirty days.
    pub from: u64,
    /// How many.
    pub count: u64,
}

/// Renewals spread evenly.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Load {
    /// How many certificates there are to renew.
    pub certificates: u64,
    /// Over how many seconds.
    pub spread_seconds: u64,
    /// How many in an hour, rounded up.
    pub per_hour: u64,
    /// When the last one can be done, if the first is done now, Unix seconds.
    pub done_at: u64,
}

/// What the checks look at.
struct Situation<'a> {
    request: &'a Request,
    authority: &'a OpenAuthority,
    preconditions: &'a Preconditions,
    next: Period,
    dependents: &'a [Dependents],
    load: &'a Load,
}

/// Says what a renewal will do.
///
/// # Errors
/// `FieldInvalid`, `AuthorityInvalid`, `ProfileValidityRefused`. What stands against the renewal is no error: it is a
/// check that is refused.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let authority = request.authority.clone().open()?;
    let dependents = dependents(&request)?;
    let load = load(&request, &dependents)?;
    let preconditions = Preconditions::of(&request.intent(), &authority, keys);
    let situation = Situation {
        request: &request,
        authority: &authority,
        next: preconditions.period.clone()?,
        preconditions: &preconditions,
        dependents: &dependents,
        load: &load,
    };
    let next = situation.next;
    let checks = check::all(&situation)?;
    Ok(Response {
        generation: request.authority.following_number().unwrap_or(u32::MAX),
        possible: checks.iter().all(|check| check.status != Status::Refused),
        current_not_after: authority.certificate.not_after(),
        next_not_after: next.not_after,
        last_not_after: dependents.iter().filter_map(|kind| kind.last_not_after).max(),
        dependents,
        load,
        checks,
    })
}

impl Request {
    fn intent(&self) -> Intent<'_> {
        Intent {
            now: self.now,
            authority: &self.authority,
            issuer: self.issuer.as_ref(),
            mode: &self.mode,
            validity_seconds: self.validity_seconds,
            crl_urls: self.crl_urls.as_ref(),
            share_crl_urls: self.share_crl_urls,
            ocsp_urls: self.ocsp_urls.as_ref(),
            issuer_urls: self.issuer_urls.as_ref(),
        }
    }
}

fn dependents(request: &Request) -> Result<Vec<Dependents>, Error> {
    let invalid =
        |detail: &dyn core::fmt::Display| Error::new(ErrorCode::FieldInvalid, detail).at("certificates");
    if request.certificates.len() > MAX_GROUPS {
        let found = request.certificates.len();
        return Err(invalid(&format_args!("found {found} groups of certificates, wanted at most {MAX_GROUPS}")));
    }
    let mut kinds: BTreeMap<&str, Vec<&Group>> = BTreeMap::new();
    for group in &request.certificates {
        kinds.entry(&group.profile).or_default().push(group);
        if kinds.len() > MAX_PROFILES {
            return Err(invalid(&format_args!("found more than {MAX_PROFILES} profiles")));
        }
    }
    Ok(kinds.into_iter().map(|(profile, groups)| Dependents::of(profile, &groups, request.now)).collect())
}

impl Dependents {
    fn of(profile: &str, groups: &[&Group], now: u64) -> Self {
        let mut ended = 0_u64;
        let mut count = 0_u64;
        let mut periods: BTreeMap<u64, u64> = BTreeMap::new();
        for group in groups {
            if group.not_after < now {
                ended = ended.saturating_add(group.count);
                continue;
            }
            count = count.saturating_add(group.count);
            let period = group.not_after.saturating_sub(now).checked_div(PERIOD_SECONDS).unwrap_or_default();
            let within = periods.entry(period).or_default();
            *within = within.saturating_add(group.count);
        }
        let valid = || groups.iter().map(|group| group.not_after).filter(|not_after| *not_after >= now);
        Self {
            profile: profile.into(),
            count,
            ended,
            first_not_after: valid().min(),
            last_not_after: valid().max(),
            expiries: periods
                .into_iter()
                .map(|(period, count)| Expiry {
                    from: now.saturating_add(period.saturating_mul(PERIOD_SECONDS)),
                    count,
                })
                .collect(),
        }
    }
}

fn load(request: &Request, dependents: &[Dependents]) -> Result<Load, Error> {
    let spread_seconds = request.spread_seconds.unwrap_or(SPREAD_SECONDS);
    let certificates = dependents.iter().fold(0_u64, |sum, kind| sum.saturating_add(kind.count));
    let per_hour = u128::from(certificates).saturating_mul(3600).div_ceil(u128::from(spread_seconds.max(1)));
    if spread_seconds == 0 {
        return Err(Error::new(ErrorCode::FieldInvalid, "found no time to spread the renewals over").at("spread_seconds"));
    }
    Ok(Load {
        certificates,
        spread_seconds,
        per_hour: u64::try_from(per_hour).unwrap_or(u64::MAX),
        done_at: request.now.saturating_add(spread_seconds),
    })
}

#[cfg(test)]
mod tests {
    use alloc::{borrow::ToOwned, string::ToString, vec};

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        KeyRing, call,
        testing::{NOW, TestKeys, root, subordinate},
    };

    const DAY: u64 = 86_400;

    fn plan(request: &Value) -> Value {
        let outcome = call(request.to_string().as_bytes(), &KeyRing::new());
        let body: Value = serde_json::from_slice(&outcome.body).unwrap();
        assert!(body["ok"].is_object(), "{body}");
        body["ok"].clone()
    }

    fn request(authority: &Authority, mode: &str) -> Value {
        json!({"op": "plan_renewal", "now": NOW, "authority": authority, "mode": mode})
    }

    fn status(plan: &Value, name: &str) -> String {
        let checks = plan["checks"].as_array().unwrap();
        let found: Vec<_> = checks.iter().filter(|check| check["name"] == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        assert!(!found[0]["detail"].as_str().unwrap().is_empty(), "{name}");
        found[0]["status"].as_str().unwrap().into()
    }

    #[test]
    fn dependents_are_counted_by_kind_and_expiry() {
        let mut request = request(&root(), "new_key");
        request["certificates"] = json!([
            {"profile": "device-identity", "not_after": NOW + 10 * DAY, "count": 900},
            {"profile": "device-identity", "not_after": NOW + 29 * DAY},
            {"profile": "device-identity", "not_after": NOW + 300 * DAY, "count": 99},
            {"profile": "device-identity", "not_after": NOW - 1, "count": 7},
            {"profile": "tls-server", "not_after": NOW + 40 * DAY, "count": 2},
            {"profile": "subordinate-ca", "not_after": NOW + 300 * DAY, "count": 3},
        ]);
        request["spread_seconds"] = json!(7200);
        request["crl_urls"] = json!(["http://ca.example/crl-2"]);
        let plan = plan(&request);
        assert_eq!(plan["dependents"][0], json!({
            "profile": "device-identity", "count": 1000, "ended": 7,
            "first_not_after": NOW + 10 * DAY, "last_not_after": NOW + 300 * DAY,
            "expiries": [{"from": NOW, "count": 901}, {"from": NOW + 300 * DAY, "count": 99}],
        }));
        assert_eq!(plan["last_not_after"], NOW + 300 * DAY);
        assert_eq!(plan["load"], json!({
            "certificates": 1005, "spread_seconds": 7200, "per_hour": 503, "done_at": NOW + 7200,
        }));
        assert_eq!((status(&plan, "herd").as_str(), status(&plan, "tls_certificates").as_str()), ("attention", "attention"));
        assert_eq!(status(&plan, "subordinate_authorities"), "attention");
        assert_eq!((&plan["generation"], &plan["possible"]), (&json!(2), &json!(true)));
    }

    #[test]
    fn each_casualty_is_a_check_with_a_name() {
        let settings = |count: u64| json!({
            "https_distribution_points": count, "signed_profiles": count, "management_plugins": count,
            "enrolment_tokens": count, "ca_fingerprint_profiles": count, "auto_select_filters": count,
            "escrow_recipients": count, "trust_lists": count,
        });
        let touched = |mode: &str| -> Vec<String> {
            let names = settings(1).as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            let mut request = request(&root(), mode);
            for name in &names {
                assert_eq!(status(&plan(&request), name), "unknown");
            }
            request["settings"] = settings(0);
            let without = plan(&request);
            request["settings"] = settings(3);
            let with = plan(&request);
            assert!(names.iter().all(|name| status(&without, name) == "ok"));
            names.into_iter().filter(|name| status(&with, name) == "attention").collect()
        };
        let always = ["ca_fingerprint_profiles", "escrow_recipients", "management_plugins", "trust_lists"];
        assert_eq!(touched("same_key"), always);
        let mut with_a_new_key = vec!["enrolment_tokens", "https_distribution_points", "signed_profiles"];
        with_a_new_key.extend(always);
        with_a_new_key.sort_unstable();
        assert_eq!(touched("new_key"), with_a_new_key);
    }

    #[test]
    fn an_authority_without_key_identifier_is_told_of() {
        let own = crate::certificate::Certificate::from_pem(&root().certificate).unwrap();
        let certificate = crate::testing::resigned(&own, &crate::testing::private_key("root"), |tbs| {
            let extensions = tbs.extensions.as_mut().unwrap();
            extensions.retain(|one| one.extn_id != const_oid::db::rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER);
        });
        let without = Authority { certificate: certificate.to_pem().unwrap(), ..root() };
        for (mode, wanted) in [("same_key", "renewed one will have none"), ("new_key", "GnuTLS")] {
            let found = plan(&request(&without, mode));
            let checks = found["checks"].as_array().unwrap();
            let check = checks.iter().find(|check| check["name"] == "subject_key_identifier").unwrap();
            assert_eq!(check["status"], "attention");
            assert!(check["detail"].as_str().unwrap().contains(wanted), "{check}");
            assert_eq!(status(&plan(&request(&root(), mode)), "subject_key_identifier"), "ok");
        }
    }

    #[test]
    fn what_renew_authority_refuses_is_told_before() {
        assert_eq!(plan(&request(&root(), "same_key"))["possible"], true);
        let refused = |request: &Value, name: &str| {
            let plan = plan(request);
            assert_eq!(plan["possible"], false, "{name}");
            assert_eq!(status(&plan, name), "refused");
        };
        let next = crate::authority::Generation { number: 2, ..root().current() };
        refused(&request(&Authority { next: Some(next), ..root() }, "same_key"), "waiting_generation");
        let former = |number| crate::authority::Generation { number, ..root().current() };
        let former = (1..=32).rev().map(former).collect();
        refused(&request(&Authority { generation: 33, former, ..root() }, "same_key"), "former_generations");
        refused(&request(&subordinate(), "same_key"), "issuer");
        let mut with_issuer = request(&subordinate(), "same_key");
        with_issuer["issuer"] = json!(root());
        assert_eq!(status(&plan(&with_issuer), "issuer"), "ok");
        with_issuer["issuer"] = json!(subordinate());
        refused(&with_issuer, "issuer");
        with_issuer["issuer"] = json!(crate::testing::authority("other", "CN=Test Root", None));
        refused(&with_issuer, "issuer");
        with_issuer["issuer"] = json!(root());
        with_issuer["authority"] = json!(root());
        refused(&with_issuer, "issuer");
        for (field, urls) in [("crl_urls", "nowhere"), ("crl_urls", "http://a.example/{partition/1}"), ("issuer_urls", "x")] {
            let mut nowhere = request(&root(), "same_key");
            nowhere[field] = json!([urls]);
            refused(&nowhere, "addresses");
        }
        let mut keyed = request(&root(), "new_key");
        keyed["crl_urls"] = json!(["http://ca.example/crl-2"]);
        assert_eq!(status(&plan(&keyed), "new_key"), "unknown");
        keyed["mode"] = json!({"new_key": TestKeys::reference("p256")});
        assert_eq!(status(&plan(&keyed), "new_key"), "ok");
        keyed["mode"] = json!({"new_key": TestKeys::reference("root")});
        refused(&keyed, "new_key");
    }

    #[test]
    fn the_old_keys_lists_go_on() {
        let mut request = request(&root(), "same_key");
        assert_eq!(status(&plan(&request), "crl_of_the_old_key"), "ok");
        request["mode"] = json!("new_key");
        let unplaced = plan(&request);
        assert_eq!((status(&unplaced, "crl_of_the_old_key").as_str(), &unplaced["possible"]), ("refused", &json!(false)));
        request["share_crl_urls"] = json!(true);
        let shared = plan(&request);
        request["share_crl_urls"] = json!(false);
        request["crl_urls"] = json!(["http://ca.example/crl-2"]);
        let placed = plan(&request);
        assert_ne!(shared["checks"], placed["checks"]);
        for plan in [shared, placed] {
            assert_eq!(plan["possible"], true);
            assert_eq!(status(&plan, "crl_of_the_old_key"), "attention");
            assert_eq!(status(&plan, "ocsp_of_the_old_key"), "attention");
        }
    }

    #[test]
    fn a_path_length_is_told_where_certificates_cross() {
        let mut request = request(&root(), "new_key");
        assert_eq!(status(&plan(&request), "path_length"), "ok");
        let certificate = crate::certificate::Certificate::from_pem(&root().certificate).unwrap();
        let narrow = crate::testing::resigned(&certificate, &crate::testing::private_key("root"), |tbs| {
            let constraints = crate::extension::authority_constraints(Some(0)).unwrap();
            let extensions = tbs.extensions.as_mut().unwrap();
            extensions.retain(|extension| extension.extn_id != constraints.extn_id);
            extensions.push(constraints);
        });
        request["authority"]["certificate"] = json!(narrow.to_pem().unwrap());
        assert_eq!(status(&plan(&request), "path_length"), "attention");
        request["mode"] = json!("same_key");
        assert_eq!(status(&plan(&request), "path_length"), "ok");
    }

    #[test]
    fn time_and_nesting_are_checked() {
        let end = NOW + 20 * 365 * DAY - 1;
        let at = |now: u64| {
            let mut request = request(&root(), "same_key");
            request["now"] = json!(now);
            status(&plan(&request), "time_left")
        };
        assert_eq!((at(NOW + 4000 * DAY).as_str(), at(NOW).as_str()), ("ok", "attention"), "ten years from now are no gain");
        assert_eq!((at(end - DAY).as_str(), at(end + 1).as_str()), ("attention", "attention"));
        let mut request = request(&root(), "same_key");
        request["certificates"] = json!([{"profile": "x", "not_after": end + 1, "count": 2}]);
        assert_eq!(status(&plan(&request), "validity_nesting"), "attention");
    }

    #[test]
    fn what_cannot_be_planned_is_an_error() {
        let code = |request: &Value| {
            let outcome = call(request.to_string().as_bytes(), &KeyRing::new());
            serde_json::from_slice::<Value>(&outcome.body).unwrap()["error"]["code"].as_str().unwrap().to_owned()
        };
        let mut hurried = request(&root(), "same_key");
        hurried["spread_seconds"] = json!(0);
        assert_eq!(code(&hurried), "field_invalid");
        let mut motley = request(&root(), "same_key");
        let kinds: Vec<_> = (0..257).map(|n| json!({"profile": alloc::format!("{n}"), "not_after": NOW})).collect();
        motley["certificates"] = json!(kinds);
        assert_eq!(code(&motley), "field_invalid");
    }
}

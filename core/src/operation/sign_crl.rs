//! `sign_crl`: a certificate revocation list (RFC 5280 section 5), complete, partitioned or delta.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    crl::{self, CrlNumber, Entry, IssuingDistributionPoint, RevocationList, Scope, partition},
    error::{Error, ErrorCode},
    hex,
    keys::{Halt, Keys},
    pem,
    validity::{TOLERANCE_SECONDS, check_now},
};

/// How long a list is good unless the request says: a week.
const VALIDITY_SECONDS: u64 = 7 * 86_400;

/// What the list is to say.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// Who signs.
    pub authority: Authority,
    /// Which of its generations signs: the current one unless it is said. The list of an old key goes on as long as
    /// there are certificates by it.
    pub generation: Option<u32>,
    /// The list's number, higher than that of every list before (RFC 5280 5.2.3): text, in decimal or, behind `0x`, in
    /// hexadecimal; at most 20 octets.
    pub number: CrlNumber,
    /// When the list is made, at most five minutes after `now`; `now` if left out.
    pub this_update: Option<u64>,
    /// When the next one is made at the latest, Unix seconds; never after the end of the authority's certificates.
    pub next_update: Option<u64>,
    /// The same in seconds from `this_update` on; a week if neither is there.
    pub validity_seconds: Option<u64>,
    /// The revoked certificates, in any order: `[serial, revoked_at, reason, invalidity_date]`, the last two
    /// if there are any. The serial number is in hexadecimal, the times are Unix seconds, reasons are named as in RFC 5280 5.3.1.
    pub entries: Vec<Entry>,
    /// The number of the complete list that this one adds to: then it is a delta (RFC 5280 5.2.4).
    pub base_number: Option<CrlNumber>,
    /// What the list covers, where that is not everything (RFC 5280 5.2.5).
    pub issuing_distribution_point: Option<IssuingDistributionPoint>,
    /// Where the deltas to this list are (RFC 5280 5.2.6); for a partition, `{partition/16}` stands for its number.
    #[serde(default)]
    pub freshest_crl_urls: Vec<String>,
}

/// The list.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The generation that signed it.
    pub generation: u32,
    /// PEM.
    pub crl: String,
    /// SHA-256 of its DER in hexadecimal.
    pub sha256: String,
    /// Its number, decimal.
    pub number: CrlNumber,
    /// When it was made, Unix seconds.
    pub this_update: u64,
    /// When the next one is made at the latest, Unix seconds.
    pub next_update: u64,
    /// How many certificates it lists.
    pub entries: usize,
}

/// Checks and sorts the entries, then asks the authority's key for one signature. The entries are written in the order
/// of their serial numbers, whatever order they came in.
///
/// # Errors
/// `CrlEntryInvalid`, `CrlEntryRepeated`, `CrlSignerUnfit`, `CrlScopeInvalid`, `FieldInvalid` for times or addresses,
/// `RequestTooLarge` for more than [`crl::MAX_ENTRIES`], `AuthorityInvalid`, `AuthorityOutsideValidity`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let places: Vec<String> = request.authority.generations().flat_map(|one| one.crl_urls).collect();
    let authority = request.authority.open_generation(request.generation)?;
    authority.check_time(request.now)?;
    crl::check_signer(&authority)?;
    let this_update = request.this_update.unwrap_or(request.now);
    check_now(this_update, request.now, "this_update")?;
    let next_update = next_update(this_update, request.next_update, request.validity_seconds)?;
    // A list that outlives its signer would be published as good and taken by nobody.
    let next_update = next_update.min(authority.period().not_after);
    if next_update <= this_update {
        return Err(Error::new(ErrorCode::FieldInvalid, "found a list made after the end of its signer")
            .at("this_update")
            .into());
    }
    check_delta(request.number, request.base_number, &request.freshest_crl_urls)?;
    let scope = request
        .issuing_distribution_point
        .map(|point| point.resolve(&authority.value.crl_urls, &places))
        .transpose()
        .map_err(|error| error.at("issuing_distribution_point"))?;
    let freshest = freshest(request.freshest_crl_urls, scope.as_ref())?;
    check_past(&request.entries, request.now, this_update)?;
    let mut entries = crl::sort(request.entries, request.base_number.is_some())?;
    if let Some((partition, count)) = scope.as_ref().and_then(|scope| scope.partition) {
        entries.retain(|entry| entry.serial.modulo(count) == partition);
    }
    let count = entries.len();
    let list = RevocationList {
        number: request.number,
        base: request.base_number,
        this_update,
        next_update,
        scope,
        freshest,
        entries,
    };
    let der = list.sign(&authority, keys)?;
    Ok(Response {
        generation: authority.value.generation,
        crl: pem::encode("X509 CRL", &der)?,
        sha256: hex::sha256(&der),
        number: request.number,
        this_update,
        next_update,
        entries: count,
    })
}

fn next_update(this_update: u64, at: Option<u64>, after: Option<u64>) -> Result<u64, Error> {
    let wrong = |found: &str, field| Err(Error::new(ErrorCode::FieldInvalid, found).at(field));
    match (at, after) {
        (Some(_), Some(_)) => {
            wrong("found both next_update and validity_seconds, wanted one of them", "next_update")
        }
        (Some(at), None) if at <= this_update => {
            wrong("found a next_update that is not after this_update", "next_update")
        }
        (Some(at), None) => Ok(at),
        (None, Some(0)) => wrong("found a list that is good for no time at all", "validity_seconds"),
        (None, after) => Ok(this_update.saturating_add(after.unwrap_or(VALIDITY_SECONDS))),
    }
}

/// A list says what is so when it is made (RFC 5280 5.1.2.4), and cannot know what comes after it; `this_update` may
/// lie a little back for clocks that are slow. Nor does a certificate become invalid after it was revoked (5.3.2).
fn check_past(entries: &[Entry], now: u64, this_update: u64) -> Result<(), Error> {
    let latest = now.max(this_update).min(this_update.saturating_add(TOLERANCE_SECONDS));
    if let Some(early) = entries.iter().find(|entry| entry.revoked_at > latest) {
        return Err(early.invalid(format_args!(
            "the revocation at {}, wanted one before the list, which is of {this_update}, now is {now}",
            early.revoked_at
        )));
    }
    match entries.iter().find_map(|entry| entry.invalidity_date.filter(|date| *date > entry.revoked_at).zip(Some(entry))) {
        None => Ok(()),
        Some((date, entry)) => Err(entry.invalid(format_args!(
            "the invalidity date {date}, wanted one no later than its revocation at {}",
            entry.revoked_at
        ))),
    }
}

/// RFC 5280 5.2.4 and 5.2.6: a delta adds to an earlier list and has no deltas of its own.
fn check_delta(number: CrlNumber, base: Option<CrlNumber>, freshest: &[String]) -> Result<(), Error> {
    let Some(base) = base else { return Ok(()) };
    if base >= number {
        return Err(Error::new(
            ErrorCode::CrlScopeInvalid,
            format_args!("found the number {number} of a delta to the list {base}, wanted a higher one"),
        )
        .at("base_number"));
    }
    if freshest.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorCode::CrlScopeInvalid, "found the address of deltas in a list that is a delta")
        .at("freshest_crl_urls"))
}

fn freshest(urls: Vec<String>, scope: Option<&Scope>) -> Result<Vec<String>, Error> {
    let count = partition::count(&urls).map_err(|error| error.at("freshest_crl_urls"))?;
    match (count, scope.and_then(|scope| scope.partition)) {
        (None, _) => Ok(urls),
        (Some(count), Some((partition, of))) if count == of => partition::expand(&urls, partition),
        (Some(_), _) => Err(Error::new(
            ErrorCode::CrlScopeInvalid,
            "found deltas in partitions that the list is not divided into",
        )
        .at("freshest_crl_urls")),
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        certificate::Certificate,
        extension::{self, KeyUsageName},
        inspect,
        operation::sign_csr,
        profile::ProfileChoice,
        seed::Seed,
        signed::Signed,
        testing::{NOW, authority, both_ways, csr, private_key, rekeyed, resigned, root, subordinate},
    };

    fn fields(more: &Value) -> Value {
        let mut fields = json!({
            "now": NOW, "authority": subordinate(), "number": "17",
            "entries": [["5a01", NOW - 20], ["0c", NOW - 10, "keyCompromise", NOW - 30]],
        });
        for (name, value) in more.as_object().unwrap() {
            fields[name] = value.clone();
        }
        fields
    }

    fn sign(more: &Value) -> Result<Response, Error> {
        let fields = fields(more);
        both_ways(|keys| run(serde_json::from_value(fields.clone()).unwrap(), keys))
    }

    fn refusal(more: &Value) -> (ErrorCode, String) {
        let error = sign(more).err().unwrap();
        (error.code, error.at.unwrap_or_default())
    }

    /// What the list says, read by the other half of this crate.
    fn seen(response: &Response) -> Value {
        serde_json::to_value(&inspect::inspect(&response.crl).unwrap()[0]).unwrap()
    }

    fn extension_of(seen: &Value, name: &str) -> Value {
        let extensions = seen["extensions"].as_array().unwrap();
        extensions.iter().find(|extension| extension["name"] == name).cloned().unwrap_or_default()
    }

    #[test]
    fn the_list_of_an_old_key_goes_on() {
        let renewed = rekeyed(root());
        for (generation, signer) in [(json!(1), root().certificate), (Value::Null, renewed.certificate.clone())] {
            let response = sign(&json!({ "authority": renewed, "generation": generation })).unwrap();
            let der = pem::decode(&response.crl, &["X509 CRL"]).unwrap();
            let issuer = Certificate::from_pem(&signer).unwrap();
            Signed::from_der(&der).unwrap().verify(&issuer.public_key().unwrap()).unwrap();
            assert_eq!(response.generation, generation.as_u64().map_or(2, |_| 1));
        }
        let unknown = refusal(&json!({ "authority": renewed, "generation": 7 }));
        assert_eq!(unknown, (ErrorCode::GenerationUnknown, "generation".into()));
    }

    #[test]
    fn a_list_says_what_was_asked_in_order() {
        let response = sign(&json!({})).unwrap();
        assert_eq!((response.entries, response.this_update, response.next_update), (2, NOW, NOW + 7 * 86_400));
        let der = pem::decode(&response.crl, &["X509 CRL"]).unwrap();
        assert_eq!(response.sha256, hex::sha256(&der));
        let issuer = Certificate::from_pem(&subordinate().certificate).unwrap();
        Signed::from_der(&der).unwrap().verify(&issuer.public_key().unwrap()).unwrap();
        let seen = seen(&response);
        assert_eq!(seen["version"], 2);
        assert_eq!(seen["issuer"], "CN=Test Issuing");
        assert_eq!(
            seen["revoked_certificates"],
            json!([
                { "serial": "0c", "revocation_date": NOW - 10, "reason": "keyCompromise", "extensions": [
                    { "oid": "2.5.29.24", "critical": false, "name": "invalidityDate", "value": NOW - 30 }
                ] },
                { "serial": "5a01", "revocation_date": NOW - 20 },
            ])
        );
        assert_eq!(extension_of(&seen, "cRLNumber")["value"]["decimal"], "17");
        let identifier = hex::encode(&subordinate().subject_key_identifier.0);
        assert_eq!(extension_of(&seen, "authorityKeyIdentifier")["value"]["key_identifier"], identifier);
    }

    #[test]
    fn one_set_of_entries_is_one_list() {
        let reversed = json!({ "entries": [["C", NOW - 10, "keyCompromise", NOW - 30], ["5A01", NOW - 20, "unspecified"]] });
        assert_eq!(sign(&json!({})).unwrap().crl, sign(&reversed).unwrap().crl);
    }

    #[test]
    fn a_list_of_nothing_has_no_entries() {
        let response = sign(&json!({ "entries": [] })).unwrap();
        assert_eq!((response.entries, seen(&response)["entries"].clone()), (0, json!(0)));
        let der = pem::decode(&response.crl, &["X509 CRL"]).unwrap();
        let content = Signed::from_der(&der).unwrap().content;
        let empty_list = content.windows(4).any(|octets| octets == [0x5a, 0x30, 0x00, 0xa0]);
        assert!(!empty_list, "RFC 5280 5.1.2.6");
    }

    #[test]
    fn every_kind_of_key_signs_lists() {
        for key in ["p256", "p384", "ed25519", "ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] {
            let authority = authority(key, "CN=Test", None);
            let response = sign(&json!({ "authority": authority })).unwrap();
            let der = pem::decode(&response.crl, &["X509 CRL"]).unwrap();
            let issuer = Certificate::from_pem(&authority.certificate).unwrap();
            Signed::from_der(&der).unwrap().verify(&issuer.public_key().unwrap()).unwrap();
        }
    }

    #[test]
    fn a_delta_names_its_base() {
        let entries = json!([["0c", NOW, "removeFromCRL"]]);
        let delta = seen(&sign(&json!({ "base_number": "0x10", "entries": entries })).unwrap());
        let indicator = extension_of(&delta, "deltaCRLIndicator");
        assert_eq!((&indicator["critical"], &indicator["value"]["decimal"]), (&json!(true), &json!("16")));
        assert_eq!(delta["revoked_certificates"][0]["reason"], "removeFromCRL");
        assert_eq!(refusal(&json!({ "entries": entries })), (ErrorCode::CrlEntryInvalid, "entries".into()));
        let same = refusal(&json!({ "base_number": "17" }));
        assert_eq!(same, (ErrorCode::CrlScopeInvalid, "base_number".into()));
        let nested = refusal(&json!({ "base_number": "1", "freshest_crl_urls": ["http://a.example/delta"] }));
        assert_eq!(nested, (ErrorCode::CrlScopeInvalid, "freshest_crl_urls".into()));
    }

    #[test]
    fn what_a_list_covers_stands_in_it() {
        let response = sign(&json!({
            "issuing_distribution_point": { "urls": ["http://a.example/user.crl"], "only_contains": "user_certificates" },
            "freshest_crl_urls": ["http://a.example/delta.crl"],
        }));
        let seen = seen(&response.unwrap());
        let point = extension_of(&seen, "issuingDistributionPoint");
        assert_eq!((&point["oid"], &point["critical"]), (&json!("2.5.29.28"), &json!(true)));
        assert_eq!(point["value"]["names"], json!(["uri:http://a.example/user.crl"]));
        assert_eq!(point["value"]["only_contains_user_certs"], true);
        assert_eq!(point["value"]["only_contains_ca_certs"], false);
        let freshest = extension_of(&seen, "freshestCRL");
        assert_eq!(freshest["value"][0]["names"], json!(["uri:http://a.example/delta.crl"]));
        for point in [json!({}), json!({ "partition": 0 }), json!({ "urls": ["http://a.example/{partition/4}"] })] {
            let refused = refusal(&json!({ "issuing_distribution_point": point }));
            assert_eq!(refused, (ErrorCode::CrlScopeInvalid, "issuing_distribution_point".into()));
        }
    }

    #[test]
    fn certificate_and_list_name_the_same_partition() {
        let divided = || Authority {
            crl_urls: alloc::vec!["http://a.example/{partition/4}.crl".into()],
            ..subordinate()
        };
        let mut partitions = alloc::collections::BTreeSet::new();
        for number in 0..12 {
            let request = || sign_csr::Request {
                now: NOW,
                seed: Seed::new([number; 32]),
                authority: divided(),
                generation: None,
                profile: ProfileChoice::Named("device-identity".into()),
                csr: csr("p256", "CN=device", &[]),
                subject: None,
                subject_alternative_names: None,
                validity_seconds: None,
            };
            let issued = both_ways(|keys| sign_csr::run(request(), keys)).unwrap();
            let serial = crl::SerialNumber::parse(&issued.record.serial).unwrap();
            let partition = serial.modulo(4);
            let url = format!("uri:http://a.example/{partition}.crl");
            let certificate = serde_json::to_value(&inspect::inspect(&issued.certificate).unwrap()[0]).unwrap();
            assert_eq!(extension_of(&certificate, "cRLDistributionPoints")["value"][0]["names"], json!([url]));
            let list = sign(&json!({
                "authority": divided(), "issuing_distribution_point": { "partition": partition },
                "entries": [[serial.to_string(), NOW], [format!("{:x}", partition + 1), NOW]],
            }));
            let list = seen(&list.unwrap());
            assert_eq!(extension_of(&list, "issuingDistributionPoint")["value"]["names"], json!([url]));
            assert_eq!(list["entries"], 1, "the other belongs into the next partition");
            assert_eq!(list["revoked_certificates"][0]["serial"], serial.to_string());
            partitions.insert(partition);
        }
        assert!(partitions.len() > 2, "{partitions:?}");
        let outside = refusal(&json!({ "authority": divided(), "issuing_distribution_point": { "partition": 4 } }));
        assert_eq!(outside, (ErrorCode::CrlScopeInvalid, "issuing_distribution_point".into()));
        let undivided = refusal(&json!({ "authority": divided(), "freshest_crl_urls": ["http://a.example/{partition/4}"] }));
        assert_eq!(undivided, (ErrorCode::CrlScopeInvalid, "freshest_crl_urls".into()));
    }

    /// The list there would leave out what other certificates look for in it.
    #[test]
    fn a_partition_is_one_of_those_that_certificates_name() {
        let of = |urls: &[&str]| Authority { crl_urls: urls.iter().map(|url| (*url).into()).collect(), ..root() };
        let eighth = |urls: &str| json!({ "urls": [urls], "partition": 3 });
        let (fourths, eighths) = ("http://a.example/{partition/4}.crl", "http://a.example/{partition/8}.crl");
        let refused = (ErrorCode::CrlScopeInvalid, "issuing_distribution_point".into());
        let elsewhere = "http://b.example/{partition/8}.crl";
        for (authority, urls) in
            [(of(&[fourths]), eighths), (of(&[fourths]), elsewhere), (of(&["http://a.example/3.crl"]), eighths)]
        {
            let list = json!({ "authority": authority, "issuing_distribution_point": eighth(urls) });
            assert_eq!(refusal(&list), refused, "{urls}");
        }
        let before = Authority { generation: 2, former: alloc::vec![of(&[fourths]).current()], ..of(&[elsewhere]) };
        let list = |urls| json!({ "authority": before, "issuing_distribution_point": eighth(urls) });
        assert_eq!(refusal(&list(eighths)), refused);
        assert!(sign(&list(elsewhere)).is_ok());
        assert!(sign(&json!({ "authority": of(&[fourths]), "issuing_distribution_point": eighth(fourths) })).is_ok());
        assert!(sign(&json!({ "authority": root(), "issuing_distribution_point": eighth(eighths) })).is_ok());
    }

    #[test]
    fn entries_that_contradict_each_other_are_refused() {
        let twice = json!({ "entries": [["5a01", NOW], ["7", NOW], ["005A01", NOW, "superseded"]] });
        assert_eq!(refusal(&twice), (ErrorCode::CrlEntryRepeated, "entries".into()));
        let far = json!({ "entries": [["5a01", NOW * 1000]] });
        assert_eq!(refusal(&far), (ErrorCode::CrlEntryInvalid, "entries".into()));
    }

    #[test]
    fn the_time_must_make_sense() {
        let times = |more| refusal(&more);
        for (more, field) in [
            (json!({ "next_update": NOW }), "next_update"),
            (json!({ "next_update": NOW + 1, "validity_seconds": 1 }), "next_update"),
            (json!({ "validity_seconds": 0 }), "validity_seconds"),
            (json!({ "this_update": 300_000_000_000_u64 }), "this_update"),
            (json!({ "this_update": NOW + 301 }), "this_update"),
        ] {
            assert_eq!(times(more), (ErrorCode::FieldInvalid, field.into()));
        }
        let end = Certificate::from_pem(&subordinate().certificate).unwrap().not_after();
        for long in [json!({ "validity_seconds": u64::MAX }), json!({ "next_update": end + 1 }), json!({ "now": end - 1 })] {
            let response = sign(&long).unwrap();
            assert_eq!((response.next_update, &seen(&response)["next_update"]), (end, &json!(end)));
        }
        let early = refusal(&json!({ "entries": [["5a01", NOW], ["7", NOW + 1]] }));
        assert_eq!(early, (ErrorCode::CrlEntryInvalid, "entries".into()));
        let after = |revoked_at: u64| json!({ "this_update": NOW - 400, "entries": [["5a01", revoked_at]] });
        assert_eq!(refusal(&after(NOW - 99)), (ErrorCode::CrlEntryInvalid, "entries".into()));
        assert!(sign(&after(NOW - 100)).is_ok(), "a list that is backdated for slow clocks");
        let invalid_later = json!({ "entries": [["5a01", NOW - 9, "superseded", NOW - 8]] });
        assert_eq!(refusal(&invalid_later), (ErrorCode::CrlEntryInvalid, "entries".into()));
        assert!(sign(&json!({ "this_update": NOW + 300, "entries": [["5a01", NOW + 300]] })).is_ok());
        let response = sign(&json!({ "this_update": NOW - 60, "next_update": NOW + 60, "entries": [] })).unwrap();
        assert_eq!((response.this_update, response.next_update), (NOW - 60, NOW + 60));
        let late = refusal(&json!({ "now": NOW + 40 * 365 * 86_400 }));
        assert_eq!(late.0, ErrorCode::AuthorityOutsideValidity);
    }

    #[test]
    fn an_authority_that_may_not_sign_lists_does_not() {
        let usage = extension::key_usage(&[KeyUsageName::KeyCertSign]).unwrap();
        let own = Certificate::from_pem(&root().certificate).unwrap();
        let silent = resigned(&own, &private_key("root"), |tbs| {
            for extension in tbs.extensions.iter_mut().flatten().filter(|own| own.extn_id == usage.extn_id) {
                *extension = usage.clone();
            }
        });
        let authority = Authority { certificate: silent.to_pem().unwrap(), ..root() };
        let refused = refusal(&json!({ "authority": authority }));
        assert_eq!(refused, (ErrorCode::CrlSignerUnfit, "authority.certificate".into()));
    }
}

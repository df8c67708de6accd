//! Who gets what: each rule with a message that only this rule refuses.

mod fleets;
mod generations;

use super::super::init::NewHierarchy;
use super::super::renewal::{Mode, Renewal};
use super::super::{ChallengeGate, Hierarchy, Lists, Needed, Resources, Tokens};
use super::*;
use crate::config::{self, Approval, Scep, Urls};
use crate::guest::{Guest, Limits, cache};
use crate::keystore::KeyType;
use crate::store::{RequestDecision, RequestState, Revocation, Revoked, Role, SqliteStore, Store};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::sync::{Arc, RwLock};

const CHALLENGE: &str = "sesame";

/// A host with an authority, and the devices that talk to it.
struct Host {
    service: Service,
    devices: Arc<KeyStore>,
    folder: tempfile::TempDir,
}

/// What a device sends.
struct Sent<'a> {
    message_type: &'a str,
    csr: &'a str,
    key: &'a str,
    signer: Option<&'a str>,
}

impl Host {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.sqlite"), true).await.unwrap();
        let guest = Guest::load(Some(cache()), Limits::default()).unwrap();
        let keys = Arc::new(KeyStore::in_memory());
        let wanted = NewHierarchy {
            organization: "Acme".to_owned(),
            common_name: "Acme".to_owned(),
            urls: Urls::default(),
            key_type: KeyType::P256,
        };
        let resources = Resources { guest: &guest, keys: &keys, store: &store };
        resources.make_hierarchy(&wanted).await.unwrap();
        resources.put_challenge(CHALLENGE).await.unwrap();
        let hierarchy = Hierarchy::load(resources, Needed::Scep).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let challenges = ChallengeGate::new(store.clone());
        let revocation = config::Revocation::default();
        let lists = Lists::new(guest.clone(), keys.clone(), store.clone(), revocation.crl_seconds());
        let resources = Resources { guest: &guest, keys: &keys, store: store.as_ref() };
        let service = Service {
            messages: config::Messages::default(),
            tokens: Tokens::new(resources, store.clone(), config::Tokens::default()),
            guest,
            keys,
            store,
            lists,
            revocation,
            scep: Scep::default(),
            urls: Urls::default(),
            needed: Needed::Scep,
            hierarchy: RwLock::new(Arc::new(hierarchy)),
            troubles: Default::default(),
            challenges,
        };
        Self { service, devices: Arc::new(KeyStore::in_memory()), folder }
    }

    fn key(&self, id: &str) {
        self.devices.generate(id, KeyType::Rsa2048).unwrap();
    }

    async fn csr(&self, key: &str, subject: &str, names: &[&str], challenge: Option<&str>) -> String {
        let mut request = json!({
            "key": key_reference(&self.devices, key).unwrap(),
            "subject": subject,
            "subject_alternative_names": names,
        });
        if let Some(challenge) = challenge {
            request["challenge_password"] = challenge.into();
        }
        let grant = self.devices.granting(&[(key, KeyUse::Sign)]);
        let made: Value = self.service.guest.call("create_csr", request, &grant).await.unwrap();
        made["csr"].as_str().unwrap().to_owned()
    }

    async fn seal(&self, sent: Sent<'_>) -> Vec<u8> {
        let recipient = self.service.hierarchy().ra.current.certificate.clone();
        self.seal_for(sent, &recipient).await
    }

    async fn seal_for(&self, sent: Sent<'_>, recipient: &str) -> Vec<u8> {
        let mut request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "message_type": sent.message_type,
            "csr": sent.csr,
            "key": key_reference(&self.devices, sent.key).unwrap(),
            "recipient": recipient,
        });
        if let Some(signer) = sent.signer {
            request["signer_certificate"] = signer.into();
        }
        if sent.message_type == "cert_poll" {
            request["issuer"] = self.service.hierarchy().issuing.current.certificate.as_str().into();
        }
        let grant = self.devices.granting(&[(sent.key, KeyUse::Sign)]);
        let sealed: Sealed = self.service.guest.call("scep_seal_request", request, &grant).await.unwrap();
        bytes(&sealed.message).unwrap()
    }

    async fn decide(&self, message: &[u8]) -> Decision {
        let hierarchy = self.service.hierarchy();
        let opened = self.service.open_request(&hierarchy, message).await.unwrap();
        self.service.decide(&hierarchy, &opened, message).await.unwrap()
    }

    async fn send(&self, message_type: &str, csr: &str, key: &str, signer: Option<&str>) -> Decision {
        let message = self.seal(Sent { message_type, csr, key, signer }).await;
        self.decide(&message).await
    }

    /// A device with a certificate, of a key with its own name.
    async fn enrolled(&self, name: &str, names: &[&str]) -> Certificate {
        self.key(name);
        let csr = self.csr(name, &format!("CN={name}"), names, Some(CHALLENGE)).await;
        issued(self.send("pkcs_req", &csr, name, None).await)
    }

    async fn alter(&self, sql: &'static str, serial: &str) {
        let path = self.folder.path().join("s.sqlite");
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
        let done = sqlx::query(sql).bind(serial).execute(&mut connection).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{sql}");
    }
}

const REVOKE: &str =
    "UPDATE certificates SET revoked_at = 1, revocation_reason = 'key_compromise' WHERE serial = ?";
const EXPIRE: &str = "UPDATE certificates SET not_before = 1, not_after = 2 WHERE serial = ?";

fn issued(decision: Decision) -> Certificate {
    match decision {
        Decision::Success { certificate, repeated: false } => *certificate,
        other => panic!("{other:?}"),
    }
}

fn repeated(decision: Decision) -> Certificate {
    match decision {
        Decision::Success { certificate, repeated: true } => *certificate,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(decision: Decision, wanted: FailInfo, reason: &str) {
    match decision {
        Decision::Failure { fail_info, text } => {
            assert!(fail_info == wanted && text.contains(reason), "{fail_info:?}: {text}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn first_enrolments_need_the_challenge() {
    let host = Host::new().await;
    host.key("device");
    for (challenge, reason) in [(None, "no challenge"), (Some("guess"), "challenge password is wrong")] {
        let csr = host.csr("device", "CN=device", &[], challenge).await;
        refused(host.send("pkcs_req", &csr, "device", None).await, FailInfo::BadRequest, reason);
    }
    let csr = host.csr("device", "CN=device", &[], Some(CHALLENGE)).await;
    let renewal = host.send("renewal_req", &csr, "device", None).await;
    refused(renewal, FailInfo::BadRequest, "signed with the certificate that it renews");
    issued(host.send("pkcs_req", &csr, "device", None).await);
}

#[tokio::test]
async fn a_challenge_is_hashed_once_for_all_devices() {
    let host = Host::new().await;
    for name in ["device-1", "device-2"] {
        host.enrolled(name, &[]).await;
    }
    assert_eq!(host.service.challenges.hashed.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn renewals_keep_the_names_that_were_granted() {
    let host = Host::new().await;
    let names = ["dns:laptop-7.example", "upn:ada@corp.example", "ip:10.0.0.7", "uri:urn:x:7"];
    let first = host.enrolled("laptop-7", &names).await;
    let nameless = host.enrolled("laptop-8", &[]).await;
    for message_type in ["renewal_req", "pkcs_req"] {
        host.key(message_type);
        let more = ["upn:administrator@corp.example", "dns:dc1.corp.example"];
        for (old, key, granted) in [(&first, "laptop-7", &names[..]), (&nameless, "laptop-8", &[])] {
            let csr = host.csr(message_type, &format!("CN={key}"), &more, None).await;
            let new = issued(host.send(message_type, &csr, key, Some(&old.pem)).await);
            assert_eq!(new.record.subject_alternative_names, granted);
            assert_eq!(new.record.subject, old.record.subject);
        }
    }
}

#[tokio::test]
async fn renewals_need_a_certificate_that_is_good() {
    let host = Host::new().await;
    let cases = [
        ("revoked", REVOKE, "is revoked"),
        ("expired", EXPIRE, "has expired"),
        ("early", "UPDATE certificates SET not_before = not_after WHERE serial = ?", "has expired"),
        ("server", "UPDATE certificates SET profile = 'tls-server' WHERE serial = ?", "another profile"),
        ("gone", "UPDATE certificates SET sha256 = '00' WHERE serial = ?", "was not issued here"),
    ];
    host.key("new");
    for (name, change, reason) in cases {
        let old = host.enrolled(name, &[]).await;
        host.alter(change, &old.record.serial).await;
        let csr = host.csr("new", &format!("CN={name}"), &[], None).await;
        let renewal = host.send("renewal_req", &csr, name, Some(&old.pem)).await;
        refused(renewal, FailInfo::BadRequest, reason);
        let renewal = host.send("pkcs_req", &csr, name, Some(&old.pem)).await;
        refused(renewal, FailInfo::BadRequest, "its signer cannot renew");
    }
    let old = host.enrolled("device", &[]).await;
    let csr = host.csr("new", "CN=another device", &[], None).await;
    let renewal = host.send("renewal_req", &csr, "device", Some(&old.pem)).await;
    refused(renewal, FailInfo::BadRequest, "another subject");
}

#[tokio::test]
async fn certificates_of_other_authorities_renew_nothing() {
    let (host, stranger) = (Host::new().await, Host::new().await);
    let foreign = stranger.enrolled("device", &[]).await;
    let key = stranger.devices.key("device").unwrap().private_pem().unwrap();
    host.devices.keep("device", crate::keystore::PrivateKey::from_pem(&key).unwrap());
    host.key("new");
    let csr = host.csr("new", "CN=device", &[], None).await;
    let renewal = host.send("renewal_req", &csr, "device", Some(&foreign.pem)).await;
    refused(renewal, FailInfo::BadRequest, "was not issued here");
}

#[tokio::test]
async fn polls_are_answered_to_the_key_alone() {
    let host = Host::new().await;
    let certificate = host.enrolled("device", &[]).await;
    let id = certificate.transaction_id.clone().unwrap();
    let csr = host.csr("device", "CN=device", &[], None).await;
    let own = host.seal(Sent { message_type: "cert_poll", csr: &csr, key: "device", signer: None }).await;
    assert_eq!(repeated(host.decide(&own).await).record.serial, certificate.record.serial);
    // Somebody who saw the transaction id, with a key of his own.
    host.key("thief");
    let stolen = host.csr("thief", "CN=device", &[], None).await;
    let hierarchy = host.service.hierarchy();
    let mut opened = {
        let poll = Sent { message_type: "cert_poll", csr: &stolen, key: "thief", signer: None };
        host.service.open_request(&hierarchy, &host.seal(poll).await).await.unwrap()
    };
    refused(
        host.service.decide(&hierarchy, &opened, &[]).await.unwrap(),
        FailInfo::BadCertId,
        "transaction id",
    );
    opened.reply_to["transaction_id"] = id.into();
    refused(
        host.service.decide(&hierarchy, &opened, &[]).await.unwrap(),
        FailInfo::BadCertId,
        "transaction id",
    );
    host.alter(REVOKE, &certificate.record.serial).await;
    refused(host.decide(&own).await, FailInfo::BadCertId, "transaction id");
}

#[tokio::test]
async fn lost_reply_to_a_renewal_is_given_again_after_the_old_one_ended() {
    let host = Host::new().await;
    let old = host.enrolled("device", &[]).await;
    host.key("new");
    let csr = host.csr("new", "CN=device", &[], None).await;
    let renewal = Sent { message_type: "renewal_req", csr: &csr, key: "device", signer: Some(&old.pem) };
    let message = host.seal(renewal).await;
    let new = issued(host.decide(&message).await);
    host.alter(EXPIRE, &old.record.serial).await;
    assert_eq!(repeated(host.decide(&message).await).record.serial, new.record.serial);
}

/// The envelope of a recorded message, challenge and all, in a message of somebody else's.
#[tokio::test]
async fn a_challenge_is_worth_nothing_to_another_key() {
    let host = Host::new().await;
    let thief = host.enrolled("thief", &[]).await;
    host.key("device");
    let csr = host.csr("device", "CN=device", &[], Some(CHALLENGE)).await;
    let stolen = Sent { message_type: "pkcs_req", csr: &csr, key: "thief", signer: Some(&thief.pem) };
    let stolen = host.seal(stolen).await;
    refused(host.decide(&stolen).await, FailInfo::BadMessageCheck, "another key");
    issued(host.send("pkcs_req", &csr, "device", None).await);
    refused(host.decide(&stolen).await, FailInfo::BadMessageCheck, "another key");
}

#[tokio::test]
async fn revoked_keys_get_nothing_more() {
    let host = Host::new().await;
    host.key("device");
    let csr = host.csr("device", "CN=device", &[], Some(CHALLENGE)).await;
    let first = Sent { message_type: "pkcs_req", csr: &csr, key: "device", signer: None };
    let message = host.seal(first).await;
    let certificate = issued(host.decide(&message).await);
    host.alter(REVOKE, &certificate.record.serial).await;
    refused(host.decide(&message).await, FailInfo::BadRequest, "was revoked");
    let again = host.csr("device", "CN=other", &[], Some(CHALLENGE)).await;
    refused(
        host.send("pkcs_req", &again, "device", None).await,
        FailInfo::BadRequest,
        "of this key was revoked",
    );
}

/// What the device cannot mend must not look like a refusal, which it would take for final.
#[tokio::test]
async fn faults_of_the_host_are_no_refusals() {
    let host = Host::new().await;
    host.key("device");
    let csr = host.csr("device", "CN=device", &[], Some(CHALLENGE)).await;
    let message = host.seal(Sent { message_type: "pkcs_req", csr: &csr, key: "device", signer: None }).await;
    host.service.keys.generate(&host.service.hierarchy().issuing.current.key, KeyType::P256).unwrap();
    let hierarchy = host.service.hierarchy();
    let opened = host.service.open_request(&hierarchy, &message).await.unwrap();
    match host.service.decide(&hierarchy, &opened, &message).await {
        Err(ServiceError::Call(CallError::Refused(error))) => assert_eq!(error.code, "key_answer_invalid"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_engine_says_what_its_own_refusals_are() {
    let host = Host::new().await;
    host.key("device");
    let csr = host.csr("device", "O=nobody", &[], Some(CHALLENGE)).await;
    match host.send("pkcs_req", &csr, "device", None).await {
        Decision::Error(error) => assert_eq!(error.code, "profile_subject_refused"),
        other => panic!("{other:?}"),
    }
}

async fn decided(host: &Host, id: &str, state: RequestState) {
    let (id, actor) = (id.to_owned(), "ada".to_owned());
    let comment = Some("because".to_owned());
    host.service.store.decide_request(RequestDecision { id, state, at: 1, actor, comment }).await.unwrap();
}

fn pending(decision: Decision) -> String {
    match decision {
        Decision::Pending(id) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_has_no_challenge_waits_for_a_yes() {
    let mut host = Host::new().await;
    host.service.scep.approval = Approval::WithoutChallenge;
    for key in ["device", "other", "quick"] {
        host.key(key);
    }
    let csr = host.csr("device", "CN=device", &[], None).await;
    let id = pending(host.send("pkcs_req", &csr, "device", None).await);
    assert_eq!(pending(host.send("pkcs_req", &csr, "device", None).await), id, "the same request waits once");
    assert_eq!(pending(host.send("cert_poll", &csr, "device", None).await), id);
    decided(&host, &id, RequestState::Approved).await;
    let certificate = issued(host.send("cert_poll", &csr, "device", None).await);
    assert_eq!(certificate.record.subject, "CN=device");
    // However it is asked for again, it is the same one.
    let again = repeated(host.send("pkcs_req", &csr, "device", None).await);
    assert_eq!(again.record.serial, certificate.record.serial);
    let other = host.csr("other", "CN=other", &[], None).await;
    let id = pending(host.send("pkcs_req", &other, "other", None).await);
    decided(&host, &id, RequestState::Rejected).await;
    for message_type in ["pkcs_req", "cert_poll"] {
        let answer = host.send(message_type, &other, "other", None).await;
        refused(answer, FailInfo::BadRequest, "rejected: because");
    }
    let wrong = host.csr("quick", "CN=quick", &[], Some("guess")).await;
    refused(host.send("pkcs_req", &wrong, "quick", None).await, FailInfo::BadRequest, "password is wrong");
    let right = host.csr("quick", "CN=quick", &[], Some(CHALLENGE)).await;
    issued(host.send("pkcs_req", &right, "quick", None).await);
}

#[tokio::test]
async fn a_yes_is_for_one_certificate() {
    let mut host = Host::new().await;
    host.service.scep.approval = Approval::Always;
    host.key("device");
    let csr = host.csr("device", "CN=device", &["dns:a.example"], Some(CHALLENGE)).await;
    let id = pending(host.send("pkcs_req", &csr, "device", None).await);
    let kept = host.service.store.request(&id).await.unwrap().unwrap();
    let kept_text = format!("{}{}", kept.content, String::from_utf8_lossy(&kept.message));
    assert!(!kept_text.contains(CHALLENGE), "the challenge lies there for everybody to read");
    assert!(kept_text.contains("dns:a.example"));
    decided(&host, &id, RequestState::Approved).await;
    let certificate = issued(host.send("cert_poll", &csr, "device", None).await);
    assert_eq!(certificate.record.subject_alternative_names, ["dns:a.example"]);
    host.alter(EXPIRE, &certificate.record.serial).await;
    let poll = host.send("cert_poll", &csr, "device", None).await;
    refused(poll, FailInfo::BadCertId, "transaction id");
    let again = pending(host.send("pkcs_req", &csr, "device", None).await);
    assert_ne!(again, id, "somebody has to say yes again");
    decided(&host, &again, RequestState::Approved).await;
    let second = issued(host.send("cert_poll", &csr, "device", None).await);
    revoked(&host, &second.record.serial).await;
    let poll = host.send("cert_poll", &csr, "device", None).await;
    refused(poll, FailInfo::BadCertId, "transaction id");
}

#[tokio::test]
async fn everybody_waits_where_it_is_so_set_but_for_renewals() {
    let mut host = Host::new().await;
    let enrolled = host.enrolled("device", &[]).await;
    host.service.scep.approval = Approval::Always;
    host.key("new");
    let csr = host.csr("new", "CN=new", &[], Some(CHALLENGE)).await;
    let id = pending(host.send("pkcs_req", &csr, "new", None).await);
    decided(&host, &id, RequestState::Approved).await;
    issued(host.send("pkcs_req", &csr, "new", None).await);
    let renewal = host.csr("new", "CN=device", &[], None).await;
    let message = host.seal(Sent {
        message_type: "renewal_req",
        csr: &renewal,
        key: "device",
        signer: Some(&enrolled.pem),
    });
    issued(host.decide(&message.await).await);
}

#[tokio::test]
async fn a_certificate_may_be_renewed_within_its_grace() {
    let mut host = Host::new().await;
    let old = host.enrolled("device", &[]).await;
    host.key("new");
    host.alter(
        "UPDATE certificates SET not_after = unixepoch() - 86400 WHERE serial = ?",
        &old.record.serial,
    )
    .await;
    let csr = host.csr("new", "CN=device", &[], None).await;
    let message = host
        .seal(Sent { message_type: "renewal_req", csr: &csr, key: "device", signer: Some(&old.pem) })
        .await;
    refused(host.decide(&message).await, FailInfo::BadRequest, "has expired");
    host.service.scep.renewal_grace_days = 2;
    issued(host.decide(&message).await);
}

async fn revoked(host: &Host, serial: &str) {
    let revocation = Revocation {
        serial: serial.to_owned(),
        at: ambient::now(),
        reason: "key_compromise".to_owned(),
        invalidity_date: None,
        actor: "ada".to_owned(),
        comment: None,
    };
    assert!(matches!(host.service.store.revoke(revocation).await.unwrap(), Revoked::Now(..)));
}

#[tokio::test]
async fn a_revocation_counts_at_once() {
    let host = Host::new().await;
    let certificate = host.enrolled("device", &[]).await;
    let key = host.service.hierarchy().issuing.current.key.clone();
    let before = host.service.crl(&key).await.unwrap().unwrap().crl.clone();
    assert_eq!(host.service.crl(&key).await.unwrap().unwrap().crl, before, "a list is made once");
    revoked(&host, &certificate.record.serial).await;
    let after = host.service.crl(&key).await.unwrap().unwrap().crl.clone();
    assert!(after.number > before.number);
    let listed = host.service.describe(&after.pem).await.unwrap();
    assert_eq!(listed["revoked_certificates"][0]["serial"], certificate.record.serial.as_str(), "{listed}");
    assert!(host.service.crl("nobody").await.unwrap().is_none());
    let csr = host.csr("device", "CN=device", &[], None).await;
    let renewal =
        Sent { message_type: "renewal_req", csr: &csr, key: "device", signer: Some(&certificate.pem) };
    refused(host.decide(&host.seal(renewal).await).await, FailInfo::BadRequest, "is revoked");
}

/// A device that got GetNextCACert asks the next generation, and gets a certificate of it before the change.
#[tokio::test]
async fn both_generations_are_served_at_once() {
    let host = Host::new().await;
    let renewal = Renewal {
        role: Role::Issuing,
        mode: Mode::NewKey(KeyType::P384),
        validity_seconds: None,
        actor: "ada".to_owned(),
        comment: None,
    };
    let first = host.enrolled("early", &[]).await;
    assert!(host.service.next_ca_certificates(&host.service.hierarchy()).await.unwrap().is_none());
    assert!(!host.service.renew(&renewal).await.unwrap().already);
    let again = host.service.renew(&renewal).await.unwrap();
    assert!(again.already && again.authority.next.is_some(), "a second renewal makes nothing");
    assert_eq!(host.service.store.authorities(Role::Ra).await.unwrap().len(), 2);
    assert!(host.service.next_ca_certificates(&host.service.hierarchy()).await.unwrap().is_some());
    let hierarchy = host.service.hierarchy();
    let next_ra = hierarchy.next_ra.as_ref().unwrap().current.certificate.clone();
    let ra = hierarchy.ra.current.certificate.clone();
    for (name, recipient, generation) in [("next", &next_ra, 2), ("current", &ra, 1)] {
        host.key(name);
        let csr = host.csr(name, &format!("CN={name}"), &[], Some(CHALLENGE)).await;
        let sent = Sent { message_type: "pkcs_req", csr: &csr, key: name, signer: None };
        let certificate = issued(host.decide(&host.seal_for(sent, recipient).await).await);
        assert_eq!(certificate.generation, generation, "{name}");
    }
    assert!(!host.service.activate(&renewal).await.unwrap().already);
    assert!(host.service.activate(&renewal).await.unwrap().already);
    let after = host.service.hierarchy();
    assert_eq!((after.ra.current.certificate.as_str(), after.issuing.current.number), (next_ra.as_str(), 2));
    // Who still writes to the old one is served, by the new generation.
    host.key("late");
    let csr = host.csr("late", "CN=late", &[], Some(CHALLENGE)).await;
    let sent = Sent { message_type: "pkcs_req", csr: &csr, key: "late", signer: None };
    assert_eq!(issued(host.decide(&host.seal_for(sent, &ra).await).await).generation, 2);
    // The list of the old key goes on. What it has signed is on the new key's too: a verifier that goes by the issuer's
    // name takes either for it (RFC 5280 6.3.3).
    revoked(&host, &first.record.serial).await;
    let number_of = async |key: &str| {
        let crl = host.service.crl(key).await.unwrap().unwrap();
        host.service.describe(&crl.crl.pem).await.unwrap()["revoked_certificates"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((number_of("issuing-1").await, number_of("issuing-2").await), (1, 1));
}

#[tokio::test]
async fn a_renewed_root_stays_the_issuers_issuer() {
    let host = Host::new().await;
    for mode in [Mode::SameKey, Mode::NewKey(KeyType::P256)] {
        let (role, actor) = (Role::Root, "ada".to_owned());
        let renewal = Renewal { role, mode, validity_seconds: None, actor, comment: None };
        host.service.renew(&renewal).await.unwrap();
        host.service.activate(&renewal).await.unwrap();
        host.service.activate(&renewal).await.unwrap();
        let hierarchy = host.service.hierarchy();
        let root = &hierarchy.root.as_ref().unwrap().current;
        assert_eq!(hierarchy.issuing.current.chain.last(), Some(&root.certificate));
        assert_eq!(hierarchy.issuing.current.chain.len(), if matches!(mode, Mode::SameKey) { 1 } else { 2 });
        assert!(host.service.crl(&root.key).await.unwrap().is_some());
    }
    host.enrolled("device", &[]).await;
    assert!(host.service.hierarchy().root.as_ref().unwrap().former.len() == 2);
}

/// Who has enrolled with it can still be revoked, on a list that his certificate names.
#[tokio::test]
async fn a_generation_that_is_given_up_still_revokes() {
    let host = Host::new().await;
    let (role, actor) = (Role::Issuing, "ada".to_owned());
    for (mode, key) in [(Mode::SameKey, "issuing-1"), (Mode::NewKey(KeyType::P256), "issuing-2")] {
        let renewal = Renewal { role, mode, validity_seconds: None, actor: actor.clone(), comment: None };
        let waiting = host.service.renew(&renewal).await.unwrap().authority.next.unwrap();
        let next_ra = host.service.hierarchy().next_ra.clone().unwrap().current.certificate;
        host.key(key);
        let csr = host.csr(key, &format!("CN={key}"), &[], Some(CHALLENGE)).await;
        let sent = Sent { message_type: "pkcs_req", csr: &csr, key, signer: None };
        let certificate = issued(host.decide(&host.seal_for(sent, &next_ra).await).await);
        assert_eq!(certificate.generation, waiting.number);
        assert!(!host.service.abandon(&renewal).await.unwrap().already);
        let in_force = host.service.store.in_force("issuing-1", ambient::now()).await.unwrap();
        assert_eq!(in_force.get(&waiting.number), Some(&1), "the device's, and no registration authority's");
        assert!(host.service.abandon(&renewal).await.unwrap().already);
        assert!(host.service.hierarchy().next_ra.is_none());
        assert!(host.service.next_ca_certificates(&host.service.hierarchy()).await.unwrap().is_none());
        revoked(&host, &certificate.record.serial).await;
        let crl = host.service.crl(key).await.unwrap().unwrap();
        let listed = host.service.describe(&crl.crl.pem).await.unwrap().to_string();
        assert!(listed.contains(&certificate.record.serial), "{key}: {listed}");
        let ra = host.service.describe(&next_ra).await.unwrap()["serial"].as_str().unwrap().to_owned();
        let own =
            host.service.describe(&waiting.certificate).await.unwrap()["serial"].as_str().unwrap().to_owned();
        assert!(listed.contains(&ra), "{key}: {listed}");
        let own = host.service.store.by_serial(&own).await.unwrap().unwrap();
        assert_eq!(own.revoked_at.is_some(), matches!(mode, Mode::NewKey(_)), "{key}");
    }
    assert_eq!(host.service.hierarchy().issuing.abandoned.len(), 2);
    host.enrolled("device", &[]).await;
}

/// A second request for a renewal must not be taken for the first, if it is for something else.
#[tokio::test]
async fn a_waiting_generation_is_not_taken_for_another() {
    let host = Host::new().await;
    let of = |mode| {
        let (role, actor) = (Role::Issuing, "ada".to_owned());
        Renewal { role, mode, validity_seconds: None, actor, comment: None }
    };
    host.service.renew(&of(Mode::NewKey(KeyType::P256))).await.unwrap();
    assert!(host.service.renew(&of(Mode::NewKey(KeyType::P256))).await.unwrap().already);
    for other in [Mode::SameKey, Mode::NewKey(KeyType::P384)] {
        let refused = host.service.renew(&of(other)).await.unwrap_err().to_string();
        assert!(refused.contains("waits already") && refused.contains("issuing-2"), "{refused}");
    }
}

#[tokio::test]
async fn a_revoked_registration_authority_is_replaced() {
    let host = Host::new().await;
    let old = host.service.hierarchy().ra.current.certificate.clone();
    let serial = host.service.describe(&old).await.unwrap()["serial"].as_str().unwrap().to_owned();
    host.key("device");
    let csr = host.csr("device", "CN=device", &[], Some(CHALLENGE)).await;
    let message = host.seal(Sent { message_type: "pkcs_req", csr: &csr, key: "device", signer: None }).await;
    revoked(&host, &serial).await;
    assert!(host.service.refresh().await.unwrap());
    assert!(host.service.warnings(ambient::now())[0].contains("is revoked"));
    for (what, done) in host.service.renew_helpers().await {
        done.unwrap_or_else(|error| panic!("{what}: {error:#}"));
    }
    assert!(host.service.refresh().await.unwrap());
    assert_ne!(host.service.hierarchy().ra.current.certificate, old);
    assert!(host.service.warnings(ambient::now()).is_empty());
    // What was written to it is not opened any more.
    let hierarchy = host.service.hierarchy();
    let opened = host.service.open_request(&hierarchy, &message).await.unwrap();
    assert_eq!(opened.rejection.unwrap().error.code, "scep_recipient_unknown");
}

//! Who gets what: each rule with a message that only this rule refuses.

use super::super::init::NewHierarchy;
use super::super::{ChallengeGate, Hierarchy, Resources, current};
use super::*;
use crate::config::Scep;
use crate::guest::{Guest, Limits, cache};
use crate::keystore::KeyType;
use crate::store::{Role, SqliteStore, Store};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::sync::Arc;

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
            key_type: KeyType::P256,
        };
        let resources = Resources { guest: &guest, keys: &keys, store: &store };
        resources.make_hierarchy(&wanted).await.unwrap();
        resources.put_challenge(CHALLENGE).await.unwrap();
        let hierarchy = Hierarchy {
            issuing: current(&store, Role::Issuing).await.unwrap(),
            ra: current(&store, Role::Ra).await.unwrap(),
            former: Vec::new(),
            ra_not_after: u64::MAX,
        };
        let store: Arc<dyn Store> = Arc::new(store);
        let challenges = ChallengeGate::new(store.clone());
        let service = Service { guest, keys, store, scep: Scep::default(), hierarchy, challenges };
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
        let mut request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "message_type": sent.message_type,
            "csr": sent.csr,
            "key": key_reference(&self.devices, sent.key).unwrap(),
            "recipient": self.service.hierarchy.ra.certificate,
        });
        if let Some(signer) = sent.signer {
            request["signer_certificate"] = signer.into();
        }
        if sent.message_type == "cert_poll" {
            request["issuer"] = self.service.hierarchy.issuing.certificate.as_str().into();
        }
        let grant = self.devices.granting(&[(sent.key, KeyUse::Sign)]);
        let sealed: Sealed = self.service.guest.call("scep_seal_request", request, &grant).await.unwrap();
        bytes(&sealed.message).unwrap()
    }

    async fn decide(&self, message: &[u8]) -> Decision {
        let opened = self.service.open_request(message).await.unwrap();
        self.service.decide(&opened).await.unwrap()
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
    let mut opened = {
        let poll = Sent { message_type: "cert_poll", csr: &stolen, key: "thief", signer: None };
        host.service.open_request(&host.seal(poll).await).await.unwrap()
    };
    refused(host.service.decide(&opened).await.unwrap(), FailInfo::BadCertId, "transaction id");
    opened.reply_to["transaction_id"] = id.into();
    refused(host.service.decide(&opened).await.unwrap(), FailInfo::BadCertId, "transaction id");
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

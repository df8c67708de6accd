//! Generations that wait, that end, and that have to make room.

use std::time::Duration;

use super::*;
use crate::ambient::SECONDS_PER_DAY;
use crate::store::Event;

fn same_key(validity_seconds: Option<u64>) -> Renewal {
    Renewal {
        role: Role::Issuing,
        mode: Mode::SameKey,
        validity_seconds,
        actor: "ada".to_owned(),
        comment: None,
    }
}

impl Host {
    /// The life of the list that tells of this certificate's revocation.
    async fn list_seconds(&self, certificate: &Certificate) -> u64 {
        revoked(self, &certificate.record.serial).await;
        let crl = self.service.crl("issuing-1").await.unwrap().unwrap().crl.clone();
        crl.next_update - crl.this_update
    }

    async fn refused_renewal(&self, renewal: &Renewal) -> String {
        format!("{:#}", self.service.renew(renewal).await.unwrap_err())
    }

    /// Gives the issuing authority these generations for its abandoned ones, numbered down from 33.
    async fn put_abandoned(&self, generations: &[Value]) {
        let seen = self.service.store.current_authority(Role::Issuing).await.unwrap().unwrap();
        let mut value = seen.value.clone();
        let numbered = generations.iter().zip((2..=33).rev()).map(|(generation, number)| {
            let mut generation = generation.clone();
            generation["number"] = number.into();
            generation
        });
        value["abandoned"] = numbered.collect();
        let event = Event {
            at: 1,
            actor: "ada".to_owned(),
            action: "test".to_owned(),
            subject: "issuing-1".to_owned(),
            comment: None,
        };
        assert!(
            self.service.store.replace_authority(seen, value, Vec::new(), Vec::new(), event).await.unwrap()
        );
        self.service.refresh().await.unwrap();
    }

    async fn abandoned(&self) -> Value {
        let stored = self.service.store.current_authority(Role::Issuing).await.unwrap().unwrap();
        stored.value["abandoned"][0].clone()
    }
}

/// Lists are signed by the generation in use, not by one of the same key that waits and may end sooner.
#[tokio::test]
async fn one_that_ends_while_it_waits_harms_nothing_and_makes_room() {
    let host = Host::new().await;
    let mut devices = Vec::new();
    for name in ["before", "meanwhile", "after"] {
        devices.push(host.enrolled(name, &[]).await);
    }
    let usual = host.list_seconds(&devices[0]).await;
    host.service.renew(&same_key(Some(SECONDS_PER_DAY))).await.unwrap();
    assert_eq!(host.list_seconds(&devices[1]).await, usual, "cut at the end of the one that waits");
    host.service.abandon(&same_key(None)).await.unwrap();
    let lasting = host.abandoned().await;
    host.service.renew(&same_key(Some(8))).await.unwrap();
    tokio::time::sleep(Duration::from_secs(9)).await;
    assert_eq!(host.list_seconds(&devices[2]).await, usual);
    let refused = format!("{:#}", host.service.activate(&same_key(None)).await.unwrap_err());
    assert!(refused.contains("has ended") && refused.contains("`ca abandon`"), "{refused}");
    assert!(host.refused_renewal(&same_key(None)).await.contains("`ca abandon`"));
    host.service.abandon(&same_key(None)).await.unwrap();
    let ended = host.abandoned().await;
    // As many as there may be, none of which has ended; then the oldest has.
    host.put_abandoned(&vec![lasting.clone(); 32]).await;
    let refused = host.refused_renewal(&same_key(None)).await;
    assert!(refused.contains("none has ended") && refused.contains("renew after that"), "{refused}");
    let mut full = vec![lasting; 31];
    full.push(ended.clone());
    host.put_abandoned(&full).await;
    let renewed = host.service.renew(&same_key(None)).await.unwrap().authority;
    assert_eq!(renewed.next.unwrap().number, 34);
    let numbers: Vec<_> = renewed.abandoned.iter().map(|one| one.number).collect();
    assert_eq!(numbers, (3..=33).rev().collect::<Vec<_>>(), "the oldest has made room, and no other");
    let events = host.service.store.events("issuing-1").await.unwrap();
    assert!(events.iter().any(|event| event.action == "forget"), "{events:?}");
}

#[tokio::test]
async fn a_waiting_generation_is_not_taken_for_one_of_another_life() {
    let host = Host::new().await;
    let of = |days: u64| same_key(Some(days * SECONDS_PER_DAY));
    host.service.renew(&of(30)).await.unwrap();
    for same in [of(30), same_key(None)] {
        assert!(host.service.renew(&same).await.unwrap().already);
    }
    let refused = host.refused_renewal(&of(60)).await;
    assert!(refused.contains("not for 60 days") && refused.contains("`ca abandon`"), "{refused}");
    // Longer than the root's own life is as long as that.
    host.service.abandon(&of(30)).await.unwrap();
    host.service.renew(&of(50_000)).await.unwrap();
    assert!(host.service.renew(&of(50_000)).await.unwrap().already);
    assert!(host.refused_renewal(&of(60)).await.contains("waits already"));
}

/// Whoever made the list, it has what any key of the authority signed: also for a server that has not yet seen the
/// newest generation.
#[tokio::test]
async fn a_list_has_what_generations_signed_that_the_picture_lacks() {
    let host = Host::new().await;
    let before = host.service.hierarchy();
    let renewal = Renewal { mode: Mode::NewKey(KeyType::P256), ..same_key(None) };
    host.service.renew(&renewal).await.unwrap();
    let next_ra = host.service.hierarchy().next_ra.clone().unwrap().current.certificate;
    let serial = host.service.describe(&next_ra).await.unwrap()["serial"].as_str().unwrap().to_owned();
    host.service.abandon(&renewal).await.unwrap();
    host.service.serve_with(before);
    let crl = host.service.crl("issuing-1").await.unwrap().unwrap();
    let listed = host.service.describe(&crl.crl.pem).await.unwrap().to_string();
    assert!(listed.contains(&serial), "{listed}");
}

/// The list of a generation that ends within minutes is never young; it is handed out, and not made for ever or for each
/// who asks.
#[tokio::test]
async fn a_list_of_a_generation_that_ends_soon_is_handed_out() {
    let host = Host::new().await;
    let short = same_key(Some(120));
    host.service.renew(&short).await.unwrap();
    host.service.activate(&short).await.unwrap();
    let list = tokio::time::timeout(Duration::from_secs(20), host.service.crl("issuing-1")).await;
    let crl = list.expect("it is made again and again").unwrap().unwrap().crl.clone();
    assert!(crl.next_update < ambient::now() + 120, "the generation in use has signed it");
    assert_eq!(host.service.crl("issuing-1").await.unwrap().unwrap().crl.number, crl.number);
}

/// A list was made while the clock ran years ahead: the next one, at the right time, lacks nothing that is still valid.
#[tokio::test]
async fn a_list_of_the_future_takes_no_revocation_back() {
    let host = Host::new().await;
    let device = host.enrolled("device", &[]).await;
    let list = || async { host.service.crl("issuing-1").await.unwrap().unwrap().crl.clone() };
    revoked(&host, &device.record.serial).await;
    let now = list().await;
    let ahead = 800 * SECONDS_PER_DAY;
    let of_the_future = crate::store::Crl {
        number: now.number + 1,
        this_update: now.this_update + ahead,
        next_update: now.next_update + ahead,
        ..now
    };
    assert!(host.service.store.put_crl(of_the_future).await.unwrap());
    let other = host.enrolled("other", &[]).await;
    revoked(&host, &other.record.serial).await;
    let listed = host.service.describe(&list().await.pem).await.unwrap().to_string();
    for certificate in [device, other] {
        assert!(listed.contains(&certificate.record.serial), "{listed}");
    }
}

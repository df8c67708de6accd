//! What is asked of very many certificates, put there by SQL.

use std::time::Duration;

use super::*;

const DAY: u64 = SECONDS_PER_DAY;

/// Certificates that end one a second from `first_end` on, revoked or not; their serial numbers are scattered.
async fn fill(host: &Host, count: u32, first_end: u64, is_revoked: bool) {
    let options = SqliteConnectOptions::new().filename(host.folder.path().join("s.sqlite"));
    let mut connection = options.connect().await.unwrap();
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         INSERT INTO certificates (serial, subject, issuer, subject_alternative_names, authority, profile, issued_at, \
         not_before, not_after, revoked_at, revocation_reason, sha256, public_key_sha256, pem) \
         SELECT printf('%016x%08x', (i * 2654435761) % 4294967296, i), 'CN=' || i, 'CN=x', '[]', 'issuing-1', \
         'device-identity', 1, 1, ?2 + i - 1, iif(?3, 1000, NULL), iif(?3, 'superseded', NULL), \
         printf('%064x', i), printf('%064x', i), '' FROM n";
    let query = sqlx::query(sql).bind(count).bind(i64::try_from(first_end).unwrap()).bind(is_revoked);
    query.execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_plan_for_a_large_fleet_is_exact() {
    let host = Host::new().await;
    let (count, first_end) = (210_000, ambient::now() + 90 * DAY);
    fill(&host, count, first_end, false).await;
    let (role, actor) = (Role::Issuing, "ada".to_owned());
    let mode = Mode::NewKey(KeyType::P256);
    let renewal = Renewal { role, mode, validity_seconds: None, actor, comment: None };
    let settings = json!({});
    let plan = host.service.plan_renewal(&renewal, &settings).await.unwrap();
    let dependents = plan["dependents"].as_array().unwrap();
    let devices = dependents.iter().find(|kind| kind["profile"] == "device-identity").unwrap();
    assert_eq!(
        (&devices["count"], &devices["first_not_after"], &devices["last_not_after"]),
        (&json!(count), &json!(first_end), &json!(first_end + u64::from(count) - 1))
    );
    let counted: u64 =
        devices["expiries"].as_array().unwrap().iter().filter_map(|one| one["count"].as_u64()).sum();
    assert_eq!(counted, u64::from(count));
    let in_force = host.service.store.in_force("issuing-1", ambient::now()).await.unwrap();
    assert!(in_force[&1] > u64::from(count), "{in_force:?}");
}

/// As a client with a short patience does, again and again: the list is there in the end.
#[tokio::test]
async fn a_list_is_made_though_who_asked_has_hung_up() {
    let host = Host::new().await;
    let key = host.service.hierarchy().issuing.current.key.clone();
    fill(&host, 10_000, ambient::now() + DAY, true).await;
    let start = ambient::Stopwatch::start();
    let made = loop {
        // Less than it takes to sign, so no one who asks gets an answer before the list is there.
        let asked = tokio::time::timeout(Duration::from_millis(5), host.service.crl(&key)).await;
        let made = host.service.store.crl(&key).await.unwrap();
        assert!(asked.is_err() || made.is_some());
        match made {
            Some(made) => break made,
            None => assert!(start.elapsed() < Duration::from_secs(60), "it was never made"),
        }
    };
    let listed = host.service.describe(&made.pem).await.unwrap();
    assert_eq!(listed["entries"], 10_000, "{listed}");
    assert_eq!(host.service.crl(&key).await.unwrap().unwrap().crl, made, "made twice");
}

/// Who asks while a list is in the making gets it, if it tells of all that was revoked until then.
#[tokio::test]
async fn all_who_wait_get_one_list() {
    let host = Host::new().await;
    let key = host.service.hierarchy().issuing.current.key.clone();
    let certificate = host.enrolled("device", &[]).await;
    let (one, two, three) =
        tokio::join!(host.service.crl(&key), host.service.crl(&key), host.service.crl(&key));
    let numbers = [one, two, three].map(|crl| crl.unwrap().unwrap().crl.number);
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    // A revocation after the making has begun is on the list of whoever asks after it.
    let early = host.service.crl(&key);
    let late = async {
        revoked(&host, &certificate.record.serial).await;
        host.service.crl(&key).await.unwrap().unwrap()
    };
    let (_, late) = tokio::join!(early, late);
    let listed = host.service.describe(&late.crl.pem).await.unwrap().to_string();
    assert!(listed.contains(&certificate.record.serial), "{listed}");
}

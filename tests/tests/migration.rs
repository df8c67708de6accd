//! A data folder of the version before revocation and generations goes on under this one, in place.
//!
//! `data/before-0003` was made by the program at commit 14eaf67, on 2026-11-22: `init`, `ra renew --validity-days
//! 825`, `scep.validity_days = 825`, two enrolments (laptop-1, laptop-2) and a renewal of laptop-2 under `serve`.
//! Its certificates end in February 2029; from then on these tests have nothing to renew.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use conformance::device::{Authorities, Device, Reply};
use conformance::server::{self, Authority, Server, text};
use conformance::{engine, http, openssl, peer};
use serde_json::Value;

const BEFORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/before-0003");

/// The old folder and the device that has a certificate of it, both copied.
fn before() -> Result<(Authority, PathBuf)> {
    let read = |name: &str| std::fs::read_to_string(Path::new(BEFORE).join(name)).context(name.to_owned());
    let (root, challenge) = (read("laptop-1/ca.pem")?, read("challenge.txt")?);
    let authority = Authority::copied(&Path::new(BEFORE).join("ca"), &root, challenge.trim())?;
    let laptop = authority.folder().join("laptop-1");
    std::fs::create_dir(&laptop)?;
    for name in ["ca.pem", "certificate.pem", "chain.pem", "key.pem"] {
        std::fs::copy(Path::new(BEFORE).join("laptop-1").join(name), laptop.join(name))?;
    }
    Ok((authority, laptop))
}

/// What the inventory holds, without what a look may add.
fn inventory(authority: &Authority) -> Result<Vec<String>> {
    let listed = authority.certificates()?;
    Ok(listed
        .iter()
        .map(|one| format!("{} {} {}", one["serial"], one["subject"], one["revoked_at"]))
        .collect())
}

fn renew(server: &Server, device: &Path) -> Result<Value> {
    server::sealwright(&["enroll", "--url", &server.url(), "--out", text(device), "--renew"])
}

fn enrol(server: &Server, authority: &Authority, out: &Path) -> Result<Value> {
    server::sealwright(&[
        "enroll",
        "--url",
        &server.url(),
        "--challenge",
        authority.challenge(),
        "--subject",
        "CN=newcomer,O=Acme",
        "--out",
        text(out),
    ])
}

fn verify(authority: &Authority, device: &Path) -> Result<()> {
    let leaf = std::fs::read_to_string(device.join("certificate.pem"))?;
    let chain = std::fs::read_to_string(device.join("chain.pem"))?;
    openssl::verify(&leaf, &[chain], &authority.root()?, authority.folder())
}

/// `openssl verify -crl_check` with the list that the server gives for the issuing key.
fn check_revocation(server: &Server, authority: &Authority, leaf: &Path) -> Result<String> {
    let folder = authority.folder();
    let list = http::get(&format!("{}/crl/issuing-1.crl", server.base()))?;
    ensure!(list.status == 200, "the list gives {}", list.status);
    let pem = openssl::run(&["crl", "-inform", "DER"], folder, &list.body)?;
    std::fs::write(folder.join("list.pem"), pem)?;
    std::fs::write(folder.join("root.pem"), authority.root()?)?;
    std::fs::write(folder.join("issuing.pem"), authority.intermediates()?.concat())?;
    let usual = ["verify", "-no-CApath", "-crl_check", "-CRLfile", "list.pem", "-CAfile", "root.pem"];
    openssl::run(&[&usual[..], &["-untrusted", "issuing.pem", text(leaf)]].concat(), folder, &[])
}

#[test]
fn the_inventory_is_as_it_was_however_often_one_looks() {
    let (authority, laptop) = before().unwrap();
    let first = inventory(&authority).unwrap();
    assert_eq!(first, inventory(&authority).unwrap());
    for wanted in ["CN=laptop-1", "CN=laptop-2", "Root CA", "Issuing CA", "SCEP RA"] {
        assert!(first.iter().any(|line| line.contains(wanted)), "{wanted} is not in {first:?}");
    }
    assert_eq!(first.iter().filter(|line| line.contains("CN=laptop-2")).count(), 2, "{first:?}");
    let held = openssl::run(
        &["x509", "-noout", "-serial", "-in", text(&laptop.join("certificate.pem"))],
        authority.folder(),
        &[],
    );
    let held = held.unwrap().trim_start_matches("serial=").to_lowercase();
    let shown = authority.run(&["certificates", "show", &held]).unwrap();
    assert_eq!((&shown["state"], &shown["serial"]), (&"valid".into(), &held.as_str().into()), "{shown}");
    let status = authority.run(&["ca", "status"]).unwrap();
    let again = authority.run(&["ca", "status"]).unwrap();
    assert_eq!(status, again);
    let issuing = &status["authorities"][0];
    assert_eq!(issuing["generations"].as_array().unwrap().len(), 1, "{status}");
    // The two devices' three certificates and those of both registration authorities are by it.
    let stored = authority.certificates().unwrap();
    let is_in_force = |one: &&Value| {
        one["not_after"].as_u64() >= Some(engine::now())
            && ["device-identity", "scep-ra"].iter().any(|profile| one["profile"] == *profile)
    };
    let in_force = stored.iter().filter(is_in_force).count();
    assert!(in_force >= 3, "{stored:?}");
    assert_eq!(issuing["generations"][0]["in_force"], in_force, "{status}");
}

#[test]
fn a_device_of_before_renews_and_a_new_one_enrols() {
    let (authority, laptop) = before().unwrap();
    verify(&authority, &laptop).unwrap();
    let known = inventory(&authority).unwrap();
    let old = std::fs::read_to_string(laptop.join("certificate.pem")).unwrap();
    // Twice: what the first start changes in the folder must not stand in the way of the second.
    authority.serve().unwrap().stop().unwrap();
    let server = authority.serve().unwrap();
    renew(&server, &laptop).unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    assert_ne!(old, std::fs::read_to_string(laptop.join("certificate.pem")).unwrap());
    verify(&authority, &laptop).unwrap();
    let newcomer = authority.folder().join("newcomer");
    enrol(&server, &authority, &newcomer).unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    verify(&authority, &newcomer).unwrap();
    // Where the policy refuses, it still does.
    let authorities = Authorities::fetch(&server.url()).unwrap();
    let device = Device::new().unwrap();
    let reply = device.enrol("stranger", "not the challenge", &server.url(), &authorities).unwrap();
    assert_eq!(reply, Reply::Failure("bad_request".to_owned()));
    server.stop().unwrap();
    let now = inventory(&authority).unwrap();
    assert!(known.iter().all(|line| now.contains(line)), "{known:?} {now:?}");
}

#[test]
fn a_certificate_of_before_is_revoked_at_once() {
    if peer::find("openssl", "openssl").is_none() {
        return;
    }
    let (authority, laptop) = before().unwrap();
    let server = authority.serve().unwrap();
    let leaf = laptop.join("certificate.pem");
    check_revocation(&server, &authority, &leaf).unwrap();
    let serial = openssl::run(&["x509", "-noout", "-serial", "-in", text(&leaf)], authority.folder(), &[]);
    let serial = serial.unwrap().trim_start_matches("serial=").to_lowercase();
    let revoked = authority.run(&["revoke", &serial, "--reason", "key_compromise"]).unwrap();
    assert_eq!(revoked["already"], false, "{revoked}");
    let failure = check_revocation(&server, &authority, &leaf).unwrap_err().to_string();
    assert!(failure.contains("certificate revoked"), "{failure}");
    let refused = renew(&server, &laptop).unwrap_err().to_string();
    assert!(refused.contains("revoked"), "{refused}");
    let again = authority.run(&["revoke", &serial]).unwrap();
    assert_eq!(
        (&again["already"], &again["certificate"]["revocation_reason"]),
        (&true.into(), &"key_compromise".into())
    );
    server.stop().unwrap();
}

/// Its signer of OCSP responses comes by itself, since the old version had none.
#[test]
fn ocsp_tells_of_certificates_of_before() {
    if peer::find("openssl", "openssl").is_none() {
        return;
    }
    let (authority, laptop) = before().unwrap();
    let server = authority.serve().unwrap();
    let folder = authority.folder();
    std::fs::write(folder.join("root.pem"), authority.root().unwrap()).unwrap();
    std::fs::write(folder.join("issuing.pem"), authority.intermediates().unwrap().concat()).unwrap();
    let (leaf, url) = (laptop.join("certificate.pem"), format!("{}/ocsp", server.base()));
    let ask = ["ocsp", "-issuer", "issuing.pem", "-cert", text(&leaf), "-url", &url, "-CAfile", "root.pem"];
    let said = openssl::run(&ask, folder, &[]).unwrap();
    assert!(said.contains(": good"), "{said}");
    server.stop().unwrap();
}

#[test]
fn the_authority_of_before_is_renewed_and_renewed_once() {
    let (authority, laptop) = before().unwrap();
    let server = authority.serve().unwrap();
    let next = authority.run(&["ca", "renew", "--new-key", "p256"]).unwrap();
    assert_eq!(
        (&next["already"], &next["current"], &next["next"]),
        (&false.into(), &1.into(), &2.into()),
        "{next}"
    );
    let known = inventory(&authority).unwrap();
    let again = authority.run(&["ca", "renew", "--new-key", "p256"]).unwrap();
    assert_eq!((&again["already"], &again["next_certificate"]), (&true.into(), &next["next_certificate"]));
    let active = authority.run(&["ca", "activate"]).unwrap();
    assert_eq!((&active["already"], &active["certificate"]), (&false.into(), &next["next_certificate"]));
    let again = authority.run(&["ca", "activate"]).unwrap();
    assert_eq!((&again["already"], &again["certificate"]), (&true.into(), &next["next_certificate"]));
    assert_eq!(known, inventory(&authority).unwrap(), "the second time has issued something");
    server::until("the new generation is served", || {
        let chain = http::get(&format!("{}/chain.pem", server.base()))?;
        Ok(String::from_utf8_lossy(&chain.body).starts_with(next["next_certificate"].as_str().unwrap_or("?")))
    })
    .unwrap();
    // What is from before stays good, and a renewal leads to the new generation.
    verify(&authority, &laptop).unwrap();
    renew(&server, &laptop).unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));
    verify(&authority, &laptop).unwrap();
    let chain = std::fs::read_to_string(laptop.join("chain.pem")).unwrap();
    assert!(chain.contains(next["next_certificate"].as_str().unwrap().trim()), "{chain}");
    server.stop().unwrap();
}

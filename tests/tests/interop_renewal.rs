//! Renewed authorities before OpenSSL, GnuTLS and webpki: whoever trusts the old certificate, the new one or both,
//! in either order, accepts what was issued before the renewal and what is issued after it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use conformance::engine::{self, Engine};
use conformance::{peer, tool};
use rustls_pki_types::{
    CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime, pem::PemObject,
};
use serde_json::{Value, json};

const YEAR: u64 = 365 * 86_400;
const KEYS: [&str; 5] = ["rsa-root", "p256-root", "ed25519-root", "rsa-issuing", "p384-root"];
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = webpki::ALL_VERIFICATION_ALGS;

/// An authority of nine years that was renewed yesterday, and what it issued before and after.
struct Renewed {
    engine: Engine,
    old: String,
    new: String,
    new_with_old: Option<String>,
    old_with_new: Option<String>,
    leaf_before: String,
    leaf_after: String,
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("wanted a text, found {value}"))
}

fn engine() -> Result<Engine> {
    let keys = KEYS.iter().map(|name| Ok((*name, engine::key(name)?))).collect::<Result<Vec<_>>>()?;
    Engine::holding(&keys.iter().map(|(name, pem)| (*name, pem.as_str())).collect::<Vec<_>>())
}

fn create(engine: &Engine, key: &str, subject: &str, issuer: Option<&Value>) -> Result<Value> {
    let request = json!({
        "op": "create_authority", "now": engine::now() - 9 * YEAR, "seed": engine::seed(1), "subject": subject,
        "key": { "id": key }, "issuer": issuer, "crl_urls": ["http://pki.example.org/crl"],
    });
    Ok(engine.call(&request)?["authority"].take())
}

fn sign(engine: &Engine, authority: &Value, now: u64) -> Result<String> {
    let csr = std::fs::read_to_string(conformance::vector::folder().join("inputs/csr-rsa.pem"))?;
    let request = json!({
        "op": "sign_csr", "now": now, "seed": engine::seed(2), "authority": authority, "csr": csr,
        "profile": "device-identity",
    });
    text(&engine.call(&request)?["certificate"])
}

/// Renews, activates and issues.
fn renew(engine: Engine, authority: &Value, issuer: Option<&Value>, mode: &Value) -> Result<Renewed> {
    let yesterday = engine::now() - 86_400;
    let renewed = engine.call(&json!({
        "op": "renew_authority", "now": yesterday, "seed": engine::seed(3), "authority": authority,
        "issuer": issuer, "mode": mode,
        // Each key has a place of its own for its list.
        "crl_urls": mode.is_object().then_some(["http://pki.example.org/crl-2"]),
    }))?;
    let request = json!({ "op": "activate_generation", "now": yesterday, "authority": renewed["authority"] });
    let activated = engine.call(&request)?["authority"].take();
    let crossed = |kind: &str| renewed[kind]["certificate"].as_str().map(str::to_owned);
    Ok(Renewed {
        old: text(&authority["certificate"])?,
        new: text(&activated["certificate"])?,
        new_with_old: crossed("new_with_old"),
        old_with_new: crossed("old_with_new"),
        leaf_before: sign(&engine, authority, engine::now() - 100 * 86_400)?,
        leaf_after: sign(&engine, &activated, engine::now())?,
        engine,
    })
}

fn root(key: &str, mode: &Value) -> Result<Renewed> {
    let engine = engine()?;
    let authority = create(&engine, key, "CN=Acme Root,O=Acme", None)?;
    renew(engine, &authority, None, mode)
}

fn openssl(leaf: &str, between: &[&str], anchors: &[&str], folder: &Path) -> Result<()> {
    std::fs::write(folder.join("leaf.pem"), leaf)?;
    std::fs::write(folder.join("between.pem"), between.concat())?;
    std::fs::write(folder.join("anchors.pem"), anchors.concat())?;
    let mut arguments = vec!["verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", "anchors.pem"];
    if !between.is_empty() {
        arguments.extend(["-untrusted", "between.pem"]);
    }
    arguments.push("leaf.pem");
    tool::run("openssl", &arguments, folder, b"").map(drop)
}

fn gnutls(leaf: &str, between: &[&str], anchors: &[&str], folder: &Path) -> Result<()> {
    std::fs::write(folder.join("anchors.pem"), anchors.concat())?;
    let chain = [&[leaf][..], between].concat().concat();
    let said = tool::run(
        "certtool",
        &["--verify", "--load-ca-certificate", "anchors.pem"],
        folder,
        chain.as_bytes(),
    )?;
    let said = String::from_utf8_lossy(&said).into_owned();
    ensure!(said.contains("Chain verification output: Verified."), "{said}");
    Ok(())
}

fn webpki(leaf: &str, between: &[&str], anchors: &[&str]) -> Result<()> {
    let der = |pem: &&str| {
        CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| anyhow::anyhow!("{error}"))
    };
    let between = between.iter().map(der).collect::<Result<Vec<_>>>()?;
    let ders = anchors.iter().map(der).collect::<Result<Vec<_>>>()?;
    let anchors: Vec<TrustAnchor<'_>> =
        ders.iter().map(|der| webpki::anchor_from_trusted_cert(der)).collect::<Result<_, _>>()?;
    let leaf = der(&leaf)?;
    let leaf = webpki::EndEntityCert::try_from(&leaf)?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(engine::now()));
    let usage = webpki::KeyUsage::client_auth();
    leaf.verify_for_usage(ALGORITHMS, &anchors, &between, now, usage, None, None)?;
    Ok(())
}

/// What each of the three says; whoever is not installed is skipped.
fn verdicts(leaf: &str, between: &[&str], anchors: &[&str]) -> Result<Vec<(&'static str, Result<()>)>> {
    let folder = tempfile::tempdir()?;
    let mut verdicts = vec![("webpki", webpki(leaf, between, anchors))];
    if peer::find("openssl", "openssl").is_some() {
        verdicts.push(("openssl", openssl(leaf, between, anchors, folder.path())));
    }
    if peer::find("certtool", "gnutls-bin").is_some() {
        verdicts.push(("certtool", gnutls(leaf, between, anchors, folder.path())));
    }
    Ok(verdicts)
}

fn accepted(why: &str, leaf: &str, between: &[&str], anchors: &[&str]) -> Result<()> {
    for (judge, verdict) in verdicts(leaf, between, anchors)? {
        verdict.with_context(|| format!("{judge} refuses {why}"))?;
    }
    Ok(())
}

fn refused(why: &str, leaf: &str, between: &[&str], anchors: &[&str]) -> Result<()> {
    for (judge, verdict) in verdicts(leaf, between, anchors)? {
        ensure!(verdict.is_err(), "{judge} accepts {why}");
    }
    Ok(())
}

/// Every leaf from each anchor alone and from both in either order.
fn from_every_anchor(renewed: &Renewed, between: &[&str]) -> Result<()> {
    let (old, new) = (renewed.old.as_str(), renewed.new.as_str());
    for leaf in [&renewed.leaf_before, &renewed.leaf_after] {
        for anchors in [&[old][..], &[new], &[old, new], &[new, old]] {
            let which = if *leaf == renewed.leaf_before { "before" } else { "after" };
            let order: Vec<&str> =
                anchors.iter().map(|one| if *one == old { "old" } else { "new" }).collect();
            accepted(&format!("what was issued {which} from {order:?}"), leaf, between, anchors)?;
        }
    }
    Ok(())
}

#[test]
fn with_the_same_key_each_certificate_stands_for_the_other() {
    for key in ["rsa-root", "p256-root", "ed25519-root"] {
        let renewed = root(key, &json!("same_key")).unwrap();
        from_every_anchor(&renewed, &[]).with_context(|| key.to_owned()).unwrap();
    }
}

/// Other people's root: a key identifier that we would compute otherwise, a policy, a name in PrintableString.
#[test]
fn an_imported_root_is_renewed_as_it_is() {
    let Some(_) = peer::find("openssl", "openssl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let key = engine::key("rsa-root").unwrap();
    std::fs::write(folder.path().join("key.pem"), key).unwrap();
    let configuration = "[req]\ndistinguished_name=dn\nprompt=no\nstring_mask=pkix\nx509_extensions=ca\n\
        [dn]\nO=Acme Works\nCN=Old Root\n[ca]\nbasicConstraints=critical,CA:TRUE\n\
        subjectKeyIdentifier=hash\nkeyUsage=critical,keyCertSign,cRLSign\ncertificatePolicies=1.2.3.4\n\
        authorityKeyIdentifier=keyid\n";
    std::fs::write(folder.path().join("ca.cnf"), configuration).unwrap();
    let arguments = "req -x509 -new -key key.pem -config ca.cnf -days 1000 -set_serial 1 -utf8";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let made = tool::run("openssl", &arguments, folder.path(), b"").unwrap();
    let made = String::from_utf8(made).unwrap();
    let shown = |pem: &str| {
        let extensions =
            "basicConstraints,subjectKeyIdentifier,keyUsage,certificatePolicies,authorityKeyIdentifier";
        let arguments = ["x509", "-noout", "-subject", "-nameopt", "RFC2253,show_type", "-ext", extensions];
        String::from_utf8(tool::run("openssl", &arguments, folder.path(), pem.as_bytes()).unwrap()).unwrap()
    };
    let said = shown(&made);
    let identifier = said.lines().find(|line| line.trim().len() == 59 && line.contains(':')).unwrap().trim();
    let octets: Vec<u8> = identifier.split(':').map(|octet| u8::from_str_radix(octet, 16).unwrap()).collect();
    let authority = json!({
        "certificate": made, "chain": [], "key": "rsa-root",
        "subject_key_identifier": engine::encode(&octets), "crl_urls": [], "ocsp_urls": [], "issuer_urls": [],
    });
    let engine = engine().unwrap();
    let request = json!({
        "op": "renew_authority", "now": engine::now(), "seed": engine::seed(3), "authority": authority,
        "mode": "same_key",
    });
    let renewed = engine.call(&request).unwrap();
    let new = text(&renewed["new_with_new"]["certificate"]).unwrap();
    assert_eq!(shown(&new), said);
    assert!(said.contains("PRINTABLESTRING:Old Root"), "{said}");
    let leaf = sign(&engine, &authority, engine::now()).unwrap();
    for anchors in [[made.as_str(), new.as_str()], [new.as_str(), made.as_str()]] {
        accepted("what an imported root issued", &leaf, &[], &anchors).unwrap();
    }
}

#[test]
fn with_a_new_key_each_anchor_leads_to_each_leaf() {
    for (from, to) in [("rsa-root", "p256-root"), ("p256-root", "rsa-root"), ("rsa-root", "ed25519-root")] {
        let renewed = root(from, &json!({ "new_key": { "id": to } })).unwrap();
        let context = || format!("{from} to {to}");
        let (forth, back) =
            (renewed.new_with_old.as_deref().unwrap(), renewed.old_with_new.as_deref().unwrap());
        let (old, new) = (renewed.old.as_str(), renewed.new.as_str());
        let (before, after) = (&renewed.leaf_before, &renewed.leaf_after);
        let check = || {
            accepted("the old leaf from the old anchor", before, &[], &[old])?;
            accepted("the new leaf from the new anchor", after, &[], &[new])?;
            accepted("the new leaf from the old anchor", after, &[forth], &[old])?;
            accepted("the old leaf from the new anchor", before, &[back], &[new])?;
            refused("the new leaf from the old anchor with nothing between", after, &[], &[old])?;
            refused("the old leaf from the new anchor with nothing between", before, &[], &[new])?;
            for anchors in [[old, new], [new, old]] {
                accepted("the old leaf from both", before, &[], &anchors)?;
                accepted("the new leaf from both", after, &[], &anchors)?;
                accepted("the old leaf from both, with what crosses", before, &[back], &anchors)?;
                accepted("the new leaf from both, with what crosses", after, &[forth], &anchors)?;
            }
            Ok::<_, anyhow::Error>(())
        };
        check().with_context(context).unwrap();
    }
}

/// Two certificates of one name and no key identifier to tell them apart: what OpenSSL once stumbled over.
#[test]
fn an_old_root_without_key_identifier_is_told_from_the_new_one() {
    let Some(_) = peer::find("openssl", "openssl") else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.pem"), engine::key("rsa-root").unwrap()).unwrap();
    let configuration = "[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ca\n[dn]\nCN=Bare Root\n\
        [ca]\nbasicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=none\nauthorityKeyIdentifier=none\n";
    std::fs::write(folder.path().join("ca.cnf"), configuration).unwrap();
    let arguments = "req -x509 -new -key key.pem -config ca.cnf -days 1000 -set_serial 1";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let made = String::from_utf8(tool::run("openssl", &arguments, folder.path(), b"").unwrap()).unwrap();
    let authority = json!({
        "certificate": made, "chain": [], "key": "rsa-root", "subject_key_identifier": engine::encode(&[1; 20]),
    });
    let engine = engine().unwrap();
    let request = json!({
        "op": "renew_authority", "now": engine::now(), "seed": engine::seed(3), "authority": authority,
        "mode": { "new_key": { "id": "p256-root" } },
    });
    let renewed = engine.call(&request).unwrap();
    let new = text(&renewed["new_with_new"]["certificate"]).unwrap();
    let before = sign(&engine, &authority, engine::now()).unwrap();
    let request =
        json!({ "op": "activate_generation", "now": engine::now(), "authority": renewed["authority"] });
    let activated = engine.call(&request).unwrap()["authority"].take();
    let after = sign(&engine, &activated, engine::now()).unwrap();
    for anchors in [[new.as_str(), made.as_str()], [made.as_str(), new.as_str()]] {
        for leaf in [&before, &after] {
            webpki(leaf, &[], &anchors).unwrap();
            std::fs::write(folder.path().join("anchors.pem"), anchors.concat()).unwrap();
            // `-x509_strict` wants key identifiers, which is the point.
            let arguments = ["verify", "-no-CApath", "-no-CAstore", "-CAfile", "anchors.pem"];
            tool::run("openssl", &arguments, folder.path(), leaf.as_bytes()).unwrap();
            if peer::find("certtool", "gnutls-bin").is_some() {
                // GnuTLS 3.7 takes the last that may be the issuer, which is why plan_renewal has the new one last.
                let is_exception = *leaf == after && anchors == [new.as_str(), made.as_str()];
                let verdict = gnutls(leaf, &[], &anchors, folder.path());
                assert_eq!(verdict.is_ok(), !is_exception, "{verdict:?}");
            }
        }
    }
}

/// Certificates that cross are self-issued, and no path length counts them (RFC 5280 6.1.4).
#[test]
fn a_path_length_of_nothing_leaves_room_to_cross() {
    let engine = engine().unwrap();
    let request = json!({
        "op": "create_authority", "now": engine::now() - 9 * YEAR, "seed": engine::seed(1), "path_length": 0,
        "subject": "CN=Narrow Root", "key": { "id": "rsa-root" },
    });
    let authority = engine.call(&request).unwrap()["authority"].take();
    let renewed = renew(engine, &authority, None, &json!({ "new_key": { "id": "p256-root" } })).unwrap();
    let (forth, back) = (renewed.new_with_old.unwrap(), renewed.old_with_new.unwrap());
    for (leaf, between, anchor) in
        [(&renewed.leaf_after, &forth, &renewed.old), (&renewed.leaf_before, &back, &renewed.new)]
    {
        for (judge, verdict) in verdicts(leaf, &[between], &[anchor]).unwrap() {
            // GnuTLS 3.7 counts every certificate between; plan_renewal says so.
            assert_eq!(verdict.is_ok(), judge != "certtool", "{judge}: {verdict:?}");
        }
    }
}

/// The intermediate is what changes; devices have the old or the new one, servers send either.
#[test]
fn a_renewed_intermediate_stands_for_the_old_one() {
    let engine = engine().unwrap();
    let root = create(&engine, "p256-root", "CN=Acme Root", None).unwrap();
    let issuing = create(&engine, "rsa-issuing", "CN=Acme Issuing CA", Some(&root)).unwrap();
    let anchor = text(&root["certificate"]).unwrap();
    let renewed = renew(engine, &issuing, Some(&root), &json!("same_key")).unwrap();
    let (old, new) = (renewed.old.as_str(), renewed.new.as_str());
    for leaf in [&renewed.leaf_before, &renewed.leaf_after] {
        for between in [&[old][..], &[new]] {
            accepted("a leaf under either intermediate", leaf, between, &[&anchor]).unwrap();
        }
    }
    let rekeyed = renew(renewed.engine, &issuing, Some(&root), &json!({ "new_key": { "id": "p384-root" } }));
    let rekeyed = rekeyed.unwrap();
    accepted("a leaf of the new key", &rekeyed.leaf_after, &[&rekeyed.new], &[&anchor]).unwrap();
    accepted("a leaf of the old key", &rekeyed.leaf_before, &[&rekeyed.old], &[&anchor]).unwrap();
    refused("a leaf of the old key under the new one", &rekeyed.leaf_before, &[&rekeyed.new], &[&anchor])
        .unwrap();
}

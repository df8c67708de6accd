//! `verify`: what holds, what does not and why, and how the program ends.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{Authority, Ended, openssl, program, sealwright, text};

/// A server's certificate of the authority, with the intermediate behind it in the same file.
fn server(authority: &Authority) -> PathBuf {
    let folder = authority.folder.path();
    let (key, csr, out) = (folder.join("server.key"), folder.join("server.csr"), folder.join("server.pem"));
    let request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=web.example"];
    let names = ["-addext", "subjectAltName=DNS:web.example", "-keyout", text(&key), "-out", text(&csr)];
    openssl(&[&request[..], &names].concat());
    let data = ["--data", text(&authority.data), "--profile", "tls-server", "--out", text(&out)];
    assert!(sealwright(&[&["sign", text(&csr)], &data[..]].concat()).success);
    out
}

fn verify(file: &Path, more: &[&str]) -> Ended {
    sealwright(&[&["verify", text(file), "--json"], more].concat())
}

/// The code of the refusal, with which the program ends in 1.
fn refused(file: &Path, more: &[&str]) -> String {
    let arguments = [&["verify", text(file), "--json"], more].concat();
    let output = program(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let error: Value = serde_json::from_slice(&output.stdout).unwrap();
    error["error"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_certificate_is_held_against_what_is_asked() {
    let authority = Authority::usual();
    let leaf = server(&authority);
    let data = ["--data", text(&authority.data)];
    let with = |more: &[&'static str]| [&data[..], more].concat();
    let found = verify(&leaf, &with(&["--purpose", "tls-server", "--name", "dns:web.example"]));
    assert!(found.success, "{}", found.stdout);
    let found = found.json();
    let from: Vec<_> = found["path"].as_array().unwrap().iter().map(|step| step["from"].clone()).collect();
    assert_eq!(from, ["certificate", "intermediates.0", "anchors.0"]);
    assert_eq!((&found["identity"], &found["purpose"]), (&json!("dns:web.example"), &json!("tls_server")));
    for (more, code) in [
        (&["--purpose", "device-client"][..], "path_purpose_refused"),
        (&["--name", "dns:other.example"], "path_identity_mismatch"),
        (&["--revocation", "required"], "path_revocation_unknown"),
        (&["--at", "1000"], "path_certificate_not_yet_valid"),
        (&["--at", "4000000000"], "path_certificate_expired"),
    ] {
        assert_eq!(refused(&leaf, &with(more)), code, "{more:?}");
    }
    for (more, code) in [
        (&["--minimum-rsa-bits", "3072"][..], "path_key_too_weak"),
        (&["--max-depth", "0"], "path_length_exceeded"),
        (&["--policy", "1.2.3", "--require-explicit-policy"], "path_policy_invalid"),
    ] {
        assert_eq!(refused(&leaf, &with(more)), code, "{more:?}");
    }
    let missing = authority.folder.path().join("missing");
    for wrong in [["--public-suffixes", text(&missing)], ["--name", "web.example"], ["--crl", text(&missing)]]
    {
        let arguments = [&["verify", text(&leaf)][..], &data, &wrong].concat();
        assert_eq!(program(&arguments).output().unwrap().status.code(), Some(2), "{wrong:?}");
    }
    let stranger = Authority::new(&["--key-type", "p256", "--organization", "Strangers"]);
    assert_eq!(refused(&leaf, &["--data", text(&stranger.data)]), "path_not_found");
    let printed = sealwright(&["verify", text(&leaf), "--data", text(&stranger.data)]).stderr;
    assert!(printed.contains("server.pem, number 3: CN=Sealwright Root CA"), "{printed}");
    assert!(printed.contains("make it one if it is to be trusted"), "{printed}");
}

#[test]
fn files_are_pem_or_der_and_lists_and_responses_are_heard() {
    let authority = Authority::usual();
    let leaf = server(&authority);
    let folder = authority.folder.path();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (der, root, issuing) = (file("leaf.der"), file("root.pem"), file("issuing.pem"));
    openssl(&["x509", "-in", text(&leaf), "-outform", "DER", "-out", &der]);
    let all = fs::read_to_string(&leaf).unwrap();
    let blocks: Vec<_> = all.split_inclusive("-----END CERTIFICATE-----\n").collect();
    fs::write(&issuing, blocks[1]).unwrap();
    let list = ["certificates", "list", "--json", "--data", text(&authority.data)];
    let inventory = sealwright(&list).json();
    let roots = inventory["certificates"].as_array().unwrap().iter();
    let pem = roots.filter(|one| one["profile"] == "root-ca").map(|one| one["pem"].as_str().unwrap());
    fs::write(&root, pem.collect::<String>()).unwrap();
    let trust = ["--anchor", &root, "--intermediate", &issuing, "--revocation", "required"];
    let missing = verify(Path::new(&der), &["--anchor", &root]);
    assert_eq!(missing.json()["error"]["code"], "path_not_found");
    // The server makes the lists, and answers OpenSSL's question.
    let served = authority.serve();
    let crl = |name: &str| {
        let out = file(&format!("{name}.crl"));
        let data = ["--data", text(&authority.data), "--authority", name, "--out", &out];
        assert!(sealwright(&[&["ca", "crl"], &data[..]].concat()).success);
        out
    };
    let (of_root, of_issuing) = (crl("root"), crl("issuing"));
    let by_lists =
        verify(Path::new(&der), &[&trust[..], &["--crl", &of_root, "--crl", &of_issuing]].concat());
    let status = by_lists.json()["path"][0]["revocation"].take();
    assert_eq!((&status["source"], &status["place"]), (&json!("crls.1"), &json!(of_issuing)), "{status}");
    let place = by_lists.json()["path"][2]["place"].take();
    assert_eq!(place, json!(root), "{}", by_lists.stdout);
    let response = file("response");
    let url = served.url.replace("/scep", "/ocsp");
    let ask = ["ocsp", "-issuer", &issuing, "-cert", text(&leaf), "-CAfile", &root, "-no_nonce"];
    openssl(&[&ask[..], &["-url", &url, "-respout", &response]].concat());
    let by_response =
        verify(Path::new(&der), &[&trust[..], &["--crl", &of_root, "--ocsp", &response]].concat());
    assert_eq!(by_response.json()["path"][0]["revocation"]["source"], "ocsp_responses.0");
    served.stop();
}

#[test]
fn what_the_inventory_knows_to_be_revoked_does_not_hold_before_a_list_says_so() {
    let authority = Authority::usual();
    let leaf = server(&authority);
    let data = ["--data", text(&authority.data)];
    let serial = openssl(&["x509", "-in", text(&leaf), "-noout", "-serial"]);
    let serial = serial.trim().trim_start_matches("serial=").to_lowercase();
    assert!(sealwright(&[&["revoke", &serial], &data[..]].concat()).success);
    assert_eq!(refused(&leaf, &data), "inventory_revoked");
    let error = verify(&leaf, &data).json()["error"].take();
    assert_eq!(error["at"], "certificate");
    assert!(error["detail"].as_str().unwrap().contains("server.pem, number 1: CN="), "{error}");
    assert!(verify(&leaf, &[&data[..], &["--revocation", "off"]].concat()).success);
}

/// OpenSSL's own authority, as its manual has it: its lists have no number, which RFC 5280 asks for.
#[test]
fn a_list_that_is_not_good_enough_to_say_good_is_good_enough_to_say_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let configuration = format!(
        "[ca]\ndefault_ca = usual\n[usual]\ndatabase = {}\nserial = {}\nnew_certs_dir = {}\ndefault_md = sha256\n\
         policy = any\ndefault_crl_days = 7\ndefault_days = 30\nunique_subject = no\n[any]\ncommonName = supplied\n\
         [root]\nbasicConstraints = critical,CA:true\nkeyUsage = critical,keyCertSign,cRLSign\n\
         subjectKeyIdentifier = hash\n[leaf]\nauthorityKeyIdentifier = keyid\n",
        file("index"),
        file("serial"),
        text(folder.path())
    );
    for (name, content) in [("cnf", configuration.as_str()), ("index", ""), ("serial", "1001\n")] {
        fs::write(file(name), content).unwrap();
    }
    let (cnf, root, root_key) = (file("cnf"), file("root.pem"), file("root.key"));
    let new = ["req", "-newkey", "rsa:2048", "-nodes", "-config", &cnf, "-subj"];
    let own = [
        "/CN=Plain Root",
        "-x509",
        "-days",
        "60",
        "-extensions",
        "root",
        "-keyout",
        &root_key,
        "-out",
        &root,
    ];
    fs::write(&cnf, format!("{configuration}[req]\ndistinguished_name = name\n[name]\n")).unwrap();
    openssl(&[&new[..], &own].concat());
    let ca = ["ca", "-batch", "-config", &cnf, "-cert", &root, "-keyfile", &root_key];
    let issue = |name: &str| {
        let (csr, out) = (file(&format!("{name}.csr")), file(&format!("{name}.pem")));
        openssl(&[&new[..], &[&format!("/CN={name}"), "-keyout", &file("key"), "-out", &csr]].concat());
        openssl(&[&ca[..], &["-extensions", "leaf", "-notext", "-in", &csr, "-out", &out]].concat());
        out
    };
    let (lost, kept, crl) = (issue("lost"), issue("kept"), file("list.pem"));
    openssl(&[&ca[..], &["-revoke", &lost, "-crl_reason", "keyCompromise"]].concat());
    openssl(&[&ca[..], &["-gencrl", "-out", &crl]].concat());
    let given = ["--anchor", &root, "--crl", &crl];
    assert_eq!(refused(Path::new(&lost), &given), "path_revoked");
    let says = sealwright(&[&["verify", &lost][..], &given].concat()).stderr;
    assert!(says.contains(&format!("{crl} says that it was revoked")), "{says}");
    let told = sealwright(&[&["verify", &kept][..], &given].concat());
    let reason = format!("unknown: {crl} has no number (RFC 5280 5.2.3)");
    assert!(told.success && told.stdout.contains(&reason), "{}", told.stdout);
    assert!(
        verify(Path::new(&lost), &[&given[..], &["--rules", "path"]].concat())
            .stdout
            .contains("path_revoked")
    );
}

//! Servers with certificates of long ago.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

use crate::program::{Ended, openssl, sealwright, text};

/// What GetCACert of an old NDES gives: a root, and its registration authority with a signature of that digest. Also the
/// root's fingerprint.
fn bundle(folder: &Path, digest: &str) -> (Vec<u8>, String) {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (root, root_key, csr, ra) = (file("root.pem"), file("root.key"), file("ra.csr"), file("ra.pem"));
    let new = ["req", "-newkey", "rsa:2048", "-nodes", "-subj"];
    let usage = "keyUsage=critical,keyCertSign,cRLSign";
    let own = ["/CN=Old Root", "-x509", "-days", "60", "-addext", usage, "-keyout", &root_key, "-out", &root];
    openssl(&[&new[..], &own].concat());
    openssl(&[&new[..], &["/CN=Old RA", "-keyout", &file("ra.key"), "-out", &csr]].concat());
    let extensions = file("extensions");
    let usage =
        "keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=1.3.6.1.4.1.311.20.2.1\n";
    fs::write(&extensions, usage).unwrap();
    let sign = ["x509", "-req", "-in", &csr, "-CA", &root, "-CAkey", &root_key, "-days", "30", digest];
    openssl(&[&sign[..], &["-set_serial", "4711", "-extfile", &extensions, "-out", &ra]].concat());
    let all = file("all.der");
    let together = ["crl2pkcs7", "-nocrl", "-certfile", &ra, "-certfile", &root, "-outform", "DER"];
    openssl(&[&together[..], &["-out", &all]].concat());
    let printed = openssl(&["x509", "-in", &root, "-noout", "-fingerprint", "-sha256"]);
    let fingerprint = printed.trim().rsplit('=').next().unwrap().to_owned();
    (fs::read(all).unwrap(), fingerprint)
}

/// A server that has certificates and nothing else. Ends with the test.
fn serve(certificates: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scep", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            reader.read_line(&mut line).unwrap();
            let mut rest = String::new();
            while reader.read_line(&mut rest).is_ok_and(|read| read > 2) {
                rest.clear();
            }
            let (status, body) = match line.contains("operation=GetCACert") {
                true => ("200 OK", &certificates[..]),
                false => ("404 Not Found", &b""[..]),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/x-x509-ca-ra-cert\r\nConnection: close\r\n\
                 Content-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), body].concat());
        }
    });
    url
}

#[test]
fn an_old_registration_authority_is_used_where_sha1_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (old, fingerprint) = bundle(folder.path(), "-sha1");
    let url = serve(old);
    let enroll = |more: &[&str]| -> Ended {
        let out = folder.path().join(format!("device{}", more.len()));
        let usual = ["enroll", "--url", &url, "--subject", "CN=device", "--challenge", "x", "--retries", "0"];
        let trust = ["--ca-fingerprint", &fingerprint, "--out", text(&out)];
        sealwright(&[&usual[..], &trust, more].concat())
    };
    let left_out = |ended: &Ended| ended.stderr.contains("is not used");
    let strict = enroll(&[]);
    assert!(left_out(&strict), "{}", strict.stderr);
    assert!(strict.stderr.contains("found a signature with SHA-1"), "{}", strict.stderr);
    assert!(strict.stderr.contains("--allow-sha1"), "{}", strict.stderr);
    let lenient = enroll(&["--allow-sha1"]);
    assert!(!left_out(&lenient), "{}", lenient.stderr);
    // As far as there is a server.
    assert!(!lenient.success && lenient.stderr.contains("404"), "{}", lenient.stderr);
}

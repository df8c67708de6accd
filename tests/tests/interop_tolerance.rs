//! What real clients send over HTTP and a server has to bear: each test is a bug that some server had.

use anyhow::{Result, ensure};
use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding};
use conformance::device::{Authorities, Device, Reply, Request, Style};
use conformance::server::{Authority, Server};
use conformance::{http, openssl};

const PKI_MESSAGE: (&str, &str) = ("Content-Type", "application/x-pki-message");

struct Setting {
    authority: Authority,
    server: Server,
    device: Device,
    known: Authorities,
}

impl Setting {
    fn new() -> Result<Self> {
        Self::with(|_| Ok(()))
    }

    fn with(change: impl Fn(&Authority) -> Result<()>) -> Result<Self> {
        let authority = Authority::new()?;
        change(&authority)?;
        let server = authority.serve()?;
        let known = Authorities::fetch(&server.url())?;
        Ok(Self { authority, server, device: Device::new()?, known })
    }

    fn prepare(&self, common_name: &str) -> Result<Request> {
        self.device.prepare(common_name, self.authority.challenge(), &self.known, &Style::default())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    /// The reply has to be the certificate.
    fn accept(&self, request: &Request, reply: &http::Reply) -> Result<String> {
        ensure!(reply.status == 200, "found {}: {}", reply.head, String::from_utf8_lossy(&reply.body));
        ensure!(reply.header("content-type") == Some("application/x-pki-message"), "found {}", reply.head);
        match self.device.open(request, &reply.body, &self.known)? {
            Reply::Success(certificate) => Ok(certificate),
            other => anyhow::bail!("found {other:?}"),
        }
    }

    fn post(&self, request: &Request) -> Result<http::Reply> {
        http::post(&self.url("/scep?operation=PKIOperation"), &[PKI_MESSAGE], &request.message)
    }
}

/// Percent-encoding of everything that is not a letter or a digit.
fn percent(text: &str) -> String {
    let plain = |octet: u8| octet.is_ascii_alphanumeric();
    text.bytes()
        .map(|octet| if plain(octet) { char::from(octet).to_string() } else { format!("%{octet:02X}") })
        .collect()
}

/// `text` with `separator` after every 64 characters.
fn lines(text: &str, separator: &str) -> String {
    let chunks = text.as_bytes().chunks(64).map(|chunk| String::from_utf8_lossy(chunk).into_owned());
    chunks.collect::<Vec<_>>().join(separator) + separator
}

type Header = (&'static str, &'static str);
/// A client's way to write a message, by name.
type Way<T> = (&'static str, fn(&[u8]) -> T);

#[test]
fn every_way_to_write_a_message_in_a_url() {
    let setting = Setting::new().unwrap();
    let ways: [Way<String>; 7] = [
        ("all-escaped", |message| percent(&Base64::encode_string(message))),
        ("apple", |message| Base64::encode_string(message).replace('=', "%3D")),
        ("plus-became-a-space", |message| percent(&Base64::encode_string(message).replace('+', " "))),
        ("strongswan", |message| lines(&Base64::encode_string(message), "%0A").replace('+', "%2B")),
        ("cisco", |message| percent(&lines(&Base64::encode_string(message), "\r\n"))),
        ("no-padding", |message| percent(&Base64Unpadded::encode_string(message))),
        ("base64url", |message| Base64UrlUnpadded::encode_string(message)),
    ];
    for (name, write) in ways {
        let request = setting.prepare(name).unwrap();
        let url = setting.url(&format!("/scep?operation=PKIOperation&message={}", write(&request.message)));
        let reply = http::get(&url).unwrap();
        setting.accept(&request, &reply).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
    setting.server.stop().unwrap();
}

#[test]
fn every_way_to_post_a_message() {
    let setting = Setting::new().unwrap();
    let octet_stream = ("Content-Type", "application/octet-stream");
    let bodies: [(Way<Vec<u8>>, &[Header]); 4] = [
        (("usual", <[u8]>::to_vec), &[PKI_MESSAGE]),
        (("no-content-type", <[u8]>::to_vec), &[]),
        (("octet-stream", <[u8]>::to_vec), &[octet_stream]),
        (("base64", |message| lines(&Base64::encode_string(message), "\n").into_bytes()), &[PKI_MESSAGE]),
    ];
    for ((name, write), headers) in bodies {
        let request = setting.prepare(name).unwrap();
        let url = setting.url("/scep?operation=PKIOperation");
        let reply = http::post(&url, headers, &write(&request.message)).unwrap();
        setting.accept(&request, &reply).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
    setting.server.stop().unwrap();
}

#[test]
fn an_empty_body_or_rubbish_is_answered() {
    let setting = Setting::new().unwrap();
    let url = setting.url("/scep?operation=PKIOperation");
    for body in [&b""[..], b"rubbish", b"\x30\x80", &[0x30; 3000]] {
        let reply = http::post(&url, &[PKI_MESSAGE], body).unwrap();
        assert_eq!(reply.status, 400, "{body:?}: {}", reply.head);
    }
    let reply = http::get(&setting.url("/scep?operation=PKIOperation")).unwrap();
    assert_eq!(reply.status, 400, "{}", reply.head);
    // And it is still there.
    let request = setting.prepare("after").unwrap();
    setting.accept(&request, &setting.post(&request).unwrap()).unwrap();
    setting.server.stop().unwrap();
}

#[test]
fn any_path_below_scep() {
    let setting = Setting::new().unwrap();
    for path in
        ["/scep", "/scep/", "/scep/pkiclient.exe", "/scep/a/b/pkiclient.exe", "/certsrv/mscep/mscep.dll"]
    {
        let reply =
            http::get(&setting.url(&format!("{path}?operation=GetCACaps&message=CAIdentifier"))).unwrap();
        assert_eq!(reply.status, 200, "{path}: {}", reply.head);
        let reply = http::get(&setting.url(&format!("{path}?operation=GetCACert&message=0"))).unwrap();
        assert_eq!(reply.status, 200, "{path}: {}", reply.head);
        let request = setting.prepare(&format!("path-{}", path.len())).unwrap();
        let url = setting.url(&format!("{path}?operation=PKIOperation"));
        let reply = http::post(&url, &[PKI_MESSAGE], &request.message).unwrap();
        setting.accept(&request, &reply).unwrap_or_else(|error| panic!("{path}: {error:#}"));
    }
    assert_eq!(http::get(&setting.url("/elsewhere?operation=GetCACaps")).unwrap().status, 404);
    setting.server.stop().unwrap();
}

/// A blank line would match every capability in strongSwan; certmonger refuses more than 1024 octets; old
/// clients compare the media type as text.
#[test]
fn capabilities_are_plain() {
    let setting = Setting::new().unwrap();
    let reply = http::get(&setting.url("/scep?operation=GetCACaps")).unwrap();
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert!(reply.body.len() < 1024);
    let text = String::from_utf8(reply.body).unwrap();
    let found = text.strip_suffix('\n').unwrap_or(&text).split('\n').collect::<Vec<_>>();
    assert!(found.iter().all(|line| !line.trim().is_empty()), "{text:?}");
    for wanted in ["AES", "DES3", "POSTPKIOperation", "Renewal", "SHA-256", "SHA-512"] {
        assert!(found.iter().any(|line| line.trim() == wanted), "no {wanted} in {text:?}");
    }
    setting.server.stop().unwrap();
}

/// Some clients choose by position, some by key usage: the RA first, then what issued it, the root last.
#[test]
fn ca_certificates_come_in_order() {
    let setting = Setting::new().unwrap();
    let reply = http::get(&setting.url("/scep?operation=GetCACert")).unwrap();
    assert_eq!(reply.header("content-type"), Some("application/x-x509-ca-ra-cert"));
    let folder = setting.authority.folder();
    let first = &setting.known.certificates[0];
    let usage = openssl::run(&["x509", "-noout", "-ext", "keyUsage"], folder, first.as_bytes()).unwrap();
    assert!(usage.contains("Digital Signature, Key Encipherment"), "{usage}");
    let root = setting.authority.root().unwrap();
    openssl::verify(first, &setting.known.certificates[1..2], &root, folder).unwrap();
    setting.server.stop().unwrap();
    let shorter = Setting::with(|authority| {
        authority.set("exclude_intermediate = false", "exclude_intermediate = true")
    })
    .unwrap();
    assert!(shorter.known.certificates.len() < setting.known.certificates.len());
    shorter.server.stop().unwrap();
}

/// Juniper wants the certificate alone, Cisco's clients at least the chain.
#[test]
fn the_reply_holds_the_certificates_that_are_set() {
    for (value, wanted) in [("none", 1), ("chain", 2), ("fullchain", 3)] {
        let setting = Setting::with(|authority| {
            let line = "reply_certificates = \"chain\"";
            authority.set(line, &format!("reply_certificates = \"{value}\""))
        })
        .unwrap();
        let request = setting.prepare("set").unwrap();
        let reply = setting.post(&request).unwrap();
        let leaf = setting.accept(&request, &reply).unwrap();
        let found = setting.device.certificates(&request, &reply.body, &setting.known).unwrap();
        assert_eq!((found.len(), &found[0]), (wanted, &leaf), "{value}");
        setting.server.stop().unwrap();
    }
}

/// A wrong challenge is an answer of SCEP, not of HTTP.
#[test]
fn a_wrong_challenge_is_a_signed_failure() {
    let setting = Setting::new().unwrap();
    let request = setting.device.prepare("no", "wrong", &setting.known, &Style::default()).unwrap();
    let reply = setting.post(&request).unwrap();
    assert_eq!(reply.status, 200);
    let opened = setting.device.open(&request, &reply.body, &setting.known).unwrap();
    assert_eq!(opened, Reply::Failure("bad_request".to_owned()));
    setting.server.stop().unwrap();
}

/// PKCSReq by GET is 3 to 6 KB; at least 16 KB have to pass.
#[test]
fn a_url_of_sixteen_kilobytes() {
    let setting = Setting::new().unwrap();
    let request = setting.prepare("long").unwrap();
    let message = percent(&Base64::encode_string(&request.message));
    // Whitespace in the message means nothing: the length is what is tested.
    let padding = "%0A".repeat((16 * 1024 - message.len()) / 3);
    let url = setting.url(&format!("/scep?operation=PKIOperation&message={message}{padding}"));
    assert!(url.len() > 16_000);
    setting.accept(&request, &http::get(&url).unwrap()).unwrap();
    setting.server.stop().unwrap();
}

/// A client that lost the reply sends its request again.
#[test]
fn a_repeated_request_gets_the_same_certificate() {
    let setting = Setting::new().unwrap();
    let request = setting.prepare("again").unwrap();
    let first = setting.accept(&request, &setting.post(&request).unwrap()).unwrap();
    let again = setting.accept(&request, &setting.post(&request).unwrap()).unwrap();
    assert_eq!(first, again);
    // And after a restart.
    setting.server.stop().unwrap();
    let server = setting.authority.serve().unwrap();
    let url = format!("{}?operation=PKIOperation", server.url());
    let reply = http::post(&url, &[PKI_MESSAGE], &request.message).unwrap();
    assert_eq!(setting.device.open(&request, &reply.body, &setting.known).unwrap(), Reply::Success(first));
    server.stop().unwrap();
    let stored = setting.authority.certificates().unwrap();
    assert_eq!(stored.iter().filter(|record| record["common_name"] == "again").count(), 1);
}

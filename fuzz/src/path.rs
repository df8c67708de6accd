//! Certification paths (RFC 5280 section 6): certificates, revocation lists and OCSP responses one behind the other,
//! after an octet that says how strict to be. The first certificate is the one in question, the last the anchor.

use crate::{der, engine};
use sealwright_core::algorithm::SignatureScheme;
use sealwright_core::certificate::Certificate;
use sealwright_core::key::PrivateKey;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// sequence of ecdsa-with-SHA256 (RFC 5758 section 3.2)
pub(crate) const ECDSA_SHA256: &[u8] =
    &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// The most elements of one input.
const MAX_ELEMENTS: usize = 64;
/// The budgets end every search long before.
const LONGEST: Duration = Duration::from_secs(20);

/// The key of every certificate of the seeds.
static KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    PrivateKey::from_pem(include_str!("../../tests/vectors/keys/p256-device.pem")).expect("the key")
});

/// What there is to verify, in DER.
#[derive(Clone, Default)]
pub struct Chain {
    flags: u8,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    ocsp_responses: Vec<Vec<u8>>,
}

/// The bytes as a chain: verified as they are, and once more with every signature made anew, since a mutated certificate
/// has none that is right. Nothing may take long, and what is accepted must be accepted with less: see [`check`].
pub fn run(data: &[u8]) {
    let Some(chain) = Chain::read(data) else { return };
    check(&chain);
    check(&chain.signed_anew());
}

/// Judges the verdict on a chain: the same twice, in time, and where a path is accepted, it stands by itself: alone,
/// without lists and responses, and under rules that ask less.
pub fn check(chain: &Chain) -> bool {
    let request = chain.request();
    let start = Instant::now();
    let first = engine::call(request.to_string().as_bytes());
    assert!(start.elapsed() < LONGEST, "{:?} for {request}", start.elapsed());
    assert_eq!(first, engine::call(request.to_string().as_bytes()), "{request}");
    if first.status != 0 {
        return false;
    }
    let body: Value = serde_json::from_slice(&first.body).expect("JSON");
    let path = body["ok"]["path"].as_array().expect("a path");
    let places = path.iter().map(|own| own["from"].as_str().expect("a place"));
    let used: Vec<&str> = places.collect();
    assert!(used.first() == Some(&"certificate") && used.last() == Some(&"anchors.0"), "{body}");
    let mut alone = request.clone();
    let intermediates = request["intermediates"].as_array().expect("a list");
    let is_used = |index: &usize| used.contains(&format!("intermediates.{index}").as_str());
    let kept: Vec<&Value> =
        (0..intermediates.len()).filter(is_used).map(|index| &intermediates[index]).collect();
    alone["crls"] = json!([]);
    alone["ocsp_responses"] = json!([]);
    alone["policy"]["revocation"] = json!("off");
    accepted(&alone, "without revocation");
    // Those that are left out may have signed lists.
    alone["intermediates"] = json!(kept);
    accepted(&alone, "alone");
    alone["policy"]["rules"] = json!("path");
    accepted(&alone, "with fewer rules");
    true
}

fn accepted(request: &Value, how: &str) {
    let outcome = engine::call(request.to_string().as_bytes());
    assert_eq!(outcome.status, 0, "{how}: {} for {request}", String::from_utf8_lossy(&outcome.body));
}

impl Chain {
    /// Takes the bytes apart; nothing without a certificate and an anchor.
    #[must_use]
    pub fn read(data: &[u8]) -> Option<Self> {
        let (flags, mut rest) = data.split_first()?;
        let mut chain = Self { flags: *flags, ..Self::default() };
        for _ in 0..MAX_ELEMENTS {
            let Some(element) = der::first(rest).filter(|element| !element.is_empty()) else { break };
            rest = &rest[element.len()..];
            // An OCSP response begins with an ENUMERATED.
            match der::content(element).and_then(<[u8]>::first) {
                Some(0x0a) => chain.ocsp_responses.push(element.to_vec()),
                _ if Certificate::from_der(element).is_ok() => chain.certificates.push(element.to_vec()),
                _ => chain.crls.push(element.to_vec()),
            }
        }
        (chain.certificates.len() > 1).then_some(chain)
    }

    /// The certificates, the one in question first, the anchor last.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// With signatures by the one key of the seeds, whatever was signed.
    #[must_use]
    pub fn signed_anew(&self) -> Self {
        let all = |objects: &[Vec<u8>]| {
            objects.iter().map(|object| sign(object).unwrap_or_else(|| object.clone())).collect()
        };
        Self { certificates: all(&self.certificates), crls: all(&self.crls), ..self.clone() }
    }

    /// As a request of `verify_path`.
    #[must_use]
    pub fn request(&self) -> Value {
        let pem = |der: &Vec<u8>| engine::pem("CERTIFICATE", der);
        let (anchor, others) = self.certificates.split_last().expect("an anchor");
        let pick = |of: [&'static str; 4], shift: u8| of[usize::from(self.flags >> shift & 3)];
        json!({
            "op": "verify_path", "now": engine::NOW, "certificate": pem(&others[0]),
            "intermediates": others[1..].iter().map(pem).collect::<Vec<_>>(),
            "anchors": [{ "certificate": pem(anchor) }],
            "crls": self.crls.iter().map(|der| engine::pem("X509 CRL", der)).collect::<Vec<_>>(),
            "ocsp_responses": self.ocsp_responses.iter().map(|der| engine::encode(der)).collect::<Vec<_>>(),
            "purpose": pick(["any", "tls_server", "device_client", "ocsp_signer"], 4),
            "policy": {
                "rules": pick(["path", "rfc5280", "web_pki", "path"], 0),
                "revocation": pick(["soft", "required", "off", "soft"], 2),
                "require_explicit_policy": self.flags & 0x40 != 0,
                "inhibit_any_policy": self.flags & 0x80 != 0,
            },
        })
    }
}

/// The public half of the key of the seeds.
#[cfg(all(test, feature = "differential"))]
pub(crate) fn spki() -> &'static [u8] {
    KEY.public_key().spki()
}

fn sign(object: &[u8]) -> Option<Vec<u8>> {
    let content = der::first(der::content(object)?)?;
    let signature = KEY.sign(SignatureScheme::EcdsaP256Sha256, content).ok()?;
    let signature = der::element(der::BIT_STRING, &[&[0], &signature]);
    Some(der::element(der::SEQUENCE, &[content, ECDSA_SHA256, &signature]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seeds are worth something as long as they get all the way.
    #[test]
    fn seeds_of_path_are_accepted_both_ways() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/path");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let refused = path.file_name().unwrap().to_string_lossy().starts_with("refused-");
            let chain = Chain::read(&std::fs::read(&path).unwrap()).unwrap();
            let request = chain.request().to_string();
            let said = engine::call(request.as_bytes());
            let said = String::from_utf8_lossy(&said.body);
            assert_eq!(check(&chain), !refused, "{path:?}: {said}");
            assert_eq!(check(&chain.signed_anew()), !refused, "{path:?}: {said}");
        }
    }
}

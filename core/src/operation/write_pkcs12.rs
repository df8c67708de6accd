//! `write_pkcs12`: keys and certificates in one file under a password (RFC 7292).

use alloc::{boxed::Box, format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use crate::{
    base64url::{Base64Url, SecretBytes},
    certificate::Certificate,
    error::{Error, ErrorCode},
    key::KeyFile,
    keys::{Halt, Keys},
    keystore::{MAX_KEYS, NamedCertificate},
    password::Password,
    password_encryption::{MAX_SEALING_ITERATIONS, work::{HASHES_OF_HMAC, MAX_HASHES}},
    pkcs12::{self, Bag, Content},
    secret::Secret,
    seed::Seed,
};

/// The iterations of each derivation where the request says nothing. .NET opens files of at most 300,000 for one and, in
/// the older of its loaders, 600,000 over all: a key, the certificates and the MAC.
pub const DEFAULT_ITERATIONS: u32 = 200_000;
/// The longest state, in octets.
const MAX_STATE: usize = 1 << 20;

/// What to write.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The randomness for salts and initialization vectors.
    pub seed: Seed,
    /// The password, 1 to 1024 bytes.
    pub password: Password,
    /// The keys with their certificates, 66 at most.
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// Certificates beside them, 256 at most; Java takes them for trusted.
    #[serde(default)]
    pub certificates: Vec<NamedCertificate>,
    /// The iterations of each derivation, 1 to 1,000,000; by default 200,000, fewer from 33 entries on, never fewer than
    /// 100,000. An iteration takes two hashes for each key and for the certificates and one for the MAC; all together may
    /// be 13,500,000, or it could not be read.
    pub iterations: Option<u32>,
    /// Up to 1 MiB of the writer's own, which `read_pkcs12` gives back and others pass over; an attribute of the first
    /// certificate, encrypted with it.
    pub state: Option<SecretBytes>,
}

/// A private key and what belongs to it.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "KeystoreKey"))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// PEM or DER in base64url, not encrypted.
    pub private_key: Secret,
    /// Its certificate, PEM.
    pub certificate: String,
    /// Those above it, PEM, nearest first.
    #[serde(default)]
    pub chain: Vec<String>,
    /// What people see, 1 to 256 characters.
    pub friendly_name: Option<String>,
}

/// The file.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// PKCS#12 in DER.
    pub pkcs12: Base64Url,
}

/// Writes the file: AES-256-CBC and PBKDF2-HMAC-SHA256 for keys and certificates, HMAC-SHA256 over all.
///
/// # Errors
/// `FieldInvalid` for a password, a name, a count that is refused, for nothing to write, or for more than 1024 keys and
/// certificates or 4 MiB, which could not be read; `KeyMismatch` if a certificate
/// is not one for its key; the errors of reading keys and certificates.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    request.password.check()?;
    let iterations = iterations(&request)?;
    let mut bags = Vec::new();
    for (index, entry) in request.entries.iter().enumerate() {
        add_entry(entry, &mut bags).map_err(|error| within(&format!("entries.{index}"), error))?;
    }
    for (index, named) in request.certificates.iter().enumerate() {
        let certificate = Certificate::from_pem(&named.certificate)
            .map_err(|error| within(&format!("certificates.{index}"), error.at("certificate")))?;
        let bag = Bag { friendly_name: named.friendly_name.clone(), trusted: true, ..certificate_bag(&certificate) };
        bags.push(bag);
    }
    add_state(request.state.as_ref(), &mut bags)?;
    let mut rng = request.seed.generator("write_pkcs12");
    Ok(Response { pkcs12: Base64Url(pkcs12::seal(&bags, &request.password, iterations, &mut rng)?.to_vec()) })
}

/// As many iterations as are usual, or as many as the limit of reading allows with so many entries.
pub(crate) fn most_iterations(entries: usize) -> u32 {
    let most = MAX_HASHES.checked_div(hashes(entries)).and_then(|most| u32::try_from(most).ok());
    DEFAULT_ITERATIONS.min(most.unwrap_or(1))
}

/// For one iteration: of each key, of the certificates, and of the MAC.
fn hashes(entries: usize) -> u64 {
    let sealed = u64::try_from(entries.saturating_add(1)).unwrap_or(u64::MAX);
    sealed.saturating_mul(HASHES_OF_HMAC).saturating_add(1)
}

fn iterations(request: &Request) -> Result<u32, Error> {
    if request.entries.is_empty() && request.certificates.is_empty() {
        return Err(invalid("entries", "found neither an entry nor a certificate"));
    }
    if request.entries.len() > MAX_KEYS || request.certificates.len() > MAX_CERTIFICATES {
        return Err(invalid(
            "entries",
            format_args!("wanted at most {MAX_KEYS} entries and {MAX_CERTIFICATES} certificates"),
        ));
    }
    let iterations = request.iterations.unwrap_or_else(|| most_iterations(request.entries.len()));
    let hashes = hashes(request.entries.len());
    let readable = u64::from(iterations).saturating_mul(hashes) <= MAX_HASHES;
    if !(1..=MAX_SEALING_ITERATIONS).contains(&iterations) || !readable {
        return Err(invalid(
            "iterations",
            format_args!(
                "found {iterations} iterations, {hashes} hashes for each, wanted 1 to {MAX_SEALING_ITERATIONS} and at most {MAX_HASHES} hashes over all"
            ),
        ));
    }
    Ok(iterations)
}

/// A key, its certificate, which the two have in common, and those of the chain that are not there yet.
fn add_entry(entry: &Entry, bags: &mut Vec<Bag>) -> Result<(), Error> {
    let key = KeyFile::read(entry.private_key.expose(), None).map_err(|error| error.at("private_key"))?.key;
    let certificate = Certificate::from_pem(&entry.certificate).map_err(|error| error.at("certificate"))?;
    if certificate.public_key()?.spki() != key.public_key().spki() {
        return Err(Error::new(ErrorCode::KeyMismatch, "found a certificate for another key").at("certificate"));
    }
    if entry.chain.len() > pkcs12::MAX_CHAIN {
        return Err(invalid("chain", format_args!("wanted at most {} certificates", pkcs12::MAX_CHAIN)));
    }
    let (friendly_name, local_key_id) = (&entry.friendly_name, Sha1::digest(certificate.der()).to_vec());
    bags.push(Bag {
        content: Content::Key(Box::new(key)),
        friendly_name: friendly_name.clone(),
        local_key_id: Some(local_key_id.clone()),
        ..Bag::default()
    });
    bags.push(Bag {
        friendly_name: friendly_name.clone(),
        local_key_id: Some(local_key_id),
        ..certificate_bag(&certificate)
    });
    for pem in &entry.chain {
        let above = Certificate::from_pem(pem).map_err(|error| error.at("chain"))?;
        let is_there = |bag: &Bag| matches!(&bag.content, Content::Certificate(der) if der == above.der());
        if !bags.iter().any(is_there) {
            bags.push(certificate_bag(&above));
        }
    }
    Ok(())
}

fn certificate_bag(certificate: &Certificate) -> Bag {
    Bag { content: Content::Certificate(certificate.der().to_vec()), ..Bag::default() }
}

fn add_state(state: Option<&SecretBytes>, bags: &mut [Bag]) -> Result<(), Error> {
    let Some(state) = state else { return Ok(()) };
    if state.0.len() > MAX_STATE {
        return Err(invalid("state", format_args!("found {} octets, wanted at most {MAX_STATE}", state.0.len())));
    }
    if let Some(first) = bags.iter_mut().find(|bag| !bag.is_key()) {
        first.state = Some(state.0.clone());
    }
    Ok(())
}

const MAX_CERTIFICATES: usize = 256;

fn invalid(field: &str, detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldInvalid, detail).at(field)
}

/// The place of an error within an element of a list.
fn within(element: &str, error: Error) -> Error {
    let at = match &error.at {
        Some(field) => format!("{element}.{field}"),
        None => element.into(),
    };
    Error { at: Some(at), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        operation::{read_pkcs12, sign_csr},
        profile::ProfileChoice,
        testing::{NOW, both_ways, csr, private_key, root, subordinate},
    };

    /// An entry with a certificate below root and issuing authority.
    fn entry(key: &str) -> Entry {
        let issued = both_ways(|keys| {
            let request = sign_csr::Request {
                now: NOW,
                seed: Seed::new([4; 32]),
                authority: subordinate(),
                generation: None,
                profile: ProfileChoice::Named("device-identity".into()),
                csr: csr(key, "CN=one", &[]),
                subject: None,
                subject_alternative_names: None,
                validity_seconds: None,
            };
            sign_csr::run(request, keys)
        })
        .unwrap();
        Entry {
            private_key: private_key(key).to_pem().unwrap(),
            certificate: issued.certificate,
            chain: issued.chain,
            friendly_name: Some("Schlüssel".into()),
        }
    }

    fn request(entries: Vec<Entry>) -> Request {
        Request {
            seed: Seed::new([5; 32]),
            password: Password::new("pässword".into()),
            entries,
            certificates: Vec::new(),
            iterations: Some(2),
            state: None,
        }
    }

    fn write(request: impl Fn() -> Request) -> Result<Vec<u8>, Error> {
        both_ways(|keys| run(request(), keys)).map(|response| response.pkcs12.0)
    }

    fn read(file: &[u8], password: &str) -> Result<read_pkcs12::Response, Error> {
        both_ways(|keys| {
            let password = Some(Password::new(password.into()));
            read_pkcs12::run(read_pkcs12::Request { pkcs12: SecretBytes::new(file), password }, keys)
        })
    }

    #[test]
    fn what_is_written_is_read() {
        let file = write(|| Request {
            certificates: alloc::vec![NamedCertificate {
                friendly_name: Some("root".into()),
                certificate: crate::testing::authority("other", "CN=Other", None).certificate,
            }],
            state: Some(SecretBytes::new(b"state")),
            ..request(alloc::vec![entry("device"), entry("p256")])
        })
        .unwrap();
        let store = read(&file, "pässword").unwrap();
        assert_eq!(store.state.unwrap().0.as_slice(), b"state");
        for (found, key) in store.entries.iter().zip(["device", "p256"]) {
            let wanted = entry(key);
            assert_eq!(found.private_key, Some(wanted.private_key));
            assert_eq!(found.certificate, Some(wanted.certificate));
            assert_eq!(found.chain, [subordinate().certificate, root().certificate]);
            assert_eq!(found.friendly_name.as_deref(), Some("Schlüssel"));
        }
        assert_eq!(store.certificates.len(), 1);
        assert_eq!(store.certificates[0].friendly_name.as_deref(), Some("root"));
    }

    /// An authority renewed with the same key: two certificates for one key, and each entry keeps its own.
    #[test]
    fn two_certificates_of_one_key_stay_apart() {
        let old = entry("device");
        let authority = crate::testing::authority("device", "CN=Self", None);
        let new = || Entry { certificate: authority.certificate.clone(), chain: Vec::new(), ..entry("device") };
        let file = write(|| request(alloc::vec![entry("device"), new()])).unwrap();
        let store = read(&file, "pässword").unwrap();
        let certificates: Vec<_> = store.entries.iter().map(|entry| entry.certificate.clone().unwrap()).collect();
        assert_eq!(certificates, [old.certificate, authority.certificate.clone()]);
    }

    #[test]
    fn one_bit_makes_the_password_wrong() {
        let file = write(|| request(alloc::vec![entry("p256")])).unwrap();
        assert_eq!(read(&file, "password").err().unwrap().code, ErrorCode::KeystorePasswordWrong);
        let missing = |password: &str| read(&file, password).err().unwrap().code;
        assert_eq!(missing(""), ErrorCode::KeystorePasswordMissing);
        let mut changed = file.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        assert_eq!(read(&changed, "pässword").err().unwrap().code, ErrorCode::KeystorePasswordWrong);
    }

    /// One whose signature has that many octets, which nobody looks at.
    fn large_certificate(model: &Certificate, signature: &[u8]) -> String {
        let (algorithm, signed) = (model.signed().algorithm.oid, &model.signed().content);
        let algorithm = crate::algorithm::SignatureAlgorithm::from_oid(algorithm).unwrap();
        let der = crate::signed::Signed::assemble(signed, algorithm, signature).unwrap();
        Certificate::from_der(&der).unwrap().to_pem().unwrap()
    }

    /// More bags than are read, and as many as are.
    #[test]
    fn as_many_bags_are_written_as_are_read() {
        let password = Password::new("p".into());
        let seal = |count: usize| {
            let der = Certificate::from_pem(&root().certificate).unwrap();
            let bags: Vec<Bag> = (0..count).map(|_| certificate_bag(&der)).collect();
            let mut rng = Seed::new([5; 32]).generator("test");
            pkcs12::seal(&bags, &password, 1, &mut rng).map_err(|error| error.code)
        };
        let file = seal(pkcs12::MAX_BAGS).unwrap();
        assert_eq!(pkcs12::open(&file, Some(&password)).unwrap().bags.len(), pkcs12::MAX_BAGS);
        assert_eq!(seal(pkcs12::MAX_BAGS + 1).map(|file| file.len()), Err(ErrorCode::FieldInvalid));
    }

    #[test]
    fn the_iterations_by_default_can_be_read_with_any_number_of_entries() {
        for entries in 0..=MAX_KEYS {
            let iterations = most_iterations(entries);
            assert!(u64::from(iterations) * hashes(entries) <= MAX_HASHES, "{entries}");
            assert_eq!(iterations == DEFAULT_ITERATIONS, entries < 33, "{entries}: {iterations}");
            assert!(iterations >= 60_000, "{entries}: {iterations}");
        }
        let wanted = Request { iterations: None, ..request((0..33).map(|_| entry("p256")).collect()) };
        assert_eq!(super::iterations(&wanted).unwrap(), most_iterations(33));
    }

    #[test]
    fn what_cannot_be_read_is_not_written() {
        let code = |request: &dyn Fn() -> Request| {
            let error = write(request).unwrap_err();
            (error.code, error.at.unwrap_or_default())
        };
        let field = |at: &str| (ErrorCode::FieldInvalid, String::from(at));
        assert_eq!(code(&|| request(Vec::new())), field("entries"));
        assert_eq!(code(&|| Request { password: Password::new(String::new()), ..request(Vec::new()) }), field("password"));
        let one = || request(alloc::vec![entry("p256")]);
        assert_eq!(code(&|| Request { iterations: Some(0), ..one() }), field("iterations"));
        assert_eq!(code(&|| Request { iterations: Some(1_000_001), ..one() }), field("iterations"));
        let large = || {
            let model = Certificate::from_pem(&root().certificate).unwrap();
            let one = |number: u32| NamedCertificate {
                friendly_name: None,
                certificate: large_certificate(&model, &alloc::vec![u8::try_from(number).unwrap(); 100_000]),
            };
            Request { certificates: (1..=44).map(one).collect(), ..request(Vec::new()) }
        };
        assert_eq!(code(&large), field("entries"));
        let other = || Entry { private_key: private_key("p384").to_pem().unwrap(), ..entry("p256") };
        let mismatch = (ErrorCode::KeyMismatch, "entries.0.certificate".into());
        assert_eq!(code(&|| request(alloc::vec![other()])), mismatch);
        let named = |name: &str| Entry { friendly_name: Some(name.into()), ..entry("p256") };
        assert_eq!(code(&|| request(alloc::vec![named("")])).0, ErrorCode::FieldInvalid);
        assert_eq!(code(&|| request(alloc::vec![named("\u{1f511}")])).0, ErrorCode::FieldInvalid);
    }
}

//! `write_backup`: authorities with their keys in one file under a password, PKCS#12 (RFC 7292).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::write_pkcs12;
use crate::{
    backup::{AuthorityBackup, Backup, BackupKey},
    base64url::{Base64Url, SecretBytes},
    call::json,
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    password::Password,
    seed::Seed,
};

/// The shortest password, in bytes: who gets the file can try passwords for as long as he likes.
const MIN_PASSWORD: usize = 8;

/// What to keep.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The randomness for salts and initialization vectors.
    pub seed: Seed,
    /// The password, 8 to 1024 bytes.
    pub password: Password,
    /// The authorities.
    pub authorities: Vec<AuthorityBackup>,
    /// Every key that they and their helpers have, 66 at most: as many as one authority with all its generations and helpers.
    pub keys: Vec<BackupKey>,
    /// Whatever else the caller keeps with them, as text.
    pub settings: Option<String>,
    /// As in `write_pkcs12`.
    pub iterations: Option<u32>,
}

/// The file.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// PKCS#12 in DER. Every program that reads such files finds the keys and certificates in it.
    pub backup: Base64Url,
}

/// Writes the file. The same request gives the same bytes.
///
/// # Errors
/// `BackupInvalid` if a key is missing or too many, or an id is there twice, those of an authority that is not in order,
/// `KeyMismatch`, `FieldInvalid` for the password or the iterations, the
/// errors of reading keys and certificates.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    if request.password.length() < MIN_PASSWORD {
        let detail = format_args!("found a password of less than {MIN_PASSWORD} bytes for private keys");
        return Err(Error::new(ErrorCode::FieldInvalid, detail).at("password").into());
    }
    let backup = Backup::new(request.authorities, request.settings);
    backup.check(&request.keys)?;
    let state = json(&backup).map_err(|_| Error::new(ErrorCode::EncodingFailed, "the backup"))?;
    let entry = |key: BackupKey| {
        let mut uses = backup.uses();
        let first = uses.find(|one| one.key == key.id)?;
        Some(write_pkcs12::Entry {
            private_key: key.private_key,
            certificate: first.certificate.into(),
            chain: first.chain.to_vec(),
            friendly_name: Some(key.id),
        })
    };
    let entries: Vec<_> = request.keys.into_iter().filter_map(entry).collect();
    let iterations = request.iterations.unwrap_or_else(|| write_pkcs12::most_iterations(entries.len()));
    let written = write_pkcs12::run(
        write_pkcs12::Request {
            seed: request.seed,
            password: request.password,
            entries,
            certificates: Vec::new(),
            iterations: Some(iterations),
            state: Some(SecretBytes(state)),
        },
        keys,
    )
    .map_err(|halt| match halt {
        Halt::Error(error) => Halt::Error(in_the_request(error)),
        needs @ Halt::Needs(_) => needs,
    })?;
    Ok(Response { backup: written.pkcs12 })
}

/// The place of an error of `write_pkcs12` in the request that there was: this one has other fields.
fn in_the_request(error: Error) -> Error {
    let at = match error.at.as_deref() {
        Some(at) if at.ends_with("chain") || at.ends_with("certificate") || at == "state" => "authorities",
        Some("password") => "password",
        Some("iterations") => "iterations",
        _ => "keys",
    };
    Error { at: Some(at.into()), ..error }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, vec};

    use der::{Decode, Encode, asn1::AnyRef};

    use super::*;
    use crate::{
        authority::Generation,
        backup::Helper,
        crl::CrlNumber,
        operation::{read_backup, read_pkcs12},
        path::Strength,
        profile::Profile,
        testing::{both_ways, private_key, rekeyed, root, subordinate},
    };

    fn key(id: &str) -> BackupKey {
        BackupKey { id: id.into(), private_key: private_key(id).to_pem().unwrap() }
    }

    fn authorities() -> Vec<AuthorityBackup> {
        let issuing = subordinate();
        let helper = Helper {
            id: "signer".into(),
            role: "ocsp".into(),
            key: "issuing".into(),
            certificate: issuing.certificate.clone(),
            chain: issuing.chain.clone(),
        };
        let backup = |id: &str, authority| AuthorityBackup {
            id: id.into(),
            authority,
            crl_numbers: BTreeMap::new(),
            helpers: vec![],
            profiles: vec![],
        };
        let number: CrlNumber = serde_json::from_str("\"77\"").unwrap();
        vec![
            AuthorityBackup { crl_numbers: [("root".into(), number)].into(), ..backup("root", rekeyed(root())) },
            AuthorityBackup {
                helpers: vec![helper],
                profiles: vec![Profile::built_in("tls-server").unwrap()],
                ..backup("issuing", issuing)
            },
        ]
    }

    fn request(password: &str, keys: &[&str]) -> Request {
        Request {
            seed: Seed::new([1; 32]),
            password: serde_json::from_value(password.into()).unwrap(),
            authorities: authorities(),
            keys: keys.iter().map(|id| key(id)).collect(),
            settings: Some("colour = 'red'".into()),
            iterations: Some(10),
        }
    }

    fn refusal(request: impl Fn() -> Request) -> Error {
        both_ways(|keys| run(request(), keys)).err().unwrap()
    }

    const KEYS: [&str; 3] = ["root", "p256", "issuing"];

    #[test]
    fn all_of_it_comes_back() {
        let written = both_ways(|keys| run(request("correct horse", &KEYS), keys)).unwrap();
        let read_with = |password: &str, strength: Option<Strength>| {
            let request = || read_backup::Request {
                backup: SecretBytes(written.backup.0.clone().into()),
                password: serde_json::from_value(password.into()).unwrap(),
                strength,
            };
            both_ways(|keys| read_backup::run(request(), keys))
        };
        let read = |password: &str| read_with(password, None);
        let found = read("correct horse").unwrap();
        assert_eq!(found.authorities, authorities());
        assert_eq!(found.settings.as_deref(), Some("colour = 'red'"));
        assert!(found.keys == KEYS.map(key));
        assert_eq!(read("wrong horse").err().unwrap().code, ErrorCode::KeystorePasswordWrong);
        let weak = Strength { allow_sha1: true, minimum_rsa_bits: 1024 };
        let found = read_with("correct horse", Some(weak)).unwrap().authorities;
        let says = |own: &AuthorityBackup| {
            let strength = |one: &Generation| one.strength;
            own.authority.former.iter().map(strength).chain([own.authority.strength]).collect::<Vec<_>>()
        };
        let said: Vec<_> = found.iter().flat_map(says).collect();
        assert_eq!(said, [weak; 3], "two generations of the root, and one below it");
    }

    /// The keys are under the password, and nothing ties them to what stands beside them but the MAC.
    #[test]
    fn what_nobody_authenticated_is_refused() {
        let written = both_ways(|keys| run(request("correct horse", &KEYS), keys)).unwrap().backup.0;
        let mut parts = Vec::<AnyRef<'_>>::from_der(&written).unwrap();
        assert_eq!(parts.len(), 3);
        parts.truncate(2);
        let bare = parts.to_der().unwrap();
        let password = || serde_json::from_value("correct horse".into()).unwrap();
        let read = || read_backup::Request { backup: SecretBytes::new(&bare), password: password(), strength: None };
        let refused = both_ways(|keys| read_backup::run(read(), keys)).err().unwrap();
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::BackupInvalid, Some("backup")));
        assert!(refused.detail.contains("without the MAC"), "{}", refused.detail);
        let read = || read_pkcs12::Request { pkcs12: SecretBytes::new(&bare), password: Some(password()) };
        let found = both_ways(|keys| read_pkcs12::run(read(), keys)).unwrap();
        assert_eq!(found.entries.len(), KEYS.len());
        assert!(found.mac.is_none() && found.state.is_none());
    }

    /// The worst that a root and an issuing authority can be, and one key more.
    #[test]
    fn there_is_room_for_two_authorities_with_everything() {
        use crate::keystore::MAX_KEYS;
        let keys = |count: usize| -> Vec<BackupKey> {
            (0..count).map(|number| BackupKey { id: alloc::format!("{number}"), ..key("issuing") }).collect()
        };
        let check = |count: usize| {
            let backup = Backup::new(authorities(), None);
            backup.check(&keys(count)).unwrap_err()
        };
        assert_eq!(MAX_KEYS, 34 + 34 + 32);
        assert_eq!(check(MAX_KEYS).at, None, "but none of them is wanted");
        assert_eq!(check(MAX_KEYS + 1).at.as_deref(), Some("keys"));
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        assert_eq!(refusal(|| request("correct horse", &KEYS[..2])).code, ErrorCode::BackupInvalid);
        assert_eq!(refusal(|| request("correct horse", &["root", "p256", "issuing", "device"])).code, ErrorCode::BackupInvalid);
        assert_eq!(refusal(|| request("correct horse", &["root", "p256", "issuing", "root"])).code, ErrorCode::BackupInvalid);
        assert_eq!(refusal(|| Request { authorities: vec![], ..request("correct horse", &KEYS) }).code, ErrorCode::BackupInvalid);
        let short = refusal(|| request("1234567", &KEYS));
        assert_eq!((short.code, short.at.as_deref()), (ErrorCode::FieldInvalid, Some("password")));
        let place = |change: &dyn Fn(&mut Request)| {
            let refused = refusal(|| {
                let mut request = request("correct horse", &KEYS);
                change(&mut request);
                request
            });
            refused.at.unwrap_or_default()
        };
        assert_eq!(place(&|request| request.iterations = Some(0)), "iterations");
        assert_eq!(place(&|request| request.settings = Some("x".repeat(1 << 20))), "authorities");
        assert_eq!(place(&|request| request.authorities[1].authority.chain = vec!["none".into()]), "authorities");
        let renamed = |request: &mut Request| {
            let id = "k".repeat(300);
            (request.keys[2].id, request.authorities[1].authority.key) = (id.clone(), id.clone());
            request.authorities[1].helpers[0].key = id;
        };
        assert_eq!(place(&renamed), "keys");
        let twice = |request: &mut Request| request.authorities[1].id = "root".into();
        assert_eq!(place(&twice), "authorities");
        let helped_twice = |request: &mut Request| {
            let helper = request.authorities[1].helpers[0].clone();
            request.authorities[1].helpers.push(helper);
        };
        assert_eq!(place(&helped_twice), "authorities");
        let disordered = |request: &mut Request| request.authorities[0].authority.former[0].number = 9;
        assert_eq!(place(&disordered), "authorities");
        let swapped = refusal(|| {
            let mut request = request("correct horse", &KEYS);
            request.keys[0].private_key = key("device").private_key;
            request
        });
        assert_eq!(swapped.code, ErrorCode::KeyMismatch);
    }
}

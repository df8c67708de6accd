//! `read_jks`: what is in one of Java's own keystores, JKS or JCEKS.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    base64url::SecretBytes,
    certificate::Certificate,
    error::Error,
    jks::{self, Entry},
    key::PrivateKey,
    keys::{Halt, Keys},
    keystore::{FoundCertificate, KeystoreEntry},
    password::Password,
    pem,
};

/// What to read.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The file, 4 MiB at most.
    pub jks: SecretBytes,
    /// The password of the keystore.
    pub password: Password,
    /// That of its keys, where it is another.
    pub key_password: Option<Password>,
}

/// What was in it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The keys, in the order of the file; `friendly_name` is the alias.
    pub entries: Vec<KeystoreEntry>,
    /// The certificates that are trusted, and those beside a key that are not its own or cannot be read.
    pub certificates: Vec<FoundCertificate>,
}

/// Reads the file. A key that another password protects, or that cannot be used, is an entry with a `problem`.
///
/// # Errors
/// `JksMalformed`, `KeystoreKindMismatch` for a PKCS#12 file that is called `.jks`, `KeystorePasswordWrong`,
/// `KeyDerivationTooCostly`, `RequestTooLarge`.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let key_password = request.key_password.as_ref().unwrap_or(&request.password);
    let found =
        jks::open(&request.jks.0, &request.password, key_password).map_err(|error| error.at("jks"))?;
    let mut response = Response { entries: Vec::new(), certificates: Vec::new() };
    for entry in found {
        match entry {
            Entry::Key { alias, key, chain } => {
                let (own, rest) = own_chain(&key, &chain);
                let (certificate, above) = match own.split_first() {
                    Some((certificate, above)) => (Some(certificate), above),
                    None => (None, own.as_slice()),
                };
                for der in rest {
                    response.certificates.push(beside(alias.clone(), der)?);
                }
                response.entries.push(KeystoreEntry::new(Some(alias), *key, certificate, above)?);
            }
            Entry::Trusted { alias, certificate } => response.certificates.push(beside(alias, &certificate)?),
        }
    }
    Ok(response)
}

/// The key's own certificate with those above it, as far as they can be read, and what else the entry has. A key that
/// cannot be used is taken for that of its first certificate.
fn own_chain<'a>(key: &Result<PrivateKey, Error>, chain: &'a [Vec<u8>]) -> (Vec<Certificate>, Vec<&'a [u8]>) {
    let is_own = |der: &Vec<u8>| match (key, Certificate::from_der(der)) {
        (_, Err(_)) => false,
        (Err(_), Ok(_)) => true,
        (Ok(key), Ok(certificate)) => certificate.public_key().is_ok_and(|own| own == *key.public_key()),
    };
    let start = chain.iter().position(is_own).unwrap_or(chain.len());
    let own: Vec<_> = chain.iter().skip(start).map_while(|der| Certificate::from_der(der).ok()).collect();
    let is_rest = |(index, _): &(usize, &Vec<u8>)| !(start..start.saturating_add(own.len())).contains(index);
    let rest = chain.iter().enumerate().filter(is_rest).map(|(_, der)| der.as_slice()).collect();
    (own, rest)
}

fn beside(alias: String, der: &[u8]) -> Result<FoundCertificate, Error> {
    Ok(FoundCertificate {
        friendly_name: Some(alias),
        certificate: pem::encode("CERTIFICATE", der)?,
        problem: Certificate::from_der(der).err(),
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use sha1::{Digest, Sha1};

    use super::*;
    use crate::{
        error::ErrorCode,
        testing::{both_ways, private_key, root, subordinate},
    };

    const PASSWORD: &str = "changeit";

    fn block(octets: &[u8]) -> Vec<u8> {
        [&u32::try_from(octets.len()).unwrap().to_be_bytes()[..], octets].concat()
    }

    fn text(text: &str) -> Vec<u8> {
        [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat()
    }

    fn digest(parts: &[&[u8]]) -> Vec<u8> {
        let password: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let hash = Sha1::new().chain_update(password);
        parts.iter().fold(hash, |hash, part| hash.chain_update(part)).finalize().to_vec()
    }

    /// A key under the password as JavaKeyStore protects it.
    fn sealed(key: &[u8]) -> Vec<u8> {
        let (mut last, mut stream) = (vec![7; 20], Vec::new());
        while stream.len() < key.len() {
            last = digest(&[&last]);
            stream.extend_from_slice(&last);
        }
        let hidden: Vec<u8> = key.iter().zip(&stream).map(|(key, stream)| key ^ stream).collect();
        let info = spki::AlgorithmIdentifierOwned {
            oid: der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.17.1.1"),
            parameters: Some(der::asn1::Null.into()),
        };
        let content = [&[7; 20][..], &hidden, &digest(&[key])].concat();
        let content = der::asn1::OctetString::new(content).unwrap();
        let parts = [der::Encode::to_der(&info).unwrap(), der::Encode::to_der(&content).unwrap()].concat();
        der::Encode::to_der(&der::asn1::AnyRef::new(der::Tag::Sequence, &parts).unwrap()).unwrap()
    }

    fn read(chain: &[&[u8]]) -> Response {
        let key = private_key("issuing").to_pkcs8().unwrap();
        let certificates: Vec<u8> = chain.iter().flat_map(|der| [text("X.509"), block(der)].concat()).collect();
        let count = u32::try_from(chain.len()).unwrap().to_be_bytes();
        let entry = [&[0, 0, 0, 1][..], &text("one"), &[0; 8], &block(&sealed(key.as_bytes())), &count, &certificates];
        let content = [&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1][..], &entry.concat()].concat();
        let file = [content.as_slice(), &digest(&[b"Mighty Aphrodite", &content])].concat();
        let password = || Password::new(PASSWORD.into());
        both_ways(|keys| run(Request { jks: SecretBytes::new(&file), password: password(), key_password: None }, keys))
            .unwrap()
    }

    #[test]
    fn what_is_wrong_with_a_chain_is_not_wrong_with_its_key() {
        let [own, above, other] = [subordinate(), root(), crate::testing::authority("other", "CN=Other", None)]
            .map(|authority| Certificate::from_pem(&authority.certificate).unwrap());
        let broken: &[u8] = &[0x30, 3, 2, 1, 1];
        for (chain, certificate, above_it, left) in [
            (vec![own.der(), above.der()], Some(&own), vec![&above], 0),
            (vec![own.der(), broken, above.der()], Some(&own), vec![], 2),
            (vec![broken, own.der(), above.der()], Some(&own), vec![&above], 1),
            (vec![other.der(), above.der()], None, vec![], 2),
            (vec![], None, vec![], 0),
        ] {
            let response = read(&chain);
            let entry = &response.entries[0];
            assert!(entry.private_key.is_some() && entry.problem.is_none());
            assert_eq!(entry.certificate, certificate.map(|one| one.to_pem().unwrap()));
            assert_eq!(entry.chain, above_it.iter().map(|one| one.to_pem().unwrap()).collect::<Vec<_>>());
            assert_eq!(response.certificates.len(), left);
            let problems = response.certificates.iter().filter_map(|one| one.problem.as_ref().map(|error| error.code));
            let has_broken = usize::from(chain.contains(&broken));
            assert_eq!(problems.collect::<Vec<_>>(), vec![ErrorCode::CertificateMalformed; has_broken]);
        }
    }
}

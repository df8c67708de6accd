//! What the tests of the rules share: objects in DER, part by part, so that each part can be wrong.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec, vec::Vec};
use std::sync::Mutex;

use der::{Encode, asn1::ObjectIdentifier};

use super::{Object, Purpose, Setting};
use crate::{
    algorithm::SignatureScheme,
    authority::Authority,
    key::PrivateKey,
    pem,
    secret::Secret,
    testing::{NOW, private_key},
};

pub(super) const DAY: u64 = 86_400;

/// A tag, the length and the content.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let octets: Vec<u8> = length.to_be_bytes().iter().copied().skip_while(|octet| *octet == 0).collect();
    let mut der = vec![tag];
    match length {
        0..128 => der.push(u8::try_from(length).unwrap()),
        _ => {
            der.push(0x80 | u8::try_from(octets.len()).unwrap());
            der.extend(octets);
        }
    }
    der.extend_from_slice(content);
    der
}

pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(super) fn oid(digits: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(digits).to_der().unwrap()
}

/// A name of parts with one attribute each: identifier, tag, content.
pub(super) fn name(attributes: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let part = |(kind, tag, text): &(&str, u8, &[u8])| tlv(0x31, &sequence(&[oid(kind), tlv(*tag, text)]));
    sequence(&attributes.iter().map(part).collect::<Vec<_>>())
}

pub(super) fn common_name(text: &str) -> Vec<u8> {
    name(&[("2.5.4.3", 0x0c, text.as_bytes())])
}

/// UTCTime up to 2049.
pub(super) fn utc(text: &str) -> Vec<u8> {
    tlv(0x17, text.as_bytes())
}

/// sha256WithRSAEncryption.
pub(super) fn sha256_with_rsa() -> Vec<u8> {
    sequence(&[oid("1.2.840.113549.1.1.11"), tlv(5, &[])])
}

pub(super) fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { vec![1, 1, 0xff] } else { vec![] };
    sequence(&[oid(kind), flag, tlv(4, value)])
}

pub(super) fn key_usage(critical: bool, bits: &[u8]) -> Vec<u8> {
    extension("2.5.29.15", critical, &tlv(3, bits))
}

pub(super) fn purposes(critical: bool, kinds: &[&str]) -> Vec<u8> {
    let kinds: Vec<_> = kinds.iter().map(|kind| oid(kind)).collect();
    extension("2.5.29.37", critical, &sequence(&kinds))
}

pub(super) fn constraints(critical: bool, ca: bool, length: Option<u8>) -> Vec<u8> {
    let flag = if ca { vec![1, 1, 0xff] } else { vec![] };
    extension("2.5.29.19", critical, &sequence(&[flag, length.map_or(vec![], |length| vec![2, 1, length])]))
}

pub(super) fn subject_identifier(identifier: &[u8]) -> Vec<u8> {
    extension("2.5.29.14", false, &tlv(4, identifier))
}

pub(super) fn authority_identifier(identifier: &[u8]) -> Vec<u8> {
    extension("2.5.29.35", false, &sequence(&[tlv(0x80, identifier)]))
}

/// General names: the number of the form, and the content.
pub(super) fn alternative_names(critical: bool, names: &[(u8, &[u8])]) -> Vec<u8> {
    let names: Vec<_> = names.iter().map(|(form, content)| tlv(0x80 | form, content)).collect();
    extension("2.5.29.17", critical, &sequence(&names))
}

pub(super) fn list_address(url: &str) -> Vec<u8> {
    let names = tlv(0xa0, &tlv(0xa0, &tlv(0x86, url.as_bytes())));
    extension("2.5.29.31", false, &sequence(&[sequence(&[names])]))
}

/// 2: OCSP, otherwise the issuer's certificate.
pub(super) fn access(method: &str, url: &str) -> Vec<u8> {
    extension("1.3.6.1.5.5.7.1.1", false, &sequence(&[sequence(&[oid(method), tlv(0x86, url.as_bytes())])]))
}

pub(super) const OCSP: &str = "1.3.6.1.5.5.7.48.1";
pub(super) const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
pub(super) const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub(super) const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
pub(super) const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
pub(super) const REQUEST_AGENT: &str = "1.3.6.1.4.1.311.20.2.1";
/// digitalSignature and keyEncipherment.
pub(super) const SIGN_AND_ENCIPHER: &[u8] = &[5, 0xa0];
/// keyCertSign and cRLSign.
pub(super) const SIGN_CERTIFICATES: &[u8] = &[1, 0x06];

/// One of the test keys, made once.
pub(super) fn key(id: &'static str) -> &'static PrivateKey {
    static KEYS: Mutex<BTreeMap<&str, &PrivateKey>> = Mutex::new(BTreeMap::new());
    let mut keys = KEYS.lock().unwrap();
    keys.entry(id).or_insert_with(|| Box::leak(Box::new(private_key(id))))
}

pub(super) fn spki(id: &'static str) -> Vec<u8> {
    key(id).public_key().spki().to_vec()
}

/// A certificate before it is signed.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
    pub(super) beside: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) not_before: Vec<u8>,
    pub(super) not_after: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    pub(super) unique_id: Vec<u8>,
    pub(super) extensions: Vec<Vec<u8>>,
    pub(super) signer: &'static str,
}

impl Draft {
    /// A device's certificate in which nothing is wrong.
    pub(super) fn device() -> Self {
        Self {
            version: tlv(0xa0, &[2, 1, 2]),
            serial: tlv(2, &[0x41; 16]),
            algorithm: sha256_with_rsa(),
            beside: sha256_with_rsa(),
            issuer: common_name("Test Root"),
            not_before: utc("260101000000Z"),
            not_after: utc("280101000000Z"),
            subject: common_name("laptop-7"),
            spki: spki("device"),
            unique_id: vec![],
            extensions: vec![
                authority_identifier(&[1; 20]),
                subject_identifier(&[2; 20]),
                key_usage(true, SIGN_AND_ENCIPHER),
                purposes(false, &[CLIENT_AUTH]),
                list_address("http://pki.example.com/root.crl"),
            ],
            signer: "root",
        }
    }

    /// A root's, in which nothing is wrong; the issuer of [`Self::device`].
    pub(super) fn root() -> Self {
        Self {
            serial: tlv(2, &[0x42; 16]),
            not_after: utc("360101000000Z"),
            subject: common_name("Test Root"),
            spki: spki("root"),
            extensions: vec![
                constraints(true, true, None),
                key_usage(true, SIGN_CERTIFICATES),
                authority_identifier(&[1; 20]),
                subject_identifier(&[1; 20]),
            ],
            ..Self::device()
        }
    }

    /// An authority's below the root, in which nothing is wrong.
    pub(super) fn subordinate() -> Self {
        Self {
            serial: tlv(2, &[0x43; 16]),
            not_after: utc("300101000000Z"),
            subject: common_name("Test Issuing"),
            spki: spki("issuing"),
            extensions: vec![
                constraints(true, true, None),
                key_usage(true, SIGN_CERTIFICATES),
                authority_identifier(&[1; 20]),
                subject_identifier(&[3; 20]),
                list_address("http://pki.example.com/root.crl"),
            ],
            ..Self::device()
        }
    }

    /// The same with an extension in the place of the one of its kind, or added.
    pub(super) fn with(mut self, extension: Vec<u8>) -> Self {
        // SEQUENCE, its length, OBJECT IDENTIFIER, its length: as far as the kind goes.
        let kind = |der: &[u8]| {
            let start = der.iter().position(|octet| *octet == 6).unwrap();
            let length = usize::from(der[start.saturating_add(1)]);
            der[start..].iter().copied().take(length.saturating_add(2)).collect::<Vec<_>>()
        };
        match self.extensions.iter_mut().find(|own| kind(own) == kind(&extension)) {
            Some(own) => *own = extension,
            None => self.extensions.push(extension),
        }
        self
    }

    pub(super) fn without(mut self, kind: &str) -> Self {
        self.extensions.retain(|own| !own.windows(oid(kind).len()).any(|part| part == oid(kind)));
        self
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let extensions = match self.extensions.as_slice() {
            [] => vec![],
            extensions => tlv(0xa3, &sequence(extensions)),
        };
        let fields = [
            self.version.clone(),
            self.serial.clone(),
            self.algorithm.clone(),
            self.issuer.clone(),
            sequence(&[self.not_before.clone(), self.not_after.clone()]),
            self.subject.clone(),
            self.spki.clone(),
            self.unique_id.clone(),
            extensions,
        ];
        signed(&sequence(&fields), &self.beside, key(self.signer))
    }

    pub(super) fn pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.der()).unwrap()
    }
}

/// A signed object.
pub(super) fn signed(content: &[u8], algorithm: &[u8], key: &PrivateKey) -> Vec<u8> {
    let signature = key.sign(SignatureScheme::RsaPkcs1Sha256, content).unwrap();
    let bits = [&[0][..], &signature].concat();
    sequence(&[content.to_vec(), algorithm.to_vec(), tlv(3, &bits)])
}

/// A revocation list before it is signed.
#[derive(Clone)]
pub(super) struct ListDraft {
    pub(super) version: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) this_update: Vec<u8>,
    pub(super) next_update: Vec<u8>,
    pub(super) entries: Vec<u8>,
    pub(super) extensions: Vec<Vec<u8>>,
    pub(super) signer: &'static str,
}

impl ListDraft {
    /// A list of the root's in which nothing is wrong.
    pub(super) fn sound() -> Self {
        Self {
            version: tlv(2, &[1]),
            issuer: common_name("Test Root"),
            this_update: utc("261115000000Z"),
            next_update: utc("261125000000Z"),
            entries: sequence(&[entry(0x44, "261110000000Z", &[])]),
            extensions: vec![authority_identifier(&[1; 20]), extension("2.5.29.20", false, &tlv(2, &[7]))],
            signer: "root",
        }
    }

    pub(super) fn pem(&self) -> String {
        let extensions = match self.extensions.as_slice() {
            [] => vec![],
            extensions => tlv(0xa0, &sequence(extensions)),
        };
        let fields = [
            self.version.clone(),
            sha256_with_rsa(),
            self.issuer.clone(),
            self.this_update.clone(),
            self.next_update.clone(),
            self.entries.clone(),
            extensions,
        ];
        let der = signed(&sequence(&fields), &sha256_with_rsa(), key(self.signer));
        pem::encode("X509 CRL", &der).unwrap()
    }
}

/// An entry of a list.
pub(super) fn entry(serial: u8, date: &str, extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = if extensions.is_empty() { vec![] } else { sequence(extensions) };
    sequence(&[tlv(2, &[serial; 8]), utc(date), extensions])
}

/// A certification request before it is signed.
#[derive(Clone)]
pub(super) struct RequestDraft {
    pub(super) version: u8,
    pub(super) subject: Vec<u8>,
    pub(super) attributes: Vec<Vec<u8>>,
    pub(super) signer: &'static str,
}

impl RequestDraft {
    /// A request in which nothing is wrong.
    pub(super) fn sound() -> Self {
        let names = sequence(&[alternative_names(false, &[(2, b"laptop-7.example.com")])]);
        Self {
            version: 0,
            subject: common_name("laptop-7"),
            attributes: vec![attribute("1.2.840.113549.1.9.14", &[names])],
            signer: "device",
        }
    }

    pub(super) fn pem(&self) -> String {
        let attributes = tlv(0xa0, &self.attributes.concat());
        let fields = [tlv(2, &[self.version]), self.subject.clone(), spki("device"), attributes];
        let der = signed(&sequence(&fields), &sha256_with_rsa(), key(self.signer));
        pem::encode("CERTIFICATE REQUEST", &der).unwrap()
    }
}

pub(super) fn attribute(kind: &str, values: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[oid(kind), tlv(0x31, &values.concat())])
}

/// What is looked at, and how.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) inputs: Vec<String>,
    pub(super) authority: Option<Authority>,
    pub(super) helpers: Vec<String>,
    pub(super) setting: Setting,
}

impl Scene {
    pub(super) fn new(inputs: &[String]) -> Self {
        let setting = Setting { now: NOW, purpose: Purpose::Auto, appended_characters: 0 };
        Self { inputs: inputs.to_vec(), authority: None, helpers: vec![], setting }
    }

    pub(super) fn of(authority: Authority) -> Self {
        Self { authority: Some(authority), ..Self::new(&[]) }
    }

    pub(super) fn meant_for(mut self, purpose: Purpose) -> Self {
        self.setting.purpose = purpose;
        self
    }

    pub(super) fn objects(&self) -> Vec<Object> {
        let inputs: Vec<_> = self.inputs.iter().cloned().map(Secret::new).collect();
        super::lint(&inputs, self.authority.as_ref(), &self.helpers, &self.setting).unwrap()
    }

    /// The ids of all that is found, sorted, each once.
    pub(super) fn ids(&self) -> Vec<String> {
        let objects = self.objects();
        let mut ids: Vec<_> =
            objects.iter().flat_map(|object| &object.findings).map(|finding| finding.id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl From<Draft> for Scene {
    fn from(draft: Draft) -> Self {
        Self::new(&[draft.pem()])
    }
}

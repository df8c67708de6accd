//! Certificates and revocation lists as no honest authority makes them: whatever was asked for, signed.

use anyhow::{Result, anyhow};
use base64ct::{Base64, Encoding};
use sealwright_core::key::PrivateKey;

use crate::engine;
use crate::forgery::{SEQUENCE, SET, element};

const ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const RSA_SHA256: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
const COMMON_NAME: &[u8] = b"\x06\x03\x55\x04\x03";
/// 2026-01-01 to 2036-01-01.
const VALIDITY: &[u8] = b"\x30\x1e\x17\x0d260101000000Z\x17\x0d360101000000Z";
/// Within it.
pub const NOW: u64 = 1_795_000_000;

const CONTEXT_0: u8 = 0xa0;
const CONTEXT_3: u8 = 0xa3;

/// A key with its signature algorithm.
pub struct Key {
    private: PrivateKey,
    algorithm: &'static [u8],
}

impl Key {
    /// A key of the tests by its file name.
    ///
    /// # Errors
    /// If there is none, or its algorithm is not one of those here.
    pub fn of(name: &str) -> Result<Self> {
        let private =
            PrivateKey::from_pem(&engine::key(name)?).map_err(|error| anyhow!("{name}: {error}"))?;
        let algorithm = if name.starts_with("rsa") { RSA_SHA256 } else { ECDSA_SHA256 };
        Ok(Self { private, algorithm })
    }

    /// Something with its algorithm and a signature: a certificate or a list, PEM.
    fn sign(&self, label: &str, body: &[u8]) -> Result<String> {
        let scheme = self.private.public_key().signature_scheme();
        let signature = self.private.sign(scheme, body).map_err(|error| anyhow!("{error}"))?;
        Ok(sealed(label, body, self.algorithm, &signature))
    }
}

/// What a certificate says.
pub struct Template<'a> {
    /// Its common name.
    pub subject: &'a str,
    /// The issuer's.
    pub issuer: &'a str,
    /// Below zero, it is so in the certificate.
    pub serial: i32,
    /// Whole elements.
    pub extensions: Vec<Vec<u8>>,
}

impl Template<'_> {
    /// The certificate of a key, PEM.
    ///
    /// # Errors
    /// If the issuer's key does not sign.
    pub fn sign(&self, key: &Key, issuer: &Key) -> Result<String> {
        let extensions: Vec<_> = self.extensions.iter().map(Vec::as_slice).collect();
        let extensions = match extensions.as_slice() {
            [] => Vec::new(),
            own => element(CONTEXT_3, &[&element(SEQUENCE, own)]),
        };
        // A first octet of its own keeps it positive, and as short as DER has it.
        let sign: &[u8] = if self.serial < 0 { &[0x80] } else { &[1] };
        let body = element(
            SEQUENCE,
            &[
                &element(CONTEXT_0, &[b"\x02\x01\x02"]),
                &element(2, &[sign, &self.serial.to_be_bytes()]),
                issuer.algorithm,
                &name(self.issuer),
                VALIDITY,
                &name(self.subject),
                key.private.public_key().spki(),
                &extensions,
            ],
        );
        issuer.sign("CERTIFICATE", &body)
    }
}

/// A revocation list without entries under a signature that nobody made, PEM.
#[must_use]
pub fn unsigned_list(issuer: &str, number: u32, extensions: &[&[u8]]) -> String {
    let number = element(2, &[&[1], &number.to_be_bytes()]);
    let number = extension(b"\x55\x1d\x14", false, &number);
    let own: Vec<_> = std::iter::once(number.as_slice()).chain(extensions.iter().copied()).collect();
    let body = element(
        SEQUENCE,
        &[
            b"\x02\x01\x01",
            ECDSA_SHA256,
            &name(issuer),
            b"\x17\x0d260101000000Z",
            b"\x17\x0d360101000000Z",
            &element(CONTEXT_0, &[&element(SEQUENCE, &own)]),
        ],
    );
    sealed("X509 CRL", &body, ECDSA_SHA256, b"\x30\x06\x02\x01\x01\x02\x01\x01")
}

fn sealed(label: &str, body: &[u8], algorithm: &[u8], signature: &[u8]) -> String {
    pem(label, &element(SEQUENCE, &[body, algorithm, &element(3, &[&[0], signature])]))
}

/// An extension by the octets of its identifier.
#[must_use]
pub fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { b"\x01\x01\xff" } else { b"" };
    element(SEQUENCE, &[&element(6, &[id]), critical, &element(4, &[value])])
}

/// Basic constraints of an authority, and the key usage that goes with them.
#[must_use]
pub fn authority() -> Vec<Vec<u8>> {
    let constraints = extension(b"\x55\x1d\x13", true, b"\x30\x03\x01\x01\xff");
    vec![constraints, extension(b"\x55\x1d\x0f", true, b"\x03\x02\x01\x06")]
}

/// The key identifiers: its own, and its issuer's.
#[must_use]
pub fn key_identifiers(own: &str, issuer: &str) -> Vec<Vec<u8>> {
    let subject = extension(b"\x55\x1d\x0e", false, &element(4, &[own.as_bytes()]));
    let issuer = element(SEQUENCE, &[&element(0x80, &[issuer.as_bytes()])]);
    vec![subject, extension(b"\x55\x1d\x23", false, &issuer)]
}

/// Alternative names of servers.
#[must_use]
pub fn servers(names: &[String]) -> Vec<u8> {
    let names: Vec<_> = names.iter().map(|name| element(0x82, &[name.as_bytes()])).collect();
    let names: Vec<_> = names.iter().map(Vec::as_slice).collect();
    extension(b"\x55\x1d\x11", false, &element(SEQUENCE, &names))
}

fn name(common_name: &str) -> Vec<u8> {
    let value = element(SEQUENCE, &[COMMON_NAME, &element(12, &[common_name.as_bytes()])]);
    element(SEQUENCE, &[&element(SET, &[&value])])
}

/// PEM around DER.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

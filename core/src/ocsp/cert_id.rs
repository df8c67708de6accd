//! Which certificate is meant: a digest of its issuer's name and key, and its serial number (RFC 6960 4.1.1).

use alloc::vec::Vec;

use der::{
    Decode, Encode, Sequence,
    asn1::{IntRef, OctetString},
};
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    crl::SerialNumber,
    error::{Error, ErrorCode},
    key::PublicKey,
    signed::malformed,
};

/// CertID.
#[derive(Sequence)]
struct Fields<'a> {
    hash_algorithm: AlgorithmIdentifierOwned,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial_number: IntRef<'a>,
}

/// A CertID as it came; a response repeats its octets.
#[derive(Clone)]
pub(crate) struct CertId {
    pub(crate) der: Vec<u8>,
    /// None for one that is not known here: then the issuer is not known either.
    pub(crate) digest: Option<DigestAlgorithm>,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    /// None for a number that no certificate of ours has: negative, or longer than 20 octets.
    pub(crate) serial: Option<SerialNumber>,
}

/// What a CertID's digests are made of.
pub(crate) struct Issuer {
    name: Vec<u8>,
    key: PublicKey,
}

impl Issuer {
    /// The issuer whose certificate this is.
    ///
    /// # Errors
    /// `KeyMalformed`, `KeyUnsupported`.
    pub(crate) fn new(certificate: &Certificate) -> Result<Self, Error> {
        Ok(Self { name: certificate.subject().to_vec(), key: certificate.public_key()? })
    }
}

impl CertId {
    /// Reads a CertID.
    ///
    /// # Errors
    /// `OcspCertIdMalformed`.
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, Error> {
        let fields = Fields::from_der(der)
            .map_err(|error| malformed(ErrorCode::OcspCertIdMalformed, "CertID", error))?;
        Ok(Self {
            der: der.to_vec(),
            digest: DigestAlgorithm::from_oid(fields.hash_algorithm.oid)
                .ok()
                .filter(|digest| *digest != DigestAlgorithm::Md5),
            name_hash: fields.issuer_name_hash.as_bytes().to_vec(),
            key_hash: fields.issuer_key_hash.as_bytes().to_vec(),
            serial: SerialNumber::from_integer(fields.serial_number.as_bytes()),
        })
    }

    /// The CertID that a client makes for a certificate of this issuer.
    ///
    /// # Errors
    /// `EncodingFailed`, not in practice.
    pub(crate) fn new(digest: DigestAlgorithm, issuer: &Issuer, serial: SerialNumber) -> Result<Self, Error> {
        let serial = serial.to_integer();
        let fields = Fields {
            // NULL is what clients write, and RFC 5019 responses are looked up by these octets.
            hash_algorithm: AlgorithmIdentifierOwned {
                oid: digest.oid(),
                parameters: Some(der::asn1::Null.into()),
            },
            issuer_name_hash: OctetString::new(digest.digest(&issuer.name))?,
            issuer_key_hash: OctetString::new(digest.digest(issuer.key.bit_string()))?,
            serial_number: IntRef::new(&serial)?,
        };
        Self::from_der(&fields.to_der()?)
    }

    /// Whether the certificate meant is one of this issuer's.
    pub(crate) fn is_issued_by(&self, issuer: &Issuer) -> bool {
        self.serial.is_some()
            && self.digest.is_some_and(|digest| {
                digest.digest(&issuer.name) == self.name_hash
                    && digest.digest(issuer.key.bit_string()) == self.key_hash
            })
    }
}

//! From what a certificate is to say to its signed bytes, and the record of it.

pub(crate) mod applicant;

use alloc::{string::String, vec::Vec};

use der::{
    Decode, Encode,
    asn1::{AnyRef, IntRef},
};
use serde::Serialize;
use x509_cert::{
    certificate::Version,
    ext::{
        Extension,
        pkix::{SubjectAltName, SubjectKeyIdentifier},
    },
};

use crate::{
    alternative_name,
    authority::OpenAuthority,
    certificate::{Certificate, TbsCertificate},
    crl::{SerialNumber, partition},
    distinguished_name,
    error::Error,
    extension, hex,
    jwk::thumbprint,
    key::PublicKey,
    keys::{Halt, Keys},
    seed::Seed,
    serial_number,
    signed::Signed,
    validity::{Lifetime, Period},
};

/// What a certificate is to say; its serial number comes from the seed and from the rest.
pub(crate) struct Issuance<'a> {
    pub(crate) seed: &'a Seed,
    pub(crate) period: Period,
    pub(crate) subject: &'a [u8],
    pub(crate) public_key: &'a PublicKey,
    pub(crate) extensions: Vec<Extension>,
}

/// Who signs it.
pub(crate) enum Signer<'a> {
    /// An authority.
    Authority(&'a OpenAuthority),
    /// The subject itself, with the key of this id.
    Subject(&'a str),
}

impl Issuance<'_> {
    /// Signs the certificate. The one question to the key is the last thing that happens.
    pub(crate) fn sign(mut self, signer: &Signer<'_>, keys: &mut Keys<'_>) -> Result<Certificate, Halt> {
        let (issuer, signing_key) = match signer {
            Signer::Authority(authority) => (authority.certificate.subject(), authority.public_key()),
            Signer::Subject(_) => (self.subject, self.public_key),
        };
        let algorithm = signing_key.signature_scheme().algorithm();
        let unnumbered = self.content(&[0], issuer, signing_key)?;
        let serial_number = serial_number::generate(self.seed, &unnumbered);
        if let Signer::Authority(authority) = signer {
            self.name_partition(&authority.value.crl_urls, &serial_number)?;
        }
        let content = self.content(&serial_number, issuer, signing_key)?;
        let signature = match signer {
            Signer::Authority(authority) => authority.sign(keys, &content)?,
            Signer::Subject(id) => keys.sign(id, self.public_key, &content)?,
        };
        Ok(Certificate::from_der(&Signed::assemble(&content, algorithm, &signature)?)?)
    }

    /// Where the authority's list is in parts, the certificate names its own part. Which that is, its serial
    /// number says, and that depends on everything else in the certificate.
    fn name_partition(&mut self, crl_urls: &[String], serial_number: &[u8]) -> Result<(), Error> {
        let Some(serial_number) = SerialNumber::from_integer(serial_number) else { return Ok(()) };
        let Some(urls) = partition::of_certificate(crl_urls, serial_number)? else { return Ok(()) };
        let point = extension::crl_distribution_points(&urls)?;
        for own in self.extensions.iter_mut().filter(|own| own.extn_id == point.extn_id) {
            own.clone_from(&point);
        }
        Ok(())
    }

    fn content(
        &self,
        serial_number: &[u8],
        issuer: &[u8],
        signing_key: &PublicKey,
    ) -> Result<Vec<u8>, Error> {
        let tbs = TbsCertificate {
            version: Version::V3,
            serial_number: IntRef::new(serial_number)?,
            signature: signing_key.signature_scheme().algorithm().identifier(),
            issuer: AnyRef::from_der(issuer)?,
            validity: Lifetime(self.period.to_validity()?),
            subject: AnyRef::from_der(self.subject)?,
            subject_public_key_info: AnyRef::from_der(self.public_key.spki())?,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions.clone()),
        };
        Ok(tbs.to_der()?)
    }
}

/// What an inventory keeps of a certificate; made here so that nobody else has to parse one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateRecord {
    /// The serial number in hexadecimal.
    pub serial: String,
    /// The subject as RFC 4514 writes it.
    pub subject: String,
    /// The first common name of the subject.
    pub common_name: Option<String>,
    /// The issuer as RFC 4514 writes it.
    pub issuer: String,
    /// The subject alternative names as `form:value`.
    pub subject_alternative_names: Vec<String>,
    /// The first second of its life, Unix seconds.
    pub not_before: u64,
    /// The last second of its life, Unix seconds.
    pub not_after: u64,
    /// The profile's name.
    pub profile: String,
    /// SHA-256 of the certificate's DER in hexadecimal.
    pub sha256: String,
    /// SHA-256 of its SubjectPublicKeyInfo in hexadecimal.
    pub public_key_sha256: String,
    /// The subject key identifier (RFC 5280 4.2.1.2) in hexadecimal.
    pub subject_key_identifier: Option<String>,
    /// The thumbprint of its key as a JWK (RFC 7638 with SHA-256), where it has a form as one.
    pub jwk_thumbprint: Option<String>,
    /// SHA-256 of the request's DER in hexadecimal, if there was one.
    pub csr_sha256: Option<String>,
}

impl CertificateRecord {
    /// The record of a certificate that was just issued.
    ///
    /// # Errors
    /// Those of parsing its extensions.
    pub(crate) fn new(
        certificate: &Certificate,
        profile: &str,
        csr_sha256: Option<String>,
    ) -> Result<Self, Error> {
        let names: Option<SubjectAltName> = certificate.extension()?;
        let identifier: Option<SubjectKeyIdentifier> = certificate.extension()?;
        Ok(Self {
            serial: certificate.serial_hex(),
            subject: certificate.subject_text(),
            common_name: distinguished_name::common_name(certificate.subject()),
            issuer: certificate.issuer_text(),
            subject_alternative_names: names
                .map_or_else(Vec::new, |names| names.0.iter().map(alternative_name::to_text).collect()),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            profile: profile.into(),
            sha256: certificate.sha256(),
            public_key_sha256: hex::sha256(certificate.spki()),
            subject_key_identifier: identifier.map(|identifier| hex::encode(identifier.0.as_bytes())),
            jwk_thumbprint: thumbprint(&certificate.public_key()?).ok(),
            csr_sha256,
        })
    }
}

//! Certificates (RFC 5280 section 4): read leniently where the field needs it, written strictly.

use alloc::{format, string::String, vec::Vec};

use const_oid::AssociatedOid;
use der::{
    Decode, Encode, Sequence,
    asn1::{Any, AnyRef, BitStringRef, IntRef},
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{certificate::Version, ext::Extension, name::Name, time::Validity};

use crate::{
    algorithm::SignatureAlgorithm,
    distinguished_name,
    error::{Error, ErrorCode},
    hex,
    key::PublicKey,
    object_identifier, pem,
    signed::{Signed, malformed},
    validity::{Lifetime, Period},
};

const LABELS: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// The signed part. Names and key stay the bytes that they are, so that nothing is encoded anew;
/// serial numbers longer than RFC 5280 allows, which clients' own certificates have, can be read.
#[derive(Sequence)]
pub(crate) struct TbsCertificate<'a> {
    #[asn1(context_specific = "0", default = "Default::default")]
    pub(crate) version: Version,
    pub(crate) serial_number: IntRef<'a>,
    pub(crate) signature: AlgorithmIdentifierOwned,
    pub(crate) issuer: AnyRef<'a>,
    pub(crate) validity: Lifetime,
    pub(crate) subject: AnyRef<'a>,
    pub(crate) subject_public_key_info: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) issuer_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) subject_unique_id: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// A parsed certificate together with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    signed: Signed,
    version: Version,
    serial_number: Vec<u8>,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    validity: Validity,
    spki: Vec<u8>,
    extensions: Vec<Extension>,
    names_its_algorithm: bool,
}

impl Certificate {
    /// Reads a certificate in DER, of any version.
    ///
    /// # Errors
    /// `CertificateMalformed`.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let (certificate, within) = Self::parse(der)
            .map_err(|error| malformed(ErrorCode::CertificateMalformed, "certificate", error))?;
        let refused = |detail| Error::new(ErrorCode::CertificateMalformed, detail);
        let beside = &certificate.signed.algorithm;
        if within.oid != beside.oid {
            let [within, beside] = [within.oid, beside.oid].map(|oid| object_identifier::name(&oid));
            return Err(refused(format!(
                "found the signature algorithm {within} within the certificate and {beside} beside it, wanted the \
                 same (RFC 5280 4.1.1.2)"
            )));
        }
        if parameters(&within) != parameters(beside) {
            return Err(refused(format!(
                "found other parameters of the signature algorithm {} within the certificate than beside it, wanted \
                 the same (RFC 5280 4.1.1.2)",
                object_identifier::name(&beside.oid)
            )));
        }
        refuse_duplicates(&certificate.extensions).map_err(refused)?;
        Ok(certificate)
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// `PemMalformed`, `CertificateMalformed`.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::decode(text, LABELS)?)
    }

    /// The certificate as a PEM block.
    ///
    /// # Errors
    /// None in practice; see [`pem::encode`].
    pub fn to_pem(&self) -> Result<String, Error> {
        pem::encode("CERTIFICATE", &self.der)
    }

    /// The certificate, and the signature algorithm within it.
    fn parse(der: &[u8]) -> der::Result<(Self, AlgorithmIdentifierOwned)> {
        let signed = Signed::from_der(der)?;
        let tbs = TbsCertificate::from_der(&signed.content)?;
        let extensions = tbs.extensions.unwrap_or_default();
        Name::from_der(&tbs.issuer.to_der()?)?;
        Name::from_der(&tbs.subject.to_der()?)?;
        let certificate = Self {
            der: der.to_vec(),
            version: tbs.version,
            serial_number: tbs.serial_number.as_bytes().to_vec(),
            issuer: tbs.issuer.to_der()?,
            subject: tbs.subject.to_der()?,
            validity: tbs.validity.0,
            spki: tbs.subject_public_key_info.to_der()?,
            extensions,
            names_its_algorithm: tbs.signature == signed.algorithm,
            signed: signed.clone(),
        };
        Ok((certificate, tbs.signature))
    }

    /// The whole certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The signed content, the algorithm and the signature.
    #[must_use]
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }

    /// The version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The content octets of the serial number, two's complement, as they came.
    #[must_use]
    pub fn serial_number(&self) -> &[u8] {
        &self.serial_number
    }

    /// The serial number in hexadecimal, without the leading zero octet of a positive number.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        hex::encode(match self.serial_number.as_slice() {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        })
    }

    /// The issuer's name in DER.
    #[must_use]
    pub fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// The subject's name in DER.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The issuer's name as RFC 4514 writes it.
    #[must_use]
    pub fn issuer_text(&self) -> String {
        distinguished_name::to_text(&self.issuer)
    }

    /// The subject's name as RFC 4514 writes it.
    #[must_use]
    pub fn subject_text(&self) -> String {
        distinguished_name::to_text(&self.subject)
    }

    /// The first second of its life, Unix seconds.
    #[must_use]
    pub fn not_before(&self) -> u64 {
        self.validity.not_before.to_unix_duration().as_secs()
    }

    /// The last second of its life, Unix seconds.
    #[must_use]
    pub fn not_after(&self) -> u64 {
        self.validity.not_after.to_unix_duration().as_secs()
    }

    /// Its life.
    #[must_use]
    pub fn period(&self) -> Period {
        Period { not_before: self.not_before(), not_after: self.not_after() }
    }

    /// The SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The subject's public key.
    ///
    /// # Errors
    /// `KeyMalformed`, `KeyUnsupported`.
    pub fn public_key(&self) -> Result<PublicKey, Error> {
        PublicKey::from_spki(&self.spki)
    }

    /// The extensions in their order.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// An extension by its type, if it is there.
    ///
    /// # Errors
    /// `CertificateMalformed` if it is there but does not parse.
    pub fn extension<'a, T: Decode<'a, Error = der::Error> + AssociatedOid>(
        &'a self,
    ) -> Result<Option<T>, Error> {
        self.extensions
            .iter()
            .find(|extension| extension.extn_id == T::OID)
            .map(|extension| T::from_der(extension.extn_value.as_bytes()))
            .transpose()
            .map_err(|error| {
                malformed(ErrorCode::CertificateMalformed, "extension of the certificate", error)
            })
    }

    /// Whether what is signed names the algorithm of the signature, parameters and all (RFC 5280 4.1.1.2).
    pub(crate) const fn names_its_algorithm(&self) -> bool {
        self.names_its_algorithm
    }

    /// SHA-256 of the DER in hexadecimal: the fingerprint that people compare.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::sha256(&self.der)
    }

    /// Whether its signature is one by the key in it, whatever the names and the digest.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        let verified = self.public_key().and_then(|key| {
            let algorithm = SignatureAlgorithm::from_identifier(&self.signed.algorithm)?;
            key.verify(algorithm, &self.signed.content, &self.signed.signature)
        });
        verified.is_ok()
    }

    /// Whether issuer and subject are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

/// The parameters of an algorithm, of which some clients write NULL in one place and nothing in the other.
fn parameters(algorithm: &AlgorithmIdentifierOwned) -> Option<&Any> {
    algorithm.parameters.as_ref().filter(|parameters| !parameters.is_null())
}

/// One extension of a type, no more (RFC 5280 4.2): of two, each reader believes another one.
///
/// # Errors
/// Which one stands twice, in words.
pub(crate) fn refuse_duplicates(extensions: &[Extension]) -> Result<(), String> {
    let mut types: Vec<_> = extensions.iter().map(|extension| extension.extn_id).collect();
    types.sort_unstable();
    let repeated = types.iter().zip(types.iter().skip(1)).find(|(one, next)| one == next);
    repeated.map_or(Ok(()), |(oid, _)| {
        let name = object_identifier::name(oid);
        Err(format!("found the extension {name} twice, wanted it once at most (RFC 5280 4.2)"))
    })
}

#[cfg(test)]
mod tests {
    use const_oid::db::rfc5280;
    use x509_cert::ext::pkix::BasicConstraints;

    use super::*;
    use crate::{
        algorithm::SignatureScheme,
        extension,
        testing::{private_key, root},
    };

    fn changed(change: impl FnOnce(&mut TbsCertificate<'_>)) -> Result<Certificate, Error> {
        let root = Certificate::from_pem(&root().certificate)?;
        let mut tbs = TbsCertificate::from_der(&root.signed().content)?;
        change(&mut tbs);
        let (content, scheme) = (tbs.to_der()?, SignatureScheme::RsaPkcs1Sha256);
        let signature = private_key("root").sign(scheme, &content)?;
        Certificate::from_der(&Signed::assemble(&content, scheme.algorithm(), &signature)?)
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        assert!(changed(|_| ()).is_ok());
        let second = extension::extension(true, &BasicConstraints { ca: false, path_len_constraint: None });
        let twice = changed(|tbs| tbs.extensions.as_mut().unwrap().push(second.unwrap()));
        let twice = twice.unwrap_err();
        assert_eq!(twice.code, ErrorCode::CertificateMalformed);
        assert!(twice.detail.contains("the extension basicConstraints twice"), "{twice}");
        let other = SignatureScheme::EcdsaP256Sha256.algorithm().identifier();
        let two_algorithms = changed(|tbs| tbs.signature = other);
        let two_algorithms = two_algorithms.unwrap_err();
        assert_eq!(two_algorithms.code, ErrorCode::CertificateMalformed);
        assert!(two_algorithms.detail.contains("ecdsa-with-SHA256 within"), "{two_algorithms}");
        assert!(changed(|tbs| tbs.signature.parameters = None).is_ok(), "NULL beside nothing");
        let parameters = changed(|tbs| tbs.signature.parameters = Some(Any::from(rfc5280::ID_CE)));
        let parameters = parameters.unwrap_err();
        assert_eq!(parameters.code, ErrorCode::CertificateMalformed);
        assert!(parameters.detail.contains("found other parameters"), "{parameters}");
    }
}

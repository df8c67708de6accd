//! A private key together with the certificate of its public half.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    cms::certificate::Certificate,
    error::{Error, ErrorCode},
    keys::{KeyReference, Keys},
    pem,
};

/// A key that signs or decrypts, and the certificate that others know it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedKey {
    /// The private key, by its id.
    pub key: KeyReference,
    /// The certificate (PEM).
    pub certificate: String,
}

impl CertifiedKey {
    /// The certificate in DER, once it is sure that the key, where it is named, is the one in it.
    ///
    /// # Errors
    /// `PemMalformed`, `CertificateMalformed`, `KeyMismatch`, and the parse errors of a key.
    pub(crate) fn certificate(&self, keys: &Keys<'_>) -> Result<Vec<u8>, Error> {
        let der = certificate_from_pem(&self.certificate)?;
        let certified = Certificate::read(&der)?.public_key()?;
        if self.key.public_key.is_some() && keys.public_key(&self.key)? != certified {
            return Err(Error::new(
                ErrorCode::KeyMismatch,
                format_args!("the certificate is not one of the key {:?}", self.key.id),
            )
            .at("key"));
        }
        Ok(der)
    }
}

/// The DER of one certificate in PEM.
///
/// # Errors
/// `PemMalformed`.
pub(crate) fn certificate_from_pem(text: &str) -> Result<Vec<u8>, Error> {
    pem::decode(text, &["CERTIFICATE", "X509 CERTIFICATE"])
}

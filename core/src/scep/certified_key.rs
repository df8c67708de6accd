//! A private key together with the certificate of its public half.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    keys::{KeyReference, Keys},
};

/// A key that signs or decrypts, and the certificate that others know it by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CertifiedKey {
    /// The private key, by its id.
    pub key: KeyReference,
    /// The certificate (PEM).
    pub certificate: String,
}

impl CertifiedKey {
    /// The certificate, once it is sure that the key, where it is named, is the one in it.
    ///
    /// # Errors
    /// `PemMalformed`, `CertificateMalformed`, `KeyMismatch`, and the parse errors of a key.
    pub(crate) fn certificate(&self, keys: &Keys<'_>) -> Result<Certificate, Error> {
        let certificate = Certificate::from_pem(&self.certificate)?;
        let certified = certificate.public_key()?;
        if self.key.public_key.is_some() && keys.public_key(&self.key)? != certified {
            return Err(Error::new(
                ErrorCode::KeyMismatch,
                format_args!("the certificate is not one of the key {:?}", self.key.id),
            )
            .at("key"));
        }
        Ok(certificate)
    }
}

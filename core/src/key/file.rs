//! Private keys as files hold them: PKCS#8 plain and encrypted (RFC 5958), PKCS#1 (RFC 8017 A.1.2), SEC1 (RFC 5915),
//! in PEM with OpenSSL's old encryption or in DER.

use alloc::{format, string::String, vec::Vec};

use base64ct::Base64UrlUnpadded;
use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef},
};
use pkcs8::PrivateKeyInfoRef;
use rsa::pkcs1;
use serde::Serialize;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{PrivateKey, dek_info, encrypted, encrypted::EncryptedPrivateKeyInfo};
use crate::{
    error::{Error, ErrorCode},
    password::Password,
    password_encryption::{self, Work},
    pem, secret,
};

/// The largest file; the largest key has five thousand octets.
const MAX_FILE: usize = 64 * 1024;

const EC_PUBLIC_KEY: ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;

/// The form in which a private key was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyFormat {
    /// PKCS#8 (RFC 5958).
    Pkcs8,
    /// RSAPrivateKey (RFC 8017 A.1.2).
    Pkcs1,
    /// ECPrivateKey (RFC 5915).
    Sec1,
}

/// A private key out of a file.
pub struct KeyFile {
    /// The key.
    pub key: PrivateKey,
    /// In which form it was.
    pub format: KeyFormat,
    /// Whether a password protected it.
    pub encrypted: bool,
}

/// RFC 5915 section 3.
#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<AnyRef<'a>>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

impl KeyFile {
    /// Reads a text: the first private key in PEM, or DER in base64url.
    ///
    /// # Errors
    /// `PrivateKeyAbsent`, `KeyPasswordMissing`, `KeyPasswordWrong`, `KeyEncryptionRefused`,
    /// `KeyDerivationTooCostly`, `KeyTooSmall`, `KeyUnsupported`, `KeyMalformed`, `PemMalformed`, `RequestTooLarge`.
    pub fn read(input: &str, password: Option<&Password>) -> Result<Self, Error> {
        if input.len() > MAX_FILE {
            return Err(Error::new(
                ErrorCode::RequestTooLarge,
                format_args!("found a key file of {} bytes, wanted at most {MAX_FILE}", input.len()),
            ));
        }
        if !input.contains("-----BEGIN ") {
            let der = secret::decode::<Base64UrlUnpadded>(input.trim())
                .ok_or_else(|| absent("found text that is neither PEM nor base64url"))?;
            return Self::from_der(&der, password);
        }
        let blocks = pem::decode_all(input)?;
        match blocks.iter().find(|block| block.label.ends_with("PRIVATE KEY")) {
            Some(block) => Self::from_block(block, password),
            None => Err(absent(match blocks.first() {
                Some(block) => format!("found a PEM block {:?}, wanted a private key", block.label),
                None => String::from("found no PEM block, wanted a private key"),
            })),
        }
    }

    fn from_block(block: &pem::Block, password: Option<&Password>) -> Result<Self, Error> {
        if block.label == "OPENSSH PRIVATE KEY" {
            return Err(Error::new(
                ErrorCode::KeyUnsupported,
                "found a private key in OpenSSH's own format, wanted PKCS#8, PKCS#1 or SEC1",
            ));
        }
        let Some(info) = &block.dek_info else {
            return Self::from_der(&block.der, password);
        };
        let password = password.ok_or_else(encrypted::password_missing)?;
        password.check_length()?;
        let der = dek_info::open(info, password, &block.der)?.filter(|der| Form::of(der).is_some());
        let der = der.ok_or_else(|| password_encryption::password_wrong().at("password"))?;
        Ok(Self { encrypted: true, ..Self::from_der(&der, None)? })
    }

    /// Reads DER of any of the forms.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub(crate) fn from_der(der: &[u8], password: Option<&Password>) -> Result<Self, Error> {
        let (key, format, encrypted) = match Form::of(der) {
            Some(Form::Pkcs8) => (PrivateKey::from_pkcs8(der)?, KeyFormat::Pkcs8, false),
            Some(Form::Encrypted(info)) => {
                let password = password.ok_or_else(encrypted::password_missing)?;
                password.check_length()?;
                let opened = info.open(password, &mut Work::new()).map_err(|error| match error.code {
                    ErrorCode::KeyPasswordWrong => error.at("password"),
                    _ => error,
                })?;
                (PrivateKey::from_pkcs8(&opened)?, KeyFormat::Pkcs8, true)
            }
            Some(Form::Pkcs1) => (PrivateKey::from_pkcs1(der)?, KeyFormat::Pkcs1, false),
            Some(Form::Sec1(key)) => (from_sec1(der, &key)?, KeyFormat::Sec1, false),
            None => {
                return Err(absent(
                    "found something that is no private key: neither PKCS#8, PKCS#1 nor SEC1",
                ));
            }
        };
        Ok(Self { key, format, encrypted })
    }
}

enum Form<'a> {
    Pkcs8,
    Encrypted(EncryptedPrivateKeyInfo<'a>),
    Pkcs1,
    Sec1(EcPrivateKey<'a>),
}

impl<'a> Form<'a> {
    fn of(der: &'a [u8]) -> Option<Self> {
        if PrivateKeyInfoRef::from_der(der).is_ok() {
            return Some(Self::Pkcs8);
        }
        if let Ok(info) = EncryptedPrivateKeyInfo::from_der(der) {
            return Some(Self::Encrypted(info));
        }
        if pkcs1::RsaPrivateKeyRef::from_der(der).is_ok() {
            return Some(Self::Pkcs1);
        }
        EcPrivateKey::from_der(der).ok().filter(|key| key.version == 1).map(Self::Sec1)
    }
}

fn from_sec1(der: &[u8], key: &EcPrivateKey<'_>) -> Result<PrivateKey, Error> {
    let parameters = key.parameters.ok_or_else(|| {
        Error::new(ErrorCode::KeyMalformed, "found an EC private key (SEC1) that does not name its curve")
    })?;
    let algorithm = AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(parameters) };
    let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(der)?);
    let mut pkcs8 = Zeroizing::new(Vec::new());
    pkcs8.resize(usize::try_from(info.encoded_len()?).unwrap_or_default(), 0);
    info.encode_to_slice(&mut pkcs8)?;
    PrivateKey::from_pkcs8(&pkcs8)
}

fn absent(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::PrivateKeyAbsent, detail)
}

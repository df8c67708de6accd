//! AuthenticatedSafe (RFC 7292 section 4.1): contents that are plain or encrypted, one after the other.

use alloc::vec::Vec;

use const_oid::db::rfc5911;
use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, OctetStringRef},
};
use rand_core::Rng;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::{
    MAX_BAGS,
    bag::{self, Bag},
    in_structure, mac, malformed, straighten,
};
use crate::{
    cms::{
        content_info::{self, ContentInfo},
        enveloped_data::{EncryptedContentInfo, join_segments},
    },
    error::{Error, ErrorCode},
    password::Password,
    password_encryption::{self, Derivation, Work},
};

/// How many contents a file may have; everybody's has one or two.
const MAX_CONTENTS: usize = 64;

/// RFC 5652 section 8.
#[derive(Sequence)]
struct EncryptedData<'a> {
    version: u8,
    encrypted_content_info: EncryptedContentInfo<'a>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    unprotected_attrs: Option<crate::cms::set::SetOf<'a>>,
}

/// The bags of all contents.
///
/// # Errors
/// `Pkcs12Malformed`, `KeystorePasswordWrong`, `KeystoreProtectionRefused`, `KeyEncryptionRefused`,
/// `KeyDerivationTooCostly`.
pub(super) fn open(encoded: &[u8], password: &Password, work: &mut Work) -> Result<Vec<Bag>, Error> {
    let der = straighten(encoded)?;
    let contents = Vec::<ContentInfo<'_>>::from_der(&der).map_err(in_structure("AuthenticatedSafe"))?;
    if contents.len() > MAX_CONTENTS {
        return Err(malformed(format_args!("found more than {MAX_CONTENTS} contents")));
    }
    let mut bags = Vec::new();
    for content in contents {
        let safe = open_content(&content, password, work)?;
        bag::read_safe_contents(&safe, &mut bags)?;
        if bags.len() > MAX_BAGS {
            return Err(malformed(format_args!("found more than {MAX_BAGS} bags")));
        }
    }
    for bag in &mut bags {
        bag.open_key(password, work);
    }
    Ok(bags)
}

/// The SafeContents in one content.
fn open_content(
    info: &ContentInfo<'_>,
    password: &Password,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    match info.content_type {
        rfc5911::ID_DATA => {
            let data: &OctetStringRef = info.content.decode_as().map_err(in_structure("data"))?;
            Ok(Zeroizing::new(data.as_bytes().to_vec()))
        }
        rfc5911::ID_ENCRYPTED_DATA => {
            let data: EncryptedData<'_> = info.content.decode_as().map_err(in_structure("EncryptedData"))?;
            let content = data.encrypted_content_info;
            let encrypted =
                content.encrypted_content.ok_or_else(|| malformed("found no encrypted content"))?;
            let encrypted = join_segments(encrypted).map_err(|error| malformed(error.detail))?;
            let plausible = |octets: &[u8]| straighten(octets).is_ok_and(|der| der.first() == Some(&0x30));
            let algorithm = &content.content_encryption_algorithm;
            password_encryption::open(algorithm, password, &encrypted, work, plausible).map_err(|error| {
                match error.code {
                    ErrorCode::KeyPasswordWrong => mac::password_wrong(),
                    _ => error,
                }
            })
        }
        rfc5911::ID_ENVELOPED_DATA => Err(Error::new(
            ErrorCode::KeystoreProtectionRefused,
            "found content encrypted for the holder of a certificate, wanted a password",
        )),
        other => Err(malformed(format_args!("found content of the type {other}, wanted data"))),
    }
}

/// Certificates encrypted as a whole, then keys, each encrypted by itself: the order of OpenSSL.
///
/// # Errors
/// `FieldInvalid` for a count of iterations that is refused.
pub(super) fn seal(
    bags: &[Bag],
    password: &Password,
    iterations: u32,
    rng: &mut impl Rng,
) -> Result<Vec<u8>, Error> {
    let (keys, certificates): (Vec<&Bag>, Vec<&Bag>) = bags.iter().partition(|bag| bag.is_key());
    let mut contents = Vec::new();
    if !certificates.is_empty() {
        let safe = bag::write_safe_contents(&certificates, password, iterations, rng)?;
        contents.push(encrypted_data(&safe, password, iterations, rng)?);
    }
    if !keys.is_empty() {
        let safe = bag::write_safe_contents(&keys, password, iterations, rng)?;
        contents.push(content_info::wrap(rfc5911::ID_DATA, &OctetStringRef::new(&safe)?.to_der()?)?);
    }
    let contents =
        contents.iter().map(|content| AnyRef::from_der(content)).collect::<der::Result<Vec<_>>>()?;
    Ok(contents.to_der()?)
}

fn encrypted_data(
    safe: &[u8],
    password: &Password,
    iterations: u32,
    rng: &mut impl Rng,
) -> Result<Vec<u8>, Error> {
    let (algorithm, encrypted) =
        password_encryption::seal(Derivation::Pbkdf2Sha256, Some(iterations), password, safe, rng)?;
    let algorithm = algorithm.to_der()?;
    let data = EncryptedData {
        version: 0,
        encrypted_content_info: EncryptedContentInfo::of_data(
            AlgorithmIdentifierRef::from_der(&algorithm)?,
            &encrypted,
        )?,
        unprotected_attrs: None,
    };
    content_info::wrap(rfc5911::ID_ENCRYPTED_DATA, &data.to_der()?)
}

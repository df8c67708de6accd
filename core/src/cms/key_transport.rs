//! Key transport algorithms (RFC 3370 section 4.2.1; RFC 3560).

use const_oid::db::rfc5912;
use der::{Any, Decode, Encode, Tag, asn1::Null};
use pkcs1::{RsaOaepParams, RsaOaepParamsOwned};
use sha2::Sha256;
use spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef};

use crate::{
    algorithm::KeyTransport,
    error::{Error, ErrorCode},
};

/// The key transport that an AlgorithmIdentifier names. OAEP without parameters means its
/// defaults, as Windows writes it.
///
/// # Errors
/// `CmsKeyTransportRefused`.
pub(super) fn read(identifier: &AlgorithmIdentifierRef<'_>) -> Result<KeyTransport, Error> {
    match identifier.oid {
        rfc5912::RSA_ENCRYPTION => Ok(KeyTransport::RsaPkcs1),
        rfc5912::ID_RSAES_OAEP => match identifier.parameters {
            None => Ok(KeyTransport::RsaOaepSha1),
            Some(parameters) if parameters.is_null() => Ok(KeyTransport::RsaOaepSha1),
            Some(parameters) => read_oaep(&parameters.to_der()?),
        },
        oid => Err(refused(format_args!("found the key transport {oid}, wanted RSA PKCS#1 v1.5 or OAEP"))),
    }
}

fn read_oaep(parameters: &[u8]) -> Result<KeyTransport, Error> {
    let parameters = RsaOaepParamsOwned::from_der(parameters)
        .map_err(|error| refused(format_args!("found OAEP parameters that are none: {error}")))?;
    let mask_hash = parameters.mask_gen.parameters.map(|hash| hash.oid);
    let label = parameters.p_source.parameters.is_some_and(|label| !label.value().is_empty());
    match parameters.hash.oid {
        hash if parameters.mask_gen.oid != rfc5912::ID_MGF_1 || mask_hash != Some(hash) || label => {
            Err(refused("found OAEP with a label, or another hash in its mask"))
        }
        rfc5912::ID_SHA_1 => Ok(KeyTransport::RsaOaepSha1),
        rfc5912::ID_SHA_256 => Ok(KeyTransport::RsaOaepSha256),
        hash => Err(refused(format_args!("found OAEP with the hash {hash}, wanted SHA-1 or SHA-256"))),
    }
}

/// The identifier. OAEP's defaults are an empty SEQUENCE: .NET cannot read absent parameters.
pub(super) fn identifier(transport: KeyTransport) -> Result<AlgorithmIdentifierOwned, Error> {
    Ok(match transport {
        KeyTransport::RsaPkcs1 => {
            AlgorithmIdentifierOwned { oid: rfc5912::RSA_ENCRYPTION, parameters: Some(Any::from(Null)) }
        }
        KeyTransport::RsaOaepSha1 => AlgorithmIdentifierOwned {
            oid: rfc5912::ID_RSAES_OAEP,
            parameters: Some(Any::new(Tag::Sequence, [])?),
        },
        KeyTransport::RsaOaepSha256 => AlgorithmIdentifierOwned {
            oid: rfc5912::ID_RSAES_OAEP,
            parameters: Some(Any::from_der(&RsaOaepParams::new::<Sha256>().to_der()?)?),
        },
    })
}

fn refused(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::CmsKeyTransportRefused, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for transport in [KeyTransport::RsaPkcs1, KeyTransport::RsaOaepSha1, KeyTransport::RsaOaepSha256] {
            let written = identifier(transport).unwrap().to_der().unwrap();
            assert_eq!(read(&AlgorithmIdentifierRef::from_der(&written).unwrap()).unwrap(), transport);
        }
    }

    #[test]
    fn absent_oaep_parameters_are_the_defaults() {
        let absent = AlgorithmIdentifierRef { oid: rfc5912::ID_RSAES_OAEP, parameters: None };
        assert_eq!(read(&absent).unwrap(), KeyTransport::RsaOaepSha1);
    }

    #[test]
    fn a_mask_with_another_hash_is_refused() {
        let mut parameters = RsaOaepParams::new::<Sha256>();
        parameters.mask_gen = RsaOaepParams::new::<sha1::Sha1>().mask_gen;
        assert_eq!(
            read_oaep(&parameters.to_der().unwrap()).unwrap_err().code,
            ErrorCode::CmsKeyTransportRefused
        );
        let sha512 = RsaOaepParams::new::<sha2::Sha512>().to_der().unwrap();
        assert_eq!(read_oaep(&sha512).unwrap_err().code, ErrorCode::CmsKeyTransportRefused);
    }
}

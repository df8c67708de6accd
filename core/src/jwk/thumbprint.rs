//! JWK thumbprints (RFC 7638) with SHA-256.

use alloc::string::String;

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use super::Parameters;
use crate::{
    error::{Error, ErrorCode},
    key::PublicKey,
};

/// SHA-256 of the members that make the key, in base64url (RFC 7638 section 3, RFC 8037 appendix A.3).
///
/// # Errors
/// None in practice: `EncodingFailed`.
pub(crate) fn thumbprint(key: &PublicKey) -> Result<String, Error> {
    let json = Parameters::of(key).and_then(|parameters| serde_json::to_vec(&parameters).ok());
    let json = json.ok_or_else(|| Error::new(ErrorCode::EncodingFailed, "the key has no form as a JWK"))?;
    Ok(Base64UrlUnpadded::encode_string(&Sha256::digest(json)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jwk::ReadJwk;

    #[test]
    fn the_examples_of_the_rfcs() {
        for (jwk, wanted) in [
            // RFC 7638 section 3.1
            (
                json!({
                    "kty": "RSA",
                    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
                    "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
                }),
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            ),
            // RFC 8037 appendix A.3
            (
                json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
                "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            ),
        ] {
            let read = ReadJwk::read(jwk.as_object().unwrap()).unwrap();
            assert_eq!(thumbprint(&read.key).unwrap(), wanted);
        }
    }
}

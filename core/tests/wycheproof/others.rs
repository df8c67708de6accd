//! The files of the crate that are not run, each with the reason: what has neither a test nor a line here fails.

/// A reason, and the files that it is true of, in the crate's order.
pub(crate) type Others = [(&'static str, &'static str)];

pub(crate) const RSA_SIGNATURES: &Others = &[
    (
        "SHA-224, SHA-512/224 and SHA-512/256, which no certificate has here",
        "Rsa2048Sha224 Rsa2048Sha512_224 Rsa2048Sha512_256 Rsa3072Sha512_256 Rsa4096Sha512_256",
    ),
    (
        "SHA-3, which no certificate has here",
        "Rsa2048Sha3_224 Rsa2048Sha3_256 Rsa2048Sha3_384 Rsa2048Sha3_512 Rsa3072Sha3_256 Rsa3072Sha3_384 \
         Rsa3072Sha3_512",
    ),
    ("keys of more than 4096 bits, which are refused", "Rsa8192Sha256 Rsa8192Sha384 Rsa8192Sha512"),
];

pub(crate) const ECDSA: &Others = &[
    (
        "r and s side by side (IEEE P1363), which certificates and CMS do not have",
        "EcdsaBrainpool224r1Sha224P1363 EcdsaBrainpool256r1Sha256P1363 EcdsaBrainpool320r1Sha384P1363 \
         EcdsaBrainpool384r1Sha384P1363 EcdsaBrainpool512r1Sha512P1363 EcdsaSecp160k1Sha256P1363 \
         EcdsaSecp160r1Sha256P1363 EcdsaSecp160r2Sha256P1363 EcdsaSecp192k1Sha256P1363 EcdsaSecp192r1Sha256P1363 \
         EcdsaSecp224k1Sha224P1363 EcdsaSecp224k1Sha256P1363 EcdsaSecp224r1Sha224P1363 EcdsaSecp224r1Sha256P1363 \
         EcdsaSecp224r1Sha512P1363 EcdsaSecp224r1Shake128P1363 EcdsaSecp256k1Sha256P1363 \
         EcdsaSecp256k1Sha512P1363 EcdsaSecp256k1Shake128P1363 EcdsaSecp256k1Shake256P1363 \
         EcdsaSecp256r1Sha256P1363 EcdsaSecp256r1Sha512P1363 EcdsaSecp256r1Shake128P1363 \
         EcdsaSecp384r1Sha384P1363 EcdsaSecp384r1Sha512P1363 EcdsaSecp384r1Shake256P1363 \
         EcdsaSecp521r1Sha512P1363 EcdsaSecp521r1Shake256P1363",
    ),
    (
        "curves other than P-256, P-384 and P-521",
        "EcdsaBrainpool224r1Sha224 EcdsaBrainpool256r1Sha256 EcdsaBrainpool320r1Sha384 EcdsaBrainpool384r1Sha384 \
         EcdsaBrainpool512r1Sha512 EcdsaSecp160k1Sha256 EcdsaSecp160r1Sha256 EcdsaSecp160r2Sha256 \
         EcdsaSecp192k1Sha256 EcdsaSecp192r1Sha256 EcdsaSecp224k1Sha224 EcdsaSecp224k1Sha256 \
         EcdsaSecp224r1Sha224 EcdsaSecp224r1Sha256 EcdsaSecp224r1Sha512 EcdsaSecp256k1Sha256 \
         EcdsaSecp256k1Sha512",
    ),
    (
        "SHA-3 and SHAKE, which no certificate has here",
        "EcdsaBrainpool224r1Sha3_224 EcdsaBrainpool256r1Sha3_256 EcdsaBrainpool320r1Sha3_384 \
         EcdsaBrainpool384r1Sha3_384 EcdsaBrainpool512r1Sha3_512 EcdsaSecp224r1Sha3_224 EcdsaSecp224r1Sha3_256 \
         EcdsaSecp224r1Sha3_512 EcdsaSecp224r1Shake128 EcdsaSecp256k1Sha3_256 EcdsaSecp256k1Sha3_512 \
         EcdsaSecp256k1Shake128 EcdsaSecp256k1Shake256 EcdsaSecp256r1Sha3_256 EcdsaSecp256r1Sha3_512 \
         EcdsaSecp256r1Shake128 EcdsaSecp384r1Sha3_384 EcdsaSecp384r1Sha3_512 EcdsaSecp384r1Shake256 \
         EcdsaSecp521r1Sha3_512 EcdsaSecp521r1Shake256",
    ),
    (
        "a curve that certificates here do not have (secp256k1), by the rules of Bitcoin",
        "EcdsaSecp256k1Sha256Bitcoin",
    ),
];

pub(crate) const RSA_OAEP: &Others = &[(
    "digests of OAEP other than SHA-1 twice and SHA-256 twice, which no message has here",
    "Rsa2048Sha224Mgf1Sha1 Rsa2048Sha224Mgf1Sha224 Rsa2048Sha256Mgf1Sha1 Rsa2048Sha384Mgf1Sha1 \
         Rsa2048Sha384Mgf1Sha384 Rsa2048Sha512Mgf1Sha1 Rsa2048Sha512Mgf1Sha512 Rsa2048Sha512_224Mgf1Sha1 \
         Rsa2048Sha512_224Mgf1Sha512_224 Rsa3072Sha256Mgf1Sha1 Rsa3072Sha512Mgf1Sha1 Rsa3072Sha512Mgf1Sha512 \
         Rsa3072Sha512_256Mgf1Sha1 Rsa3072Sha512_256Mgf1Sha512_256 Rsa4096Sha256Mgf1Sha1 Rsa4096Sha512Mgf1Sha1 \
         Rsa4096Sha512Mgf1Sha512",
)];

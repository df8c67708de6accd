//! The one list of error codes, the same in every language.

use alloc::string::{String, ToString};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::place;

/// What went wrong, as a number that is never reused. Blocks of a thousand, one for each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u32)]
pub enum ErrorCode {
    /// The request is not the JSON object that the operation takes.
    RequestMalformed = 1001,
    /// The request, or one value in it, is larger than the limit.
    RequestTooLarge = 1002,
    /// There is no operation of that name.
    OperationUnknown = 1003,
    /// A field of the request has a value that it may not have.
    FieldInvalid = 1004,
    /// An argument of the C interface is NULL or no text where a value is wanted.
    ArgumentInvalid = 1005,
    /// The text holds no PEM block (RFC 7468) of the kind that was wanted.
    PemMalformed = 1101,
    /// A name is not a distinguished name as RFC 4514 writes it.
    NameMalformed = 1102,
    /// A subject alternative name has an unknown form or a value that does not fit its form.
    AlternativeNameMalformed = 1103,
    /// The data is of no kind that this operation knows.
    ObjectUnknown = 1104,

    /// The key ring does not hold the key and the request does not say what its public key is.
    KeyUnknown = 1201,
    /// The key cannot be parsed.
    KeyMalformed = 1202,
    /// The algorithm or size of the key is not one that this engine knows.
    KeyUnsupported = 1203,
    /// The key is not the one whose public half the certificate or request names.
    KeyMismatch = 1204,
    /// The answer to a key question is not a correct result of that question.
    KeyAnswerInvalid = 1205,
    /// The request carries more answers than the operation asked questions.
    KeyAnswerUnexpected = 1206,
    /// The key cannot do what was asked of it: an EC key cannot decrypt.
    KeyUnfit = 1207,
    /// The private key is encrypted and there is no password.
    KeyPasswordMissing = 1208,
    /// The password does not open the private key.
    KeyPasswordWrong = 1209,
    /// The key is too small to be used: RSA below 2048 bits.
    KeyTooSmall = 1210,
    /// The encryption of the key or the keystore is unknown, or its parameters are none.
    KeyEncryptionRefused = 1211,
    /// To make a key of the password would cost more time or memory than is allowed.
    KeyDerivationTooCostly = 1212,
    /// The input is something else than a private key.
    PrivateKeyAbsent = 1213,

    /// The certification request is not PKCS#10 (RFC 2986).
    CsrMalformed = 2001,
    /// The certification request's signature is not one by the key in it.
    CsrSignatureInvalid = 2002,

    /// There is no profile of that name.
    ProfileUnknown = 2101,
    /// The profile does not allow a key of this kind or size.
    ProfileKeyRefused = 2102,
    /// The subject breaks the profile's rules.
    ProfileSubjectRefused = 2103,
    /// The subject alternative names break the profile's rules.
    ProfileAlternativeNameRefused = 2104,
    /// The lifetime asked for is longer than the profile allows, or nothing.
    ProfileValidityRefused = 2105,

    /// The certificate cannot be parsed (RFC 5280).
    CertificateMalformed = 3001,
    /// The signature algorithm is unknown or too weak to be accepted.
    SignatureAlgorithmRefused = 3002,
    /// The signature does not verify.
    SignatureInvalid = 3003,
    /// The authority's parts contradict each other, or it is no certificate authority.
    AuthorityInvalid = 3101,
    /// The authority's certificate is not valid at the time of the request.
    AuthorityOutsideValidity = 3102,
    /// The authority may not issue certificates of this kind: its path length forbids it.
    AuthorityPathLengthExceeded = 3103,
    /// The authority has no such generation.
    GenerationUnknown = 3104,
    /// The generation is a former one, which issues no certificates.
    GenerationRefused = 3105,
    /// A next generation is waiting already: activate or abandon it.
    RenewalWaiting = 3106,
    /// The authority cannot be renewed in this way.
    RenewalRefused = 3107,
    /// The helper's certificate is none that the authority issued to a helper.
    HelperRefused = 3108,
    /// An entry of a revocation list says what it may not say there.
    CrlEntryInvalid = 3201,
    /// Two entries of a revocation list are about one certificate.
    CrlEntryRepeated = 3202,
    /// The authority may not sign revocation lists.
    CrlSignerUnfit = 3203,
    /// What a revocation list is to cover contradicts itself or the authority's distribution points.
    CrlScopeInvalid = 3204,
    /// The revocation list cannot be parsed (RFC 5280 5).
    CrlMalformed = 3205,
    /// The OCSP request is not one of RFC 6960, or wants what is not done here.
    OcspRequestMalformed = 3301,
    /// What names a certificate to OCSP is no CertID (RFC 6960 4.1.1).
    OcspCertIdMalformed = 3302,
    /// A status is said of a certificate that the authority did not issue.
    OcspCertIdForeign = 3303,
    /// The certificate of the OCSP responder does not allow it to sign for the authority.
    OcspResponderUnfit = 3304,
    /// The OCSP response cannot be parsed (RFC 6960 4.2), or is none that answers.
    OcspResponseMalformed = 3305,

    /// A trust anchor says too little or contradicts itself (RFC 5280 6.1.1 d).
    PathAnchorInvalid = 3401,
    /// No chain of issuers leads from the certificate to a trust anchor.
    PathNotFound = 3402,
    /// The search for a path took more than it may: signatures, candidates, comparisons of names or policies.
    PathBudgetExhausted = 3403,
    /// The issuer's key did not make the signature of a certificate of the path.
    PathSignatureInvalid = 3404,
    /// A certificate is signed with an algorithm, or has a key of one, that is unknown or not accepted.
    PathAlgorithmRefused = 3405,
    /// A key of the path is too small.
    PathKeyTooWeak = 3406,
    /// A certificate of the path breaks a rule for certificates (RFC 5280 4).
    PathCertificateInvalid = 3407,
    /// A certificate of the path has a critical extension that is not processed here (RFC 5280 4.2).
    PathCriticalExtensionUnknown = 3408,
    /// An issuer of the path may not issue certificates (RFC 5280 6.1.4 k to n).
    PathIssuerUnfit = 3409,
    /// There are more issuers below one of the path than it allows, or than were asked for.
    PathLengthExceeded = 3410,
    /// A certificate of the path is not valid yet.
    PathCertificateNotYetValid = 3411,
    /// A certificate of the path has expired.
    PathCertificateExpired = 3412,
    /// A name is outside of what an issuer of the path may name (RFC 5280 4.2.1.10).
    PathNameConstraintViolated = 3413,
    /// The path is valid for none of the policies that it has to be valid for (RFC 5280 6.1.5 g).
    PathPolicyInvalid = 3414,
    /// A certificate of the path is not for that purpose.
    PathPurposeRefused = 3415,
    /// A certificate of the path is revoked.
    PathRevoked = 3416,
    /// Whether a certificate of the path is revoked could not be told, and has to be known.
    PathRevocationUnknown = 3417,
    /// None of the names that were asked for is one of the certificate's.
    PathIdentityMismatch = 3418,

    /// The message is not the structure of RFC 5652 that it should be.
    CmsMalformed = 4001,
    /// The certificate of the message's signer is not there.
    CmsSignerUnknown = 4002,
    /// The content of the message is not the one that was signed.
    CmsDigestMismatch = 4003,
    /// The cipher of the envelope is unknown or too weak to be accepted.
    CmsCipherRefused = 4101,
    /// The key transport of the envelope is unknown or not supported.
    CmsKeyTransportRefused = 4102,
    /// The envelope does not decrypt to what its message type promises; nothing more is said.
    ScepMessageUnreadable = 5001,
    /// An attribute that RFC 8894 asks for is missing, or no value that it may have.
    ScepAttributeInvalid = 5002,
    /// The message type is none that can be answered here.
    ScepMessageTypeRefused = 5003,
    /// The envelope is for none of the recipients.
    ScepRecipientUnknown = 5004,
    /// The signer's key cannot receive a reply: it is no RSA key.
    ScepSignerUnfit = 5005,
    /// The reply is to another request: its transaction id or nonce is not the one sent.
    ScepReplyMismatch = 5101,
    /// The reply has no certificate for the key of the request by one of the authorities.
    ScepReplyCertificateInvalid = 5102,
    /// The reply has no revocation list of the issuer that was asked about, by one of the authorities.
    ScepReplyCrlInvalid = 5103,

    /// The file is not PKCS#12 (RFC 7292).
    Pkcs12Malformed = 6001,
    /// The password of the keystore is wrong, or the keystore was changed.
    KeystorePasswordWrong = 6002,
    /// The keystore needs a password and there is none.
    KeystorePasswordMissing = 6003,
    /// The keystore is protected in a way that is not supported: by a signature, or for the holder of a certificate.
    KeystoreProtectionRefused = 6004,
    /// The file is not one of Java's keystores (JKS, JCEKS).
    JksMalformed = 6005,
    /// The file is a keystore of another kind; the detail names the operation for it.
    KeystoreKindMismatch = 6006,
    /// The backup of an authority is not whole, or the file is none.
    BackupInvalid = 6007,

    /// The token is not the compact form of a JSON Web Signature (RFC 7515 7.1) with a JSON header, and claims.
    JwtMalformed = 7001,
    /// The token's algorithm is unknown, none at all, or not the one of the key.
    JwtAlgorithmRefused = 7002,
    /// The token says that a header parameter has to be understood which is not (RFC 7515 4.1.11).
    JwtCriticalHeaderUnknown = 7003,
    /// The token's `typ` is not the one that was asked for (RFC 8725 3.11).
    JwtTypeRefused = 7004,
    /// None of the keys is the one that the token names.
    JwtKeyUnknown = 7005,
    /// The key of the token is not in use yet, or not any more.
    JwtKeyOutsideValidity = 7006,
    /// The key did not make the token's signature.
    JwtSignatureInvalid = 7007,
    /// A claim is missing that has to be there.
    JwtClaimMissing = 7101,
    /// A claim has a value of another kind than its own (RFC 7519 4.1).
    JwtClaimInvalid = 7102,
    /// The token has expired.
    JwtExpired = 7103,
    /// The token is not valid yet, or was issued in the future.
    JwtNotYetValid = 7104,
    /// The token is by another issuer.
    JwtIssuerRefused = 7105,
    /// The token is about another subject.
    JwtSubjectRefused = 7106,
    /// The token is for somebody else.
    JwtAudienceRefused = 7107,
    /// The token lives longer than is allowed, or not at all.
    JwtLifetimeRefused = 7108,
    /// The token is for another path, or for none and one is wanted.
    JwtPathRefused = 7109,
    /// The token is for another device.
    JwtDeviceRefused = 7110,
    /// The key is not a JSON Web Key that can be read (RFC 7517).
    JwkMalformed = 7201,
    /// The key is one that must not be here: private, symmetric, or not for signatures.
    JwkRefused = 7202,
    /// Two keys of a set have one id.
    JwkSetAmbiguous = 7203,
    /// The URL is not one of RFC 3986 that can be signed.
    UrlMalformed = 7301,
    /// The path of the URL can be read in more than one way: `..`, `//`, an encoded slash and the like.
    UrlPathRefused = 7302,
    /// The URL has no token.
    UrlTokenMissing = 7303,
    /// The URL has a token already, or more than one.
    UrlTokenRepeated = 7304,

    /// The signature of a message, or a header that belongs to it, is not what its form has.
    MessageMalformed = 8001,
    /// The message has no signature of that label, or several and nobody said which.
    MessageSignatureAbsent = 8002,
    /// The signature's algorithm is unknown, not allowed, or not one of the signer's key.
    MessageAlgorithmRefused = 8003,
    /// None of the signers is the one that the message names.
    MessageSignerUnknown = 8004,
    /// The signer's key did not make the signature of the message.
    MessageSignatureInvalid = 8005,
    /// The body is not the one that was signed.
    MessageBodyMismatch = 8006,
    /// The signature is over the body, or over a digest of it that is not there.
    MessageBodyNeeded = 8007,
    /// The signature does not cover what it has to cover (RFC 9421 3.2.1).
    MessageComponentUncovered = 8101,
    /// The signature covers something that the message does not have, or that is not known here (RFC 9421 2.5).
    MessageComponentUnavailable = 8102,
    /// The signature does not have a parameter that it has to have (RFC 9421 2.3), or another tag.
    MessageParameterMissing = 8103,
    /// The message does not say when it was signed.
    MessageUndated = 8201,
    /// The message has expired, or was signed too long ago.
    MessageStale = 8202,
    /// The message was signed in the future.
    MessageFromFuture = 8203,

    /// A value could not be encoded. Nothing in a request should lead here.
    EncodingFailed = 9001,
    /// The engine met a defect of its own. Nothing in a request should lead here.
    EngineDefect = 9002,
    /// There is not enough memory for the response.
    MemoryExhausted = 9003,
}

impl ErrorCode {
    /// The number that the C ABI returns.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "repr(u32): the discriminant is the number")]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// Every code, for tests and generated references.
    // By hand: cbindgen, which makes the C header of it, does not look into macros.
    pub const ALL: &[Self] = &[
        Self::RequestMalformed,
        Self::RequestTooLarge,
        Self::OperationUnknown,
        Self::FieldInvalid,
        Self::ArgumentInvalid,
        Self::PemMalformed,
        Self::NameMalformed,
        Self::AlternativeNameMalformed,
        Self::ObjectUnknown,
        Self::KeyUnknown,
        Self::KeyMalformed,
        Self::KeyUnsupported,
        Self::KeyMismatch,
        Self::KeyAnswerInvalid,
        Self::KeyAnswerUnexpected,
        Self::KeyUnfit,
        Self::KeyPasswordMissing,
        Self::KeyPasswordWrong,
        Self::KeyTooSmall,
        Self::KeyEncryptionRefused,
        Self::KeyDerivationTooCostly,
        Self::PrivateKeyAbsent,
        Self::CsrMalformed,
        Self::CsrSignatureInvalid,
        Self::ProfileUnknown,
        Self::ProfileKeyRefused,
        Self::ProfileSubjectRefused,
        Self::ProfileAlternativeNameRefused,
        Self::ProfileValidityRefused,
        Self::CertificateMalformed,
        Self::SignatureAlgorithmRefused,
        Self::SignatureInvalid,
        Self::AuthorityInvalid,
        Self::AuthorityOutsideValidity,
        Self::AuthorityPathLengthExceeded,
        Self::GenerationUnknown,
        Self::GenerationRefused,
        Self::RenewalWaiting,
        Self::RenewalRefused,
        Self::HelperRefused,
        Self::CrlEntryInvalid,
        Self::CrlEntryRepeated,
        Self::CrlSignerUnfit,
        Self::CrlScopeInvalid,
        Self::CrlMalformed,
        Self::OcspRequestMalformed,
        Self::OcspCertIdMalformed,
        Self::OcspCertIdForeign,
        Self::OcspResponderUnfit,
        Self::OcspResponseMalformed,
        Self::PathAnchorInvalid,
        Self::PathNotFound,
        Self::PathBudgetExhausted,
        Self::PathSignatureInvalid,
        Self::PathAlgorithmRefused,
        Self::PathKeyTooWeak,
        Self::PathCertificateInvalid,
        Self::PathCriticalExtensionUnknown,
        Self::PathIssuerUnfit,
        Self::PathLengthExceeded,
        Self::PathCertificateNotYetValid,
        Self::PathCertificateExpired,
        Self::PathNameConstraintViolated,
        Self::PathPolicyInvalid,
        Self::PathPurposeRefused,
        Self::PathRevoked,
        Self::PathRevocationUnknown,
        Self::PathIdentityMismatch,
        Self::CmsMalformed,
        Self::CmsSignerUnknown,
        Self::CmsDigestMismatch,
        Self::CmsCipherRefused,
        Self::CmsKeyTransportRefused,
        Self::ScepMessageUnreadable,
        Self::ScepAttributeInvalid,
        Self::ScepMessageTypeRefused,
        Self::ScepRecipientUnknown,
        Self::ScepSignerUnfit,
        Self::ScepReplyMismatch,
        Self::ScepReplyCertificateInvalid,
        Self::ScepReplyCrlInvalid,
        Self::Pkcs12Malformed,
        Self::KeystorePasswordWrong,
        Self::KeystorePasswordMissing,
        Self::KeystoreProtectionRefused,
        Self::JksMalformed,
        Self::KeystoreKindMismatch,
        Self::BackupInvalid,
        Self::JwtMalformed,
        Self::JwtAlgorithmRefused,
        Self::JwtCriticalHeaderUnknown,
        Self::JwtTypeRefused,
        Self::JwtKeyUnknown,
        Self::JwtKeyOutsideValidity,
        Self::JwtSignatureInvalid,
        Self::JwtClaimMissing,
        Self::JwtClaimInvalid,
        Self::JwtExpired,
        Self::JwtNotYetValid,
        Self::JwtIssuerRefused,
        Self::JwtSubjectRefused,
        Self::JwtAudienceRefused,
        Self::JwtLifetimeRefused,
        Self::JwtPathRefused,
        Self::JwtDeviceRefused,
        Self::JwkMalformed,
        Self::JwkRefused,
        Self::JwkSetAmbiguous,
        Self::UrlMalformed,
        Self::UrlPathRefused,
        Self::UrlTokenMissing,
        Self::UrlTokenRepeated,
        Self::MessageMalformed,
        Self::MessageSignatureAbsent,
        Self::MessageAlgorithmRefused,
        Self::MessageSignerUnknown,
        Self::MessageSignatureInvalid,
        Self::MessageBodyMismatch,
        Self::MessageBodyNeeded,
        Self::MessageComponentUncovered,
        Self::MessageComponentUnavailable,
        Self::MessageParameterMissing,
        Self::MessageUndated,
        Self::MessageStale,
        Self::MessageFromFuture,
        Self::EncodingFailed,
        Self::EngineDefect,
        Self::MemoryExhausted,
    ];
}

/// Its name on the wire.
impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// By hand: a comparison for each code takes 40 kB of the module when it is derived.
impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let named = Self::ALL.iter().copied().find(|code| code.to_string() == name);
        named.ok_or_else(|| de::Error::custom(format_args!("there is no error code {name:?}")))
    }
}

/// An error: the code, a sentence for people, and where in the request it lies.
///
/// `detail` says what was found and what was wanted; it never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Error {
    /// What went wrong.
    pub code: ErrorCode,
    /// For people: what was found, what was wanted.
    pub detail: String,
    /// The field of the request, such as `authority.certificate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Characters of a detail; it repeats what was sent, which may be long.
const MAX_DETAIL: usize = 500;

impl Error {
    /// An error that lies in no particular field.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl fmt::Display) -> Self {
        let mut detail = detail.to_string();
        if let Some((end, _)) = detail.char_indices().nth(MAX_DETAIL) {
            detail.truncate(end);
            detail.push('…');
        }
        Self { code, detail, at: None }
    }

    /// The same error, with the field that it lies in; a field set nearer to the cause is kept.
    #[must_use]
    pub fn at(mut self, field: impl fmt::Display) -> Self {
        self.at.get_or_insert_with(|| field.to_string());
        self
    }

    /// The same error of a part, told as one of the whole: `whole.part`.
    #[must_use]
    pub(crate) fn within(self, whole: impl fmt::Display) -> Self {
        let at = match &self.at {
            Some(part) => place::join(whole, part),
            None => whole.to_string(),
        };
        Self { at: Some(at), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            Some(at) => write!(f, "{} (at {at})", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl core::error::Error for Error {}

/// An encoding failure: der refuses only values that the parsers before it have excluded.
impl From<der::Error> for Error {
    fn from(error: der::Error) -> Self {
        Self::new(ErrorCode::EncodingFailed, format_args!("a value could not be encoded: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_does_not_repeat_megabytes() {
        let error = Error::new(ErrorCode::FieldInvalid, "ä".repeat(10_000));
        assert_eq!(error.detail.chars().count(), MAX_DETAIL + 1);
        assert_eq!(Error::new(ErrorCode::FieldInvalid, "ä").detail, "ä");
    }

    #[test]
    fn all_lists_every_code_once_in_order() {
        let written = include_str!("error.rs").lines().filter(|line| {
            line.starts_with("    ") && line.trim_end().ends_with(',') && line.contains(" = ")
        });
        assert_eq!(written.count(), ErrorCode::ALL.len());
        assert!(ErrorCode::ALL.is_sorted_by(|a, b| a.number() < b.number()));
    }
}

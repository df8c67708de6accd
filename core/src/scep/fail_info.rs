//! failInfo (RFC 8894 section 3.2.1.4).

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// Why a request failed, in the five words that SCEP has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailInfo {
    /// An algorithm that is unknown or not supported.
    BadAlg,
    /// An integrity check failed: signature, decryption, or what came out of it.
    BadMessageCheck,
    /// The transaction is not permitted or not supported.
    BadRequest,
    /// The signing time is not close enough to the server's.
    BadTime,
    /// No certificate fits what was asked for.
    BadCertId,
}

impl FailInfo {
    const ALL: [Self; 5] =
        [Self::BadAlg, Self::BadMessageCheck, Self::BadRequest, Self::BadTime, Self::BadCertId];

    pub(crate) fn read(number: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fail_info| fail_info.number() == number)
    }

    pub(crate) const fn number(self) -> &'static str {
        match self {
            Self::BadAlg => "0",
            Self::BadMessageCheck => "1",
            Self::BadRequest => "2",
            Self::BadTime => "3",
            Self::BadCertId => "4",
        }
    }
}

/// The failInfo that an error of the engine is answered with. What the client cannot know or mend
/// is badRequest.
#[must_use]
#[expect(clippy::too_many_lines, reason = "every code stands here by its name, so that none is forgotten")]
pub const fn fail_info(code: ErrorCode) -> FailInfo {
    match code {
        ErrorCode::KeyUnsupported
        | ErrorCode::SignatureAlgorithmRefused
        | ErrorCode::CmsCipherRefused
        | ErrorCode::CmsKeyTransportRefused
        | ErrorCode::ScepSignerUnfit => FailInfo::BadAlg,
        ErrorCode::KeyMalformed
        | ErrorCode::CsrSignatureInvalid
        | ErrorCode::SignatureInvalid
        | ErrorCode::CmsMalformed
        | ErrorCode::CmsDigestMismatch
        | ErrorCode::ScepMessageUnreadable => FailInfo::BadMessageCheck,
        ErrorCode::CmsSignerUnknown => FailInfo::BadCertId,
        ErrorCode::RequestMalformed
        | ErrorCode::RequestTooLarge
        | ErrorCode::OperationUnknown
        | ErrorCode::FieldInvalid
        | ErrorCode::ArgumentInvalid
        | ErrorCode::PemMalformed
        | ErrorCode::NameMalformed
        | ErrorCode::AlternativeNameMalformed
        | ErrorCode::ObjectUnknown
        | ErrorCode::KeyUnknown
        | ErrorCode::KeyMismatch
        | ErrorCode::KeyAnswerInvalid
        | ErrorCode::KeyAnswerUnexpected
        | ErrorCode::KeyUnfit
        | ErrorCode::KeyPasswordMissing
        | ErrorCode::KeyPasswordWrong
        | ErrorCode::KeyTooSmall
        | ErrorCode::KeyEncryptionRefused
        | ErrorCode::KeyDerivationTooCostly
        | ErrorCode::PrivateKeyAbsent
        | ErrorCode::CsrMalformed
        | ErrorCode::ProfileUnknown
        | ErrorCode::ProfileKeyRefused
        | ErrorCode::ProfileSubjectRefused
        | ErrorCode::ProfileAlternativeNameRefused
        | ErrorCode::ProfileValidityRefused
        | ErrorCode::CertificateMalformed
        | ErrorCode::AuthorityInvalid
        | ErrorCode::AuthorityOutsideValidity
        | ErrorCode::AuthorityPathLengthExceeded
        | ErrorCode::GenerationUnknown
        | ErrorCode::GenerationRefused
        | ErrorCode::RenewalWaiting
        | ErrorCode::RenewalRefused
        | ErrorCode::HelperRefused
        | ErrorCode::CrlEntryInvalid
        | ErrorCode::CrlEntryRepeated
        | ErrorCode::CrlSignerUnfit
        | ErrorCode::CrlScopeInvalid
        | ErrorCode::CrlMalformed
        | ErrorCode::OcspRequestMalformed
        | ErrorCode::OcspCertIdMalformed
        | ErrorCode::OcspCertIdForeign
        | ErrorCode::OcspResponderUnfit
        | ErrorCode::OcspResponseMalformed
        | ErrorCode::PathAnchorInvalid
        | ErrorCode::PathNotFound
        | ErrorCode::PathBudgetExhausted
        | ErrorCode::PathSignatureInvalid
        | ErrorCode::PathAlgorithmRefused
        | ErrorCode::PathKeyTooWeak
        | ErrorCode::PathCertificateInvalid
        | ErrorCode::PathCriticalExtensionUnknown
        | ErrorCode::PathIssuerUnfit
        | ErrorCode::PathLengthExceeded
        | ErrorCode::PathCertificateNotYetValid
        | ErrorCode::PathCertificateExpired
        | ErrorCode::PathNameConstraintViolated
        | ErrorCode::PathPolicyInvalid
        | ErrorCode::PathPurposeRefused
        | ErrorCode::PathRevoked
        | ErrorCode::PathRevocationUnknown
        | ErrorCode::PathIdentityMismatch
        | ErrorCode::ScepAttributeInvalid
        | ErrorCode::ScepMessageTypeRefused
        | ErrorCode::ScepRecipientUnknown
        | ErrorCode::ScepReplyMismatch
        | ErrorCode::ScepReplyCertificateInvalid
        | ErrorCode::ScepReplyCrlInvalid
        | ErrorCode::Pkcs12Malformed
        | ErrorCode::KeystorePasswordWrong
        | ErrorCode::KeystorePasswordMissing
        | ErrorCode::KeystoreProtectionRefused
        | ErrorCode::JksMalformed
        | ErrorCode::KeystoreKindMismatch
        | ErrorCode::BackupInvalid
        | ErrorCode::JwtMalformed
        | ErrorCode::JwtAlgorithmRefused
        | ErrorCode::JwtCriticalHeaderUnknown
        | ErrorCode::JwtTypeRefused
        | ErrorCode::JwtKeyUnknown
        | ErrorCode::JwtKeyOutsideValidity
        | ErrorCode::JwtSignatureInvalid
        | ErrorCode::JwtClaimMissing
        | ErrorCode::JwtClaimInvalid
        | ErrorCode::JwtExpired
        | ErrorCode::JwtNotYetValid
        | ErrorCode::JwtIssuerRefused
        | ErrorCode::JwtSubjectRefused
        | ErrorCode::JwtAudienceRefused
        | ErrorCode::JwtLifetimeRefused
        | ErrorCode::JwtPathRefused
        | ErrorCode::JwtDeviceRefused
        | ErrorCode::JwkMalformed
        | ErrorCode::JwkRefused
        | ErrorCode::JwkSetAmbiguous
        | ErrorCode::UrlMalformed
        | ErrorCode::UrlPathRefused
        | ErrorCode::UrlTokenMissing
        | ErrorCode::UrlTokenRepeated
        | ErrorCode::MessageMalformed
        | ErrorCode::MessageSignatureAbsent
        | ErrorCode::MessageAlgorithmRefused
        | ErrorCode::MessageSignerUnknown
        | ErrorCode::MessageSignatureInvalid
        | ErrorCode::MessageBodyMismatch
        | ErrorCode::MessageBodyNeeded
        | ErrorCode::MessageComponentUncovered
        | ErrorCode::MessageComponentUnavailable
        | ErrorCode::MessageParameterMissing
        | ErrorCode::MessageUndated
        | ErrorCode::MessageStale
        | ErrorCode::MessageFromFuture
        | ErrorCode::EncodingFailed
        | ErrorCode::EngineDefect
        | ErrorCode::MemoryExhausted => FailInfo::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for fail_info in FailInfo::ALL {
            assert_eq!(FailInfo::read(fail_info.number()), Some(fail_info));
        }
        assert_eq!(FailInfo::read("5"), None);
    }

    #[test]
    fn every_way_that_a_message_does_not_decrypt_is_one_word() {
        assert_eq!(fail_info(ErrorCode::ScepMessageUnreadable), FailInfo::BadMessageCheck);
        assert_eq!(fail_info(ErrorCode::CmsCipherRefused), FailInfo::BadAlg);
        assert_eq!(fail_info(ErrorCode::ProfileSubjectRefused), FailInfo::BadRequest);
    }
}

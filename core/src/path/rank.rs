//! Which of many errors to tell: that of the path which came nearest to being accepted.

use crate::error::{Error, ErrorCode};

/// The best error so far.
#[derive(Default)]
pub(super) struct MostTelling(Option<(Rank, Error)>);

/// How far a path came: whether it reached an anchor, then what stopped it, then how long it was.
type Rank = (bool, u8, usize);

impl MostTelling {
    /// Takes note of the error of a path of `length` certificates; the first of two that came as far is kept.
    pub(super) fn add(&mut self, reached_anchor: bool, length: usize, error: Error) {
        let rank = (reached_anchor, stage(error.code), length);
        if self.0.as_ref().is_none_or(|(best, _)| *best < rank) {
            self.0 = Some((rank, error));
        }
    }

    pub(super) fn take(self) -> Option<Error> {
        self.0.map(|(_, error)| error)
    }

    pub(super) fn detail(&self) -> Option<&str> {
        self.0.as_ref().map(|(_, error)| error.detail.as_str())
    }
}

/// The later a check comes, the more was right before it.
const fn stage(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::PathSignatureInvalid => 1,
        ErrorCode::PathAlgorithmRefused => 2,
        ErrorCode::PathIssuerUnfit => 3,
        ErrorCode::PathCriticalExtensionUnknown => 4,
        ErrorCode::PathCertificateInvalid => 5,
        ErrorCode::PathLengthExceeded => 6,
        ErrorCode::PathKeyTooWeak => 7,
        ErrorCode::PathCertificateNotYetValid => 8,
        ErrorCode::PathCertificateExpired => 9,
        ErrorCode::PathNameConstraintViolated => 10,
        ErrorCode::PathPolicyInvalid => 11,
        ErrorCode::PathPurposeRefused => 12,
        ErrorCode::PathIdentityMismatch => 13,
        ErrorCode::PathRevocationUnknown => 14,
        ErrorCode::PathRevoked => 15,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_came_furthest_is_told() {
        let error = |code| Error::new(code, "");
        let mut telling = MostTelling::default();
        telling.add(false, 3, error(ErrorCode::PathNotFound));
        telling.add(true, 2, error(ErrorCode::PathCertificateExpired));
        telling.add(true, 2, error(ErrorCode::PathKeyTooWeak));
        telling.add(false, 9, error(ErrorCode::PathRevoked));
        assert_eq!(telling.take().unwrap().code, ErrorCode::PathCertificateExpired);
        let mut telling = MostTelling::default();
        telling.add(true, 2, Error::new(ErrorCode::PathRevoked, "first"));
        telling.add(true, 2, Error::new(ErrorCode::PathRevoked, "second"));
        assert_eq!(telling.detail(), Some("first"));
    }
}

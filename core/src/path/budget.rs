//! What a search may cost. Hostile chains make it exponential or quadratic; the budgets make it end.

use core::cell::Cell;

use crate::error::{Error, ErrorCode};

/// Signatures of certificates, revocation lists and OCSP responses.
const SIGNATURES: u32 = 256;
/// Certificates looked at as issuers of another one.
const CANDIDATES: u32 = 4096;
/// Whole paths validated.
const PATHS: u32 = 128;
/// Names compared with constraints; OpenSSL allows a million for one certificate.
const COMPARISONS: u32 = 250_000;
/// Policies of certificates put in relation to those of their issuers.
const POLICIES: u32 = 10_000;
/// Entries of revocation lists, and single responses, read; a long one counts as one more for each 64 bytes.
const ENTRIES: u32 = 4_000_000;

/// The most issuers of one path, self-issued ones included.
pub(super) const MAX_ISSUERS: usize = 32;

/// What is left.
pub(super) struct Budget {
    signatures: Cell<u32>,
    candidates: Cell<u32>,
    paths: Cell<u32>,
    comparisons: Cell<u32>,
    policies: Cell<u32>,
    entries: Cell<u32>,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            signatures: Cell::new(SIGNATURES),
            candidates: Cell::new(CANDIDATES),
            paths: Cell::new(PATHS),
            comparisons: Cell::new(COMPARISONS),
            policies: Cell::new(POLICIES),
            entries: Cell::new(ENTRIES),
        }
    }

    /// The second look, which only finds out what to say, gets as much again of what costs little.
    pub(super) fn renew_for_diagnosis(&self) {
        self.candidates.set(CANDIDATES);
        self.paths.set(PATHS);
    }

    pub(super) fn signature(&self) -> Result<(), Error> {
        spend(&self.signatures, 1, SIGNATURES, "signatures")
    }

    pub(super) fn candidate(&self) -> Result<(), Error> {
        spend(&self.candidates, 1, CANDIDATES, "candidates for issuers")
    }

    pub(super) fn path(&self) -> Result<(), Error> {
        spend(&self.paths, 1, PATHS, "candidate paths")
    }

    pub(super) fn comparisons(&self, count: usize) -> Result<(), Error> {
        spend(&self.comparisons, count, COMPARISONS, "comparisons of names with name constraints")
    }

    pub(super) fn policies(&self, count: usize) -> Result<(), Error> {
        spend(&self.policies, count, POLICIES, "nodes of policies")
    }

    /// An entry of that many bytes.
    pub(super) fn entry(&self, length: usize) -> Result<(), Error> {
        let count = (length / 64).saturating_add(1);
        spend(&self.entries, count, ENTRIES, "entries of revocation lists")
    }
}

fn spend(left: &Cell<u32>, count: usize, limit: u32, what: &str) -> Result<(), Error> {
    let rest = u32::try_from(count).ok().and_then(|count| left.get().checked_sub(count));
    left.set(rest.unwrap_or(0));
    rest.map(|_| ()).ok_or_else(|| {
        Error::new(
            ErrorCode::PathBudgetExhausted,
            format_args!(
                "the search ended without a result after {limit} {what}, which is the most that it may take"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone() {
        let budget = Budget::new();
        for _ in 0..SIGNATURES {
            budget.signature().unwrap();
        }
        assert_eq!(budget.signature().unwrap_err().code, ErrorCode::PathBudgetExhausted);
        assert_eq!(budget.comparisons(usize::MAX).unwrap_err().code, ErrorCode::PathBudgetExhausted);
        assert!(budget.comparisons(1).is_err(), "too much at once is all");
        budget.policies(10_000).unwrap();
        assert!(budget.policies(1).is_err());
    }
}

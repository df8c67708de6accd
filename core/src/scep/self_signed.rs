//! The certificate that a client without one signs with (RFC 8894 section 2.3).

use crate::{
    certificate::Certificate,
    csr::CertificationRequest,
    extension::{self, KeyUsageName},
    issue::{Issuance, Signer},
    keys::{Halt, Keys},
    seed::Seed,
    validity::Period,
};

/// Long enough for a request that waits for approval; nobody trusts it anyway.
const LIFETIME_SECONDS: u64 = 30 * 24 * 60 * 60;

/// Makes a certificate of the subject and the key of `csr`, signed by the key `id`, from `now`
/// (Unix seconds) on.
///
/// # Errors
/// `ProfileValidityRefused` for a time that no certificate can have, and those of the key.
pub(crate) fn certify(
    csr: &CertificationRequest,
    id: &str,
    now: u64,
    seed: &Seed,
    keys: &mut Keys<'_>,
) -> Result<Certificate, Halt> {
    let key = csr.public_key();
    let usage = [KeyUsageName::DigitalSignature, KeyUsageName::KeyEncipherment];
    let issuance = Issuance {
        seed,
        period: Period::starting(now, LIFETIME_SECONDS)?,
        subject: csr.subject(),
        public_key: key,
        extensions: alloc::vec![extension::key_usage(&usage)?],
    };
    issuance.sign(&Signer::Subject(id), keys)
}

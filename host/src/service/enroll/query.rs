//! GetCert and GetCRL (RFC 8894 3.3.4 and 3.3.5).
//!
//! Whatever is wrong with what is asked for has one answer, badCertId: whether it could be read at all must not show.
//! The host itself does not know: for what cannot be read the engine names a certificate that nobody has.

use super::opened::{FailInfo, Signer, Wanted};
use super::{Decision, Hierarchy, Service, ServiceError};
use crate::ambient;
use crate::store::Certificate;

impl Service {
    /// A certificate by issuer and serial number, for its holder and for devices whose own is in force.
    pub(super) async fn find_certificate(
        &self,
        signer: &Signer,
        wanted: Option<&Wanted>,
    ) -> Result<Decision, ServiceError> {
        let found = self.find(wanted).await?;
        let signers_own = self.store.by_sha256(&signer.sha256).await?;
        let is_member =
            signers_own.is_some_and(|own| own.revoked_at.is_none() && ambient::now() <= own.record.not_after);
        let may_see =
            |found: &Certificate| is_member || found.record.public_key_sha256 == signer.public_key_sha256;
        Ok(match found.filter(may_see) {
            Some(found) => Decision::Found(Box::new(found)),
            None => unknown(),
        })
    }

    /// The revocation list that a certificate would be on.
    pub(super) async fn find_crl(
        &self,
        hierarchy: &Hierarchy,
        wanted: Option<&Wanted>,
    ) -> Result<Decision, ServiceError> {
        let Some(found) = self.find(wanted).await? else { return Ok(unknown()) };
        let mut authorities = hierarchy.authorities();
        let Some(issuer) = authorities.find(|authority| found.authority.as_ref() == Some(&authority.id))
        else {
            return Ok(unknown());
        };
        let Some(generation) = issuer.generation(found.generation) else { return Ok(unknown()) };
        let crl = self.crl(&generation.key).await?;
        Ok(crl.map_or_else(unknown, Decision::Crl))
    }

    async fn find(&self, wanted: Option<&Wanted>) -> Result<Option<Certificate>, ServiceError> {
        let Some(wanted) = wanted else { return Ok(None) };
        let found = self.store.by_serial(&wanted.serial).await?;
        Ok(found.filter(|found| wanted.issuer == found.record.issuer))
    }
}

fn unknown() -> Decision {
    Decision::failure(FailInfo::BadCertId, "no certificate of this name and serial number is known here")
}

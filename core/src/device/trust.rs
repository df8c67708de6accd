//! What the certificate of a device is judged with.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    error::Error,
    path::{Decision, Policy, Purpose, anchor::AnchorRequest, material::Material},
};

/// What paths may end at and go through, what tells of revocation, and how strict to be: as for `verify_path`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TrustRequest {
    /// Where the path may end.
    pub anchors: Vec<AnchorRequest>,
    /// Certificates that the path may go through, PEM; those that a message brings along come after them.
    pub intermediates: Vec<String>,
    /// Revocation lists, PEM.
    pub crls: Vec<String>,
    /// OCSP responses, DER.
    pub ocsp_responses: Vec<Base64Url>,
    /// What the certificate has to be for: `device_client` unless it is said.
    pub purpose: Purpose,
    /// How strict to be.
    pub policy: Policy,
}

impl Default for TrustRequest {
    fn default() -> Self {
        Self {
            anchors: Vec::new(),
            intermediates: Vec::new(),
            crls: Vec::new(),
            ocsp_responses: Vec::new(),
            purpose: Purpose::DeviceClient,
            policy: Policy::default(),
        }
    }
}

/// The same, read.
pub(crate) struct Trust {
    material: Material,
    own_intermediates: usize,
    purpose: Purpose,
    policy: Policy,
}

impl TrustRequest {
    /// # Errors
    /// Those of what it holds.
    pub(crate) fn read(self) -> Result<Trust, Error> {
        let material = Material::read(self.intermediates, self.anchors, self.crls, self.ocsp_responses)?;
        let own_intermediates = material.intermediates.len();
        Ok(Trust { material, own_intermediates, purpose: self.purpose, policy: self.policy })
    }
}

impl Trust {
    /// Adds what came along with a message; nobody trusts it.
    pub(crate) fn also_through(&mut self, certificates: &[Certificate]) {
        self.material.intermediates.extend_from_slice(certificates);
    }

    /// Judges a certificate that was found at `place` in the request.
    ///
    /// # Errors
    /// The family `path_…`, `at` the place in the request.
    pub(crate) fn judge(&self, now: u64, certificate: &Certificate, place: &str) -> Result<Decision, Error> {
        let decided = self.material.verify(now, certificate, self.purpose, &[], &self.policy);
        decided.map_err(|error| self.placed(error, place))
    }

    fn placed(&self, error: Error, place: &str) -> Error {
        let index =
            |at: &str| at.strip_prefix("intermediates.").and_then(|index| index.parse::<usize>().ok());
        match error.at.as_deref() {
            None | Some("certificate") => Error { at: Some(place.into()), ..error },
            Some(at) if index(at).is_some_and(|index| index >= self.own_intermediates) => {
                Error { at: Some("message.signature".into()), ..error }
            }
            Some(_) => error.within("trust"),
        }
    }
}

//! A new hierarchy: root, issuing intermediate, registration authority.

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::crl::make_crl;
use super::enroll::key_reference;
use super::issue::inventory_entry;
use super::registration::{NewRegistration, register};
use super::renewal::ROOT_CRL_SECONDS;
use super::{Authority, Resources, challenge, record_authority};
use crate::ambient;
use crate::config::Urls;
use crate::guest::wire::KeyUse;
use crate::keystore::KeyType;
use crate::store::{CertificateRecord, Challenge, Issuance, Role};

const ROOT: &str = "root-1";
const ISSUING: &str = "issuing-1";
const RA: &str = "ra-1";

/// What the new authorities are called and made of.
#[derive(Clone, Debug)]
pub(crate) struct NewHierarchy {
    /// The organization in their subjects.
    pub(crate) organization: String,
    /// The start of their common names.
    pub(crate) common_name: String,
    /// What goes into certificates.
    pub(crate) urls: Urls,
    /// The kind of the authorities' keys. The registration authority's is always RSA.
    pub(crate) key_type: KeyType,
}

impl NewHierarchy {
    fn subject(&self, suffix: &str) -> String {
        let name = escaped(&format!("{} {suffix}", self.common_name));
        match self.organization.is_empty() {
            true => format!("CN={name}"),
            false => format!("CN={name},O={}", escaped(&self.organization)),
        }
    }
}

/// What `init` tells about the new hierarchy.
#[derive(Clone, Debug)]
pub(crate) struct NewRoot {
    /// SHA-256 of the root certificate's DER, hex.
    pub(crate) root_sha256: String,
    /// The root's subject.
    pub(crate) root_subject: String,
    /// The root certificate, PEM.
    pub(crate) root_certificate: String,
}

#[derive(Deserialize)]
struct Created {
    authority: Value,
    record: CertificateRecord,
}

impl Resources<'_> {
    /// Makes the three and records them.
    ///
    /// # Errors
    /// If a key cannot be made, the engine refuses, or the store fails.
    pub(crate) async fn make_hierarchy(&self, wanted: &NewHierarchy) -> anyhow::Result<NewRoot> {
        let (root, record) = self.authority(wanted, Role::Root, None).await?;
        let (issuing, _) = self.authority(wanted, Role::Issuing, Some(&root)).await?;
        self.registration_authority(wanted, &issuing).await?;
        // Made now, while the root's key is at hand: who checks the issuing certificate asks for it.
        make_crl(*self, &root, ROOT, ROOT_CRL_SECONDS).await?;
        Ok(NewRoot {
            root_sha256: record.sha256,
            root_subject: record.subject,
            root_certificate: root.current.certificate,
        })
    }

    /// Records the hash of a challenge.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn put_challenge(&self, text: &str) -> anyhow::Result<()> {
        let challenge = Challenge {
            id: "static-1".to_owned(),
            hash: challenge::hash(text)?,
            created_at: ambient::now(),
            expires_at: None,
        };
        Ok(self.store.put_challenge(challenge).await?)
    }

    async fn authority(
        &self,
        wanted: &NewHierarchy,
        role: Role,
        issuer: Option<&Authority>,
    ) -> anyhow::Result<(Authority, CertificateRecord)> {
        let (id, suffix) = match role {
            Role::Root => (ROOT, "Root CA"),
            Role::Issuing | Role::Ra | Role::Ocsp => (ISSUING, "Issuing CA"),
        };
        self.generate(id, wanted.key_type).await?;
        let mut request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "subject": wanted.subject(suffix),
            "key": key_reference(self.keys, id)?,
        });
        for (field, urls) in [
            ("crl_urls", wanted.urls.crl(id)),
            ("ocsp_urls", if role == Role::Root { Vec::new() } else { wanted.urls.ocsp() }),
            ("issuer_urls", wanted.urls.issuer(id)),
        ] {
            request[field] = json!(urls);
        }
        if let Some(issuer) = issuer {
            request["issuer"] = issuer.value.clone();
        }
        let signing = issuer.map_or(id, |issuer| issuer.current.key.as_str());
        let created: Created = self
            .guest
            .call("create_authority", request, &self.keys.granting(&[(signing, KeyUse::Sign)]))
            .await
            .with_context(|| format!("cannot make the {} authority", role.name()))?;
        let authority = Authority::from_value(id, created.authority)?;
        record_authority(self.store, role, &authority).await?;
        let certificate = inventory_entry(
            authority.current.certificate.clone(),
            created.record.clone(),
            issuer.map(|issuer| (issuer, 1)),
            None,
        );
        self.store.issue(Issuance::new(certificate)).await?;
        Ok((authority, created.record))
    }

    /// The certificate that SCEP messages are encrypted to and signed with: never an authority's own.
    async fn registration_authority(&self, wanted: &NewHierarchy, issuing: &Authority) -> anyhow::Result<()> {
        let key_type = if wanted.key_type.is_rsa() { wanted.key_type } else { KeyType::Rsa2048 };
        let subject = wanted.subject("SCEP RA");
        let new =
            NewRegistration { id: RA, subject: &subject, key_type, validity_seconds: None, generation: None };
        register(*self, issuing, new).await.map(drop)
    }

    async fn generate(&self, id: &'static str, key_type: KeyType) -> anyhow::Result<()> {
        let keys = self.keys.clone();
        tokio::task::spawn_blocking(move || keys.generate(id, key_type).map(drop)).await?
    }
}

/// A value of RFC 4514 (2.4): what has a meaning there is escaped.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (position, character) in value.trim().char_indices() {
        let special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=');
        if special || (position == 0 && character == '#') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_special_characters_stay_one_value() {
        let wanted = NewHierarchy {
            organization: "Acme, Inc.".to_owned(),
            common_name: "A+B".to_owned(),
            urls: Urls::default(),
            key_type: KeyType::P256,
        };
        assert_eq!(wanted.subject("Root CA"), r"CN=A\+B Root CA,O=Acme\, Inc.");
        assert_eq!(escaped("#1"), r"\#1");
    }
}

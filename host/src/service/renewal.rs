//! The renewal of an authority: planned, made, taken into use or given up. Each step may be run again.

mod generation;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Service;
use super::crl::Reason;
use super::enroll::key_reference;
use super::hierarchy::Authority;
use super::issue::inventory_entry;
use super::registration::{self, Standing, describe};
use crate::ambient::{self, SECONDS_PER_DAY};
use crate::guest::wire::KeyUse;
use crate::keystore::KeyType;
use crate::store::{CertificateRecord, Event, Issuance, Revocation, Role, StoredAuthority};

/// How long the first revocation list of a renewed root is good.
pub(crate) const ROOT_CRL_SECONDS: u64 = 365 * SECONDS_PER_DAY;
/// The life of a renewed root unless another is asked for: as long as that of a new one.
const ROOT_SECONDS: u64 = 20 * 365 * SECONDS_PER_DAY;

/// With which key an authority is renewed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// The one that it has.
    SameKey,
    /// Another one, of this kind.
    NewKey(KeyType),
}

/// Who renews, and how.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    /// Root or issuing.
    pub(crate) role: Role,
    /// With which key.
    pub(crate) mode: Mode,
    /// The life of the next generation, if it is not ten years.
    pub(crate) validity_seconds: Option<u64>,
    /// Who does it.
    pub(crate) actor: String,
    /// Why, in words.
    pub(crate) comment: Option<String>,
}

/// What a step did.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The authority as it is now.
    pub(crate) authority: Authority,
    /// Whether it was so before: the step was run again.
    pub(crate) already: bool,
}

#[derive(Deserialize)]
struct Renewed {
    authority: Value,
    new_with_new: Made,
    new_with_old: Option<Made>,
    old_with_new: Option<Made>,
}

#[derive(Deserialize)]
struct Made {
    certificate: String,
    record: CertificateRecord,
}

#[derive(Deserialize)]
struct Changed {
    authority: Value,
}

#[derive(Deserialize)]
struct Abandoned {
    authority: Value,
    revoke: Vec<Revocable>,
}

#[derive(Deserialize)]
struct Revocable {
    serial: String,
}

impl Service {
    /// What a renewal will do, from the inventory and from what the administrator tells; nothing is touched.
    ///
    /// # Errors
    /// If there is no such authority here, the engine refuses, or the store fails.
    pub(crate) async fn plan_renewal(&self, renewal: &Renewal, settings: &Value) -> anyhow::Result<Value> {
        let (mut stored, authority) = self.stored(renewal.role).await?;
        // Where there is no room the plan says so.
        if let Ok(Some(number)) = self.to_forget(&authority).await {
            stored.value = generation::without(&stored.value, number);
        }
        let expiries = self.store.expiries(&stored.id, ambient::now()).await?;
        let mut request = json!({
            "now": ambient::now(),
            "authority": stored.value,
            "mode": if matches!(renewal.mode, Mode::SameKey) { "same_key" } else { "new_key" },
            "certificates": expiries.iter().map(|expiry| json!({
                "profile": expiry.profile, "not_after": expiry.not_after, "count": expiry.count,
            })).collect::<Vec<_>>(),
            "settings": settings,
        });
        self.describe_next(&mut request, renewal, &self.next_key_id(renewal, &stored).await?);
        if let Some(root) = self.issuer_of(renewal.role).await? {
            request["issuer"] = root.value;
        }
        Ok(self.guest.call("plan_renewal", request, &self.keys.granting(&[])).await?)
    }

    /// Makes the next generation, and for the issuing authority who speaks SCEP for it. If there is one already
    /// that is not in use, that one stays.
    ///
    /// # Errors
    /// If a key cannot be made or opened, the engine refuses, or the store fails: then nothing has changed.
    pub(crate) async fn renew(&self, renewal: &Renewal) -> anyhow::Result<Step> {
        let _lock = self.keys.lock().await?;
        let (stored, authority) = self.stored(renewal.role).await?;
        let already = authority.next.is_some();
        match already {
            true => self.check_waiting(renewal, &authority).await?,
            false => {
                let stored = self.with_room(renewal, stored).await?;
                self.make_next(renewal, stored).await?;
            }
        }
        let (_, authority) = self.stored(renewal.role).await?;
        if renewal.role == Role::Issuing {
            self.register_for_next(&authority).await?;
        }
        self.refresh().await?;
        Ok(Step { authority, already })
    }

    async fn make_next(&self, renewal: &Renewal, stored: StoredAuthority) -> anyhow::Result<()> {
        let authority = Authority::from_value(&stored.id, stored.value.clone())?;
        let id = self.next_key_id(renewal, &stored).await?;
        let mode = match renewal.mode {
            Mode::SameKey => json!("same_key"),
            Mode::NewKey(key_type) => {
                let (keys, making) = (self.keys.clone(), id.clone());
                tokio::task::spawn_blocking(move || keys.generate(&making, key_type).map(drop)).await??;
                json!({ "new_key": key_reference(&self.keys, &id)? })
            }
        };
        let mut request = json!({
            "now": ambient::now(),
            "seed": ambient::seed(),
            "authority": stored.value,
            "mode": mode,
        });
        self.describe_next(&mut request, renewal, &id);
        let mut uses = vec![(authority.current.key.as_str(), KeyUse::Sign), (id.as_str(), KeyUse::Sign)];
        let issuer = self.issuer_of(renewal.role).await?;
        if let Some(root) = &issuer {
            request["issuer"] = root.value.clone();
            uses = vec![(root.current.key.as_str(), KeyUse::Sign)];
            // A new key proves itself.
            if matches!(renewal.mode, Mode::NewKey(_)) {
                uses.push((id.as_str(), KeyUse::Sign));
            }
        }
        let renewed = self.guest.call("renew_authority", request, &self.keys.granting(&uses)).await;
        if renewed.is_err() && matches!(renewal.mode, Mode::NewKey(_)) {
            // Nothing was made for it, and its id is never looked for again.
            self.keys.discard(&id)?;
        }
        let renewed: Renewed = renewed?;
        let next = Authority::from_value(&stored.id, renewed.authority.clone())?;
        let number = next.next.as_ref().context("the engine made no next generation")?.number;
        let issuance = |made: Made, signer: Option<(&Authority, u32)>| {
            Issuance::new(inventory_entry(made.certificate, made.record, signer, None))
        };
        let signer = issuer.as_ref().map(|root| (root, root.current.number));
        let mut issued = vec![issuance(renewed.new_with_new, signer)];
        let old = Some((&authority, authority.current.number));
        issued.extend(renewed.new_with_old.map(|made| issuance(made, old)));
        issued.extend(renewed.old_with_new.map(|made| issuance(made, Some((&next, number)))));
        let event = event(renewal, "renew", &stored.id);
        if !self.store.replace_authority(stored, renewed.authority, issued, Vec::new(), event).await? {
            bail!("somebody else changed the authority meanwhile; run this again to see how it is now");
        }
        Ok(())
    }

    /// Who speaks SCEP for the next generation: without it no device could ask for a certificate of it.
    async fn register_for_next(&self, authority: &Authority) -> anyhow::Result<()> {
        let Some(next) = &authority.next else { return Ok(()) };
        for row in self.store.authorities(Role::Ra).await? {
            let ra = Authority::from_value(&row.id, row.value)?;
            // One that has ended while it waited, or was revoked, speaks for nobody.
            if ra.current.chain.first() == Some(&next.certificate)
                && registration::standing(self.resources(), &ra).await? == Standing::InForce
            {
                return Ok(());
            }
        }
        let present = self.hierarchy();
        self.register_again(&present.ra, authority, Some(next.number), None).await.map(drop)
    }

    /// Takes the next generation into use. Without one, the current generation is in use already.
    ///
    /// # Errors
    /// If the next generation is not valid yet, has ended or was revoked, the engine refuses, or the store fails.
    pub(crate) async fn activate(&self, renewal: &Renewal) -> anyhow::Result<Step> {
        let _lock = self.keys.lock().await?;
        let (stored, authority) = self.stored(renewal.role).await?;
        let already = authority.next.is_none();
        if renewal.role == Role::Root {
            // What an activation left undone that was cut off: the way to the next root leads over this one.
            self.lead_to_root(renewal).await?;
            self.check_crossing(&authority).await?;
        }
        if let Some(next) = &authority.next {
            self.check_usable(renewal.role, next).await?;
            if renewal.role == Role::Issuing {
                self.register_for_next(&authority).await?;
            }
            let request = json!({ "now": ambient::now(), "authority": stored.value });
            let changed: Changed =
                self.guest.call("activate_generation", request, &self.keys.granting(&[])).await?;
            let event = event(renewal, "activate", &authority.id);
            self.replace(stored, changed.authority, Vec::new(), event).await?;
        }
        let (_, authority) = self.stored(renewal.role).await?;
        self.lead_to_root(renewal).await?;
        if renewal.role == Role::Root {
            let made = self.make_missing_root_crls(&authority, ROOT_CRL_SECONDS).await?;
            for failed in made.failed {
                tracing::warn!("{failed}; run `sealwright ca crl --authority root` once that is mended");
            }
        }
        let (_, authority) = self.stored(renewal.role).await?;
        self.refresh().await?;
        Ok(Step { authority, already })
    }

    /// Gives up the next generation, if there is one.
    ///
    /// # Errors
    /// If the engine refuses or the store fails.
    pub(crate) async fn abandon(&self, renewal: &Renewal) -> anyhow::Result<Step> {
        let _lock = self.keys.lock().await?;
        let (stored, authority) = self.stored(renewal.role).await?;
        let already = authority.next.is_none();
        if !already {
            let request = json!({ "authority": stored.value });
            let abandoned: Abandoned =
                self.guest.call("abandon_generation", request, &self.keys.granting(&[])).await?;
            let is_new_key = authority.next.as_ref().is_some_and(|next| next.key != authority.current.key);
            // With the same key its certificate is as good as the current one, and devices may hold it.
            let revoke = abandoned.revoke.into_iter().filter(|_| is_new_key);
            let mut revoked: Vec<_> = revoke.map(|one| one.serial).collect();
            revoked.extend(self.registered_for_next(&authority).await?);
            let revoked = revoked.into_iter().map(|serial| Revocation {
                serial,
                at: ambient::now(),
                // Its key may go on: with the same key that is the authority's own.
                reason: Reason::Superseded.name().to_owned(),
                invalidity_date: None,
                actor: renewal.actor.clone(),
                comment: Some("its generation was given up".to_owned()),
            });
            let event = event(renewal, "abandon", &authority.id);
            self.replace(stored, abandoned.authority, revoked.collect(), event).await?;
        }
        let (_, authority) = self.stored(renewal.role).await?;
        self.refresh().await?;
        Ok(Step { authority, already })
    }

    /// The serial numbers of the registration authorities of the next generation.
    async fn registered_for_next(&self, authority: &Authority) -> anyhow::Result<Vec<String>> {
        let Some(next) = &authority.next else { return Ok(Vec::new()) };
        let mut serials = Vec::new();
        for row in self.store.authorities(Role::Ra).await? {
            let ra = Authority::from_value(&row.id, row.value)?.current;
            if ra.chain.first() == Some(&next.certificate) {
                serials.push(describe(&self.guest, &self.keys, &ra.certificate).await?.serial);
            }
        }
        Ok(serials)
    }

    pub(super) async fn replace(
        &self,
        seen: StoredAuthority,
        value: Value,
        revoked: Vec<Revocation>,
        event: Event,
    ) -> anyhow::Result<()> {
        if !self.store.replace_authority(seen, value, Vec::new(), revoked, event).await? {
            bail!("somebody else changed the authority meanwhile; run this again to see how it is now");
        }
        Ok(())
    }

    pub(super) async fn stored(&self, role: Role) -> anyhow::Result<(StoredAuthority, Authority)> {
        let stored = self.store.current_authority(role).await?;
        let stored =
            stored.with_context(|| format!("the {} authority is not in this folder", role.name()))?;
        let authority = Authority::from_value(&stored.id, stored.value.clone())?;
        Ok((stored, authority))
    }

    async fn issuer_of(&self, role: Role) -> anyhow::Result<Option<Authority>> {
        match role {
            Role::Root => Ok(None),
            _ => Ok(Some(self.stored(Role::Root).await?.1)),
        }
    }

    /// What the request for a renewal says of the next generation, besides its key.
    fn describe_next(&self, request: &mut Value, renewal: &Renewal, key: &str) {
        let is_root = renewal.role == Role::Root;
        if let Some(seconds) = renewal.validity_seconds.or(is_root.then_some(ROOT_SECONDS)) {
            request["validity_seconds"] = seconds.into();
        }
        // Without a public address the same key keeps its addresses; those of another key are no good for a new one.
        if matches!(renewal.mode, Mode::NewKey(_)) || !self.urls.ocsp().is_empty() {
            request["crl_urls"] = json!(self.urls.crl(key));
            // Nobody answers OCSP for the root: its key lies sealed.
            request["ocsp_urls"] = json!(if is_root { Vec::new() } else { self.urls.ocsp() });
            request["issuer_urls"] = json!(self.urls.issuer(key));
        }
    }

    /// The id of the next generation's key: its own for the same key, else one that there never was. What is left
    /// of an attempt that was cut off is not used again: somebody may have its key at hand under that id. Nor is that of a
    /// generation that was let go: its lists are known.
    async fn next_key_id(&self, renewal: &Renewal, stored: &StoredAuthority) -> anyhow::Result<String> {
        let authority = Authority::from_value(&stored.id, stored.value.clone())?;
        if matches!(renewal.mode, Mode::SameKey) {
            return Ok(authority.current.key);
        }
        let ids = (1..).map(|number| format!("{}-{number}", renewal.role.name()));
        for id in ids {
            if authority.generations().all(|generation| generation.key != id)
                && !self.keys.exists(&id)?
                && self.store.last_crl_number(&id).await?.is_none()
            {
                return Ok(id);
            }
        }
        bail!("there is no free id")
    }
}

pub(super) fn event(renewal: &Renewal, action: &str, subject: &str) -> Event {
    Event {
        at: ambient::now(),
        actor: renewal.actor.clone(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        comment: renewal.comment.clone(),
    }
}

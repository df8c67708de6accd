//! The authorities of a host as they are at one moment, and how a running server follows their changes.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use serde::Deserialize;
use serde_json::Value;

use super::crossing::{Crossing, crossing};
use super::ocsp;
use super::registration::{self, Standing, describe};
use super::warnings::{self, End};
use super::{Needed, Resources, Service, sha256, unseal};
use crate::ambient;
use crate::store::{Role, Store, StoredAuthority};

/// Certificates that messages are opened for besides the current one.
pub(super) const MAX_FORMER: usize = 8;

/// One generation of an authority: a certificate, and the key that goes with it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Generation {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Its certificate, PEM.
    pub(crate) certificate: String,
    /// Its issuers, nearest first, root last; PEM.
    pub(crate) chain: Vec<String>,
    /// The id of its key.
    pub(crate) key: String,
    /// Where its key is a new one: new with old, old with new (RFC 4210 4.4); PEM.
    #[serde(default)]
    pub(crate) cross_certificates: Vec<String>,
}

impl Generation {
    /// Its certificate and those above it, nearest first; the root only on demand.
    pub(crate) fn path(&self, with_root: bool) -> Vec<String> {
        let mut path = vec![self.certificate.clone()];
        path.extend(self.chain.iter().cloned());
        if !with_root {
            path.pop();
        }
        path
    }
}

/// An authority as the engine made it, with the parts that the host reads.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    /// Its id in the store.
    pub(crate) id: String,
    /// The generation in use.
    pub(crate) current: Generation,
    /// Those before it, newest first.
    pub(crate) former: Vec<Generation>,
    /// The one that is made and not in use yet.
    pub(crate) next: Option<Generation>,
    /// Those that were given up before they were in use; their keys sign what revokes.
    pub(crate) abandoned: Vec<Generation>,
    /// The engine's value.
    pub(crate) value: Value,
}

#[derive(Deserialize)]
struct Parts {
    #[serde(default = "first")]
    generation: u32,
    certificate: String,
    chain: Vec<String>,
    key: String,
    #[serde(default)]
    cross_certificates: Vec<String>,
    #[serde(default)]
    former: Vec<Generation>,
    #[serde(default)]
    next: Option<Generation>,
    #[serde(default)]
    abandoned: Vec<Generation>,
}

const fn first() -> u32 {
    1
}

impl Authority {
    /// Reads the engine's value.
    pub(super) fn from_value(id: &str, value: Value) -> anyhow::Result<Self> {
        let parts = Parts::deserialize(&value)
            .with_context(|| format!("the authority {id:?} in the store is damaged"))?;
        let Parts { generation: number, certificate, chain, key, former, next, abandoned, .. } = parts;
        let current =
            Generation { number, certificate, chain, key, cross_certificates: parts.cross_certificates };
        Ok(Self { id: id.to_owned(), current, former, next, abandoned, value })
    }

    /// The next generation, the current one, the former ones, and those that were given up.
    pub(crate) fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.next.iter().chain(self.in_use()).chain(&self.abandoned)
    }

    /// The generations that are or were in use, newest first.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = &Generation> {
        std::iter::once(&self.current).chain(&self.former)
    }

    /// The ids of its keys, each once.
    pub(crate) fn keys(&self) -> Vec<&str> {
        keys_of(self.generations())
    }

    /// The ids of the keys that are or were in use, each once.
    pub(crate) fn keys_in_use(&self) -> Vec<&str> {
        keys_of(self.in_use())
    }

    /// The generation with this number.
    pub(crate) fn generation(&self, number: u32) -> Option<&Generation> {
        self.generations().find(|generation| generation.number == number)
    }
}

fn keys_of<'a>(generations: impl Iterator<Item = &'a Generation>) -> Vec<&'a str> {
    let mut keys: Vec<&str> = Vec::new();
    for generation in generations {
        if !keys.contains(&generation.key.as_str()) {
            keys.push(&generation.key);
        }
    }
    keys
}

/// The authorities of a host at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Hierarchy {
    /// Signs the issuing authority's certificates; its key is used for nothing else.
    pub(crate) root: Option<Authority>,
    /// Signs devices' certificates.
    pub(crate) issuing: Authority,
    /// Speaks SCEP. In the shape of an authority, though it issues nothing.
    pub(crate) ra: Authority,
    /// Spoke SCEP before it was renewed; messages for them are still opened.
    pub(super) former: Vec<Authority>,
    /// Speaks SCEP for the next generation of the issuing authority, while one is waiting.
    pub(crate) next_ra: Option<Authority>,
    /// Signs OCSP responses for the current key of the issuing authority.
    pub(super) responder: Option<StoredAuthority>,
    /// The end of the registration authority's certificate.
    pub(crate) ra_not_after: u64,
    /// Whether that certificate was revoked, and there is no other yet.
    pub(super) is_ra_revoked: bool,
    /// What leads from the roots of before to the present one.
    pub(super) crossing: Crossing,
    /// What comes to its end, and when: certificates and the root's revocation list.
    pub(super) ends: Vec<End>,
    seen: Seen,
}

/// What a picture of the authorities was made of; another one wants a new picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    rows: Vec<StoredAuthority>,
    last_revocation: i64,
    root_crls: Vec<u64>,
}

impl Seen {
    async fn now(store: &dyn Store) -> anyhow::Result<Self> {
        let mut seen = Self { last_revocation: store.last_revocation().await?, ..Self::default() };
        for role in [Role::Root, Role::Issuing, Role::Ra, Role::Ocsp] {
            seen.rows.extend(store.authorities(role).await?);
        }
        for row in seen.rows.iter().filter(|row| row.role == Role::Root) {
            for key in Authority::from_value(&row.id, row.value.clone())?.keys() {
                seen.root_crls.extend(store.crl(key).await?.map(|crl| crl.number));
            }
        }
        Ok(seen)
    }

    fn of(&self, role: Role) -> impl Iterator<Item = &StoredAuthority> {
        self.rows.iter().filter(move |row| row.role == role)
    }
}

impl Hierarchy {
    /// Reads the authorities and opens the keys that are needed.
    ///
    /// # Errors
    /// If one is missing or damaged, or the passphrase is wrong.
    pub(super) async fn load(resources: Resources<'_>, needed: Needed) -> anyhow::Result<Self> {
        let Resources { guest, keys, store } = resources;
        let seen = Seen::now(store).await?;
        let of = |role: Role| seen.of(role);
        let read = |row: &StoredAuthority| Authority::from_value(&row.id, row.value.clone());
        let missing = |role: Role| anyhow!("the store has no {} authority", role.name());
        let issuing = of(Role::Issuing).next().ok_or_else(|| missing(Role::Issuing))?;
        let issuing = read(issuing)?;
        let (mut ras, mut ended, mut revoked) = (Vec::new(), Vec::new(), Vec::new());
        for row in of(Role::Ra) {
            let ra = read(row)?;
            match registration::standing(resources, &ra).await? {
                Standing::InForce => ras.push(ra),
                Standing::NotYet | Standing::Ended => ended.push(ra),
                Standing::Revoked => revoked.push(ra),
            }
        }
        ras.extend(ended);
        let is_by =
            |ra: &&Authority, issuer: &Generation| ra.current.chain.first() == Some(&issuer.certificate);
        let current = ras.iter().find(|ra| is_by(ra, &issuing.current));
        let mut next_ra =
            issuing.next.as_ref().and_then(|next| ras.iter().find(|ra| is_by(ra, next))).cloned();
        let earlier = || ras.iter().find(|ra| issuing.former.iter().any(|former| is_by(ra, former)));
        let ra = current.or_else(earlier);
        // A revoked one is better than none until there is another: who asks is at least answered.
        let is_ra_revoked = ra.is_none();
        let ra = ra.or(revoked.first()).ok_or_else(|| missing(Role::Ra))?.clone();
        let ra_not_after = describe(guest, keys, &ra.current.certificate).await?.not_after;
        let mut former = Vec::new();
        match needed {
            Needed::Issuing => unseal(keys, [&issuing.current.key]).await?,
            Needed::Scep => {
                unseal(keys, [&issuing.current.key, &ra.current.key]).await?;
                let others = ras.iter().filter(|other| other.id != ra.id);
                let served = others.filter(|other| next_ra.as_ref().is_none_or(|next| next.id != other.id));
                former = registration::served(resources, served, MAX_FORMER).await?;
                // Without its key nobody can be served by the next generation, and nobody is told of it; nor of one that
                // was revoked.
                next_ra = registration::served(resources, next_ra.iter(), 1).await?.pop();
                if let Some(next) = &issuing.next
                    && store.refused_for(&sha256(&next.certificate)?).await?.is_some()
                {
                    next_ra = None;
                }
            }
        }
        let responder = ocsp::responder(resources, &issuing, of(Role::Ocsp)).await?;
        let root = of(Role::Root).next().map(read).transpose()?;
        let ends = warnings::ends(resources, &issuing, root.as_ref()).await?;
        let crossing = crossing(resources, root.as_ref()).await?;
        Ok(Self {
            root,
            issuing,
            ra,
            former,
            next_ra,
            responder,
            ra_not_after,
            is_ra_revoked,
            crossing,
            ends,
            seen,
        })
    }

    /// All registration authorities that messages are opened for: the current one, those of before, the next.
    pub(super) fn registrations(&self) -> impl Iterator<Item = &Authority> + Clone {
        std::iter::once(&self.ra).chain(&self.former).chain(&self.next_ra)
    }

    /// The registration authority at this place; the current one, if there is none.
    pub(super) fn registration(&self, place: Option<usize>) -> &Authority {
        place.and_then(|place| self.registrations().nth(place)).unwrap_or(&self.ra)
    }

    /// The generation that issues for who wrote to this registration authority: the one that certified it, or
    /// the current one in the place of a former.
    pub(super) fn generation_of(&self, ra: &Authority) -> &Generation {
        match (&self.next_ra, &self.issuing.next) {
            (Some(next_ra), Some(next)) if next_ra.id == ra.id => next,
            _ => &self.issuing.current,
        }
    }

    /// The authorities that there are CRLs and OCSP responses of.
    pub(crate) fn authorities(&self) -> impl Iterator<Item = &Authority> {
        std::iter::once(&self.issuing).chain(&self.root)
    }
}

impl Service {
    /// The authorities as they are now. A request keeps to one such picture from its beginning to its end.
    pub(crate) fn hierarchy(&self) -> Arc<Hierarchy> {
        self.hierarchy.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// What was changed in the store, by this process or another, if anything was.
    ///
    /// # Errors
    /// If the new state cannot be served: a key is missing, or is not the one of its certificate.
    pub(crate) async fn changed(&self) -> anyhow::Result<Option<Arc<Hierarchy>>> {
        if Seen::now(self.store.as_ref()).await? == self.hierarchy().seen {
            return Ok(None);
        }
        let changed = Hierarchy::load(self.resources(), self.needed).await?;
        if self.needed == Needed::Scep {
            self.check_keys(&changed).await?;
        }
        Ok(Some(Arc::new(changed)))
    }

    /// The authorities as they stand in the store, for who is about to change them; what is served stays.
    ///
    /// # Errors
    /// As [`Self::changed`].
    pub(super) async fn latest(&self) -> anyhow::Result<Arc<Hierarchy>> {
        Ok(self.changed().await?.unwrap_or_else(|| self.hierarchy()))
    }

    /// Goes on with these authorities.
    pub(crate) fn serve_with(&self, hierarchy: Arc<Hierarchy>) {
        *self.hierarchy.write().unwrap_or_else(std::sync::PoisonError::into_inner) = hierarchy;
    }

    /// Takes over what was changed; whether anything was.
    ///
    /// # Errors
    /// As [`Self::changed`]; then the old state stays.
    pub(crate) async fn refresh(&self) -> anyhow::Result<bool> {
        let changed = self.changed().await?;
        let is_changed = changed.is_some();
        changed.into_iter().for_each(|changed| self.serve_with(changed));
        Ok(is_changed)
    }
}

/// Records an authority, the newest of its role.
pub(super) async fn record_authority(
    store: &dyn Store,
    role: Role,
    authority: &Authority,
) -> anyhow::Result<()> {
    let authority = StoredAuthority {
        id: authority.id.clone(),
        role,
        value: authority.value.clone(),
        created_at: ambient::now(),
    };
    Ok(store.put_authority(authority).await?)
}

#[cfg(test)]
impl Hierarchy {
    /// One in which nothing but the end of the registration authority is true.
    pub(super) fn with_ra_until(ra_not_after: u64) -> Self {
        let value = serde_json::json!({ "certificate": "", "chain": [], "key": "ra-1" });
        let authority = Authority::from_value("ra-1", value).expect("it is whole");
        Self {
            root: None,
            issuing: authority.clone(),
            ra: authority,
            former: Vec::new(),
            next_ra: None,
            responder: None,
            ra_not_after,
            is_ra_revoked: false,
            crossing: Vec::new(),
            ends: Vec::new(),
            seen: Seen::default(),
        }
    }
}

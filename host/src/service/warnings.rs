//! What needs somebody's attention: what comes to its end, and what the server cannot do.

use std::collections::BTreeSet;

use super::crl::{MAX_CRL_ENTRIES, last_event, signer};
use super::hierarchy::{Authority, Hierarchy};
use super::registration::describe;
use super::{Resources, Service, sha256};
use crate::ambient::{self, SECONDS_PER_DAY, date};

/// How long before the end of a certificate or list of a month or a year somebody is told.
pub(super) const SOON: u64 = 30 * SECONDS_PER_DAY;
/// The same for an authority.
const SOON_FOR_AUTHORITIES: u64 = 365 * SECONDS_PER_DAY;
/// From so many on somebody is told.
const MANY_CRL_ENTRIES: u64 = MAX_CRL_ENTRIES / 5 * 4;

const FULL_LISTS: &str = "each leaves the lists after its own end, so give new certificates a shorter life, have clients ask \
     OCSP, which has no such limit, and enrol further devices with another authority (`sealwright init`)";

/// Something that comes to its end, or has to be made anew for another reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    what: String,
    /// 0 if it has to be made anew at once.
    at: u64,
    told_before: u64,
    remedy: &'static str,
}

impl End {
    fn warning(&self, now: u64) -> Option<String> {
        let Self { what, at, told_before, remedy } = self;
        let days = at.saturating_sub(now) / SECONDS_PER_DAY;
        match *at {
            0 => Some(format!("{what}: {remedy}")),
            at if at < now => Some(format!("{what} ended at {}: {remedy}", date(at))),
            at if at.saturating_sub(now) <= *told_before => {
                Some(format!("{what} ends at {}, in {days} days: {remedy}", date(at)))
            }
            _ => None,
        }
    }
}

/// The ends of the authorities and of the root's revocation lists.
pub(super) async fn ends(
    resources: Resources<'_>,
    issuing: &Authority,
    root: Option<&Authority>,
) -> anyhow::Result<Vec<End>> {
    let mut ends = Vec::new();
    let renewals = [
        (Some(issuing), "the issuing authority", "run `sealwright ca renew` and `ca activate`"),
        (root, "the root", "run `sealwright ca renew --authority root` and `ca activate --authority root`"),
    ];
    for (authority, name, remedy) in renewals {
        let Some(authority) = authority else { continue };
        let described = describe(resources.guest, resources.keys, &authority.current.certificate).await?;
        let what = format!("{name}'s certificate");
        ends.push(End { what, at: described.not_after, told_before: SOON_FOR_AUTHORITIES, remedy });
        let refused = resources.store.refused_for(&sha256(&authority.current.certificate)?).await?;
        if authority.id == issuing.id && refused.is_some() {
            let (what, remedy) = (
                "the issuing authority's certificate is revoked, and it issues nothing any more".to_owned(),
                "give it a new key with `sealwright ca renew --new-key` and `ca activate`",
            );
            ends.push(End { what, at: 0, told_before: 0, remedy });
        }
        let entries = resources.store.count_revoked(&authority.id, ambient::now()).await?;
        if entries >= MANY_CRL_ENTRIES {
            let what = format!(
                "{entries} certificates of {name} are revoked, and with more than {MAX_CRL_ENTRIES} no revocation list can be \
                 made"
            );
            ends.push(End { what, at: 0, told_before: 0, remedy: FULL_LISTS });
        }
    }
    if let Some(root) = root {
        ends.extend(root_lists(resources, root).await?);
    }
    Ok(ends)
}

/// The server cannot make the root's lists itself: its key lies sealed.
async fn root_lists(resources: Resources<'_>, root: &Authority) -> anyhow::Result<Vec<End>> {
    let remedy = "run `sealwright ca crl --authority root`";
    let is_published = root.value["crl_urls"].as_array().is_some_and(|urls| !urls.is_empty());
    let last_event = last_event(resources.store, root).await?;
    let mut ends = Vec::new();
    for key in root.keys_in_use().into_iter().filter(|_| is_published) {
        match signer(resources, root, key).await {
            Err(error) if error.is_ended() => continue,
            found => drop(found?),
        }
        let Some(crl) = resources.store.crl(key).await? else {
            ends.push(End {
                what: format!("there is no revocation list of {key}"),
                at: 0,
                told_before: 0,
                remedy,
            });
            continue;
        };
        let (what, at) = match crl.last_event >= last_event {
            true => (format!("the revocation list of {key}"), crl.next_update),
            false => (format!("the revocation list of {key} does not tell of the last revocation"), 0),
        };
        ends.push(End { what, at, told_before: SOON, remedy });
    }
    Ok(ends)
}

impl Service {
    /// What needs somebody's attention, in words.
    pub(crate) fn warnings(&self, now: u64) -> Vec<String> {
        let hierarchy = self.hierarchy();
        let troubles = self.troubles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let ends = hierarchy.ends.iter().filter_map(|end| end.warning(now));
        hierarchy.ra_warning(now).into_iter().chain(ends).chain(troubles.values().cloned()).collect()
    }

    /// What has to be done at once, by its remedies.
    pub(crate) fn urgent(&self) -> BTreeSet<&'static str> {
        self.hierarchy().ends.iter().filter(|end| end.at == 0).map(|end| end.remedy).collect()
    }

    /// Notes how something went that the server tries again and again; whether the trouble is new.
    pub(crate) fn note(&self, what: &str, trouble: Option<String>) -> bool {
        let mut troubles = self.troubles.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match trouble {
            Some(trouble) => troubles.insert(what.to_owned(), trouble).is_none(),
            None => {
                troubles.remove(what);
                false
            }
        }
    }
}

impl Hierarchy {
    fn ra_warning(&self, now: u64) -> Option<String> {
        let what = "the SCEP registration authority's certificate";
        let remedy = "clients refuse it then; run `sealwright ra renew --data DIR`";
        let (what, at) = match self.is_ra_revoked {
            true => (format!("{what} is revoked"), 0),
            false => (what.to_owned(), self.ra_not_after),
        };
        End { what, at, told_before: SOON, remedy }.warning(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_announced_thirty_days_before() {
        let end = 1_800_000_000;
        let hierarchy = Hierarchy::with_ra_until(end);
        assert_eq!(hierarchy.ra_warning(end - SOON - 1), None);
        let near = hierarchy.ra_warning(end - SOON).unwrap();
        assert!(near.contains("2027-01-15") && near.contains("in 30 days"), "{near}");
        assert!(near.contains("sealwright ra renew"), "{near}");
        assert!(hierarchy.ra_warning(end + 1).unwrap().contains("ended at"));
    }
}

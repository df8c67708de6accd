//! Whether certificates of a path are revoked (RFC 5280 6.3, RFC 6960 3.2), by the lists and responses that came with
//! the request. What any of them says is revoked is revoked, also where it is too old or from the future, says too little
//! of itself, or its signer's certificate is not all that the question asks of certificates; for "good" none of that may
//! be. A hold alone is taken back, by the next list of its kind. Not heard at all is what has a critical extension that is not
//! processed here, and what is signed by one who has no path to the anchor, is revoked, or may not sign such a thing.

mod by_list;
mod by_response;
mod list;
mod list_signer;
mod response;
#[cfg(test)]
mod tests;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

pub(super) use list::IssuingDistributionPoint;
pub use list::RevocationList;
pub use response::OcspResponse;

use super::{
    build::{Graph, Path},
    extensions::Extensions,
    node::{Node, verify_signature},
    policy::{Policy, RevocationMode, Rules},
    purpose::Purpose,
};
use crate::{
    crl::Reason,
    distinguished_name::Folded,
    error::{Error, ErrorCode},
    key::PublicKey,
    signed::Signed,
    validity::Moment,
};

/// How many signers of lists may stand on lists of other signers.
const MAX_NESTING: usize = 4;

/// Where a status came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    List(usize),
    Response(usize),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(index) => write!(f, "crls.{index}"),
            Self::Response(index) => write!(f, "ocsp_responses.{index}"),
        }
    }
}

/// What is known of a certificate that is not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Good { source: Source, this_update: u64, next_update: Option<u64> },
    Unknown { reason: String },
    Exempt,
    NotChecked,
}

/// What one kind of source says.
enum Finding {
    Good { source: Source, this_update: u64, next_update: Option<u64> },
    Revoked { source: Source, at: u64, reason: Reason },
    Unknown(Notes),
}

/// What responses say, and when one of them said last that the certificate is on hold.
struct Found {
    finding: Finding,
    held_at: Option<u64>,
}

/// Why what was given does not help.
#[derive(Clone, Default)]
struct Notes(Vec<String>);

impl Notes {
    /// How many are told.
    const MOST: usize = 4;

    fn add(&mut self, source: Source, note: impl fmt::Display) {
        if self.0.len() < Self::MOST {
            self.0.push(format!("{source} {note}"));
        }
    }
}

/// The statuses of the certificates of a path, the one in question first.
///
/// # Errors
/// `PathRevoked`; `PathRevocationUnknown` where it is required; `PathBudgetExhausted`.
pub(super) fn check_path(graph: &Graph<'_>, path: &Path) -> Result<Vec<Status>, Error> {
    let mode = graph.question.policy.revocation;
    Checker { graph, mode, heard: Heard::Everybody, under_way: Vec::new() }.check_path(path)
}

/// Whose word that a certificate is revoked counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Everybody,
    /// Those alone who are all that is asked: the others make a signer one of themselves, and silence him not.
    Strong,
}

/// Who holds a key that may have signed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    Anchor(usize),
    Node(usize),
}

/// The issuer of a certificate of a path.
struct Issuer<'g, 'a> {
    holder: Holder,
    subject: &'g Folded,
    key: &'g PublicKey,
    extensions: Option<&'g Extensions<'a>>,
}

struct Checker<'g, 'a> {
    graph: &'g Graph<'a>,
    mode: RevocationMode,
    heard: Heard,
    /// The lists whose signers are being checked.
    under_way: Vec<usize>,
}

impl<'g, 'a> Checker<'g, 'a> {
    fn check_path(&mut self, path: &Path) -> Result<Vec<Status>, Error> {
        if self.mode == RevocationMode::Off {
            return Ok(path.chain.iter().map(|_| Status::NotChecked).collect());
        }
        // From the anchor down: whom a revoked issuer speaks of does not matter.
        let mut statuses = Vec::new();
        for position in (0..path.chain.len()).rev() {
            statuses.push(self.status(path, position)?);
        }
        statuses.reverse();
        Ok(statuses)
    }

    fn status(&mut self, path: &Path, position: usize) -> Result<Status, Error> {
        let node = self.at(path, position)?;
        let is_responder = self.graph.question.purpose == Purpose::OcspSigner
            && position == 0
            && path.chain.first() == Some(&self.graph.target());
        if is_responder && node.extensions()?.ocsp_no_check {
            return Ok(Status::Exempt);
        }
        match self.find(path, position)? {
            Finding::Good { source, this_update, next_update } => {
                Ok(Status::Good { source, this_update, next_update })
            }
            Finding::Revoked { source, at, reason } => Err(node.failure(
                ErrorCode::PathRevoked,
                format_args!(
                    "{source} says that it was revoked at {}, {reason} (RFC 5280 6.1.3 a 3)",
                    Moment(at)
                ),
            )),
            Finding::Unknown(notes) => {
                let reason = match notes.0.is_empty() {
                    true => "no list and no response is about it".to_string(),
                    false => notes.0.join("; "),
                };
                self.unknown(node, reason)
            }
        }
    }

    fn unknown(&self, node: &Node<'_>, reason: String) -> Result<Status, Error> {
        match self.mode {
            RevocationMode::Required => Err(node.failure(
                ErrorCode::PathRevocationUnknown,
                format_args!("whether it is revoked cannot be told: {reason} (RFC 5280 6.3.3)"),
            )),
            RevocationMode::Soft | RevocationMode::Off => Ok(Status::Unknown { reason }),
        }
    }

    fn find(&mut self, path: &Path, position: usize) -> Result<Finding, Error> {
        let (lists, heard) = (self.read_lists(path, position)?, self.heard);
        if let Some(revoked) = lists.revoked(heard) {
            return Ok(revoked);
        }
        let by_response = self.find_by_response(path, position)?;
        let held_at = lists.held_at(heard).max(by_response.held_at);
        Ok(match (by_response.finding, lists.unless_revoked(heard, held_at)) {
            (revoked @ Finding::Revoked { .. }, _) => revoked,
            (Finding::Unknown(more), Finding::Unknown(mut notes)) => {
                notes.0.extend(more.0);
                Finding::Unknown(notes)
            }
            (good @ Finding::Good { this_update, .. }, Finding::Unknown(_))
                if Some(this_update) >= held_at =>
            {
                good
            }
            (Finding::Good { source, .. }, Finding::Unknown(mut notes)) => {
                notes.add(source, "is older than one that has it on hold");
                Finding::Unknown(notes)
            }
            (_, found) => found,
        })
    }

    /// The certificate at a place in a path.
    fn at(&self, path: &Path, position: usize) -> Result<&'g Node<'a>, Error> {
        self.graph.node(path.chain.get(position).copied().unwrap_or(usize::MAX))
    }

    /// Its issuer.
    fn issuer(&self, path: &Path, position: usize) -> Result<Issuer<'g, 'a>, Error> {
        let Some(&above) = path.chain.get(position.saturating_add(1)) else {
            let anchor = self.graph.anchor(path.anchor)?;
            let extensions = anchor.node.as_ref().map(Node::extensions).transpose()?;
            let holder = Holder::Anchor(path.anchor);
            return Ok(Issuer { holder, subject: &anchor.subject, key: anchor.key()?, extensions });
        };
        let node = self.graph.node(above)?;
        let extensions = Some(node.extensions()?);
        Ok(Issuer { holder: Holder::Node(above), subject: &node.subject, key: node.key()?, extensions })
    }

    /// Whether that key made that signature; each pair is looked at once.
    fn is_signed(
        &mut self,
        source: Source,
        signed: &Signed,
        holder: Holder,
        key: &PublicKey,
    ) -> Result<bool, Error> {
        let known = &self.graph.revocation_signatures;
        if let Some(known) = known.borrow().get(&(source, holder)) {
            return Ok(*known);
        }
        self.graph.budget.signature()?;
        let verified = verify_signature(signed, key, self.graph.question.policy).is_ok();
        known.borrow_mut().insert((source, holder), verified);
        Ok(verified)
    }

    /// The least that a signer has to be for his word that a certificate is revoked: no more than is usual.
    fn leniency(&self) -> Policy {
        let (own, usual) = (self.graph.question.policy, Policy::default());
        Policy {
            rules: Rules::Path,
            minimum_rsa_bits: own.minimum_rsa_bits.min(usual.minimum_rsa_bits),
            minimum_ec_bits: own.minimum_ec_bits.min(usual.minimum_ec_bits),
            clock_skew_seconds: own.clock_skew_seconds,
            allow_sha1: own.allow_sha1,
            max_depth: u8::MAX,
            ..usual
        }
    }

    /// What the question asks of signers of lists and responses: the Baseline Requirements are about other certificates.
    fn asked_of_signers(&self) -> Policy {
        let asked = self.graph.question.policy;
        Policy { rules: asked.rules.min(Rules::Rfc5280), ..asked.clone() }
    }

    /// Whether a list or response was there already; what is wrong, otherwise.
    fn check_begun(&self, this_update: u64) -> Result<(), String> {
        let (now, skew) = (self.graph.question.now, self.graph.question.policy.clock_skew_seconds);
        match this_update <= now.saturating_add(skew) {
            true => Ok(()),
            false => {
                Err(format!("is from the future: thisUpdate {}, now is {}", Moment(this_update), Moment(now)))
            }
        }
    }

    /// Whether it is the last word still; what is wrong, otherwise.
    fn check_current(
        &self,
        this_update: u64,
        next_update: Option<u64>,
        most: Option<u64>,
    ) -> Result<(), String> {
        let (now, skew) = (self.graph.question.now, self.graph.question.policy.clock_skew_seconds);
        let end = next_update.or_else(|| most.map(|most| this_update.saturating_add(most)));
        match end {
            Some(end) if now <= end.saturating_add(skew) => Ok(()),
            Some(end) => Err(format!("is out of date: it ended {}, now is {}", Moment(end), Moment(now))),
            None => Err("has no nextUpdate (RFC 5280 5.1.2.5)".to_string()),
        }
    }
}

/// Whether an error ends the whole search.
fn is_end(error: &Error) -> bool {
    error.code == ErrorCode::PathBudgetExhausted
}

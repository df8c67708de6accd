//! Paths before three judges: the engine, OpenSSL and rustls-webpki. Certificates one behind the other after an octet
//! that says what is asked (see [`Question::read`]), the one in question first, the anchor last.
//!
//! The certificates are signed anew by the key of the seeds, so that mutations of what is signed are not refused for the
//! signature alone. Those that the engine cannot read are left out: readers are the subject of other targets. Every
//! disagreement has an entry in `fuzz/disagreements.json` with the reason; one without is a finding.

pub mod condition;
pub mod mutation;
#[cfg(feature = "differential")]
mod openssl;
#[cfg(feature = "differential")]
mod ours;
mod question;
#[cfg(all(test, feature = "differential"))]
mod seeds;
pub mod table;
#[cfg(feature = "differential")]
mod webpki;

pub use question::{Purpose, Question, Verdict};

/// Asks all three; see [`judge`].
///
/// # Panics
/// If a disagreement is not in the table.
#[cfg(feature = "differential")]
pub fn run(data: &[u8]) {
    let Some(question) = Question::read(data) else { return };
    for disagreement in judge(&question) {
        if !disagreement.is_known() {
            disagreement.report();
        }
    }
}

/// The disagreements about a question.
///
/// A path that the engine accepts is put before the peers alone, and one that a peer accepts before the engine: what
/// differs then is the judgement, and not which of several paths somebody tries.
#[cfg(feature = "differential")]
#[must_use]
pub fn judge(question: &Question) -> Vec<table::Disagreement> {
    type Peer = fn(&Question) -> Verdict;
    let peers: [(table::Peer, Peer); 2] =
        [(table::Peer::Openssl, openssl::judge), (table::Peer::Webpki, webpki::judge)];
    let ours = ours::judge(question);
    let found = peers.map(|(peer, ask)| match &ours {
        Verdict::Accepted(path) => {
            let asked = question.through(path.clone());
            let theirs = ask(&asked);
            theirs.is_refused().then(|| table::Disagreement::new(peer, asked, ours.clone(), theirs))
        }
        Verdict::Refused(..) => {
            let theirs = ask(question);
            let Verdict::Accepted(path) = &theirs else { return None };
            let asked = question.through(path.clone());
            let alone = ours::judge(&asked);
            let told = if alone.is_refused() { alone } else { ours.clone() };
            Some(table::Disagreement::new(peer, asked, told, theirs))
        }
    });
    found.into_iter().flatten().collect()
}

//! Other verifiers, asked the same questions: webpki, OpenSSL and pyca/cryptography. Each says what it thinks of a
//! path, or nothing where it has no way to be asked: a policy, a name of a form that it does not know, a revocation list.

mod openssl;
mod pyca;
mod webpki;

use anyhow::Result;
use serde_json::Value;

use super::{Case, Question};

/// Whether it accepts each case; nothing of those that it cannot be asked.
pub type Verdicts = Vec<Option<bool>>;

/// A verifier by its name.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// As people know it.
    pub name: &'static str,
    judge: fn(&[Case]) -> Result<Verdicts>,
}

/// All of them.
pub const PEERS: [Peer; 3] = [
    Peer { name: "webpki", judge: webpki::judge },
    Peer { name: "OpenSSL", judge: openssl::judge },
    Peer { name: "pyca", judge: pyca::judge },
];

impl Peer {
    /// Asks it about every case.
    ///
    /// # Errors
    /// If it is not installed, or does not answer.
    pub fn verdicts(&self, cases: &[Case]) -> Result<Verdicts> {
        (self.judge)(cases)
    }
}

impl Question {
    fn flag(&self, name: &str) -> bool {
        self.policy[name].as_bool().unwrap_or(false)
    }

    fn policies(&self) -> Vec<&str> {
        self.policy["policies"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Whether an answer depends on what the certificates say of policies.
    fn is_about_policies(&self) -> bool {
        let flags = ["require_explicit_policy", "inhibit_policy_mapping", "inhibit_any_policy"];
        !self.policies().is_empty() || flags.iter().any(|flag| self.flag(flag))
    }

    fn max_depth(&self) -> Option<u64> {
        self.policy["max_depth"].as_u64()
    }

    /// The names by their forms: `("dns", "example.com")`.
    fn names(&self) -> Vec<(&str, &str)> {
        self.identities.iter().filter_map(|identity| identity.split_once(':')).collect()
    }
}

//! How strict `sealwright verify` is: the policy that goes with the question.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::name;
use crate::cli::strength::StrengthArgs;

#[derive(Args)]
#[command(next_help_heading = "How strict to be")]
pub(super) struct PolicyArgs {
    /// Whether its revocation must be known, may be unknown, or is not looked at
    #[arg(long, value_enum, default_value_t = Revocation::Soft)]
    pub(super) revocation: Revocation,
    /// Which rules the certificates are held to
    #[arg(long, value_enum, default_value_t = Rules::Rfc5280)]
    rules: Rules,
    #[command(flatten)]
    strength: StrengthArgs,
    /// The smallest key on an elliptic curve
    #[arg(long, value_name = "BITS", default_value_t = 256)]
    minimum_ec_bits: u32,
    /// How many issuers may be between the certificate and the anchor
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    max_depth: u8,
    /// By how much clocks may differ, a day at most
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=86_400))]
    clock_skew_seconds: u64,
    /// A certificate policy (object identifier) of which the path has to be valid for one
    #[arg(long, value_name = "OID")]
    policy: Vec<String>,
    /// Refuse a path that names no policy
    #[arg(long)]
    require_explicit_policy: bool,
    /// Refuse policies that are mapped to others
    #[arg(long)]
    inhibit_policy_mapping: bool,
    /// Do not take anyPolicy for each policy
    #[arg(long)]
    inhibit_any_policy: bool,
    /// A list of the domains below which anybody may register, such as publicsuffix.org's; for --rules web-pki
    #[arg(long, value_name = "FILE")]
    public_suffixes: Option<PathBuf>,
}

/// What must be known of revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Revocation {
    /// Each certificate must be known to be good
    Required,
    /// A revoked one is refused, an unknown one is not
    Soft,
    /// Not looked at
    Off,
}

/// The rules.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rules {
    /// Validation alone (RFC 5280 section 6)
    Path,
    /// What certificates have to look like as well (RFC 5280 section 4)
    Rfc5280,
    /// The Baseline Requirements for servers on the web as well
    WebPki,
}

impl PolicyArgs {
    /// As `verify_path` takes it.
    pub(super) fn request(&self) -> anyhow::Result<Value> {
        let strength = self.strength.strength();
        let suffixes = match &self.public_suffixes {
            None => String::new(),
            Some(file) => {
                fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?
            }
        };
        let suffixes =
            suffixes.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        Ok(json!({
            "rules": name(self.rules),
            "revocation": name(self.revocation),
            "allow_sha1": strength.allow_sha1,
            "minimum_rsa_bits": strength.minimum_rsa_bits,
            "minimum_ec_bits": self.minimum_ec_bits,
            "max_depth": self.max_depth,
            "clock_skew_seconds": self.clock_skew_seconds,
            "policies": (!self.policy.is_empty()).then_some(&self.policy),
            "require_explicit_policy": self.require_explicit_policy,
            "inhibit_policy_mapping": self.inhibit_policy_mapping,
            "inhibit_any_policy": self.inhibit_any_policy,
            "public_suffixes": suffixes.collect::<Vec<_>>(),
        }))
    }
}

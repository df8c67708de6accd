//! What signatures and keys must be, for commands that verify certificates.

use clap::Args;

use crate::client::Strength;

/// The two arguments.
#[derive(Args, Clone, Copy)]
pub(super) struct StrengthArgs {
    /// Accept signatures with SHA-1 on certificates; they can be forged
    #[arg(long)]
    allow_sha1: bool,
    /// The smallest RSA key
    #[arg(long, value_name = "BITS", default_value_t = Strength::default().minimum_rsa_bits)]
    minimum_rsa_bits: u32,
}

impl StrengthArgs {
    /// As the engine takes it.
    pub(super) const fn strength(self) -> Strength {
        Strength { allow_sha1: self.allow_sha1, minimum_rsa_bits: self.minimum_rsa_bits }
    }
}

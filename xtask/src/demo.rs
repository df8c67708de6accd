//! `cargo xtask demo`.
/// Placeholder until the host lands.
pub(crate) fn run() -> anyhow::Result<()> {
    anyhow::bail!("the host has no commands yet")
}

//! `sealwright ca plan`: what a renewal will do, before anything is touched.

use clap::Args;
use serde_json::{Map, Value};

use super::super::DataArgs;
use super::super::output::{self, Output};
use super::NextArgs;

/// Say what a renewal will do; nothing is touched, and nothing is signed
///
/// Lists what depends on the authority by kind and expiry, when the last of it can be done, and what breaks in
/// the field when an authority is renewed, each as a check with a name. Of what cannot be seen from here
/// (profiles, plug-ins, browser policies) tell how many there are; what is left out is reported as unknown.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sealwright ca plan --data ./ca
  sealwright ca plan --data ./ca --new-key p256 --https-distribution-points 1 --signed-profiles 12 --json")]
pub(in crate::cli) struct PlanArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    next: NextArgs,
    /// File distribution points that serve over HTTPS under a certificate of this authority
    #[arg(long, value_name = "N")]
    https_distribution_points: Option<u64>,
    /// Configuration profiles signed with a key that this authority certified
    #[arg(long, value_name = "N")]
    signed_profiles: Option<u64>,
    /// Plug-ins of other management systems that trust this authority, such as SCCM's
    #[arg(long, value_name = "N")]
    management_plugins: Option<u64>,
    /// Tokens for automated enrolment with a key that this authority certified
    #[arg(long, value_name = "N")]
    enrolment_tokens: Option<u64>,
    /// Profiles that pin the authority's certificate (CAFingerprint, a certificate payload)
    #[arg(long, value_name = "N")]
    ca_fingerprint_profiles: Option<u64>,
    /// Browser policies that choose a certificate by its issuer's name
    #[arg(long, value_name = "N")]
    auto_select_filters: Option<u64>,
    /// Things encrypted for the authority's own certificate, such as escrowed recovery keys
    #[arg(long, value_name = "N")]
    escrow_recipients: Option<u64>,
    /// Servers that hold the authority's certificate as their anchor: RADIUS, VPN, gateways
    #[arg(long, value_name = "N")]
    trust_lists: Option<u64>,
}

impl PlanArgs {
    fn settings(&self) -> Value {
        let told = [
            ("https_distribution_points", self.https_distribution_points),
            ("signed_profiles", self.signed_profiles),
            ("management_plugins", self.management_plugins),
            ("enrolment_tokens", self.enrolment_tokens),
            ("ca_fingerprint_profiles", self.ca_fingerprint_profiles),
            ("auto_select_filters", self.auto_select_filters),
            ("escrow_recipients", self.escrow_recipients),
            ("trust_lists", self.trust_lists),
        ];
        let known = told.into_iter().filter_map(|(name, count)| Some((name.to_owned(), count?.into())));
        Value::Object(known.collect::<Map<_, _>>())
    }
}

/// Runs the command.
pub(super) async fn run(args: PlanArgs, output: Output) -> anyhow::Result<()> {
    let service = args.data.open_to_issue().await?;
    let renewal = args.next.renewal(String::new(), None);
    let plan = service.plan_renewal(&renewal, &args.settings()).await?;
    service.store.close().await;
    output.result(&plan, || output::tree(&plan));
    Ok(())
}

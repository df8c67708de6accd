//! Policies, and what an authority's certificate demands of those below (RFC 5280 4.2.1.4, 4.2.1.10 and 4.2.1.11).

use alloc::collections::BTreeSet;

use super::{extensions::Extensions, finding::Findings, rule::rules};
use crate::inspect::ExtensionValue as Value;

rules! {
    POLICY_REPEATED, Error, "RFC 5280 4.2.1.4":
        "a certificate policy is named twice";
        "name it once".
    POLICY_CONSTRAINTS_EMPTY, Error, "RFC 5280 4.2.1.11":
        "policy constraints constrain nothing";
        "leave the extension out, or say what is demanded".
    NAME_CONSTRAINTS_EMPTY, Error, "RFC 5280 4.2.1.10":
        "name constraints neither permit nor exclude anything";
        "leave the extension out, or write the names".
}

/// Looks at these extensions.
pub(super) fn check(extensions: &Extensions, findings: &mut Findings) {
    for (index, extension) in extensions.iter().enumerate() {
        let place = format_args!("extensions.{index}");
        match &extension.value {
            Value::CertificatePolicies(policies) => {
                let mut seen = BTreeSet::new();
                for policy in policies {
                    let is_new = seen.insert(policy.policy.as_str());
                    findings.add_if(
                        !is_new,
                        &POLICY_REPEATED,
                        place,
                        format_args!("found {} once more", policy.policy),
                    );
                }
            }
            Value::PolicyConstraints(found) => {
                let is_empty =
                    found.require_explicit_policy.is_none() && found.inhibit_policy_mapping.is_none();
                findings.add_if(is_empty, &POLICY_CONSTRAINTS_EMPTY, place, "found no field");
            }
            Value::NameConstraints(found) => {
                let is_empty = found.permitted.is_empty() && found.excluded.is_empty();
                findings.add_if(is_empty, &NAME_CONSTRAINTS_EMPTY, place, "found no name");
            }
            _ => {}
        }
    }
}

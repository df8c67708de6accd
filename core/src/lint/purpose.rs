//! What a certificate is meant for, and what that takes: RFC 8894, RFC 9525, RFC 6960 and the clients.

use serde::Deserialize;

use super::{
    address::REVOCATION_UNKNOWN,
    alternative_name,
    certificate::Certificate,
    finding::Findings,
    key::Family,
    key_usage::{EXTENDED_KEY_USAGE, KEY_USAGE},
    name,
    rule::rules,
    validity::SECONDS_PER_DAY,
};

rules! {
    RA_KEY_USAGE_INCOMPLETE, Error, "macOS and iOS (openxpki-config issue 14, micromdm/scep issue 81)":
        "a SCEP registration authority's key usage lacks digitalSignature or keyEncipherment";
        "have it issued anew with both: macOS otherwise picks another certificate, or ends with -50".
    RA_KEY_NOT_RSA, Error, "RFC 8894 3.1":
        "a SCEP registration authority's key is not RSA, so nothing can be encrypted for it";
        "give it an RSA key; the authority's own key may be of any kind".
    RA_WITHOUT_WINDOWS_PURPOSE, Warning, "Windows and Intune (NeySlim/ultimate-ca-manager issue 228)":
        "a SCEP registration authority is neither a certificate request agent nor a TLS server by its extended key usage";
        "add 1.3.6.1.4.1.311.20.2.1 or serverAuth: Windows takes no other".
    RA_IS_AUTHORITY, Warning, "RFC 8894 2.1.2 and RUSTSEC-2023-0071":
        "the certificate that SCEP messages are encrypted for is the authority's own";
        "give the registration authority a key of its own: who decrypts for strangers should not sign certificates".
    DEVICE_WITHOUT_CLIENT_AUTH, Warning, "RFC 5280 4.2.1.12":
        "a device's extended key usage lacks clientAuth";
        "add clientAuth, or leave the extension out: TLS servers, RADIUS and VPN gateways ask for it".
    SERVER_WITHOUT_ALTERNATIVE_NAMES, Error, "RFC 9525 2 and Apple (support article 103769)":
        "a TLS server's name is in no alternative name";
        "write the server's DNS name as a subject alternative name; common names are not looked at".
    SERVER_WITHOUT_SERVER_AUTH, Error, "Apple (support article 103769)":
        "a TLS server's extended key usage lacks serverAuth";
        "add serverAuth; Apple's systems refuse the certificate without it".
    SERVER_LIFE_OVER_825_DAYS, Warning, "Apple (support article 103769)":
        "a TLS server's certificate lives longer than 825 days";
        "issue it for 825 days or less; Apple's systems refuse longer ones, from private authorities too".
    COMMON_NAME_NOT_AMONG_NAMES, Notice, "CA/Browser Forum Baseline Requirements 7.1.4.3":
        "a TLS server's common name is none of its alternative names";
        "add the common name to the alternative names, if clients reach the server by it".
    OCSP_SIGNER_WITHOUT_PURPOSE, Error, "RFC 6960 4.2.2.2":
        "the certificate of an OCSP responder lacks the purpose OCSPSigning";
        "have it issued anew with OCSPSigning; nobody believes its responses otherwise".
    OCSP_SIGNER_WITHOUT_NO_CHECK, Notice, "RFC 6960 4.2.2.2.1":
        "the certificate of an OCSP responder does not say that its own status need not be asked";
        "add id-pkix-ocsp-nocheck and let it live for weeks, or publish a revocation list for it".
}

/// What a certificate or request is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LintPurpose"))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What its extensions say.
    #[default]
    Auto,
    /// A device or user: TLS client, Wi-Fi, VPN, MDM identity.
    Device,
    /// The SCEP registration authority, which messages are encrypted for.
    Ra,
    /// A certificate authority.
    Authority,
    /// A TLS server.
    TlsServer,
    /// Who signs OCSP responses for an authority.
    OcspSigner,
}

const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";
const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
const AUTHORITY_INFORMATION_ACCESS: &str = "1.3.6.1.5.5.7.1.1";
/// Apple's limit for TLS servers under private authorities.
const SERVER_LIFE_DAYS: u64 = 825;

/// Looks at what a purpose takes.
pub(super) fn check(certificate: &Certificate<'_>, purpose: Purpose, findings: &mut Findings) {
    let extensions = &certificate.extensions;
    match purpose {
        Purpose::Ra => check_ra(certificate, findings),
        Purpose::Device => {
            let is_other = extensions.purposes().is_some() && !allows(certificate, "clientAuth");
            findings.add_if(
                is_other,
                &DEVICE_WITHOUT_CLIENT_AUTH,
                extensions.place(EXTENDED_KEY_USAGE),
                "found no clientAuth",
            );
        }
        Purpose::TlsServer => check_server(certificate, findings),
        Purpose::OcspSigner => {
            let is_signer = extensions.has_purpose("OCSPSigning");
            findings.add_if(
                !is_signer,
                &OCSP_SIGNER_WITHOUT_PURPOSE,
                extensions.place(EXTENDED_KEY_USAGE),
                "found no OCSPSigning",
            );
            findings.add_if(
                !extensions.has(NO_CHECK),
                &OCSP_SIGNER_WITHOUT_NO_CHECK,
                "extensions",
                "found no id-pkix-ocsp-nocheck",
            );
        }
        Purpose::Authority | Purpose::Auto => {}
    }
    let is_known = extensions.has(NO_CHECK)
        || extensions.has(CRL_DISTRIBUTION_POINTS)
        || extensions.has(AUTHORITY_INFORMATION_ACCESS);
    findings.add_if(
        !is_known && !certificate.is_self_issued(),
        &REVOCATION_UNKNOWN,
        "extensions",
        "found no address",
    );
}

fn allows(certificate: &Certificate<'_>, purpose: &str) -> bool {
    certificate.extensions.has_purpose(purpose) || certificate.extensions.has_purpose("anyExtendedKeyUsage")
}

fn check_ra(certificate: &Certificate<'_>, findings: &mut Findings) {
    let extensions = &certificate.extensions;
    let usages = extensions.key_usage().unwrap_or_default();
    let has = |wanted: &str| usages.iter().any(|usage| usage == wanted);
    if !(has("digitalSignature") && has("keyEncipherment")) {
        let found = if usages.is_empty() { "none".into() } else { usages.join(", ") };
        let detail = format_args!("found {found}, wanted digitalSignature and keyEncipherment");
        findings.add(&RA_KEY_USAGE_INCOMPLETE, extensions.place(KEY_USAGE), detail);
    }
    let family = certificate.family();
    findings.add_if(
        family != Family::Rsa,
        &RA_KEY_NOT_RSA,
        "subjectPublicKeyInfo",
        format_args!("found a key of {family:?}, wanted RSA"),
    );
    let is_known =
        ["microsoftEnrollmentAgent", "serverAuth"].iter().any(|purpose| allows(certificate, purpose));
    findings.add_if(
        !is_known,
        &RA_WITHOUT_WINDOWS_PURPOSE,
        extensions.place(EXTENDED_KEY_USAGE),
        "found neither 1.3.6.1.4.1.311.20.2.1 nor serverAuth",
    );
    findings.add_if(
        certificate.is_authority(),
        &RA_IS_AUTHORITY,
        "extensions",
        "found cA in basic constraints",
    );
}

fn check_server(certificate: &Certificate<'_>, findings: &mut Findings) {
    let extensions = &certificate.extensions;
    let names = extensions.alternative_names().unwrap_or_default();
    let is_host = |name: &&alloc::string::String| name.starts_with("dns:") || name.starts_with("ip:");
    let hosts = names.iter().filter(is_host).count();
    findings.add_if(
        hosts == 0,
        &SERVER_WITHOUT_ALTERNATIVE_NAMES,
        "extensions",
        "found no DNS name and no IP address",
    );
    for common_name in name::common_names(certificate.fields.subject) {
        let is_among = names.iter().any(|name| {
            name.split_once(':').is_some_and(|(_, value)| value.eq_ignore_ascii_case(&common_name))
        });
        let is_host = alternative_name::is_dns_name(&common_name) && common_name.contains('.');
        findings.add_if(
            hosts > 0 && is_host && !is_among,
            &COMMON_NAME_NOT_AMONG_NAMES,
            "subject",
            format_args!("found {common_name:?}"),
        );
    }
    let is_server = allows(certificate, "serverAuth");
    findings.add_if(
        !is_server,
        &SERVER_WITHOUT_SERVER_AUTH,
        extensions.place(EXTENDED_KEY_USAGE),
        "found no serverAuth",
    );
    let days = certificate.period.map_or(0, |(begin, end)| end.saturating_sub(begin) / SECONDS_PER_DAY);
    findings.add_if(
        days > SERVER_LIFE_DAYS,
        &SERVER_LIFE_OVER_825_DAYS,
        "validity.notAfter",
        format_args!("found a life of {days} days, wanted at most {SERVER_LIFE_DAYS}"),
    );
}

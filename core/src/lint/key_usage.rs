//! What a key may do (RFC 5280 4.2.1.3, 4.2.1.9 and 4.2.1.12).

use super::{extensions::Extensions, finding::Findings, key::Family, rule::rules};

rules! {
    KEY_USAGE_EMPTY, Error, "RFC 5280 4.2.1.3":
        "the key usage allows nothing";
        "set at least one bit, or leave the extension out".
    KEY_USAGE_NOT_CRITICAL, Notice, "RFC 5280 4.2.1.3":
        "the key usage is not critical";
        "make it critical when it is issued next".
    KEY_USAGE_UNFIT_FOR_KEY, Warning, "RFC 4055 1.2, RFC 8813 3, RFC 9295 3 and RFC 9881 5":
        "the key usage names what a key of this kind cannot do";
        "leave keyEncipherment to RSA keys and keyAgreement to elliptic curves".
    KEY_USAGE_BOUND_TO_AGREEMENT, Warning, "RFC 5280 4.2.1.3":
        "encipherOnly or decipherOnly stands without keyAgreement";
        "leave the bit out, it means nothing alone".
    CERT_SIGN_WITHOUT_AUTHORITY, Error, "RFC 5280 4.2.1.9":
        "the key may sign certificates, but basic constraints do not make it an authority's";
        "set cA in basic constraints, or take keyCertSign away".
    PATH_LENGTH_WITHOUT_AUTHORITY, Error, "RFC 5280 4.2.1.9":
        "there is a path length where no certificates may be signed";
        "leave the path length out, or set cA and keyCertSign".
    NAME_CONSTRAINTS_IN_LEAF, Error, "RFC 5280 4.2.1.10":
        "name constraints stand in a certificate that is no authority's";
        "leave them out; some verifiers refuse the certificate for it".
    PURPOSE_WITHOUT_KEY_USAGE, Warning, "RFC 5280 4.2.1.12":
        "no key usage goes with a purpose of the key";
        "add digitalSignature, or what else the purpose needs".
    ANY_PURPOSE, Notice, "RFC 5280 4.2.1.12":
        "the extended key usage allows any purpose";
        "name the purposes that are meant".
    ANY_PURPOSE_CRITICAL, Warning, "RFC 5280 4.2.1.12":
        "the extended key usage allows any purpose and is critical";
        "make it non-critical, or name the purposes that are meant".
}

pub(super) const KEY_USAGE: &str = "2.5.29.15";
pub(super) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub(super) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

/// The purposes, and the key usages of which each needs one.
const NEEDS: &[(&str, &[&str])] = &[
    ("serverAuth", &["digitalSignature", "keyEncipherment", "keyAgreement"]),
    ("clientAuth", &["digitalSignature", "keyAgreement"]),
    ("codeSigning", &["digitalSignature"]),
    ("emailProtection", &["digitalSignature", "nonRepudiation", "keyEncipherment", "keyAgreement"]),
    ("timeStamping", &["digitalSignature", "nonRepudiation"]),
    ("OCSPSigning", &["digitalSignature", "nonRepudiation"]),
];

/// Looks at what a certificate's extensions say about its key.
pub(super) fn check(extensions: &Extensions, family: Family, findings: &mut Findings) {
    check_usages(extensions, family, findings);
    check_authority(extensions, findings);
    check_purposes(extensions, findings);
}

fn check_usages(extensions: &Extensions, family: Family, findings: &mut Findings) {
    let Some(usages) = extensions.key_usage() else { return };
    let place = extensions.place(KEY_USAGE);
    findings.add_if(usages.is_empty(), &KEY_USAGE_EMPTY, &place, "found no bit set");
    findings.add_if(
        !extensions.is_critical(KEY_USAGE),
        &KEY_USAGE_NOT_CRITICAL,
        &place,
        "found it non-critical",
    );
    let unfit: &[&str] = match family {
        Family::Rsa => &["keyAgreement", "encipherOnly", "decipherOnly"],
        Family::EllipticCurve => &["keyEncipherment", "dataEncipherment"],
        Family::Edwards | Family::MlDsa => {
            &["keyEncipherment", "dataEncipherment", "keyAgreement", "encipherOnly", "decipherOnly"]
        }
        Family::Other => &[],
    };
    if let Some(usage) = usages.iter().find(|usage| unfit.contains(&usage.as_str())) {
        findings.add(
            &KEY_USAGE_UNFIT_FOR_KEY,
            &place,
            format_args!("found {usage} with a key of {family:?}"),
        );
    }
    let has = |name: &str| usages.iter().any(|usage| usage == name);
    let is_alone = (has("encipherOnly") || has("decipherOnly")) && !has("keyAgreement");
    findings.add_if(is_alone, &KEY_USAGE_BOUND_TO_AGREEMENT, &place, "found no keyAgreement");
}

fn check_authority(extensions: &Extensions, findings: &mut Findings) {
    let is_authority = extensions.is_authority();
    let signs =
        extensions.key_usage().is_some_and(|usages| usages.iter().any(|usage| usage == "keyCertSign"));
    findings.add_if(
        signs && !is_authority,
        &CERT_SIGN_WITHOUT_AUTHORITY,
        extensions.place(KEY_USAGE),
        "found keyCertSign without cA",
    );
    let has_length =
        extensions.basic_constraints().is_some_and(|constraints| constraints.path_length.is_some());
    let cannot_sign = !is_authority || !extensions.allows("keyCertSign");
    findings.add_if(
        has_length && cannot_sign,
        &PATH_LENGTH_WITHOUT_AUTHORITY,
        extensions.place(BASIC_CONSTRAINTS),
        "found a path length, and no cA with keyCertSign",
    );
    let is_constrained = extensions.has(NAME_CONSTRAINTS) && !is_authority;
    findings.add_if(
        is_constrained,
        &NAME_CONSTRAINTS_IN_LEAF,
        extensions.place(NAME_CONSTRAINTS),
        "found no cA",
    );
}

fn check_purposes(extensions: &Extensions, findings: &mut Findings) {
    let place = extensions.place(EXTENDED_KEY_USAGE);
    for (purpose, usages) in NEEDS.iter().filter(|(purpose, _)| extensions.has_purpose(purpose)) {
        let fits = usages.iter().any(|usage| extensions.allows(usage));
        findings.add_if(
            !fits,
            &PURPOSE_WITHOUT_KEY_USAGE,
            &place,
            format_args!("found {purpose}, wanted one of {}", usages.join(", ")),
        );
    }
    let any = extensions.has_purpose("anyExtendedKeyUsage");
    let is_critical = extensions.is_critical(EXTENDED_KEY_USAGE);
    findings.add_if(
        any && is_critical,
        &ANY_PURPOSE_CRITICAL,
        &place,
        "found anyExtendedKeyUsage in a critical extension",
    );
    findings.add_if(any && !is_critical, &ANY_PURPOSE, &place, "found anyExtendedKeyUsage");
}

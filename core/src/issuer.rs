//! What makes a certificate an authority's (RFC 5280 sections 4.2.1.9 and 6.1.4), and a path of them.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use const_oid::db::rfc5280;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use crate::{
    certificate::Certificate,
    error::{Error, ErrorCode},
    path::{self, Purpose, Strength, TrustAnchor},
    profile::REQUEST_AGENT,
    validity::Period,
};

/// Certificate Request Agent, as NDES has it, and id-kp-cmcRA (RFC 6402 2.10).
const REGISTRATION: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap(REQUEST_AGENT), ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.28")];

/// What a path of issuers allows the first of them.
pub(crate) struct Allowance {
    /// How many authorities may follow below the first; none for no limit.
    pub(crate) path_length: Option<u8>,
    /// The time in which all of them are valid.
    pub(crate) period: Period,
    /// What the certificates below may be for, as all of them agree; none for anything (RFC 5280 4.2.1.12 has
    /// it of a certificate's own key; of an issuer's, every verifier takes it for those below as well).
    pub(crate) purposes: Option<Vec<ObjectIdentifier>>,
}

/// Whether it may sign certificates: basic constraints and, where there is one, key usage say so.
pub(crate) fn is_authority(certificate: &Certificate) -> bool {
    let constraints = certificate.extension::<BasicConstraints>();
    let usage = certificate.extension::<KeyUsage>();
    constraints.is_ok_and(|found| found.is_some_and(|found| found.ca))
        && usage.is_ok_and(|found| found.is_none_or(|usage| usage.key_cert_sign()))
}

/// Whether it may stand for an authority in messages: its extended key usage, where there is one, says so.
/// Key usage does not tell: the certificates of devices have the same.
pub(crate) fn may_register(certificate: &Certificate) -> bool {
    purposes(certificate).is_ok_and(|purposes| {
        purposes.is_none_or(|purposes| REGISTRATION.iter().any(|purpose| purposes.contains(purpose)))
    })
}

/// How many authorities may follow below it, as it says itself; none for no limit.
///
/// # Errors
/// `CertificateMalformed`.
pub(crate) fn path_length(certificate: &Certificate) -> Result<Option<u8>, Error> {
    Ok(certificate.extension::<BasicConstraints>()?.and_then(|constraints| constraints.path_len_constraint))
}

/// Whether `issuer`'s name and key are those that `certificate` was issued with, whenever either is valid.
pub(crate) fn is_issued_by(certificate: &Certificate, issuer: &Certificate, strength: Strength) -> bool {
    let issuer = [TrustAnchor::from_certificate(issuer.clone())];
    path::check_issued(certificate, &issuer, Purpose::Any, None, strength).is_ok()
}

/// Checks a path, nearest issuer first: each is an authority that the next one issued, and the first may issue. Nobody
/// but the caller says that the last is trusted.
///
/// # Errors
/// `AuthorityInvalid`.
pub(crate) fn check(path: &[Certificate], strength: Strength) -> Result<(), Error> {
    path::check_authority(path, strength)
        .map_err(|error| invalid(format_args!("found the chain broken: {}", error.detail)))
}

/// What a path, nearest issuer first, allows the first of them; that it is one, [`check`] says.
///
/// # Errors
/// `AuthorityInvalid` if one is constrained in a way that is not honoured when certificates are issued;
/// `CertificateMalformed`.
pub(crate) fn allowance(path: &[Certificate]) -> Result<Allowance, Error> {
    let mut allowance = Allowance {
        path_length: None,
        period: Period { not_before: 0, not_after: u64::MAX },
        purposes: None,
    };
    // Self-issued certificates do not count (RFC 5280 6.1.4).
    let mut below = 0_u8;
    for certificate in path {
        refuse_name_constraints(certificate)?;
        allowance.period = allowance.period.within(certificate.period());
        allowance.purposes = within(allowance.purposes, purposes(certificate)?);
        if let Some(length) = path_length(certificate)? {
            let left = length.saturating_sub(below);
            allowance.path_length = Some(allowance.path_length.map_or(left, |least| least.min(left)));
        }
        if !certificate.is_self_issued() {
            below = below.saturating_add(1);
        }
    }
    Ok(allowance)
}

/// Whether its extended key usage names all of these purposes; without any it must have none, for then it is for
/// anything.
///
/// # Errors
/// `CertificateMalformed`.
pub(crate) fn has_purposes(certificate: &Certificate, wanted: &[String]) -> Result<bool, Error> {
    let own = certificate.extension::<ExtendedKeyUsage>()?.map(|usage| usage.0);
    Ok(match own {
        None => wanted.is_empty(),
        Some(own) => {
            let has = |wanted: &String| own.iter().any(|own| own.to_string() == *wanted);
            !wanted.is_empty() && wanted.iter().all(has)
        }
    })
}

/// What a certificate may be used for; nothing if for anything.
fn purposes(certificate: &Certificate) -> Result<Option<Vec<ObjectIdentifier>>, Error> {
    let purposes = certificate.extension::<ExtendedKeyUsage>()?.map(|usage| usage.0);
    Ok(purposes.filter(|purposes| !purposes.contains(&rfc5280::ANY_EXTENDED_KEY_USAGE)))
}

/// Those purposes that both have.
fn within(
    these: Option<Vec<ObjectIdentifier>>,
    those: Option<Vec<ObjectIdentifier>>,
) -> Option<Vec<ObjectIdentifier>> {
    match (these, those) {
        (Some(mut these), Some(those)) => {
            these.retain(|purpose| those.contains(purpose));
            Some(these)
        }
        (these, those) => these.or(those),
    }
}

fn refuse_name_constraints(certificate: &Certificate) -> Result<(), Error> {
    let mut extensions = certificate.extensions().iter();
    match extensions.any(|extension| extension.extn_id == rfc5280::ID_CE_NAME_CONSTRAINTS) {
        false => Ok(()),
        true => Err(invalid(format_args!(
            "found {:?} with name constraints, which are not honoured here when certificates are issued",
            certificate.subject_text()
        ))),
    }
}

fn invalid(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::AuthorityInvalid, detail).at("authority")
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::{
        Decode,
        asn1::{AnyRef, OctetString},
    };
    use rsa::pkcs8::EncodePublicKey;
    use x509_cert::{certificate::Version, ext::Extension};

    use super::*;
    use crate::{
        algorithm::DigestAlgorithm,
        authority::Authority,
        extension::{self, KeyUsageName},
        key::PrivateKey,
        testing::{
            private_key, resigned, resigned_outside, resigned_with_sha1, root, short_key, subordinate,
        },
    };

    fn path() -> [Certificate; 2] {
        [subordinate(), root()].map(|authority| Certificate::from_pem(&authority.certificate).unwrap())
    }

    fn resigned_root(change: impl FnOnce(&mut crate::certificate::TbsCertificate<'_>)) -> Certificate {
        let [_, root] = path();
        let key: PrivateKey = private_key("root");
        resigned(&root, &key, change)
    }

    fn with_extension(extension: Extension) -> Certificate {
        resigned_root(|tbs| tbs.extensions.as_mut().unwrap().push(extension))
    }

    fn checked(path: &[Certificate]) -> Result<Allowance, Error> {
        check(path, Strength::default()).and_then(|()| allowance(path))
    }

    fn refusal(path: &[Certificate]) -> ErrorCode {
        checked(path).err().unwrap().code
    }

    #[test]
    fn a_path_is_linked_by_names_and_signatures() {
        let [below, above] = path();
        let allowance = checked(&[below.clone(), above.clone()]).unwrap();
        assert_eq!(allowance.path_length, Some(0));
        assert_eq!(allowance.period, below.period().within(above.period()));
        assert_eq!(refusal(&[above.clone(), below.clone()]), ErrorCode::AuthorityInvalid);
        assert!(checked(&[below.clone(), above.clone()]).is_ok());
        let impostor = resigned(&above, &private_key("other"), |_| ());
        assert!(checked(&[below.clone(), impostor]).is_ok(), "the same key, signed by another");
        let other = Certificate::from_pem(&authority_named_like_the_root().certificate).unwrap();
        assert_eq!(refusal(&[below, other]), ErrorCode::AuthorityInvalid);
    }

    fn authority_named_like_the_root() -> Authority {
        crate::testing::authority("other", "CN=Test Root", None)
    }

    #[test]
    fn what_is_weak_counts_only_where_it_is_asked_for() {
        let sha1 = Strength { allow_sha1: true, ..Strength::default() };
        let short = Strength { minimum_rsa_bits: 1024, ..Strength::default() };
        let [below, above] = path();
        let key = short_key();
        let spki = key.to_public_key().to_public_key_der().unwrap();
        let by_short = |certificate| resigned_outside(certificate, &key, DigestAlgorithm::Sha256, |_| ());
        let shortened = resigned(&above, &private_key("root"), |tbs| {
            tbs.subject_public_key_info = AnyRef::from_der(spki.as_bytes()).unwrap();
        });
        for (path, enough, not_enough) in [
            ([resigned_with_sha1(&below, &private_key("root"), |_| ()), above.clone()], sha1, short),
            ([by_short(&below), shortened.clone()], short, sha1),
        ] {
            assert_eq!(check(&path, enough), Ok(()));
            for strength in [not_enough, Strength::default()] {
                assert_eq!(check(&path, strength).unwrap_err().code, ErrorCode::AuthorityInvalid);
            }
            assert!(is_issued_by(&path[0], &path[1], enough));
            assert!(!is_issued_by(&path[0], &path[1], Strength::default()));
        }
        // What a root says of itself counts for nothing; its key does.
        let root = resigned_with_sha1(&above, &private_key("root"), |_| ());
        assert_eq!(check(&[below, root], Strength::default()), Ok(()));
        assert_eq!(check(&[shortened], Strength::default()).unwrap_err().code, ErrorCode::AuthorityInvalid);
    }

    /// The value of an authority says so for itself, in every request that it is part of.
    #[test]
    fn an_authority_keeps_what_was_asked_for() {
        let strength = Strength { allow_sha1: true, ..Strength::default() };
        let below = resigned_with_sha1(&path()[0], &private_key("root"), |_| ());
        let old = Authority { certificate: below.to_pem().unwrap(), ..subordinate() };
        let open = |authority: Authority| authority.open().map(|open| open.value.strength);
        assert_eq!(open(old.clone()).unwrap_err().code, ErrorCode::AuthorityInvalid);
        let allowed = Authority { strength, ..old };
        assert_eq!(open(allowed.clone()), Ok(strength));
        assert_eq!(Authority::of(allowed.current()), allowed);
        let written = serde_json::to_value(&allowed).unwrap();
        assert_eq!(written["strength"], serde_json::json!({"allow_sha1": true, "minimum_rsa_bits": 2048}));
        assert_eq!(serde_json::from_value::<Authority>(written).unwrap(), allowed);
        assert_eq!(serde_json::to_value(root()).unwrap().get("strength"), None);
    }

    #[test]
    fn path_lengths_hold_for_all_that_is_below() {
        let [below, _] = path();
        let of_length = |length: u8| {
            let constraints = extension::authority_constraints(Some(length)).unwrap();
            let usage = extension::key_usage(&[KeyUsageName::KeyCertSign]).unwrap();
            resigned_root(|tbs| tbs.extensions = Some(vec![constraints, usage]))
        };
        let unlimited = resigned(&below, &private_key("root"), |tbs| {
            tbs.extensions = Some(vec![extension::authority_constraints(None).unwrap()]);
        });
        for length in [1, 2] {
            let allowance = checked(&[unlimited.clone(), of_length(length)]).unwrap();
            assert_eq!(allowance.path_length, Some(length - 1));
        }
        assert_eq!(refusal(&[unlimited, of_length(0)]), ErrorCode::AuthorityInvalid);
    }

    #[test]
    fn purposes_hold_for_all_that_is_below() {
        let oid = |text: &str| ObjectIdentifier::new_unwrap(text);
        let (client, server) = (oid("1.3.6.1.5.5.7.3.2"), oid("1.3.6.1.5.5.7.3.1"));
        let [below, above] = path();
        let limited = |certificate: &Certificate, purposes: &[ObjectIdentifier]| {
            let usage = extension::extension(true, &ExtendedKeyUsage(purposes.to_vec())).unwrap();
            resigned(certificate, &private_key("root"), |tbs| tbs.extensions.as_mut().unwrap().push(usage))
        };
        let allowed = |path: &[Certificate]| checked(path).unwrap().purposes;
        assert_eq!(allowed(&[below.clone(), above.clone()]), None);
        assert_eq!(allowed(&[limited(&below, &[client]), above.clone()]), Some(vec![client]));
        assert_eq!(allowed(&[below.clone(), limited(&above, &[client])]), Some(vec![client]));
        let any = limited(&below, &[client, rfc5280::ANY_EXTENDED_KEY_USAGE]);
        assert_eq!(allowed(&[any, limited(&above, &[server])]), Some(vec![server]));
        let both = limited(&below, &[server, client]);
        assert_eq!(allowed(&[both.clone(), limited(&above, &[client])]), Some(vec![client]));
        assert_eq!(allowed(&[both, limited(&above, &[oid("1.2.3")])]), Some(vec![]));
    }

    #[test]
    fn constraints_that_are_not_honoured_are_refused() {
        let [below, _] = path();
        let unknown = |critical| Extension {
            extn_id: ObjectIdentifier::new_unwrap("1.2.3.4"),
            critical,
            extn_value: OctetString::new(*b"\x05\x00").unwrap(),
        };
        let names = Extension { extn_id: rfc5280::ID_CE_NAME_CONSTRAINTS, ..unknown(false) };
        assert!(checked(&[below.clone(), with_extension(unknown(false))]).is_ok());
        for constrained in [unknown(true), names] {
            let path = [below.clone(), with_extension(constrained)];
            assert_eq!(refusal(&path), ErrorCode::AuthorityInvalid);
        }
        assert_eq!(refusal(&[resigned_root(|tbs| tbs.version = Version::V1)]), ErrorCode::AuthorityInvalid);
    }
}

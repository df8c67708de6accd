//! `renew_authority`: the next generation of an authority, with the same key or a new one.
//!
//! Nothing of the present changes: the next generation waits in the authority's value until
//! `activate_generation` takes it into use or `abandon_generation` gives it up. The same request gives the same
//! certificates again; a second renewal while one is waiting is refused.

mod helper;

use alloc::{string::String, vec::Vec};

use der::{Decode, Encode, asn1::AnyRef};
use serde::{Deserialize, Serialize};
use x509_cert::{attr::Attributes, ext::Extension, request::Version};

pub use crate::authority::renewal::Mode;
use crate::{
    authority::{
        Authority, Generation, OpenAuthority,
        renewal::{
            self,
            precondition::{Intent, NextKey, Preconditions, Prepared},
        },
    },
    base64url::Base64Url,
    certificate::Certificate,
    csr::CertificationRequestInfo,
    error::{Error, ErrorCode},
    issue::{CertificateRecord, Issuance, Signer},
    key::PublicKey,
    keys::{Halt, Keys},
    path::Strength,
    seed::Seed,
    validity::Period,
};
pub use helper::Helper;

/// The profile in the records of cross certificates.
const CROSS: &str = "cross-certificate";

/// What to renew, and how.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds.
    pub now: u64,
    /// The randomness for the serial numbers.
    pub seed: Seed,
    /// The authority.
    pub authority: Authority,
    /// Its issuer, for a subordinate: its current generation signs.
    pub issuer: Option<Authority>,
    /// `"same_key"`, or `{"new_key": {...}}`.
    pub mode: Mode,
    /// The life of the next generation in seconds: ten years, and never longer than its issuer's.
    pub validity_seconds: Option<u64>,
    /// Where the CRL of the next generation is, in place of the current one's: a new key needs a place of its own,
    /// for the CRL of the old key goes on.
    pub crl_urls: Option<Vec<String>>,
    /// Whether a new key may share a place with the CRL of another key, which is refused otherwise: RFC 5280 knows a
    /// list by its issuer's name. Each list there then needs the revoked certificates of all generations (as lists of all
    /// generations should have anyway), and a higher number than every other of them.
    #[serde(default)]
    pub share_crl_urls: bool,
    /// Where its OCSP responder is, in place of the current one's.
    pub ocsp_urls: Option<Vec<String>>,
    /// Where its certificate is, in place of the current one's.
    pub issuer_urls: Option<Vec<String>>,
    /// The certificates of those who help the authority, such as its registration authority: issued again by the
    /// next generation, for the same key and subject. They have not ended, and have the purposes of the profile already.
    #[serde(default)]
    pub helpers: Vec<Helper>,
}

/// The authority with its next generation, and everything that was issued for it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The value to store in place of the old one. Its current generation is the one of before.
    pub authority: Authority,
    /// The number of the next generation.
    pub generation: u32,
    /// The next generation's own certificate: the new key, signed by the new key or by the issuer.
    pub new_with_new: Issued,
    /// For a root with a new key: the new key signed by the old one, for those who trust the old certificate
    /// (RFC 4210 section 4.4). Not there if the old certificate has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_with_old: Option<Issued>,
    /// And the old key signed by the new one, for those who trust the new certificate alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_with_new: Option<Issued>,
    /// The helpers' new certificates, in the order of the request.
    pub helpers: Vec<Issued>,
}

/// A certificate that was issued.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Issued {
    /// PEM.
    pub certificate: String,
    /// What an inventory keeps.
    pub record: CertificateRecord,
}

/// Makes the next generation. It asks for signatures: of the next key (a root), or of a new key over a request for its
/// certificate and the issuer's (a subordinate), of the old and of the new key for the two cross certificates, and
/// last of the next key for each helper.
///
/// # Errors
/// `RenewalWaiting` if there is a next generation already; `RenewalRefused` if it cannot be done in this way;
/// `HelperRefused`; `AuthorityInvalid`, and of the issuer `AuthorityOutsideValidity`,
/// `AuthorityPathLengthExceeded`; `ProfileKeyRefused`, `ProfileValidityRefused`, `FieldInvalid`, `KeyUnknown`.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let old = request.authority.clone().open()?;
    let prepared = Preconditions::of(&request.intent(), &old, keys).met()?;
    let helpers = helper::read(&request)?;
    if prepared.key.is_new && helpers.iter().any(|helper| helper.has_key(&prepared.key.public)) {
        return Err(refused("found the key of a helper, wanted one that does nothing else", "mode.new_key").into());
    }
    let Prepared { issuer, key, .. } = &prepared;
    let new = new_with_new(&request, &old, &prepared, keys)?;
    let mut generation = generation(&request, &prepared, &new)?;
    let (new_with_old, old_with_new) = match (issuer, key.is_new) {
        (None, true) => cross(&request, &old, key, &generation, keys)?,
        _ => (None, None),
    };
    for certificate in [&new_with_old, &old_with_new].into_iter().flatten() {
        generation.cross_certificates.push(certificate.to_pem()?);
    }
    let next = Authority::of(generation.clone()).open()?;
    let helpers = helpers
        .iter()
        .map(|helper| helper.renew(&request, &next, keys))
        .collect::<Result<Vec<_>, _>>()?;
    let kind = if issuer.is_some() { "subordinate-ca" } else { "root-ca" };
    let crossed = |certificate: Option<Certificate>| certificate.map(|one| issued(&one, CROSS)).transpose();
    Ok(Response {
        generation: generation.number,
        authority: Authority { next: Some(generation), ..request.authority },
        new_with_new: issued(&new, kind)?,
        new_with_old: crossed(new_with_old)?,
        old_with_new: crossed(old_with_new)?,
        helpers,
    })
}

impl Request {
    fn intent(&self) -> Intent<'_> {
        Intent {
            now: self.now,
            authority: &self.authority,
            issuer: self.issuer.as_ref(),
            mode: &self.mode,
            validity_seconds: self.validity_seconds,
            crl_urls: self.crl_urls.as_ref(),
            share_crl_urls: self.share_crl_urls,
            ocsp_urls: self.ocsp_urls.as_ref(),
            issuer_urls: self.issuer_urls.as_ref(),
        }
    }
}

fn issued(certificate: &Certificate, profile: &str) -> Result<Issued, Error> {
    let record = CertificateRecord::new(certificate, profile, None)?;
    Ok(Issued { certificate: certificate.to_pem()?, record })
}

fn new_with_new(
    request: &Request,
    old: &OpenAuthority,
    prepared: &Prepared,
    keys: &mut Keys<'_>,
) -> Result<Certificate, Halt> {
    let Prepared { issuer, key, period, .. } = prepared;
    let extensions = match (issuer, key.is_new) {
        (None, false) => old.certificate.extensions().to_vec(),
        (None, true) => renewal::of_new_root(&old.certificate, &key.identifier)?,
        (Some(issuer), false) => renewal::of_same_subordinate(&old.certificate, issuer)?,
        (Some(issuer), true) => {
            prove(old, key, keys)?;
            renewal::of_signed_key(&old.certificate, &key.identifier, issuer)?
        }
    };
    let signer = issuer.as_ref().map_or(Signer::Subject(&key.id), Signer::Authority);
    own(request, old, *period, &key.public, extensions).sign(&signer, keys)
}

/// A root's key signs its own certificate; below an issuer it signs a certification request (RFC 2986 section 3), so
/// that no authority is made whose key nobody has. Nothing of it is in the response.
fn prove(old: &OpenAuthority, key: &NextKey, keys: &mut Keys<'_>) -> Result<(), Halt> {
    let info = CertificationRequestInfo {
        version: Version::V1,
        subject: AnyRef::from_der(old.certificate.subject())?,
        public_key: AnyRef::from_der(key.public.spki())?,
        attributes: Some(Attributes::default()),
    };
    keys.sign(&key.id, &key.public, &info.to_der()?).map(drop)
}

/// A certificate of the authority's own name.
fn own<'a>(
    request: &'a Request,
    old: &'a OpenAuthority,
    period: Period,
    public_key: &'a PublicKey,
    extensions: Vec<Extension>,
) -> Issuance<'a> {
    Issuance { seed: &request.seed, period, subject: old.certificate.subject(), public_key, extensions }
}

fn generation(
    request: &Request,
    prepared: &Prepared,
    certificate: &Certificate,
) -> Result<Generation, Error> {
    let Prepared { number, issuer, key, addresses, .. } = prepared;
    Ok(Generation {
        number: *number,
        certificate: certificate.to_pem()?,
        chain: issuer.as_ref().map(OpenAuthority::chain).unwrap_or_default(),
        key: key.id.clone(),
        subject_key_identifier: Base64Url(key.identifier.clone()),
        // They are of the key, and go on with it.
        cross_certificates: match key.is_new {
            true => Vec::new(),
            false => request.authority.cross_certificates.clone(),
        },
        strength: strength(request, issuer.as_ref(), key.is_new),
        crl_urls: addresses.crl.clone(),
        ocsp_urls: addresses.ocsp.clone(),
        issuer_urls: addresses.issuer.clone(),
    })
}

/// What the next generation's chain needs: as its issuer's does, and a key that stays is no stronger than it was.
fn strength(request: &Request, issuer: Option<&OpenAuthority>, is_new: bool) -> Strength {
    let above = issuer.map_or_else(Strength::default, |issuer| issuer.value.strength);
    if is_new { above } else { above.or(request.authority.strength) }
}

/// New with old and old with new (RFC 4210 4.4.1), unless the old certificate has ended. New with old is valid while both
/// are; old with new from the first second of the old key on, for what was issued and signed since then. They are
/// self-issued, so no path length counts them (RFC 5280 6.1.4).
fn cross(
    request: &Request,
    old: &OpenAuthority,
    key: &NextKey,
    generation: &Generation,
    keys: &mut Keys<'_>,
) -> Result<(Option<Certificate>, Option<Certificate>), Halt> {
    let next = Authority::of(generation.clone()).open()?;
    let both = old.certificate.period().within(next.certificate.period());
    if both.not_before > both.not_after {
        return Ok((None, None));
    }
    let since_old = Period { not_before: first_second(old)?, ..both };
    let was = &old.value.subject_key_identifier.0;
    let extensions = renewal::of_signed_key(&old.certificate, &key.identifier, old)?;
    let new_with_old = own(request, old, both, &key.public, extensions).sign(&Signer::Authority(old), keys)?;
    let extensions = renewal::of_signed_key(&old.certificate, was, &next)?;
    let old_with_new =
        own(request, old, since_old, old.public_key(), extensions).sign(&Signer::Authority(&next), keys)?;
    Ok((Some(new_with_old), Some(old_with_new)))
}

/// When the first certificate of the authority's present key begins.
fn first_second(old: &OpenAuthority) -> Result<u64, Error> {
    let mut first = old.certificate.not_before();
    for generation in old.value.generations() {
        let certificate = Certificate::from_pem(&generation.certificate)?;
        if certificate.public_key().is_ok_and(|key| key == *old.public_key()) {
            first = first.min(certificate.not_before());
        }
    }
    Ok(first)
}

fn refused(detail: impl core::fmt::Display, field: &str) -> Error {
    Error::new(ErrorCode::RenewalRefused, detail).at(field)
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec};

    use der::asn1::OctetString;
    use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, SubjectKeyIdentifier, name::GeneralName};

    use super::*;
    use crate::{
        extension, issuer,
        operation::{abandon_generation, activate_generation, scep_open_request, scep_seal_request, sign_crl, sign_csr},
        profile::{Profile, ProfileChoice, REQUEST_AGENT},
        testing::{NOW, TestKeys, both_ways, csr, private_key, resigned, root, subordinate},
    };

    const YEAR: u64 = 365 * 86_400;
    const LATER: u64 = NOW + 9 * YEAR;

    fn request(authority: Authority, mode: Mode) -> Request {
        let crl_urls = match &mode {
            Mode::SameKey | Mode::NewKey(None) => None,
            Mode::NewKey(Some(key)) => Some(vec![alloc::format!("http://pki.example/{}.crl", key.id)]),
        };
        Request {
            now: LATER,
            seed: Seed::new([21; 32]),
            authority,
            issuer: None,
            mode,
            validity_seconds: None,
            crl_urls,
            share_crl_urls: false,
            ocsp_urls: None,
            issuer_urls: None,
            helpers: vec![],
        }
    }

    fn new_key(id: &str) -> Mode {
        Mode::NewKey(Some(TestKeys::reference(id)))
    }

    fn renew(request: impl Fn() -> Request) -> Response {
        both_ways(|keys| run(request(), keys)).unwrap()
    }

    fn refusal(request: impl Fn() -> Request) -> Error {
        both_ways(|keys| run(request(), keys)).err().unwrap()
    }

    fn activate(authority: &Authority, now: u64) -> Result<Authority, Error> {
        let request = || activate_generation::Request { now, authority: authority.clone(), generation: None };
        both_ways(|keys| activate_generation::run(request(), keys)).map(|response| response.authority)
    }

    fn certificate(pem: &str) -> Certificate {
        Certificate::from_pem(pem).unwrap()
    }

    fn leaf(authority: &Authority, generation: Option<u32>, now: u64) -> Result<(Certificate, u32), Error> {
        let request = || sign_csr::Request {
            now,
            seed: Seed::new([4; 32]),
            authority: authority.clone(),
            generation,
            profile: ProfileChoice::Named("device-identity".into()),
            csr: csr("device", "CN=dev1", &[]),
            subject: None,
            subject_alternative_names: None,
            validity_seconds: None,
        };
        let response = both_ways(|keys| sign_csr::run(request(), keys))?;
        Ok((certificate(&response.certificate), response.generation))
    }

    fn ra(authority: &Authority) -> String {
        helper_of(authority, ProfileChoice::Named("scep-ra".into()), LATER - 86_400)
    }

    fn helper_of(authority: &Authority, profile: ProfileChoice, now: u64) -> String {
        let request = || sign_csr::Request {
            now,
            seed: Seed::new([5; 32]),
            authority: authority.clone(),
            generation: None,
            profile: profile.clone(),
            csr: csr("ra", "CN=RA,O=Acme", &[]),
            subject: None,
            subject_alternative_names: None,
            validity_seconds: None,
        };
        both_ways(|keys| sign_csr::run(request(), keys)).unwrap().certificate
    }

    fn identifiers(certificate: &Certificate) -> (Vec<u8>, Option<Vec<u8>>) {
        let own: SubjectKeyIdentifier = certificate.extension().unwrap().unwrap();
        let issuer: Option<AuthorityKeyIdentifier> = certificate.extension().unwrap();
        let issuer = issuer.and_then(|found| found.key_identifier).map(|found| found.as_bytes().to_vec());
        (own.0.as_bytes().to_vec(), issuer)
    }

    /// A root that somebody else made: another way to compute key identifiers, a policy, a name in other strings.
    fn imported() -> Authority {
        let old = certificate(&root().certificate);
        let name = [0x30, 15, 0x31, 13, 0x30, 11, 6, 3, 0x55, 4, 3, 0x13, 4, b'R', b'o', b'o', b't'];
        let policy = Extension {
            extn_id: const_oid::db::rfc5280::ID_CE_CERTIFICATE_POLICIES,
            critical: false,
            extn_value: OctetString::new(*b"\x30\x08\x30\x06\x06\x04\x2a\x03\x04\x05").unwrap(),
        };
        let made = resigned(&old, &private_key("root"), |tbs| {
            let name = <der::asn1::AnyRef<'_> as der::Decode>::from_der(&name).unwrap();
            (tbs.issuer, tbs.subject) = (name, name);
            let extensions = tbs.extensions.as_mut().unwrap();
            extensions.retain(|one| one.extn_id != const_oid::db::rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER);
            extensions.insert(0, policy);
            extensions.push(extension::subject_key_identifier(&[7; 8]).unwrap());
        });
        Authority {
            certificate: made.to_pem().unwrap(),
            subject_key_identifier: Base64Url(vec![7; 8]),
            ..root()
        }
    }

    #[test]
    fn with_the_same_key_only_serial_number_and_dates_change() {
        for authority in [root(), imported()] {
            let response = renew(|| request(authority.clone(), Mode::SameKey));
            let (old, new) = (certificate(&authority.certificate), certificate(&response.new_with_new.certificate));
            assert_eq!((new.subject(), new.issuer(), new.spki()), (old.subject(), old.issuer(), old.spki()));
            assert_eq!(new.extensions(), old.extensions());
            assert_ne!(new.serial_number(), old.serial_number());
            assert_eq!(new.not_after(), LATER + 10 * YEAR - 1);
            let next = response.authority.next.clone().unwrap();
            assert_eq!(next.subject_key_identifier, authority.subject_key_identifier);
            assert_eq!((response.generation, next.number, next.key), (2, 2, authority.key.clone()));
            assert_eq!(Authority { next: None, ..response.authority.clone() }, authority, "nothing else changes");
            assert!(response.new_with_old.is_none() && response.old_with_new.is_none());
            let activated = activate(&response.authority, LATER).unwrap();
            let leaves = [leaf(&authority, None, NOW).unwrap().0, leaf(&activated, None, LATER).unwrap().0];
            for (leaf, issuer) in leaves.iter().flat_map(|leaf| [(leaf, &old), (leaf, &new)]) {
                assert!(issuer::is_issued_by(leaf, issuer, Strength::default()));
                assert_eq!(identifiers(leaf).1.unwrap(), identifiers(issuer).0);
            }
        }
    }

    #[test]
    fn a_subordinate_follows_its_issuer() {
        let new_root = || activate(&renew(|| request(root(), new_key("p256"))).authority, LATER).unwrap();
        let of = |mode: Mode, issuer: Authority| {
            renew(|| Request { issuer: Some(issuer.clone()), ..request(subordinate(), mode.clone()) })
        };
        let old = certificate(&subordinate().certificate);
        let same = of(Mode::SameKey, root());
        let new = certificate(&same.new_with_new.certificate);
        assert_eq!((new.subject(), new.extensions()), (old.subject(), old.extensions()));
        assert_eq!(new.not_after(), certificate(&root().certificate).not_after().min(LATER + 10 * YEAR - 1));
        let moved = of(Mode::SameKey, new_root());
        let new = certificate(&moved.new_with_new.certificate);
        assert_eq!(identifiers(&new).0, identifiers(&old).0);
        assert_eq!(identifiers(&new).1.unwrap(), new_root().subject_key_identifier.0);
        assert!(issuer::is_issued_by(&new, &certificate(&new_root().certificate), Strength::default()));
        let rekeyed = of(new_key("ed25519"), new_root());
        let new = certificate(&rekeyed.new_with_new.certificate);
        assert_eq!(identifiers(&new).0, rekeyed.authority.next.clone().unwrap().subject_key_identifier.0);
        assert_eq!(rekeyed.authority.next.unwrap().chain, [new_root().certificate]);
        assert_eq!(new.extension::<BasicConstraints>().unwrap(), old.extension::<BasicConstraints>().unwrap());
        assert!(rekeyed.new_with_old.is_none());
    }

    #[test]
    fn with_a_new_key_each_anchor_leads_to_each_leaf() {
        for (authority, key) in [(root(), "p256"), (root(), "ed25519"), (imported(), "p384"), (root(), "other")] {
            let response = renew(|| request(authority.clone(), new_key(key)));
            let old = certificate(&authority.certificate);
            let new = certificate(&response.new_with_new.certificate);
            let forth = certificate(&response.new_with_old.as_ref().unwrap().certificate);
            let back = certificate(&response.old_with_new.as_ref().unwrap().certificate);
            let (was, is) = (identifiers(&old).0, identifiers(&new).0);
            assert_ne!(was, is);
            assert_eq!((identifiers(&forth), identifiers(&back)), ((is.clone(), Some(was.clone())), (was.clone(), Some(is.clone()))));
            assert!([&new, &forth, &back].iter().all(|one| one.subject() == old.subject() && one.is_self_issued()));
            assert!(issuer::is_issued_by(&new, &new, Strength::default()) && issuer::is_issued_by(&forth, &old, Strength::default()) && issuer::is_issued_by(&back, &new, Strength::default()));
            let end = old.not_after().min(new.not_after());
            assert_eq!((forth.not_before(), forth.not_after()), (new.not_before(), end));
            assert_eq!((back.not_before(), back.not_after()), (old.not_before(), end), "RFC 4210 4.4.1");
            let next = response.authority.next.as_ref().unwrap();
            assert_eq!(next.cross_certificates, [forth.to_pem().unwrap(), back.to_pem().unwrap()]);
            let (early, by) = leaf(&response.authority, Some(2), LATER).unwrap();
            assert_eq!(by, 2, "the next generation answers what came to it");
            let (before, by) = leaf(&response.authority, None, LATER).unwrap();
            assert_eq!(by, 1);
            assert!(issuer::is_issued_by(&early, &forth, Strength::default()) && issuer::is_issued_by(&early, &new, Strength::default()));
            assert!(issuer::is_issued_by(&before, &back, Strength::default()) && issuer::is_issued_by(&before, &old, Strength::default()));
            let activated = activate(&response.authority, LATER).unwrap();
            let third = renew(|| request(activated.clone(), Mode::SameKey)).authority.next.unwrap();
            assert_eq!(third.cross_certificates, next.cross_certificates, "they are of the key");
            assert_eq!((identifiers(&early).1, identifiers(&before).1), (Some(is), Some(was)));
        }
    }

    #[test]
    fn a_certificate_that_has_ended_crosses_nothing() {
        let late = || Request { now: NOW + 30 * YEAR, ..request(root(), new_key("p256")) };
        let response = renew(late);
        assert!(response.new_with_old.is_none() && response.old_with_new.is_none());
        assert!(response.authority.next.unwrap().cross_certificates.is_empty());
    }

    #[test]
    fn the_next_generation_waits_until_it_is_activated_or_abandoned() {
        let response = renew(|| request(root(), Mode::SameKey));
        let again = renew(|| request(root(), Mode::SameKey));
        assert_eq!(response.new_with_new.certificate, again.new_with_new.certificate);
        let waiting = refusal(|| request(response.authority.clone(), Mode::SameKey));
        assert_eq!((waiting.code, waiting.at.as_deref()), (ErrorCode::RenewalWaiting, Some("authority.next")));
        let early = activate(&response.authority, NOW).unwrap_err();
        assert_eq!((early.code, early.at.as_deref()), (ErrorCode::AuthorityOutsideValidity, Some("authority.next")));
        let activated = activate(&response.authority, LATER).unwrap();
        assert_eq!((activated.generation, activated.certificate.clone()), (2, response.new_with_new.certificate));
        assert_eq!(activated.former, [root().current()]);
        assert_eq!(activate(&activated, LATER).unwrap_err().code, ErrorCode::GenerationUnknown);
        assert_eq!(leaf(&activated, Some(1), LATER).unwrap_err().code, ErrorCode::GenerationRefused);
        let third = renew(|| request(activated.clone(), new_key("p256")));
        assert_eq!(third.generation, 3);
        let given_up = abandon(&third.authority, None).unwrap();
        let kept = Authority { abandoned: vec![third.authority.next.unwrap()], ..activated.clone() };
        assert_eq!(given_up.authority, kept);
        assert_eq!(abandon(&activated, None).err().unwrap().code, ErrorCode::GenerationUnknown);
    }

    fn abandon(authority: &Authority, generation: Option<u32>) -> Result<abandon_generation::Response, Error> {
        let request = || abandon_generation::Request { authority: authority.clone(), generation };
        both_ways(|keys| abandon_generation::run(request(), keys))
    }

    #[test]
    fn an_abandoned_generation_is_revoked_and_not_made_again() {
        let renewed = renew(|| request(root(), new_key("p256")));
        let (early, _) = leaf(&renewed.authority, Some(2), LATER).unwrap();
        let given_up = abandon(&renewed.authority, None).unwrap();
        assert_eq!((given_up.generation, given_up.abandoned), (1, 2));
        let crossed = [(&renewed.new_with_old, 1), (&renewed.old_with_new, 2)].map(|(issued, generation)| {
            let issued = issued.as_ref().unwrap();
            let (certificate, serial) = (issued.certificate.clone(), issued.record.serial.clone());
            abandon_generation::Revocable { certificate, serial, generation: Some(generation) }
        });
        assert_eq!(given_up.revoke, crossed, "each on the list of the key that signed it");
        let list = || {
            let request = serde_json::json!({
                "now": LATER, "authority": given_up.authority, "generation": 2, "number": "1",
                "entries": [[early.serial_hex(), LATER]],
            });
            serde_json::from_value(request).unwrap()
        };
        let signed = both_ways(|keys| sign_crl::run(list(), keys)).unwrap();
        let der = crate::pem::decode(&signed.crl, &["X509 CRL"]).unwrap();
        let key = certificate(&renewed.new_with_new.certificate).public_key().unwrap();
        crate::signed::Signed::from_der(&der).unwrap().verify(&key).unwrap();
        assert_eq!(leaf(&given_up.authority, Some(2), LATER).unwrap_err().code, ErrorCode::GenerationRefused);
        let again = refusal(|| request(given_up.authority.clone(), new_key("p256")));
        assert_eq!((again.code, again.at.as_deref()), (ErrorCode::RenewalRefused, Some("mode.new_key")));
        let third = renew(|| request(given_up.authority.clone(), new_key("p384")));
        assert_eq!(third.generation, 3, "a number means one key");
        let activated = activate(&third.authority, LATER).unwrap();
        assert_eq!((activated.generation, &activated.abandoned), (3, &given_up.authority.abandoned));
    }

    #[test]
    fn what_goes_on_is_not_to_be_revoked() {
        let second = activate(&renew(|| request(root(), new_key("p256"))).authority, LATER).unwrap();
        let third = renew(|| request(second.clone(), Mode::SameKey)).authority;
        assert_eq!(abandon(&third, None).unwrap().revoke, [], "the cross certificates are of the key");
        let below =
            || Request { issuer: Some(root()), ..request(subordinate(), new_key("ed25519")) };
        let below = renew(below);
        let revoke = abandon(&below.authority, None).unwrap().revoke;
        assert_eq!(revoke.iter().map(|one| (&one.certificate, one.generation)).collect::<Vec<_>>(),
            [(&below.new_with_new.certificate, None)]);
    }

    #[test]
    fn a_step_that_is_run_again_changes_nothing_else() {
        let second = renew(|| request(root(), Mode::SameKey)).authority;
        let activate_number = |authority: &Authority, generation| {
            let request =
                || activate_generation::Request { now: LATER, authority: authority.clone(), generation: Some(generation) };
            both_ways(|keys| activate_generation::run(request(), keys)).map(|response| response.authority)
        };
        let activated = activate_number(&second, 2).unwrap();
        let third = renew(|| request(activated.clone(), Mode::SameKey)).authority;
        assert_eq!(activate_number(&third, 2).unwrap(), third);
        for other in [1, 4] {
            let unknown = activate_number(&third, other).unwrap_err();
            assert_eq!((unknown.code, unknown.at.as_deref()), (ErrorCode::GenerationUnknown, Some("generation")));
            let unknown = abandon(&third, Some(other)).err().unwrap();
            assert_eq!((unknown.code, unknown.at.as_deref()), (ErrorCode::GenerationUnknown, Some("generation")));
        }
        let given_up = abandon(&third, Some(3)).unwrap().authority;
        let fourth = renew(|| request(given_up.clone(), Mode::SameKey)).authority;
        let again = abandon(&fourth, Some(3)).unwrap();
        assert_eq!((again.authority, again.abandoned), (fourth, 3));
    }

    #[test]
    fn there_is_room_for_so_many_generations() {
        let of = |number| Generation { number, ..root().current() };
        let former = |count: u32| (1..=count).rev().map(of).collect::<Vec<_>>();
        let most = || Authority { former: former(30), abandoned: vec![of(40)], ..Authority::of(of(31)) };
        let renewed = renew(|| request(most(), Mode::SameKey)).authority;
        assert_eq!(activate(&renewed, LATER).unwrap().former.len(), 31);
        assert_eq!(abandon(&renewed, None).unwrap().authority.abandoned.len(), 2);
        let full = || Authority { abandoned: vec![of(41), of(40)], ..most() };
        let refused = refusal(|| request(full(), Mode::SameKey));
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("authority.former")));
    }

    #[test]
    fn each_key_has_its_own_place_for_its_list() {
        let kept = || Request { crl_urls: None, ..request(root(), new_key("p256")) };
        let named = || Request { crl_urls: Some(root().crl_urls), ..kept() };
        let both: [&dyn Fn() -> Request; 2] = [&kept, &named];
        for shared in both {
            let refused = refusal(shared);
            assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("crl_urls")));
        }
        let shared = renew(|| Request { share_crl_urls: true, ..kept() });
        assert_eq!(shared.authority.next.unwrap().crl_urls, root().crl_urls);
        let nowhere = || Request { crl_urls: None, ..request(Authority { crl_urls: vec![], ..root() }, new_key("p256")) };
        assert_eq!(renew(nowhere).authority.next.unwrap().crl_urls, Vec::<String>::new());
    }

    /// Certificates of before look for their revocation in a list that would have become another one.
    #[test]
    fn a_place_of_lists_is_divided_once() {
        let fourths = "http://pki.example/{partition/4}.crl";
        let divided = || Authority { crl_urls: vec![fourths.into()], ..root() };
        for mode in [Mode::SameKey, new_key("p256")] {
            for urls in ["http://pki.example/{partition/8}.crl", "http://pki.example/3.crl"] {
                let other = || Request {
                    crl_urls: Some(vec![urls.into()]),
                    share_crl_urls: true,
                    ..request(divided(), mode.clone())
                };
                let refused = refusal(other);
                assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("crl_urls")), "{urls}");
            }
            let elsewhere = || Request {
                crl_urls: Some(vec!["http://pki.example/2/{partition/8}.crl".into()]),
                ..request(divided(), mode.clone())
            };
            renew(elsewhere);
        }
        renew(|| request(divided(), Mode::SameKey));
    }

    #[test]
    fn the_same_key_takes_no_other_keys_place() {
        let second = activate(&renew(|| request(root(), new_key("p256"))).authority, LATER).unwrap();
        let back = || Request { crl_urls: Some(root().crl_urls), ..request(second.clone(), Mode::SameKey) };
        let refused = refusal(back);
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("crl_urls")));
        renew(|| Request { share_crl_urls: true, ..back() });
        let shared = renew(|| Request { share_crl_urls: true, crl_urls: None, ..request(root(), new_key("p256")) });
        let shared = activate(&shared.authority, LATER).unwrap();
        renew(|| request(shared.clone(), Mode::SameKey));
    }

    /// Whoever checks a certificate that crosses looks at the list of the key that signed it.
    #[test]
    fn certificates_that_cross_name_their_signers_list() {
        use const_oid::db::rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS as POINTS;
        let named = |certificate: &Certificate| {
            let point = certificate.extensions().iter().find(|extension| extension.extn_id == POINTS);
            point.map(|point| point.extn_value.as_bytes().to_vec())
        };
        let own = extension::crl_distribution_points(&["http://old.example/own.crl".into()]).unwrap();
        let old = certificate(&root().certificate);
        let made = resigned(&old, &private_key("root"), |tbs| tbs.extensions.as_mut().unwrap().push(own));
        let with_own = Authority { certificate: made.to_pem().unwrap(), ..root() };
        for authority in [root(), with_own] {
            let response = renew(|| request(authority.clone(), new_key("p256")));
            let of = |urls: &[String]| {
                let point = extension::crl_distribution_points(urls).unwrap();
                Some(point.extn_value.as_bytes().to_vec())
            };
            let next = response.authority.next.unwrap();
            for (issued, urls) in
                [(response.new_with_old, &authority.crl_urls), (response.old_with_new, &next.crl_urls)]
            {
                let crossing = certificate(&issued.unwrap().certificate);
                assert_eq!(named(&crossing), of(urls));
                let access = const_oid::db::rfc5280::ID_PE_AUTHORITY_INFO_ACCESS;
                assert!(crossing.extensions().iter().any(|extension| extension.extn_id == access));
            }
            assert_eq!(named(&certificate(&next.certificate)), None, "nobody looks for a root on a list");
        }
    }

    /// RFC 4210 4.4.1: what the old key signed under its first certificate has to lead to the new one as well.
    #[test]
    fn old_with_new_begins_with_the_old_key() {
        let second = activate(&renew(|| request(root(), Mode::SameKey)).authority, LATER).unwrap();
        let response = renew(|| request(second.clone(), new_key("p256")));
        let back = certificate(&response.old_with_new.unwrap().certificate);
        assert_eq!(back.not_before(), certificate(&root().certificate).not_before());
    }

    #[test]
    fn an_issuer_is_more_than_its_name() {
        let stranger = crate::testing::authority("other", "CN=Test Root", None);
        let by = |issuer: &Authority| Request { issuer: Some(issuer.clone()), ..request(subordinate(), Mode::SameKey) };
        let refused = refusal(|| by(&stranger));
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("issuer")));
        let rekeyed = activate(&renew(|| request(root(), new_key("p256"))).authority, LATER).unwrap();
        renew(|| by(&rekeyed));
    }

    #[test]
    fn an_authoritys_key_does_nothing_else() {
        let below = |key: &str| Request { issuer: Some(root()), ..request(subordinate(), new_key(key)) };
        let helper = || Helper {
            certificate: ra(&subordinate()),
            profile: ProfileChoice::Named("scep-ra".into()),
            validity_seconds: None,
        };
        let of_the_issuer = || below("root");
        let of_a_helper = || Request { helpers: vec![helper()], ..below("ra") };
        let both: [&dyn Fn() -> Request; 2] = [&of_the_issuer, &of_a_helper];
        for taken in both {
            let refused = refusal(taken);
            assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("mode.new_key")));
        }
    }

    /// A public key is soon pasted that nobody has the other half of.
    #[test]
    fn a_new_key_below_an_issuer_proves_itself() {
        let request = || Request { issuer: Some(root()), ..request(subordinate(), new_key("p256")) };
        let empty = crate::KeyRing::new();
        let asked = run(request(), &mut Keys::new(&empty, vec![]));
        let Err(Halt::Needs(crate::keys::Question::Sign { key, input, .. })) = asked else { panic!("{:?}", asked.err()) };
        assert_eq!(key, "p256");
        let info = <CertificationRequestInfo<'_> as Decode>::from_der(&input.0).unwrap();
        assert_eq!(info.subject.to_der().unwrap(), certificate(&subordinate().certificate).subject());
        let forged = private_key("p384").sign(crate::algorithm::SignatureScheme::EcdsaP384Sha384, &input.0).unwrap();
        let refused = run(request(), &mut Keys::new(&empty, vec![Some(zeroize::Zeroizing::new(forged))]));
        let Err(Halt::Error(refused)) = refused else { panic!("a forged proof") };
        assert_eq!(refused.code, ErrorCode::KeyAnswerInvalid);
    }

    /// Whoever has the new key can answer for it before anything was asked.
    #[test]
    fn a_proof_opens_no_way_around_the_issuers_checks() {
        let (real, stranger) = (root(), crate::testing::authority("other", "CN=Test Root", None));
        let by = |issuer: &Authority| Request {
            issuer: Some(issuer.clone()),
            ..request(subordinate(), new_key("p256"))
        };
        let empty = crate::KeyRing::new();
        let asked = run(by(&real), &mut Keys::new(&empty, vec![]));
        let Err(Halt::Needs(question)) = asked else { panic!("{:?}", asked.err()) };
        let proof = crate::testing::answer(question);
        let never = &mut |question: &crate::keys::Question| panic!("asked: {question:?}");
        let refused = run(by(&stranger), &mut Keys::new(&empty, vec![proof.clone()]).asking(Some(never)));
        let Err(Halt::Error(refused)) = refused else { panic!("no refusal") };
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::RenewalRefused, Some("issuer")));
        let next = run(by(&real), &mut Keys::new(&empty, vec![proof]));
        assert!(matches!(next, Err(Halt::Needs(crate::keys::Question::Sign { key, .. })) if key == "root"));
    }

    #[test]
    fn helpers_are_issued_again_with_the_same_key_and_name() {
        let helper = || Helper {
            certificate: ra(&root()),
            profile: ProfileChoice::Named("scep-ra".into()),
            validity_seconds: None,
        };
        for mode in [Mode::SameKey, new_key("p256")] {
            let response = renew(|| Request { helpers: vec![helper()], ..request(root(), mode.clone()) });
            let (old, new) = (certificate(&ra(&root())), certificate(&response.helpers[0].certificate));
            assert_eq!((new.subject(), new.spki()), (old.subject(), old.spki()));
            assert!(issuer::is_issued_by(&new, &certificate(&response.new_with_new.certificate), Strength::default()));
            assert_eq!(response.helpers[0].record.profile, "scep-ra");
            assert_eq!(new.not_after(), LATER + 365 * 86_400 - 1);
            let purposes: x509_cert::ext::pkix::ExtendedKeyUsage = new.extension().unwrap().unwrap();
            assert_eq!(purposes.0[0].to_string(), REQUEST_AGENT);
        }
        let strangers = || Helper { certificate: ra(&subordinate()), ..helper() };
        let refused = refusal(|| Request { helpers: vec![strangers()], ..request(root(), Mode::SameKey) });
        assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::HelperRefused, Some("helpers")));
        let ca = || Helper { certificate: subordinate().certificate, ..helper() };
        let refused = refusal(|| Request { helpers: vec![ca()], ..request(root(), Mode::SameKey) });
        assert_eq!(refused.code, ErrorCode::HelperRefused);
        let device = || Helper { certificate: helper_of(&root(), ProfileChoice::Named("device-identity".into()), LATER - 86_400), ..helper() };
        let signer = || Helper { profile: ProfileChoice::Named("ocsp-signer".into()), ..helper() };
        let ended = || Helper { certificate: helper_of(&root(), ProfileChoice::Named("scep-ra".into()), LATER - 2 * YEAR), ..helper() };
        let without_purposes = || Profile { extended_key_usage: vec![], ..Profile::built_in("scep-ra").unwrap() };
        let vague = || Helper { profile: ProfileChoice::Custom(without_purposes()), ..helper() };
        let for_all = || helper_of(&root(), ProfileChoice::Custom(without_purposes()), LATER - 86_400);
        let authority =
            || Helper { certificate: for_all(), profile: ProfileChoice::Named("subordinate-ca".into()), ..helper() };
        let others: [(&str, &dyn Fn() -> Helper); 5] = [
            ("a device", &device),
            ("another helper", &signer),
            ("ended", &ended),
            ("for anything", &vague),
            ("an authority", &authority),
        ];
        for (what, other) in others {
            let refused = refusal(|| Request { helpers: vec![other()], ..request(root(), Mode::SameKey) });
            assert_eq!((refused.code, refused.at.as_deref()), (ErrorCode::HelperRefused, Some("helpers")), "{what}");
        }
        let many = || Request { helpers: (0..33).map(|_| helper()).collect(), ..request(root(), Mode::SameKey) };
        assert_eq!(refusal(many).code, ErrorCode::FieldInvalid);
    }

    /// What is under way names the certificate that it was encrypted for by issuer and serial number, though the key
    /// be the same: both stay recipients, and the message tells which generation it came to.
    #[test]
    fn messages_for_the_old_certificate_and_for_the_new_one_are_opened() {
        let helper = Helper {
            certificate: ra(&root()),
            profile: ProfileChoice::Named("scep-ra".into()),
            validity_seconds: None,
        };
        let request = Request { helpers: vec![helper], ..request(root(), Mode::SameKey) };
        let mut keys = Keys::new(TestKeys::ring(), Vec::new());
        let response = run(request, &mut keys).unwrap_or_else(|halt| panic!("{halt:?}"));
        let helpers = [response.helpers[0].certificate.clone(), ra(&root())];
        let recipients = || {
            let certified = |certificate: &String| crate::scep::CertifiedKey {
                key: TestKeys::reference("ra"),
                certificate: certificate.clone(),
            };
            helpers.iter().map(certified).collect::<Vec<_>>()
        };
        for (position, helper) in helpers.iter().enumerate() {
            let message = serde_json::json!({
                "now": LATER, "seed": Seed::new([1; 32]), "message_type": "pkcs_req", "recipient": helper,
                "csr": csr("device", "CN=dev1", &[]), "key": TestKeys::reference("device"),
            });
            let sealed = scep_seal_request::run(serde_json::from_value(message).unwrap(), &mut keys);
            let opened = scep_open_request::Request {
                now: LATER,
                seed: Seed::new([2; 32]),
                message: sealed.unwrap_or_else(|halt| panic!("{halt:?}")).message,
                recipients: recipients(),
                allow_legacy: false,
            };
            let opened = scep_open_request::run(opened, &mut keys).unwrap_or_else(|halt| panic!("{halt:?}"));
            assert_eq!((opened.recipient, opened.rejection), (Some(position), None));
            assert!(opened.enrollment.is_some());
        }
    }

    /// Verifiers of the shell model want each life within its issuer's.
    #[test]
    fn nothing_outlives_the_generation_that_issued_it() {
        let end = certificate(&root().certificate).not_after();
        let late = || Request { now: end - 86_400, ..request(root(), Mode::SameKey) };
        let authority = renew(late).authority;
        let of = |generation| leaf(&authority, Some(generation), end - 86_400).unwrap().0.not_after();
        assert_eq!((of(1), of(2)), (end, end + 364 * 86_400 - 1));
    }

    #[test]
    fn what_cannot_be_renewed_is_refused() {
        let pinned = || {
            let old = certificate(&root().certificate);
            let issuer = GeneralName::DirectoryName(Decode::from_der(old.subject()).unwrap());
            let made = resigned(&old, &private_key("root"), |tbs| {
                let identifier = AuthorityKeyIdentifier {
                    key_identifier: None,
                    authority_cert_issuer: Some(vec![issuer.clone()]),
                    authority_cert_serial_number: Some(x509_cert::serial_number::SerialNumber::new(&[1]).unwrap()),
                };
                tbs.extensions.as_mut().unwrap().push(extension::extension(false, &identifier).unwrap());
            });
            Authority { certificate: made.to_pem().unwrap(), ..root() }
        };
        let code = |request: &dyn Fn() -> Request| {
            let error = refusal(request);
            (error.code, error.at.unwrap_or_default())
        };
        let refused = |at: &str| (ErrorCode::RenewalRefused, at.to_string());
        assert_eq!(code(&|| request(pinned(), Mode::SameKey)), refused("authority.certificate"));
        let rekeyed = certificate(&renew(|| request(pinned(), new_key("p256"))).new_with_new.certificate);
        assert!(!renewal::names_one_certificate(&rekeyed).unwrap());
        for id in ["root", "p256"] {
            let activated = || activate(&renew(|| request(root(), new_key("p256"))).authority, LATER).unwrap();
            assert_eq!(code(&|| request(activated(), new_key(id))), refused("mode.new_key"));
        }
        assert_eq!(code(&|| request(subordinate(), Mode::SameKey)), refused("issuer"));
        let with = |authority: Authority, issuer: Authority| Request { issuer: Some(issuer), ..request(authority, Mode::SameKey) };
        assert_eq!(code(&|| with(root(), root())), refused("issuer"));
        assert_eq!(code(&|| with(subordinate(), imported())), refused("issuer"));
        let late = || Request { now: NOW + 30 * YEAR, ..with(subordinate(), root()) };
        assert_eq!(code(&late).0, ErrorCode::AuthorityOutsideValidity);
        let nothing = || Request { validity_seconds: Some(0), ..request(root(), Mode::SameKey) };
        assert_eq!(code(&nothing).0, ErrorCode::ProfileValidityRefused);
        let nowhere = || Request { crl_urls: Some(vec!["nowhere".into()]), ..request(root(), Mode::SameKey) };
        assert_eq!(code(&nowhere).0, ErrorCode::FieldInvalid);
        assert_eq!(code(&|| request(root(), Mode::NewKey(None))), (ErrorCode::FieldInvalid, "mode".into()));
    }
}

//! `scep_write_next_ca_certificates`: the body of a GetNextCACert response (RFC 8894 section 4.7).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    authority::{Authority, OpenAuthority},
    base64url::Base64Url,
    certificate::Certificate,
    cms::{MAX_CERTIFICATES, attributes::AttributesBuilder, certificates_only, signed_data::Signer},
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
};

/// Whose next certificates.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds: a certificate that crosses and has ended by then is left out. None is, if it is not said.
    #[serde(default)]
    pub now: Option<u64>,
    /// The authority, with a next generation.
    pub authority: Authority,
    /// The certificates (PEM) of those who will stand for the next generation, such as its registration
    /// authority. Clients choose by position: these come first.
    #[serde(default)]
    pub helpers: Vec<String>,
    /// Certificates (PEM) that lead to the next generation's chain from anchors of before, such as a root's new key
    /// signed by its old one. They come before the root: who takes the first issuer that fits finds the way from either.
    #[serde(default)]
    pub crossing: Vec<String>,
}

/// The HTTP response.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// A certificates-only message with the next generation's certificates, signed by the current one: the helpers', its
    /// own, those above it, what the request has for crossing, the root, and its key signed by the one before (new with
    /// old, RFC 4210 section 4.4), which leads to it for whoever trusts the old certificate alone.
    pub body: Base64Url,
    /// The media type, without parameters: clients compare it letter by letter.
    pub content_type: &'static str,
    /// The number of the generation whose certificates these are.
    pub generation: u32,
}

/// Makes the body; asks the current generation's key for one signature.
///
/// # Errors
/// `GenerationUnknown` if there is no next generation: then the server answers 404 and does not advertise
/// GetNextCACert. `AuthorityInvalid`, `FieldInvalid` for too many certificates, and the parse errors of certificates.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let Some(next) = request.authority.next.clone() else {
        let detail = "found no next generation, so there are no next certificates";
        return Err(Error::new(ErrorCode::GenerationUnknown, detail).at("authority.next").into());
    };
    let (generation, key) = (next.number, request.authority.key.clone());
    let authority = request.authority.open()?;
    let next = Authority::of(next)
        .open()
        .map_err(|error| Error { at: Some("authority.next".into()), ..error })?;
    let helpers = request.helpers.iter().map(|text| Certificate::from_pem(text)).collect::<Result<Vec<_>, _>>();
    let mut certificates = helpers.map_err(|error| error.at("helpers"))?;
    let mut below = next.chain();
    // A root of its own is what the message is about, and stands first.
    let root = if below.len() > 1 { below.pop() } else { None };
    for text in &below {
        certificates.push(Certificate::from_pem(text)?);
    }
    for text in &request.crossing {
        certificates.push(Certificate::from_pem(text).map_err(|error| error.at("crossing"))?);
    }
    certificates.extend(root.map(|text| Certificate::from_pem(&text)).transpose()?);
    certificates.extend(crossing(&next, request.now)?);
    // The signer's own stands beside them.
    if certificates.len() >= MAX_CERTIFICATES {
        let detail = format_args!("found {} certificates, wanted fewer than {MAX_CERTIFICATES}", certificates.len());
        return Err(Error::new(ErrorCode::FieldInvalid, detail).at("helpers").into());
    }
    let content = certificates_only::write(&certificates)?;
    let signer = Signer { key: &key, certificate: &authority.certificate };
    // RFC 8894 has them in the content; jscep looks for them beside the signature.
    let body = signer.seal_with(keys, Some(&content), AttributesBuilder::default(), &certificates)?;
    Ok(Response { body: Base64Url(body), content_type: "application/x-x509-next-ca-cert", generation })
}

/// Those that lead from a certificate of before to the generation's key.
fn crossing(next: &OpenAuthority, now: Option<u64>) -> Result<Vec<Certificate>, Error> {
    let crossing = next.value.cross_certificates.iter().map(|text| Certificate::from_pem(text));
    let crossing = crossing.collect::<Result<Vec<_>, _>>().map_err(|error| error.at("authority.next"))?;
    let leads = |one: &Certificate| {
        one.spki() == next.certificate.spki() && now.is_none_or(|now| one.not_after() >= now)
    };
    Ok(crossing.into_iter().filter(leads).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        path::Strength,
        operation::{renew_authority, scep_read_next_ca_certificates as read},
        seed::Seed,
        testing::{NOW, TestKeys, both_ways, root},
    };

    fn renewed(authority: Authority, mode: renew_authority::Mode) -> Authority {
        let request = || renew_authority::Request {
            now: NOW + 100,
            seed: Seed::new([21; 32]),
            authority: authority.clone(),
            issuer: None,
            mode: mode.clone(),
            validity_seconds: None,
            crl_urls: None,
            share_crl_urls: true,
            ocsp_urls: None,
            issuer_urls: None,
            helpers: Vec::new(),
        };
        both_ways(|keys| renew_authority::run(request(), keys)).unwrap().authority
    }

    fn written(authority: &Authority) -> Result<Response, Error> {
        both_ways(|keys| run(Request { now: Some(NOW + 100), authority: authority.clone(), helpers: Vec::new(), crossing: Vec::new() }, keys))
    }

    fn read(body: &Base64Url, authority: &Authority) -> Result<read::Response, Error> {
        let request = || read::Request {
            now: Some(NOW),
            body: body.clone(),
            authority: authority.certificate.clone(),
            strength: Strength::default(),
        };
        both_ways(|keys| read::run(request(), keys))
    }

    #[test]
    fn the_client_believes_the_authority_that_it_has() {
        for mode in [renew_authority::Mode::SameKey, renew_authority::Mode::NewKey(Some(TestKeys::reference("p256")))] {
            let authority = renewed(root(), mode);
            let written = written(&authority).unwrap();
            assert_eq!((written.generation, written.content_type), (2, "application/x-x509-next-ca-cert"));
            let certificates = read(&written.body, &authority).unwrap();
            let next = authority.next.unwrap();
            let new_with_old = next.cross_certificates.get(..1).unwrap_or_default();
            assert_eq!((&certificates.authority, &certificates.encryption), (&next.certificate, &next.certificate));
            assert_eq!(certificates.certificates, [&[next.certificate][..], new_with_old].concat());
            assert_eq!(certificates.cross_certificates, new_with_old);
        }
    }

    /// Clients choose by position; ours does not.
    #[test]
    fn what_crosses_is_told_apart_and_ends() {
        let authority = renewed(root(), renew_authority::Mode::NewKey(Some(TestKeys::reference("p256"))));
        let next = authority.next.clone().unwrap();
        let [forth, back] = next.cross_certificates.clone().try_into().unwrap();
        let pem = |text: &String| Certificate::from_pem(text).unwrap();
        let all = [&forth, &next.certificate, &back, &authority.certificate].map(pem);
        let told = read::tell_apart(&all, Strength::default()).unwrap();
        assert_eq!((told.authority, told.cross_certificates), (next.certificate.clone(), alloc::vec![forth.clone(), back]));
        let alone = read::tell_apart(&all[..1], Strength::default()).unwrap();
        assert_eq!((alone.authority, alone.cross_certificates.len()), (forth.clone(), 0));
        let late = || Request { now: Some(pem(&forth).not_after() + 1), authority: authority.clone(), helpers: Vec::new(), crossing: Vec::new() };
        let body = both_ways(|keys| run(late(), keys)).unwrap().body;
        assert_eq!(super::tests::read(&body, &authority).unwrap().certificates, [next.certificate]);
    }

    #[test]
    fn an_elliptic_authority_signs_too() {
        let authority = crate::testing::authority("p256", "CN=EC Root", None);
        let authority = renewed(authority, renew_authority::Mode::NewKey(Some(TestKeys::reference("root"))));
        read(&written(&authority).unwrap().body, &authority).unwrap();
    }

    /// RFC 9882: the message is signed with ML-DSA and SHA-512 beside it.
    #[test]
    fn an_ml_dsa_authority_signs_too() {
        for key in ["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"] {
            let authority = crate::testing::authority(key, "CN=Lattice Root", None);
            let authority = renewed(authority, renew_authority::Mode::NewKey(Some(TestKeys::reference("root"))));
            read(&written(&authority).unwrap().body, &authority).unwrap();
        }
    }

    #[test]
    fn nobody_else_is_believed() {
        let authority = renewed(root(), renew_authority::Mode::SameKey);
        let body = written(&authority).unwrap().body;
        let other = crate::testing::authority("other", "CN=Test Root", None);
        assert_eq!(read(&body, &other).unwrap_err().code, ErrorCode::CmsSignerUnknown);
        let wanted = serde_json::to_string(&read(&body, &authority).unwrap()).unwrap();
        for at in (0..body.0.len()).step_by(5) {
            let mut changed = body.clone();
            changed.0[at] ^= 1 << (at % 8);
            // What nobody signs, such as the certificates beside the signature, may change.
            let outcome = read(&changed, &authority).map(|response| serde_json::to_string(&response).unwrap());
            assert!(outcome.as_ref().is_ok_and(|found| *found == wanted) || outcome.is_err(), "{at}");
        }
    }

    #[test]
    fn without_a_next_generation_there_is_nothing_to_tell() {
        assert_eq!(written(&root()).unwrap_err().code, ErrorCode::GenerationUnknown);
    }
}

//! `open_ocsp_request`: which certificates an OCSP request asks about (RFC 6960 4.1).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    algorithm::DigestAlgorithm,
    authority::Authority,
    base64url::Base64Url,
    certificate::Certificate,
    error::{Error, ErrorCode},
    keys::{Halt, Keys},
    ocsp::{
        Nonce,
        cert_id::{CertId, Issuer},
        request::Request as OcspRequest,
    },
};

/// How many authorities one responder may answer for.
pub const MAX_AUTHORITIES: usize = 64;

/// A request, and for whom it is answered.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds: one whose certificate has ended by then answers only if no other has its key.
    #[serde(default)]
    pub now: Option<u64>,
    /// DER: the body of a POST, or what stood in base64 in the path of a GET (RFC 6960 appendix A.1).
    pub request: Base64Url,
    /// The authorities whose certificates are known here.
    pub authorities: Vec<Authority>,
}

/// What is asked.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Response {
    /// The certificates, in the order of the request.
    pub requests: Vec<RequestedCertificate>,
    /// The nonce that the response must repeat.
    pub nonce: Option<Nonce>,
    /// Whether the request has a signature. It was not looked at.
    pub signed: bool,
}

/// One certificate that is asked about.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestedCertificate {
    /// Which of the authorities issued it, from 0; null for one of somebody else, whose status is unknown here.
    pub authority: Option<usize>,
    /// Which of that authority's generations: of those that share the key the newest that is or was in use and has not
    /// ended; null with `authority`.
    pub generation: Option<u32>,
    /// Its serial number in hexadecimal; null if no authority can have given it.
    pub serial: Option<String>,
    /// The digest that it was named with; null for one that is not known here.
    pub digest: Option<DigestAlgorithm>,
    /// The CertID, DER: the response repeats it.
    pub cert_id: Base64Url,
}

/// Reads the request and finds the issuers of what it asks about. No key is used.
///
/// # Errors
/// `OcspRequestMalformed`, `RequestTooLarge`; `CertificateMalformed` and the like for an authority.
pub fn run(request: Request, _keys: &mut Keys<'_>) -> Result<Response, Halt> {
    if request.authorities.len() > MAX_AUTHORITIES {
        return Err(Error::new(
            ErrorCode::RequestTooLarge,
            format_args!("found {} authorities, wanted at most {MAX_AUTHORITIES}", request.authorities.len()),
        )
        .at("authorities")
        .into());
    }
    let issuers = request.authorities.iter().map(|authority| issuers(authority, request.now));
    let issuers = issuers.collect::<Result<Vec<_>, _>>()?;
    let asked = OcspRequest::from_der(&request.request.0)?;
    Ok(Response {
        requests: asked.cert_ids.iter().map(|cert_id| requested(cert_id, &issuers)).collect(),
        nonce: asked.nonce,
        signed: asked.signed,
    })
}

/// The generations of an authority, as a CertID names them, with their numbers; those that have ended come last.
fn issuers(authority: &Authority, now: Option<u64>) -> Result<Vec<(u32, Issuer)>, Error> {
    let (mut speaking, mut ended) = (Vec::new(), Vec::new());
    for generation in authority.speaking_generations() {
        let certificate = Certificate::from_pem(&generation.certificate).map_err(|error| error.at("authorities"))?;
        let issuer = Issuer::new(&certificate).map_err(|error| error.at("authorities"))?;
        let has_ended = now.is_some_and(|now| now > certificate.not_after());
        let list = if has_ended { &mut ended } else { &mut speaking };
        list.push((generation.number, issuer));
    }
    speaking.append(&mut ended);
    Ok(speaking)
}

fn requested(cert_id: &CertId, authorities: &[Vec<(u32, Issuer)>]) -> RequestedCertificate {
    let found = authorities.iter().enumerate().find_map(|(position, generations)| {
        let issuer = generations.iter().find(|(_, issuer)| cert_id.is_issued_by(issuer));
        issuer.map(|(generation, _)| (position, *generation))
    });
    RequestedCertificate {
        authority: found.map(|(authority, _)| authority),
        generation: found.map(|(_, generation)| generation),
        serial: cert_id.serial.map(|serial| alloc::format!("{serial}")),
        digest: cert_id.digest,
        cert_id: Base64Url(cert_id.der.clone()),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::{Encode, asn1::OctetString};

    use super::*;
    use crate::{
        crl::SerialNumber,
        ocsp::{MAX_CERT_IDS, MAX_REQUEST_BYTES},
        testing::{both_ways, rekeyed, root, subordinate},
    };

    const SEQUENCE: u8 = 0x30;

    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let mut length = vec![0x82, length[0], length[1]];
        if content.len() < 128 {
            length = vec![u8::try_from(content.len()).unwrap()];
        } else if content.len() < 256 {
            length = vec![0x81, u8::try_from(content.len()).unwrap()];
        }
        [&[tag][..], &length, &content].concat()
    }

    fn cert_id(authority: &Authority, digest: DigestAlgorithm, serial: &str) -> CertId {
        let issuer = &issuers(authority, None).unwrap()[0].1;
        CertId::new(digest, issuer, SerialNumber::parse(serial).unwrap()).unwrap()
    }

    #[test]
    fn the_generation_is_found_by_its_key() {
        let (old, renewed) = (root(), rekeyed(root()));
        let cert_ids = [cert_id(&renewed, DigestAlgorithm::Sha1, "05"), cert_id(&old, DigestAlgorithm::Sha256, "06")];
        let opened = both_ways(|keys| {
            let request = Base64Url(request(&cert_ids, &[], &[]));
            run(Request { now: None, request, authorities: vec![subordinate(), renewed.clone()] }, keys)
        });
        let found: Vec<_> = opened.unwrap().requests.iter().map(|one| (one.authority, one.generation)).collect();
        assert_eq!(found, [(Some(1), Some(2)), (Some(1), Some(1))]);
    }

    /// A generation that waits signs nothing yet, though its key be the current one.
    #[test]
    fn the_generation_in_use_answers_for_its_key() {
        let next = crate::authority::Generation { number: 3, ..root().current() };
        let former = crate::authority::Generation { number: 1, ..root().current() };
        let waiting = Authority { generation: 2, next: Some(next), former: vec![former], ..root() };
        let asked = Base64Url(request(&[cert_id(&root(), DigestAlgorithm::Sha1, "05")], &[], &[]));
        let opened = both_ways(|keys| {
            run(Request { now: None, request: asked.clone(), authorities: vec![waiting.clone()] }, keys)
        });
        assert_eq!(opened.unwrap().requests[0].generation, Some(2));
    }

    #[test]
    fn one_that_has_ended_answers_if_no_other_has_its_key() {
        let [first, second] = [10, 5].map(|years| {
            let seconds = Some(years * 365 * 86_400);
            crate::testing::authority_for("root", "CN=Test Root", None, seconds)
        });
        let former = crate::authority::Generation { number: 1, ..first.current() };
        let renewed = Authority { generation: 2, former: vec![former], ..second };
        let asked = Base64Url(request(&[cert_id(&renewed, DigestAlgorithm::Sha1, "05")], &[], &[]));
        let generation = |years: u64| {
            let now = Some(crate::testing::NOW + years * 365 * 86_400);
            let opened = both_ways(|keys| {
                run(Request { now, request: asked.clone(), authorities: vec![renewed.clone()] }, keys)
            });
            opened.unwrap().requests[0].generation
        };
        assert_eq!([1, 6, 11].map(generation), [Some(2), Some(1), Some(2)]);
    }

    /// A request about these, with extensions that stand there as they are, and what follows the signed part.
    fn request(cert_ids: &[CertId], extensions: &[u8], more: &[u8]) -> Vec<u8> {
        let singles: Vec<Vec<u8>> = cert_ids.iter().map(|cert_id| element(SEQUENCE, &[&cert_id.der])).collect();
        let singles: Vec<&[u8]> = singles.iter().map(Vec::as_slice).collect();
        let extensions = match extensions {
            [] => vec![],
            list => element(0xa2, &[&element(SEQUENCE, &[list])]),
        };
        element(SEQUENCE, &[&element(SEQUENCE, &[&element(SEQUENCE, &singles), &extensions]), more])
    }

    fn nonce(octets: &[u8]) -> Vec<u8> {
        extension("1.3.6.1.5.5.7.48.1.2", false, &OctetString::new(octets).unwrap().to_der().unwrap())
    }

    fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
        let extn_value = OctetString::new(value).unwrap();
        let extn_id = der::asn1::ObjectIdentifier::new_unwrap(oid);
        x509_cert::ext::Extension { extn_id, critical, extn_value }.to_der().unwrap()
    }

    fn open(der: &[u8]) -> Result<Response, Error> {
        both_ways(|keys| {
            let authorities = vec![root(), subordinate()];
            run(Request { now: None, request: Base64Url(der.to_vec()), authorities }, keys)
        })
    }

    fn refusal(der: &[u8]) -> ErrorCode {
        open(der).err().unwrap().code
    }

    #[test]
    fn issuers_are_found_by_every_digest() {
        for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha384] {
            let asked = [cert_id(&subordinate(), digest, "5a01"), cert_id(&root(), digest, "ff")];
            let response = open(&request(&asked, &[], &[])).unwrap();
            let found: Vec<_> = response.requests.iter().map(|one| (one.authority, one.serial.as_deref())).collect();
            assert_eq!(found, [(Some(1), Some("5a01")), (Some(0), Some("ff"))]);
            assert_eq!(response.requests[0].cert_id.0, asked[0].der);
            assert_eq!(response.requests[0].digest, Some(digest));
            assert_eq!((response.nonce, response.signed), (None, false));
        }
    }

    #[test]
    fn strangers_are_nobodys() {
        let mut other = cert_id(&root(), DigestAlgorithm::Sha1, "07").der;
        let position = other.len() - 10;
        other[position] ^= 1;
        let mut unknown_digest = cert_id(&root(), DigestAlgorithm::Sha1, "07").der;
        unknown_digest[9] ^= 1;
        let mut negative = cert_id(&root(), DigestAlgorithm::Sha1, "07").der;
        *negative.last_mut().unwrap() = 0x87;
        for (der, serial) in [(other, Some("07")), (unknown_digest, Some("07")), (negative, None)] {
            let cert_id = CertId::from_der(&der).unwrap();
            let response = open(&request(&[cert_id], &[], &[])).unwrap();
            assert_eq!(response.requests[0].authority, None);
            assert_eq!(response.requests[0].serial.as_deref(), serial);
        }
    }

    #[test]
    fn a_nonce_has_1_to_128_octets() {
        let asked = [cert_id(&root(), DigestAlgorithm::Sha1, "07")];
        for length in [1, 16, 32, 128] {
            let octets = vec![9; length];
            let response = open(&request(&asked, &nonce(&octets), &[])).unwrap();
            assert_eq!(response.nonce, Nonce::new(&octets));
        }
        for wrong in [&[][..], &[9; 129]] {
            assert_eq!(refusal(&request(&asked, &nonce(wrong), &[])), ErrorCode::OcspRequestMalformed);
        }
        let twice = [nonce(&[1]), nonce(&[2])].concat();
        assert_eq!(refusal(&request(&asked, &twice, &[])), ErrorCode::OcspRequestMalformed);
    }

    #[test]
    fn extensions_that_are_not_known_must_not_be_critical() {
        let asked = [cert_id(&root(), DigestAlgorithm::Sha1, "07")];
        assert!(open(&request(&asked, &extension("1.2.3", false, &[5, 0]), &[])).is_ok());
        let critical = request(&asked, &extension("1.2.3", true, &[5, 0]), &[]);
        assert_eq!(refusal(&critical), ErrorCode::OcspRequestMalformed);
    }

    #[test]
    fn a_signature_is_named_and_not_looked_at() {
        let asked = [cert_id(&root(), DigestAlgorithm::Sha1, "07")];
        let signature = element(0xa0, &[&element(SEQUENCE, &[&[5, 0]])]);
        assert!(open(&request(&asked, &[], &signature)).unwrap().signed);
    }

    #[test]
    fn requests_have_limits() {
        let one = cert_id(&root(), DigestAlgorithm::Sha1, "07");
        assert!(open(&request(&vec![one.clone(); MAX_CERT_IDS], &[], &[])).is_ok());
        assert_eq!(refusal(&request(&vec![one.clone(); MAX_CERT_IDS + 1], &[], &[])), ErrorCode::RequestTooLarge);
        assert_eq!(refusal(&vec![0; MAX_REQUEST_BYTES + 1]), ErrorCode::RequestTooLarge);
        let mut long = request(&[one], &[], &[]);
        long.push(0);
        for malformed in [&[][..], &[0x30, 0], &long, &request(&[], &[], &[])] {
            assert_eq!(refusal(malformed), ErrorCode::OcspRequestMalformed, "{malformed:?}");
        }
    }

    #[test]
    fn there_is_one_version() {
        let tbs = [&element(0xa0, &[&[2, 1, 1]])[..], &element(SEQUENCE, &[])].concat();
        assert_eq!(refusal(&element(SEQUENCE, &[&element(SEQUENCE, &[&tbs])])), ErrorCode::OcspRequestMalformed);
    }
}

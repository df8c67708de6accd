//! `scep_open_reply`: what a SCEP server answered, verified and decrypted (RFC 8894 section 3.3.2).

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    base64url::Base64Url,
    certificate::Certificate,
    cms::{
        MAX_CERTIFICATES,
        ber::{self, MAX_REPLY_OCTETS},
        certificates_only,
        enveloped_data::Envelope,
        signed_data::SignedMessage,
    },
    csr::CertificationRequest,
    error::{Error, ErrorCode},
    issuer::{is_authority, may_register},
    key::PublicKey,
    keys::{Halt, KeyReference, Keys},
    path::{self, Purpose, RevocationList, Strength, TrustAnchor},
    pem,
    scep::{
        FailInfo, MessageType, Pending, Query,
        reply_attributes::{PkiStatus, ReplyAttributes},
    },
    seed::Seed,
};

/// A reply, and what it must fit.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The time, Unix seconds: signer and issuer must be valid then. Devices without a clock leave it out.
    #[serde(default)]
    pub now: Option<u64>,
    /// The randomness for the content key that takes the place of one that did not decrypt, 32 bytes.
    pub seed: Seed,
    /// The HTTP response's body, 8 MiB at most.
    pub message: Base64Url,
    /// From `scep_seal_request`, unchanged.
    pub pending: Pending,
    /// The key that signed the request.
    pub key: KeyReference,
    /// The certificates (PEM) that may sign replies and issue certificates: those of GetCACert, once
    /// their fingerprint is known to be right.
    pub authorities: Vec<String>,
    /// The certification request (PEM), where it is for another key than the one that signed.
    #[serde(default)]
    pub csr: Option<String>,
    /// Whether MD5 and single DES are accepted.
    #[serde(default)]
    pub allow_legacy: bool,
    /// Whether less than today's signatures and keys will do for the certificates of signer and issuer.
    #[serde(default)]
    pub strength: Strength,
}

/// The outcome.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Response {
    /// The certificate was issued; or what a query asked for is there.
    Success {
        /// PEM: the one for our key, or the one that GetCert asked for, first, then the others in the order sent.
        certificates: Vec<String>,
        /// The revocation list (PEM) that GetCRL asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        crl: Option<String>,
    },
    /// It was refused.
    Failure {
        /// The reason as SCEP has it.
        fail_info: FailInfo,
        /// The reason in the server's words.
        #[serde(skip_serializing_if = "Option::is_none")]
        fail_info_text: Option<String>,
    },
    /// It waits for somebody: poll.
    Pending,
}

/// Opens the reply. Nothing in it is believed, and the key is not asked, before the signature of
/// one of the authorities is verified and the transaction is ours.
///
/// # Errors
/// `CmsMalformed`, `CmsSignerUnknown`, `CmsDigestMismatch`, `SignatureInvalid`,
/// `SignatureAlgorithmRefused`, `ScepAttributeInvalid`, `ScepReplyMismatch`, `ScepRecipientUnknown`,
/// `CmsCipherRefused`, `CmsKeyTransportRefused`, `ScepMessageUnreadable`,
/// `ScepReplyCertificateInvalid`, `ScepReplyCrlInvalid`; if the request itself is wrong, `FieldInvalid` and those of keys
/// and certificates.
pub fn run(request: Request, keys: &mut Keys<'_>) -> Result<Response, Halt> {
    let authorities = read_authorities(&request)?;
    let der = ber::to_der_within(&request.message.0, MAX_REPLY_OCTETS).map_err(|error| error.at("message"))?;
    let message = SignedMessage::read(&der).map_err(|error| error.at("message"))?;
    let attributes = verify(&request, &message, &authorities).map_err(|error| error.at("message"))?;
    match attributes.status {
        PkiStatus::Pending => Ok(Response::Pending),
        PkiStatus::Failure { fail_info, text } => Ok(Response::Failure { fail_info, fail_info_text: text }),
        PkiStatus::Success => {
            let content = decrypt(&request, message.content, keys)?;
            match &request.pending.query {
                Some(query) if query.message_type == MessageType::GetCrl => {
                    let crl = read_crl(&request, query, &content, &authorities).map_err(|error| error.at("message"))?;
                    Ok(Response::Success { certificates: Vec::new(), crl: Some(crl) })
                }
                _ => {
                    let certificates = read_certificates(&request, &content, &authorities)?;
                    Ok(Response::Success { certificates, crl: None })
                }
            }
        }
    }
}

fn read_authorities(request: &Request) -> Result<Vec<Certificate>, Error> {
    if !(1..=MAX_CERTIFICATES).contains(&request.authorities.len()) {
        return Err(Error::new(
            ErrorCode::FieldInvalid,
            format_args!("found {} certificates, wanted 1 to {MAX_CERTIFICATES}", request.authorities.len()),
        )
        .at("authorities"));
    }
    let authorities = request.authorities.iter().map(|text| Certificate::from_pem(text));
    authorities.collect::<Result<_, _>>().map_err(|error| error.at("authorities"))
}

fn verify(
    request: &Request,
    message: &SignedMessage<'_>,
    authorities: &[Certificate],
) -> Result<ReplyAttributes, Error> {
    let signer = message.signer(authorities)?;
    check_signer(request, signer, authorities)?;
    message.verify(&signer.public_key()?, request.allow_legacy)?;
    let attributes = ReplyAttributes::read(&message.attributes)?;
    if attributes.transaction_id.text != request.pending.transaction_id {
        return Err(mismatch("the reply has another transaction id than the request"));
    }
    if attributes.recipient_nonce.as_deref() != Some(request.pending.sender_nonce.as_ref()) {
        return Err(mismatch("the reply has another recipient nonce than the request's sender nonce"));
    }
    Ok(attributes)
}

/// The signer is an authority, which is trusted as it is, or stands for one: one of the authorities has issued it for that.
fn check_signer(request: &Request, signer: &Certificate, authorities: &[Certificate]) -> Result<(), Error> {
    let Request { now, strength, .. } = *request;
    let refused = |detail: &str| {
        let detail = format_args!("found {:?} as the signer: {detail}", signer.subject_text());
        Error::new(ErrorCode::CmsSignerUnknown, detail)
    };
    let is_authority = is_authority(signer);
    if !is_authority && !may_register(signer) {
        return Err(refused("it may not speak for an authority"));
    }
    let checked = match is_authority || signer.is_self_signed() {
        true => path::check_trusted(signer, Purpose::ScepSigner, now, strength),
        false => {
            path::check_issued(signer, &issuers(authorities.iter()), Purpose::ScepSigner, now, strength)
        }
    };
    checked.map_err(|error| refused(&error.detail))
}

/// Those of the certificates that may issue others.
fn issuers<'a>(authorities: impl Iterator<Item = &'a Certificate>) -> Vec<TrustAnchor> {
    authorities.filter(|one| is_authority(one)).cloned().map(TrustAnchor::from_certificate).collect()
}

fn is_in_time(request: &Request, certificate: &Certificate) -> bool {
    request.now.is_none_or(|now| certificate.period().contains(now))
}

fn decrypt(request: &Request, content: &[u8], keys: &mut Keys<'_>) -> Result<Vec<u8>, Halt> {
    let recipient = Certificate::from_pem(&request.pending.signer_certificate)
        .map_err(|error| error.at("pending.signer_certificate"))?;
    let der = ber::to_der_within(content, MAX_REPLY_OCTETS).map_err(|error| error.at("message"))?;
    let envelope = Envelope::read(&der, request.allow_legacy).map_err(|error| error.at("message"))?;
    let (transport, encrypted) =
        envelope.encrypted_key(&recipient).map_err(|error| error.at("message"))?.ok_or_else(|| {
            Error::new(ErrorCode::ScepRecipientUnknown, "the reply is encrypted for another certificate than ours")
                .at("message")
        })?;
    let answer = keys.decrypt(&request.key.id, &recipient.public_key()?, transport, encrypted)?;
    let mut generator = request.seed.generator("scep_open_reply content key");
    let content = envelope.decrypt(answer.as_ref().map(|key| key.as_slice()), &mut generator);
    let content = content.and_then(|content| ber::to_der_within(&content, MAX_REPLY_OCTETS).ok()).ok_or_else(|| {
        Error::new(ErrorCode::ScepMessageUnreadable, "the reply does not decrypt to certificates").at("message")
    })?;
    Ok(content)
}

/// The certificates with the one that was asked for first, wherever the server put it.
fn read_certificates(request: &Request, content: &[u8], authorities: &[Certificate]) -> Result<Vec<String>, Error> {
    let certificates = certificates_only::read(content).map_err(|error| error.at("message"))?;
    let is_wanted: &dyn Fn(&Certificate) -> bool = match &request.pending.query {
        Some(query) => &|certificate| query.is_for(certificate),
        None => {
            let key = requested_key(request)?;
            &move |certificate| certificate.public_key().is_ok_and(|found| found == key)
        }
    };
    // A registration authority signs replies, never certificates.
    let issuers = issuers(authorities.iter().filter(|issuer| is_in_time(request, issuer)));
    // Whether it is valid already, a client whose clock is slow cannot say.
    let is_ours = |certificate: &Certificate| {
        is_wanted(certificate) && path::check_issued(certificate, &issuers, Purpose::Any, None, request.strength).is_ok()
    };
    let leaf = certificates.iter().find(|certificate| is_ours(certificate)).ok_or_else(|| {
        Error::new(
            ErrorCode::ScepReplyCertificateInvalid,
            "found no certificate for the key of the request, or the query, that one of the authorities issued",
        )
        .at("message")
    })?;
    let others = certificates.iter().filter(|certificate| *certificate != leaf);
    core::iter::once(leaf).chain(others).map(Certificate::to_pem).collect()
}

/// The list of the authority that was asked about, by that authority.
fn read_crl(
    request: &Request,
    query: &Query,
    content: &[u8],
    authorities: &[Certificate],
) -> Result<String, Error> {
    let lists = certificates_only::read_crls(content)?;
    let by_authority = |list: &RevocationList| {
        let mut issuers = authorities.iter().filter(|issuer| is_in_time(request, issuer));
        list.is_of(&query.issuer.0) && issuers.any(|issuer| list.is_issued_by(issuer, request.strength))
    };
    let is_wanted = |der: &&[u8]| RevocationList::from_der(der).is_ok_and(|list| by_authority(&list));
    let found = lists.into_iter().find(is_wanted).ok_or_else(|| {
        let detail = "found no revocation list of the issuer that was asked about, by one of the authorities";
        Error::new(ErrorCode::ScepReplyCrlInvalid, detail)
    })?;
    pem::encode(RevocationList::LABEL, found)
}

fn requested_key(request: &Request) -> Result<PublicKey, Error> {
    match &request.csr {
        Some(csr) => CertificationRequest::from_pem(csr).map(|csr| csr.public_key().clone()).map_err(|error| error.at("csr")),
        None => Certificate::from_pem(&request.pending.signer_certificate)?.public_key(),
    }
}

fn mismatch(detail: &str) -> Error {
    Error::new(ErrorCode::ScepReplyMismatch, detail)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use der::{Decode, Encode, asn1::AnyRef};
    use serde_json::{Value, json};
    use x509_cert::ext::Extension;

    use super::*;
    use crate::{
        algorithm::KeyTransport,
        cms::{attributes::AttributesBuilder, content_encryption::ContentCipher, enveloped_data, signed_data::Signer},
        extension::{self, KeyUsageName},
        pem,
        scep::{
            StringType, TransactionId,
            fixture::{NOW, SEED, base64url, bytes, error, file, ok, once, private_key, ring, text},
        },
        testing::{resigned, resigned_with_sha1},
    };

    fn pending() -> Value {
        json!({"transaction_id": "1", "sender_nonce": base64url(&[1; 16]), "signer_certificate": text("client.pem")})
    }

    fn request(message: &[u8]) -> Value {
        json!({
            "op": "scep_open_reply", "seed": SEED, "message": base64url(message), "pending": pending(),
            "key": {"id": "client"}, "authorities": [text("ra.pem"), text("ca.pem")],
        })
    }

    fn attributes(status: PkiStatus) -> ReplyAttributes {
        ReplyAttributes {
            status,
            transaction_id: TransactionId { text: "1".into(), string_type: StringType::default() },
            sender_nonce: Some(vec![2; 16]),
            recipient_nonce: Some(vec![1; 16]),
        }
    }

    fn seal(signer: &str, content: Option<&[u8]>, attributes: AttributesBuilder) -> Vec<u8> {
        let certificate = Certificate::from_pem(&text(&alloc::format!("{signer}.pem"))).unwrap();
        Signer { key: signer, certificate: &certificate }
            .seal(&mut Keys::new(&ring(), vec![]), content, attributes)
            .unwrap()
    }

    fn envelope(certificates: &[&str]) -> Vec<u8> {
        let certificates: Vec<_> =
            certificates.iter().map(|name| Certificate::from_pem(&text(name)).unwrap()).collect();
        let recipient = Certificate::from_pem(&text("client.pem")).unwrap();
        let content = certificates_only::write(&certificates).unwrap();
        let mut generator = Seed::new([7; 32]).generator("test");
        enveloped_data::seal(&recipient, KeyTransport::RsaPkcs1, ContentCipher::Aes128Cbc, &content, &mut generator)
            .unwrap()
    }

    fn success(certificates: &[&str]) -> Value {
        let attributes = attributes(PkiStatus::Success).write(NOW).unwrap();
        request(&seal("ra", Some(&envelope(certificates)), attributes))
    }

    /// Whoever has a certificate of the authority's could else refuse, or promise, in its name.
    #[test]
    fn a_device_does_not_speak_for_the_authority() {
        let ra = Certificate::from_pem(&text("ra.pem")).unwrap();
        let device = resigned(&ra, &private_key("ca"), |tbs| {
            let usage = extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2".into()]).unwrap();
            let extensions = tbs.extensions.get_or_insert_default();
            extensions.retain(|extension| extension.extn_id != usage.extn_id);
            extensions.push(usage);
        });
        let attributes = attributes(PkiStatus::Pending).write(NOW).unwrap();
        let message = Signer { key: "ra", certificate: &device }
            .seal(&mut Keys::new(&ring(), vec![]), None, attributes)
            .unwrap();
        let mut request = request(&message);
        request["authorities"] = json!([device.to_pem().unwrap(), text("ca.pem")]);
        assert_eq!(error(&request), "cms_signer_unknown");
    }

    #[test]
    fn our_certificate_comes_first_wherever_it_was() {
        let opened = ok(&success(&["ca.pem", "ra.pem", "client-issued.pem"]));
        let wanted = [text("client-issued.pem"), text("ca.pem"), text("ra.pem")];
        assert_eq!(opened, json!({"status": "success", "certificates": wanted}));
    }

    /// A query of ours, opened by the server, answered with `result`: the request to open the answer.
    fn answered(message_type: &str, serial: &str, result: &Value) -> Value {
        let sealed = ok(&json!({
            "op": "scep_seal_request", "now": NOW, "seed": SEED, "message_type": message_type,
            "key": {"id": "client"}, "recipient": text("ra.pem"), "signer_certificate": text("client-issued.pem"),
            "issuer": text("ca.pem"), "serial": serial,
        }));
        let opened = ok(&json!({
            "op": "scep_open_request", "now": NOW, "seed": SEED, "message": sealed["message"],
            "recipients": [{"key": {"id": "ra"}, "certificate": text("ra.pem")}],
        }));
        assert_eq!(opened["wanted"]["serial"], serial);
        let reply = ok(&json!({
            "op": "scep_seal_reply", "now": NOW, "seed": SEED, "reply_to": opened["reply_to"], "result": result,
            "signer": {"key": {"id": "ra"}, "certificate": text("ra.pem")},
        }));
        let mut request = request(&bytes(&reply["message"]));
        request["pending"] = sealed["pending"].clone();
        request
    }

    #[test]
    fn a_certificate_is_got_by_its_number() {
        let got = |serial: &str, certificates: &[&str]| {
            let certificates: Vec<_> = certificates.iter().map(|name| text(name)).collect();
            answered("get_cert", serial, &json!({"status": "success", "certificates": certificates}))
        };
        // The key of the registration authority is not ours.
        let opened = ok(&got("1002", &["ca.pem", "ra.pem"]));
        assert_eq!(opened["certificates"], json!([text("ra.pem"), text("ca.pem")]));
        assert_eq!(opened.get("crl"), None);
        for (serial, others) in [("1002", "client-issued.pem"), ("1001", "client.pem"), ("1003", "ra.pem")] {
            assert_eq!(error(&got(serial, &[others])), "scep_reply_certificate_invalid", "{serial}");
        }
        let unknown = json!({"status": "failure", "fail_info": "bad_cert_id"});
        assert_eq!(ok(&answered("get_cert", "1002", &unknown)), unknown);
    }

    #[test]
    fn a_revocation_list_is_got_from_its_issuer() {
        let got = |crl: &str| answered("get_crl", "1003", &json!({"status": "success", "crl": crl}));
        let good = got(&text("ca.crl"));
        assert_eq!(ok(&good), json!({"status": "success", "certificates": [], "crl": text("ca.crl")}));
        let mut der = pem::decode(&text("ca.crl"), &["X509 CRL"]).unwrap();
        *der.last_mut().unwrap() ^= 1;
        assert_eq!(error(&got(&pem::encode("X509 CRL", &der).unwrap())), "scep_reply_crl_invalid");
        let mut without_the_issuer = good.clone();
        without_the_issuer["authorities"] = json!([text("ra.pem")]);
        assert_eq!(error(&without_the_issuer), "cms_signer_unknown");
        let mut of_another = good.clone();
        let name = crate::distinguished_name::parse("CN=Other CA").unwrap();
        of_another["pending"]["query"]["issuer"] = json!(base64url(&name));
        assert_eq!(error(&of_another), "scep_reply_crl_invalid");
        let certificates = json!({"status": "success", "certificates": [text("ca.pem")]});
        assert_eq!(error(&answered("get_crl", "1003", &certificates)), "scep_reply_crl_invalid");
        let mut enrolment = good.clone();
        enrolment["pending"]["query"] = Value::Null;
        assert_eq!(error(&enrolment), "cms_malformed");
    }

    /// A list of many certificates; the answer is none that a server may not seal or a client not open.
    #[test]
    fn a_revocation_list_of_any_size_that_is_sealed_is_opened() {
        let issuer = Certificate::from_pem(&text("ca.pem")).unwrap();
        let list = |octets: usize| {
            let algorithm = crate::algorithm::SignatureScheme::RsaPkcs1Sha256.algorithm();
            let updated = [0x17, 13, b'2', b'6', b'0', b'1', b'0', b'1', b'0', b'0', b'0', b'0', b'0', b'0', b'Z'];
            let entry = AnyRef::new(der::Tag::Sequence, &[&[2, 1, 1][..], &updated].concat()).unwrap().to_der().unwrap();
            let entries = entry.repeat(octets / entry.len());
            let entries = AnyRef::new(der::Tag::Sequence, &entries).unwrap().to_der().unwrap();
            let fields = [&algorithm.identifier().to_der().unwrap(), issuer.subject(), &updated, &entries].concat();
            let content = AnyRef::new(der::Tag::Sequence, &fields).unwrap().to_der().unwrap();
            let signature = private_key("ca").sign(crate::algorithm::SignatureScheme::RsaPkcs1Sha256, &content);
            let signed = crate::signed::Signed::assemble(&content, algorithm, &signature.unwrap()).unwrap();
            pem::encode("X509 CRL", &signed).unwrap()
        };
        for octets in [ber::MAX_MESSAGE_OCTETS, MAX_REPLY_OCTETS - 8192] {
            let crl = list(octets);
            let opened = ok(&answered("get_crl", "1003", &json!({"status": "success", "crl": crl})));
            assert!(opened["crl"] == json!(crl), "{octets}");
        }
        let mut reply = answered("get_crl", "1003", &json!({"status": "success", "crl": text("ca.crl")}));
        reply["message"] = json!(base64url(&vec![0x30; MAX_REPLY_OCTETS + 1]));
        assert_eq!(error(&reply), "request_too_large");
    }

    #[test]
    fn certificates_that_are_not_ours_are_refused() {
        for certificates in [&["ca.pem"][..], &["client.pem", "ca.pem"], &["ra.pem"]] {
            assert_eq!(error(&success(certificates)), "scep_reply_certificate_invalid", "{certificates:?}");
        }
        let mut for_another_key = success(&["client-issued.pem"]);
        for_another_key["csr"] = json!(pem::encode("CERTIFICATE REQUEST", &file("stranger.csr")).unwrap());
        assert_eq!(error(&for_another_key), "scep_reply_certificate_invalid");
        let mut by_another_authority = success(&["client-issued.pem"]);
        by_another_authority["authorities"] = json!([text("ra.pem")]);
        assert_eq!(error(&by_another_authority), "cms_signer_unknown");
    }

    fn leaf_by(issuer: &str) -> Certificate {
        let issued = Certificate::from_pem(&text("client-issued.pem")).unwrap();
        let name = Certificate::from_pem(&text(&alloc::format!("{issuer}.pem"))).unwrap().subject().to_vec();
        resigned(&issued, &private_key(issuer), |tbs| tbs.issuer = AnyRef::from_der(&name).unwrap())
    }

    fn success_with(leaf: &Certificate) -> Value {
        let recipient = Certificate::from_pem(&text("client.pem")).unwrap();
        let content = certificates_only::write(core::slice::from_ref(leaf)).unwrap();
        let mut generator = Seed::new([7; 32]).generator("test");
        let (transport, cipher) = (KeyTransport::RsaPkcs1, ContentCipher::Aes128Cbc);
        let envelope = enveloped_data::seal(&recipient, transport, cipher, &content, &mut generator).unwrap();
        request(&seal("ra", Some(&envelope), attributes(PkiStatus::Success).write(NOW).unwrap()))
    }

    #[test]
    fn a_registration_authority_issues_nothing() {
        assert_eq!(ok(&success_with(&leaf_by("ca")))["status"], "success");
        assert_eq!(error(&success_with(&leaf_by("ra"))), "scep_reply_certificate_invalid");
    }

    /// A pending reply that `certificate`, with the key `key`, signs, among these authorities.
    fn pending_by(key: &str, certificate: &Certificate, authorities: &[&Certificate]) -> Value {
        let attributes = attributes(PkiStatus::Pending).write(NOW).unwrap();
        let signer = Signer { key, certificate };
        let mut request = request(&signer.seal(&mut Keys::new(&ring(), vec![]), None, attributes).unwrap());
        let all: Vec<_> = authorities.iter().map(|one| one.to_pem().unwrap()).collect();
        request["authorities"] = json!(all);
        request
    }

    fn with_extensions(name: &str, issuer: &str, extensions: Vec<Extension>) -> Certificate {
        let certificate = Certificate::from_pem(&text(name)).unwrap();
        resigned(&certificate, &private_key(issuer), |tbs| tbs.extensions = Some(extensions))
    }

    /// What servers have: registration authorities as NDES makes them, with and without key usage; authorities that
    /// sign themselves, with any key usage of authorities; old ones of version 1.
    #[test]
    fn who_speaks_for_an_authority() {
        let ca = Certificate::from_pem(&text("ca.pem")).unwrap();
        let agent = || extension::extended_key_usage(&["1.3.6.1.4.1.311.20.2.1".into()]).unwrap();
        let signs = extension::key_usage(&[KeyUsageName::DigitalSignature]).unwrap();
        for extensions in [vec![agent(), signs.clone()], vec![agent()], vec![signs.clone()], vec![]] {
            let ra = with_extensions("ra.pem", "ca", extensions);
            assert_eq!(ok(&pending_by("ra", &ra, &[&ra, &ca]))["status"], "pending");
            // The same from nobody knows where.
            assert_eq!(error(&pending_by("ra", &ra, &[&ra])), "cms_signer_unknown");
            let forged = resigned(&ra, &private_key("client"), |_| ());
            assert_eq!(error(&pending_by("ra", &forged, &[&forged, &ca])), "cms_signer_unknown");
        }
        let authority = || extension::authority_constraints(None).unwrap();
        let only = |usage| vec![authority(), extension::key_usage(&[usage]).unwrap()];
        for extensions in [vec![authority()], only(KeyUsageName::KeyCertSign)] {
            let own = with_extensions("ca.pem", "ca", extensions.clone());
            assert_eq!(ok(&pending_by("ca", &own, &[&own]))["status"], "pending");
            // Below another that is not there: it is trusted as it is.
            let below = resigned(&own, &private_key("ra"), |_| ());
            assert_eq!(ok(&pending_by("ca", &below, &[&below]))["status"], "pending");
        }
        let lists = with_extensions("ca.pem", "ca", only(KeyUsageName::CrlSign));
        assert_eq!(error(&pending_by("ca", &lists, &[&lists])), "cms_signer_unknown");
        let v1 = Certificate::from_pem(&text("client-v1.pem")).unwrap();
        assert_eq!(ok(&pending_by("client", &v1, &[&v1]))["status"], "pending");
        let unknown = Extension { extn_id: der::asn1::ObjectIdentifier::new_unwrap("1.2.3"), critical: true, ..signs };
        let unknown = with_extensions("ra.pem", "ca", vec![unknown]);
        assert_eq!(error(&pending_by("ra", &unknown, &[&unknown, &ca])), "cms_signer_unknown");
    }

    #[test]
    fn sha1_counts_only_where_it_is_asked_for() {
        let [ra, ca] = ["ra.pem", "ca.pem"].map(|name| Certificate::from_pem(&text(name)).unwrap());
        let old = resigned_with_sha1(&ra, &private_key("ca"), |_| ());
        let leaf = resigned_with_sha1(&leaf_by("ca"), &private_key("ca"), |_| ());
        for (mut request, code, status) in [
            (pending_by("ra", &old, &[&old, &ca]), "cms_signer_unknown", "pending"),
            (success_with(&leaf), "scep_reply_certificate_invalid", "success"),
        ] {
            assert_eq!(error(&request), code);
            request["strength"] = json!({"minimum_rsa_bits": 1024});
            assert_eq!(error(&request), code);
            request["strength"] = json!({"allow_sha1": true});
            assert_eq!(ok(&request)["status"], status);
        }
    }

    #[test]
    fn signer_and_issuer_must_be_valid_where_the_time_is_known() {
        let ra = Certificate::from_pem(&text("ra.pem")).unwrap().period();
        let at = |now: u64| {
            let mut request = success(&["client-issued.pem"]);
            request["now"] = json!(now);
            request
        };
        assert_eq!(ok(&at(NOW))["status"], "success");
        assert_eq!(error(&at(ra.not_before - 1)), "cms_signer_unknown");
        assert_eq!(error(&at(ra.not_after + 1)), "cms_signer_unknown");
    }

    #[test]
    fn a_signer_that_may_only_encrypt_is_refused() {
        let ra = Certificate::from_pem(&text("ra.pem")).unwrap();
        let usage = extension::key_usage(&[KeyUsageName::KeyEncipherment]).unwrap();
        let encrypts = resigned(&ra, &private_key("ca"), |tbs| tbs.extensions = Some(vec![usage]));
        let mut request = success(&["client-issued.pem"]);
        request["authorities"] = json!([encrypts.to_pem().unwrap(), text("ca.pem")]);
        assert_eq!(error(&request), "cms_signer_unknown");
    }

    #[test]
    fn one_octet_of_content_in_a_failure_is_tolerated() {
        let failure = PkiStatus::Failure { fail_info: FailInfo::BadCertId, text: None };
        let message = seal("ra", Some(b"\0"), attributes(failure).write(NOW).unwrap());
        assert_eq!(ok(&request(&message)), json!({"status": "failure", "fail_info": "bad_cert_id"}));
    }

    #[test]
    fn replies_by_strangers_and_to_others_are_refused() {
        let pending = || attributes(PkiStatus::Pending);
        let code = |signer: &str, attributes: ReplyAttributes| {
            error(&request(&seal(signer, None, attributes.write(NOW).unwrap())))
        };
        assert_eq!(ok(&request(&seal("ra", None, pending().write(NOW).unwrap()))), json!({"status": "pending"}));
        assert_eq!(code("client", pending()), "cms_signer_unknown");
        assert_eq!(code("ra", ReplyAttributes { recipient_nonce: None, ..pending() }), "scep_reply_mismatch");
        assert_eq!(code("ra", ReplyAttributes { recipient_nonce: Some(vec![2; 16]), ..pending() }), "scep_reply_mismatch");
        let other = TransactionId { text: "2".into(), string_type: StringType::default() };
        assert_eq!(code("ra", ReplyAttributes { transaction_id: other, ..pending() }), "scep_reply_mismatch");
    }

    #[test]
    fn a_request_is_no_reply() {
        let message = seal("ra", None, AttributesBuilder::default());
        assert_eq!(error(&request(&message)), "scep_message_type_refused");
        let mut of_openssl = request(&file("aes128-sha256.der"));
        of_openssl["authorities"] = json!([text("client.pem")]);
        assert_eq!(error(&of_openssl), "scep_message_type_refused");
    }

    #[test]
    fn what_was_changed_is_refused() {
        let good = success(&["client-issued.pem"]);
        let message = bytes(&good["message"]);
        let wanted = ok(&good);
        let ring = ring();
        for at in (0..message.len()).step_by(5) {
            let mut changed = message.clone();
            changed[at] ^= 1 << (at % 8);
            let (status, body) = once(&request(&changed), &ring);
            // What nobody signs, such as the certificates beside the signature, may change.
            assert!(status > 1 || body["ok"] == wanted, "{at}: {body}");
        }
        let cut = &message[..message.len() - 300];
        assert_eq!(error(&request(cut)), "cms_malformed");
    }

    #[test]
    fn a_content_that_does_not_decrypt_is_unreadable() {
        let mut content = envelope(&["client-issued.pem"]);
        *content.last_mut().unwrap() ^= 1;
        let message = seal("ra", Some(&content), attributes(PkiStatus::Success).write(NOW).unwrap());
        assert_eq!(error(&request(&message)), "scep_message_unreadable");
        let for_another = {
            let mut request = success(&["client-issued.pem"]);
            request["pending"]["signer_certificate"] = json!(text("ra.pem"));
            request
        };
        assert_eq!(error(&for_another), "scep_recipient_unknown");
        let mut without_authorities = success(&["client-issued.pem"]);
        without_authorities["authorities"] = json!([]);
        assert_eq!(error(&without_authorities), "field_invalid");
    }
}

//! rustls-webpki, with OpenSSL's arithmetic.

use super::question::{Path, Purpose, Question, Verdict};
use crate::engine::NOW;
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::sha::sha256;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName, SignatureVerificationAlgorithm,
    UnixTime, alg_id,
};
use std::time::Duration;
use webpki::{EndEntityCert, Error, KeyUsage};

/// The one algorithm of the seeds.
#[derive(Debug)]
struct EcdsaP256Sha256;

const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[&EcdsaP256Sha256];

/// Its verdict.
pub(super) fn judge(question: &Question) -> Verdict {
    accept(question).map_or_else(
        |error| {
            let text = format!("{error:?}");
            let name = text.split([' ', '(']).next().unwrap_or_default().to_owned();
            Verdict::Refused(name, text)
        },
        Verdict::Accepted,
    )
}

fn accept(question: &Question) -> Result<Path, Error> {
    let certificate = CertificateDer::from(question.certificate.as_slice());
    let intermediates: Vec<_> =
        question.intermediates.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let anchor = CertificateDer::from(question.anchor.as_slice());
    let anchors = [webpki::anchor_from_trusted_cert(&anchor)?];
    let usage = match question.purpose {
        Purpose::TlsServer => KeyUsage::server_auth(),
        Purpose::DeviceClient => KeyUsage::client_auth(),
    };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let certificate = EndEntityCert::try_from(&certificate)?;
    let path = certificate.verify_for_usage(ALGORITHMS, &anchors, &intermediates, now, usage, None, None)?;
    let intermediates = path.intermediate_certificates().map(|own| own.der().to_vec()).collect();
    if let Some(host) = &question.host {
        let host = ServerName::try_from(host.as_str()).map_err(|_| Error::MalformedDnsIdentifier)?;
        certificate.verify_is_valid_for_subject_name(&host)?;
    }
    Ok(Path { intermediates })
}

impl SignatureVerificationAlgorithm for EcdsaP256Sha256 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        match is_valid(public_key, message, signature) {
            Ok(true) => Ok(()),
            _ => Err(InvalidSignature),
        }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}

fn is_valid(public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<bool, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let mut context = BigNumContext::new()?;
    let point = EcPoint::from_bytes(&group, public_key, &mut context)?;
    let key = EcKey::from_public_key(&group, &point)?;
    EcdsaSig::from_der(signature)?.verify(&sha256(message), &key)
}

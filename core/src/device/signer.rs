//! Who may have signed: certificates, and keys that somebody else has vouched for.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde_json::{Map, Value};
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use super::{invalid, proof::Proof, trust::Trust};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    error::{Error, ErrorCode},
    hex,
    jwk::{ReadJwk, thumbprint},
    key::{KeyKind, MIN_RSA_BITS, PublicKey},
    path::{Decision, material},
};

/// How many signers a request may name, and how many certificates of a message may be its signer's.
const MAX_SIGNERS: usize = 32;
pub(crate) const MAX_BROUGHT: usize = 4;
/// The longest id of a key in a message, in bytes.
pub(crate) const MAX_KEY_ID: usize = 1024;

/// Who may have signed a message: one of the three.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SignerRequest {
    /// What messages call its key, beside the names that it has of itself.
    pub id: Option<String>,
    /// Its certificate, PEM; it has to lead to one of the anchors.
    pub certificate: Option<String>,
    /// Its key as a PEM block `PUBLIC KEY`. Whoever gives it vouches for it: no certificate is looked at.
    pub public_key: Option<String>,
    /// Its key as a JWK, likewise.
    pub jwk: Option<Map<String, Value>>,
}

/// The same, read.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    /// Where it is in the request.
    pub(crate) place: String,
    id: Option<String>,
    pub(crate) key: PublicKey,
    pub(crate) certificate: Option<Certificate>,
}

/// Who signed, with what, and why that is to be believed.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) signer: &'a Signer,
    pub(crate) proof: Proof,
    pub(crate) path: Option<Decision>,
}

/// Reads all of them.
///
/// # Errors
/// `RequestTooLarge`, `FieldInvalid`, `KeyTooSmall`, `KeyUnsupported`, and those of certificates and keys, `at` the signer.
pub(crate) fn read(requests: Vec<SignerRequest>) -> Result<Vec<Signer>, Error> {
    material::limit(requests.len(), MAX_SIGNERS, "signers")?;
    let read = |(index, request): (usize, SignerRequest)| {
        let place = format!("signers.{index}");
        Signer::read(request, place.clone()).map_err(|error| error.within(place))
    };
    requests.into_iter().enumerate().map(read).collect()
}

impl Signer {
    fn read(request: SignerRequest, place: String) -> Result<Self, Error> {
        let SignerRequest { id, certificate, public_key, jwk } = request;
        if id.as_ref().is_some_and(|id| id.is_empty() || id.len() > MAX_KEY_ID) {
            return Err(invalid(format_args!("wanted an id of 1 to {MAX_KEY_ID} bytes")).at("id"));
        }
        let (key, certificate) = match (certificate, public_key, jwk) {
            (Some(pem), None, None) => {
                let certificate = Certificate::from_pem(&pem).map_err(|error| error.at("certificate"))?;
                let key = certificate.public_key().map_err(|error| error.at("certificate"))?;
                (key, Some(certificate))
            }
            (None, Some(pem), None) => {
                (PublicKey::from_pem(&pem).map_err(|error| error.at("public_key"))?, None)
            }
            (None, None, Some(members)) => {
                (ReadJwk::read(&members).map_err(|error| error.within("jwk"))?.key, None)
            }
            _ => return Err(invalid("wanted one of certificate, public_key and jwk, and no more")),
        };
        check_key(&key, certificate.is_none())?;
        Ok(Self { place, id, key, certificate })
    }

    /// The holder of a certificate that came along with a message.
    ///
    /// # Errors
    /// Those of its key.
    pub(crate) fn brought(certificate: Certificate) -> Result<Self, Error> {
        let key = certificate.public_key()?;
        check_key(&key, false)?;
        Ok(Self { place: "message.signature".into(), id: None, key, certificate: Some(certificate) })
    }

    /// Whether a message means this one; see [`crate::device`].
    pub(crate) fn is_called(&self, key_id: &str) -> bool {
        let lower = key_id.to_ascii_lowercase();
        let of_certificate = |certificate: &Certificate| {
            let sha256 = DigestAlgorithm::Sha256.digest(certificate.der());
            let identifier = certificate.extension::<SubjectKeyIdentifier>().ok().flatten();
            hex::encode(&sha256) == lower
                || Base64UrlUnpadded::encode_string(&sha256) == key_id
                || identifier.is_some_and(|identifier| hex::encode(identifier.0.as_bytes()) == lower)
        };
        self.id.as_deref() == Some(key_id)
            || self.certificate.as_ref().is_some_and(of_certificate)
            || self.key.sha256() == lower
            || thumbprint(&self.key).is_ok_and(|thumbprint| thumbprint == key_id)
    }
}

/// Those whom a message means; all of them where it names none.
///
/// # Errors
/// `MessageSignerUnknown`.
pub(crate) fn called<'a>(signers: &'a [Signer], key_id: Option<&str>) -> Result<Vec<&'a Signer>, Error> {
    let meant: Vec<&Signer> =
        signers.iter().filter(|signer| key_id.is_none_or(|key_id| signer.is_called(key_id))).collect();
    match (meant.is_empty(), key_id) {
        (false, _) => Ok(meant),
        (true, Some(key_id)) => {
            Err(unknown(format_args!("found the key id {key_id:?}, which none of the signers has")))
        }
        (true, None) => {
            Err(unknown("found no signer in the request, and none that the message brought along"))
        }
    }
}

/// The first whose key made the signature and who is to be believed.
///
/// # Errors
/// Of all that was found wrong what came furthest: the certificate (`path_…`), the signature, the algorithm.
pub(crate) fn first_good<'a>(
    candidates: &[&'a Signer],
    check: impl Fn(&PublicKey) -> Result<Proof, Error>,
    trust: &Trust,
    now: u64,
) -> Result<Found<'a>, Error> {
    let mut worst: Option<(u8, Error)> = None;
    let mut note = |rank: u8, error: Error| {
        if worst.as_ref().is_none_or(|(known, _)| *known < rank) {
            worst = Some((rank, error));
        }
    };
    for signer in candidates {
        let proof = match check(&signer.key) {
            Ok(proof) => proof,
            Err(error) if error.code == ErrorCode::MessageAlgorithmRefused => {
                note(1, error);
                continue;
            }
            Err(error) if error.code == ErrorCode::MessageSignatureInvalid => {
                note(2, error);
                continue;
            }
            Err(error) => return Err(error),
        };
        let judged = signer.certificate.as_ref().map(|own| trust.judge(now, own, &signer.place)).transpose();
        match judged {
            Ok(path) => return Ok(Found { signer, proof, path }),
            Err(error) => note(3, error),
        }
    }
    Err(worst.map_or_else(|| unknown("found no signer"), |(_, error)| error.at("message")))
}

/// Refuses keys that anybody may hold. How small a certificate's key may be, the path's policy says.
///
/// # Errors
/// `KeyTooSmall`, `KeyUnsupported`.
pub(crate) fn check_key(key: &PublicKey, is_bare: bool) -> Result<(), Error> {
    key.refuse_roca()?;
    match key.kind() {
        KeyKind::Rsa { bits } | KeyKind::RsaPss { bits } if is_bare && bits < MIN_RSA_BITS => {
            Err(Error::new(
                ErrorCode::KeyTooSmall,
                format_args!("found an RSA key of {bits} bits, wanted at least {MIN_RSA_BITS}"),
            ))
        }
        _ => Ok(()),
    }
}

/// The name of an algorithm with a key of a kind, as key questions have it.
pub(crate) fn algorithm_name(algorithm: SignatureAlgorithm, kind: KeyKind) -> String {
    let digest = |digest: DigestAlgorithm| format!("{digest:?}").to_ascii_lowercase();
    let curve = match kind {
        KeyKind::P256 => "p256",
        KeyKind::P384 => "p384",
        _ => "p521",
    };
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(own) => format!("rsa_pkcs1_{}", digest(own)),
        SignatureAlgorithm::RsaPss(own, _) => format!("rsa_pss_{}", digest(own)),
        SignatureAlgorithm::Ecdsa(own) => format!("ecdsa_{curve}_{}", digest(own)),
        SignatureAlgorithm::Ed25519 => "ed25519".into(),
        SignatureAlgorithm::MlDsa(set) => set.name().to_lowercase().replace('-', "_").to_string(),
    }
}

pub(crate) fn unknown(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::MessageSignerUnknown, detail).at("message")
}

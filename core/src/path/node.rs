//! A certificate, or an anchor, as the search sees it: read once, its parts when they are wanted.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::{
    cell::{OnceCell, RefCell},
    fmt,
};

use super::{
    anchor::TrustAnchor,
    conformance::Place,
    extensions::Extensions,
    name_constraints::NameConstraints,
    policy::{Policy, Rules},
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::Certificate,
    distinguished_name::{self, Folded},
    error::{Error, ErrorCode},
    key::{KeyKind, PublicKey},
    signed::Signed,
};

/// Where a certificate came from, as the request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Target,
    Intermediate(usize),
    Anchor(usize),
    /// The certificate of a responder, in a response.
    Response(usize, usize),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => f.write_str("certificate"),
            Self::Intermediate(index) => write!(f, "intermediates.{index}"),
            Self::Anchor(index) => write!(f, "anchors.{index}"),
            Self::Response(index, within) => write!(f, "ocsp_responses.{index}.certificates.{within}"),
        }
    }
}

/// A certificate.
pub(super) struct Node<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) origin: Origin,
    pub(super) subject: Folded,
    pub(super) issuer: Folded,
    extensions: OnceCell<Result<Extensions<'a>, Error>>,
    key: OnceCell<Result<PublicKey, Error>>,
    /// What else is found out once, however many paths lead through it.
    pub(super) known: Known,
}

/// What was found out about a certificate.
#[derive(Default)]
pub(super) struct Known {
    /// What rules say of it, for each place that it may have in a path.
    pub(super) verdicts: RefCell<BTreeMap<(Place, Rules), Result<(), Error>>>,
    /// Whether it may be an issuer at all.
    pub(super) is_plausible: OnceCell<bool>,
    /// Those who may have issued it, the likeliest first.
    pub(super) candidates: OnceCell<Vec<usize>>,
}

impl<'a> Node<'a> {
    /// # Errors
    /// None in practice: a certificate has names.
    pub(super) fn new(certificate: &'a Certificate, origin: Origin) -> Result<Self, Error> {
        let folded = |name: &[u8]| {
            Folded::new(name).ok_or_else(|| {
                Error::new(ErrorCode::CertificateMalformed, "found a name that is none").at(origin)
            })
        };
        Ok(Self {
            certificate,
            origin,
            subject: folded(certificate.subject())?,
            issuer: folded(certificate.issuer())?,
            extensions: OnceCell::new(),
            key: OnceCell::new(),
            known: Known::default(),
        })
    }

    /// # Errors
    /// `PathCertificateInvalid`.
    pub(super) fn extensions(&self) -> Result<&Extensions<'a>, Error> {
        let read = self.extensions.get_or_init(|| {
            Extensions::read(self.certificate.extensions()).map_err(|error| self.about(error))
        });
        read.as_ref().map_err(Clone::clone)
    }

    /// # Errors
    /// `PathAlgorithmRefused`.
    pub(super) fn key(&self) -> Result<&PublicKey, Error> {
        let key = self.key.get_or_init(|| {
            self.certificate.public_key().map_err(|error| {
                self.failure(
                    ErrorCode::PathAlgorithmRefused,
                    format_args!("{} (RFC 5280 4.1.2.7)", error.detail),
                )
            })
        });
        key.as_ref().map_err(Clone::clone)
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// An error about this certificate: `CN=x: found …`.
    pub(super) fn failure(&self, code: ErrorCode, detail: impl fmt::Display) -> Error {
        failure(code, self.origin, self.certificate.subject(), detail)
    }

    /// The same of an error that did not know its certificate.
    fn about(&self, error: Error) -> Error {
        self.failure(error.code, error.detail)
    }
}

/// An anchor as the search sees it.
pub(super) struct Anchor<'a> {
    pub(super) anchor: &'a TrustAnchor,
    pub(super) node: Option<Node<'a>>,
    pub(super) subject: Folded,
    pub(super) index: usize,
    key: OnceCell<Result<PublicKey, Error>>,
    name_constraints: OnceCell<Result<Option<NameConstraints<'a>>, Error>>,
}

impl<'a> Anchor<'a> {
    /// # Errors
    /// `PathAnchorInvalid`.
    pub(super) fn new(index: usize, anchor: &'a TrustAnchor) -> Result<Self, Error> {
        let origin = Origin::Anchor(index);
        let wrong =
            || Error::new(ErrorCode::PathAnchorInvalid, "found an anchor whose name is none").at(origin);
        Ok(Self {
            anchor,
            node: anchor.certificate.as_ref().map(|own| Node::new(own, origin)).transpose()?,
            subject: Folded::new(&anchor.subject).ok_or_else(wrong)?,
            index,
            key: OnceCell::new(),
            name_constraints: OnceCell::new(),
        })
    }

    pub(super) fn key(&self) -> Result<&PublicKey, Error> {
        let key = self.key.get_or_init(|| {
            PublicKey::from_spki(&self.anchor.spki)
                .map_err(|error| self.failure(ErrorCode::PathAlgorithmRefused, error.detail))
        });
        key.as_ref().map_err(Clone::clone)
    }

    pub(super) fn failure(&self, code: ErrorCode, detail: impl core::fmt::Display) -> Error {
        failure(code, Origin::Anchor(self.index), &self.anchor.subject, detail)
    }

    /// What it was given beside its certificate.
    pub(super) fn name_constraints(&self) -> Result<Option<&NameConstraints<'a>>, Error> {
        let read = self.name_constraints.get_or_init(|| {
            let read = self.anchor.name_constraints.as_deref().map(NameConstraints::read).transpose();
            read.map_err(|error| self.failure(ErrorCode::PathAnchorInvalid, error))
        });
        read.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }
}

/// An error about the certificate of that name.
pub(super) fn failure(code: ErrorCode, origin: Origin, subject: &[u8], detail: impl fmt::Display) -> Error {
    /// Room for what is wrong with it.
    const MAX_SUBJECT: usize = 120;
    let subject = match distinguished_name::to_text(subject) {
        text if text.is_empty() => String::from("a certificate without a subject"),
        text => match text.char_indices().nth(MAX_SUBJECT) {
            Some((end, _)) => alloc::format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        },
    };
    Error::new(code, format_args!("{subject}: {detail}")).at(origin)
}

/// Verifies a signature with an algorithm that is accepted.
///
/// # Errors
/// `PathAlgorithmRefused` (MD5, SHA-1 unless it is allowed, and unknown algorithms), `PathSignatureInvalid`.
pub(super) fn verify_signature(signed: &Signed, key: &PublicKey, policy: &Policy) -> Result<(), Error> {
    let refused = |error: Error| Error { code: ErrorCode::PathAlgorithmRefused, ..error };
    let algorithm = SignatureAlgorithm::from_identifier(&signed.algorithm)
        .and_then(SignatureAlgorithm::refuse_broken)
        .map_err(refused)?;
    algorithm.check_parameters(signed.algorithm.parameters.as_ref()).map_err(refused)?;
    if algorithm.digest() == Some(DigestAlgorithm::Sha1) && !policy.allow_sha1 {
        return Err(Error::new(
            ErrorCode::PathAlgorithmRefused,
            "found a signature with SHA-1, wanted SHA-256 or better",
        ));
    }
    key.verify(algorithm, &signed.content, &signed.signature)
        .map_err(|error| Error { code: ErrorCode::PathSignatureInvalid, ..error })
}

/// The bits that count as its strength, and whether a policy allows them.
pub(super) fn is_strong(kind: KeyKind, policy: &Policy) -> bool {
    match kind {
        KeyKind::Rsa { bits } | KeyKind::RsaPss { bits } => bits >= policy.minimum_rsa_bits,
        KeyKind::P256 | KeyKind::Ed25519 | KeyKind::MlDsa44 => 256 >= policy.minimum_ec_bits,
        KeyKind::P384 | KeyKind::MlDsa65 => 384 >= policy.minimum_ec_bits,
        KeyKind::P521 | KeyKind::MlDsa87 => 521 >= policy.minimum_ec_bits,
    }
}

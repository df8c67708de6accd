//! What is asked of each judge, and what each says.

use super::condition;
use crate::{der, engine, path::Chain};
use sealwright_core::certificate::Certificate;
use std::fmt;

/// The most certificates of one input, which bounds what the search may cost.
const MAX_CERTIFICATES: usize = 8;
/// The GeneralName of a host.
const DNS_NAME: u8 = 0x82;

/// What the certificate is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `tls_server`.
    TlsServer,
    /// `device_client`.
    DeviceClient,
}

/// A question, its certificates in DER.
#[derive(Clone, Debug)]
pub struct Question {
    /// The one in question.
    pub certificate: Vec<u8>,
    /// Those that a path may go through.
    pub intermediates: Vec<Vec<u8>>,
    /// The one trusted.
    pub anchor: Vec<u8>,
    /// The rules `rfc5280`, and OpenSSL's of a strict mind; otherwise the rules `path`, and OpenSSL as it comes.
    pub strict: bool,
    /// What for.
    pub purpose: Purpose,
    /// The host that it must be, if that is asked.
    pub host: Option<String>,
}

/// What a judge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The intermediates of the path, the issuer of the certificate in question first; the anchor, or the certificate
    /// itself if that was trusted.
    Accepted(Path),
    /// The error, and what more there is to say.
    Refused(String, String),
}

/// What lies above the certificate in question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Its issuers below the anchor.
    pub intermediates: Vec<Vec<u8>>,
}

impl Question {
    /// Takes an input apart. Of the first octet, bit 0 asks for the strict rules, bit 1 for a client, bit 2 for a host:
    /// that of the alternative name of which bits 3 and 4 are the number, with a label more if bit 5 is set and one less
    /// for bit 6.
    #[must_use]
    pub fn read(data: &[u8]) -> Option<Self> {
        let flags = *data.first()?;
        let chain = Chain::read(data)?;
        if chain.certificates().len() > MAX_CERTIFICATES {
            return None;
        }
        let chain = chain.signed_anew();
        // One that names another algorithm than it is signed with now is none any more.
        if chain.certificates().iter().any(|der| Certificate::from_der(der).is_err()) {
            return None;
        }
        let (anchor, others) = chain.certificates().split_last()?;
        let (certificate, intermediates) = others.split_first()?;
        Some(Self {
            certificate: certificate.clone(),
            intermediates: intermediates.to_vec(),
            anchor: anchor.clone(),
            strict: flags & 1 != 0,
            purpose: if flags & 2 == 0 { Purpose::TlsServer } else { Purpose::DeviceClient },
            host: if flags & 4 == 0 { None } else { host(certificate, flags) },
        })
    }

    /// The same with the certificates of one path alone.
    #[must_use]
    pub fn through(&self, path: Path) -> Self {
        Self { intermediates: path.intermediates, ..self.clone() }
    }

    /// All certificates, the one in question first, the anchor last.
    pub fn certificates(&self) -> impl Iterator<Item = &Vec<u8>> {
        [&self.certificate].into_iter().chain(&self.intermediates).chain([&self.anchor])
    }

    /// All certificates as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.certificates().map(|der| engine::pem("CERTIFICATE", der)).collect()
    }
}

impl Verdict {
    /// Whether it is an error.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(..))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(path) => write!(f, "accepted through {} intermediates", path.intermediates.len()),
            Self::Refused(error, detail) => write!(f, "{error}: {detail}"),
        }
    }
}

/// A host that the certificate has, or nearly has; one that it has not if it names none. Nothing where that is no host
/// that each of the three can be asked for.
fn host(certificate: &[u8], flags: u8) -> Option<String> {
    let names = hosts(certificate);
    let chosen = names.get(usize::from(flags >> 3 & 3)).map_or("absent.test", String::as_str);
    let mut host = chosen.replacen('*', "a", 1);
    if flags & 0x40 != 0 {
        host = host.split_once('.').map_or(host.clone(), |(_, above)| above.to_owned());
    }
    if flags & 0x20 != 0 {
        host.insert_str(0, "a.");
    }
    (!host.contains('*') && condition::is_host(&host)).then_some(host)
}

/// The hosts among the alternative names.
fn hosts(certificate: &[u8]) -> Vec<String> {
    let Ok(certificate) = Certificate::from_der(certificate) else { return Vec::new() };
    let names = certificate.extensions().iter().find(|own| own.extn_id.to_string() == "2.5.29.17");
    let content = names.and_then(|own| der::content(own.extn_value.as_bytes()));
    let hosts = content.into_iter().flat_map(der::elements).filter(|name| name.first() == Some(&DNS_NAME));
    hosts.filter_map(|name| Some(str::from_utf8(der::content(name)?).ok()?.to_owned())).collect()
}

//! Certificate revocation lists (RFC 5280 section 5), written in time and memory that grow with their entries
//! and no faster.

mod entry;
mod number;
pub mod partition;
mod reason;
mod scope;

use alloc::vec::Vec;

use der::{
    Decode, Encode, EncodeValue, FixedTag, Tag,
    asn1::{AnyRef, ContextSpecific},
};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    ext::{
        Extension,
        pkix::{BaseCrlNumber, CrlNumber as CrlNumberExtension, KeyUsage},
    },
    time::Time,
};

pub(crate) use entry::sort;
pub use entry::{Entry, MAX_ENTRIES, SerialNumber};
pub use number::CrlNumber;
pub use reason::Reason;
pub(crate) use scope::Scope;
use scope::freshest;
pub use scope::{Contents, IssuingDistributionPoint};

use crate::{
    authority::OpenAuthority,
    error::{Error, ErrorCode},
    extension,
    keys::{Halt, Keys},
    signed::Signed,
    validity::date_time_of,
};

/// What a list is to say.
pub(crate) struct RevocationList {
    pub(crate) number: CrlNumber,
    /// The number of the list that a delta adds to.
    pub(crate) base: Option<CrlNumber>,
    pub(crate) this_update: u64,
    pub(crate) next_update: u64,
    pub(crate) scope: Option<Scope>,
    pub(crate) freshest: Vec<alloc::string::String>,
    pub(crate) entries: Vec<Entry>,
}

/// RFC 5280 5.1.2. Name and entries are bytes already.
#[derive(EncodeValue)]
struct TbsCertList<'a> {
    version: u8,
    signature: AlgorithmIdentifierOwned,
    issuer: AnyRef<'a>,
    this_update: Time,
    next_update: Time,
    revoked_certificates: Option<AnyRef<'a>>,
    extensions: ContextSpecific<Vec<Extension>>,
}

impl FixedTag for TbsCertList<'_> {
    const TAG: Tag = Tag::Sequence;
}

impl RevocationList {
    /// Signs the list: its DER. The one question to the key is the last thing that happens.
    pub(crate) fn sign(self, authority: &OpenAuthority, keys: &mut Keys<'_>) -> Result<Vec<u8>, Halt> {
        let algorithm = authority.public_key().signature_scheme().algorithm();
        let content = self.content(authority, algorithm.identifier())?;
        let signature = authority.sign(keys, &content)?;
        Ok(Signed::assemble(&content, algorithm, &signature)?)
    }

    fn content(
        self,
        authority: &OpenAuthority,
        signature: AlgorithmIdentifierOwned,
    ) -> Result<Vec<u8>, Error> {
        let extensions = self.extensions(authority)?;
        let entries = entry::encode(self.entries)?;
        let list = TbsCertList {
            // Version 2.
            version: 1,
            signature,
            issuer: AnyRef::from_der(authority.certificate.subject())?,
            this_update: date_time_of(self.this_update, "this_update")?.into(),
            next_update: date_time_of(self.next_update, "next_update")?.into(),
            // A list of nothing is left out (RFC 5280 5.1.2.6).
            revoked_certificates: match entries.as_slice() {
                [] => None,
                entries => Some(AnyRef::new(Tag::Sequence, entries)?),
            },
            extensions: ContextSpecific {
                tag_number: der::TagNumber(0),
                tag_mode: der::TagMode::Explicit,
                value: extensions,
            },
        };
        Ok(list.to_der()?)
    }

    fn extensions(&self, authority: &OpenAuthority) -> Result<Vec<Extension>, Error> {
        let identifier = &authority.value.subject_key_identifier.0;
        let mut extensions = alloc::vec![
            extension::authority_key_identifier(identifier)?,
            extension::extension(false, &CrlNumberExtension(self.number.to_uint()?))?,
        ];
        if let Some(base) = &self.base {
            extensions.push(extension::extension(true, &BaseCrlNumber(base.to_uint()?))?);
        }
        if let Some(scope) = &self.scope {
            extensions.push(scope.to_extension()?);
        }
        if !self.freshest.is_empty() {
            extensions.push(freshest(&self.freshest)?);
        }
        Ok(extensions)
    }
}

/// Checks that the authority may sign lists: its key usage, where there is one, says so (RFC 5280 4.2.1.3).
///
/// # Errors
/// `CrlSignerUnfit`.
pub(crate) fn check_signer(authority: &OpenAuthority) -> Result<(), Error> {
    let usage: Option<KeyUsage> = authority.certificate.extension()?;
    if usage.is_none_or(|usage| usage.crl_sign()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::CrlSignerUnfit,
        "found an authority whose key usage does not include cRLSign, wanted one that may sign lists",
    )
    .at("authority.certificate"))
}

//! PFX (RFC 7292 section 4): the outermost structure.

use alloc::vec::Vec;

use const_oid::db::rfc5911;
use der::{Decode, Encode, Sequence, asn1::OctetStringRef};
use rand_core::Rng;
use zeroize::Zeroizing;

use super::{
    MAX_BAGS, authenticated_safe,
    bag::Bag,
    in_structure,
    mac::{MacData, MacName},
    malformed, straighten,
};
use crate::{
    cms::content_info::{self, ContentInfo},
    error::{Error, ErrorCode},
    keystore::{self, MAX_FILE},
    password::Password,
    password_encryption::Work,
};

const VERSION: u8 = 3;
/// What [`seal`] protects a file with.
pub(crate) const WRITTEN_MAC: MacName = MacName::HmacSha256;

#[derive(Sequence)]
struct Pfx<'a> {
    version: u8,
    auth_safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    mac_data: Option<MacData<'a>>,
}

/// What was in a file.
pub(crate) struct Opened {
    /// In the order of the file; without a MAC none has a state, which the writer alone may have written.
    pub(crate) bags: Vec<Bag>,
    /// What proved that nobody changed the file; nothing if nothing did.
    pub(crate) mac: Option<MacName>,
}

/// Opens a file. Without a password, one with an empty or no password is opened.
///
/// # Errors
/// `RequestTooLarge`, `Pkcs12Malformed`, `KeystoreKindMismatch`, `KeystorePasswordMissing`, `KeystorePasswordWrong`,
/// `KeystoreProtectionRefused`, `KeyEncryptionRefused`, `KeyDerivationTooCostly`.
pub(crate) fn open(file: &[u8], password: Option<&Password>) -> Result<Opened, Error> {
    keystore::check_size(file)?;
    if crate::jks::is_jks(file) {
        return Err(Error::new(
            ErrorCode::KeystoreKindMismatch,
            "found one of Java's own keystores, which read_jks reads",
        ));
    }
    let empty = Password::new(alloc::string::String::new());
    let tried = password.unwrap_or(&empty);
    tried.check_length()?;
    open_with(file, tried).map_err(|error| match error.code {
        ErrorCode::KeystorePasswordWrong if password.is_none_or(Password::is_empty) => Error::new(
            ErrorCode::KeystorePasswordMissing,
            "found a keystore that does not open without a password",
        )
        .at("password"),
        _ => error,
    })
}

fn open_with(file: &[u8], password: &Password) -> Result<Opened, Error> {
    let der = straighten(file)?;
    let pfx = Pfx::from_der(&der).map_err(in_structure("PFX"))?;
    if pfx.version != VERSION {
        return Err(malformed(format_args!("found a PFX of version {}, wanted {VERSION}", pfx.version)));
    }
    match pfx.auth_safe.content_type {
        rfc5911::ID_DATA => {}
        rfc5911::ID_SIGNED_DATA => {
            return Err(Error::new(
                ErrorCode::KeystoreProtectionRefused,
                "found a keystore that a signature protects, wanted one with a password",
            ));
        }
        other => return Err(malformed(format_args!("found a PFX around the type {other}, wanted data"))),
    }
    let content: &OctetStringRef =
        pfx.auth_safe.content.decode_as().map_err(in_structure("content of the PFX"))?;
    let work = &mut Work::new();
    let mac = match &pfx.mac_data {
        Some(mac) => Some(mac.check(content.as_bytes(), password, work)?),
        None => None,
    };
    let mut bags = authenticated_safe::open(content.as_bytes(), password, work)?;
    if mac.is_none() {
        // Who has no password can take the keys out of a file and put them beside a state of his own.
        bags.iter_mut().for_each(|bag| bag.state = None);
    }
    if mac.is_none() && no_key_opens(&bags) {
        return Err(super::mac::password_wrong());
    }
    Ok(Opened { bags, mac })
}

/// Without a MAC, the keys are what knows the password: whether it is wrong for some and none opens.
fn no_key_opens(bags: &[Bag]) -> bool {
    let wrong = |bag: &Bag| bag.is_unusable(ErrorCode::KeyPasswordWrong);
    let untried = |bag: &Bag| bag.is_unusable(ErrorCode::KeyDerivationTooCostly);
    let mut keys = bags.iter().filter(|bag| bag.is_key());
    bags.iter().any(wrong) && keys.all(|key| wrong(key) || untried(key))
}

/// Seals certificates and keys into a file that [`open`] reads.
///
/// # Errors
/// `FieldInvalid` for a password or a count of iterations that is refused, and for more than a file may have.
pub(crate) fn seal(
    bags: &[Bag],
    password: &Password,
    iterations: u32,
    rng: &mut impl Rng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    password.check()?;
    let too_many =
        |detail: core::fmt::Arguments<'_>| Error::new(ErrorCode::FieldInvalid, detail).at("entries");
    if bags.len() > MAX_BAGS {
        let found = bags.len();
        return Err(too_many(format_args!(
            "found {found} keys and certificates, wanted at most {MAX_BAGS} over all"
        )));
    }
    // The least that it takes, so that nothing is sealed in vain.
    let least = bags.iter().map(Bag::octets).fold(0_usize, usize::saturating_add);
    if least > MAX_FILE {
        return Err(too_many(format_args!(
            "found {least} octets of contents, wanted a file of at most {MAX_FILE}"
        )));
    }
    let content = authenticated_safe::seal(bags, password, iterations, rng)?;
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    let mac = super::mac::compute(&content, password, &salt, iterations)?;
    let wrapped = OctetStringRef::new(&content)?.to_der()?;
    let auth_safe = content_info::wrap(rfc5911::ID_DATA, &wrapped)?;
    let pfx = Pfx {
        version: VERSION,
        auth_safe: ContentInfo::from_der(&auth_safe)?,
        mac_data: Some(MacData::new(&mac, &salt, iterations)?),
    };
    let file = Zeroizing::new(pfx.to_der()?);
    match file.len() {
        0..=MAX_FILE => Ok(file),
        found => Err(too_many(format_args!("found a file of {found} octets, wanted at most {MAX_FILE}"))),
    }
}

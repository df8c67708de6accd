//! SafeContents and SafeBag (RFC 7292 section 4.2): one key or one certificate, and what is said of it.

use alloc::{boxed::Box, string::String, vec::Vec};

use der::{
    Any, Decode, Encode, Sequence, Tag,
    asn1::{AnyRef, BmpString, ObjectIdentifier, OctetStringRef},
};
use rand_core::Rng;
use zeroize::Zeroizing;

use super::{MAX_BAGS, MAX_FRIENDLY_NAME, STATE, in_structure, malformed, straighten};
use crate::{
    cms::set::SetOf,
    directory_string,
    error::{Error, ErrorCode},
    key::{
        PrivateKey,
        encrypted::{self, EncryptedPrivateKeyInfo},
    },
    password::Password,
    password_encryption::{Derivation, Work},
};

const KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.1");
const SHROUDED_KEY_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.2");
const CERT_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.3");
const SAFE_CONTENTS_BAG: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.10.1.6");
const X509_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.22.1");

const FRIENDLY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.20");
const LOCAL_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.21");
/// Java's mark of a certificate that is trusted; without it, keytool passes one without a key over.
const TRUSTED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113894.746875.1.1");
const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// How deep safe contents may lie in safe contents.
const MAX_DEPTH: u8 = 4;

/// One bag.
#[derive(Default)]
pub(crate) struct Bag {
    pub(crate) content: Content,
    /// What people call it.
    pub(crate) friendly_name: Option<String>,
    /// What a key and its certificate have in common.
    pub(crate) local_key_id: Option<Vec<u8>>,
    /// [`STATE`]
    pub(crate) state: Option<Zeroizing<Vec<u8>>>,
    /// Marked as trusted in Java's way.
    pub(crate) trusted: bool,
}

/// What a bag holds.
#[derive(Default)]
pub(crate) enum Content {
    /// Nothing that is read: a CRL or a secret.
    #[default]
    Other,
    /// A certificate in DER.
    Certificate(Vec<u8>),
    /// A PrivateKeyInfo in DER.
    PlainKey(Zeroizing<Vec<u8>>),
    /// An EncryptedPrivateKeyInfo in DER.
    SealedKey(Vec<u8>),
    /// A key, ready for use.
    Key(Box<PrivateKey>),
    /// A key that cannot be used, and why.
    Unusable(Error),
}

#[derive(Sequence)]
struct SafeBag<'a> {
    bag_id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
    #[asn1(optional = "true")]
    attributes: Option<SetOf<'a>>,
}

#[derive(Sequence)]
struct CertBag<'a> {
    cert_id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    value: AnyRef<'a>,
}

/// The type stays as it came: numbers of others may be larger than ours.
#[derive(Sequence)]
struct Attribute<'a> {
    attribute_type: AnyRef<'a>,
    values: SetOf<'a>,
}

impl Bag {
    /// Whether this is a key, usable or not.
    pub(crate) const fn is_key(&self) -> bool {
        matches!(
            self.content,
            Content::PlainKey(_) | Content::SealedKey(_) | Content::Key(_) | Content::Unusable(_)
        )
    }

    /// Whether this is a key that cannot be used for this reason.
    pub(super) fn is_unusable(&self, reason: ErrorCode) -> bool {
        matches!(&self.content, Content::Unusable(error) if error.code == reason)
    }

    /// The octets of what is written as it is.
    pub(super) fn octets(&self) -> usize {
        let certificate = match &self.content {
            Content::Certificate(der) => der.len(),
            _ => 0,
        };
        certificate.saturating_add(self.state.as_ref().map_or(0, |state| state.len()))
    }

    /// Opens a key. One that cannot be used is no reason to refuse the file, nor is one for which no work is left,
    /// because others under another password took it: others may be usable.
    pub(super) fn open_key(&mut self, password: &Password, work: &mut Work) {
        let key = match &self.content {
            Content::PlainKey(der) => PrivateKey::from_pkcs8(der),
            Content::SealedKey(der) => EncryptedPrivateKeyInfo::from_der(der)
                .map_err(in_structure("EncryptedPrivateKeyInfo"))
                .and_then(|info| info.open(password, work))
                .and_then(|der| PrivateKey::from_pkcs8(&der)),
            _ => return,
        };
        self.content = match key {
            Ok(key) => Content::Key(Box::new(key)),
            Err(error) => Content::Unusable(error),
        };
    }

    fn read_attributes(&mut self, attributes: SetOf<'_>) -> der::Result<()> {
        for attribute in attributes.elements::<Attribute<'_>>()? {
            let Ok(value) = attribute.values.only::<AnyRef<'_>>() else { continue };
            let is = |oid: ObjectIdentifier| attribute.attribute_type.value() == oid.as_bytes();
            let octets =
                || value.decode_as::<&OctetStringRef>().ok().map(|octets| octets.as_bytes().to_vec());
            if is(FRIENDLY_NAME) {
                let name = directory_string::text(&Any::from(value));
                self.friendly_name = self
                    .friendly_name
                    .take()
                    .or_else(|| name.map(|name| name.chars().take(MAX_FRIENDLY_NAME).collect()));
            } else if is(LOCAL_KEY_ID) {
                self.local_key_id = self.local_key_id.take().or_else(octets);
            } else if is(STATE) {
                self.state = self.state.take().or_else(|| octets().map(Zeroizing::new));
            } else if is(TRUSTED_KEY_USAGE) {
                self.trusted = true;
            }
        }
        Ok(())
    }

    fn attributes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut encoded = Zeroizing::new(Vec::new());
        let mut add = |oid: ObjectIdentifier, value: &[u8]| -> Result<(), Error> {
            let attribute_type = AnyRef::new(Tag::ObjectIdentifier, oid.as_bytes())?;
            encoded.push(Attribute { attribute_type, values: SetOf(value) }.to_der()?);
            Ok(())
        };
        if let Some(name) = &self.friendly_name {
            add(FRIENDLY_NAME, &bmp_string(name)?.to_der()?)?;
        }
        if let Some(id) = &self.local_key_id {
            add(LOCAL_KEY_ID, &OctetStringRef::new(id)?.to_der()?)?;
        }
        if let Some(state) = &self.state {
            add(STATE, &Zeroizing::new(OctetStringRef::new(state)?.to_der()?))?;
        }
        if self.trusted {
            add(TRUSTED_KEY_USAGE, &ANY_EXTENDED_KEY_USAGE.to_der()?)?;
        }
        encoded.sort();
        Ok(Zeroizing::new(encoded.concat()))
    }

    fn write(
        &self,
        password: &Password,
        iterations: u32,
        rng: &mut impl Rng,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let (bag_id, value) = match &self.content {
            Content::Certificate(der) => {
                let octets = OctetStringRef::new(der)?.to_der()?;
                let bag = CertBag { cert_id: X509_CERTIFICATE, value: AnyRef::from_der(&octets)? };
                (CERT_BAG, bag.to_der()?)
            }
            Content::Key(key) => {
                let sealed = encrypted::seal(key, password, Derivation::Pbkdf2Sha256, Some(iterations), rng)?;
                (SHROUDED_KEY_BAG, sealed)
            }
            _ => return Ok(None),
        };
        let attributes = self.attributes()?;
        let bag = SafeBag {
            bag_id,
            value: AnyRef::from_der(&value)?,
            attributes: Some(SetOf(&attributes)).filter(|set| !set.0.is_empty()),
        };
        Ok(Some(Zeroizing::new(bag.to_der()?)))
    }
}

/// A name in the characters that a BMPString has.
///
/// # Errors
/// `FieldInvalid`.
pub(super) fn bmp_string(name: &str) -> Result<BmpString, Error> {
    let fits = (1..=MAX_FRIENDLY_NAME).contains(&name.chars().count());
    BmpString::from_utf8(name).ok().filter(|_| fits).ok_or_else(|| {
        Error::new(
            ErrorCode::FieldInvalid,
            format_args!(
                "found a friendly name of {} characters, wanted 1 to {MAX_FRIENDLY_NAME} of the basic multilingual plane",
                name.chars().count()
            ),
        )
        .at("friendly_name")
    })
}

/// Adds the bags of SafeContents; the encoding is straightened only where it has to be.
///
/// # Errors
/// `Pkcs12Malformed`.
pub(super) fn read_safe_contents(encoded: &[u8], bags: &mut Vec<Bag>) -> Result<(), Error> {
    let before = bags.len();
    read_bags(encoded, bags, MAX_DEPTH).or_else(|_| {
        bags.truncate(before);
        read_bags(&straighten(encoded)?, bags, MAX_DEPTH)
    })
}

fn read_bags(der: &[u8], bags: &mut Vec<Bag>, depth: u8) -> Result<(), Error> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| malformed(format_args!("found safe contents nested deeper than {MAX_DEPTH}")))?;
    for element in Vec::<SafeBag<'_>>::from_der(der).map_err(in_structure("SafeContents"))? {
        if bags.len() >= MAX_BAGS {
            return Err(malformed(format_args!("found more than {MAX_BAGS} bags")));
        }
        let value = Zeroizing::new(element.value.to_der()?);
        if element.bag_id == SAFE_CONTENTS_BAG {
            read_bags(&value, bags, depth)?;
            continue;
        }
        let mut bag = Bag { content: read_content(element.bag_id, &value)?, ..Bag::default() };
        if let Some(attributes) = element.attributes {
            bag.read_attributes(attributes).map_err(in_structure("bagAttributes"))?;
        }
        bags.push(bag);
    }
    Ok(())
}

fn read_content(bag_id: ObjectIdentifier, value: &[u8]) -> Result<Content, Error> {
    Ok(match bag_id {
        KEY_BAG => Content::PlainKey(Zeroizing::new(value.to_vec())),
        SHROUDED_KEY_BAG => Content::SealedKey(value.to_vec()),
        CERT_BAG => {
            let bag = CertBag::from_der(value).map_err(in_structure("CertBag"))?;
            if bag.cert_id != X509_CERTIFICATE {
                return Ok(Content::Other);
            }
            let octets: &OctetStringRef = bag.value.decode_as().map_err(in_structure("certificate"))?;
            Content::Certificate(octets.as_bytes().to_vec())
        }
        _ => Content::Other,
    })
}

/// Writes bags as SafeContents, keys sealed.
///
/// # Errors
/// `FieldInvalid`.
pub(super) fn write_safe_contents(
    bags: &[&Bag],
    password: &Password,
    iterations: u32,
    rng: &mut impl Rng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut written = Vec::new();
    for bag in bags {
        written.extend(bag.write(password, iterations, rng)?);
    }
    let elements = written.iter().map(|bag| AnyRef::from_der(bag)).collect::<der::Result<Vec<_>>>()?;
    Ok(Zeroizing::new(elements.to_der()?))
}

#[cfg(test)]
mod tests {
    use chacha20::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::testing::private_key;

    fn sealed(iterations: u32) -> Vec<u8> {
        let (key, password) = (private_key("p256"), Password::new("p".into()));
        let rng = &mut ChaCha20Rng::from_seed([7; 32]);
        encrypted::seal(&key, &password, Derivation::Pbkdf2Sha256, Some(iterations), rng).unwrap()
    }

    #[test]
    fn a_key_for_which_no_work_is_left_leaves_the_others_usable() {
        let mut costly = sealed(0x1_0001);
        let at = costly.windows(5).position(|octets| octets == [2, 3, 1, 0, 1]).unwrap();
        costly[at..at + 5].copy_from_slice(&[2, 3, 0x7f, 0xff, 0xff]);
        let (password, mut work) = (Password::new("p".into()), Work::new());
        let mut open = |sealed: Vec<u8>| {
            let mut bag = Bag { content: Content::SealedKey(sealed), ..Bag::default() };
            bag.open_key(&password, &mut work);
            bag
        };
        assert!(open(costly).is_unusable(ErrorCode::KeyDerivationTooCostly));
        assert!(matches!(open(sealed(2)).content, Content::Key(_)));
    }
}

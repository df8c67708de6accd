//! Passwords, and the octets that the schemes make of them.

use alloc::{string::String, vec, vec::Vec};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::{
    error::{Error, ErrorCode},
    secret::Secret,
};

/// The longest password, in bytes of UTF-8.
pub const MAX_PASSWORD: usize = 1024;

/// A password; it is wiped when it is dropped, and no message repeats it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Password(Secret);

/// The octets that a scheme takes for a password.
pub(crate) type PasswordOctets = Zeroizing<Vec<u8>>;

impl Password {
    /// Takes the text over; the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// Its length in bytes.
    pub(crate) fn length(&self) -> usize {
        self.text().len()
    }

    /// Whether it is one to protect something with.
    ///
    /// # Errors
    /// `FieldInvalid` if it is empty or longer than [`MAX_PASSWORD`].
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_empty() {
            return Err(Error::new(ErrorCode::FieldInvalid, "found an empty password").at("password"));
        }
        self.check_length()
    }

    /// Whether it is short enough to be tried.
    ///
    /// # Errors
    /// `FieldInvalid`.
    pub(crate) fn check_length(&self) -> Result<(), Error> {
        match self.text().len() {
            0..=MAX_PASSWORD => Ok(()),
            length => Err(Error::new(
                ErrorCode::FieldInvalid,
                format_args!("found a password of {length} bytes, wanted at most {MAX_PASSWORD}"),
            )
            .at("password")),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// UTF-8, which PKCS#5 recommends (RFC 8018 section 3).
    pub(crate) fn utf8(&self) -> PasswordOctets {
        Zeroizing::new(self.text().as_bytes().to_vec())
    }

    /// Big-endian UTF-16, as Java's keystores hash it.
    pub(crate) fn utf16(&self) -> PasswordOctets {
        two_octets_each(self.text().encode_utf16(), 0)
    }

    /// BMPString with a NULL character at the end (RFC 7292 appendix B.1).
    pub(crate) fn bmp(&self) -> PasswordOctets {
        two_octets_each(self.text().encode_utf16(), 1)
    }

    /// What those who wrote PKCS#12 files made of the password, the likeliest first: a BMPString; the octets of UTF-8
    /// as if each were a character, as OpenSSL did before 1.1.0; nothing at all in place of an empty BMPString.
    pub(crate) fn bmp_forms(&self) -> Vec<PasswordOctets> {
        let mut forms = vec![self.bmp()];
        if !self.text().is_ascii() {
            forms.push(two_octets_each(self.text().bytes().map(u16::from), 1));
        }
        if self.is_empty() {
            forms.push(Zeroizing::new(Vec::new()));
        }
        forms
    }

    fn text(&self) -> &str {
        self.0.expose()
    }
}

/// Into one block: a growing one would leave its beginnings behind.
fn two_octets_each(units: impl Iterator<Item = u16> + Clone, nulls: usize) -> PasswordOctets {
    let count = units.clone().count().saturating_add(nulls);
    let mut octets = Zeroizing::new(Vec::with_capacity(count.saturating_mul(2)));
    for unit in units.chain(core::iter::repeat_n(0, nulls)) {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    octets
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Secret::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_has_its_octets() {
        let password = Password::new("Bé".into());
        assert_eq!(*password.utf8(), [b'B', 0xc3, 0xa9]);
        assert_eq!(*password.utf16(), [0, b'B', 0, 0xe9]);
        let forms: Vec<Vec<u8>> = password.bmp_forms().iter().map(|form| form.to_vec()).collect();
        assert_eq!(forms, [vec![0, b'B', 0, 0xe9, 0, 0], vec![0, b'B', 0, 0xc3, 0, 0xa9, 0, 0]]);
    }

    #[test]
    fn empty_and_none_are_two_things() {
        let forms = Password::new(String::new()).bmp_forms();
        assert_eq!(forms.iter().map(|form| form.len()).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(Password::new(String::new()).check().unwrap_err().code, ErrorCode::FieldInvalid);
        assert!(Password::new("x".repeat(MAX_PASSWORD + 1)).check().is_err());
    }
}

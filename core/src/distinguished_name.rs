//! Distinguished names as people write them (RFC 4514).

use alloc::vec::Vec;
use core::str::FromStr;

use der::{
    Decode, Encode, Tag, Tagged,
    asn1::{Any, Ia5StringRef, PrintableStringRef, Utf8StringRef},
};
use x509_cert::name::Name;

use crate::error::{Error, ErrorCode};

/// The longest name, in bytes of text or DER.
pub const MAX_NAME: usize = 8 * 1024;

/// Reads a name such as `CN=dev1,O=Acme`; the empty text is the empty name. Returns DER.
///
/// Country, serial number, domain component and email address get the string types of RFC 5280 appendix A,
/// everything else is UTF8String.
///
/// # Errors
/// `NameMalformed`.
pub fn parse(text: &str) -> Result<Vec<u8>, Error> {
    if text.len() > MAX_NAME {
        return Err(malformed(format_args!(
            "found a name of {} bytes, wanted at most {MAX_NAME}",
            text.len()
        )));
    }
    if text.trim().is_empty() {
        return Ok(Name::default().to_der()?);
    }
    let wanted = "wanted a name as RFC 4514 writes it, such as CN=dev1,O=Acme";
    let name = Name::from_str(text).map_err(|_| malformed(format_args!("found {text:?}, {wanted}")))?;
    if let Some(attribute) = name.iter().find(|attribute| !is_valid_string(&attribute.value)) {
        return Err(malformed(format_args!(
            "the value of {} in {text:?} is empty or has characters that its string type does not allow",
            attribute.oid
        )));
    }
    Ok(name.to_der()?)
}

/// The first common name in a name in DER, if it is one of the usual string types.
#[must_use]
pub fn common_name(name: &[u8]) -> Option<alloc::string::String> {
    let name = Name::from_der(name).ok()?;
    let common_name = name.common_name().ok()??;
    Some(common_name.value().into_owned())
}

fn is_valid_string(value: &Any) -> bool {
    !value.value().is_empty()
        && match value.tag() {
            Tag::PrintableString => PrintableStringRef::try_from(value).is_ok(),
            Tag::Ia5String => Ia5StringRef::try_from(value).is_ok(),
            Tag::Utf8String => Utf8StringRef::try_from(value).is_ok_and(|text| !text.as_str().contains('\0')),
            _ => true,
        }
}

fn malformed(detail: impl core::fmt::Display) -> Error {
    Error::new(ErrorCode::NameMalformed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn reads_and_writes_rfc_4514() {
        for text in ["CN=dev1,O=Acme", "CN=Acme\\, Inc.", "CN=Jürgen,C=DE", "CN=a+OU=b,DC=example,DC=net"] {
            let name = Name::from_der(&parse(text).unwrap()).unwrap();
            assert_eq!(name.to_string(), text);
        }
        assert_eq!(parse("").unwrap(), [0x30, 0]);
        assert_eq!(common_name(&parse("O=x,CN=dev 1").unwrap()).unwrap(), "dev 1");
    }

    #[test]
    fn refuses_what_is_no_name() {
        for text in ["dev1", "CN", "CN=", "C=Ö", "=x", "CN=a,,O=b", "CN=\\00", "CN=\\ff"] {
            assert_eq!(parse(text).unwrap_err().code, ErrorCode::NameMalformed, "{text}");
        }
    }
}

//! General names (RFC 5280 4.2.1.6) as paths compare them: every form, none of them judged.

use alloc::{format, string::String, vec::Vec};
use core::net::IpAddr;

use der::{
    Decode, Encode, ErrorKind, Tag, Tagged,
    asn1::{AnyRef, ObjectIdentifier},
};

use super::element::{Elements, context, explicit};
use crate::{directory_string, distinguished_name::Folded, hex};

/// A user principal name (Microsoft).
pub(super) const UPN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");
/// A mailbox whose local part is not ASCII (RFC 9598).
pub(super) const SMTP_UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");

/// A name; its content as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GeneralName<'a> {
    Other(ObjectIdentifier, AnyRef<'a>),
    Rfc822(&'a str),
    X400(&'a [u8]),
    Dns(&'a str),
    Directory(Folded),
    EdiParty(&'a [u8]),
    Uri(&'a str),
    Ip(&'a [u8]),
    RegisteredId(&'a [u8]),
}

/// The forms, which constraints are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Other,
    Rfc822,
    X400,
    Dns,
    Directory,
    EdiParty,
    Uri,
    Ip,
    RegisteredId,
}

impl<'a> GeneralName<'a> {
    pub(super) fn read(value: AnyRef<'a>) -> der::Result<Self> {
        let content = value.value();
        let wrong = || der::Error::from(ErrorKind::TagUnexpected { expected: None, actual: value.tag() });
        // SEQUENCEs and what is tagged explicitly are constructed, strings are not (X.690 10.2).
        let is_constructed = value.tag().is_constructed();
        Ok(match (context(value.tag()).ok_or_else(wrong)?, is_constructed) {
            (0, true) => {
                let mut fields = Elements::of_content(content)?;
                let type_id = fields.required()?.decode_as()?;
                let inner = explicit(fields.context(0)?.ok_or_else(wrong)?)?;
                fields.finish()?;
                Self::Other(type_id, inner)
            }
            (1, false) => Self::Rfc822(ia5(content)?),
            (2, false) => Self::Dns(ia5(content)?),
            (3, true) => Self::X400(content),
            (4, true) => {
                let name = explicit(value)?.to_der()?;
                Self::Directory(Folded::new(&name).ok_or(ErrorKind::Value { tag: Tag::Sequence })?)
            }
            (5, true) => Self::EdiParty(content),
            (6, false) => Self::Uri(ia5(content)?),
            (7, false) => Self::Ip(content),
            (8, false) => Self::RegisteredId(content),
            _ => return Err(wrong()),
        })
    }

    /// GeneralNames: those of a list that is not empty.
    pub(super) fn read_all(content: &'a [u8]) -> der::Result<Vec<Self>> {
        let names: Vec<_> =
            Elements::of_content(content)?.map(|name| Self::read(name?)).collect::<der::Result<_>>()?;
        if names.is_empty() { Err(ErrorKind::Length { tag: Tag::Sequence }.into()) } else { Ok(names) }
    }

    pub(super) const fn form(&self) -> Form {
        match self {
            Self::Other(..) => Form::Other,
            Self::Rfc822(_) => Form::Rfc822,
            Self::X400(_) => Form::X400,
            Self::Dns(_) => Form::Dns,
            Self::Directory(_) => Form::Directory,
            Self::EdiParty(_) => Form::EdiParty,
            Self::Uri(_) => Form::Uri,
            Self::Ip(_) => Form::Ip,
            Self::RegisteredId(_) => Form::RegisteredId,
        }
    }

    /// For people: `dns:a.example`.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Rfc822(value) => format!("email:{value}"),
            Self::Dns(value) => format!("dns:{value}"),
            Self::Uri(value) => format!("uri:{value}"),
            Self::Ip(octets) => ip_text(octets),
            Self::Directory(_) => "a directory name".into(),
            Self::Other(type_id, value) => match other_text(*value) {
                Some(text) if *type_id == UPN => format!("upn:{text}"),
                _ => format!("another name of the type {type_id}"),
            },
            Self::X400(_) => "an X.400 address".into(),
            Self::EdiParty(_) => "an EDI party name".into(),
            Self::RegisteredId(_) => "a registered id".into(),
        }
    }
}

/// The characters of the value of another name.
pub(super) fn other_text(value: AnyRef<'_>) -> Option<String> {
    directory_string::text(&value.into())
}

/// An address, if it has the octets of one.
pub(super) fn ip(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(octets).ok().map(IpAddr::from))
}

fn ip_text(octets: &[u8]) -> String {
    ip(octets).map_or_else(|| format!("ip:0x{}", hex::encode(octets)), |address| format!("ip:{address}"))
}

fn ia5(content: &[u8]) -> der::Result<&str> {
    let text = core::str::from_utf8(content).ok().filter(|text| text.is_ascii());
    text.ok_or_else(|| ErrorKind::Value { tag: Tag::Ia5String }.into())
}

/// The names within an encoded SEQUENCE of them.
pub(super) fn sequence_of(der: &[u8]) -> der::Result<Vec<GeneralName<'_>>> {
    let sequence = AnyRef::from_der(der)?;
    sequence.tag().assert_eq(Tag::Sequence)?;
    GeneralName::read_all(sequence.value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{alternative_name, extension};

    #[test]
    fn every_form_of_the_engine_is_read() {
        for text in [
            "dns:a.example",
            "email:x@y.example",
            "uri:urn:x:1",
            "ip:10.0.0.1",
            "ip:2001:db8::1",
            "upn:u@corp",
        ] {
            let names = alloc::vec![alternative_name::parse(text).unwrap()];
            let extension = extension::subject_alternative_names(names, false).unwrap();
            let read = sequence_of(extension.extn_value.as_bytes()).unwrap();
            assert_eq!(read.iter().map(GeneralName::text).collect::<Vec<_>>(), [text]);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for wrong in
            [&b""[..], b"\x30\x00", b"\x30\x02\x05\x00", b"\x30\x02\x89\x00", b"\x30\x03\x82\x01\xff", b"DNS"]
        {
            assert!(sequence_of(wrong).is_err(), "{wrong:?}");
        }
        // Those that are SEQUENCEs are constructed, the others are not.
        let form = |tag: u8| sequence_of(&[0x30, 2, tag, 0]).map(|names| names[0].form()).ok();
        let read = [Form::X400, Form::EdiParty, Form::Dns, Form::Ip].map(Some);
        assert_eq!([0xa3, 0xa5, 0x82, 0x87].map(form), read);
        assert_eq!([0x83, 0x85, 0xa2, 0xa7].map(form), [None; 4]);
    }
}

//! Distinguished names (RFC 5280 4.1.2.4) and general names (RFC 5280 4.2.1.6) as text.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};
use der::asn1::{Any, AnyRef};
use der::{Decode, Encode, Tag, Tagged};
use x509_cert::name::RdnSequence;

use super::element::Element;
use super::problem::Problem;
use crate::{directory_string, distinguished_name::rfc4514, hex, object_identifier};

/// A distinguished name as RFC 4514 writes it.
pub(crate) fn distinguished_name(element: Element<'_>) -> Result<String, Problem> {
    if !element.is(Tag::Sequence) {
        return Err(Problem::new(format!("found {}, wanted a distinguished name", element.tag())));
    }
    let name = RdnSequence::from_der(element.der())
        .map_err(|error| Problem::from(error).within("distinguished name"))?;
    Ok(rfc4514::write(&name, text))
}

/// The characters of a value, of older string types as well.
fn text(value: &Any) -> Option<String> {
    if matches!(value.tag(), Tag::PrintableString | Tag::Utf8String | Tag::Ia5String) {
        return directory_string::strict_text(value);
    }
    Element::parse(&value.to_der().ok()?).ok()?.text("value").ok()
}

/// A RelativeDistinguishedName behind an implicit tag (RFC 5280 4.2.1.13), as RFC 4514 writes it.
pub(crate) fn relative_distinguished_name(element: Element<'_>) -> Result<String, Problem> {
    let set = AnyRef::new(Tag::Set, element.value())?.to_der()?;
    let sequence = AnyRef::new(Tag::Sequence, &set)?.to_der()?;
    distinguished_name(Element::parse(&sequence)?)
}

/// GeneralNames, each in the form that [`general_name`] gives it.
pub(crate) fn general_names(element: Element<'_>) -> Result<Vec<String>, Problem> {
    element.list("GeneralNames")?.into_iter().map(general_name).collect()
}

/// A GeneralName as its form, a colon and its value: `dns:a.example`, `email:x@y`, `uri:`, `ip:10.0.0.1`,
/// `upn:user@domain`, `directory:CN=x`, `oid:1.2.3`, and in hex what has no text.
pub(crate) fn general_name(element: Element<'_>) -> Result<String, Problem> {
    match element.context() {
        Some(0) => other_name(element),
        Some(1) => Ok(format!("email:{}", element.text("rfc822Name")?)),
        Some(2) => Ok(format!("dns:{}", element.text("dNSName")?)),
        Some(3) => Ok(format!("x400:{}", hex::encode(element.value()))),
        Some(4) => Ok(format!("directory:{}", distinguished_name(element.explicit("directoryName")?)?)),
        Some(5) => edi_party_name(element),
        Some(6) => Ok(format!("uri:{}", element.text("uniformResourceIdentifier")?)),
        Some(7) => Ok(format!("ip:{}", ip_address(element.value()))),
        Some(8) => Ok(format!("oid:{}", element.oid("registeredID")?)),
        _ => Err(Problem::new(format!("found {}, wanted a GeneralName", element.tag()))),
    }
}

/// An OtherName by its registered name: `upn:user@domain`, `srvName:_imap.example`, or `other_name:` with the digits.
fn other_name(element: Element<'_>) -> Result<String, Problem> {
    let mut fields = element.fields("otherName")?;
    let type_id = fields.required("type-id")?.oid("type-id")?;
    let value = fields.required("value")?.explicit("value")?;
    let shown = match type_id.to_string().as_str() {
        HARDWARE_MODULE_NAME => hardware_module_name(value),
        PERMANENT_IDENTIFIER => permanent_identifier(value),
        _ => value.text("value"),
    };
    let form = object_identifier::known_name(&type_id).unwrap_or_else(|| format!("other_name:{type_id}"));
    Ok(format!("{form}:{}", shown.unwrap_or_else(|_| hex::encode(value.der()))))
}

/// HardwareModuleName (RFC 4108 5): the type of the module and its serial number.
fn hardware_module_name(value: Element<'_>) -> Result<String, Problem> {
    let mut fields = value.sequence("HardwareModuleName")?;
    let kind = fields.required("hwType")?.oid("hwType")?;
    Ok(format!("{kind} {}", hex::encode(fields.required("hwSerialNum")?.octets("hwSerialNum")?)))
}

/// PermanentIdentifier (RFC 4043 2): the identifier and who assigns it.
fn permanent_identifier(value: Element<'_>) -> Result<String, Problem> {
    let mut fields = value.sequence("PermanentIdentifier")?;
    let identifier =
        fields.optional(Tag::Utf8String)?.map(|text| text.text("identifierValue")).transpose()?;
    let assigner = fields.optional(Tag::ObjectIdentifier)?.map(|oid| oid.oid("assigner")).transpose()?;
    let assigner = assigner.map(|oid| format!(" (assigned by {oid})"));
    Ok([identifier, assigner].into_iter().flatten().collect())
}

fn edi_party_name(element: Element<'_>) -> Result<String, Problem> {
    let mut fields = element.fields("ediPartyName")?;
    let assigner = fields
        .optional_context(0)?
        .map(|name| name.explicit("nameAssigner")?.text("nameAssigner"))
        .transpose()?;
    let party = fields.required("partyName")?.explicit("partyName")?.text("partyName")?;
    Ok(match assigner {
        Some(assigner) => format!("edi_party:{party} (assigned by {assigner})"),
        None => format!("edi_party:{party}"),
    })
}

/// An address, an address and its mask (RFC 5280 4.2.1.10), or hex where the length fits neither.
fn ip_address(octets: &[u8]) -> String {
    if let Some(address) = plain_ip_address(octets) {
        return address;
    }
    let (address, mask) = octets.split_at(octets.len() / 2);
    match (plain_ip_address(address), plain_ip_address(mask)) {
        (Some(address), Some(plain_mask)) => match prefix_length(mask) {
            Some(length) => format!("{address}/{length}"),
            None => format!("{address}/{plain_mask}"),
        },
        _ => hex::encode(octets),
    }
}

fn plain_ip_address(octets: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(octets).map(|octets| Ipv4Addr::from(octets).to_string());
    v4.ok().or_else(|| <[u8; 16]>::try_from(octets).ok().map(|octets| Ipv6Addr::from(octets).to_string()))
}

/// The number of ones of a mask that is ones first and zeros then.
fn prefix_length(mask: &[u8]) -> Option<u32> {
    let ones: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let leading = mask
        .iter()
        .flat_map(|octet| (0..8).map(move |bit| octet & (0x80_u8 >> bit) != 0))
        .take_while(|one| *one);
    (leading.count() == usize::try_from(ones).ok()?).then_some(ones)
}

const PERMANENT_IDENTIFIER: &str = "1.3.6.1.5.5.7.8.3";
const HARDWARE_MODULE_NAME: &str = "1.3.6.1.5.5.7.8.4";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_string_types_are_read() {
        // CN=Gerät as BMPString, O=ü as TeletexString
        let name = [
            0x30, 0x23, 0x31, 0x13, 0x30, 0x11, 0x06, 3, 0x55, 4, 3, 0x1e, 10, 0, b'G', 0, b'e', 0, b'r', 0,
            0xe4, 0, b't', 0x31, 0x0c, 0x30, 0x0a, 0x06, 3, 0x55, 4, 0x0a, 0x14, 3, b'a', b',', 0xfc,
        ];
        assert_eq!(distinguished_name(Element::parse(&name).unwrap()).unwrap(), "O=a\\,ü,CN=Gerät");
    }

    #[test]
    fn addresses_and_masks() {
        assert_eq!(ip_address(&[10, 0, 0, 1]), "10.0.0.1");
        assert_eq!(ip_address(&[10, 0, 0, 0, 255, 0, 0, 0]), "10.0.0.0/8");
        assert_eq!(ip_address(&[10, 0, 0, 0, 255, 0, 255, 0]), "10.0.0.0/255.0.255.0");
        assert_eq!(ip_address(&[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "2001:db8::1");
        assert_eq!(ip_address(&[1, 2, 3]), "010203");
    }
}

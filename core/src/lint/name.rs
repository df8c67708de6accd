//! Distinguished names (RFC 5280 4.1.2.4 and appendix A.1).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use der::{Decode, Tag, asn1::Any};

use super::{finding::Findings, rule::rules};
use crate::{directory_string, inspect::element::Element, object_identifier, profile::upper_bound};

rules! {
    SUBJECT_OVER_64_CHARACTERS, Error, "RFC 5280 A.1 (ub-common-name) and Okta, Jamf":
        "the common name is longer than 64 characters, with what an MDM appends to it";
        "shorten the common name in the profile: renewals fail once $PROFILE_IDENTIFIER or the like is appended".
    NAME_ATTRIBUTE_LONG, Error, "RFC 5280 A.1":
        "an attribute of a name is longer than its upper bound";
        "shorten it; OpenSSL and Windows refuse names over the bound".
    NAME_ATTRIBUTE_EMPTY, Warning, "RFC 5280 A.1 (SIZE (1..))":
        "an attribute of a name has no characters";
        "leave the attribute out, or fill the variable that it was meant to hold".
    NAME_WITH_SPACES_AROUND, Warning, "RFC 5280 7.1":
        "an attribute begins or ends with a space";
        "take the space away: some readers ignore it in comparisons, others do not".
    NAME_WITH_PLACEHOLDER, Warning, "Jamf and Apple payload variables":
        "a variable of the MDM stands in the name unreplaced";
        "mind the spelling: Jamf's variables are case-sensitive, and each MDM has its own".
    STRING_TYPE_ODD, Warning, "RFC 5280 4.1.2.4":
        "an attribute has a string type that new certificates must not use";
        "write UTF8String, or PrintableString where the characters allow it".
    STRING_TYPE_WRONG, Error, "RFC 5280 A.1":
        "an attribute has a string type that it may not have";
        "write country, serial number and DN qualifier as PrintableString, domain component and email address as IA5String".
    STRING_CHARACTERS_WRONG, Error, "X.680 41.4 and Go's encoding/asn1":
        "a string has characters that its type does not have";
        "write UTF8String: '@', '&', '_' and '*' are none of PrintableString's, and Go refuses them there".
    COUNTRY_WRONG, Error, "RFC 5280 A.1 and ISO 3166":
        "the country is not two letters";
        "write the code of two letters, or leave the country out".
    COMMON_NAME_REPEATED, Notice, "RFC 4519 2.3":
        "the name has more than one common name";
        "keep one: programs take the first or the last, as it comes".
    NAME_PART_WITH_SEVERAL_VALUES, Notice, "X.501 9.3":
        "several attributes stand in one part of the name";
        "put each attribute into a part of its own; many filters cannot address them otherwise".
    NAME_MALFORMED, Error, "RFC 5280 4.1.2.4":
        "the name is not a sequence of sets of attributes";
        "have it issued anew".
}

/// The most attributes of a name that are looked at.
const MAX_ATTRIBUTES: usize = 256;

const COMMON_NAME: &str = "2.5.4.3";
const COUNTRY: &str = "2.5.4.6";
const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";
const DOMAIN_COMPONENT: &str = "0.9.2342.19200300.100.1.25";
const PRINTABLE_ONLY: &[&str] = &[COUNTRY, "2.5.4.5", "2.5.4.46"];

/// Whether a name has no part.
pub(super) fn is_empty(name: Element<'_>) -> bool {
    name.value().is_empty()
}

/// The values of the common names in a name.
pub(super) fn common_names(name: Element<'_>) -> Vec<String> {
    let attributes = attributes(name).unwrap_or_default();
    attributes.iter().filter(|attribute| attribute.oid == COMMON_NAME).filter_map(Attribute::text).collect()
}

/// Looks at a name that stands at `place`. An MDM appends `appended_characters` to its common name.
pub(super) fn check(name: Element<'_>, place: &str, appended_characters: usize, findings: &mut Findings) {
    let Some(attributes) = attributes(name) else {
        return findings.add(
            &NAME_MALFORMED,
            place,
            format_args!("found no name, or one of more than {MAX_ATTRIBUTES} attributes"),
        );
    };
    for attribute in &attributes {
        let place = alloc::format!("{place}.{}", attribute.part);
        attribute.check_type(&place, findings);
        attribute.check_length(&place, appended_characters, findings);
        attribute.check_characters(&place, findings);
    }
    let several = attributes.iter().zip(attributes.iter().skip(1)).find(|(one, next)| one.part == next.part);
    if let Some((one, next)) = several {
        let detail = format_args!("found {} and {} in one part", one.name, next.name);
        findings.add(&NAME_PART_WITH_SEVERAL_VALUES, format_args!("{place}.{}", one.part), detail);
    }
    let count = attributes.iter().filter(|attribute| attribute.oid == COMMON_NAME).count();
    findings.add_if(
        count > 1,
        &COMMON_NAME_REPEATED,
        place,
        format_args!("found {count} common names, wanted one"),
    );
}

struct Attribute<'a> {
    /// Which part of the name it stands in, counted from 0.
    part: usize,
    oid: String,
    name: String,
    value: Element<'a>,
}

fn attributes(name: Element<'_>) -> Option<Vec<Attribute<'_>>> {
    let mut attributes = Vec::new();
    for (part, set) in name.list_up_to(MAX_ATTRIBUTES, "name").ok()?.into_iter().enumerate() {
        for attribute in set.list_up_to(MAX_ATTRIBUTES, "part").ok()? {
            let mut fields = attribute.sequence("attribute").ok()?;
            let oid = fields.required("type").ok()?.oid("type").ok()?;
            let value = fields.required("value").ok()?;
            attributes.push(Attribute {
                part,
                oid: oid.to_string(),
                name: object_identifier::name(&oid),
                value,
            });
        }
        if attributes.len() > MAX_ATTRIBUTES {
            return None;
        }
    }
    name.is(Tag::Sequence).then_some(attributes)
}

impl Attribute<'_> {
    fn text(&self) -> Option<String> {
        self.value.text("value").ok()
    }

    fn check_type(&self, place: &str, findings: &mut Findings) {
        let (tag, oid, name) = (self.value.tag(), self.oid.as_str(), &self.name);
        let wanted = match oid {
            oid if PRINTABLE_ONLY.contains(&oid) => Some(Tag::PrintableString),
            EMAIL_ADDRESS | DOMAIN_COMPONENT => Some(Tag::Ia5String),
            _ => None,
        };
        match (wanted, tag) {
            (Some(wanted), tag) if tag != wanted => {
                findings.add(
                    &STRING_TYPE_WRONG,
                    place,
                    format_args!("found {name} as {tag}, wanted {wanted}"),
                );
            }
            (None, Tag::TeletexString | Tag::BmpString | Tag::GeneralString | Tag::VisibleString) => {
                findings.add(
                    &STRING_TYPE_ODD,
                    place,
                    format_args!("found {name} as {tag}, wanted UTF8String or PrintableString"),
                );
            }
            (None, Tag::Ia5String) if upper_bound(oid).is_some() => {
                findings.add(
                    &STRING_TYPE_WRONG,
                    place,
                    format_args!("found {name} as {tag}, wanted UTF8String or PrintableString"),
                );
            }
            _ => {}
        }
    }

    fn check_length(&self, place: &str, appended_characters: usize, findings: &mut Findings) {
        let Some(length) = self.text().map(|text| text.chars().count()) else { return };
        let name = &self.name;
        findings.add_if(length == 0, &NAME_ATTRIBUTE_EMPTY, place, format_args!("found an empty {name}"));
        let Some((_, bound)) = upper_bound(&self.oid) else { return };
        let whole = length.saturating_add(appended_characters);
        match self.oid.as_str() {
            COMMON_NAME if whole > bound => findings.add(
                &SUBJECT_OVER_64_CHARACTERS,
                place,
                format_args!("found {length} characters and {appended_characters} that are appended, wanted at most {bound}"),
            ),
            // Its form is looked at by itself.
            COMMON_NAME | COUNTRY => {}
            _ => findings.add_if(
                length > bound,
                &NAME_ATTRIBUTE_LONG,
                place,
                format_args!("found {name} of {length} characters, wanted at most {bound}"),
            ),
        }
    }

    fn check_characters(&self, place: &str, findings: &mut Findings) {
        let name = &self.name;
        let any = Any::from_der(self.value.der());
        let fits = any.is_ok_and(|any| directory_string::strict_text(&any).is_some());
        let is_known = matches!(
            self.value.tag(),
            Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString | Tag::BmpString
        );
        let text = self.text().unwrap_or_default();
        if (is_known && !fits) || text.chars().any(char::is_control) {
            findings.add(
                &STRING_CHARACTERS_WRONG,
                place,
                format_args!("found {name} {text:?} as {}", self.value.tag()),
            );
        }
        let is_padded = text.trim() != text && !text.is_empty();
        findings.add_if(is_padded, &NAME_WITH_SPACES_AROUND, place, format_args!("found {name} {text:?}"));
        findings.add_if(
            has_placeholder(&text),
            &NAME_WITH_PLACEHOLDER,
            place,
            format_args!("found {name} {text:?}"),
        );
        let is_country = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
        findings.add_if(
            self.oid == COUNTRY && !is_country,
            &COUNTRY_WRONG,
            place,
            format_args!("found {text:?}, wanted two letters"),
        );
    }
}

/// `$PROFILE_IDENTIFIER`, `%HardwareUUID%`, `{{deviceid}}`: how MDMs write variables.
fn has_placeholder(text: &str) -> bool {
    let is_name = |name: &str| {
        name.chars().count() > 2 && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let after_dollar = text.split('$').skip(1).any(|rest| {
        let end =
            rest.find(|letter: char| !letter.is_ascii_uppercase() && letter != '_').unwrap_or(rest.len());
        rest.get(..end).is_some_and(is_name)
    });
    let between_percents = text.split('%').skip(1).step_by(2).any(is_name) && text.matches('%').count() > 1;
    after_dollar || between_percents || (text.contains("{{") && text.contains("}}"))
}

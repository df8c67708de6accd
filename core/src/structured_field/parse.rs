//! Lists, dictionaries and what is in them (RFC 9651 section 4.2).

use alloc::{format, string::String, vec::Vec};

use super::{BareItem, Dictionary, InnerList, Item, MAX_FIELD, Member, Parameters, item::parse_bare_item};

/// The most members of a list or dictionary, items of an inner list and parameters (RFC 9651 3.1, 3.1.1, 3.1.2, 3.2).
const MAX_MEMBERS: usize = 1024;
const MAX_ITEMS: usize = 256;
const MAX_PARAMETERS: usize = 256;

/// What is left to read.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

/// What a reader gives, or what is wrong, in words.
pub(super) type Read<T> = Result<T, String>;

/// Reads a field that is a dictionary.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn parse_dictionary(text: &str) -> Read<Dictionary> {
    let mut reader = Reader::of(text)?;
    let mut members = Dictionary::default();
    while !reader.rest.is_empty() {
        let name = reader.key()?;
        let member = match reader.takes(b'=') {
            true => reader.member()?,
            false => Member::Item(Item { value: BareItem::Boolean(true), parameters: reader.parameters()? }),
        };
        members.insert(name, member);
        limit(members.len(), MAX_MEMBERS, "members")?;
        reader.separator()?;
    }
    Ok(members)
}

/// Reads a field that is a list.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn parse_list(text: &str) -> Read<Vec<Member>> {
    let mut reader = Reader::of(text)?;
    let mut members = Vec::new();
    while !reader.rest.is_empty() {
        members.push(reader.member()?);
        limit(members.len(), MAX_MEMBERS, "members")?;
        reader.separator()?;
    }
    Ok(members)
}

/// Reads a field that is one item.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn parse_item(text: &str) -> Read<Item> {
    let mut reader = Reader::of(text)?;
    let item = reader.item()?;
    match reader.rest {
        [] => Ok(item),
        _ => Err("found something after the item".into()),
    }
}

impl<'a> Reader<'a> {
    fn of(text: &'a str) -> Read<Self> {
        limit(text.len(), MAX_FIELD, "bytes")?;
        if !text.is_ascii() {
            return Err("found a character that is not ASCII".into());
        }
        Ok(Self { rest: text.trim_matches(' ').as_bytes() })
    }

    /// The next octet, taken.
    pub(super) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Takes the next octet if it is this one.
    pub(super) fn takes(&mut self, wanted: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == wanted => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes octets as long as they are of a kind.
    pub(super) fn while_is(&mut self, is: impl Fn(u8) -> bool) -> &'a [u8] {
        let length = self.rest.iter().take_while(|octet| is(**octet)).count();
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    fn spaces(&mut self) {
        self.while_is(|octet| octet == b' ');
    }

    /// Between two members: white space and a comma, and no comma at the end.
    fn separator(&mut self) -> Read<()> {
        let blank = |octet| octet == b' ' || octet == b'\t';
        self.while_is(blank);
        if self.rest.is_empty() {
            return Ok(());
        }
        if !self.takes(b',') {
            return Err("found something else than a comma after a member".into());
        }
        self.while_is(blank);
        match self.rest {
            [] => Err("found a comma at the end".into()),
            _ => Ok(()),
        }
    }

    fn member(&mut self) -> Read<Member> {
        match self.takes(b'(') {
            true => self.inner_list().map(Member::InnerList),
            false => self.item().map(Member::Item),
        }
    }

    fn inner_list(&mut self) -> Read<InnerList> {
        let mut items = Vec::new();
        loop {
            self.spaces();
            if self.takes(b')') {
                return Ok(InnerList { items, parameters: self.parameters()? });
            }
            items.push(self.item()?);
            limit(items.len(), MAX_ITEMS, "items")?;
            if !matches!(self.rest.first(), Some(b' ' | b')')) {
                return Err(
                    "found an inner list whose items are not followed by a space or a parenthesis".into()
                );
            }
        }
    }

    fn item(&mut self) -> Read<Item> {
        Ok(Item { value: parse_bare_item(self)?, parameters: self.parameters()? })
    }

    fn parameters(&mut self) -> Read<Parameters> {
        let mut parameters = Parameters::default();
        while self.takes(b';') {
            self.spaces();
            let name = self.key()?;
            let value = match self.takes(b'=') {
                true => parse_bare_item(self)?,
                false => BareItem::Boolean(true),
            };
            parameters.insert(name, value);
            limit(parameters.len(), MAX_PARAMETERS, "parameters")?;
        }
        Ok(parameters)
    }

    fn key(&mut self) -> Read<String> {
        if !self.rest.first().is_some_and(|first| first.is_ascii_lowercase() || *first == b'*') {
            return Err("found a name that does not begin with a small letter or an asterisk".into());
        }
        Ok(ascii(self.while_is(|octet| {
            octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"_-.*".contains(&octet)
        })))
    }
}

/// Octets that are ASCII, as a text.
pub(super) fn ascii(octets: &[u8]) -> String {
    octets.iter().map(|octet| char::from(*octet)).collect()
}

fn limit(found: usize, most: usize, what: &str) -> Read<()> {
    match found <= most {
        true => Ok(()),
        false => Err(format!("found {found} {what}, wanted at most {most}")),
    }
}

//! Names of object identifiers, as the documents that define them spell them.

use alloc::string::{String, ToString};
use core::cmp::Ordering;

use const_oid::ObjectIdentifier;

/// The name of `oid`, or its digits where nobody has named it.
pub(crate) fn name(oid: &ObjectIdentifier) -> String {
    known_name(oid).unwrap_or_else(|| oid.to_string())
}

/// The name of `oid` if it has one.
pub(crate) fn known_name(oid: &ObjectIdentifier) -> Option<String> {
    entry(NAMES, &oid.to_string()).map(ToString::to_string)
}

/// What stands behind the digits of an object identifier in a table that is sorted as text, one in each line.
pub(crate) fn entry(table: &'static str, digits: &str) -> Option<&'static str> {
    let mut rest = table;
    while !rest.is_empty() {
        let (before, after) = rest.split_at_checked(rest.len() / 2)?;
        let begin = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let end = after.find('\n').map_or(rest.len(), |end| before.len().saturating_add(end));
        let (known, behind) = rest.get(begin..end)?.split_once(' ')?;
        rest = match digits.cmp(known) {
            Ordering::Equal => return Some(behind),
            Ordering::Less => rest.get(..begin)?,
            Ordering::Greater => rest.get(end.saturating_add(1)..).unwrap_or_default(),
        };
    }
    None
}

/// The names: those of the IANA registry and of the standards behind it as `const-oid` has them, and ours where they
/// differ or where it has none. As text they take less than half of what a table of values takes in a module.
const NAMES: &str = include_str!("object_identifier/names.txt");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn every_entry_is_an_identifier_and_is_found() {
        let entries: Vec<_> = NAMES.lines().map(|line| line.split_once(' ').unwrap()).collect();
        assert!(entries.is_sorted_by(|(one, _), (next, _)| one < next));
        for (digits, name) in entries {
            assert_eq!(digits.parse::<ObjectIdentifier>().unwrap().to_string(), digits);
            assert_eq!(entry(NAMES, digits), Some(name));
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for digits in ["", "0", "0.9.2342", "1.2.3.4.5", "2.5.4.3.1", "3", "9", "2.999"] {
            assert_eq!(entry(NAMES, digits), None, "{digits}");
        }
    }

    #[test]
    fn names_are_ours_then_the_registrys_then_the_digits() {
        assert_eq!(name(&"1.3.6.1.4.1.311.20.2.2".parse().unwrap()), "smartcardLogon");
        assert_eq!(name(&"2.5.4.3".parse().unwrap()), "cn");
        assert_eq!(name(&"1.2.3.4.5".parse().unwrap()), "1.2.3.4.5");
    }
}

//! CRL numbers (RFC 5280 5.2.3): up to 20 octets, in decimal on the wire.

use alloc::{string::String, vec::Vec};
use core::fmt;

use der::asn1::Uint;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::Error;

/// The octets of the longest number.
const LENGTH: usize = 20;
/// The characters of the longest text of one: digits, a leading zero or the `0x`.
const MAX_DECIMAL: usize = 49;
const MAX_HEXADECIMAL: usize = 42;

/// The number of a list. It is read in decimal, or in hexadecimal behind `0x`, and written in decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CrlNumber([u8; LENGTH]);

impl CrlNumber {
    /// Reads a number; none if it is not one or its INTEGER, with the sign, is longer than 20 octets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, base, most) = match text.strip_prefix("0x") {
            Some(digits) => (digits, 16, MAX_HEXADECIMAL),
            None => (text, 10, MAX_DECIMAL),
        };
        if text.len() > most {
            return None;
        }
        let mut number = Self([0; LENGTH]);
        for digit in digits.chars() {
            number.multiply_add(base, digit.to_digit(base)?)?;
        }
        let is_positive = number.0.first().is_some_and(|first| *first < 0x80);
        Some(number).filter(|_| is_positive && !digits.is_empty())
    }

    /// As ASN.1 has it, without leading zeros.
    pub(super) fn to_uint(self) -> Result<Uint, Error> {
        Ok(Uint::new(&self.0)?)
    }

    /// Itself times `factor` plus `summand`; none where there is no room for it.
    fn multiply_add(&mut self, factor: u32, summand: u32) -> Option<()> {
        let mut carry = summand;
        for octet in self.0.iter_mut().rev() {
            let value = u32::from(*octet).checked_mul(factor)?.checked_add(carry)?;
            let [_, _, _, low] = value.to_be_bytes();
            *octet = low;
            carry = value >> 8;
        }
        (carry == 0).then_some(())
    }

    /// Itself by ten, and what is left over.
    fn divide_by_ten(&mut self) -> u8 {
        self.0.iter_mut().fold(0, |rest, octet| {
            let value = (u16::from(rest) << 8) | u16::from(*octet);
            // Both are below 256: the rest is below ten.
            *octet = u8::try_from(value / 10).unwrap_or(u8::MAX);
            u8::try_from(value % 10).unwrap_or(0)
        })
    }
}

impl fmt::Display for CrlNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut digits) = (*self, Vec::new());
        while digits.is_empty() || rest.0 != [0; LENGTH] {
            digits.push(char::from(b'0'.saturating_add(rest.divide_by_ten())));
        }
        f.write_str(&digits.into_iter().rev().collect::<String>())
    }
}

impl Serialize for CrlNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CrlNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format_args!(
                "found {text:?}, wanted a number of at most {LENGTH} octets as text, such as \"17\" or \"0x11\""
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn numbers_are_as_long_as_the_rfc_allows() {
        let largest = "730750818665451459101842416358141509827966271487";
        for text in ["0", "7", "255", "256", "18446744073709551616", largest] {
            assert_eq!(CrlNumber::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(CrlNumber::parse("0xFf00").unwrap().to_string(), "65280");
        assert_eq!(CrlNumber::parse(&alloc::format!("0x7{}", "f".repeat(39))).unwrap().to_string(), largest);
        assert_eq!(CrlNumber::parse(largest).unwrap().to_uint().unwrap().as_bytes().len(), 20);
        assert_eq!(CrlNumber::parse(&alloc::format!("0{largest}")), CrlNumber::parse(largest));
        let zeros = "0".repeat(50);
        let above = alloc::format!("0x8{}", "0".repeat(39));
        let padded = alloc::format!("0x0{}", "1".repeat(40));
        let more = "730750818665451459101842416358141509827966271488";
        for wrong in ["", "0x", "-1", "+1", "1.0", "ff", " 1", more, &above, &zeros, &padded] {
            assert_eq!(CrlNumber::parse(wrong), None, "{wrong}");
        }
        assert!(CrlNumber::parse("255") < CrlNumber::parse("256"));
    }
}

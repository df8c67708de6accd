//! Serial numbers (RFC 5280 4.1.2.2).

use core::fmt::Display;

use super::{finding::Findings, rule::rules};
use crate::{hex, inspect::element::Element};

rules! {
    SERIAL_NEGATIVE, Error, "RFC 5280 4.1.2.2":
        "the serial number is negative";
        "have it issued anew with a positive serial number; Go and macOS refuse negative ones".
    SERIAL_ZERO, Error, "RFC 5280 4.1.2.2":
        "the serial number is zero";
        "have it issued anew with a positive serial number".
    SERIAL_LONG, Error, "RFC 5280 4.1.2.2":
        "the serial number is longer than 20 octets";
        "have it issued anew with a serial number of at most 20 octets".
    SERIAL_SHORT, Warning, "CA/Browser Forum Baseline Requirements 7.1":
        "the serial number is so short that it cannot hold 64 random bits";
        "let the authority draw serial numbers of 64 random bits or more: short ones repeat, and can be foreseen".
}

/// The most octets of a serial number.
const MAX_OCTETS: usize = 20;
/// Of 64 random bits the first 8 are zero once in 256 times.
const FEWEST_OCTETS: usize = 7;

/// Looks at the serial number of a certificate or of an entry; at its length from below only if it is `issued`,
/// since nobody can gain from the number of a self-signed one.
pub(super) fn check(serial: Element<'_>, place: impl Display + Copy, issued: bool, findings: &mut Findings) {
    if serial.value().first().is_some_and(|first| first & 0x80 != 0) {
        let found = hex::encode(serial.value().get(..MAX_OCTETS).unwrap_or(serial.value()));
        return findings.add(
            &SERIAL_NEGATIVE,
            place,
            format_args!("found the octets {found}, the first bit set"),
        );
    }
    let Ok(octets) = serial.unsigned_octets("serialNumber") else {
        return findings.add(
            &super::UNREADABLE,
            place,
            format_args!("found {}, wanted INTEGER", serial.tag()),
        );
    };
    if octets.iter().all(|octet| *octet == 0) {
        return findings.add(&SERIAL_ZERO, place, "found 0, wanted a positive number");
    }
    let length = octets.len();
    // The sign takes an octet where the first bit is set (X.690 8.3).
    let is_long = length > MAX_OCTETS || serial.value().len() > MAX_OCTETS;
    findings.add_if(
        is_long,
        &SERIAL_LONG,
        place,
        format_args!("found {length} octets, wanted at most {MAX_OCTETS}"),
    );
    let is_short = issued && length < FEWEST_OCTETS;
    findings.add_if(
        is_short,
        &SERIAL_SHORT,
        place,
        format_args!("found {length} octets, wanted 8 to {MAX_OCTETS}"),
    );
}

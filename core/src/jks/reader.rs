//! What `java.io.DataOutputStream` writes: big-endian numbers, texts in modified UTF-8.

use alloc::string::{String, ToString};

use super::malformed;
use crate::error::Error;

/// What is left to read.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// The next octets.
    pub(super) fn take(&mut self, octets: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) =
            self.rest.split_at_checked(octets).ok_or_else(|| malformed("the file ends within an entry"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number of four octets.
    pub(super) fn number(&mut self) -> Result<u32, Error> {
        let octets = self.take(4)?;
        octets.try_into().map(u32::from_be_bytes).map_err(|_| malformed("found no number"))
    }

    /// Octets behind their number.
    pub(super) fn block(&mut self) -> Result<&'a [u8], Error> {
        let length =
            usize::try_from(self.number()?).map_err(|_| malformed("found a length beyond the file"))?;
        self.take(length)
    }

    /// A text behind its length of two octets; what modified UTF-8 has of its own, surrogates and NULL, becomes a mark.
    pub(super) fn text(&mut self) -> Result<String, Error> {
        let length = self
            .take(2)?
            .iter()
            .fold(0_usize, |length, octet| length.saturating_mul(256).saturating_add(usize::from(*octet)));
        Ok(String::from_utf8_lossy(self.take(length)?).to_string())
    }

    /// Refuses what is left over.
    pub(super) fn finish(self) -> Result<(), Error> {
        match self.rest {
            [] => Ok(()),
            rest => Err(malformed(format_args!("found {} octets after the last entry", rest.len()))),
        }
    }
}

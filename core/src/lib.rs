//! The manual.
#![no_std]
#![forbid(unsafe_code)]

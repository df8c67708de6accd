//! libFuzzer's door to `sealwright_fuzz::builder`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::builder::run(data));

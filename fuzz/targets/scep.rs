//! libFuzzer's door to `sealwright_fuzz::scep`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::scep::run(data));

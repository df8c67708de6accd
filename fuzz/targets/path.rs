//! libFuzzer's door to `sealwright_fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::path::run(data));

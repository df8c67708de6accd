//! libFuzzer's door to `sealwright_fuzz::query`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::query::run(data));

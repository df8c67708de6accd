//! libFuzzer's door to `sealwright_fuzz::jwt`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::jwt::run(data));

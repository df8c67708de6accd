//! libFuzzer's door to `sealwright_fuzz::keystores`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::keystores::run(data));

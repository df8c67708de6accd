//! libFuzzer's door to `sealwright_fuzz::cms`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::cms::run(data));

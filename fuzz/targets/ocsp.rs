//! libFuzzer's door to `sealwright_fuzz::ocsp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::ocsp::run(data));

//! libFuzzer's door to `sealwright_fuzz::lint`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::lint::run(data));

//! libFuzzer's door to `sealwright_fuzz::differential`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::differential::run(data));

//! libFuzzer's door to `sealwright_fuzz::call`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::call::run(data));

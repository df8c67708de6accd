//! libFuzzer's door to `sealwright_fuzz::csr`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::csr::run(data));

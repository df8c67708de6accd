//! libFuzzer's door to `sealwright_fuzz::message`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sealwright_fuzz::message::run(data));

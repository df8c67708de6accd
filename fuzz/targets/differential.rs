//! libFuzzer's door to `sealwright_fuzz::differential`.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use sealwright_fuzz::differential::{mutation, run};

fuzz_target!(|data: &[u8]| run(data));

// Every third mutation is libFuzzer's own, of bytes; the others are of elements.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(3) {
        return fuzzer_mutate(data, size, max_size);
    }
    let mutated = mutation::mutate(&data[..size], seed);
    match mutated.len() <= max_size && !mutated.is_empty() {
        true => {
            data[..mutated.len()].copy_from_slice(&mutated);
            mutated.len()
        }
        false => fuzzer_mutate(data, size, max_size),
    }
});

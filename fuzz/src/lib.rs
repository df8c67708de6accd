//! One function for each parser that strangers reach: bytes in, and nothing may go wrong.
//!
//! The functions wrap the bytes into requests of the engine, so that mutations work on DER and not on
//! base64. Where a signature or an encryption would keep mutated bytes from getting any further, the
//! function makes it: what lies behind it is reached too.

pub mod call;
pub mod cms;
pub mod csr;
pub mod der;
pub mod engine;
pub mod scep;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    fn each_seed(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
        let mut count = 0;
        for entry in fs::read_dir(folder).unwrap() {
            run(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 3, "{target} has {count} seeds");
    }

    #[test]
    fn seeds_of_call() {
        each_seed("call", super::call::run);
    }

    #[test]
    fn seeds_of_cms() {
        each_seed("cms", super::cms::run);
    }

    #[test]
    fn seeds_of_csr() {
        each_seed("csr", super::csr::run);
    }

    #[test]
    fn seeds_of_scep() {
        each_seed("scep", super::scep::run);
    }
}

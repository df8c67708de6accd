//! One function for each parser that strangers reach: bytes in, and nothing may go wrong.
//!
//! The functions wrap the bytes into requests of the engine, so that mutations work on DER and not on
//! base64. What comes out is judged: a response is JSON, a key that is held and one that is not give the same
//! bytes, an issued certificate is what another reader takes it for, what one end seals the other opens. Where a signature or an encryption would keep mutated bytes from getting any further, the
//! function makes it: what lies behind it is reached too.

pub mod builder;
pub mod call;
pub mod cms;
pub mod csr;
pub mod der;
pub mod differential;
pub mod engine;
pub mod exchange;
pub mod issued;
pub mod jwt;
pub mod keystores;
pub mod lint;
pub mod message;
pub mod ocsp;
pub mod path;
pub mod query;
pub mod scep;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Seeds are worth something as long as they get all the way: each request of a client is an enrolment, each
    /// reply of a server opens.
    #[test]
    fn seeds_of_scep_are_understood() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/scep");
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let (name, message) = (path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap());
            let body = if name.starts_with("reply-") {
                super::scep::open_reply(&message)
            } else {
                super::scep::open_request(&message, true)
            };
            let wanted = match name {
                _ if name.ends_with("failure") => "failure",
                _ if name.ends_with("pending") => "pending",
                _ if name.starts_with("reply-") => "success",
                _ => "enrollment",
            };
            let found = body["ok"]["status"].as_str().unwrap_or(match body["ok"]["enrollment"].is_object() {
                true => "enrollment",
                false => "nothing",
            });
            assert_eq!(found, wanted, "{name}: {body}");
        }
    }

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
    fn seeds_of_builder() {
        each_seed("builder", super::builder::run);
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
    fn seeds_of_jwt() {
        each_seed("jwt", super::jwt::run);
    }

    #[test]
    fn seeds_of_keystores() {
        each_seed("keystores", super::keystores::run);
    }

    #[test]
    fn seeds_of_lint() {
        each_seed("lint", super::lint::run);
    }

    #[test]
    fn seeds_of_message() {
        each_seed("message", super::message::run);
    }

    #[test]
    fn seeds_of_ocsp() {
        each_seed("ocsp", super::ocsp::run);
    }

    #[test]
    fn seeds_of_path() {
        each_seed("path", super::path::run);
    }

    #[test]
    fn seeds_of_query() {
        each_seed("query", super::query::run);
    }

    #[test]
    fn seeds_of_scep() {
        each_seed("scep", super::scep::run);
    }
}

//! What every door of Sealwright must do alike.
//!
//! `vectors/<operation>.json` holds requests and the exact responses to them. The tests here run them
//! through the native engine and through the WebAssembly module; the tests of each language binding run
//! the same files. `vectors/recipes/` is where the requests are written by hand; `cargo run -p conformance
//! --bin vectors -- --write` completes them. See `vectors/README.md` for the format.

pub mod c;
pub mod device;
pub mod door;
pub mod engine;
pub mod forgery;
pub mod frame;
pub mod guest;
pub mod hostile;
pub mod http;
pub mod json;
pub mod linter;
pub mod module;
pub mod native;
pub mod nginx;
pub mod npm;
pub mod openssl;
pub mod outside;
pub mod peer;
pub mod recipe;
pub mod scepserver;
pub mod server;
pub mod suite;
pub mod tool;
pub mod vector;
pub mod wazero;
pub mod workerd;

//! The server and the command line of Sealwright: all input and output of the project lives here.
//!
//! No ASN.1 and no signature format is known in this crate. Requests go to the engine (`core/`),
//! which runs as a WebAssembly module ([`guest`]); private keys stay outside it ([`keystore`]).

mod ambient;
mod cli;
mod client;
mod config;
mod durable;
mod guest;
mod hex;
mod http;
mod keystore;
mod service;
mod signals;
mod store;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}

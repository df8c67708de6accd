//! Prints every operation, error code and type of the interface as JSON; `cargo xtask generate` makes files of it.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    let interface = serde_json::to_string_pretty(&sealwright_core::schema::interface())?;
    writeln!(io::stdout(), "{interface}")
}

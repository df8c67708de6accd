//! Names the shared library: programs that were linked to it look for that name when they start. And lets the host of the
//! WebAssembly module put a callback of its own into the table, where addresses of functions lead.

#[path = "src/version.rs"]
#[allow(unreachable_pub, reason = "public in the library")]
mod version;

fn main() {
    println!("cargo::rerun-if-changed=src/version.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        if std::env::var_os("CARGO_FEATURE_FULL").is_some() {
            println!("cargo::rustc-cdylib-link-arg=--export-table");
            println!("cargo::rustc-cdylib-link-arg=--growable-table");
        }
        return;
    }
    let version = version::SEALWRIGHT_ABI_VERSION;
    let name = match std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default().as_str() {
        "linux" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" => {
            format!("-Wl,-soname,libsealwright.so.{version}")
        }
        "macos" => format!("-Wl,-install_name,@rpath/libsealwright.{version}.dylib"),
        _ => return,
    };
    println!("cargo::rustc-cdylib-link-arg={name}");
}

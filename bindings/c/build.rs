//! Names the shared library: programs that were linked to it look for that name when they start.

#[path = "src/version.rs"]
#[allow(unreachable_pub, reason = "public in the library")]
mod version;

fn main() {
    println!("cargo::rerun-if-changed=src/version.rs");
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

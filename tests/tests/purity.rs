//! The module imports nothing, exports what the header says, and uses no more of WebAssembly than it should.

use conformance::module::{self, Build};
use wasmparser::{ExternalKind, Parser, Payload, Validator, WasmFeatures};

/// What the header declares, and the memory.
const EXPORTS: [&str; 9] = [
    "memory",
    "sealwright_abi_version",
    "sealwright_alloc",
    "sealwright_buffer_free",
    "sealwright_call",
    "sealwright_dealloc",
    "sealwright_engine_free",
    "sealwright_engine_import_key",
    "sealwright_engine_new",
];

/// What rustc uses for `wasm32-unknown-unknown` unless it is told otherwise.
fn default_features() -> WasmFeatures {
    WasmFeatures::WASM2 - WasmFeatures::SIMD
}

fn imports(wasm: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload.unwrap() {
            for import in section.into_imports() {
                let import = import.unwrap();
                found.push(format!("{}.{}", import.module, import.name));
            }
        }
    }
    found
}

/// The functions and memories that are exported; the linker adds a few globals.
fn exports(wasm: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ExportSection(section) = payload.unwrap() {
            let exports = section.into_iter().map(Result::unwrap);
            let named = exports.filter(|export| export.kind != ExternalKind::Global);
            found.extend(named.map(|export| export.name.to_owned()));
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_is_imported() {
    for build in Build::ALL {
        assert_eq!(imports(&module::build(build).unwrap()), [""; 0], "in the {build:?} module");
    }
}

#[test]
fn the_header_is_exported() {
    let header = module::workspace().join("bindings/c/include/sealwright.h");
    let header = std::fs::read_to_string(header).unwrap();
    for name in &EXPORTS[1..] {
        assert!(header.contains(&format!("{name}(")), "the header does not declare {name}");
    }
    for build in Build::ALL {
        assert_eq!(exports(&module::build(build).unwrap()), EXPORTS, "in the {build:?} module");
    }
}

#[test]
fn the_portable_module_runs_everywhere() {
    let wasm = module::build(Build::Portable).unwrap();
    Validator::new_with_features(default_features()).validate_all(&wasm).unwrap();
}

/// If this fails, the flags did not reach the compiler, and the host signs five times slower.
#[test]
fn the_fast_module_is_fast() {
    let wasm = module::build(Build::Fast).unwrap();
    let with = |features| Validator::new_with_features(features).validate_all(&wasm);
    let all = default_features() | WasmFeatures::SIMD | WasmFeatures::WIDE_ARITHMETIC;
    with(all).unwrap();
    assert!(with(all - WasmFeatures::WIDE_ARITHMETIC).is_err(), "no wide arithmetic is used");
    assert!(with(all - WasmFeatures::SIMD).is_err(), "no SIMD is used");
}

//! The module imports nothing, exports what the header says, and uses no more of WebAssembly than it should.

use conformance::module::{self, Build};
use wasmparser::types::EntityType;
use wasmparser::{ExternalKind, Parser, Payload, ValType, Validator, WasmFeatures};

/// The table and the memory, and what the header declares.
const EXPORTS: [&str; 11] = [
    "__indirect_function_table",
    "memory",
    "sealwright_abi_version",
    "sealwright_alloc",
    "sealwright_buffer_free",
    "sealwright_call",
    "sealwright_call_with_callback",
    "sealwright_dealloc",
    "sealwright_engine_free",
    "sealwright_engine_import_key",
    "sealwright_engine_new",
];

/// What the portable module uses beyond WebAssembly 1.0, as `docs/module.md` names it: parts of 2.0, and of the profile
/// Lime1.
const PORTABLE: [WasmFeatures; 3] = [
    WasmFeatures::SIGN_EXTENSION,
    // Copy and fill alone.
    WasmFeatures::BULK_MEMORY_OPT,
    // What reference types changed in how calls by table are written.
    WasmFeatures::CALL_INDIRECT_OVERLONG,
];

fn portable() -> WasmFeatures {
    PORTABLE.into_iter().fold(WasmFeatures::MVP, |all, feature| all | feature)
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

/// All that is exported but the globals that the linker adds.
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
    for name in &EXPORTS[2..] {
        assert!(header.contains(&format!("{name}(")), "the header does not declare {name}");
    }
    for build in Build::ALL {
        assert_eq!(exports(&module::build(build).unwrap()), EXPORTS, "in the {build:?} module");
    }
}

#[test]
fn the_portable_module_needs_what_its_page_says() {
    let wasm = module::build(Build::Portable).unwrap();
    let with = |features| Validator::new_with_features(features).validate_all(&wasm);
    with(portable()).unwrap();
    for feature in PORTABLE {
        assert!(with(portable() - feature).is_err(), "{feature:?} is not needed");
    }
}

/// Each row of the page's table of exports: a name with parameters, and what it returns.
#[test]
fn the_page_has_each_export() {
    let page = std::fs::read_to_string(module::workspace().join("docs/module.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let mut listed: Vec<String> = rows.map(|(export, _)| signature(export)).collect();
    listed.sort();
    assert_eq!(listed, signatures(&module::build(Build::Portable).unwrap()));
}

/// `sealwright_alloc(i32) -> i32` for `sealwright_alloc(len) -> address`: all parameters and results are of this type.
fn signature(export: &str) -> String {
    let Some((name, rest)) = export.split_once('(') else { return export.to_owned() };
    let (parameters, result) = rest.split_once(')').unwrap();
    let parameters = parameters.split(", ").filter(|parameter| !parameter.is_empty()).map(|_| "i32");
    let result = if result.is_empty() { "" } else { " -> i32" };
    format!("{name}({}){result}", parameters.collect::<Vec<_>>().join(", "))
}

/// All that is exported but globals, functions with their types.
fn signatures(wasm: &[u8]) -> Vec<String> {
    let types = Validator::new_with_features(portable()).validate_all(wasm).unwrap();
    let types = types.as_ref();
    let words = |types: &[ValType]| types.iter().map(ValType::to_string).collect::<Vec<_>>().join(", ");
    let described = |(name, kind): (&str, EntityType)| match kind {
        EntityType::Global(_) => None,
        EntityType::Func(id) => {
            let function = types[id].unwrap_func();
            let result = if function.results().is_empty() { "" } else { " -> " };
            Some(format!("{name}({}){result}{}", words(function.params()), words(function.results())))
        }
        _ => Some(name.to_owned()),
    };
    let mut found: Vec<String> = types.core_exports().unwrap().filter_map(described).collect();
    found.sort();
    found
}

/// If this fails, the flags did not reach the compiler, and the host signs five times slower.
#[test]
fn the_fast_module_is_fast() {
    let wasm = module::build(Build::Fast).unwrap();
    let with = |features| Validator::new_with_features(features).validate_all(&wasm);
    let all = WasmFeatures::WASM2 | WasmFeatures::WIDE_ARITHMETIC;
    with(all).unwrap();
    assert!(with(all - WasmFeatures::WIDE_ARITHMETIC).is_err(), "no wide arithmetic is used");
    assert!(with(all - WasmFeatures::SIMD).is_err(), "no SIMD is used");
}

//! The portable module in runtimes that are neither wasmtime nor a JavaScript engine, and the examples for them.

use std::path::Path;
use std::process::Command;

use conformance::door::{self, Door, LIMITS};
use conformance::module::{self, Build};
use conformance::wazero::Go;
use conformance::{engine, openssl, peer, vector};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use sealwright_core::ErrorCode;
use sealwright_example_wasmi::{Instance, Limits, Sealwright};

/// The package with the calls, and their tests.
const GO_PACKAGE: &str = "examples/wasm-wazero";

fn wasm() -> Vec<u8> {
    module::build(Build::Portable).unwrap()
}

fn check(door: &Door) {
    assert!(door.failures.is_empty(), "{}:\n{}", door.name, door.failures.join("\n"));
    let vectors: usize = vector::all().unwrap().iter().map(|(_, vectors)| vectors.len()).sum();
    assert_eq!(door.operations.values().map(|tally| tally.passed).sum::<usize>(), vectors);
}

#[test]
fn every_vector_in_wasmi() {
    check(&door::wasmi(&vector::all().unwrap(), &wasm()).unwrap());
}

#[test]
fn every_vector_in_wazero() {
    if Go::find().unwrap().is_some() {
        check(&door::wazero(&vector::all().unwrap(), &wasm()).unwrap());
    }
}

/// What native Rust refuses; what it accepts would take too long in an interpreter.
fn refused() -> Vec<(String, Vec<vector::Vector>)> {
    let hostile = conformance::hostile::requests().unwrap();
    let refused: Vec<_> = hostile.into_iter().filter(|one| one.error.is_some()).collect();
    assert!(refused.len() > 1000, "{} requests are refused", refused.len());
    vec![("hostile".to_owned(), refused)]
}

#[test]
fn hostile_requests_in_wasmi() {
    let door = door::wasmi(&refused(), &wasm()).unwrap();
    assert!(door.failures.is_empty(), "{:#?}", door.failures);
}

#[test]
fn hostile_requests_in_wazero() {
    if Go::find().unwrap().is_some() {
        let door = door::wazero(&refused(), &wasm()).unwrap();
        assert!(door.failures.is_empty(), "{:#?}", door.failures);
    }
}

/// An example prints a request, which OpenSSL verifies, and then an error.
fn check_example(program: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("sealwright.wasm");
    std::fs::write(&module, wasm()).unwrap();
    let output = Command::new(program).arg(&module).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(errors.starts_with(&format!("refused: {} ", ErrorCode::NameMalformed.number())), "{errors}");
    assert!(errors.contains("name_malformed"), "{errors}");
    let verify = ["req", "-verify", "-noout", "-subject"];
    let verified = openssl::run(&verify, folder.path(), &output.stdout).unwrap();
    assert_eq!(verified.trim(), "subject=O = Acme, CN = laptop-7");
}

#[test]
fn example_in_wasmi() {
    const NAME: &str = "sealwright-example-wasmi";
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = ["build", "--quiet", "--locked", "--workspace", "--bin", NAME];
    let status = Command::new(cargo).args(build).current_dir(module::workspace()).status();
    assert!(status.unwrap().success(), "the example does not build");
    check_example(&peer::profile_folder().join(NAME));
}

#[test]
fn example_in_wazero() {
    let Some(go) = Go::find().unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("example");
    go.run(GO_PACKAGE, &["vet", "./..."], &[]).unwrap();
    go.build(GO_PACKAGE, &program).unwrap();
    check_example(&program);
}

/// The same calls as in `hostile` below, as a test of Go's.
#[test]
fn hostile_calls_in_wazero() {
    let Some(go) = Go::find().unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("sealwright.wasm");
    std::fs::write(&module, wasm()).unwrap();
    let tested = ["test", "-count=1", "-v", "./sealwright"];
    let printed = go.run(GO_PACKAGE, &tested, &[("SEALWRIGHT_WASM", &module)]).unwrap();
    let printed = String::from_utf8(printed).unwrap();
    assert_eq!(printed.matches("--- PASS: Test").count(), 6, "{printed}");
    assert!(!printed.contains("--- SKIP"), "{printed}");
}

const PROFILES: &[u8] = br#"{"op":"profiles"}"#;

/// The instance answers as it should.
fn assert_well(instance: &mut Instance) {
    let response = instance.call(PROFILES).unwrap();
    assert_eq!(response.status, 0);
    assert!(response.body.starts_with(br#"{"ok":"#));
}

#[test]
fn null_and_crooked_pointers_are_told_in_wasmi() {
    let module = Sealwright::new(&wasm(), LIMITS).unwrap();
    let mut instance = module.instance().unwrap();
    let engine = instance.engine;
    let (request, length) = instance.put(PROFILES).unwrap();
    let (out, _) = instance.put(&[0; 8]).unwrap();
    let call = "sealwright_call";
    for (name, arguments) in [
        ("no engine", (0, request, length, out)),
        ("a crooked engine", (engine + 1, request, length, out)),
        ("no request", (engine, 0, length, out)),
        ("more than half of all memory", (engine, request, u32::MAX, out)),
        ("no buffer", (engine, request, length, 0)),
        ("a crooked buffer", (engine, request, length, out + 1)),
    ] {
        let status: u32 = instance.run(call, arguments).unwrap();
        assert_eq!(status, ErrorCode::ArgumentInvalid.number(), "{name}");
    }
    let import = "sealwright_engine_import_key";
    for arguments in
        [(0, request, 1, request, 1, out), (engine, 0, 1, request, 1, out), (engine, request, 1, 0, 1, out)]
    {
        let status: u32 = instance.run(import, arguments).unwrap();
        assert_eq!(status, ErrorCode::ArgumentInvalid.number());
        instance.run::<_, ()>("sealwright_buffer_free", out).unwrap();
    }
    let status: u32 = instance.run(call, (engine, 0, 0, out)).unwrap();
    assert_eq!(status, ErrorCode::RequestMalformed.number(), "no bytes at all");
    for _ in 0..2 {
        instance.run::<_, ()>("sealwright_buffer_free", out).unwrap();
    }
    assert_eq!(instance.bytes(out, 8).unwrap(), [0; 8]);
    for (address, length) in [(0, 8), (0, 0), (out + 1, 8)] {
        instance.run::<_, ()>("sealwright_dealloc", (address, length)).unwrap();
    }
    instance.run::<_, ()>("sealwright_engine_free", 0).unwrap();
    assert_eq!(instance.run::<_, u32>("sealwright_alloc", 0).unwrap(), 0);
    assert_eq!(instance.run::<_, u32>("sealwright_alloc", u32::MAX).unwrap(), 0);
    assert_well(&mut instance);
}

#[test]
fn addresses_beyond_the_memory_trap_in_wasmi() {
    let module = Sealwright::new(&wasm(), LIMITS).unwrap();
    let far = u32::MAX - 0xffff;
    for name in ["request", "buffer", "dealloc", "buffer_free"] {
        let mut instance = module.instance().unwrap();
        let engine = instance.engine;
        let (request, length) = instance.put(PROFILES).unwrap();
        let (out, _) = instance.put(&[0; 8]).unwrap();
        let trapped = match name {
            "request" => instance.run::<_, u32>("sealwright_call", (engine, far, length, out)).is_err(),
            "buffer" => instance.run::<_, u32>("sealwright_call", (engine, request, length, far)).is_err(),
            "dealloc" => instance.run::<_, ()>("sealwright_dealloc", (far, 8)).is_err(),
            _ => instance.run::<_, ()>("sealwright_buffer_free", far).is_err(),
        };
        assert!(trapped, "{name}");
        let refused = instance.call(PROFILES).err().unwrap().to_string();
        assert_eq!(refused, "the instance has trapped: make another one");
    }
    assert_well(&mut module.instance().unwrap());
}

/// What the header forbids may do anything to the instance, and nothing to anybody else.
#[test]
fn use_after_free_stays_in_the_instance_of_wasmi() {
    let module = Sealwright::new(&wasm(), LIMITS).unwrap();
    let mut other = module.instance().unwrap();
    let mut instance = module.instance().unwrap();
    let (engine, given) = (instance.engine, instance.put(PROFILES).unwrap());
    let (out, size) = instance.put(&[0; 8]).unwrap();
    instance.run::<_, ()>("sealwright_engine_free", engine).unwrap();
    instance.run::<_, ()>("sealwright_dealloc", given).unwrap();
    // Errors are as good as answers here.
    let _ = instance.run::<_, u32>("sealwright_call", (engine, given.0, given.1, out));
    let _ = instance.run::<_, u32>("sealwright_call", (out, given.0, given.1, out));
    for _ in 0..2 {
        let _ = instance.run::<_, ()>("sealwright_engine_free", engine);
        let _ = instance.run::<_, ()>("sealwright_dealloc", (out, size));
    }
    drop(instance);
    assert_well(&mut other);
    assert_well(&mut module.instance().unwrap());
}

#[test]
fn odd_and_huge_requests_are_told_in_wasmi() {
    const HUGE: usize = 100_000_000;
    let module = Sealwright::new(&wasm(), LIMITS).unwrap();
    let mut instance = module.instance().unwrap();
    for (request, code) in [
        (vec![0xff; 1000], ErrorCode::RequestMalformed),
        (vec![b'['; 1_000_000], ErrorCode::RequestMalformed),
        (b"{\"op\":\"profiles\"}\0".to_vec(), ErrorCode::RequestMalformed),
        (b"{\"op\":7}".to_vec(), ErrorCode::RequestMalformed),
        (b"{\"op\":\"no\"}".to_vec(), ErrorCode::OperationUnknown),
        (vec![b' '; HUGE], ErrorCode::RequestTooLarge),
    ] {
        let response = instance.call(&request).unwrap();
        assert_eq!(response.status, code.number(), "{} bytes", request.len());
    }
    assert_well(&mut instance);
    let small = Sealwright::new(&wasm(), Limits { memory_bytes: HUGE / 2, ..LIMITS }).unwrap();
    let mut instance = small.instance().unwrap();
    let refused = instance.call(&vec![b' '; HUGE]).err().unwrap().to_string();
    assert_eq!(refused, "no memory for 100000000 bytes");
    assert_well(&mut instance);
}

#[test]
fn work_ends_where_the_fuel_does_in_wasmi() {
    const FUEL: u64 = 20_000_000;
    let module = Sealwright::new(&wasm(), Limits { fuel: FUEL, ..LIMITS }).unwrap();
    let mut instance = module.instance().unwrap();
    // Each call has all of it.
    for _ in 0..100 {
        assert_well(&mut instance);
    }
    let seed = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let request = format!(r#"{{"op":"generate_key","algorithm":"rsa-4096","seed":"{seed}"}}"#);
    let refused = instance.call(request.as_bytes()).err().unwrap().to_string();
    assert_eq!(refused, format!("sealwright_call takes more than {FUEL} units of fuel"));
    let refused = instance.call(PROFILES).err().unwrap().to_string();
    assert_eq!(refused, "the instance has trapped: make another one");
    assert_well(&mut module.instance().unwrap());
}

/// Parts of the private numbers of a P-256 and of an RSA key, whose PKCS#8 ends with q, dP, dQ and qInv.
fn secrets(ecdsa: &[u8], rsa: &[u8]) -> [Vec<u8>; 2] {
    let scalar = ecdsa.windows(2).position(|head| head == [0x04, 0x20]).unwrap() + 2;
    [ecdsa[scalar..][..24].to_vec(), rsa[rsa.len() - 460..][..24].to_vec()]
}

/// Whether the octets are there, as in DER or as in numbers whose least octet comes first.
fn holds(memory: &[u8], secret: &[u8]) -> bool {
    let reversed: Vec<u8> = secret.iter().rev().copied().collect();
    memory.windows(secret.len()).any(|found| found == secret || found == reversed)
}

#[test]
fn keys_are_gone_with_the_engine_in_wasmi() {
    let module = Sealwright::new(&wasm(), LIMITS).unwrap();
    let mut instance = module.instance().unwrap();
    let pems = ["p256-device", "rsa-device"].map(|name| {
        let pem = engine::key(name).unwrap();
        assert_eq!(instance.import_key(name, pem.as_bytes()).unwrap().status, 0);
        let request = format!(r#"{{"op":"create_csr","subject":"CN=a","key":{{"id":"{name}"}}}}"#);
        assert_eq!(instance.call(request.as_bytes()).unwrap().status, 0);
        pem
    });
    let [ecdsa, rsa] = pems.each_ref().map(|pem| PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap());
    let secrets = secrets(ecdsa.secret_pkcs8_der(), rsa.secret_pkcs8_der());
    let held = secrets.each_ref().map(|secret| holds(instance.memory(), secret));
    assert_eq!(held, [true, true], "there is nothing to look for");
    let engine = instance.engine;
    instance.run::<_, ()>("sealwright_engine_free", engine).unwrap();
    let held = secrets.each_ref().map(|secret| holds(instance.memory(), secret));
    assert_eq!(held, [false, false]);
    let texts = pems.each_ref().map(|pem| holds(instance.memory(), pem.lines().nth(2).unwrap().as_bytes()));
    assert_eq!(texts, [false, false]);
}

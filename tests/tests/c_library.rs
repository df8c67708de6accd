//! A C99 program against the header and the library, static and shared.

use std::path::{Path, PathBuf};
use std::process::Command;

use conformance::module::workspace;
use conformance::{door, tool};

/// What `rustc --print native-static-libs` asks for on Linux.
const SYSTEM_LIBRARIES: [&str; 7] = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

fn library() -> PathBuf {
    door::native_library().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn compile(source: &Path, program: &Path, compiler: &[&str], link: &[&str]) {
    let include = workspace().join("bindings/c/include");
    let (name, flags) = compiler.split_first().unwrap();
    let mut arguments = flags.to_vec();
    arguments.extend(["-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-g"]);
    arguments.extend(["-I", text(&include), text(source), "-o", text(program)]);
    arguments.extend(link);
    tool::run(name, &arguments, workspace(), b"").unwrap();
}

fn client() -> PathBuf {
    workspace().join("tests/tests/c_client/client.c")
}

/// The program's own checks decide; see `client.c`.
fn run(program: &Path, library: &Path) {
    let key = conformance::vector::folder().join("keys/p256-device.pem");
    let output = Command::new(program).arg(&key).env("LD_LIBRARY_PATH", library).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    let csr = String::from_utf8(output.stdout).unwrap();
    assert!(csr.starts_with("-----BEGIN CERTIFICATE REQUEST-----"), "{csr}");
    let verified =
        tool::run("openssl", &["req", "-verify", "-noout", "-subject"], workspace(), csr.as_bytes());
    assert_eq!(String::from_utf8(verified.unwrap()).unwrap().trim(), "subject=O = Acme, CN = device-7");
}

#[test]
fn static_library() {
    let (library, folder) = (library(), tempfile::tempdir().unwrap());
    let program = folder.path().join("client");
    let archive = library.join("libsealwright.a");
    let mut link = vec![text(&archive)];
    link.extend(SYSTEM_LIBRARIES);
    // The sanitizers see what the program does with our memory, and that nothing is left when it ends.
    compile(&client(), &program, &["cc", "-std=c99", "-fsanitize=address,undefined"], &link);
    run(&program, &library);
}

#[test]
fn shared_library() {
    let (library, folder) = (library(), tempfile::tempdir().unwrap());
    let program = folder.path().join("client");
    compile(&client(), &program, &["cc", "-std=c99"], &["-L", text(&library), "-lsealwright"]);
    run(&program, &library);
}

/// The header is C++ as well.
#[test]
fn header_in_cpp() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("header.cpp");
    std::fs::write(&source, "#include <sealwright.h>\nint main() { return SEALWRIGHT_OK; }\n").unwrap();
    compile(&source, &folder.path().join("header"), &["c++", "-std=c++11"], &[]);
}

/// A C program that links the library gets our names and no others.
#[test]
fn only_our_symbols_are_exported() {
    let library = library().join("libsealwright.so");
    let listed = tool::run("nm", &["-D", "--defined-only", text(&library)], workspace(), b"").unwrap();
    let listed = String::from_utf8(listed).unwrap();
    let foreign: Vec<&str> = listed.lines().filter(|line| !line.contains(" T sealwright_")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert_eq!(listed.lines().count(), 8, "{listed}");
}

//! The C library as a stranger has it: installed by `make`, found by pkg-config, used by programs in C99 and C++17.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use conformance::c::{self, Library, Way};
use conformance::module::{target_folder, workspace};
use conformance::vector::{self, Vector};
use conformance::{native, outside, peer, tool};

const C99: &[&str] = &["cc", "-std=c99", "-O1"];
const CPP17: &[&str] = &["c++", "-std=c++17", "-O1", "-x", "c++"];
const SANITIZED: &[&str] =
    &["cc", "-std=c99", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"];

fn library() -> &'static Library {
    Library::installed().unwrap()
}

fn source(name: &str) -> PathBuf {
    workspace().join("tests/tests/c_library").join(name)
}

fn example(name: &str) -> PathBuf {
    workspace().join("examples/c").join(name)
}

/// Runs a program, perhaps under another one, and gives what it prints.
fn run(under: &[&str], program: &Path, arguments: &[&str]) -> Vec<u8> {
    let command = [under, &[c::text(program).unwrap()], arguments].concat();
    let (name, arguments) = command.split_first().unwrap();
    tool::run(name, arguments, workspace(), b"").unwrap()
}

fn openssl(arguments: &[&str], input: &[u8]) -> String {
    String::from_utf8(tool::run("openssl", arguments, workspace(), input).unwrap()).unwrap()
}

fn subject_of_csr(csr: &[u8]) -> String {
    openssl(&["req", "-verify", "-noout", "-subject"], csr).trim().to_owned()
}

fn key() -> String {
    c::text(&vector::folder().join("keys/p256-device.pem")).unwrap().to_owned()
}

#[test]
fn json_over_both_libraries() {
    let folder = tempfile::tempdir().unwrap();
    let (fixed, shared) = (folder.path().join("static"), folder.path().join("shared"));
    library().compile_static(SANITIZED, &source("json.c"), &fixed).unwrap();
    library().compile_shared(C99, &source("json.c"), &shared).unwrap();
    for program in [&fixed, &shared] {
        let csr = run(&[], program, &[&key()]);
        assert_eq!(subject_of_csr(&csr), "subject=O = Acme, CN = device-7");
    }
}

/// Memory that is used wrongly or left behind is an error of the sanitizers.
#[test]
fn fields_in_c_and_cpp() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("fields");
    for compiler in [SANITIZED, &[&["c++"], &CPP17[1..], &SANITIZED[3..]].concat()] {
        library().compile_shared(compiler, &source("fields.c"), &program).unwrap();
        run(&[], &program, &[]);
    }
}

/// The line of the page gives a program that needs no library of ours.
#[test]
fn the_static_library_is_in_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("issue");
    library().compile_static(C99, &example("issue.c"), &program).unwrap();
    check_chain(&run(&[], &program, &[]));
    let needed = String::from_utf8(run(&["readelf", "--dynamic"], &program, &[])).unwrap();
    assert!(needed.contains("NEEDED") && !needed.contains("libsealwright"), "{needed}");
}

/// Of a private key nothing is left in memory that was freed.
#[test]
fn what_is_freed_is_wiped() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("wiped");
    library()
        .compile_shared(&["cc", "-std=gnu99", "-O1", "-fno-builtin"], &source("wiped.c"), &program)
        .unwrap();
    run(&[], &program, &[]);
}

/// A debug build of the library says so when it is handed what has been freed.
#[test]
fn what_has_been_freed_is_refused_by_debug_builds() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("fields");
    compile_debug(&[C99, &["-DAFTER_FREE"]].concat(), &source("fields.c"), &program);
    run(&[], &program, &[]);
}

fn compile_debug(compiler: &[&str], source: &Path, program: &Path) {
    let mut link = vec![c::text(&debug_archive().unwrap()).unwrap().to_owned()];
    link.extend(library().flags(&["--libs-only-other", "--libs-only-l", "sealwright-static"]).unwrap());
    link.retain(|flag| flag != "-l:libsealwright.a");
    library().compile(compiler, source, program, &link).unwrap();
}

fn debug_archive() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = target_folder();
    let arguments = ["build", "--quiet", "--locked", "--package", "sealwright-c", "--target-dir"];
    let status = Command::new(cargo).current_dir(workspace()).args(arguments).arg(&target).status()?;
    anyhow::ensure!(status.success(), "the native library does not build");
    Ok(target.join("debug/libsealwright.a"))
}

fn valgrind() -> Option<Vec<String>> {
    let valgrind = peer::find("valgrind", "valgrind")?;
    Some(vec![valgrind.to_string_lossy().into_owned(), "--quiet".to_owned(), "--error-exitcode=9".to_owned()])
}

fn under(valgrind: &[String], arguments: &[&'static str], program: &Path) -> Vec<u8> {
    let valgrind: Vec<&str> = valgrind.iter().map(String::as_str).chain(arguments.iter().copied()).collect();
    run(&valgrind, program, &[])
}

/// What stays reachable is the library's panic hook.
const MEMORY: &[&str] = &["--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible"];

/// A certificate and its authority, PEM: OpenSSL finds that the one comes from the other.
fn check_chain(printed: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8(printed.to_vec()).unwrap();
    let (leaf, root) = text.split_at(text.rfind("-----BEGIN").unwrap());
    let [leaf_file, root_file] = ["leaf.pem", "root.pem"].map(|name| folder.path().join(name));
    std::fs::write(&leaf_file, leaf).unwrap();
    std::fs::write(&root_file, root).unwrap();
    let (leaf, root) = (c::text(&leaf_file).unwrap(), c::text(&root_file).unwrap());
    openssl(&["verify", "-x509_strict", "-CAfile", root, leaf], b"");
}

/// The judge of what an example prints.
fn judge(name: &str, printed: &[u8]) {
    if name == "issue" {
        return check_chain(printed);
    }
    assert_eq!(subject_of_csr(printed), "subject=O = Example, CN = laptop-7");
}

#[test]
fn examples_in_c_and_cpp_and_under_sanitizers() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["issue", "openssl_key"] {
        let (source, program) = (example(&format!("{name}.c")), folder.path().join(name));
        for compiler in [C99, CPP17, SANITIZED] {
            library().compile_shared(compiler, &source, &program).unwrap();
            judge(name, &run(&[], &program, &[]));
        }
    }
}

/// As their page says: `make` in their folder, against what is installed.
#[test]
fn examples_by_their_makefile() {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(workspace().join("examples/c")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let make =
        library().with_pkg_config(&mut Command::new("make")).arg("--silent").current_dir(&folder).status();
    assert!(make.unwrap().success());
    let program = folder.path().join("openssl_key");
    let output = Command::new(program).env("LD_LIBRARY_PATH", library().libraries()).output().unwrap();
    judge("openssl_key", &output.stdout);
}

/// The program in the page compiles as strictly as the examples do.
#[test]
fn the_program_of_the_page_works() {
    let page = std::fs::read_to_string(workspace().join("bindings/c/README.md")).unwrap();
    let block = page.split("```c\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (folder.path().join("page.c"), folder.path().join("page"));
    std::fs::write(&source, block).unwrap();
    for compiler in [C99, CPP17] {
        library().compile_shared(compiler, &source, &program).unwrap();
        let subject = openssl(&["x509", "-noout", "-subject"], &run(&[], &program, &[]));
        assert_eq!(subject.trim(), "subject=CN = Acme Root");
    }
}

#[test]
fn programs_under_valgrind() {
    let Some(valgrind) = valgrind() else { return };
    let folder = tempfile::tempdir().unwrap();
    for name in ["issue", "openssl_key"] {
        let program = folder.path().join(name);
        library().compile_shared(C99, &example(&format!("{name}.c")), &program).unwrap();
        judge(name, &under(&valgrind, MEMORY, &program));
    }
    // Of the debug build: in the other one, the compiler compares what is not set yet and makes nothing of it.
    let program = folder.path().join("fields");
    compile_debug(C99, &source("fields.c"), &program);
    under(&valgrind, MEMORY, &program);
}

/// Races between threads, and locks taken in different order, are helgrind's errors.
#[test]
fn threads_under_helgrind() {
    let Some(valgrind) = valgrind() else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("threads");
    let compiler = ["cc", "-std=c99", "-D_XOPEN_SOURCE=700", "-O1", "-pthread"];
    library().compile_shared(&compiler, &source("threads.c"), &program).unwrap();
    run(&[], &program, &[]);
    under(&valgrind, &["--tool=helgrind"], &program);
}

fn vectors() -> Vec<(String, Vector)> {
    let files = vector::all().unwrap();
    files
        .into_iter()
        .flat_map(|(file, vectors)| vectors.into_iter().map(move |one| (file.clone(), one)))
        .collect()
}

fn check(way: Way, wanted: impl Fn(&Vector) -> bool, least: usize) {
    let vectors = vectors();
    let chosen: Vec<_> =
        vectors.iter().filter(|(_, one)| wanted(one)).map(|(file, one)| (file.as_str(), one)).collect();
    assert!(chosen.len() >= least, "{way:?} is tried with {} vectors alone", chosen.len());
    let failures = c::failures(way, &chosen).unwrap();
    assert!(failures.is_empty(), "{} of {}: {failures:#?}", failures.len(), chosen.len());
}

#[test]
fn vectors_as_json() {
    check(Way::Call, |_| true, 900);
}

#[test]
fn vectors_by_their_fields() {
    check(Way::Build, c::can_be_built, 850);
}

/// Whether the keys of a vector are asked for what has one answer alone: neither ECDSA nor PSS, which OpenSSL draws random
/// numbers for.
fn has_one_answer(vector: &Vector) -> bool {
    let asked = RefCell::new(Vec::new());
    let answer = |question: &outside::Question<'_>| {
        asked.borrow_mut().push(question.scheme.to_owned());
        outside::answer(&vector.keys, question)
    };
    outside::converse(&vector.request, |request| native::call(request, &[]), answer).unwrap();
    let asked = asked.into_inner();
    let random = ["ecdsa", "pss", "ml_dsa"];
    !asked.is_empty() && asked.iter().all(|scheme| random.iter().all(|other| !scheme.contains(other)))
}

#[test]
fn vectors_with_the_keys_in_openssl() {
    let wanted = |one: &Vector| !one.held_only && !one.keys.is_empty() && has_one_answer(one);
    check(Way::Outside, |one| c::can_be_built(one) && wanted(one), 100);
    check(Way::OutsideCall, wanted, 100);
}

/// One change somewhere in each request, and requests that are none: what native Rust says of them.
#[test]
fn hostile_requests_get_the_native_answer() {
    let hostile = conformance::hostile::requests().unwrap();
    assert!(hostile.len() > 1700);
    for (way, wanted) in [(Way::Call, (|_| true) as fn(&Vector) -> bool), (Way::Build, c::can_be_built)] {
        let chosen: Vec<_> = hostile.iter().filter(|one| wanted(one)).map(|one| ("hostile", one)).collect();
        let failures = c::failures(way, &chosen).unwrap();
        assert!(failures.is_empty(), "{way:?}: {failures:#?}");
    }
}

//! What `make install` puts where, and that programs which were compiled against it go on working.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use conformance::c::{self, Library};
use conformance::module::{target_folder, workspace};
use conformance::{npm, tool};
use sealwright_core::ErrorCode;

fn library() -> &'static Library {
    Library::installed().unwrap()
}

/// Runs a program and gives what it prints.
fn run(program: &str, arguments: &[&str]) -> String {
    String::from_utf8(tool::run(program, arguments, workspace(), b"").unwrap()).unwrap()
}

/// All files below a folder, with what they are linked to.
fn files(folder: &Path, below: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().into_string().unwrap());
        if let Ok(target) = std::fs::read_link(entry.path()) {
            found.insert(format!("{name} -> {}", target.display()));
        } else if entry.path().is_dir() {
            files(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name);
        }
    }
}

#[test]
fn make_installs_what_is_wanted_and_takes_it_away_again() {
    let root = tempfile::tempdir().unwrap();
    let library = Library::install_below(root.path()).unwrap();
    let mut found = BTreeSet::new();
    files(root.path(), "", &mut found);
    let wanted = [
        "usr/include/sealwright.h",
        "usr/lib/libsealwright.a",
        "usr/lib/libsealwright.so -> libsealwright.so.1",
        "usr/lib/libsealwright.so.1",
        "usr/lib/pkgconfig/sealwright-static.pc",
        "usr/lib/pkgconfig/sealwright.pc",
    ];
    assert_eq!(found, wanted.map(ToOwned::to_owned).into());
    assert_eq!(library.flags(&["--modversion", "sealwright"]).unwrap(), [env!("CARGO_PKG_VERSION")]);
    library.make("uninstall", "/usr/bin:/bin").unwrap();
    let mut left = BTreeSet::new();
    files(root.path(), "", &mut left);
    assert!(left.is_empty(), "{left:?}");
}

/// After `git pull`, what was built is not what the header says.
#[test]
fn make_installs_no_library_that_is_older_than_its_sources() {
    let root = tempfile::tempdir().unwrap();
    library();
    for name in ["bindings/c/include", "bindings/c/src", "core/src"] {
        npm::copy(&workspace().join(name), &root.path().join(name)).unwrap();
    }
    for name in
        ["Cargo.toml", "Cargo.lock", "core/Cargo.toml", "bindings/c/Cargo.toml", "bindings/c/build.rs"]
    {
        std::fs::copy(workspace().join(name), root.path().join(name)).unwrap();
    }
    for name in ["Makefile", "sealwright.pc.in", "sealwright-static.pc.in"] {
        std::fs::copy(workspace().join("bindings/c").join(name), root.path().join("bindings/c").join(name))
            .unwrap();
    }
    let built = root.path().join("target/library");
    std::fs::create_dir_all(&built).unwrap();
    for name in ["libsealwright.a", "libsealwright.so", "libsealwright.needs", "libsealwright.stamp"] {
        std::fs::copy(target_folder().join("library").join(name), built.join(name)).unwrap();
    }
    let make = || {
        let destination = format!("DESTDIR={}", root.path().join("second").display());
        let arguments = ["--silent", "install", &destination];
        Command::new("make").args(arguments).current_dir(root.path().join("bindings/c")).output().unwrap()
    };
    let later = |seconds| SystemTime::now() + Duration::from_secs(seconds);
    let touch =
        |path: &Path, time| File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
    let stamp = built.join("libsealwright.stamp");
    for (index, name) in [(1, "bindings/c/include/sealwright.h"), (3, "core/src/call.rs")] {
        touch(&stamp, later(index * 60));
        assert!(make().status.success());
        touch(&root.path().join(name), later((index + 1) * 60));
        let refused = make();
        assert!(!refused.status.success());
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.starts_with("the library is older than its sources: say make first\n"), "{said}");
    }
}

/// The functions that the header declares.
fn declared(header: &str) -> BTreeSet<&str> {
    let words = header.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_function = |word: &&str| {
        word.starts_with("sealwright_")
            && header.contains(&format!("{word}("))
            && *word != "sealwright_key_callback"
    };
    words.filter(is_function).collect()
}

fn header() -> String {
    std::fs::read_to_string(workspace().join("bindings/c/include/sealwright.h")).unwrap()
}

/// What programs were compiled against is there as it was, and what was added stands beside it.
#[test]
fn the_interface_of_a_version_stays() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("abi");
    let source = workspace().join("tests/tests/c_library/abi_1.c");
    library().compile_shared(&["cc", "-std=c99"], &source, &program).unwrap();
    run(c::text(&program).unwrap(), &[]);
    let known = std::fs::read_to_string(source).unwrap();
    let header = header();
    let missed: Vec<_> =
        declared(&header).into_iter().filter(|name| !known.contains(&format!("(void)){name},"))).collect();
    assert!(missed.is_empty(), "not in abi_1.c: {missed:?}");
    let unheld = ErrorCode::ALL
        .iter()
        .map(|code| format!("NUMBER(SEALWRIGHT_ERROR_{}, ", code.to_string().to_uppercase()))
        .filter(|held| !known.contains(held));
    assert_eq!(unheld.collect::<Vec<_>>(), [""; 0], "not in abi_1.c");
}

/// The library is named after the version that the header has, and gives its own functions and no others.
#[test]
fn the_shared_library_has_its_name_and_its_symbols() {
    let header = header();
    let version = header.split("SEALWRIGHT_ABI_VERSION ").nth(1).unwrap().lines().next().unwrap();
    let library = library().libraries().join("libsealwright.so");
    let library = c::text(&library).unwrap();
    let dynamic = run("readelf", &["--dynamic", library]);
    let soname = format!("[libsealwright.so.{version}]");
    assert!(dynamic.lines().any(|line| line.ends_with(&soname)));
    let listed = run("nm", &["-D", "--defined-only", library]);
    let exported: BTreeSet<&str> = listed.lines().filter_map(|line| line.split(" T ").nth(1)).collect();
    assert_eq!(exported.len(), listed.lines().count(), "{listed}");
    assert_eq!(exported, declared(&header));
}

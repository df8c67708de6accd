//! Programs of other people that the tests start, and what to do when they are not there.

use std::env;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::module;

/// The variable that names the file in which skipped tests are listed; `cargo xtask test` sets it.
const LIST: &str = "SEALWRIGHT_SKIPPED";

/// The path of a program. Without it the test that asks is skipped, with a line that says how to get it;
/// on a build machine (`CI` is set), where nothing may be skipped, it fails.
pub fn find(program: &str, package: &str) -> Option<PathBuf> {
    let found = if program.contains('/') {
        Some(PathBuf::from(program)).filter(|path| path.exists())
    } else {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
    };
    if found.is_none() {
        skip(program, &format!("apt-get install {package}"));
    }
    found
}

/// A program of a package that `cargo xtask setup` unpacks from a later Debian.
pub fn find_unpacked(program: &str, package: &str) -> Option<PathBuf> {
    let folder = module::target_folder().join("peers").join(package).join("usr/bin");
    let found = Some(folder.join(program)).filter(|path| path.exists());
    if found.is_none() {
        skip(&format!("{program} of a later Debian"), "cargo xtask setup");
    }
    found
}

/// A program in the virtual environment that `cargo xtask setup` makes.
pub fn find_python(program: &str) -> Option<PathBuf> {
    let found = Some(module::target_folder().join("python/bin").join(program)).filter(|path| path.exists());
    if found.is_none() {
        skip(program, "cargo xtask setup");
    }
    found
}

/// A file or folder of a package in that environment, by its path below `site-packages`.
pub fn find_python_file(path: &str) -> Option<PathBuf> {
    let library = module::target_folder().join("python/lib");
    let versions = std::fs::read_dir(library).into_iter().flatten().flatten();
    let mut files = versions.map(|version| version.path().join("site-packages").join(path));
    let found = files.find(|path| path.exists());
    if found.is_none() {
        skip(path, "cargo xtask setup");
    }
    found
}

/// The folder below the target folder that holds a package of npm, as `require` wants it.
pub fn find_npm(package: &str) -> Option<PathBuf> {
    let folder = module::target_folder().join("npm");
    let is_there = folder.join("node_modules").join(package).join("package.json").exists();
    if !is_there {
        skip(package, "cargo xtask setup");
    }
    is_there.then_some(folder)
}

/// Skips a test for want of something, and says so; on a build machine it fails.
pub(crate) fn skip(program: &str, remedy: &str) {
    let line = format!("{program} is not installed; get it with: {remedy}");
    let ci = env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    assert!(!ci, "{line}");
    // Past the capture of the test harness, which would keep it to itself in a test that passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {line}");
    if let Some(list) = env::var_os(LIST) {
        note(Path::new(&list), program).unwrap_or_else(|error| panic!("{list:?}: {error}"));
    }
}

/// For whoever counts: a line with the program and the test.
fn note(list: &Path, program: &str) -> std::io::Result<()> {
    let test = std::thread::current();
    let line = format!("{program}\t{}\n", test.name().unwrap_or_default());
    File::options().create(true).append(true).open(list)?.write_all(line.as_bytes())
}

/// `<target>/<profile>`, where the programs of the workspace lie.
pub fn profile_folder() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new(""));
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.to_path_buf()
}

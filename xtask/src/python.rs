//! `cargo xtask python`: the Python package, from the sources to what `pip install` takes, and its tests.

use crate::{command, setup, workspace};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &str = "bindings/python";

/// The first Python that the package is for, as the second number of its version.
const OLDEST: u32 = 10;

/// The newest one that there is, likewise.
const NEWEST: u32 = 14;

/// Builds the package and says where it is.
pub(crate) fn run() -> Result<()> {
    setup::build()?;
    setup::python()?;
    let wheel = build()?;
    for made in files(&wheels(), "")? {
        println!("python: {} ({:.1} kB)", made.display(), fs::metadata(&made)?.len() as f64 / 1000.0);
    }
    println!("python: pip install {}", wheel.display());
    Ok(())
}

/// Builds the source distribution, and the wheel from nothing but that.
fn build() -> Result<PathBuf> {
    let unpacked = workspace::target().join("python-sources");
    for stale in [&unpacked, &wheels()] {
        // Where there is nothing, that is fine.
        let _ = fs::remove_dir_all(stale);
    }
    fs::create_dir_all(wheels())?;
    pack(&workspace::root().join(SOURCES))?;
    unpack(&sources()?, &unpacked)?;
    prune_lock(&unpacked)?;
    pack(&unpacked)?;
    let mut build = maturin("build");
    build.args(["--quiet", "--locked", "--release", "--out"]).arg(wheels());
    build.arg("--target-dir").arg(cargo_folder()).arg("--interpreter").arg(setup::python_program("python"));
    command::run(build.current_dir(&unpacked))?;
    files(&wheels(), ".whl")?.pop().context("maturin made no wheel")
}

/// Makes the source distribution of what is in a folder.
fn pack(folder: &Path) -> Result<()> {
    command::run(maturin("sdist").arg("--out").arg(wheels()).current_dir(folder))
}

/// maturin takes over the lock file of the whole workspace, though it packs two members only, and `--locked` would refuse
/// that. This takes out what the others need, and changes nothing else.
fn prune_lock(unpacked: &Path) -> Result<()> {
    let prune = ["update", "--quiet", "--workspace", "--offline"];
    command::run(command::cargo(prune).current_dir(unpacked)).context("the lock file of the sources")
}

/// The source distribution that was made last.
fn sources() -> Result<PathBuf> {
    files(&wheels(), ".tar.gz")?.pop().context("maturin made no source distribution")
}

/// With the time of now: what was built from another one is stale.
fn unpack(packed: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    command::run(
        Command::new("tar").arg("-xmzf").arg(packed).args(["--strip-components", "1", "-C"]).arg(folder),
    )
}

/// Where cargo builds these. A folder of its own: cargo takes the unpacked sources for those of the workspace, and would
/// look for changes in the wrong ones.
fn cargo_folder() -> PathBuf {
    workspace::target().join("python-build")
}

fn maturin(verb: &str) -> Command {
    let mut maturin = Command::new(setup::python_program("maturin"));
    maturin.arg(verb).env("CARGO", workspace::cargo());
    maturin
}

/// Builds the package and installs it beside what judges it.
pub(crate) fn install() -> Result<()> {
    setup::python()?;
    install_into(&setup::python_program("python"), &build()?)
}

/// Everything that the package promises: in empty environments of every Python that is there, and beside its judges.
pub(crate) fn test() -> Result<()> {
    setup::python()?;
    let wheel = build()?;
    install_into(&setup::python_program("python"), &wheel)?;
    let pythons = pythons();
    ensure!(!pythons.is_empty(), "found no Python of version 3.{OLDEST} or later");
    let found: Vec<String> = pythons.keys().map(|minor| format!("3.{minor}")).collect();
    println!("python: testing with {}", found.join(", "));
    let absent =
        (OLDEST..=NEWEST).filter(|minor| !pythons.contains_key(minor)).map(|minor| format!("3.{minor}"));
    let absent: Vec<String> = absent.collect();
    if !absent.is_empty() {
        println!("python: NOT tested, as they are not on this machine: {}", absent.join(", "));
    }
    for (minor, python) in &pythons {
        let environment = workspace::target().join("python-environments").join(format!("3.{minor}"));
        command::run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let python = environment.join("bin/python");
        install_into(&python, &wheel)?;
        let mut test = unittest(
            &python,
            &[
                "test_vectors",
                "test_facade",
                "test_place",
                "test_dataclasses",
                "test_json",
                "test_threads",
                "test_command_line",
            ],
        );
        command::run(&mut test).with_context(|| format!("in Python 3.{minor}"))?;
    }
    let beside_judges = ["test_wheel", "test_hostile", "test_pyca", "test_types"];
    let mut test = unittest(&setup::python_program("python"), &beside_judges);
    test.env("SEALWRIGHT_NATIVE", native()?)
        .env("SEALWRIGHT_WHEEL", &wheel)
        .env("SEALWRIGHT_SOURCES", sources()?)
        .env("PYRIGHT_PYTHON_CACHE_DIR", workspace::target().join("pyright"));
    command::run(&mut test)?;
    test_built_by_pip()
}

/// The package as pip builds it where no wheel fits: by the build backend that it names, and outside of this tree.
fn test_built_by_pip() -> Result<()> {
    let folder = std::env::temp_dir()
        .join(format!("sealwright-python{}", workspace::root().display().to_string().replace('/', "-")));
    // Where there is nothing, that is fine.
    let _ = fs::remove_dir_all(&folder);
    unpack(&sources()?, &folder)?;
    let programs = setup::python_program("");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([programs].into_iter().chain(std::env::split_paths(&path)))?;
    let mut pip = Command::new(setup::python_program("python"));
    pip.args(["-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"])
        .args(["--no-build-isolation", "--wheel-dir", ".", "."])
        .env("PATH", path)
        .env("MATURIN_PEP517_ARGS", "--locked")
        .env("CARGO", workspace::cargo())
        .env("CARGO_TARGET_DIR", cargo_folder())
        .current_dir(&folder);
    command::run(&mut pip)?;
    let wheel = files(&folder, ".whl")?.pop().context("pip made no wheel")?;
    let environment = workspace::target().join("python-environments/by-pip");
    command::run(
        Command::new(setup::python_program("python")).args(["-m", "venv", "--clear"]).arg(&environment),
    )?;
    let python = environment.join("bin/python");
    install_into(&python, &wheel)?;
    command::run(&mut unittest(&python, &["test_facade"])).context("as built by pip")?;
    fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())
}

fn wheels() -> PathBuf {
    workspace::target().join("wheels")
}

fn files(folder: &Path, suffix: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(suffix) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The wheel and nothing else, as it depends on nothing.
fn install_into(python: &Path, wheel: &Path) -> Result<()> {
    let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"];
    command::run(Command::new(python).args(quiet).arg("--force-reinstall").arg(wheel))
}

fn unittest(python: &Path, tests: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "unittest"]).args(tests).current_dir(workspace::root().join(SOURCES).join("tests"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// A C program over the native library, which answers requests on its standard input.
fn native() -> Result<PathBuf> {
    let program = workspace::target().join("native-door");
    let build = ["build", "--quiet", "--locked", "--release", "--package", "sealwright-c", "--target-dir"];
    command::run(command::cargo(build).arg(cargo_folder()))?;
    let mut cc = Command::new("cc");
    cc.arg("-I")
        .arg(workspace::root().join("bindings/c/include"))
        .arg(workspace::root().join("tests/src/c_door.c"));
    cc.arg(cargo_folder().join("release/libsealwright.a"))
        .args(["-lcrypto", "-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program);
    command::run(&mut cc)?;
    Ok(program)
}

/// The Pythons of this machine that can make environments, by the second number of their versions: those on the path,
/// and those of pyenv and uv.
fn pythons() -> BTreeMap<u32, PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let pyenv = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    for root in [pyenv.join("versions"), home.join(".local/share/uv/python")] {
        let versions = fs::read_dir(root).into_iter().flatten().flatten();
        folders.extend(versions.map(|version| version.path().join("bin")));
    }
    let mut found = BTreeMap::new();
    for folder in folders {
        for minor in OLDEST..OLDEST + 10 {
            let program = folder.join(format!("python3.{minor}"));
            if !found.contains_key(&minor) && is_python(&program, minor) {
                found.insert(minor, program);
            }
        }
    }
    found
}

/// A program of that name may be one that says that there is none.
fn is_python(program: &Path, minor: u32) -> bool {
    let script = format!("import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, {minor}))");
    program.is_file()
        && Command::new(program).args(["-c", &script]).output().is_ok_and(|done| done.status.success())
}

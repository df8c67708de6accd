//! The C library as `make install` leaves it, and C programs over it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};

use crate::frame::{self, number, part};
use crate::json::Json;
use crate::module::{target_folder, workspace};
use crate::tool;
use crate::vector::{Answer, Vector};

/// What the library is to be installed below.
const PREFIX: &str = "/usr";

/// How strict the compilers are with what includes the header.
pub const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-g"];

/// The installed library.
pub struct Library {
    /// What stands for the root of the file system.
    root: PathBuf,
}

impl Library {
    /// Installs it below the target folder, once for all tests of a program.
    pub fn installed() -> Result<&'static Self> {
        static INSTALLED: OnceLock<Result<Library, String>> = OnceLock::new();
        let install =
            || Self::install_below(&target_folder().join("c")).map_err(|error| format!("{error:#}"));
        INSTALLED.get_or_init(install).as_ref().map_err(|error| anyhow!("the C library: {error}"))
    }

    /// Another place that it is installed in, by somebody who has no Rust.
    pub fn install_below(root: &Path) -> Result<Self> {
        let library = Self { root: root.to_owned() };
        library.make("all", &std::env::var("PATH")?)?;
        library.make("install", "/usr/bin:/bin")?;
        Ok(library)
    }

    /// `make` with the goal, where programs are looked for in these folders.
    pub fn make(&self, goal: &str, path: &str) -> Result<()> {
        let variable = |name: &str, value: &Path| format!("{name}={}", value.display());
        let variables = [
            variable("DESTDIR", &self.root),
            variable("TARGET_DIR", &target_folder()),
            variable("PREFIX", Path::new(PREFIX)),
        ];
        let folder = workspace().join("bindings/c");
        let output = Command::new("make")
            .args(["--silent", goal])
            .args(&variables)
            .env("PATH", path)
            .current_dir(folder)
            .output()?;
        tool::succeeded("make", &[goal], output)?;
        Ok(())
    }

    /// The folder of the libraries.
    #[must_use]
    pub fn libraries(&self) -> PathBuf {
        self.root.join("usr/lib")
    }

    /// What `pkg-config` says a program has to be compiled with, for instance `--libs`.
    pub fn flags(&self, arguments: &[&str]) -> Result<Vec<String>> {
        let output = self
            .with_pkg_config(&mut Command::new("pkg-config"))
            .args(arguments)
            .output()
            .context("cannot run pkg-config")?;
        let printed = tool::succeeded("pkg-config", arguments, output)?;
        Ok(String::from_utf8(printed)?.split_whitespace().map(ToOwned::to_owned).collect())
    }

    /// A program that asks pkg-config is told of this library.
    pub fn with_pkg_config<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        program
            .env("PKG_CONFIG_SYSROOT_DIR", &self.root)
            .env("PKG_CONFIG_PATH", self.libraries().join("pkgconfig"))
    }

    /// Compiles a program: the compiler with its flags, the source, and what else is linked.
    pub fn compile(&self, compiler: &[&str], source: &Path, program: &Path, link: &[String]) -> Result<()> {
        let (name, flags) = compiler.split_first().context("no compiler")?;
        let include = self.flags(&["--cflags", "sealwright"])?;
        let (source, program) = (text(source)?, text(program)?);
        let mut arguments = [flags, &STRICT[..], &[source, "-o", program]].concat();
        arguments.extend(include.iter().chain(link).map(String::as_str));
        tool::run(name, &arguments, workspace(), b"")?;
        Ok(())
    }

    /// The same with the shared library, which the program finds where it is.
    pub fn compile_shared(&self, compiler: &[&str], source: &Path, program: &Path) -> Result<()> {
        let mut link = self.flags(&["--libs", "sealwright", "libcrypto"])?;
        link.push(format!("-Wl,-rpath,{}", self.libraries().display()));
        self.compile(compiler, source, program, &link)
    }

    /// The same with the static library.
    pub fn compile_static(&self, compiler: &[&str], source: &Path, program: &Path) -> Result<()> {
        let link = self.flags(&["--libs", "sealwright-static"])?;
        self.compile(compiler, source, program, &link)
    }
}

/// A path in an argument.
pub fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

/// How the program in `c_door.c` goes through the vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A request as JSON.
    Call,
    /// A request by the builder, the response by the accessors.
    Build,
    /// The same with the keys in OpenSSL.
    Outside,
    /// A request as JSON with the keys in OpenSSL.
    OutsideCall,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Build => "build",
            Self::Outside => "outside",
            Self::OutsideCall => "outside-call",
        }
    }
}

/// What the C program answers to requests.
pub fn answers(way: Way, vectors: &[&Vector]) -> Result<Vec<Answer>> {
    let library = Library::installed()?;
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("door");
    let source = workspace().join("tests/src/c_door.c");
    library.compile_shared(&["cc", "-std=c99", "-Wno-unused-result"], &source, &program)?;
    let input = vectors.iter().map(|vector| framed(vector)).collect::<Result<Vec<_>>>()?.concat();
    let printed = tool::run(text(&program)?, &[way.name()], folder.path(), &input)?;
    frame::answers(&printed, vectors.len())
}

fn framed(vector: &Vector) -> Result<Vec<u8>> {
    let mut bytes = frame::vector(vector)?;
    let operation = vector.request.get("op").and_then(|op| op.text().ok()).unwrap_or_default();
    bytes.extend(part(operation.as_bytes())?);
    let fields = fields(&vector.request);
    bytes.extend(number(fields.len())?);
    for (name, (kind, value)) in fields {
        bytes.extend([part(name.as_bytes())?, number(kind)?, part(&value)?].concat());
    }
    Ok(bytes)
}

/// The numbers of sealwright_kind.
const BOOLEAN: usize = 2;
const NUMBER: usize = 3;
const TEXT: usize = 4;
const JSON: usize = 6;

/// The fields that a program sets, down to texts and numbers, each with the kind by which it is set.
fn fields(request: &Json) -> Vec<(String, (usize, Vec<u8>))> {
    let mut found = Vec::new();
    if let Json::Object(fields) = request {
        for (name, value) in fields.iter().filter(|(name, _)| *name != "op") {
            collect(&below("", name), value, 0, &mut found);
        }
    }
    found
}

/// Deeper than this, a value is set as JSON.
const DEPTH: usize = 16;

fn collect(name: &str, value: &Json, depth: usize, found: &mut Vec<(String, (usize, Vec<u8>))>) {
    match value {
        Json::Object(fields) if depth < DEPTH && !fields.is_empty() => {
            for (field, value) in fields {
                collect(&below(name, field), value, depth + 1, found);
            }
        }
        Json::Array(items) if depth < DEPTH && !items.is_empty() => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| collect(&format!("{name}.{index}"), value, depth + 1, found));
        }
        other => found.push((name.to_owned(), leaf(other))),
    }
}

/// A field of an object, as the builder names it.
fn below(object: &str, field: &str) -> String {
    let is_number = field.bytes().all(|octet| octet.is_ascii_digit());
    if is_number || field.contains(['.', '[', ']', '\0']) {
        return format!("{object}[{}]", serde_json::Value::from(field));
    }
    if object.is_empty() { field.to_owned() } else { format!("{object}.{field}") }
}

fn leaf(value: &Json) -> (usize, Vec<u8>) {
    match value {
        Json::Bool(_) => (BOOLEAN, value.compact()),
        Json::String(text) => (TEXT, text.clone().into_bytes()),
        Json::Number(number) if number.is_i64() => (NUMBER, value.compact()),
        _ => (JSON, value.compact()),
    }
}

/// Of each vector, by file and id, what is wrong with the answer of the C program.
pub fn failures(way: Way, vectors: &[(&str, &Vector)]) -> Result<BTreeMap<String, String>> {
    let asked: Vec<&Vector> = vectors.iter().map(|(_, vector)| *vector).collect();
    let mut failures = BTreeMap::new();
    for ((file, vector), answer) in vectors.iter().zip(answers(way, &asked)?) {
        if answer.body != vector.expected()? || answer.status != vector.status()? {
            failures.insert(format!("{file}/{}", vector.id), format!("found {answer:?}"));
        }
    }
    Ok(failures)
}

/// Whether the builder can make the request: an object with an operation that is a text.
#[must_use]
pub fn can_be_built(vector: &Vector) -> bool {
    let operation = vector.request.get("op").and_then(|op| op.text().ok());
    operation.is_some_and(|name| !name.contains('\0'))
}

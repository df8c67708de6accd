//! Cloudflare's runtime, which has no files and resolves no packages: a configuration names each module.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::npm::Package;
use crate::peer;

/// The runtime that npm has for this machine, with the package in it.
pub struct Workerd<'a> {
    package: &'a Package,
    program: PathBuf,
}

impl<'a> Workerd<'a> {
    /// The runtime, if it is installed.
    #[must_use]
    pub fn find(package: &'a Package) -> Option<Self> {
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "64" };
        let folder = format!("node_modules/@cloudflare/workerd-linux-{architecture}");
        Some(Self { package, program: peer::find_npm("workerd")?.join(folder).join("bin/workerd") })
    }

    /// What the vectors give.
    pub fn vectors(&self, input: &Value) -> Result<Vec<u8>> {
        let folder = self.package.folder();
        fs::write(folder.join("input.json"), input.to_string())?;
        fs::write(folder.join("config.capnp"), self.configuration()?)?;
        let printed = self.package.run(&self.program.to_string_lossy(), &["test", "config.capnp"])?;
        let printed = String::from_utf8(printed)?;
        let result = printed.lines().find_map(|line| line.strip_prefix("RESULT "));
        Ok(result.with_context(|| format!("found no result in {printed}"))?.as_bytes().to_vec())
    }

    fn configuration(&self) -> Result<String> {
        let mut modules = vec![
            "(name = \"worker.mjs\", esModule = embed \"worker.mjs\")".to_owned(),
            format!("(name = \"sealwright\", esModule = \"export * from \\\"{}\\\";\")", self.entry()?),
            "(name = \"input\", json = embed \"input.json\")".to_owned(),
        ];
        for script in ["run", "keys", "schema"] {
            modules.push(format!("(name = \"{script}.mjs\", esModule = embed \"{script}.mjs\")"));
        }
        let installed = "node_modules/sealwright";
        for folder in ["dist", "dist/generated"] {
            for file in self.package.folder().join(installed).join(folder).read_dir()? {
                let name = format!("{folder}/{}", file?.file_name().to_string_lossy());
                let kind = if name.ends_with(".js") { "esModule" } else { "wasm" };
                if name.ends_with(".js") || name.ends_with(".wasm") {
                    modules.push(format!("(name = \"{name}\", {kind} = embed \"{installed}/{name}\")"));
                }
            }
        }
        Ok(format!(
            "using Workerd = import \"/workerd/workerd.capnp\";\n\
             const config :Workerd.Config = (services = [(name = \"main\", worker = .vectors)]);\n\
             const vectors :Workerd.Worker = (compatibilityDate = \"2026-11-01\", modules = [\n{}\n]);\n",
            modules.join(",\n")
        ))
    }

    /// The entry that the condition `workerd` leads to.
    fn entry(&self) -> Result<String> {
        let resolve = [
            "--conditions=workerd",
            "--input-type=module",
            "--eval",
            "console.log(import.meta.resolve('sealwright'))",
        ];
        let entry = String::from_utf8(self.package.run("node", &resolve)?)?;
        let entry = entry.trim().split_once("/sealwright/").context("a package in node_modules")?.1;
        ensure!(entry == "dist/workerd.js", "found {entry} for workerd");
        Ok(entry.to_owned())
    }
}

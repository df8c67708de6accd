// `consumers.mjs NAME`: an application that imports the package, by a tool as it is without any settings; prints the
// certification request that the application makes.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { result } from "./browsers.mjs";
import { project } from "./project.mjs";
import { serve } from "./serve.mjs";
import { wranglerDev } from "./wrangler.mjs";

const CONSUMERS = { vite_dev, vite_build, webpack: by_webpack, esbuild: by_esbuild, no_bundler, wrangler_dev };

async function in_page(folder) {
  const server = await serve(folder);
  try {
    return await result("chromium", `${server.url}/`);
  } finally {
    server.close();
  }
}

async function vite_dev(folder) {
  const server = await vite.createServer({ root: folder, logLevel: "error", server: { host: "127.0.0.1", port: 0 } });
  await server.listen();
  try {
    return await result("chromium", server.resolvedUrls.local[0]);
  } finally {
    await server.close();
  }
}

async function vite_build(folder) {
  await vite.build({ root: folder, logLevel: "error" });
  return in_page(join(folder, "dist"));
}

async function by_webpack(folder) {
  const output = join(folder, "out");
  await new Promise((resolve, reject) => {
    const to = { path: output, filename: "app.js" };
    // Its remarks on the size of files are for applications.
    const options = { context: folder, mode: "production", entry: "./app.js", output: to, performance: { hints: false } };
    webpack(options, (error, stats) => {
      if (error !== null || stats.hasErrors() || stats.hasWarnings()) reject(error ?? new Error(stats.toString("errors-warnings")));
      else resolve();
    });
  });
  cpSync(join(folder, "index.html"), join(output, "index.html"));
  return in_page(output);
}

/** It leaves the modules where they are, as the package's README says. */
async function by_esbuild(folder) {
  const output = join(folder, "out");
  await esbuild.build({
    absWorkingDir: folder, entryPoints: ["app.js"], bundle: true, format: "esm", outdir: output, logLevel: "error",
  });
  for (const module of ["sealwright.wasm", "verify/sealwright-verify.wasm"]) {
    cpSync(join(folder, "node_modules/sealwright/dist", module), join(output, basename(module)));
  }
  cpSync(join(folder, "index.html"), join(output, "index.html"));
  return in_page(output);
}

/** A page finds packages by their addresses. */
async function no_bundler(folder) {
  const script = join(folder, "request.js");
  const addressed = readFileSync(script, "utf8")
    .replace('"sealwright"', '"./node_modules/sealwright/dist/index.js"')
    .replace('"sealwright/verify"', '"./node_modules/sealwright/dist/verify/index.js"');
  writeFileSync(script, addressed);
  return in_page(folder);
}

async function wrangler_dev(folder) {
  const worker = await wranglerDev(folder, ["worker.js", "--compatibility-date", "2026-04-01"]);
  try {
    const response = await fetch(worker.url);
    if (!response.ok) throw new Error(`found the status ${response.status}\n${worker.said.join("")}`);
    return await response.text();
  } finally {
    await worker.stop();
  }
}

const [name] = process.argv.slice(2);
const folder = project(name, ["app/index.html", "app/app.js", "app/request.js", "app/worker.js"]);
process.stdout.write(await CONSUMERS[name](folder));
process.exit();

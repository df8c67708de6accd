// `consumers.mjs NAME`: an application that imports the package, by a tool as it is without any settings; prints the
// certification request that the application makes.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as listen } from "node:net";
import { join } from "node:path";
import { createRequire } from "node:module";
import * as esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { result } from "./browsers.mjs";
import { project } from "./project.mjs";
import { serve } from "./serve.mjs";

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

/** It leaves the module where it is, as the package's README says. */
async function by_esbuild(folder) {
  const output = join(folder, "out");
  await esbuild.build({
    absWorkingDir: folder, entryPoints: ["app.js"], bundle: true, format: "esm", outdir: output, logLevel: "error",
  });
  cpSync(join(folder, "node_modules/sealwright/dist/sealwright.wasm"), join(output, "sealwright.wasm"));
  cpSync(join(folder, "index.html"), join(output, "index.html"));
  return in_page(output);
}

/** A page finds packages by their addresses. */
async function no_bundler(folder) {
  const script = join(folder, "app.js");
  writeFileSync(script, readFileSync(script, "utf8").replace('"sealwright"', '"./node_modules/sealwright/dist/index.js"'));
  return in_page(folder);
}

async function wrangler_dev(folder) {
  const program = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");
  const port = await freePort();
  const options = ["dev", "worker.js", "--ip", "127.0.0.1", "--port", String(port), "--compatibility-date", "2026-04-01"];
  const environment = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };
  const child = spawn(process.execPath, [program, ...options], { cwd: folder, env: environment, detached: true });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => said.push(text));
  try {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (child.exitCode !== null) break;
      const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (response?.ok) return await response.text();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`wrangler dev does not answer\n${said.join("")}`);
  } finally {
    if (child.exitCode === null) {
      process.kill(-child.pid, "SIGTERM");
      await once(child, "exit");
    }
  }
}

async function freePort() {
  const server = listen().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

const [name] = process.argv.slice(2);
const folder = project(name, ["app/index.html", "app/app.js", "app/worker.js"]);
process.stdout.write(await CONSUMERS[name](folder));
process.exit();

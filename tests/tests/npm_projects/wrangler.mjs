// `wrangler dev`, which runs Cloudflare's workerd.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";

const PROGRAM = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");

/** The worker in a folder, on a port of this machine: its address, the process, and how to stop it. */
export async function wranglerDev(folder, options = []) {
  const port = await freePort();
  const environment = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };
  const address = ["--ip", "127.0.0.1", "--port", String(port)];
  const child = spawn(process.execPath, [PROGRAM, "dev", ...address, ...options], { cwd: folder, env: environment, detached: true });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => said.push(text));
  const url = `http://127.0.0.1:${port}`;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (hasEnded()) return;
    process.kill(-child.pid, "SIGTERM");
    await once(child, "exit");
  };
  for (let attempt = 0; attempt < 600 && !hasEnded(); attempt += 1) {
    if (await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined)) return { url, pid: child.pid, stop, said };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`wrangler dev does not answer\n${said.join("")}`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

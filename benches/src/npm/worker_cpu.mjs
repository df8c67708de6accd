// `worker_cpu.mjs REQUESTS`: processor time of examples/worker a request, in milliseconds. It is that of the processes of
// workerd (user and system, from /proc) over so many requests one after another, by what is asked; what workerd and wrangler's
// own proxy take for a request that the worker answers at once with 404 is told apart.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { example } from "../npm_projects/example.mjs";
import { wranglerDev } from "../npm_projects/wrangler.mjs";

/** Milliseconds of a clock tick in /proc (USER_HZ). */
const TICK = 1000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const requests = Number(process.argv[2]);
const folder = example("worker", "worker-cpu");
execFileSync("node", ["prepare.js"], { cwd: folder });
const [link, signature, body] = ["link.txt", "report.sig", "report.json"].map((name) => readFileSync(join(folder, name), "utf8"));
const worker = await wranglerDev(folder);
try {
  const nothing = await cost(() => fetch(`${worker.url}/nothing`), 404);
  const report = () => fetch(`${worker.url}/reports`, { method: "POST", body, headers: { "mdm-signature": signature } });
  const otherToken = link.replace(/.{8}$/, "AAAAAAAA");
  process.stdout.write(
    JSON.stringify({
      nothing,
      "download, good token": (await cost(() => fetch(worker.url + link), 200)) - nothing,
      "download, forged token": (await cost(() => fetch(worker.url + otherToken), 403)) - nothing,
      "signed report": (await cost(report, 409)) - nothing,
    }),
  );
} finally {
  await worker.stop();
}
process.exit();

/** Milliseconds of a request whose answer has that status; the first hundred do not count. */
async function cost(ask, status) {
  const repeat = async (count) => {
    for (let index = 0; index < count; index += 1) {
      const response = await ask();
      await response.arrayBuffer();
      if (response.status !== status && index > 0) throw new Error(`found the status ${response.status}, wanted ${status}`);
    }
  };
  await repeat(100);
  const before = ticks();
  await repeat(requests);
  return ((ticks() - before) * TICK) / requests;
}

/** Clock ticks of all processes of workerd below wrangler. */
function ticks() {
  const processes = new Map(readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), read(name)]));
  const isOurs = (pid) => pid === worker.pid || (pid > 1 && isOurs(processes.get(pid)?.parent ?? 0));
  const ours = [...processes].filter(([pid, found]) => found?.name === "workerd" && isOurs(pid));
  return ours.reduce((sum, [, { ticks }]) => sum + ticks, 0);
}

/** proc_pid_stat(5); nothing of a process that has ended meanwhile. */
function read(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { name: text.slice(text.indexOf("(") + 1, text.lastIndexOf(")")), state, parent: Number(parent), ticks: Number(rest[9]) + Number(rest[10]) };
  } catch {
    return undefined;
  }
}

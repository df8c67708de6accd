// The examples of this repository as projects that have the packed package.

import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as vite from "vite";
import { project } from "./project.mjs";
import { setting } from "./setting.mjs";

/** A copy of an example, with the package, under that name or another one; without what its use leaves there. */
export function example(name, as = name) {
  const folder = project(`example-${as}`, []);
  const from = join(setting.workspace, "examples", name);
  const left = readFileSync(join(from, ".gitignore"), "utf8").trim().split("\n");
  cpSync(from, folder, { recursive: true, filter: (path) => !left.includes(relative(from, path)) });
  return folder;
}

/** What TypeScript has nothing to say of, and Vite makes of it: the folder to serve. */
export async function built(folder) {
  execFileSync(setting.compiler, { cwd: folder, stdio: "inherit" });
  await vite.build({ root: folder, logLevel: "error" });
  return join(folder, "dist");
}

// The examples of this repository as projects that have the packed package.

import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import * as vite from "vite";
import { project } from "./project.mjs";
import { setting } from "./setting.mjs";

/** A copy of an example, with the package, under that name or another one. */
export function example(name, as = name) {
  const folder = project(`example-${as}`, []);
  const isOurs = (path) => !/\/(node_modules|dist)(\/|$)/.test(path.slice(setting.workspace.length));
  cpSync(join(setting.workspace, "examples", name), folder, { recursive: true, filter: isOurs });
  return folder;
}

/** What TypeScript has nothing to say of, and Vite makes of it: the folder to serve. */
export async function built(folder) {
  execFileSync(setting.compiler, { cwd: folder, stdio: "inherit" });
  await vite.build({ root: folder, logLevel: "error" });
  return join(folder, "dist");
}

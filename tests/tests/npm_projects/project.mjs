// Projects of users: the package as npm installed it from the packed tarball, an application, and nothing else.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setting } from "./setting.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));

/** A new folder of that name with the package, and copies of these files or folders in it. */
export function project(name, files) {
  const folder = join(setting.projects, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  cpSync(join(setting.consumer, "node_modules/sealwright"), join(folder, "node_modules/sealwright"), { recursive: true });
  for (const file of files) cpSync(join(HERE, file), join(folder, file.split("/").at(-1)), { recursive: true });
  return folder;
}

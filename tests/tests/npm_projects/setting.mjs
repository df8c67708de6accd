// Where things are, as the tests say beside these scripts.

import { readFileSync } from "node:fs";

/**
 * `chromium` and `firefox` are programs, `consumer` is the project into which npm installed the packed tarball, `projects`
 * the folder for others, `compiler` that of TypeScript, and `workspace` the repository.
 */
export const setting = JSON.parse(readFileSync(new URL("setting.json", import.meta.url), "utf8"));

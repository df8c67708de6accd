import { readFile } from "node:fs/promises";
import type { ModuleSource } from "./outcome.js";
import { isA } from "./value.js";

/** What a `file:` address leads to, and every other source as it is. */
export function read(source: ModuleSource): ModuleSource | Promise<ModuleSource> {
  const address = typeof source === "string" || isA(source, "URL") ? String(source) : "";
  return /^file:/i.test(address) ? readFile(new URL(address)) : source;
}

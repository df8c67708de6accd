import { readFile } from "node:fs/promises";
import type { ModuleSource } from "./outcome.js";

/** What a `file:` address leads to, and every other source as it is. */
export function read(source: ModuleSource): ModuleSource | Promise<ModuleSource> {
  const address = typeof source === "string" || source instanceof URL ? String(source) : "";
  return address.startsWith("file:") ? readFile(new URL(address)) : source;
}

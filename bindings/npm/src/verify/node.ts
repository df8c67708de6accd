import { readFile } from "node:fs/promises";
import { runtime } from "./engine.js";
import type { ModuleSource } from "../outcome.js";

export * from "./api.js";

// The same as in index.ts; the module is read from the file system, which `fetch` does not reach here.
export function init(source?: ModuleSource): Promise<void> {
  return runtime.init(() => source ?? readFile(new URL("./sealwright-verify.wasm", import.meta.url)));
}

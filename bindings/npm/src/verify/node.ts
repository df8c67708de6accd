import { runtime } from "./engine.js";
import { read } from "../file.js";
import type { ModuleSource } from "../outcome.js";

export * from "./api.js";

// The same as in index.ts, with files, which `fetch` does not reach here.
export function init(source?: ModuleSource): Promise<void> {
  return runtime.init(() => read(source ?? new URL("./sealwright-verify.wasm", import.meta.url)));
}

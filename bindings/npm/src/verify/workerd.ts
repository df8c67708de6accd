import compiled from "./sealwright-verify.wasm";
import { runtime } from "./engine.js";
import type { ModuleSource } from "../outcome.js";

export * from "./api.js";

// The same as in index.ts; workerd compiles no bytes at run time, it imports modules.
export function init(source?: ModuleSource): Promise<void> {
  return runtime.init(() => source ?? compiled);
}

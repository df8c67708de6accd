import { runtime } from "./engine.js";
import type { ModuleSource } from "../outcome.js";

export * from "./api.js";

/**
 * Loads the engine, which has to be done once before anything else; a second time does nothing.
 *
 * @param source - Where the WebAssembly module is, if not beside this file: an address, a response that has it, its bytes,
 * or a `WebAssembly.Module`.
 */
export function init(source?: ModuleSource): Promise<void> {
  return runtime.init(() => source ?? new URL("./sealwright-verify.wasm", import.meta.url));
}

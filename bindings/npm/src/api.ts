export * from "./operations.js";
export { toBase64Url } from "./base64url.js";
export { SealwrightError, type PackageErrorCode } from "./error.js";
export { errorCodes, type ErrorCode } from "./generated/interface.js";
export type * as requests from "./generated/requests.js";
export type * as responses from "./generated/responses.js";
export { KeyRing } from "./key_ring.js";
export type { ModuleSource, Outcome } from "./outcome.js";
export { parse, stringify, type Stored } from "./stored.js";
export type { DecryptQuestion, Question, Signer, SignQuestion } from "./signer.js";
export { keyReference, WebCryptoSigner, type WebCryptoKey, type WebCryptoKeys } from "./web_crypto.js";

import { runtime } from "./full.js";
import type { KeyRing } from "./key_ring.js";
import type { Outcome } from "./outcome.js";

/**
 * Loads the engine at once, where its module is there already.
 *
 * @param source - The bytes of the module, or a `WebAssembly.Module`. Browsers want `init` in their main thread.
 */
export function initSync(source: object): void {
  runtime.initSync(source);
}

/**
 * One request as the engine itself takes it: JSON in UTF-8, with `op`, and bytes in base64url. Nothing is filled in. For
 * programs that carry requests from somewhere else; everybody else has a function for each operation.
 */
export function call(request: Uint8Array, keys?: KeyRing): Outcome {
  return runtime.call(request, keys);
}

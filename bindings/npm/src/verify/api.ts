import type * as requests from "../generated/requests.js";
import type * as responses from "../generated/responses.js";
import type { Outcome } from "../outcome.js";
import { runtime } from "./engine.js";

export { toBase64Url } from "../base64url.js";
export { SealwrightError, type PackageErrorCode } from "../error.js";
export { errorCodes, type ErrorCode } from "../generated/interface.js";
export type * as requests from "../generated/requests.js";
export type * as responses from "../generated/responses.js";
export type { ModuleSource, Outcome } from "../outcome.js";

/**
 * Loads the engine at once, where its module is there already.
 *
 * @param source - The bytes of the module, or a `WebAssembly.Module`. Browsers want `init` in their main thread.
 */
export function initSync(source: object): void {
  runtime.initSync(source);
}

/** One request as the engine itself takes it, as `call` of `sealwright` does; here no keys can be lent. */
export function call(request: Uint8Array): Outcome {
  return runtime.call(request);
}

/** Says whether a certificate leads to a trust anchor, and for what it is good. */
export function verifyPath(request: requests.VerifyPathRequest): responses.VerifyPathResponse {
  return runtime.run("verify_path", request);
}

/** Says what a message says of itself, and proves nothing of it. */
export function readMessage(request: requests.ReadMessageRequest): responses.ReadMessageResponse {
  return runtime.run("read_message", request);
}

/** Says who signed a message, and whether it counts. */
export function verifyMessage(request: requests.VerifyMessageRequest): responses.VerifyMessageResponse {
  return runtime.run("verify_message", request);
}

/** Says whether a token is good, and what it says. */
export function verifyJwt(request: requests.VerifyJwtRequest): responses.VerifyJwtResponse {
  return runtime.run("verify_jwt", request);
}

/** Takes the token out of a URL again and says whether it opens it. */
export function verifyUrl(request: requests.VerifyUrlRequest): responses.VerifyUrlResponse {
  return runtime.run("verify_url", request);
}

/** Says what is in a text: certificates, requests, keys, revocation lists, messages. */
export function inspect(request: requests.InspectRequest): responses.InspectResponse {
  return runtime.run("inspect", request);
}

import type { ErrorCode } from "./generated/interface.js";

/**
 * What the package itself has to say, beside the engine's codes: `not_initialized` before `init`, `module_unusable`
 * for a WebAssembly module that cannot be loaded or is another one, and `number_inexact` for a response with an integer
 * that JavaScript would round (claims of a token may have one; `call` gives the response's text).
 */
export type PackageErrorCode = "not_initialized" | "module_unusable" | "number_inexact";

/** What every function of this package throws; what a `Signer` throws comes through beside it. */
export class SealwrightError extends Error {
  /** What went wrong: a name that never changes its meaning. */
  readonly code: ErrorCode | PackageErrorCode;
  /** For people: what was found, what was wanted. It never holds a secret. */
  readonly detail: string;
  /** The field of the request, such as `authority.certificate`. */
  readonly at: string | undefined;

  constructor(code: ErrorCode | PackageErrorCode, detail: string, at?: string, cause?: unknown) {
    super(at === undefined ? detail : `${detail} (at ${at})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
    this.at = at;
  }

  override get name(): string {
    return "SealwrightError";
  }
}

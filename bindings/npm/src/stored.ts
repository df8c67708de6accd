import { parseExactly } from "./exact.js";
import { SealwrightError } from "./error.js";
import { responseTypes } from "./generated/interface.js";
import type * as responses from "./generated/responses.js";
import { fromJson, toJson } from "./json.js";
import { describe, isPlain } from "./value.js";

/** What callers keep between calls, and what has bytes in it, which `JSON.stringify` makes something else of. */
export interface Stored {
  /** An authority, as `createAuthority` and `renewAuthority` give it. */
  Authority: responses.Authority;
  /** A SCEP request that waits for its reply, as `scepSealRequest` gives it. */
  Pending: responses.Pending;
  /** A SCEP request that waits to be answered, as `scepOpenRequest` gives it. */
  ReplyTo: responses.ReplyTo;
}

const STORED: { readonly [type in keyof Stored]: true } = { Authority: true, Pending: true, ReplyTo: true };

function check(type: string): void {
  if (Object.hasOwn(STORED, type)) return;
  const found = typeof type === "string" ? "another string" : describe(type);
  throw new SealwrightError("argument_invalid", `found ${found}, wanted the type: ${Object.keys(STORED).join(", ")}`);
}

/**
 * A value as JSON, with bytes in base64url: as Sealwright writes it in every language.
 *
 * @param type - Its type, such as `Authority`.
 */
export function stringify<Name extends keyof Stored>(type: Name, value: Stored[Name]): string {
  check(type);
  return JSON.stringify(toJson(value, type, responseTypes));
}

/** The value again. The operation that takes it finds out whether it is right. */
export function parse<Name extends keyof Stored>(type: Name, text: string): Stored[Name] {
  check(type);
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch (cause) {
    if (cause instanceof SealwrightError) throw cause;
    throw new SealwrightError("request_malformed", "found text that is no JSON", undefined, cause);
  }
  if (!isPlain(value)) throw new SealwrightError("request_malformed", `found ${describe(value)}, wanted an object`);
  return fromJson(value, type, responseTypes) as Stored[Name];
}

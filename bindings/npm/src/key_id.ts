import { SealwrightError } from "./error.js";
import { describe } from "./value.js";

/** Refuses what is no id of a key. How long it may be, the engine knows. */
export function checkKeyId(id: unknown): void {
  if (typeof id !== "string") throw new SealwrightError("argument_invalid", `found ${describe(id)}, wanted an id (a string)`);
  // Encoded, it would be another id.
  if (/\p{Surrogate}/u.test(id)) {
    throw new SealwrightError("argument_invalid", "found an id with half a character in it, wanted text that is well-formed");
  }
}

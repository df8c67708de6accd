import { SealwrightError } from "./error.js";

/** The strings of a JSON text, which are passed over, and its numbers. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value of a JSON text; an error if it has an integer that a number of JavaScript cannot hold (2^53 and beyond). */
export function parseExactly(text: string): unknown {
  // Fewer digits are always held: nearly every response ends here.
  if (/\d{16}/.test(text)) {
    for (const [token] of text.matchAll(TOKENS)) {
      if (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))) {
        throw new SealwrightError("number_inexact", `found the integer ${token}, wanted one that JavaScript does not round`);
      }
    }
  }
  return JSON.parse(text);
}

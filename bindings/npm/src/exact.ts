import { SealwrightError } from "./error.js";

/** Where a string of a JSON text begins, and its numbers. */
const TOKENS = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value of a JSON text; an error if it has an integer that a number of JavaScript cannot hold (2^53 and beyond). */
export function parseExactly(text: string): unknown {
  // Fewer digits are always held: nearly every response ends here.
  if (/\d{16}/.test(text)) checkIntegers(text);
  return JSON.parse(text);
}

function checkIntegers(text: string): void {
  const tokens = new RegExp(TOKENS);
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [token] = found;
    if (token === '"') {
      tokens.lastIndex = afterString(text, tokens.lastIndex);
    } else if (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))) {
      throw new SealwrightError("number_inexact", `found the integer ${token}, wanted one that JavaScript does not round`);
    }
  }
}

/** Where the string ends whose content starts there. No expression does that: the stack of one is too small for long strings. */
function afterString(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === "\\") before -= 1;
  return (at - before) % 2 === 1;
}

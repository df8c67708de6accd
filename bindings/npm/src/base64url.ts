import { SealwrightError } from "./error.js";
import { describe, isBytes } from "./value.js";

const ALPHABET = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const VALUES = new Uint8Array(128).fill(255);
ALPHABET.forEach((letter, value) => {
  VALUES[letter] = value;
});

/** Bytes as base64url without padding (RFC 4648 section 5), for the fields that take text or DER in base64url. */
export function toBase64Url(view: ArrayBufferView): string {
  if (!isBytes(view)) throw new SealwrightError("argument_invalid", `found ${describe(view)}, wanted bytes (a Uint8Array)`);
  const bytes = octets(view);
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let end = 0;
  for (let start = 0; start < bytes.length; start += 3) {
    const group = (bytes[start]! << 16) | ((bytes[start + 1] ?? 0) << 8) | (bytes[start + 2] ?? 0);
    const letters = Math.min(bytes.length - start, 3) + 1;
    for (let letter = 0; letter < letters; letter += 1) {
      text[end] = ALPHABET[(group >> (18 - 6 * letter)) & 63]!;
      end += 1;
    }
  }
  const string = new TextDecoder().decode(text);
  text.fill(0);
  return string;
}

function octets(view: ArrayBufferView): Uint8Array {
  try {
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  } catch (cause) {
    throw new SealwrightError("argument_invalid", "found bytes that were given away (a detached buffer)", undefined, cause);
  }
}

/** The bytes of base64url without padding. */
export function fromBase64Url(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let end = 0;
  let bits = 0;
  let group = 0;
  for (let place = 0; place < text.length; place += 1) {
    const value = VALUES[text.charCodeAt(place)] ?? 255;
    if (value === 255) {
      throw new SealwrightError("request_malformed", "found a string that is not base64url without padding");
    }
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[end] = group >> bits;
      end += 1;
    }
  }
  return bytes;
}

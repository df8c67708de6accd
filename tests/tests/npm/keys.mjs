// The keys of vectors outside of the engine: in WebCrypto where it knows the algorithm, as numbers otherwise.

import { decode } from "./schema.mjs";

const RSA = ["SHA-256", "SHA-384", "SHA-512"].flatMap((hash) => [
  [{ name: "RSASSA-PKCS1-v1_5", hash }, "sign"],
  [{ name: "RSA-PSS", hash }, "sign"],
]);
const OAEP = ["SHA-1", "SHA-256"].map((hash) => [{ name: "RSA-OAEP", hash }, "decrypt"]);
const ECDSA = ["P-256", "P-384", "P-521"].map((namedCurve) => [{ name: "ECDSA", namedCurve }, "sign"]);
const OTHERS = [[{ name: "Ed25519" }, "sign"], ...["44", "65", "87"].map((size) => [{ name: `ML-DSA-${size}` }, "sign"])];

/** A PKCS#8 key as every `CryptoKey` that this runtime makes of it, none of which can be exported. */
export async function importAll(pem) {
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, "")), (letter) => letter.charCodeAt(0));
  const keys = [];
  for (const [algorithm, usage] of [...RSA, ...OAEP, ...ECDSA, ...OTHERS]) {
    try {
      keys.push(await crypto.subtle.importKey("pkcs8", der, algorithm, false, [usage]));
    } catch {
      // A key of another algorithm, or one that is not known here.
    }
  }
  return { keys, der };
}

/** RSAES-PKCS1-v1_5 (RFC 8017 7.2.2), which WebCrypto does not have; null if the padding is wrong. */
export async function decryptPkcs1(der, input) {
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "RSA-PSS", hash: "SHA-256" }, true, ["sign"]);
  const { n, d } = await crypto.subtle.exportKey("jwk", key);
  const [modulus, exponent] = [n, d].map((text) => toNumber(decode(text)));
  const encoded = power(toNumber(input), exponent, modulus).toString(16).padStart(decode(n).length * 2, "0");
  const bytes = Uint8Array.from(encoded.match(/../g), (octet) => parseInt(octet, 16));
  const end = bytes.indexOf(0, 2);
  return bytes[0] === 0 && bytes[1] === 2 && end >= 10 ? bytes.slice(end + 1) : null;
}

function toNumber(bytes) {
  return BigInt(`0x${Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("") || "0"}`);
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let bit = exponent.toString(2), place = 0; place < bit.length; place += 1) {
    result = (result * result) % modulus;
    if (bit[place] === "1") result = (result * base) % modulus;
  }
  return result;
}

// A SCEP client (RFC 8894): HTTP by `fetch`, everything else by the package.

import { scepOpenReply, scepReadCaCertificates, scepSealRequest } from "sealwright";

/** The largest response that is read, in bytes. */
const MAX_RESPONSE = 8 << 20;

/** A SCEP server. */
export class ScepServer {
  #url;

  /** @param {string} url - Such as `http://127.0.0.1:8080/scep`. */
  constructor(url) {
    this.#url = url;
  }

  /**
   * The server's certificates, as far as they lead to the one that is trusted.
   *
   * @param {string} fingerprint - SHA-256 of that certificate in hexadecimal, known in another way.
   */
  async certificates(fingerprint) {
    const body = await this.#send("GetCACert");
    return scepReadCaCertificates({ body, trusted_sha256: fingerprint });
  }

  /**
   * What the server says that it can do (RFC 8894 3.5.2), in lower case. Old ones say nothing.
   *
   * @returns {Promise<Set<string>>}
   */
  async capabilities() {
    try {
      const text = new TextDecoder().decode(await this.#send("GetCACaps"));
      return new Set(text.split("\n").map((line) => line.trim().toLowerCase()));
    } catch {
      return new Set();
    }
  }

  /**
   * Sends one message and opens the reply.
   *
   * @param {object} wanted - What `scepSealRequest` takes, without recipient and cipher.
   * @param {{ ca: object, keys: import("sealwright").KeyRing, allowLegacy: boolean }} setting - The server's certificates,
   * the keys that `wanted` names, and whether a reply may be encrypted with single DES.
   */
  async ask(wanted, { ca, keys, allowLegacy }) {
    const capabilities = await this.capabilities();
    const isModern = capabilities.has("aes") || capabilities.has("scepstandard") || !capabilities.has("des3");
    const cipher = isModern ? "aes_128_cbc" : "des_ede3_cbc";
    const { message, pending } = scepSealRequest({ ...wanted, recipient: ca.encryption, content_cipher: cipher }, keys);
    const canPost = capabilities.has("postpkioperation") || capabilities.has("scepstandard");
    const reply = await this.#send("PKIOperation", message, canPost);
    return scepOpenReply(
      {
        message: reply,
        pending,
        key: wanted.key,
        csr: wanted.csr,
        authorities: ca.certificates,
        allow_legacy: allowLegacy,
        now: Math.floor(Date.now() / 1000),
      },
      keys,
    );
  }

  async #send(operation, message, canPost = false) {
    const url = new URL(this.#url);
    url.searchParams.set("operation", operation);
    if (message !== undefined && !canPost) url.searchParams.set("message", Buffer.from(message).toString("base64"));
    const post = { method: "POST", body: message, headers: { "content-type": "application/x-pki-message" } };
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000), ...(canPost ? post : {}) });
    if (!response.ok) throw new Error(`${operation}: found the status ${response.status}`);
    return readAtMost(response, MAX_RESPONSE, operation);
  }
}

/** The body, unless it is longer: what a header says of its length, anybody can write. */
async function readAtMost(response, limit, operation) {
  const parts = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > limit) throw new Error(`${operation}: found more than ${limit} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

import { SealwrightError } from "./error.js";
import { checkKeyId } from "./key_id.js";
import type { KeyReference } from "./generated/requests.js";
import type { DecryptQuestion, Question, Signer, SignQuestion } from "./signer.js";
import { describe, isPlain } from "./value.js";

/** What of a `CryptoKey` is looked at; every one fits. */
export interface WebCryptoKey {
  readonly type: string;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/** A key of WebCrypto, or several for one id: a `CryptoKey` has one algorithm, an RSA key that signs and decrypts is two. */
export type WebCryptoKeys = WebCryptoKey | readonly WebCryptoKey[];

interface Scheme {
  readonly name: string;
  readonly hash?: string;
  readonly namedCurve?: string;
  /** What WebCrypto has to be told at each use. */
  readonly parameters?: object;
}

const rsa = (name: string, hash: string, parameters?: object): Scheme =>
  parameters === undefined ? { name, hash } : { name, hash, parameters };
const ecdsa = (namedCurve: string, hash: string): Scheme => ({ name: "ECDSA", namedCurve, parameters: { hash } });

const SCHEMES: { readonly [scheme in SignQuestion["scheme"] | DecryptQuestion["scheme"]]: Scheme | undefined } = {
  rsa_pkcs1_sha256: rsa("RSASSA-PKCS1-v1_5", "SHA-256"),
  rsa_pkcs1_sha384: rsa("RSASSA-PKCS1-v1_5", "SHA-384"),
  rsa_pkcs1_sha512: rsa("RSASSA-PKCS1-v1_5", "SHA-512"),
  rsa_pss_sha256: rsa("RSA-PSS", "SHA-256", { saltLength: 32 }),
  rsa_pss_sha384: rsa("RSA-PSS", "SHA-384", { saltLength: 48 }),
  rsa_pss_sha512: rsa("RSA-PSS", "SHA-512", { saltLength: 64 }),
  ecdsa_p256_sha256: ecdsa("P-256", "SHA-256"),
  ecdsa_p384_sha384: ecdsa("P-384", "SHA-384"),
  ecdsa_p521_sha512: ecdsa("P-521", "SHA-512"),
  ed25519: { name: "Ed25519" },
  ml_dsa_44: { name: "ML-DSA-44" },
  ml_dsa_65: { name: "ML-DSA-65" },
  ml_dsa_87: { name: "ML-DSA-87" },
  rsa_oaep_sha1: rsa("RSA-OAEP", "SHA-1"),
  rsa_oaep_sha256: rsa("RSA-OAEP", "SHA-256"),
  // WebCrypto does not have it.
  rsa_pkcs1: undefined,
};

/**
 * Signs and decrypts with keys of WebCrypto, which need not be extractable and never enter the engine's memory.
 *
 * WebCrypto does not decrypt RSA PKCS#1 v1.5, which is what most SCEP messages are encrypted with: such a key has to be
 * lent in a `KeyRing`, or held by something else.
 */
export class WebCryptoSigner implements Signer {
  readonly #keys: ReadonlyMap<string, readonly WebCryptoKey[]>;

  /** @param keys - The private keys by the ids that requests name them by, in a plain object. */
  constructor(keys: { readonly [id: string]: WebCryptoKeys }) {
    if (!isPlain(keys)) throw wanted(keys, "an object with a CryptoKey for each id");
    this.#keys = new Map(Object.entries(keys).map(([id, keys]) => [id, listed(id, keys)]));
  }

  async sign(question: SignQuestion): Promise<Uint8Array> {
    const { key, parameters } = this.#find(question);
    return new Uint8Array(await crypto.subtle.sign(parameters, key, question.input as BufferSource));
  }

  async decrypt(question: DecryptQuestion): Promise<Uint8Array | null> {
    const { key, parameters } = this.#find(question);
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters, key, question.input as BufferSource));
    } catch (error) {
      // Wrong padding, of which WebCrypto says nothing more.
      if (error instanceof DOMException && error.name === "OperationError") return null;
      throw error;
    }
  }

  #find(question: Question): { key: CryptoKey; parameters: AlgorithmIdentifier } {
    const keys = this.#keys.get(question.key);
    const name = JSON.stringify(question.key);
    if (keys === undefined) throw new SealwrightError("key_unknown", `the signer has no key ${name}`);
    const scheme = SCHEMES[question.scheme];
    if (scheme === undefined) {
      throw new SealwrightError("key_unfit", `WebCrypto cannot ${question.use} by ${question.scheme}, as the key ${name} has to`);
    }
    const key = keys.find((key) => fits(key as CryptoKey, scheme, question.use));
    if (key === undefined) {
      const { parameters: _, ...wanted } = scheme;
      const found = keys.map((key) => JSON.stringify({ ...(key.algorithm as object), usages: key.usages, publicExponent: undefined }));
      const detail = `found ${found.join(" and ") || "no key"} as ${name}, wanted ${JSON.stringify(wanted)} that may ${question.use}`;
      throw new SealwrightError("key_unfit", detail);
    }
    return { key: key as CryptoKey, parameters: { name: scheme.name, ...scheme.parameters } };
  }
}

function wanted(found: unknown, what: string): SealwrightError {
  const isPair = isPlain(found) && "privateKey" in found;
  const told = isKey(found) ? `a ${found.type} key` : isPair ? "a pair of keys" : describe(found);
  return new SealwrightError("argument_invalid", `found ${told}, wanted ${what}`);
}

function listed(id: string, keys: WebCryptoKeys): readonly WebCryptoKey[] {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
  const what = `a private CryptoKey, or a list of them, as ${JSON.stringify(id)}`;
  for (const key of list) {
    if (!isKey(key) || key.type !== "private") throw wanted(key, what);
  }
  return list as readonly WebCryptoKey[];
}

function isKey(value: unknown): value is WebCryptoKey {
  const { type, algorithm, usages } = (value ?? {}) as Partial<WebCryptoKey>;
  return typeof type === "string" && typeof algorithm?.name === "string" && Array.isArray(usages);
}

function fits(key: CryptoKey, scheme: Scheme, use: "sign" | "decrypt"): boolean {
  const algorithm = key.algorithm as { name: string; hash?: { name: string }; namedCurve?: string };
  return (
    algorithm.name === scheme.name &&
    algorithm.hash?.name === scheme.hash &&
    algorithm.namedCurve === scheme.namedCurve &&
    key.usages.includes(use)
  );
}

/**
 * How requests name a key of WebCrypto: its id, and its public half in PEM.
 *
 * @param id - Of the caller's choosing.
 * @param publicKey - The public `CryptoKey`; it has to be extractable, as it is unless it was imported otherwise.
 */
export async function keyReference(id: string, publicKey: WebCryptoKey): Promise<KeyReference> {
  checkKeyId(id);
  if (!isKey(publicKey) || publicKey.type !== "public") throw wanted(publicKey, "the public CryptoKey");
  const spki = await exported(publicKey as CryptoKey);
  const base64 = btoa(Array.from(spki, (octet) => String.fromCharCode(octet)).join(""));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return { id, public_key: `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n` };
}

/** Its SubjectPublicKeyInfo. */
async function exported(publicKey: CryptoKey): Promise<Uint8Array> {
  try {
    return new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
  } catch (cause) {
    throw new SealwrightError("key_unfit", "found a public key that WebCrypto does not export, wanted one that is extractable", undefined, cause);
  }
}

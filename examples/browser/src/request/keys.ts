import { toPem } from "../files.js";

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]) };

/** The keys that WebCrypto makes and the engine knows. */
export const KEYS: { readonly [id: string]: { readonly name: string; readonly algorithm: RsaHashedKeyGenParams | EcKeyGenParams | Algorithm } } = {
  p256: { name: "ECDSA, P-256", algorithm: { name: "ECDSA", namedCurve: "P-256" } },
  p384: { name: "ECDSA, P-384", algorithm: { name: "ECDSA", namedCurve: "P-384" } },
  "rsa-2048": { name: "RSA, 2048 bits", algorithm: { ...RSA, modulusLength: 2048 } },
  "rsa-3072": { name: "RSA, 3072 bits", algorithm: { ...RSA, modulusLength: 3072 } },
  ed25519: { name: "Ed25519", algorithm: { name: "Ed25519" } },
};

/** A key pair of one of these kinds. */
export async function generatePair(kind: string, extractable: boolean): Promise<CryptoKeyPair> {
  const known = KEYS[kind];
  if (known === undefined) throw new Error(`there is no key of the kind ${kind}`);
  return (await crypto.subtle.generateKey(known.algorithm, extractable, ["sign", "verify"])) as CryptoKeyPair;
}

/** A private key in PKCS#8, PEM; only of those that can be exported. */
export async function privateKeyPem(key: CryptoKey): Promise<string> {
  return toPem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
}

// The keys, requests and certificates that all of them work with, made by the package.

import { sealwright } from "./package_under_test.mjs";

const ALGORITHMS = { "RSA-2048": "rsa-2048", "P-256": "p256" };

/** An authority with its key in every form, and a certification request for another key of the same kind. */
export async function cast(kind) {
  const keys = new sealwright.KeyRing();
  const [root, device] = ["root", "device"].map((id) => {
    const pair = sealwright.generateKey({ algorithm: ALGORITHMS[kind] });
    keys.import(id, pair.private_key);
    return pair;
  });
  const { authority } = sealwright.createAuthority({ subject: "CN=Root,O=Acme", key: { id: "root" } }, keys);
  const { csr } = sealwright.createCsr({ subject: "CN=laptop-7,O=Acme", key: { id: "device" } }, keys);
  const webCrypto = await crypto.subtle.importKey("pkcs8", der(root.private_key), algorithmOf(kind), false, ["sign"]);
  return { kind, keys, root, device, authority, csr, webCrypto, jws: kind === "P-256" ? "ES256" : "RS256" };
}

/** What WebCrypto calls a key of that kind. */
export function algorithmOf(kind) {
  if (kind === "P-256") return { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
}

/** The bytes of a text in PEM. */
export function der(pem) {
  return Uint8Array.from(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64"));
}

/** So many different certificates of the cast's authority. */
export function certificates({ authority, csr, keys }, count) {
  const make = (_, index) => sealwright.signCsr({ authority, csr, profile: "device-identity", subject: `CN=device-${index}` }, keys).certificate;
  return Array.from({ length: count }, make);
}

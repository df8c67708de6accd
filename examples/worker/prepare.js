// Makes what the worker needs to be tried: its settings (.dev.vars), a link that opens a file (link.txt), and a report that a
// device has signed (report.json, report.sig).

import { writeFileSync } from "node:fs";
import { createAuthority, createCsr, generateKey, init, jwks, KeyRing, signCsr, signMessage, signUrl } from "sealwright";

await init();
const keys = new KeyRing();
const make = (id) => {
  const { private_key, public_key } = generateKey({ algorithm: "p256" });
  keys.import(id, private_key);
  return public_key;
};
for (const id of ["root", "device"]) make(id);
const tokenKey = make("tokens");

const { authority } = createAuthority({ subject: "CN=Devices", key: { id: "root" } }, keys);
const { csr } = createCsr({ subject: "CN=laptop-7", key: { id: "device" } }, keys);
const { certificate } = signCsr({ authority, csr, profile: "device-identity" }, keys);

const set = JSON.stringify(jwks({ keys: [{ public_key: tokenKey }] }).jwks);
const root = authority.certificate.replaceAll("\n", "\\n");
writeFileSync(".dev.vars", `ISSUER="portal"\nJWKS='${set}'\nROOT="${root}"\n`);

const token = { shape: "bound", issuer: "portal", subject: "laptop-7", audience: ["downloads"], lifetime_seconds: 3600 };
const { url } = signUrl({ url: "/files/app-1.2.txt", key: { id: "tokens" }, token }, keys);
writeFileSync("link.txt", url);

const body = new TextEncoder().encode('{"free_bytes":1234}');
const { signature } = signMessage({ key: { id: "device" }, certificate, body, message: { form: "detached_cms" } }, keys);
writeFileSync("report.json", body);
writeFileSync("report.sig", signature);
keys.free();

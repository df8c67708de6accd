import { createAuthority, createCsr, generateKey, KeyRing, signCsr } from "sealwright";
import type { Given } from "../files.js";

/** A server's certificate that ends in a week, with its authority's. */
export function example(): Given {
  const keys = new KeyRing();
  for (const id of ["root", "server"]) keys.import(id, generateKey({ algorithm: "p256" }).private_key);
  const { authority } = createAuthority({ subject: "CN=Example Root,O=Example", key: { id: "root" } }, keys);
  const names = ["dns:files.example.com", "dns:mirror.example.com"];
  const { csr } = createCsr({ subject: "CN=files.example.com", key: { id: "server" }, subject_alternative_names: names }, keys);
  const { certificate } = signCsr({ authority, csr, profile: "tls-server", validity_seconds: 7 * 86_400 }, keys);
  keys.free();
  return { name: "example.pem", bytes: new TextEncoder().encode(certificate + authority.certificate) };
}

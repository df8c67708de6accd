import { createCsr, generateKey, init, KeyRing } from "sealwright";
import * as verify from "sealwright/verify";

/** A certification request, if the entry that verifies finds in it what it was made of. */
export async function request() {
  await Promise.all([init(), verify.init()]);
  const keys = new KeyRing();
  keys.import("k", generateKey({ algorithm: "p256" }).private_key);
  const { csr } = createCsr({ subject: "CN=consumer", key: { id: "k" } }, keys);
  const [{ subject }] = verify.inspect({ input: csr }).objects;
  if (subject !== "CN=consumer") throw new Error(`found the subject ${subject}`);
  return csr;
}

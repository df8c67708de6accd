import { createCsr, generateKey, init, KeyRing } from "sealwright";

async function run() {
  await init();
  const keys = new KeyRing();
  keys.import("k", generateKey({ algorithm: "p256" }).private_key);
  return createCsr({ subject: "CN=consumer", key: { id: "k" } }, keys).csr;
}

run().then(
  (value) => (globalThis.result = { value }),
  (error) => (globalThis.result = { error: String(error.stack ?? error) }),
);

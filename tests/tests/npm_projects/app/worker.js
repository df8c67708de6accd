import { createCsr, generateKey, init, KeyRing } from "sealwright";

export default {
  async fetch() {
    await init();
    const keys = new KeyRing();
    keys.import("k", generateKey({ algorithm: "p256" }).private_key);
    return new Response(createCsr({ subject: "CN=consumer", key: { id: "k" } }, keys).csr);
  },
};

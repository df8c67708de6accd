// What has to compile, and what must not, with no library but that of the language.

import { createCsr, createCsrAsync, init, KeyRing, scepReadCaCertificates, SealwrightError, signCsr } from "sealwright";
import type { ErrorCode, requests, responses, Signer } from "sealwright";

await init();
const keys = new KeyRing();
const key: requests.KeyReference = { id: "k" };
const { csr }: responses.CreateCsrResponse = createCsr({ subject: "CN=x", key }, keys);
const signer: Signer = { sign: async ({ input }) => input };
const later: Promise<responses.CreateCsrResponse> = createCsrAsync({ subject: "CN=x", key }, signer);
const code: ErrorCode = "csr_malformed";
const error = new SealwrightError(code, "x");

/** An authority that was made goes back in as it is. */
export function sign(authority: responses.Authority): string {
  return signCsr({ authority, csr, profile: "tls-server", now: 1_800_000_000 }, keys).certificate;
}

scepReadCaCertificates({ body: new Uint8Array(3) });
// @ts-expect-error: text where bytes are wanted
scepReadCaCertificates({ body: "MIIB" });
// @ts-expect-error: a field that is not there
createCsr({ subject: "CN=x", key, no_such_field: 1 });
// @ts-expect-error: a field that is missing
createCsr({ subject: "CN=x" });
// @ts-expect-error: a time is a number
signCsr({ authority: {} as requests.Authority, csr, profile: "tls-server", now: new Date() });
// @ts-expect-error: no such code
const none: ErrorCode = "no_such_code";

export { error, later, none };

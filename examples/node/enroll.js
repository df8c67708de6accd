// Gets a certificate from a SCEP server, or a new one for one that it gave: see README.md.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCsr, generateKey, init, KeyRing, SealwrightError } from "sealwright";
import { ScepServer } from "./scep.js";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    fingerprint: { type: "string" },
    subject: { type: "string" },
    out: { type: "string", default: "." },
    renew: { type: "boolean", default: false },
    "allow-legacy": { type: "boolean", default: false },
    "poll-seconds": { type: "string", default: "30" },
    polls: { type: "string", default: "10" },
  },
});

const file = (name) => join(options.out, name);

async function enroll() {
  for (const name of ["url", "fingerprint", "subject"]) {
    if (options[name] === undefined) throw new Error(`--${name} is missing`);
  }
  await init();
  const server = new ScepServer(options.url);
  const ca = await server.certificates(options.fingerprint.replaceAll(":", "").toLowerCase());
  const keys = new KeyRing();
  const { private_key, public_key } = generateKey({ algorithm: "rsa-2048" });
  keys.import("new", private_key);
  const { csr } = createCsr(
    {
      subject: options.subject,
      key: { id: "new", public_key },
      challenge_password: options.renew ? null : (process.env.SCEP_CHALLENGE ?? null),
    },
    keys,
  );
  const signer = options.renew ? await renewal(keys) : { message_type: "pkcs_req", key: { id: "new", public_key } };
  const setting = { ca, keys, allowLegacy: options["allow-legacy"] };
  const [certificate, ...others] = await waitFor(server, { ...signer, csr }, setting);
  keys.free();
  await mkdir(options.out, { recursive: true });
  await writeFile(file("key.pem"), private_key, { mode: 0o600 });
  await writeFile(file("certificate.pem"), certificate);
  const issuers = [...others, ...ca.certificates].filter((pem, index, all) => all.indexOf(pem) === index);
  await writeFile(file("issuers.pem"), issuers.join(""));
  console.log(`${file("certificate.pem")} and ${file("key.pem")} are written`);
}

/** A renewal is signed with the certificate that is to be replaced, and its key. */
async function renewal(keys) {
  keys.import("old", await readFile(file("key.pem"), "utf8"));
  return { message_type: "renewal_req", key: { id: "old" }, signer_certificate: await readFile(file("certificate.pem"), "utf8") };
}

/** Asks, and asks again for as long as somebody has to decide. */
async function waitFor(server, first, setting) {
  let wanted = first;
  for (let poll = 0; poll <= Number(options.polls); poll += 1) {
    const reply = await server.ask(wanted, setting);
    if (reply.status === "success") return reply.certificates;
    if (reply.status === "failure") throw new Error(`the server refused: ${reply.fail_info} ${reply.fail_info_text ?? ""}`);
    console.error("The request waits for somebody's decision.");
    await new Promise((resolve) => setTimeout(resolve, Number(options["poll-seconds"]) * 1000));
    wanted = { ...first, message_type: "cert_poll", issuer: setting.ca.authority };
  }
  throw new Error("nobody has decided yet");
}

try {
  await enroll();
} catch (error) {
  const code = error instanceof SealwrightError ? ` (${error.code})` : "";
  console.error(`${error.message}${code}`);
  process.exitCode = 1;
}

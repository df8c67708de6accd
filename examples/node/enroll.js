// Gets a certificate from a SCEP server, or a new one for one that it gave: see README.md.

import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
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
  await mkdir(options.out, { recursive: true });
  const keys = new KeyRing();
  keys.import("new", await newKey());
  const { csr } = createCsr(
    {
      subject: options.subject,
      key: { id: "new" },
      challenge_password: options.renew ? null : (process.env.SCEP_CHALLENGE ?? null),
    },
    keys,
  );
  const signer = options.renew ? await renewal(keys) : { message_type: "pkcs_req", key: { id: "new" } };
  const setting = { ca, keys, allowLegacy: options["allow-legacy"] };
  const [certificate, ...others] = await waitFor(server, { ...signer, csr }, setting);
  keys.free();
  const issuers = [...others, ...ca.certificates].filter((pem, index, all) => all.indexOf(pem) === index);
  await writeFile(file("issuers.pem"), issuers.join(""));
  await writeFile(file("new-certificate.pem"), certificate);
  // Not before both are there: neither is of use without the other.
  for (const name of ["key.pem", "certificate.pem"]) await rename(file(`new-${name}`), file(name));
  console.log(`${file("certificate.pem")} and ${file("key.pem")} are written`);
}

/** The key to be certified: that of a request that waits, if there is one, since the server knows the request by it. */
async function newKey() {
  const path = file("new-key.pem");
  const waiting = await readFile(path, "utf8").catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (waiting !== undefined) {
    await chmod(path, 0o600);
    return waiting;
  }
  const { private_key } = generateKey({ algorithm: "rsa-2048" });
  await writeFile(path, private_key, { mode: 0o600 });
  return private_key;
}

/** A renewal is signed with the certificate that is to be replaced, and its key. */
async function renewal(keys) {
  keys.import("old", await readFile(file("key.pem"), "utf8"));
  return { message_type: "renewal_req", key: { id: "old" }, signer_certificate: await readFile(file("certificate.pem"), "utf8") };
}

/** Asks, and asks again for as long as somebody has to decide. */
async function waitFor(server, first, setting) {
  let wanted = first;
  for (let poll = 0; ; poll += 1) {
    const reply = await server.ask(wanted, setting);
    if (reply.status === "success") return reply.certificates;
    if (reply.status === "failure") {
      await rm(file("new-key.pem"));
      throw new Error(`the server refused: ${reply.fail_info} ${reply.fail_info_text ?? ""}`);
    }
    if (poll >= Number(options.polls)) throw new Error("nobody has decided yet: the same command asks again");
    console.error("The request waits for somebody's decision.");
    await new Promise((resolve) => setTimeout(resolve, Number(options["poll-seconds"]) * 1000));
    wanted = { ...first, message_type: "cert_poll", issuer: setting.ca.authority };
  }
}

try {
  await enroll();
} catch (error) {
  const code = error instanceof SealwrightError ? ` (${error.code})` : "";
  console.error(`${error.message}${code}`);
  process.exitCode = 1;
}

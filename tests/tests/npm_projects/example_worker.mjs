// `example_worker.mjs PUBLIC_KEY LINK`: examples/worker in `wrangler dev`, what it lets through, and what it does not. The
// link is one of `sealwright token sign-url`, by the key (PEM).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { example } from "./example.mjs";
import { wranglerDev } from "./wrangler.mjs";

const [hostKey, hostLink] = process.argv.slice(2);
const folder = example("worker");
const read = (name) => readFileSync(join(folder, name), "utf8");
const sealwright = await import(pathToFileURL(join(folder, "node_modules/sealwright/dist/node.js")));
await sealwright.init();
execFileSync("node", ["prepare.js"], { cwd: folder });
const known = jwk();
knows([known, ...sealwright.jwks({ keys: [{ public_key: hostKey }] }).jwks.keys]);
await remembers();
const worker = await wranglerDev(folder);
try {
  assert.equal((await fetch(`${worker.url}${hostLink}`)).status, 200);
  await downloads(read("link.txt"));
  await reports(read("report.json"), read("report.sig"));
} catch (error) {
  console.error(worker.said.join(""));
  throw error;
} finally {
  await worker.stop();
}

async function refused(response, status, code) {
  const { error } = await response.json();
  assert.deepEqual([response.status, error], [status, code]);
}

async function downloads(link) {
  const get = (path) => fetch(`${worker.url}${path}`);
  const opened = await get(link);
  assert.equal(opened.status, 200);
  assert.equal(opened.headers.get("cache-control"), "private, no-store");
  assert.equal(await opened.text(), readFileSync(join(folder, "public/files/app-1.2.txt"), "utf8"));
  const [path, token] = link.split("?token=");
  await refused(await get(path), 403, "url_token_missing");
  await refused(await get(`/files/other.txt?token=${token}`), 403, "jwt_path_refused");
  await refused(await get(`/files/x/..%2fapp-1.2.txt?token=${token}`), 403, "url_path_refused");
  await refused(await get(`${path}?token=${token}&token=${token}`), 403, "url_token_repeated");
  const [head, claims, signature] = token.split(".");
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, "base64url")), sub: "other" })).toString("base64url");
  await refused(await get(`${path}?token=${head}.${forged}.${signature}`), 403, "jwt_signature_invalid");
  for (const [change, code] of [[{}, "jwt_key_unknown"], [{ kid: known.kid }, "jwt_signature_invalid"]]) {
    await refused(await get(stranger(path, change)), 403, code);
  }
  // What is guarded is not there for those who go around the guard.
  assert.equal((await get("/files/../files//app-1.2.txt")).status, 403);
  assert.equal((await fetch(`${worker.url}${link}`, { method: "POST" })).status, 404);
}

/** The key that the links of `prepare.js` are signed with. */
function jwk() {
  return JSON.parse(/JWKS='(.*)'/.exec(read(".dev.vars"))[1]).keys[0];
}

/** Has the worker know these keys. */
function knows(keys) {
  writeFileSync(join(folder, ".dev.vars"), read(".dev.vars").replace(/JWKS='.*'/, `JWKS='${JSON.stringify({ keys })}'`));
}

/** What was heard once is not new in its last second, nor just after: the clock was read before. */
async function remembers() {
  const folder = example("worker", "worker-replays");
  const asks = `export { Replays } from "./replays.js";
    export default {
      async fetch(request, env) {
        if (request.method === "GET") return new Response();
        const { key, until } = await request.json();
        return Response.json(await env.REPLAYS.get(env.REPLAYS.idFromName("one")).isNew(key, until));
      },
    };`;
  writeFileSync(join(folder, "worker.js"), asks);
  const worker = await wranglerDev(folder);
  const isNew = async (key, until) => (await fetch(worker.url, { method: "POST", body: JSON.stringify({ key, until }) })).json();
  try {
    const now = Math.floor(Date.now() / 1000);
    for (const until of [now - 60, now, now + 60]) {
      assert.deepEqual([await isNew(`k${until}`, until), await isNew(`k${until}`, until)], [true, false], `${until - now}`);
    }
    // It does not grow for ever.
    assert.deepEqual([await isNew("old", now - 4000), await isNew("old", now - 4000)], [true, true]);
  } finally {
    await worker.stop();
  }
}

/** A link that somebody else's key signed, with the key's id or another one's. */
function stranger(url, more) {
  const keys = new sealwright.KeyRing();
  keys.import("k", sealwright.generateKey({ algorithm: "p256" }).private_key);
  const token = { shape: "bound", issuer: "portal", lifetime_seconds: 60, ...more };
  return sealwright.signUrl({ url, key: { id: "k" }, token }, keys).url;
}

async function reports(body, signature) {
  const post = (body, signature) =>
    fetch(`${worker.url}/reports`, { method: "POST", body, headers: signature === undefined ? {} : { "mdm-signature": signature } });
  await refused(await post(`${body} `, signature), 403, "message_body_mismatch");
  await refused(await post(body), 403, "message_malformed");
  const taken = await post(body, signature);
  assert.equal(taken.status, 202);
  const { device, bytes } = await taken.json();
  assert.deepEqual([device, bytes], ["laptop-7", body.length]);
  await refused(await post(body, signature), 409, "message_replayed");
  assert.equal((await post("x".repeat((1 << 20) + 1), signature)).status, 413);
  // A device of somebody else's authority, which has the same name.
  const other = example("worker", "worker-other");
  execFileSync("node", ["prepare.js"], { cwd: other });
  const theirs = ["report.json", "report.sig"].map((name) => readFileSync(join(other, name), "utf8"));
  await refused(await post(...theirs), 403, "path_signature_invalid");
}

// What the functions promise beside the engine: loading, errors, defaults, keys, memory.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as sealwright from "sealwright";
import { isWiped, watch } from "./spy.mjs";

const { KeyRing, SealwrightError, WebCryptoSigner, createAuthority, createCsr, generateKey, init, initSync } = sealwright;
const wasm = readFileSync(createRequire(import.meta.url).resolve("sealwright/sealwright.wasm"));

/** The exports of the instance that the package made last, and the one of them whose call is a trap. */
const spied = { exports: undefined, trap: undefined };

function spy({ exports }) {
  spied.exports = exports;
  const trapping = (name) => [name, (...parameters) => {
    if (spied.trap === name) throw new WebAssembly.RuntimeError("unreachable");
    return exports[name](...parameters);
  }];
  const names = ["sealwright_call", "sealwright_engine_import_key"].filter((name) => name in exports);
  return { exports: { ...exports, ...Object.fromEntries(names.map(trapping)) } };
}

const { instantiate, Instance } = WebAssembly;
WebAssembly.instantiate = async (module, imports) => spy(await instantiate(module, imports));
WebAssembly.Instance = function (module, imports) {
  return spy(new Instance(module, imports));
};

function thrown(work) {
  try {
    work();
  } catch (error) {
    assert(error instanceof SealwrightError && error instanceof Error, error);
    return error;
  }
  assert.fail("nothing was thrown");
}

const authority = { subject: "CN=Root", key: { id: "root" }, validity_seconds: 86_400_000 };

test("nothing works before init, and says so", () => {
  const error = thrown(() => sealwright.profiles());
  assert.equal(error.code, "not_initialized");
  assert.match(error.message, /init\(\)/);
  assert.throws(() => new KeyRing(), SealwrightError);
});

test("what is no module, or another one, is refused, and init may be tried again", async () => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const file = (name) => new URL(name, import.meta.url);
  for (const source of [empty, new Uint8Array(3), "data:text/plain,x", new Response("x", { status: 404 }), file("none.wasm"), 42, {}, new Blob([])]) {
    await assert.rejects(init(source), { name: "SealwrightError", code: "module_unusable" });
  }
  await assert.rejects(init(42), { message: /found 42, wanted an address/ });
  await assert.rejects(init(file("facade.mjs")), { message: /magic word/ });
  await assert.rejects(init(new Blob([])), { message: /wanted an address/ });
  await assert.rejects(init(String(file("facade.mjs")).replace("file", "FILE")), { message: /magic word/ });
  assert.equal(thrown(() => initSync(empty)).code, "module_unusable");
});

test("init loads once, from wherever the module is", async () => {
  await Promise.all([init(), init()]);
  const { exports } = spied;
  await init(new Uint8Array(3));
  initSync(wasm);
  assert.equal(spied.exports, exports);
  assert.ok(sealwright.profiles().profiles.length > 0);
});

test("an error has the engine's code, detail and place", () => {
  const error = thrown(() => createCsr({ subject: "CN=x", key: { id: "k" } }));
  assert.deepEqual([error.name, error.code, error.at], ["SealwrightError", "key_unknown", "key"]);
  assert.equal(error.message, `${error.detail} (at key)`);
  assert.equal(sealwright.errorCodes[error.code], 1201);
});

test("text where bytes are wanted is a clear error, and so are bytes where text is", () => {
  const text = thrown(() => sealwright.scepReadCaCertificates({ body: "MIIB" }));
  assert.deepEqual([text.code, text.at], ["request_malformed", "body"]);
  assert.equal(text.detail, "found a string, wanted bytes (a Uint8Array)");
  const bytes = thrown(() => sealwright.inspect({ input: wasm }));
  assert.deepEqual([bytes.code, bytes.at], ["request_malformed", "input"]);
});

test("what JSON cannot carry is refused and not changed", () => {
  const circle = {};
  circle.circle = circle;
  const angry = { get input() { throw new Error("no"); } };
  for (const input of [NaN, Infinity, 7n, Symbol("x"), () => {}, new Map(), new Date(0), circle, [undefined]]) {
    assert.equal(thrown(() => sealwright.inspect({ input })).code, "request_malformed");
  }
  // Null would be good there, and JSON makes null of it.
  assert.equal(thrown(() => sealwright.jwks({ keys: [], now: NaN })).code, "request_malformed");
  const error = thrown(() => sealwright.inspect(angry));
  assert.deepEqual([error.code, error.cause.message], ["request_malformed", "no"]);
  for (const field of ["op", "answers", "__proto__"]) {
    const request = JSON.parse(`{"input":"x","${field}":[]}`);
    assert.equal(thrown(() => sealwright.inspect(request)).code, "request_malformed", field);
  }
});

test("the clock and the seed are filled in, and what is given is kept", () => {
  const given = { algorithm: "p256", seed: new Uint8Array(32) };
  assert.equal(generateKey(given).private_key, generateKey(given).private_key);
  assert.notEqual(generateKey({ algorithm: "p256" }).private_key, generateKey({ algorithm: "p256" }).private_key);
  const keys = new KeyRing();
  keys.import("root", generateKey(given).private_key);
  const notBefore = (request) => createAuthority(request, keys).record.not_before;
  const now = Math.floor(Date.now() / 1000);
  assert.ok(Math.abs(notBefore(authority) - now) < 3600);
  assert.equal(notBefore({ ...authority, now: now + 86_400 }) - notBefore({ ...authority, now }), 86_400);
});

test("bytes come as bytes", () => {
  const keys = new KeyRing();
  keys.import("root", generateKey({ algorithm: "p256" }).private_key);
  const made = createAuthority(authority, keys).authority;
  assert.ok(made.subject_key_identifier instanceof Uint8Array);
  assert.equal(sealwright.signCrl({ authority: made, number: "1", entries: [] }, keys).entries, 0);
  assert.equal(sealwright.toBase64Url(new Uint8Array([251, 255])), "-_8");
});

test("keys are lent, and gone when the ring is freed", () => {
  const keys = new KeyRing();
  const request = { subject: "CN=x", key: { id: "k" } };
  assert.equal(thrown(() => createCsr(request, keys)).code, "key_unknown");
  assert.equal(thrown(() => keys.import("k", "no key")).code, "pem_malformed");
  assert.equal(thrown(() => keys.import("k", wasm)).code, "argument_invalid");
  const { private_key, public_key } = generateKey({ algorithm: "p256" });
  keys.import("k", private_key);
  assert.match(createCsr(request, keys).csr, /CERTIFICATE REQUEST/);
  // Another ring, or none, does not have it.
  const other = new KeyRing();
  assert.equal(thrown(() => createCsr(request, other)).code, "key_unknown");
  const known = { ...request, key: { id: "k", public_key } };
  assert.match(thrown(() => createCsr(known)).message, /held elsewhere/);
  keys.free();
  keys.free();
  assert.match(thrown(() => createCsr(request, keys)).message, /freed/);
  other.import("k", private_key);
  other[Symbol.dispose]();
  assert.match(thrown(() => createCsr(request, other)).message, /freed/);
});

test("wrong padding is no plaintext, and what else WebCrypto says comes through", async () => {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
  const signer = new WebCryptoSigner({ k: privateKey });
  const question = (input) => ({ use: "decrypt", key: "k", scheme: "rsa_oaep_sha256", input });
  const encrypted = new Uint8Array(await crypto.subtle.encrypt(algorithm, publicKey, new Uint8Array([1, 2, 3])));
  assert.deepEqual(await signer.decrypt(question(encrypted)), new Uint8Array([1, 2, 3]));
  encrypted[100] ^= 1;
  assert.equal(await signer.decrypt(question(encrypted)), null);
  await assert.rejects(signer.decrypt(question("text")), TypeError);
});

test("a key that cannot be exported signs, and what a signer throws comes through", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const request = { subject: "CN=x", key: await sealwright.keyReference("k", pair.publicKey) };
  const signer = new WebCryptoSigner({ k: pair.privateKey });
  assert.match((await sealwright.createCsrAsync(request, signer)).csr, /CERTIFICATE REQUEST/);
  const other = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const wrong = new WebCryptoSigner({ k: other.privateKey });
  await assert.rejects(sealwright.createCsrAsync(request, wrong), { code: "key_answer_invalid" });
  const { privateKey: unfitting } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]);
  const unfit = new WebCryptoSigner({ k: unfitting });
  await assert.rejects(sealwright.createCsrAsync(request, unfit), { code: "key_unfit" });
  await assert.rejects(sealwright.createCsrAsync(request, new WebCryptoSigner({})), { code: "key_unknown" });
  const refusal = new Error("the token is locked");
  const sign = () => Promise.reject(refusal);
  await assert.rejects(sealwright.createCsrAsync(request, { sign }), (error) => error === refusal);
});

/** Calls it once more than is measured, so that what is kept for the next time is there. */
async function growth(work) {
  await work();
  const before = spied.exports.memory.buffer.byteLength;
  await work();
  return spied.exports.memory.buffer.byteLength - before;
}

test("100,000 calls take no more memory, whether they fail or not", async () => {
  const grown = await growth(() => {
    for (let round = 0; round < 25_000; round += 1) {
      sealwright.writeOcspError({ status: "try_later" });
      thrown(() => sealwright.scepReadCaCertificates({ body: new Uint8Array(100) }));
    }
  });
  assert.equal(grown, 0);
});

test("key rings that are forgotten are freed", async () => {
  const { private_key } = generateKey({ algorithm: "rsa-2048", seed: new Uint8Array(32) });
  const grown = await growth(async () => {
    for (let round = 0; round < 400; round += 1) {
      new KeyRing().import("k", private_key);
      if (round % 50 !== 0) continue;
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  // What 400 of them take is more than a page.
  assert.ok(grown <= 1 << 16, `${grown}`);
});

test("after a defect there is a new engine, without the keys", () => {
  const { private_key } = generateKey({ algorithm: "p256" });
  const traps = { sealwright_call: () => sealwright.profiles(), sealwright_engine_import_key: (keys) => keys.import("k", private_key) };
  for (const [trap, work] of Object.entries(traps)) {
    const keys = new KeyRing();
    keys.import("k", private_key);
    const { memory } = spied.exports;
    spied.trap = trap;
    let error;
    const sent = watch(TextEncoder.prototype, "encode", () => {
      error = thrown(() => work(keys));
    });
    assert.equal(error.code, "engine_defect");
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    // Nothing of the keys is left in the memory of the old one, nor of what was sent to it.
    assert.ok(isWiped(new Uint8Array(memory.buffer)));
    assert.ok(sent.length > 0 && sent.every(({ made }) => isWiped(made)));
    spied.trap = undefined;
    assert.ok(sealwright.profiles().profiles.length > 0);
    assert.match(thrown(() => createCsr({ subject: "CN=x", key: { id: "k" } }, keys)).message, /new KeyRing/);
  }
});

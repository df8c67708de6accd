// What callers and signers do wrong, numbers that JavaScript rounds, and values that are kept as JSON.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as sealwright from "sealwright";
import { isWiped, watch } from "./spy.mjs";

const { call, createCsr, createCsrAsync, generateKey, init, KeyRing, parse, SealwrightError, stringify, verifyJwt } = sealwright;
await init();

const { private_key, public_key } = generateKey({ algorithm: "p256" });
const keys = new KeyRing();
keys.import("k", private_key);
const request = { subject: "CN=x", key: { id: "k", public_key } };

function refused(work, code, message) {
  assert.throws(work, (error) => {
    assert.ok(error instanceof SealwrightError, error.stack);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

test("call takes bytes, and nothing else", () => {
  for (const [wrong, found] of [["{}", /a string/], [{ op: "profiles" }, /an object/], [undefined, /undefined/], [null, /null/], [[123], /a list/]]) {
    refused(() => call(wrong), "argument_invalid", found);
  }
  assert.equal(call(Buffer.from('{"op":"profiles"}')).status, 0);
});

test("base64url is made of bytes, and of nothing else", () => {
  for (const [wrong, found] of [["hello", /a string/], [undefined, /undefined/], [[1, 2], /a list/], [new ArrayBuffer(4), /an object of a class/]]) {
    refused(() => sealwright.toBase64Url(wrong), "argument_invalid", found);
  }
  const bytes = new Uint8Array([0, 1, 2, 3, 4, 5]);
  const given = new Uint8Array(3);
  structuredClone(given.buffer, { transfer: [given.buffer] });
  refused(() => sealwright.toBase64Url(given), "argument_invalid", /given away/);
  assert.equal(sealwright.toBase64Url(new Uint16Array(bytes.buffer, 2)), sealwright.toBase64Url(bytes.subarray(2)));
});

test("keys of WebCrypto are told from what is none", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  for (const wrong of [undefined, null, "k", [pair.privateKey], new Map([["k", pair.privateKey]])]) {
    refused(() => new sealwright.WebCryptoSigner(wrong), "argument_invalid", /wanted an object with a CryptoKey for each id/);
  }
  for (const [wrong, found] of [[null, /found null/], ["x", /a string/], [{}, /an object/], [[pair.privateKey, 7], /found 7/], [pair.publicKey, /a public key/], [pair, /a pair of keys/]]) {
    refused(() => new sealwright.WebCryptoSigner({ k: wrong }), "argument_invalid", found);
  }
  refused(() => new sealwright.WebCryptoSigner(pair), "argument_invalid", /a public key, wanted a private CryptoKey.* as "publicKey"/);
  // Of a key that the runtime does not import under any algorithm there is an empty list.
  await assert.rejects(createCsrAsync(request, new sealwright.WebCryptoSigner({ k: [] })), { code: "key_unfit", message: /found no key as "k"/ });
  const named = (...parameters) => sealwright.keyReference(...parameters);
  for (const wrong of [undefined, {}, pair, "k"]) {
    await assert.rejects(named("k", wrong), { name: "SealwrightError", code: "argument_invalid", message: /wanted the public CryptoKey/ });
  }
  await assert.rejects(named("k", pair.privateKey), { code: "argument_invalid", message: /found a private key/ });
  await assert.rejects(named(7, pair.publicKey), { code: "argument_invalid", message: /wanted an id/ });
  await assert.rejects(named("\ud800", pair.publicKey), { code: "argument_invalid", message: /half a character/ });
  const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const kept = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  await assert.rejects(named("k", kept), { name: "SealwrightError", code: "key_unfit", message: /extractable/ });
});

test("ids and keys that cannot be lent are refused before they are copied", () => {
  for (const wrong of [undefined, null, 7, {}, new Uint8Array(3)]) {
    refused(() => keys.import("k", wrong), "argument_invalid", /wanted PEM/);
    refused(() => keys.import(wrong, private_key), "argument_invalid", /wanted an id/);
  }
  for (const large of ["x".repeat(100_000_000), "\u20ac".repeat(16_000_000)]) {
    refused(() => keys.import("k", large), "request_too_large", /more than 16777216 bytes/);
    refused(() => keys.import(large, private_key), "request_too_large", /more than 16777216 bytes/);
  }
  refused(() => keys.import("a\ud800", private_key), "argument_invalid", /half a character/);
  refused(() => keys.import("", private_key), "field_invalid", /key id of 0 bytes/);
  keys.import("\u{1f511}", private_key);
  assert.match(createCsr({ subject: "CN=x", key: { id: "\u{1f511}" } }, keys).csr, /CERTIFICATE REQUEST/);
});

test("what a page puts on Object.prototype is no part of requests and responses", () => {
  const names = ["error", "needs", "questions", "seed", "now", "request", "response", "at"];
  const signed = { ...request, subject_alternative_names: ["dns:a.example"] };
  const foreign = () => ["dns:evil.example"];
  let csr;
  try {
    for (const name of names) Object.prototype[name] = true;
    for (const prototype of [Object.prototype, Array.prototype]) prototype.toJSON = foreign;
    assert.ok(sealwright.profiles().profiles.length > 0);
    csr = createCsr(signed, keys).csr;
    try {
      keys.import("k", "no key");
      assert.fail("it is taken");
    } catch (error) {
      assert.deepEqual([error.code, error.at], ["pem_malformed", undefined]);
    }
  } finally {
    for (const name of names) delete Object.prototype[name];
    for (const prototype of [Object.prototype, Array.prototype]) delete prototype.toJSON;
  }
  assert.match(JSON.stringify(sealwright.inspect({ input: csr })), /a\.example/);
});

test("keys are a KeyRing, and a signer signs", async () => {
  for (const wrong of [{}, private_key, new Map(), null]) {
    refused(() => createCsr(request, wrong), "argument_invalid", /wanted a KeyRing/);
    refused(() => call(new Uint8Array(2), wrong), "argument_invalid", /wanted a KeyRing/);
  }
  for (const wrong of [undefined, null, {}, keys, private_key]) {
    await assert.rejects(createCsrAsync(request, wrong), { name: "SealwrightError", code: "argument_invalid", message: /wanted a Signer/ });
  }
});

test("what is no signature is told as that, whatever a signer answers", async () => {
  const answers = ["c2ln", undefined, null, 7, {}, [1, 2], new ArrayBuffer(64), Promise.resolve("x")];
  const wrongBytes = [new Uint8Array(), new Uint8Array(63), new Uint8Array(64), new Uint8Array(65), new Uint8Array(100_000)];
  for (const answer of [...answers, ...wrongBytes]) {
    const rejected = createCsrAsync(request, { sign: () => answer });
    await assert.rejects(rejected, { name: "SealwrightError", code: "key_answer_invalid" });
  }
  await assert.rejects(createCsrAsync(request, { sign: () => "c2ln" }), { message: /"k" with a string, wanted bytes/ });
});

test("an integer that JavaScript would round is an error, and others are not", () => {
  const now = 1_800_000_000;
  const verified = (claims) => {
    const part = (value) => Buffer.from(value).toString("base64url");
    const signed = `${part('{"alg":"ES256"}')}.${part(claims)}`;
    return signToken(signed).then((token) => verifyJwt({ token, now, keys: [{ public_key }], policy: { allow_without_expiry: true } }).claims);
  };
  const rejects = (claims) => assert.rejects(verified(claims), { name: "SealwrightError", code: "number_inexact", message: /9007199254740993/ });
  return Promise.all([
    rejects('{"id":9007199254740993}'),
    rejects('{"a":{"b":[1,-9007199254740993]}}'),
    verified('{"id":9007199254740991,"text":"9007199254740993 \\" 9007199254740993","f":0.12345678901234567}').then((claims) => {
      assert.equal(claims.id, Number.MAX_SAFE_INTEGER);
      assert.equal(claims.text, '9007199254740993 " 9007199254740993');
    }),
  ]);
});

test("strings of any length are passed over, and what stands in them", () => {
  for (const content of ["x".repeat(12_000_000), '\\"1234567890123456789'.repeat(600_000), "\\\\".repeat(6_000_000), ""]) {
    const text = (id) => `{"text":"${content}","id":${id}}`;
    assert.equal(parse("Authority", text("1234567890123456")).text, JSON.parse(`"${content}"`));
    refused(() => parse("Authority", text("9007199254740993")), "number_inexact", /9007199254740993/);
  }
  refused(() => parse("Authority", '{"text":"1234567890123456789'), "request_malformed", /no JSON/);
});

test("what goes to the engine is wiped, requests and keys, also where it is refused", () => {
  const seen = watch(TextEncoder.prototype, "encode", () => {
    keys.import("wiped", private_key);
    createCsr(request, keys);
    refused(() => keys.import("wiped", "no key"), "pem_malformed", /PEM/);
  });
  assert.equal(seen.length, 5);
  assert.ok(seen.every(({ given, made }) => made.length === given.length && isWiped(made)));
});

test("what the engine answers is wiped, also where it cannot be said in JavaScript", async () => {
  const part = (value) => Buffer.from(value).toString("base64url");
  const token = await signToken(`${part('{"alg":"ES256"}')}.${part('{"id":9007199254740993}')}`);
  const seen = watch(TextDecoder.prototype, "decode", () => {
    refused(() => verifyJwt({ token, keys: [{ public_key }], policy: { allow_without_expiry: true } }), "number_inexact", /9007199254740993/);
    sealwright.toBase64Url(new Uint8Array([1, 2, 3]));
  });
  assert.ok(seen.length > 1 && seen.every(({ given }) => isWiped(given)));
});

/** A token whose claims are this very text. */
async function signToken(signed) {
  const der = Buffer.from(private_key.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const key = await crypto.subtle.importKey("pkcs8", der, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}

test("an authority that was kept as JSON signs as before", () => {
  keys.import("next", generateKey({ algorithm: "p256" }).private_key);
  const { authority: first } = sealwright.createAuthority({ subject: "CN=Root", key: { id: "k" } }, keys);
  const renewed = sealwright.renewAuthority({ authority: first, mode: { new_key: { id: "next" } } }, keys);
  const { csr } = createCsr(request, keys);
  for (const authority of [first, renewed.authority]) {
    const text = stringify("Authority", authority);
    assert.match(JSON.parse(text).subject_key_identifier, /^[A-Za-z0-9_-]{27}$/);
    const kept = parse("Authority", text);
    assert.deepEqual(kept, authority);
    const sign = (authority) => sealwright.signCsr({ authority, csr, profile: "device-identity", now: 1_900_000_000, seed: new Uint8Array(32) }, keys);
    assert.equal(sign(kept).record.serial, sign(authority).record.serial);
  }
  // What JSON.stringify makes of it is refused, and not taken for something else.
  const broken = JSON.parse(JSON.stringify(first));
  refused(() => sealwright.signCsr({ authority: broken, csr, profile: "device-identity" }, keys), "request_malformed", /wanted bytes.*authority\.subject_key_identifier/);
});

test("a place can be read again, whatever the names on the way to it are", () => {
  const at = (value) => {
    try {
      stringify("Authority", value);
    } catch (error) {
      return error.at;
    }
    return assert.fail("it is taken");
  };
  const wrong = () => {};
  for (const name of ["a", "_", "a-b_0", "Z".repeat(256)]) {
    assert.equal(at({ [name]: [0, wrong] }), `${name}.1`);
    assert.equal(at({ a: [{ [name]: wrong }] }), `a.0.${name}`);
  }
  const quoted = {
    "a.b": String.raw`["a.b"]`,
    "0": String.raw`["0"]`,
    "-a": String.raw`["-a"]`,
    "": String.raw`[""]`,
    "a\n": String.raw`["a\u000a"]`,
    'a".b': String.raw`["a\".b"]`,
    "\\[x]": String.raw`["\\[x]"]`,
    "\0\t\x1b\x7f\xe9": String.raw`["\u0000\u0009\u001b\u007f\u00e9"]`,
    "\u{1f600}\u2028": String.raw`["\ud83d\ude00\u2028"]`,
    "\ud800": String.raw`["\ud800"]`,
    ["\xe9".repeat(42)]: `["${String.raw`\u00e9`.repeat(42)}"]`,
  };
  for (const [name, told] of Object.entries(quoted)) {
    assert.equal(at({ [name]: { [name]: [wrong] } }), `${told}${told}.0`);
    assert.equal(at({ a: { [name]: { b: wrong } } }), `a${told}.b`);
    assert.deepEqual(JSON.parse(told), [name]);
  }
  for (const name of ["a".repeat(257), "a.".repeat(127), "\xe9".repeat(43), "x".repeat(3_000_000)]) {
    assert.equal(at({ a: { [name]: { b: [wrong] } } }), "a");
    assert.equal(at({ [name]: { b: wrong } }), undefined);
  }
  for (const [name, told] of [["a.b", '["a.b"]'], ["x".repeat(20_000_000), undefined]]) {
    assert.equal(at({ [name]: "x".repeat(20_000_000) }), told);
  }
});

test("stored text that is something else is refused", () => {
  refused(() => parse("Authority", "{"), "request_malformed", /no JSON/);
  refused(() => parse("Authority", '{"subject_key_identifier":"!"}'), "request_malformed", /base64url/);
  for (const text of ["null", "7", "[]", '"text"']) refused(() => parse("Authority", text), "request_malformed", /wanted an object/);
  refused(() => stringify("Authority", "text"), "request_malformed", /wanted an object/);
  for (const type of ["authority", "Nope", "__proto__", "constructor", undefined]) {
    refused(() => parse(type, "{}"), "argument_invalid", /^found (another string|undefined), wanted the type: Authority, Pending, ReplyTo$/);
    refused(() => stringify(type, {}), "argument_invalid", /^found (another string|undefined), wanted the type: Authority, Pending, ReplyTo$/);
  }
  refused(() => stringify("Pending", { sender_nonce: "text" }), "request_malformed", /wanted bytes/);
});

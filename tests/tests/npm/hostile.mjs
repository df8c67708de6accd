// Requests that nobody should send, by the functions and as bytes: what is thrown, beside what the engine is asked natively.

import { readFileSync, writeFileSync } from "node:fs";
import * as sealwright from "sealwright";
import { camelCase, encode, Schema } from "./schema.mjs";

const ROUNDS = 25;

/** mulberry32: the same numbers in each run. */
function numbers(state) {
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function nested(levels) {
  let value = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? { x: value } : [value];
  return value;
}

/** Values that JSON has, and that no field is made for. Text among them is no base64url. */
const VALUES = [
  () => null,
  () => true,
  () => -1,
  () => 1.5,
  () => 1e300,
  () => Number.MAX_SAFE_INTEGER + 1,
  () => "",
  () => "\ud800",
  () => "a\udc00b",
  () => "\u0000 !",
  () => "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
  () => "!".repeat(1 << 20),
  () => [],
  () => [null],
  () => ({}),
  () => JSON.parse('{"__proto__":{"polluted":true}}'),
  () => ({ constructor: { prototype: { polluted: true } } }),
  () => ({ toJSON: "x" }),
  () => ({ length: 3, 0: "x" }),
  () => nested(100),
  () => nested(1000),
];

/** Names that no operation has, some of which mean something in JavaScript. */
const NAMES = ["no_such_field", "__proto__", "constructor", "toString", "hasOwnProperty", "toJSON", "", "\ud800", "op\u0000"];

/** One change somewhere in a request. */
function mutate(request, random) {
  const objects = [];
  const collect = (value, depth) => {
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
    objects.push([value, depth]);
    for (const inside of Object.values(value)) collect(inside, depth + 1);
  };
  collect(request, 0);
  const [place, depth] = objects[random(objects.length)];
  const fields = Object.keys(place);
  const value = VALUES[random(VALUES.length)]();
  const kind = random(4);
  if (kind === 0 && !Array.isArray(place)) {
    const name = NAMES[random(NAMES.length)];
    Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
  } else if (kind === 1 && fields.length > 0) {
    const field = fields[random(fields.length)];
    // What is left out there is filled in.
    if (depth > 0 || (field !== "now" && field !== "seed")) delete place[field];
  } else if (fields.length > 0) {
    place[fields[random(fields.length)]] = value;
  }
  return request;
}

/** The request as the engine would be sent it. */
function wire(op, request) {
  const fields = Object.create(null);
  fields.op = op;
  for (const field of Object.keys(request)) fields[field] = request[field];
  return JSON.stringify(fields, (_, value) => (value instanceof Uint8Array ? encode(value) : value));
}

function codeOf(work) {
  try {
    work();
    return "ok";
  } catch (error) {
    if (!(error instanceof sealwright.SealwrightError)) return `not a SealwrightError: ${error.stack}`;
    return error.code;
  }
}

function copy(value) {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inside]) => [field, copy(inside)]));
}

await sealwright.init();
const { schema: document, requests } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const schema = new Schema(document);
const random = numbers(7);
const asked = [];
for (const text of requests) {
  const { op, ...fields } = JSON.parse(text);
  const original = schema.toBytes(op, fields);
  for (let round = 0; round < ROUNDS; round += 1) {
    const request = mutate(copy(original), random);
    const code = codeOf(() => sealwright[camelCase(op)](request));
    asked.push({ wire: encode(new TextEncoder().encode(wire(op, request))), code });
  }
  for (const value of [null, undefined, true, 7, "text", [], [1], () => {}, Symbol("x"), 7n, new Map(), new Date(0), new Uint8Array(3)]) {
    const code = codeOf(() => sealwright[camelCase(op)](value));
    // An operation without fields may be asked without any.
    const may = value === undefined && code === "ok" && Object.keys(schema.operation(op).request.properties ?? {}).length === 0;
    asked.push({ wire: encode(new TextEncoder().encode("null")), code: may ? "request_malformed" : code });
  }
}
// Octets that are no request: cut, changed, no UTF-8.
for (const text of requests) {
  const bytes = new TextEncoder().encode(text);
  for (let round = 0; round < 8; round += 1) {
    const changed = bytes.slice(0, random(2) ? bytes.length : random(bytes.length));
    for (let flip = random(3); flip >= 0 && changed.length > 0; flip -= 1) changed[random(changed.length)] = random(256);
    const { status, body } = sealwright.call(changed);
    asked.push({ wire: encode(changed), status, body: encode(body) });
  }
}
const large = "x".repeat(100_000_000);
const too_large = [
  codeOf(() => sealwright.inspect({ input: large })),
  codeOf(() => sealwright.inspect({ [large]: 1 })),
  codeOf(() => sealwright.scepReadCaCertificates({ body: new Uint8Array(100_000_000) })),
  codeOf(() => sealwright.lint({ inputs: new Array(20_000_000).fill(1) })),
];
const { status } = sealwright.call(new Uint8Array(100_000_000));
writeFileSync(process.argv[3], JSON.stringify({ asked, too_large, status, polluted: {}.polluted ?? null }));

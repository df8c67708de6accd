// Every vector through the package, in whatever runtime this is: as bytes, by the functions, and with keys outside.

import { camelCase, canonical, Schema } from "./schema.mjs";
import { decryptPkcs1, importAll } from "./keys.mjs";

/** Schemes whose signatures are other ones each time. */
const RANDOM = /^(ecdsa|rsa_pss|ml_dsa)/;

/**
 * Runs them: how many of each kind, which fail, and what of them this runtime cannot do. `brief` leaves out repetition;
 * `only` are the operations that are there, if not all.
 */
export async function run(sealwright, { schema: document, vectors, brief = false, only = undefined }) {
  const operations = document.operations.filter(({ name }) => only === undefined || only.includes(name));
  const schema = new Schema({ ...document, operations });
  const missing = schema.operations.flatMap(({ name, uses_keys }) => {
    const wanted = uses_keys ? [camelCase(name), `${camelCase(name)}Async`] : [camelCase(name)];
    return wanted.filter((name) => typeof sealwright[name] !== "function");
  });
  const failures = missing.map((name) => `there is no function ${name}`);
  const counts = { bytes: 0, functions: 0, outside: 0, outside_exact: 0, beyond: 0 };
  const cache = new Map();
  const seen = new Set();
  for (const vector of vectors) {
    const isFirst = vector.status === 0 && !seen.has(vector.file);
    if (isFirst) seen.add(vector.file);
    const tests = brief && !isFirst ? { asBytes } : { asBytes, byFunction, withKeysOutside };
    for (const [name, test] of Object.entries(tests)) {
      try {
        await test({ sealwright, schema, vector, counts, cache });
      } catch (error) {
        failures.push(`${vector.file}/${vector.id} ${name}: ${error.stack ?? error}`);
      }
    }
  }
  return { counts, operations: passed(vectors, failures), failures };
}

/** The operations none of whose vectors fail. */
function passed(vectors, failures) {
  const files = [...new Set(vectors.map(({ file }) => file))];
  return files.filter((file) => !failures.some((failure) => failure.startsWith(`${file}/`)));
}

function ring(sealwright, keys) {
  // Where nothing uses keys there is no ring.
  if (sealwright.KeyRing === undefined) return undefined;
  const ring = new sealwright.KeyRing();
  for (const { id, pem } of keys) ring.import(id, pem);
  return ring;
}

function same(found, wanted) {
  if (found !== wanted) throw new Error(`found ${found}\nwanted ${wanted}`);
}

async function asBytes({ sealwright, vector, counts }) {
  const keys = ring(sealwright, vector.keys);
  const { status, body } = sealwright.call(new TextEncoder().encode(vector.request), keys);
  keys?.free();
  same(new TextDecoder().decode(body), vector.expected);
  same(status, vector.status);
  counts.bytes += 1;
}

/** The operation and its fields, if the vector is a request that a function can be called with. */
function fieldsOf(schema, vector) {
  let request;
  try {
    request = JSON.parse(vector.request);
  } catch {
    return undefined;
  }
  // Read and written again it has to be the same: no field twice, no number that is another one here.
  if (JSON.stringify(request) !== vector.request || typeof request !== "object" || request === null) return undefined;
  const { op, ...fields } = request;
  const operation = schema.operation(op);
  if (operation === undefined || "answers" in fields) return undefined;
  // What the package fills in cannot be left out.
  const { required = [] } = operation.request;
  const isMissed = vector.expected.includes("found no seed");
  const fillings = ["now", "seed"].filter((field) => required.includes(field) || (field === "seed" && isMissed));
  return fillings.every((field) => field in fields) ? [op, schema.toBytes(op, fields)] : undefined;
}

/** What a function gave, as it would be on the wire. */
async function outcome(schema, op, work) {
  try {
    return { ok: schema.fromBytes(op, await work()) };
  } catch (error) {
    if (error?.name !== "SealwrightError") throw error;
    return { error: { code: error.code, detail: error.detail, ...(error.at === undefined ? {} : { at: error.at }) } };
  }
}

function compare(found, vector) {
  const wanted = JSON.parse(vector.expected);
  // What is not base64url is refused before it reaches the engine, in other words.
  const isEarly = found.error?.code === "request_malformed" && wanted.error?.code === "request_malformed";
  if (!isEarly) same(canonical(found), canonical(wanted));
}

async function byFunction({ sealwright, schema, vector, counts }) {
  const [op, fields] = fieldsOf(schema, vector) ?? [];
  if (op === undefined) return;
  const keys = schema.operation(op).uses_keys ? ring(sealwright, vector.keys) : undefined;
  const found = await outcome(schema, op, () => sealwright[camelCase(op)](fields, keys));
  keys?.free();
  if (vector.status === 1) {
    same(found.error?.code, "key_unknown");
  } else {
    compare(found, vector);
  }
  counts.functions += 1;
}

async function withKeysOutside({ sealwright, schema, vector, counts, cache }) {
  if (vector.keys.length === 0 || vector.held_only) return;
  const [op, fields] = fieldsOf(schema, vector) ?? [];
  if (op === undefined) return;
  const { signer, seen } = await outside(sealwright, vector.keys, cache);
  const found = await outcome(schema, op, () => sealwright[`${camelCase(op)}Async`](fields, signer));
  if (found.error?.code === "key_unfit" && seen.some((scheme) => scheme.startsWith("ml_dsa"))) {
    counts.beyond += 1;
    return;
  }
  counts.outside += 1;
  if (seen.some((scheme) => RANDOM.test(scheme))) {
    same(Object.keys(found).join(), Object.keys(JSON.parse(vector.expected)).join());
    if (found.ok) same(shape(found.ok), shape(JSON.parse(vector.expected).ok));
    return;
  }
  compare(found, vector);
  counts.outside_exact += 1;
}

/** Which fields there are, at every depth. */
function shape(value) {
  if (Array.isArray(value)) return JSON.stringify(value.map(shape));
  if (typeof value !== "object" || value === null) return typeof value;
  return JSON.stringify(Object.keys(value).sort().map((field) => [field, shape(value[field])]));
}

/** A signer of WebCrypto with the keys, and what it was asked. */
async function outside(sealwright, keys, cache) {
  const held = {};
  const ders = {};
  for (const { id, pem } of keys) {
    if (!cache.has(pem)) cache.set(pem, await importAll(pem));
    ({ keys: held[id], der: ders[id] } = cache.get(pem));
  }
  const inner = new sealwright.WebCryptoSigner(held);
  const seen = [];
  const signer = {
    async sign(question) {
      seen.push(question.scheme);
      return inner.sign(question);
    },
    async decrypt(question) {
      seen.push(question.scheme);
      return question.scheme === "rsa_pkcs1" ? decryptPkcs1(ders[question.key], question.input) : inner.decrypt(question);
    },
  };
  return { signer, seen };
}

import * as ambient from "./ambient.js";
import { fromBase64Url, toBase64Url } from "./base64url.js";
import { SealwrightError } from "./error.js";
import {
  errorCodes,
  MAX_REQUEST_BYTES,
  operations,
  requestTypes,
  responseTypes,
  type ErrorCode,
  type KeyOperation,
  type Operations,
} from "./generated/interface.js";
import { fromJson, toJson, type Fields } from "./json.js";
import { parseExactly } from "./exact.js";
import { Instance } from "./module.js";
import type { ModuleSource, Outcome } from "./outcome.js";
import type { Question, Signer } from "./signer.js";
import { bare, describe, isA, isBytes, own } from "./value.js";

/** More questions than any operation asks. */
const MAX_ROUNDS = 64;

/** The request of an operation. */
export type RequestOf<Name extends keyof Operations> = Operations[Name]["request"];

/** The response of an operation. */
export type ResponseOf<Name extends keyof Operations> = Operations[Name]["response"];

/** The engine, once its module is there. */
export class Runtime {
  #module: WebAssembly.Module | undefined;
  #instance: Instance | undefined;
  #engine = 0;
  #loading: Promise<void> | undefined;

  /** Loads the module, the first time; then there is nothing to do. */
  init(source: () => ModuleSource | Promise<ModuleSource>): Promise<void> {
    if (this.#instance !== undefined) return Promise.resolve();
    this.#loading ??= this.#load(source).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** The same at once, of bytes or of a compiled module. */
  initSync(source: object): void {
    if (this.#instance !== undefined) return;
    try {
      this.#start(isModule(source) ? source : new WebAssembly.Module(source as BufferSource));
    } catch (cause) {
      throw unusable(cause);
    }
  }

  async #load(source: () => ModuleSource | Promise<ModuleSource>): Promise<void> {
    try {
      const module = await compile(await source());
      const instance = await WebAssembly.instantiate(module, {});
      // Somebody may have been faster with initSync.
      if (this.#instance === undefined) this.#start(module, instance);
    } catch (cause) {
      throw unusable(cause);
    }
  }

  #start(module: WebAssembly.Module, made = new WebAssembly.Instance(module, {})): void {
    const instance = new Instance(made);
    this.#engine = instance.newEngine();
    this.#module = module;
    this.#instance = instance;
  }

  /** The instance; in place of one that met a defect, a new one. */
  get instance(): Instance {
    if (this.#instance === undefined || this.#module === undefined) {
      throw new SealwrightError("not_initialized", "the engine is not loaded: call `await init()` first");
    }
    if (this.#instance.isBroken) this.#start(this.#module);
    return this.#instance;
  }

  /** One request as bytes of JSON; the response as it comes, byte for byte. */
  call(request: Uint8Array, engine?: Lent): Outcome {
    if (!isA(request, "Uint8Array")) {
      throw new SealwrightError("argument_invalid", `found ${describe(request)}, wanted the bytes of a request (a Uint8Array)`);
    }
    if (request.length > MAX_REQUEST_BYTES) {
      // The engine would say so too, but its memory does not shrink again.
      const detail = `found a request of ${request.length} bytes, wanted at most ${MAX_REQUEST_BYTES}`;
      const error = { error: { code: "request_too_large", detail } };
      return { status: errorCodes.request_too_large, body: new TextEncoder().encode(JSON.stringify(error)) };
    }
    const instance = this.instance;
    return instance.call(engine === undefined ? this.#engine : lent(engine).on(instance), request);
  }

  /** One operation; whoever asks for a key that is not lent gets an error. */
  run<Name extends keyof Operations>(name: Name, request: RequestOf<Name>, keys?: Lent): ResponseOf<Name> {
    const answer = this.#ask(name, this.#prepare(name, request), [], keys);
    if (answer.questions !== undefined) {
      const [{ key }] = answer.questions;
      const detail = `the key ${JSON.stringify(key)} is held elsewhere: lend it in a KeyRing, or give a Signer to the Async function`;
      throw new SealwrightError("key_unknown", detail);
    }
    return answer.response;
  }

  /** One operation; what it asks of keys that are not lent, the signer answers. */
  async converse<Name extends KeyOperation>(
    name: Name,
    request: RequestOf<Name>,
    signer: Signer,
    keys?: Lent,
  ): Promise<ResponseOf<Name>> {
    if (typeof signer?.sign !== "function") {
      throw new SealwrightError("argument_invalid", `found ${describe(signer)}, wanted a Signer`);
    }
    // The same request each time, clock and seed included.
    const prepared = this.#prepare(name, request);
    const answers: (string | null)[] = [];
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const answer = this.#ask(name, prepared, answers, keys);
      if (answer.questions === undefined) return answer.response;
      for (const question of answer.questions) {
        const answer: unknown = question.use === "sign" ? await signer.sign(question) : await decrypt(signer, question);
        answers.push(toAnswer(answer, question));
      }
    }
    throw new SealwrightError("engine_defect", `${MAX_ROUNDS} rounds of questions and no end`);
  }

  #prepare(name: keyof Operations, request: unknown): Fields {
    let fields: Fields;
    try {
      fields = toJson(request, own(operations[name], "request"), requestTypes);
    } catch (cause) {
      if (cause instanceof SealwrightError) throw cause;
      // A getter or a proxy of the caller's.
      throw new SealwrightError("request_malformed", "the request cannot be read", undefined, cause);
    }
    for (const field of ["op", "answers"]) {
      if (Object.hasOwn(fields, field)) throw new SealwrightError("request_malformed", `found the unknown field ${field}`, field);
    }
    const wants = (field: "now" | "seed") => own(operations[name], field) && !Object.hasOwn(fields, field);
    if (wants("now")) fields["now"] = ambient.now();
    if (wants("seed")) fields["seed"] = toBase64Url(ambient.seed());
    fields["op"] = name;
    return fields;
  }

  #ask<Name extends keyof Operations>(name: Name, fields: Fields, answers: unknown[], keys?: Lent): Answer<Name> {
    if (answers.length > 0) fields["answers"] = bare([...answers]);
    const request = new TextEncoder().encode(JSON.stringify(fields));
    const answer = this.#parsed(request, keys);
    const [error, needs] = [own(answer, "error"), own(answer, "needs")];
    if (error !== undefined) throw new SealwrightError(error.code, error.detail, own(error, "at"));
    if (needs !== undefined) {
      const questions = needs.map(({ input, ...rest }) => ({ ...rest, input: fromBase64Url(input) }) as Question);
      return { questions: questions as [Question, ...Question[]] };
    }
    const response = fromJson(own(answer, "ok"), own(operations[name], "response"), responseTypes);
    return { questions: undefined, response: response as ResponseOf<Name> };
  }

  /** The answer to a request; both may hold secrets, and are wiped. */
  #parsed(request: Uint8Array, keys?: Lent): Wire {
    let body: Uint8Array | undefined;
    try {
      ({ body } = this.call(request, keys));
      return parseExactly(new TextDecoder().decode(body)) as Wire;
    } finally {
      request.fill(0);
      body?.fill(0);
    }
  }
}

/** Keys that are lent to the engine: the handle that they have in an instance. */
export interface Lent {
  on(instance: Instance): number;
}

/** One of the three. */
interface Wire {
  readonly ok?: unknown;
  readonly needs?: readonly { use: string; key: string; scheme: string; input: string }[];
  readonly error?: { readonly code: ErrorCode; readonly detail: string; readonly at?: string };
}

type Answer<Name extends keyof Operations> =
  | { readonly questions: undefined; readonly response: ResponseOf<Name> }
  | { readonly questions: readonly [Question, ...Question[]] };

/** The key ring, unless it is something else. */
function lent(keys: Lent): Lent {
  if (typeof keys?.on === "function") return keys;
  throw new SealwrightError("argument_invalid", `found ${describe(keys)}, wanted a KeyRing`);
}

/** A signer's answer as the engine takes it; whether it is a right one, the engine finds out. */
function toAnswer(answer: unknown, { key, use }: Question): string | null {
  if (answer === null && use === "decrypt") return null;
  if (isBytes(answer)) return toBase64Url(answer);
  const detail = `the signer answered for the key ${JSON.stringify(key)} with ${describe(answer)}, wanted bytes (a Uint8Array)`;
  throw new SealwrightError("key_answer_invalid", detail);
}

async function decrypt(signer: Signer, question: Question & { use: "decrypt" }): Promise<Uint8Array | null> {
  if (signer.decrypt === undefined) {
    throw new SealwrightError("key_unfit", `the signer does not decrypt, and the key ${JSON.stringify(question.key)} has to`);
  }
  return signer.decrypt(question);
}

async function compile(source: ModuleSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source;
  if (isA(source, "ArrayBuffer") || isBytes(source)) return WebAssembly.compile(source as BufferSource);
  const isAddress = typeof source === "string" || isA(source, "URL");
  const response = isAddress ? await fetch(source as string | URL) : (source as Response);
  if (typeof response?.arrayBuffer !== "function" || typeof response.headers?.get !== "function") {
    throw new TypeError(`found ${describe(source)}, wanted an address, a response, bytes or a WebAssembly.Module`);
  }
  if (!response.ok) throw new TypeError(`${response.url}: found the status ${response.status}`);
  const type = response.headers.get("content-type")?.split(";")[0]?.trim();
  if (type === "application/wasm" && WebAssembly.compileStreaming !== undefined) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

function isModule(source: unknown): source is WebAssembly.Module {
  return isA(source, "WebAssembly.Module");
}

function unusable(cause: unknown): SealwrightError {
  if (cause instanceof SealwrightError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SealwrightError("module_unusable", `the WebAssembly module cannot be used: ${reason}`, undefined, cause);
}

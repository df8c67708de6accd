import { SealwrightError } from "./error.js";
import { ABI_VERSION } from "./generated/interface.js";
import type { Outcome } from "./outcome.js";

/** What the module exports: the C interface (bindings/c/include/sealwright.h). */
interface Exports {
  readonly memory: WebAssembly.Memory;
  sealwright_abi_version(): number;
  sealwright_alloc(length: number): number;
  sealwright_dealloc(address: number, length: number): void;
  sealwright_buffer_free(buffer: number): void;
  sealwright_engine_new(): number;
  sealwright_engine_free(engine: number): void;
  sealwright_engine_import_key?(
    engine: number,
    id: number,
    idLength: number,
    pem: number,
    pemLength: number,
    out: number,
  ): number;
  sealwright_call(engine: number, request: number, requestLength: number, out: number): number;
}

/** Octets of a sealwright_buffer: address and length. */
const BUFFER = 8;

/** An instance of the module. */
export class Instance {
  readonly #exports: Exports;
  #broken = false;

  constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as Exports;
    const found = this.#exports.sealwright_abi_version?.();
    if (found !== ABI_VERSION) {
      const what = found === undefined ? "a module without a Sealwright interface" : `a module of interface version ${found}`;
      throw new SealwrightError("module_unusable", `found ${what}, wanted version ${ABI_VERSION}`);
    }
  }

  /** Whether it met a defect: nothing in it can be relied on any more. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** A new engine, which holds no key. */
  newEngine(): number {
    const engine = this.#run((exports) => exports.sealwright_engine_new());
    if (engine === 0) throw exhausted("an engine");
    return engine;
  }

  /** Wipes the keys of an engine and frees it. */
  freeEngine(engine: number): void {
    if (!this.#broken) this.#run((exports) => exports.sealwright_engine_free(engine));
  }

  /** Lends a key to an engine. */
  importKey(engine: number, id: Uint8Array, pem: Uint8Array): Outcome {
    const { sealwright_engine_import_key: lend } = this.#exports;
    if (lend === undefined) {
      throw new SealwrightError("module_unusable", "found a module that takes no keys, wanted the one of the whole package");
    }
    return this.#with(id, (idAddress) =>
      this.#with(pem, (pemAddress) =>
        this.#answer((_, out) => lend(engine, idAddress, id.length, pemAddress, pem.length, out)),
      ),
    );
  }

  /** One request. */
  call(engine: number, request: Uint8Array): Outcome {
    return this.#with(request, (address) =>
      this.#answer((exports, out) => exports.sealwright_call(engine, address, request.length, out)),
    );
  }

  /** Copies bytes into the module for as long as the work takes; they are wiped there afterwards. */
  #with<T>(bytes: Uint8Array, work: (address: number) => T): T {
    const address = this.#allocate(bytes.length);
    new Uint8Array(this.#exports.memory.buffer, address, bytes.length).set(bytes);
    try {
      return work(address);
    } finally {
      // A broken instance is dropped whole.
      if (!this.#broken) this.#run((exports) => exports.sealwright_dealloc(address, bytes.length));
    }
  }

  #answer(work: (exports: Exports, out: number) => number): Outcome {
    const out = this.#allocate(BUFFER);
    const status = this.#run((exports) => work(exports, out)) >>> 0;
    // The memory may have grown meanwhile, which takes its former buffer away.
    const { buffer } = this.#exports.memory;
    const fields = new DataView(buffer, out, BUFFER);
    const [address, length] = [fields.getUint32(0, true), fields.getUint32(4, true)];
    const body = new Uint8Array(buffer, address, length).slice();
    this.#run((exports) => exports.sealwright_buffer_free(out));
    this.#run((exports) => exports.sealwright_dealloc(out, BUFFER));
    if (length === 0) throw exhausted("a response");
    return { status, body };
  }

  #allocate(length: number): number {
    const address = this.#run((exports) => exports.sealwright_alloc(length)) >>> 0;
    if (address === 0 && length > 0) throw exhausted(`${length} bytes`);
    return address;
  }

  /** A trap, or a stack that overflows, leaves the module in the middle of something. */
  #run<T>(work: (exports: Exports) => T): T {
    if (this.#broken) throw defect();
    try {
      return work(this.#exports);
    } catch (cause) {
      this.#broken = true;
      // Keys that were lent are in it, for as long as anybody holds the instance.
      new Uint8Array(this.#exports.memory.buffer).fill(0);
      throw defect(cause);
    }
  }
}

function exhausted(what: string): SealwrightError {
  return new SealwrightError("memory_exhausted", `found no memory for ${what}`);
}

function defect(cause?: unknown): SealwrightError {
  return new SealwrightError("engine_defect", "the engine met a defect of its own and gave up", undefined, cause);
}

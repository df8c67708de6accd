/// <reference lib="esnext.disposable" preserve="true" />
import { SealwrightError } from "./error.js";
import { MAX_REQUEST_BYTES, type ErrorCode } from "./generated/interface.js";
import type { Instance } from "./module.js";
import { runtime } from "./full.js";
import { checkKeyId } from "./key_id.js";
import { describe, own } from "./value.js";

interface Handle {
  readonly instance: Instance;
  readonly engine: number;
}

// Workers of a compatibility date before May 2025 have none: there, `free` alone wipes keys.
const forgotten = globalThis.FinalizationRegistry
  ? new FinalizationRegistry<Handle>(({ instance, engine }) => instance.freeEngine(engine))
  : undefined;

/**
 * Private keys that are lent to the engine, in its own memory. They are wiped by `free`, at the end of a block that began
 * with `using`, or some time after nobody has the ring any more.
 */
export class KeyRing {
  #handle: Handle | undefined;

  constructor() {
    const { instance } = runtime;
    this.#handle = { instance, engine: instance.newEngine() };
    forgotten?.register(this, this.#handle, this);
  }

  /**
   * Lends a private key under an id by which requests name it, in place of one that had it.
   *
   * @param id - Of the caller's choosing, 1 to 128 bytes.
   * @param pem - PKCS#8, not encrypted. `readPrivateKey` makes it of any other form.
   */
  import(id: string, pem: string): void {
    const { instance, engine } = this.#live();
    checkKeyId(id);
    if (typeof pem !== "string") throw new SealwrightError("argument_invalid", `found ${describe(pem)}, wanted PEM (a string)`);
    const { status, body } = encoded(id, (id) => encoded(pem, (pem) => instance.importKey(engine, id, pem)));
    if (status === 0) return;
    const { error } = JSON.parse(new TextDecoder().decode(body)) as { error: { code: ErrorCode; detail: string; at?: string } };
    throw new SealwrightError(error.code, error.detail, own(error, "at"));
  }

  /** Wipes the keys. The ring cannot be used any more. */
  free(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle === undefined) return;
    forgotten?.unregister(this);
    handle.instance.freeEngine(handle.engine);
  }

  [Symbol.dispose](): void {
    this.free();
  }

  /** @internal */
  on(instance: Instance): number {
    const live = this.#live();
    if (live.instance !== instance) throw gone("the engine met a defect, and the keys are gone with it");
    return live.engine;
  }

  #live(): Handle {
    if (this.#handle === undefined) throw gone("the key ring was freed");
    if (this.#handle.instance.isBroken) throw gone("the engine met a defect, and the keys are gone with it");
    return this.#handle;
  }
}

/** Does something with a text's bytes, which are wiped afterwards. */
function encoded<T>(text: string, work: (bytes: Uint8Array) => T): T {
  // No byte is less than a character. The engine would refuse it too, but its memory does not shrink again.
  const bytes = text.length > MAX_REQUEST_BYTES ? undefined : new TextEncoder().encode(text);
  try {
    if (bytes !== undefined && bytes.length <= MAX_REQUEST_BYTES) return work(bytes);
    throw new SealwrightError("request_too_large", `found a text of more than ${MAX_REQUEST_BYTES} bytes, wanted a key`);
  } finally {
    bytes?.fill(0);
  }
}

function gone(why: string): SealwrightError {
  return new SealwrightError("argument_invalid", `${why}: make a new KeyRing`);
}

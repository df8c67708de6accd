/**
 * Where the WebAssembly module comes from: an address (in Node one of a file too, `file:`), a response that has it, its
 * bytes, or a `WebAssembly.Module`, as an import of the file gives it on Cloudflare Workers.
 */
export type ModuleSource = string | object;

/** What came back: 0, 1 where a key is asked for, or the number of an error code; and the response, JSON. */
export interface Outcome {
  readonly status: number;
  readonly body: Uint8Array;
}

// What the entries for Node and workerd import.

declare module "node:fs/promises" {
  export function readFile(path: URL): Promise<Uint8Array>;
}

declare module "*.wasm" {
  const compiled: WebAssembly.Module;
  export default compiled;
}

/** The engine's WebAssembly module, where an import gives one compiled: `init` and `initSync` take it. */
declare const compiled: object;
export default compiled;

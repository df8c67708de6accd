import { Runtime } from "./runtime.js";

/** The engine with every operation. */
export const runtime = new Runtime();

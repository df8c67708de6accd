import { Runtime } from "../runtime.js";

/** The engine that verifies and makes nothing; its module has half the size. */
export const runtime = new Runtime();

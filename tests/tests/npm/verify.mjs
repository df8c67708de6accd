// The entry that verifies: its vectors, what it has, and what it says of what it has not.

import { readFileSync } from "node:fs";
import * as sealwright from "sealwright/verify";
import { run } from "./run.mjs";

try {
  sealwright.verifyJwt({});
  throw new Error("worked before init");
} catch (error) {
  if (error.code !== "not_initialized") throw error;
}
await sealwright.init();
const { request, ...input } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { status, body } = sealwright.call(new TextEncoder().encode(request));
const functions = Object.keys(sealwright).filter((name) => typeof sealwright[name] === "function").sort();
const refused = { status, ...JSON.parse(new TextDecoder().decode(body)).error };
console.log(JSON.stringify({ report: await run(sealwright, input), functions, refused }));

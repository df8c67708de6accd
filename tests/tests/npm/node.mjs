// Node, Deno and Bun: the vectors in a file, the result on standard output.

import { readFileSync } from "node:fs";
import * as sealwright from "sealwright";
import { run } from "./run.mjs";

await sealwright.init();
const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(await run(sealwright, input)));

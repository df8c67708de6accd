import * as sealwright from "./node_modules/sealwright/dist/index.js";
import { run } from "./run.mjs";

try {
  await sealwright.init();
  const input = await (await fetch("input.json")).json();
  globalThis.result = { value: await run(sealwright, input) };
} catch (error) {
  globalThis.result = { error: String(error.stack ?? error) };
}

// `vectors.mjs BROWSER INPUT`: the vectors in a page that no bundler made, under the strict policy.

import { cpSync } from "node:fs";
import { join } from "node:path";
import { result } from "./browsers.mjs";
import { project } from "./project.mjs";
import { serve } from "./serve.mjs";
import { setting } from "./setting.mjs";

const [browser, input] = process.argv.slice(2);
const folder = project(`vectors-${browser}`, ["vectors.html", "vectors_page.js"]);
for (const script of ["run.mjs", "keys.mjs", "schema.mjs"]) cpSync(join(setting.consumer, script), join(folder, script));
cpSync(input, join(folder, "input.json"));
const server = await serve(folder);
try {
  console.log(JSON.stringify(await result(browser, `${server.url}/vectors.html`, 300_000)));
} finally {
  server.close();
}

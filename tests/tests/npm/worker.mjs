// workerd: `workerd test` runs this; the vectors come as a module of JSON.

import input from "input";
import * as sealwright from "sealwright";
import { run } from "run.mjs";

export default {
  async test() {
    await sealwright.init();
    console.log(`RESULT ${JSON.stringify(await run(sealwright, input))}`);
  },
};

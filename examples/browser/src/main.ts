import { init } from "sealwright";
import { authorityView } from "./authority/view.js";
import { problem } from "./controls.js";
import { explainView } from "./explain/view.js";
import { showViews } from "./navigation.js";
import { requestView } from "./request/view.js";
import { verifyView } from "./verify/view.js";

const main = document.querySelector("main")!;

try {
  await init();
  showViews(main, { explain: explainView(), request: requestView(), authority: authorityView(), verify: verifyView() });
} catch (error) {
  main.replaceChildren(problem(error));
}

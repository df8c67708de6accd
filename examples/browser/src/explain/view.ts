import { button, field, form } from "../controls.js";
import { announce, h } from "../dom.js";
import { dropZone, type Given } from "../files.js";
import type { View } from "../navigation.js";
import { example } from "./example.js";
import { explain } from "./explain.js";

/** Drop anything, and see what it is. */
export function explainView(): View {
  const results = h("div", { class: "results" });
  const show = (given: Given): void => {
    const card = h("article", { class: "file", "aria-label": given.name });
    const remove = button("Remove", () => {
      card.remove();
      announce(`${given.name} was removed`);
    });
    remove.setAttribute("aria-label", `Remove ${given.name}`);
    card.append(h("header", {}, h("h3", {}, given.name), remove), ...explain(given));
    results.prepend(card);
    announce(`${given.name} is explained below`);
  };
  const text = h("textarea", { rows: "4", spellcheck: "false", autocomplete: "off", required: true });
  const paste = form("A text", [field("PEM, base64, or a token", text)], "Explain it", () => {
    show({ name: "Pasted text", bytes: new TextEncoder().encode(text.value) });
    text.value = "";
  });
  const content = h(
    "div",
    {},
    dropZone("Drop files here, or choose them", "Certificate, request, key, revocation list, OCSP, SCEP message, PKCS#12, Java keystore, token, profile", (files) =>
      files.forEach(show),
    ),
    h("div", { class: "beside" }, button("Show me an example", () => show(example()))),
    h("details", { class: "paste" }, h("summary", {}, "Or paste a text"), paste),
    results,
  );
  return { title: "Explain", about: "What is in a file, and what is wrong with it.", content };
}

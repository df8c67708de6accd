import { desk } from "../desk.js";
import { h } from "../dom.js";
import type { View } from "../navigation.js";
import { authorityCard } from "./card.js";
import { createForm } from "./create.js";
import { openForm } from "./open.js";
import { signPanel } from "./sign.js";

/** An authority, and what it signs. */
export function authorityView(): View {
  const place = h("div", { class: "columns" }, createForm(), openForm());
  const signing = signPanel();
  signing.hidden = true;
  const content = h("div", {}, place, signing);
  desk.addEventListener("authority", () => {
    const { authority } = desk;
    signing.hidden = authority === undefined;
    if (authority === undefined) place.replaceChildren(createForm(), openForm());
    else place.replaceChildren(authorityCard(authority));
    place.classList.toggle("columns", authority === undefined);
  });
  return { title: "Issue", about: "Sign requests with an authority that lives in this tab and in its backup.", content };
}

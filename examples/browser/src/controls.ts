import { SealwrightError } from "sealwright";
import { freshId, h, type Child } from "./dom.js";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A control with its label and, where it helps, a hint. */
export function field(label: string, control: Control, hint?: string): HTMLElement {
  control.id ||= freshId();
  const hintId = `${control.id}-hint`;
  if (hint !== undefined) control.setAttribute("aria-describedby", hintId);
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, label),
    control,
    hint !== undefined && h("p", { class: "hint", id: hintId }, hint),
  );
}

/** A box to tick, with its label behind it. */
export function tick(label: string, control: HTMLInputElement, hint?: string): HTMLElement {
  control.id ||= freshId();
  const hintId = `${control.id}-hint`;
  if (hint !== undefined) control.setAttribute("aria-describedby", hintId);
  return h(
    "div",
    { class: "tick" },
    control,
    h("div", {}, h("label", { for: control.id }, label), hint !== undefined && h("p", { class: "hint", id: hintId }, hint)),
  );
}

/** A choice of values by their names. */
export function select(options: { readonly [value: string]: string }): HTMLSelectElement {
  return h("select", {}, ...Object.entries(options).map(([value, name]) => h("option", { value }, name)));
}

/** A button that does something in the page. */
export function button(name: string, act: () => void, kind = "plain"): HTMLButtonElement {
  return h("button", { type: "button", class: kind, onclick: act }, name);
}

/** Copies a text, and says so. */
export function copyButton(text: string, name = "Copy"): HTMLButtonElement {
  const copy = button(name, () => {
    void navigator.clipboard.writeText(text).then(() => {
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = name), 2000);
    });
  });
  copy.setAttribute("aria-live", "polite");
  return copy;
}

/** A form that does its work when it is sent, and shows what goes wrong below its fields. */
export function form(title: string, fields: readonly Child[], action: string, work: () => Promise<void> | void): HTMLFormElement {
  const problems = h("div", { role: "alert" });
  const send = h("button", { type: "submit", class: "main" }, action);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    problems.replaceChildren();
    send.disabled = true;
    // The browser draws the button before the engine is busy.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      await work();
    } catch (error) {
      problems.replaceChildren(problem(error));
    } finally {
      send.disabled = false;
    }
  };
  const heading = h("h3", { id: freshId() }, title);
  return h(
    "form",
    { class: "panel", "aria-labelledby": heading.id, onsubmit: (event) => void submit(event) },
    heading,
    ...fields,
    problems,
    h("div", { class: "actions" }, send),
  );
}

/** What went wrong, for people: the engine's words, and its code, which can be looked up. */
export function problem(error: unknown): HTMLElement {
  const isOurs = error instanceof SealwrightError;
  const text = error instanceof Error ? error.message : String(error);
  return h(
    "div",
    { class: "problem" },
    h("p", {}, h("strong", {}, "That did not work: "), text),
    isOurs && h("p", {}, "Code ", h("code", {}, error.code)),
  );
}

import { h } from "./dom.js";

/** A tool of the page. */
export interface View {
  readonly title: string;
  readonly about: string;
  readonly content: Node;
}

type Name = "explain" | "request" | "authority" | "verify";

/** Shows the one that the address names, now and whenever the address changes. */
export function showViews(main: HTMLElement, views: { readonly [name in Name]: View }): void {
  const sections = Object.entries(views).map(([name, { title, about, content }]) => {
    const heading = h("h2", { id: `title-${name}`, tabindex: "-1" }, title);
    const section = h("section", { "aria-labelledby": heading.id }, heading, h("p", { class: "about" }, about), content);
    return { name, title, heading, section };
  });
  const show = (moveFocus: boolean): void => {
    const asked = location.hash.slice(1);
    if (asked === main.id) return;
    const current = sections.find(({ name }) => name === asked) ?? sections[0]!;
    for (const { section } of sections) section.hidden = section !== current.section;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("href") === `#${current.name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${current.title} – Sealwright`;
    if (moveFocus) {
      current.heading.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
  };
  main.replaceChildren(...sections.map(({ section }) => section));
  addEventListener("hashchange", () => show(true));
  show(false);
}

/** Goes to a view. */
export function go(name: Name): void {
  location.hash = name;
}

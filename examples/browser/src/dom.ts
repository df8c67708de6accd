type Attributes = { readonly [name: string]: string | boolean | undefined | ((event: Event) => void) };
export type Child = Node | string | undefined | false;

/** An element: attributes by name, listeners by their `on…`; what is false or undefined is left out. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

let made = 0;

/** An id that no other element has. */
export function freshId(): string {
  made += 1;
  return `id-${made}`;
}

/** Tells users of screen readers what happened elsewhere on the page. */
export function announce(text: string): void {
  document.querySelector("#announcer")!.textContent = text;
}

/** Saves bytes or text as a file. */
export function download(name: string, content: Uint8Array | string): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart]));
  h("a", { href: url, download: name }).click();
  // The browser has it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  announce(`${name} was saved`);
}

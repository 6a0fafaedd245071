// Elements made with createElement and textContent alone: nothing that comes from a server is ever read as markup.
//
// The page runs under `trusted-types 'none'`, so a string that would become markup is an error of the browser.

export type Child = Node | string | null | undefined | false;
export type Attributes = Record<string, string | number | boolean | ((event: Event) => void) | undefined>;

const SVG = "http://www.w3.org/2000/svg";

/** An element; a function among the attributes is a listener, `true` an attribute without value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  dress(element, attributes);
  append(element, children);
  return element;
}

/** The same for SVG. */
export function svg(tag: string, attributes: Record<string, string | number>, ...children: Node[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Puts `children` in place of all that was in `element`. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** A button that does something; `kind` is how it looks. */
export function button(text: string, action: () => void, kind: "primary" | "plain" | "quiet" = "plain"): HTMLElement {
  return h("button", { type: "button", class: kind, click: action }, text);
}

/** A link that leaves the ballot where it is. */
export function outward(text: string, href: string, note = ""): HTMLElement {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, note === "" ? text : `${text} ${note}`);
}

export function paragraphs(...texts: string[]): HTMLElement[] {
  return texts.filter((text) => text !== "").map((text) => h("p", {}, text));
}

function dress(element: HTMLElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element: Element, children: Child[]): void {
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
}

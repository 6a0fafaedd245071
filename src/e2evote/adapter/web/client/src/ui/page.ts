// The frame around every screen: name of the selection, language, notices, one heading that takes the focus, a place
// for status messages, and the same links at the end of each.
//
// A screen is a function from a translator to what is shown, so that another language draws the same state again.

import { inLanguage, LANGUAGES, nearest, type Language, type Translator } from "../i18n/translate.js";
import { button, fill, h, outward, type Child } from "./dom.js";

export interface View {
  readonly title: string;
  /** Of the title, where it is in another language than the page. */
  readonly lang?: string | undefined;
  readonly body: readonly Child[];
  /** How it ends: "stop" for refusals, "good" for what is done. */
  readonly tone?: "stop" | "good";
}

export type Screen = (t: Translator) => View;

/** A sentence above every screen, as long as it is so. */
export type Notice = (t: Translator) => string;

/** A text by language, as manifests have names. */
export type Names = Readonly<Record<string, string>>;

export interface Links {
  readonly tracker: string;
  readonly checkChallenge: string;
  readonly checkReceipt: string;
  readonly about: string;
}

export class Page {
  readonly embedded: boolean;
  readonly notices: Notice[] = [];
  /** While this is true the browser asks before it leaves the page. */
  unsent = false;
  /** What is dropped when somebody leaves the page: whoever comes back to it may be somebody else. */
  left: () => void = () => undefined;
  links: Links | null = null;
  private readonly frame: HTMLElement;
  private readonly status: HTMLElement;
  private language: Language;
  private name: Names = {};
  private screen: Screen | null = null;

  constructor(root: ShadowRoot, embedded: boolean, language: string) {
    this.embedded = embedded;
    this.language = nearest(language);
    this.frame = h("div", { class: "frame" });
    this.status = h("p", { role: "status", class: "unseen" });
    root.append(this.frame, this.status);
    window.addEventListener("beforeunload", this.leaving);
    window.addEventListener("pagehide", this.gone);
  }

  get t(): Translator {
    return inLanguage(this.language);
  }

  /** The best of the texts of a manifest's name. */
  best(names: Names): string {
    return names[this.tagOf(names)] ?? "";
  }

  /** The language of that text, for whoever reads it aloud; nothing where it is the page's own. */
  langOf(names: Names): string | undefined {
    const tag = this.tagOf(names);
    return tag === this.language || tag === "" ? undefined : tag;
  }

  private tagOf(names: Names): string {
    return [this.language, "en"].find((tag) => names[tag] !== undefined) ?? Object.keys(names)[0] ?? "";
  }

  named(name: Names): void {
    this.name = name;
  }

  /** Draws a screen, and takes whoever listens or tabs to its heading. */
  show(screen: Screen): void {
    this.screen = screen;
    this.status.textContent = ""; // what was said of another screen
    this.draw(screen);
    this.frame.querySelector<HTMLElement>(".heading")?.focus();
    if (!this.embedded) window.scrollTo(0, 0);
  }

  /** Draws the screen again where its state has changed; the focus stays on the element of the same id. */
  redraw(): void {
    if (!this.screen) return;
    const root = this.frame.getRootNode() as ShadowRoot;
    const id = root.activeElement?.id ?? "";
    this.draw(this.screen);
    if (id !== "") root.getElementById(id)?.focus();
  }

  /** Says something to those who listen. */
  announce(text: string): void {
    this.status.textContent = text;
  }

  /** A heading inside a screen. */
  heading(text: string, depth = 1, lang?: string): HTMLElement {
    return h(this.level(depth), { lang }, text);
  }

  /** Shows what is wrong with a form, with a link to each field, and goes there. */
  complain(errors: readonly { readonly field: HTMLElement; readonly text: string }[]): void {
    this.frame.querySelector(".errors")?.remove();
    this.status.textContent = "";
    for (const field of this.frame.querySelectorAll('[aria-invalid], [aria-describedby*="-error"]')) {
      field.removeAttribute("aria-invalid");
      describe(field, "");
    }
    const items = errors.map(({ field, text }) => {
      field.setAttribute("aria-invalid", "true");
      describe(field, `${field.id}-error`);
      const jump = (event: Event): void => {
        event.preventDefault();
        field.focus();
      };
      return h("li", { id: `${field.id}-error` }, h("a", { href: `#${field.id}`, click: jump }, text));
    });
    const summary = h(
      "div",
      { class: "errors", role: "alert", tabindex: -1 },
      this.heading(this.t("errors.title")),
      h("ul", {}, ...items),
    );
    this.frame.querySelector(".heading")?.after(summary);
    summary.focus();
  }

  close(): void {
    window.removeEventListener("beforeunload", this.leaving);
    window.removeEventListener("pagehide", this.gone);
    this.left();
  }

  private readonly gone = (): void => this.left();

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.unsent) event.preventDefault();
  };

  private draw(screen: Screen): void {
    const view = screen(this.t);
    const name = this.best(this.name);
    this.frame.lang = this.status.lang = this.language;
    fill(
      this.frame,
      h("div", { class: "top" }, h("p", { class: "selection", lang: this.langOf(this.name) }, name), this.languages()),
      ...this.notices.map((notice) => h("p", { class: "notice" }, notice(this.t))),
      this.t("page.unreviewed") !== "" && h("p", { class: "notice" }, this.t("page.unreviewed")),
      h(
        "div",
        { class: view.tone ? `screen ${view.tone}` : "screen" },
        h(this.level(0), { class: "heading", tabindex: -1, lang: view.lang }, view.title),
        ...view.body,
      ),
      this.foot(),
    );
    if (this.embedded) return;
    document.documentElement.lang = this.language;
    document.title = name === "" ? view.title : `${view.title} – ${name}`;
  }

  private languages(): HTMLElement {
    const choices = Object.entries(LANGUAGES).map(([language, name]) => {
      const chosen = language === this.language;
      const change = (): void => {
        this.language = language as Language;
        this.redraw();
      };
      const choice = button(name, change, "quiet");
      choice.id = `language-${language}`;
      choice.lang = language;
      choice.setAttribute("aria-pressed", String(chosen));
      return choice;
    });
    return h("div", { class: "languages", role: "group", "aria-label": this.t("page.language") }, ...choices);
  }

  private foot(): HTMLElement | null {
    if (!this.links) return null;
    const { tracker, checkChallenge, checkReceipt, about } = this.links;
    const link = (key: "foot.tracker" | "foot.challenge" | "foot.receipt" | "foot.about", href: string): HTMLElement =>
      h("li", {}, outward(this.t(key), href));
    return h(
      "nav",
      { class: "foot", "aria-label": this.t("foot.title") },
      h("p", { class: "hint" }, `${this.t("foot.title")} ${this.t("page.new-tab")}`),
      h(
        "ul",
        {},
        link("foot.tracker", tracker),
        link("foot.challenge", checkChallenge),
        link("foot.receipt", checkReceipt),
        link("foot.about", about),
      ),
    );
  }

  private level(depth: number): "h1" | "h2" | "h3" | "h4" {
    return (["h1", "h2", "h3", "h4"] as const)[(this.embedded ? 1 : 0) + Math.min(depth, 2)] ?? "h4";
  }
}

/** Names what is wrong with a field before its other descriptions; "" takes it away. */
function describe(field: Element, error: string): void {
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.endsWith("-error"));
  const ids = [error, ...others].filter((id) => id !== "");
  if (ids.length > 0) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}

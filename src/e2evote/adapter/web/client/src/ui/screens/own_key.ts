// Where there is no roll: a key of one's own takes the place of line and codes. The device makes it, or the voter
// brings the one of an earlier ballot; it is kept in memory, and in whatever file the voter saves it to.

import type { Manifest } from "../../core/index.js";
import { h, paragraphs } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { saveLink } from "../saving.js";
import { moment } from "./before.js";

export interface OwnKey {
  style: string;
  secret: string;
}

export function ownKeyScreen(page: Page, manifest: Manifest, closes: string, own: OwnKey, go: () => void): Screen {
  return (t) => {
    const secret = h("input", {
      id: "secret",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 100,
      value: own.secret,
      "aria-describedby": "secret-hint",
      input: () => (own.secret = secret.value.trim().toLowerCase()),
    });
    const style = h("select", { id: "style", change: () => (own.style = style.value) });
    for (const one of manifest.styles) {
      const attributes = { value: one.id, selected: one.id === own.style, lang: page.langOf(one.name) };
      style.append(h("option", attributes, page.best(one.name)));
    }
    const submit = (event: Event): void => {
      event.preventDefault();
      if (own.secret === "" || /^[0-9a-f]{64}$/.test(own.secret)) return go();
      page.complain([{ field: secret, text: t("own.malformed") }]);
    };
    return {
      title: t("own.title"),
      body: [
        ...paragraphs(t("own.text", { closes: moment(t, closes) })),
        h(
          "form",
          { novalidate: true, submit },
          manifest.styles.length > 1 && h("label", { for: "style" }, t("own.style")),
          manifest.styles.length > 1 && style,
          h(
            "details",
            { open: own.secret !== "" },
            h("summary", {}, t("own.have")),
            h("label", { for: "secret" }, t("own.secret")),
            h("p", { class: "hint", id: "secret-hint" }, t("own.secret-hint")),
            secret,
          ),
          h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, t("line.go"))),
        ),
      ],
    };
  };
}

/** The part of a receipt that lets its voter vote again. */
export function keepKey(page: Page, secret: string): HTMLElement {
  const { t } = page;
  return h(
    "section",
    { class: "unprinted" },
    page.heading(t("own.keep-title")),
    ...paragraphs(t("own.keep-text")),
    h("div", { class: "row" }, saveLink(t("own.save"), "ballot-key.txt", `${secret}\n`, "text/plain")),
  );
}

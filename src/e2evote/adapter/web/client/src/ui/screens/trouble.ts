// What went wrong, by its name, in plain words, with what to do next. Each name that this client or the server may give
// has a text of its own; one that nobody thought of is still told by its name.

import { Refusal } from "../../core/index.js";
import { isKey, type Key, type Translator } from "../../i18n/translate.js";
import { button, h, paragraphs, type Child } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { NoAnswer, Problem } from "../server.js";

export interface Way {
  readonly label: Key;
  readonly go: () => void;
}

/** The name by which an error is told. */
export function nameOf(error: unknown): string {
  if (error instanceof Refusal || error instanceof Problem) return error.code;
  return error instanceof NoAnswer ? "no-answer" : "internal";
}

export function detailOf(error: unknown): string {
  if (error instanceof Refusal || error instanceof Problem) return error.detail;
  return error instanceof Error ? error.message : String(error);
}

/** Whether trying the same again may help, without anything being wrong. */
export function isPassing(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof Problem && error.passing);
}

/** Text of a name: `trouble.NAME`, else that of its family (`receipt-…`), else the general one. */
export function explained(t: Translator, part: "trouble" | "next" | "headline", name: string): string {
  for (const wanted of [name, name.replace(/[-.].*$/, "-all")]) {
    const key = `${part}.${wanted}`;
    if (isKey(key)) return t(key);
  }
  return part === "trouble" ? t("trouble.other") : "";
}

/** A whole screen about an error: nothing goes on from here but by `ways`. */
export function troubleScreen(
  error: unknown,
  ways: readonly Way[] = [],
  more: (t: Translator) => Child[] = () => [],
): Screen {
  const name = nameOf(error);
  const passing = isPassing(error);
  return (t) => {
    const next = explained(t, "next", name) || (passing ? t("next.passing") : t("next.stop"));
    return {
      title: explained(t, "headline", name) || t(passing ? "trouble.passing-title" : "trouble.title"),
      tone: "stop",
      body: [
        ...paragraphs(explained(t, "trouble", name)),
        h("p", {}, t("trouble.name"), " ", h("code", { class: "name" }, name)),
        detailOf(error) !== "" &&
          h(
            "details",
            {},
            h("summary", {}, t("trouble.detail")),
            h("p", { class: "detail", lang: "en" }, detailOf(error)),
          ),
        h("p", { class: "next" }, next),
        h("div", { class: "row" }, ...more(t)),
        ways.length > 0 &&
          h("div", { class: "row" }, ...ways.map((way, i) => button(t(way.label), way.go, i ? "plain" : "primary"))),
      ],
    };
  };
}

/** Why a code was not taken, beside the registrar that sent it. */
export function explainedCode(page: Page, code: string, organisation: string, line: string): string {
  if (code === "code-mistyped") return page.t("codes.mistyped", { organisation });
  if (code === "wrong-key") return page.t("codes.wrong-key", { organisation, line });
  return explained(page.t, "trouble", code);
}

// The line: the number that is on every letter. No code is asked for yet, and the page says so.

import { isKey, type Translator } from "../../i18n/translate.js";
import { button, h, paragraphs, type Child } from "../dom.js";
import { lineFrom } from "../fragment.js";
import { grouped } from "../tracker.js";
import type { Page, Screen } from "../page.js";
import type { LineFacts } from "../server.js";
import { moment } from "./before.js";

export function lineScreen(
  page: Page,
  closes: string,
  typed: { line: string },
  go: (line: string, unknown: () => void) => void,
): Screen {
  return (t) => {
    const field = h("input", {
      id: "line",
      type: "text",
      inputmode: "numeric",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 20,
      value: typed.line,
      "aria-describedby": "line-hint",
      input: () => (typed.line = field.value),
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      const line = lineFrom(field.value);
      const complain = (text: string): void => page.complain([{ field, text }]);
      if (line === "") return complain(t("line.malformed"));
      go(line, () => complain(`${t("trouble.line-unknown")} ${t("next.line-unknown")}`));
    };
    return {
      title: t("line.title"),
      body: [
        ...paragraphs(t("line.text", { closes: moment(t, closes) })),
        h(
          "form",
          { novalidate: true, submit },
          h("label", { for: "line" }, t("line.label")),
          h("p", { class: "hint", id: "line-hint" }, t("line.hint")),
          field,
          h("p", { class: "warning" }, t("line.no-codes")),
          h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, t("line.go"))),
        ),
        page.heading(t("line.steps-title")),
        h("ol", {}, ...([1, 2, 3, 4] as const).map((step) => h("li", {}, t(`line.step-${step}`)))),
      ],
    };
  };
}

/** A line that has ballots already: what voting again does. */
export function againScreen(page: Page, facts: LineFacts, go: () => void, back: () => void): Screen {
  return (t) => ({
    title: t("again.title", { line: facts.line }),
    body: [
      ...paragraphs(t("again.text"), t("again.public")),
      page.heading(t("again.list", { line: facts.line })),
      ballots(t, facts),
      h("p", { class: "next" }, t("again.not-me")),
      h("div", { class: "row" }, button(t("again.go"), go, "primary"), button(t("line.other"), back)),
    ],
  });
}

/** A line that cannot vote here: it has voted on paper, or has no code now. */
export function cannotScreen(facts: LineFacts, reason: "marked" | "no-key", back: () => void): Screen {
  return (t) => ({
    title: t(`cannot.${reason}-title`, { line: facts.line }),
    tone: "stop",
    body: [
      ...paragraphs(t(`cannot.${reason}-text`), t(`cannot.${reason}-next`)),
      h("div", { class: "row" }, button(t("line.other"), back)),
    ],
  });
}

/** Trackers of the line's ballots, as the board has them. */
function ballots(t: Translator, facts: LineFacts): Child {
  if (facts.ballots.length === 0) return h("p", {}, t("again.none"));
  return h(
    "ul",
    { class: "ballots" },
    ...facts.ballots.map((ballot) =>
      h("li", {}, h("code", { translate: "no" }, grouped(ballot.tracker)), ` ${statusWords(t, ballot.status)}`),
    ),
  );
}

function statusWords(t: Translator, status: string): string {
  const key = `status.${status}`;
  return isKey(key) ? t(key) : status;
}

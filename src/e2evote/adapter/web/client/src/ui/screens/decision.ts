// The tracker, and only then the choice: cast or challenge. Both stand side by side, alike, and each says what it does;
// a device that knew the answer beforehand could cheat.

import { button, h, paragraphs } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { trackerBlock } from "../tracker.js";

export interface Decision {
  readonly cast: () => void;
  readonly challenge: () => void;
  readonly discard: () => void;
}

export function decisionScreen(page: Page, tracker: string, line: string, decide: Decision): Screen {
  return (t) => ({
    title: t("decision.title"),
    body: [
      ...paragraphs(t("decision.write")),
      trackerBlock(page, t, tracker),
      h("p", {}, t("decision.line", { line })),
      page.heading(t("decision.now")),
      ...paragraphs(t("decision.text")),
      h(
        "div",
        { class: "either" },
        h(
          "section",
          { "aria-labelledby": "cast-title" },
          named(page.heading(t("decision.cast-title"), 2), "cast-title"),
          ...paragraphs(t("decision.cast-text")),
          named(button(t("decision.cast"), decide.cast, "primary"), "cast"),
        ),
        h(
          "section",
          { "aria-labelledby": "challenge-title" },
          named(page.heading(t("decision.challenge-title"), 2), "challenge-title"),
          ...paragraphs(t("decision.challenge-text")),
          named(button(t("decision.challenge"), decide.challenge, "primary"), "challenge"),
        ),
      ),
      h("p", { class: "hint" }, t("decision.made-up")),
      h("div", { class: "row" }, button(t("decision.discard"), decide.discard, "quiet")),
    ],
  });
}

function named(element: HTMLElement, id: string): HTMLElement {
  element.id = id;
  return element;
}

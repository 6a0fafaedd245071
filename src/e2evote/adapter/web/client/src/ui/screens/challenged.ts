// A ballot that was opened instead of cast: what to take to another device, and that the next ballot begins empty.

import { button, h, outward, paragraphs, type Child } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { qrCode } from "../qr.js";
import { saveLink, shortName } from "../saving.js";
import { trackerBlock } from "../tracker.js";

export interface Opening {
  readonly tracker: string;
  readonly line: string;
  /** For the voter's own checker. It says whose ballot it was. */
  readonly file: string;
}

export function challengedScreen(page: Page, opening: Opening, checkPage: string, vote: () => void): Screen {
  return (t) => ({
    title: t("challenged.title"),
    tone: "good",
    body: [
      ...paragraphs(t("challenged.text")),
      page.heading(t("challenged.check-title")),
      h(
        "ol",
        {},
        h(
          "li",
          {},
          h("p", {}, t("challenged.step-save")),
          h("div", { class: "row" }, saveOpening(t("challenged.save"), opening)),
        ),
        h("li", {}, h("p", {}, t("challenged.step-take"))),
        h(
          "li",
          {},
          h("p", {}, t("challenged.step-open")),
          h(
            "div",
            { class: "check-address" },
            h("p", { class: "address", translate: "no" }, outward(checkPage, checkPage)),
            qrCode(checkPage, t("challenged.address")),
          ),
          h("p", { class: "hint" }, t("challenged.step-address")),
        ),
        h("li", {}, h("p", {}, t("challenged.step-type")), trackerBlock(page, t, opening.tracker)),
        h("li", {}, h("p", {}, t("challenged.step-compare"))),
      ),
      h("p", { class: "warning" }, t("challenged.private")),
      page.heading(t("challenged.vote-title")),
      ...paragraphs(t("challenged.vote-text")),
      h("div", { class: "row" }, button(t("challenged.vote"), vote, "primary")),
    ],
  });
}

export function saveOpening(label: string, opening: Opening): HTMLElement {
  return saveLink(label, `${shortName(opening.tracker)}.challenge.json`, opening.file, "application/json");
}

/** The challenge was not published: the ballot is opened all the same, and can still be checked. */
export function openingKept(page: Page, opening: Opening): Child[] {
  return [
    h(
      "div",
      {},
      page.heading(page.t("challenged.kept-title")),
      h("p", {}, page.t("challenged.kept-text")),
      saveOpening(page.t("challenged.save"), opening),
    ),
  ];
}

// The receipt of a ballot that is cast: what this page has checked of it, tracker and line to keep, the file, a print.
//
// It never holds what was chosen: by then this page has dropped the choices and the nonces, so neither the voter nor
// anybody who makes a voter do it can show how they voted (docs/threats.md, A62).

import type { ReceiptFacts, Submission } from "../../core/index.js";
import type { Translator } from "../../i18n/translate.js";
import { button, h, outward, paragraphs, type Child } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { qrCode } from "../qr.js";
import { saveLink, shortName } from "../saving.js";
import { grouped, trackerBlock } from "../tracker.js";
import type { Outcome } from "./board.js";
import { saveSigned } from "./sending.js";

export interface Cast {
  readonly tracker: string;
  readonly line: string;
  readonly receipt: string;
  readonly facts: ReceiptFacts;
}

/** The same, with what was sent: all of it is public, and whoever keeps it can supply it again if a server loses it. */
export interface Sent extends Cast {
  readonly submission: Submission;
}

/** What a reading of the board in the background has found; "" as long as there was none. */
export interface Compared {
  outcome: Outcome | "";
  /** Shows and says the outcome, wherever the focus is. */
  told: () => void;
}

export function receiptScreen(
  page: Page,
  cast: Sent,
  compared: Compared,
  fingerprint: string,
  trackerPage: string,
  board: () => void,
  again: () => void,
  more: () => Child[],
): Screen {
  const { tracker, line, receipt, facts } = cast;
  const { outcome } = compared;
  return (t) => ({
    title: isBad(outcome) ? t(`board.${outcome}-title`) : t("receipt.title"),
    tone: isBad(outcome) ? "stop" : "good",
    body: [
      ...paragraphs(isBad(outcome) ? t(`board.${outcome}-text`) : t("receipt.text")),
      h(
        "div",
        { class: "slip" },
        page.heading(t("receipt.tracker")),
        trackerBlock(page, t, tracker),
        h(
          "dl",
          {},
          ...term(t("receipt.line"), line),
          ...term(t("receipt.place"), String(facts.index)),
          ...term(t("receipt.fingerprint"), fingerprint),
        ),
        qrCode(`${line} ${grouped(tracker)}`, t("receipt.qr")),
      ),
      h(
        "div",
        { class: "row unprinted" },
        saveLink(t("receipt.save"), `${shortName(tracker)}.tlog-proof`, receipt, "text/plain"),
        saveSigned(t("receipt.save-ballot"), tracker, cast.submission),
        named(
          button(t("receipt.print"), () => window.print()),
          "print",
        ),
      ),
      page.heading(t("receipt.checked-title")),
      receiptFacts(t, facts),
      comparison(t, compared),
      h("div", { class: "row unprinted" }, named(button(t("receipt.board"), board), "board")),
      page.heading(t("receipt.later-title")),
      ...paragraphs(t("receipt.later-text"), t("receipt.no-vote")),
      h("p", { class: "unprinted" }, outward(t("foot.tracker"), trackerPage, t("page.new-tab"))),
      page.heading(t("receipt.again-title")),
      ...paragraphs(t("receipt.again-text")),
      h("div", { class: "row unprinted" }, named(button(t("receipt.again"), again), "vote-again")),
      ...more(),
    ],
  });
}

/** The board has been read, and this ballot does not count by it: a receipt alone must not be taken for a vote. */
export function isBad(outcome: Compared["outcome"]): outcome is Exclude<Outcome, "counts" | "behind"> {
  return !["", "counts", "behind"].includes(outcome);
}

/** The outcome of a reading in the background, in its own place: whoever listens is told, and keeps their place. */
function comparison(t: Translator, compared: Compared): HTMLElement {
  const words = h("p", { class: "unprinted", "aria-live": "polite", id: "compared" });
  compared.told = () => {
    const { outcome } = compared;
    const known = outcome !== "" && outcome !== "behind";
    words.className = !known ? "unprinted" : outcome === "counts" ? "next" : "warning";
    words.textContent = !known
      ? t("receipt.board-text")
      : t(outcome === "counts" ? "receipt.board-counts" : "receipt.board-other");
  };
  compared.told();
  return words;
}

/** What the check of a receipt found, each as a sentence. */
export function receiptFacts(t: Translator, facts: ReceiptFacts): HTMLElement {
  const witnesses = facts.cosigners.map((cosigner) => cosigner.name).join(", ");
  return h(
    "ul",
    { class: "passed" },
    h("li", {}, t("receipt.signed")),
    h("li", {}, witnesses === "" ? t("receipt.no-witnesses") : t("receipt.witnesses", { witnesses })),
    h("li", {}, t("receipt.included", { index: facts.index, size: facts.size })),
    h("li", {}, t("receipt.same")),
  );
}

function term(name: string, value: string): Child[] {
  return [h("dt", {}, name), h("dd", { translate: "no" }, value)];
}

function named(element: HTMLElement, id: string): HTMLElement {
  element.id = id;
  return element;
}

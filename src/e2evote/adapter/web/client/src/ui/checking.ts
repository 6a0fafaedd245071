// The page on another device: check a ballot that was opened, or a receipt, from a file and what the voter wrote down.

import { checkOpened, checkReceipt, openedVotes, readOpened, type CheckResult, type Selection } from "../core/index.js";
import type { Key, Translator } from "../i18n/translate.js";
import { button, h, paragraphs, type Child } from "./dom.js";
import { lineFrom } from "./fragment.js";
import type { Opened } from "./opened.js";
import type { Page, Screen } from "./page.js";
import { textOf } from "./saving.js";
import { boardScreen } from "./screens/board.js";
import { receiptFacts, type Cast } from "./screens/receipt.js";
import { chosenItems } from "./screens/review.js";
import { troubleScreen } from "./screens/trouble.js";
import { chosenIn } from "./votes.js";

const LARGEST_FILE = 67_108_864;

export type What = "challenge" | "receipt";

/** What a form of this page was given; kept while another language is chosen. */
interface Given {
  file: File | null;
  tracker: string;
  line: string;
}

export class Checking {
  private readonly page: Page;
  private readonly opened: Opened;
  private readonly selection: Selection;
  private readonly what: What;
  private readonly given: Given = { file: null, tracker: "", line: "" };

  constructor(page: Page, opened: Opened, selection: Selection, what: What) {
    this.page = page;
    this.opened = opened;
    this.selection = selection;
    this.what = what;
  }

  begin = (): void => this.page.show(this.form);

  private readonly form: Screen = (t) => {
    const { what, given } = this;
    const file = h("input", { id: "file", type: "file", change: () => (given.file = file.files?.[0] ?? null) });
    const field = (id: "tracker" | "line", most: number): HTMLInputElement => {
      const made: HTMLInputElement = h("input", {
        id,
        type: "text",
        autocomplete: "off",
        autocapitalize: "characters",
        spellcheck: "false",
        maxlength: most,
        value: given[id],
        "aria-describedby": `${id}-hint`,
        input: () => (given[id] = made.value),
      });
      return made;
    };
    const tracker = field("tracker", 100);
    const line = field("line", 100);
    const submit = (event: Event): void => {
      event.preventDefault();
      const errors = [
        ...(given.file ? [] : [{ field: file, text: t(`check.${what}-no-file`) }]),
        ...(isTracker(given.tracker) ? [] : [{ field: tracker, text: t("check.tracker-malformed") }]),
        ...(this.lineTyped() !== "" || (what === "challenge" && given.line.trim() === "")
          ? []
          : [{ field: line, text: t("line.malformed") }]),
      ];
      if (errors.length > 0) return this.page.complain(errors);
      void this.check();
    };
    return {
      title: t(`check.${what}-title`),
      body: [
        ...paragraphs(t(`check.${what}-text`)),
        h(
          "form",
          { novalidate: true, submit },
          h("label", { for: "file" }, t(`check.${what}-file`)),
          given.file && h("p", { class: "hint" }, given.file.name),
          file,
          h("label", { for: "tracker" }, t("check.tracker")),
          h("p", { class: "hint", id: "tracker-hint" }, t("check.tracker-hint")),
          tracker,
          h("label", { for: "line" }, t(what === "challenge" ? "check.line-optional" : "line.label")),
          h("p", { class: "hint", id: "line-hint" }, t(what === "challenge" ? "check.line-hint" : "line.hint")),
          line,
          h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, t("check.go"))),
        ),
      ],
    };
  };

  private async check(): Promise<void> {
    const { page, given } = this;
    try {
      const text = given.file ? await textOf(given.file, LARGEST_FILE) : "";
      if (this.what === "receipt") return this.showReceipt(text);
      page.announce(page.t("check.working"));
      await this.showOpened(text);
    } catch (error) {
      page.show(troubleScreen(error, [{ label: "way.other-file", go: this.begin }]));
    }
  }

  private showReceipt(receipt: string): void {
    const { page, given, selection } = this;
    const facts = checkReceipt(selection, receipt, { line: this.lineTyped(), tracker: given.tracker });
    const cast: Cast = { tracker: given.tracker, line: facts.line, receipt, facts };
    const screen: Screen = (t) => ({
      title: t("check.receipt-good"),
      tone: "good",
      body: [
        ...paragraphs(t("check.receipt-says")),
        receiptFacts(t, facts),
        anchoredWords(t, selection),
        ...paragraphs(t("receipt.board-text")),
        h(
          "div",
          { class: "row" },
          button(t("receipt.board"), board, "primary"),
          button(t("way.other-file"), this.begin),
        ),
      ],
    });
    const back = (): void => page.show(screen);
    const board = (): void => void boardScreen(page, selection, this.opened.server, cast, back);
    page.show(screen);
  }

  private async showOpened(file: string): Promise<void> {
    const { page, given, selection } = this;
    const line = this.lineTyped();
    const { voter } = readOpened(file);
    const known = line !== "" && selection.manifest.roll ? await this.opened.server.line(line) : null;
    const results = checkOpened(selection, given.tracker, file, line || undefined, known?.keys);
    const failed = results.filter((result) => !result.holds && !isNotAsked(result));
    if (failed.length > 0) return page.show(this.failedScreen(results));
    const votes = openedVotes(selection, file);
    page.show((t) => ({
      title: t("check.challenge-good"),
      tone: "good",
      body: [
        ...paragraphs(t("check.challenge-says")),
        ...selection.manifest.contests
          .filter((contest) => Object.hasOwn(votes, contest.id))
          .flatMap((contest) => [
            page.heading(page.best(contest.name), 1, page.langOf(contest.name)),
            h(
              "ul",
              { class: "chosen" },
              ...chosenItems(page, t, contest, chosenIn(votes, contest.id)),
            ),
          ]),
        h("p", { class: "next" }, t("check.challenge-compare")),
        line === "" && h("p", { class: "warning" }, t("check.line-not", { line: voter.line })),
        anchoredWords(t, selection),
        page.heading(t("check.list")),
        checksList(t, results),
        h("div", { class: "row" }, button(t("way.other-file"), this.begin)),
      ],
    }));
  }

  private failedScreen(results: readonly CheckResult[]): Screen {
    return (t) => ({
      title: t("check.challenge-bad"),
      tone: "stop",
      body: [
        ...paragraphs(t("check.challenge-bad-text")),
        checksList(t, results),
        h("p", { class: "next" }, t("check.challenge-bad-next")),
        h("div", { class: "row" }, button(t("way.other-file"), this.begin)),
      ],
    });
  }

  private lineTyped(): string {
    const typed = this.given.line.trim();
    if (this.selection.manifest.roll) return lineFrom(typed);
    return /^[0-9a-z-]{1,64}$/.test(typed) ? typed : "";
  }
}

/** Whether it has the letters and digits of a tracker; which ballot's it is, the checks say. */
function isTracker(text: string): boolean {
  return /^[0-9A-TV-Za-tv-z]{32}$/.test(text.replace(/[\s-]/g, ""));
}

function isNotAsked(result: CheckResult): boolean {
  return result.check === "ballot.line" && result.examined === 0;
}

function anchoredWords(t: Translator, selection: Selection): Child {
  if (selection.anchored) return h("p", {}, t("check.anchored"));
  return h("p", { class: "warning" }, t("check.unanchored", { fingerprint: selection.fingerprint }));
}

/** Every check by name, with what it is about. */
function checksList(t: Translator, results: readonly CheckResult[]): HTMLElement {
  return h(
    "ul",
    { class: "checks" },
    ...results.map((result) => {
      const state = result.holds ? "passed" : isNotAsked(result) ? "not-run" : "failed";
      return h(
        "li",
        { class: state },
        h("strong", {}, t(`check.state-${state}`)),
        ` ${t(`checked.${result.check}` as Key)} `,
        h("code", {}, result.check),
        state === "failed" && h("p", { class: "detail", lang: "en" }, result.detail),
      );
    }),
  );
}

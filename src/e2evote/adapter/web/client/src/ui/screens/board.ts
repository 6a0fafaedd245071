// A receipt held against the public board: this page reads the whole log and finds the ballots of the line by itself.

import { checkReceipt, Refusal, scanBoard, type BoardView, type Selection } from "../../core/index.js";
import type { Translator } from "../../i18n/translate.js";
import { button, h, paragraphs, type Child } from "../dom.js";
import type { Page, Screen } from "../page.js";
import type { Server } from "../server.js";
import { grouped } from "../tracker.js";
import type { Cast } from "./receipt.js";
import { troubleScreen } from "./trouble.js";

/** Reads the board with progress, and says what it has for the line; every end has a way back. */
export async function boardScreen(
  page: Page,
  selection: Selection,
  server: Server,
  cast: Cast,
  back: () => void,
): Promise<void> {
  let tell = (_: number): void => undefined;
  page.show((t) => {
    const bar = h("progress", { max: 100, value: 0, "aria-label": t("board.reading") });
    let last = 0;
    tell = (percent) => {
      bar.value = percent;
      if (percent < last + 25) return;
      last = percent;
      page.announce(t("board.progress", { percent }));
    };
    return { title: t("board.reading"), body: [...paragraphs(t("board.text")), bar] };
  });
  try {
    checkReceipt(selection, cast.receipt, { line: cast.line, tracker: cast.tracker });
    const fetchFile = (path: string): Promise<Uint8Array> => server.boardFile(path);
    const progress = (done: number, total: number): void => tell(total > 0 ? Math.floor((100 * done) / total) : 100);
    const view = await scanBoard(selection, fetchFile, cast.line, progress, cast.facts);
    page.show(foundScreen(page, view, cast, back));
  } catch (error) {
    const again = (): void => void boardScreen(page, selection, server, cast, back);
    page.show(
      troubleScreen(error, [
        { label: "way.retry", go: again },
        { label: "way.back", go: back },
      ]),
    );
  }
}

function foundScreen(page: Page, view: BoardView, cast: Cast, back: () => void): Screen {
  const outcome = outcomeOf(view, cast);
  const counts = outcome === "counts";
  return (t) => ({
    title: t(`board.${outcome}-title`),
    tone: counts ? "good" : "stop",
    body: [
      ...paragraphs(t(`board.${outcome}-text`), t("board.read", { size: view.size })),
      page.heading(t("again.list", { line: cast.line })),
      listed(t, view),
      h("div", { class: "row" }, button(t("way.back"), back, "primary")),
    ],
  });
}

export type Outcome = "counts" | "superseded" | "invalid" | "absent" | "behind" | "false";

/** Whether a board that was not read to its end is false, and not only away or being written. */
export function isFalse(error: unknown): boolean {
  return error instanceof Refusal && !["board-incomplete", "board-malformed", "answer-malformed"].includes(error.code);
}

/** What the board says of the ballot of a receipt, in a word. */
export function outcomeOf(view: BoardView, cast: Cast): Outcome {
  const ballot = view.ballots.find((one) => one.leafHash === cast.facts.leafHash);
  if (!ballot) return view.size <= cast.facts.index ? "behind" : "absent";
  if (ballot.objection !== "" || ballot.status === "invalid") return "invalid";
  return ballot.status === "counted" || ballot.status === "recorded" ? "counts" : "superseded";
}

function listed(t: Translator, view: BoardView): Child {
  if (view.ballots.length === 0) return h("p", {}, t("again.none"));
  return h(
    "ul",
    { class: "ballots" },
    ...view.ballots.map((ballot) =>
      h(
        "li",
        {},
        h("code", { translate: "no" }, grouped(ballot.tracker)),
        ` ${t(`status.${ballot.status}`)} ${t("board.entry", { index: ballot.index })}`,
        ballot.objection !== "" && h("p", { class: "warning" }, t("board.objection")),
      ),
    ),
  );
}

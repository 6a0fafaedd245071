// Everything that was chosen, before anything is encrypted, with warnings that forbid nothing; then the encryption.

import type { Contest, Votes } from "../../core/index.js";
import type { Translator } from "../../i18n/translate.js";
import { button, h, paragraphs } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { chosenIn, given, isBlank, votesFor, warningOf } from "../votes.js";

export function reviewScreen(
  page: Page,
  line: string,
  contests: readonly Contest[],
  others: readonly Contest[],
  votes: Votes,
  change: (place: number) => void,
  seal: () => void,
): Screen {
  return (t) => ({
    title: t("review.title"),
    body: [
      ...paragraphs(t("review.text", { line })),
      ...contests.flatMap((contest, i) => {
        const chosen = chosenIn(votes, contest.id);
        const warning = warningOf(contest, chosen);
        const edit = button(t("review.change"), () => change(i), "quiet");
        edit.setAttribute("aria-label", t("review.change-contest", { contest: page.best(contest.name) }));
        edit.id = `change-${i}`;
        return [
          h("div", { class: "reviewed" }, page.heading(page.best(contest.name), 1, page.langOf(contest.name)), edit),
          h("ul", { class: "chosen" }, ...chosenItems(page, t, contest, chosen)),
          warning !== "none" &&
            h(
              "p",
              { class: "warning" },
              warning === "under"
                ? t("review.under", { given: given(chosen), limit: contest.limit })
                : t(contest.blank ? "review.empty-blank" : "review.empty"),
            ),
        ];
      }),
      others.length > 0 && h("p", { class: "warning" }, t("review.others", { contests: named(page, others) })),
      ...paragraphs(t("review.next")),
      h("div", { class: "row" }, button(t("review.seal"), seal, "primary")),
    ],
  });
}

function named(page: Page, contests: readonly Contest[]): string {
  return contests.map((contest) => page.best(contest.name)).join("; ");
}

/** What a ballot says in one contest, an item for each option that got votes. */
export function chosenItems(
  page: Page,
  t: Translator,
  contest: Contest,
  chosen: Readonly<Record<string, number>>,
): HTMLElement[] {
  if (isBlank(chosen)) return [h("li", {}, t("contest.blank"))];
  const words = contest.options
    .filter((option) => votesFor(chosen, option.id) > 0)
    .map((option) => {
      const name = page.best(option.name);
      const text = option.limit > 1 ? t("review.votes", { name, votes: votesFor(chosen, option.id) }) : name;
      return h("li", { lang: page.langOf(option.name) }, text);
    });
  return words.length > 0 ? words : [h("li", {}, t("review.nothing"))];
}

/** Progress of the encryption. `told` is given the share that is done, from 0 to 1. */
export function sealingScreen(page: Page, register: (told: (share: number) => void) => void): Screen {
  return (t) => {
    const bar = h("progress", { max: 100, value: 0, "aria-label": t("sealing.title") });
    const words = h("p", {}, t("sealing.text"));
    let last = 0;
    register((share) => {
      const percent = Math.floor(share * 100);
      bar.value = percent;
      if (percent < last + 20 && percent < 100) return;
      last = percent;
      page.announce(t("sealing.progress", { percent }));
    });
    return { title: t("sealing.title"), body: [words, bar] };
  };
}

// What is shown before a line is asked for: loading, a fingerprint to compare, and a selection that takes no ballots.

import type { Selection } from "../../core/index.js";
import type { Translator } from "../../i18n/translate.js";
import { button, h, outward, paragraphs } from "../dom.js";
import type { Opened } from "../opened.js";
import type { Screen } from "../page.js";
import { groupsLine } from "../tracker.js";

export const loadingScreen: Screen = (t) => ({ title: t("loading.title"), body: [h("p", {}, t("loading.text"))] });

/** Between two screens, so that nothing can be pressed twice, or both ways of a ballot be taken at once. */
export const waitingScreen: Screen = (t) => ({ title: t("loading.title"), body: [h("p", {}, t("waiting.text"))] });

/** For whoever comes back to a page that was left in the middle, by the button of the browser for one. */
export function leftScreen(again: () => void): Screen {
  return (t) => ({
    title: t("left.title"),
    body: [...paragraphs(t("left.text")), h("div", { class: "row" }, button(t("way.start"), again, "primary"))],
  });
}

/** Without anchors a false selection would not be noticed: only a person can compare. */
export function compareScreen(selection: Selection, same: () => void, without: () => void): Screen {
  return (t) => ({
    title: t("compare.title"),
    body: [
      ...paragraphs(t("compare.why"), t("compare.how")),
      groupsLine(selection.fingerprint, "fingerprint"),
      ...paragraphs(t("compare.differs")),
      h("div", { class: "row" }, button(t("compare.same"), same, "primary"), button(t("compare.without"), without)),
    ],
  });
}

/** Not open yet, paused, or over. */
export function closedScreen(opened: Opened, again: () => void): Screen {
  const { status, pages } = opened;
  const state = status.paused && status.phase === "open" ? "paused" : status.phase === "setup" ? "setup" : "closed";
  return (t) => ({
    title: t(`closed.${state}-title`),
    body: [
      ...paragraphs(t(`closed.${state}-text`, { opens: moment(t, status.opens), closes: moment(t, status.closes) })),
      state === "closed"
        ? h(
            "ul",
            {},
            h("li", {}, outward(t("foot.tracker"), new URL("tracker", pages).href, t("page.new-tab"))),
            h("li", {}, outward(t("closed.not-voted"), new URL("not-voted", pages).href, t("page.new-tab"))),
            h("li", {}, outward(t("closed.audit"), new URL("audit", pages).href, t("page.new-tab"))),
          )
        : h("div", { class: "row" }, button(t("closed.again"), again, "primary")),
    ],
  });
}

const MOMENT: Intl.DateTimeFormatOptions = {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
};

/** A moment in the reader's own time and words. What is no date is shown as it is. */
export function moment(t: Translator, date: string): string {
  const time = new Date(date);
  if (Number.isNaN(time.getTime())) return date;
  return new Intl.DateTimeFormat([t("page.locale"), "en-GB"], MOMENT).format(time);
}

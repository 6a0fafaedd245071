// A ballot, or an opened one, that is on its way. Until a receipt was checked this screen says "not yet cast".

import type { Submission } from "../../core/index.js";
import type { Key } from "../../i18n/translate.js";
import { button, fill, h, paragraphs, type Child } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { saveLink, shortName } from "../saving.js";
import { savedSubmission, Sending, type Stage } from "../sending.js";

/** The screen, and what it shows when the stage changes. */
export function sendingScreen(
  page: Page,
  tracker: string,
  submission: Submission,
  state: { stage: Stage; seconds: number },
  now: () => void,
  kept: () => Child[],
): { screen: Screen; told: () => void } {
  const isCast = submission.session === undefined;
  let told = (): void => undefined;
  const screen: Screen = (t) => {
    const words = h("div", { class: "stage" });
    const again = button(t("sending.now"), now, "primary");
    again.id = "send-now";
    told = () => {
      const key: Key = `sending.${isCast ? "cast" : "challenge"}-${state.stage}`;
      fill(words, ...paragraphs(t(key, { seconds: state.seconds })));
      again.hidden = state.stage === "sending";
      page.announce(t(key, { seconds: state.seconds }));
    };
    told();
    return {
      title: t(isCast ? "sending.cast-title" : "sending.challenge-title"),
      body: [
        words,
        h("p", {}, t("codes.tracker"), " ", h("code", { translate: "no" }, tracker)),
        h("div", { class: "row" }, again),
        ...(isCast
          ? [
              page.heading(t("sending.keep-title")),
              ...paragraphs(t("sending.keep-text")),
              h("div", { class: "row" }, saveSigned(t("sending.keep"), tracker, submission)),
            ]
          : kept()),
      ],
    };
  };
  return { screen, told: () => told() };
}

/** Saves the signed ballot, so that the same can be sent later or from elsewhere. */
export function saveSigned(label: string, tracker: string, submission: Submission): HTMLElement {
  return saveLink(label, `${shortName(tracker)}.signed.json`, savedSubmission(submission), "application/json");
}

/** Shows a submission on its way, and gives the answer that ends it. `kept`: what a challenge leaves to its voter. */
export function sendAndShow(
  page: Page,
  server: ConstructorParameters<typeof Sending>[0],
  tracker: string,
  submission: Submission,
  kept: () => Child[] = () => [],
): ReturnType<Sending["done"]> {
  const state: { stage: Stage; seconds: number } = { stage: "sending", seconds: 0 };
  let told = (): void => undefined;
  const sending = new Sending(server, submission, (stage, seconds) => {
    const quiet = stage === "sending" && state.stage !== "sending"; // the same words again and again help nobody
    if (quiet) return;
    state.stage = stage;
    state.seconds = seconds;
    told();
  });
  const shown = sendingScreen(page, tracker, submission, state, () => sending.now(), kept);
  told = shown.told;
  page.show(shown.screen);
  return sending.done();
}

// A tracker for eyes, ears and the clipboard: eight groups of four characters, and each of them as a word.

import type { Translator } from "../i18n/translate.js";
import { button, h } from "./dom.js";
import type { Page } from "./page.js";

const WORDS: Readonly<Record<string, string>> = {
  A: "Alfa", B: "Bravo", C: "Charlie", D: "Delta", E: "Echo", F: "Foxtrot", G: "Golf", H: "Hotel", J: "Juliett",
  K: "Kilo", M: "Mike", N: "November", P: "Papa", Q: "Quebec", R: "Romeo", S: "Sierra", T: "Tango", V: "Victor",
  W: "Whiskey", X: "X-ray", Y: "Yankee", Z: "Zulu",
}; // prettier-ignore

/** `7K3M-2QZX-…` from however it was written. */
export function grouped(tracker: string): string {
  const characters = tracker.replace(/[\s-]/g, "").toUpperCase();
  return (characters.match(/.{1,4}/g) ?? []).join("-");
}

/** Each group in words: letters by the spelling alphabet, digits as they are. */
export function spoken(tracker: string): string[] {
  return grouped(tracker)
    .split("-")
    .map((group) => Array.from(group, (character) => WORDS[character] ?? character).join(" "));
}

/** The tracker as a block: groups to read, a button that copies it, and the spelling. */
export function trackerBlock(page: Page, t: Translator, tracker: string): HTMLElement {
  const groups = grouped(tracker).split("-");
  const copied = h("span", { class: "copied" });
  const say = (text: string): void => {
    copied.textContent = text;
    page.announce(text);
  };
  const copy = button(t("tracker.copy"), () => {
    copyText(groups.join("-")).then(
      () => say(t("tracker.copied")),
      () => say(t("tracker.not-copied")),
    );
  });
  copy.id = "copy-tracker";
  return h(
    "div",
    { class: "tracker" },
    groupsLine(tracker),
    h("p", { class: "row unprinted" }, copy, copied),
    h(
      "details",
      { class: "unprinted" },
      h("summary", {}, t("tracker.spell")),
      h("ol", { class: "spelled" }, ...spoken(tracker).map((group) => h("li", {}, group))),
    ),
  );
}

/** Eight groups that wrap between groups only. */
export function groupsLine(tracker: string, id?: string): HTMLElement {
  const groups = grouped(tracker).split("-");
  const spans = groups.map((group, i) => h("span", {}, i + 1 < groups.length ? `${group}-` : group));
  return h("p", { class: "groups", translate: "no", id }, ...spans);
}

/** Rejects where the browser has no clipboard for pages: by plain http from another machine, for one. */
async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

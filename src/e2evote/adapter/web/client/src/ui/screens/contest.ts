// One contest: its options in the manifest's order, nothing chosen beforehand, never more than the limit.
//
// More than the limit is not taken: the last tick is undone and the page says why. A box is not disabled for it, since
// a disabled box tells nobody who listens what happened.

import type { Contest } from "../../core/index.js";
import type { Translator } from "../../i18n/translate.js";
import { button, h } from "../dom.js";
import type { Page, Screen } from "../page.js";
import { given, isAllowed, isBlank, kindOf, votesFor } from "../votes.js";

export type Choosing = Record<string, number>;

export interface Place {
  readonly number: number;
  readonly of: number;
}

export interface Onward {
  readonly next: () => void;
  readonly back: () => void;
  readonly nextLabel: "contest.next" | "contest.to-review";
}

export function contestScreen(page: Page, contest: Contest, chosen: Choosing, place: Place, onward: Onward): Screen {
  return (t) => {
    const told = h("p", { class: "told", id: "told" });
    const kind = kindOf(contest);
    const rule =
      kind === "one"
        ? t("contest.one")
        : t(kind === "some" ? "contest.some" : "contest.points", { limit: contest.limit });
    const tell = (warning = ""): void => {
      told.textContent = warning || (kind === "one" ? "" : counted(t, contest, chosen));
      told.classList.toggle("warning", warning !== "");
      page.announce(told.textContent);
    };
    const inputs = kind === "points" ? points(page, t, contest, chosen, tell) : ticks(page, t, contest, chosen, tell);
    told.textContent = kind === "one" ? "" : counted(t, contest, chosen);
    const submit = (event: Event): void => {
      event.preventDefault();
      if (isAllowed(contest, chosen)) return onward.next();
      const field = inputs.querySelector("input");
      if (field) page.complain([{ field, text: t("contest.over", { limit: contest.limit }) }]);
    };
    return {
      title: page.best(contest.name),
      lang: page.langOf(contest.name),
      body: [
        place.of > 1 && h("p", { class: "hint" }, t("contest.place", { number: place.number, of: place.of })),
        h(
          "form",
          { novalidate: true, autocomplete: "off", submit },
          h("fieldset", {}, h("legend", {}, rule), inputs),
          told,
          h(
            "div",
            { class: "row" },
            h("button", { type: "submit", class: "primary" }, t(onward.nextLabel)),
            button(t("contest.back"), onward.back),
          ),
        ),
      ],
    };
  };
}

function counted(t: Translator, contest: Contest, chosen: Choosing): string {
  return isBlank(chosen) ? t("contest.is-blank") : t("contest.count", { given: given(chosen), limit: contest.limit });
}

/** Radio buttons for one vote, boxes for several. The last of them is the blank vote, or no vote. */
function ticks(
  page: Page,
  t: Translator,
  contest: Contest,
  chosen: Choosing,
  tell: (warning?: string) => void,
): HTMLElement {
  const single = contest.limit === 1;
  const group = h("div", { class: "options" });
  const boxes = new Map<string, HTMLInputElement>();
  const set = (option: string, on: boolean): void => {
    const others = single || option === "" || isBlank(chosen);
    if (on && !others && given(chosen) + 1 > contest.limit) {
      const box = boxes.get(option);
      if (box) box.checked = false;
      return tell(t("contest.full", { limit: contest.limit }));
    }
    if (on && others) for (const name of Object.keys(chosen)) delete chosen[name];
    if (on) chosen[option] = 1;
    else delete chosen[option];
    for (const [name, box] of boxes) box.checked = votesFor(chosen, name) > 0;
    tell();
  };
  const add = (option: string, text: string, lang?: string, hint = ""): void => {
    const id = option === "" ? "blank" : `option-${option}`;
    const box = h("input", {
      id,
      name: "option",
      type: single ? "radio" : "checkbox",
      checked: votesFor(chosen, option) > 0,
      "aria-describedby": hint === "" ? undefined : `${id}-hint`,
      change: () => set(option, box.checked),
    });
    boxes.set(option, box);
    group.append(
      h(
        "div",
        { class: option === "" ? "option blank" : "option" },
        box,
        h("label", { for: id, lang }, text),
        hint !== "" && h("p", { class: "hint", id: `${id}-hint` }, hint),
      ),
    );
  };
  for (const option of contest.options) add(option.id, page.best(option.name), page.langOf(option.name));
  if (contest.blank) add("", t("contest.blank"), undefined, t("contest.blank-hint"));
  if (single) {
    const clear = (): void => {
      for (const name of Object.keys(chosen)) delete chosen[name];
      for (const box of boxes.values()) box.checked = false;
      tell(t("contest.cleared"));
    };
    group.append(button(t("contest.clear"), clear, "quiet"));
  }
  return group;
}

/** A number for each option, where one option may get several votes. */
function points(
  page: Page,
  t: Translator,
  contest: Contest,
  chosen: Choosing,
  tell: (warning?: string) => void,
): HTMLElement {
  const group = h("div", { class: "options" });
  const fields: HTMLInputElement[] = [];
  const blank = h("input", {
    id: "blank",
    type: "checkbox",
    checked: isBlank(chosen),
    "aria-describedby": "blank-hint",
    change: () => {
      for (const name of Object.keys(chosen)) delete chosen[name];
      if (blank.checked) chosen[""] = 1;
      for (const field of fields) field.value = "";
      tell();
    },
  });
  for (const option of contest.options) {
    const id = `option-${option.id}`;
    const field = h("input", {
      id,
      type: "number",
      inputmode: "numeric",
      autocomplete: "off",
      min: 0,
      max: option.limit,
      step: 1,
      value: votesFor(chosen, option.id) || "",
      "aria-describedby": `${id}-hint`,
      input: () => {
        const left = contest.limit - given({ ...chosen, [option.id]: 0 });
        const most = Math.min(option.limit, left);
        const wanted = field.value === "" ? 0 : Number(field.value);
        const taken = Number.isSafeInteger(wanted) && wanted >= 0 ? Math.min(wanted, most) : 0;
        delete chosen[""];
        blank.checked = false;
        if (taken > 0) chosen[option.id] = taken;
        else delete chosen[option.id];
        if (taken === wanted) return tell();
        field.value = taken > 0 ? String(taken) : "";
        tell(t("contest.too-many", { most, limit: contest.limit }));
      },
    });
    fields.push(field);
    group.append(
      h(
        "div",
        { class: "option number" },
        h("label", { for: id, lang: page.langOf(option.name) }, page.best(option.name)),
        field,
        h("p", { class: "hint", id: `${id}-hint` }, t("contest.most", { limit: option.limit })),
      ),
    );
  }
  if (contest.blank) {
    group.append(
      h(
        "div",
        { class: "option blank" },
        blank,
        h("label", { for: "blank" }, t("contest.blank")),
        h("p", { class: "hint", id: "blank-hint" }, t("contest.blank-hint")),
      ),
    );
  }
  return group;
}

// The codes, one from each registrar, asked for only after the voter has said cast. Pasting works as in any field, and
// the browser is told to remember none. What is typed is shown unless the voter hides it, and forgotten once it has
// signed.

import { button, h, paragraphs } from "../dom.js";
import type { Page, Screen } from "../page.js";

export interface Asked {
  /** Names of the organisations, in the manifest's order. */
  readonly organisations: readonly string[];
  readonly codes: string[];
  hidden: boolean;
}

/** What is wrong with a code: which one, and how that is told. */
export interface Mistake {
  readonly index: number;
  readonly text: string;
}

export function codesScreen(
  page: Page,
  tracker: string,
  asked: Asked,
  sign: () => Mistake | null,
  back: () => void,
): Screen {
  const own = asked.organisations.length === 0; // no roll: the voter's own key signs, and nothing is asked for
  return (t) => {
    const fields = asked.organisations.map((_, i) => {
      const field = h("input", {
        id: `code-${i}`,
        type: asked.hidden ? "password" : "text",
        class: "code",
        autocapitalize: "characters",
        autocomplete: "off",
        spellcheck: "false",
        maxlength: 200,
        value: asked.codes[i] ?? "",
        "aria-describedby": "code-hint",
        input: () => {
          asked.codes[i] = field.value;
          field.removeAttribute("aria-invalid");
        },
      });
      return field;
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      const empty = fields.flatMap((field, i) =>
        field.value.trim() === ""
          ? [{ field, text: t("codes.empty", { organisation: asked.organisations[i] ?? "" }) }]
          : [],
      );
      if (empty.length > 0) return page.complain(empty);
      const mistake = sign();
      const field = mistake && fields[mistake.index];
      if (!mistake || !field) return;
      page.complain([{ field, text: mistake.text }]);
    };
    const hide = h("input", {
      id: "hide-codes",
      type: "checkbox",
      checked: asked.hidden,
      change: () => {
        asked.hidden = hide.checked;
        for (const field of fields) field.type = asked.hidden ? "password" : "text";
      },
    });
    return {
      title: t(own ? "codes.sign" : "codes.title"),
      body: [
        ...paragraphs(t(own ? "own.final" : "codes.text")),
        h("p", { class: "hint" }, t("codes.tracker"), " ", h("code", { translate: "no" }, tracker)),
        h(
          "form",
          { novalidate: true, submit },
          !own && h("p", { class: "hint", id: "code-hint" }, t("codes.hint")),
          ...fields.flatMap((field, i) => [
            h("label", { for: field.id }, t("codes.label", { organisation: asked.organisations[i] ?? "" })),
            field,
          ]),
          !own && h("div", { class: "option" }, hide, h("label", { for: "hide-codes" }, t("codes.hide"))),
          !own && h("p", { class: "warning" }, t("codes.final")),
          h(
            "div",
            { class: "row" },
            h("button", { type: "submit", class: "primary" }, t("codes.sign")),
            button(t("codes.back"), back),
          ),
        ),
      ],
    };
  };
}

/** Another ballot of the line appeared after this one was begun, and before it was signed. */
export function meanwhileScreen(goOn: () => void, stop: () => void): Screen {
  return (t) => ({
    title: t("meanwhile.title"),
    body: [
      ...paragraphs(t("meanwhile.text"), t("meanwhile.not-me")),
      h("div", { class: "row" }, button(t("meanwhile.go"), goOn, "primary"), button(t("meanwhile.stop"), stop)),
    ],
  });
}

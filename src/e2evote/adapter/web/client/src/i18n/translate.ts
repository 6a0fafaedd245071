// Texts by key and language. Both languages have the same keys, which the compiler sees, and the same places to fill
// in, which a test sees.

import { cy } from "./cy.js";
import { cyTrouble } from "./cy_trouble.js";
import { en } from "./en.js";
import { enTrouble } from "./en_trouble.js";

const ENGLISH = { ...en, ...enTrouble };

export type Key = keyof typeof ENGLISH;
export type Values = Readonly<Record<string, string | number>>;
export type Translator = (key: Key, values?: Values) => string;
export type Language = "en" | "cy";

export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", cy: "Cymraeg" };

const TEXTS: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en: ENGLISH, cy: { ...cy, ...cyTrouble } };

/** The language that is there for a tag such as `cy-GB`; English where there is none. */
export function nearest(tag: string): Language {
  return tag.toLowerCase().split("-")[0] === "cy" ? "cy" : "en";
}

export function inLanguage(language: Language): Translator {
  return (key, values = {}) =>
    TEXTS[language][key].replace(/\{([a-z]+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** Whether there is a text of this key: codes that come from elsewhere are looked up so. */
export function isKey(text: string): text is Key {
  return Object.hasOwn(ENGLISH, text);
}

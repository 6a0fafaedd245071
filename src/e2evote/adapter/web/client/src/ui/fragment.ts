// What the page was asked to do: the part of the address after `#`, which no server sees, or the element's attributes.
//
//     #anchors=<base hash>-<extended base hash>&session=<token>&line=17&lang=cy&check=receipt&api=https://…
//
// What is there and cannot be understood is refused: a link whose anchors are cut off must not open unanchored.

import { Refusal, type Anchors } from "../core/index.js";

export const MODES = ["", "challenge", "receipt", "send"] as const;
export type Mode = (typeof MODES)[number];

/** The names that may stand in a fragment, and as attributes of the element. */
export const NAMES = ["api", "anchors", "session", "line", "lang", "check", "allow-test-group"] as const;
export type Name = (typeof NAMES)[number];

export interface Wishes {
  readonly api: string;
  readonly anchors: Anchors | null;
  readonly session: string;
  readonly line: string;
  readonly lang: string;
  readonly check: Mode;
  readonly allowTestGroup: boolean;
}

const ANCHORS = /^([0-9a-f]{64})-([0-9a-f]{64})$/;
const TOKEN = /^[0-9A-Za-z._~-]{1,4096}$/;

/** The members of a fragment, each once. */
export function readFragment(hash: string): Partial<Record<Name, string>> {
  const members: Partial<Record<Name, string>> = {};
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!isName(name)) continue; // other people's markers in addresses are no reason to refuse
    if (name in members) throw new Refusal("link-malformed", `${name} is there twice`);
    members[name] = value;
  }
  return members;
}

export function wishesFrom(members: Partial<Record<Name, string>>): Wishes {
  const session = members.session ?? "";
  if (session !== "" && !TOKEN.test(session)) throw new Refusal("link-malformed", "session");
  const check = members.check ?? "";
  if (!isMode(check)) throw new Refusal("link-malformed", "check");
  return {
    api: members.api ?? "",
    anchors: anchorsFrom(members.anchors ?? ""),
    session,
    line: members.line ?? "",
    lang: members.lang ?? "",
    check,
    allowTestGroup: "allow-test-group" in members,
  };
}

/** `<base hash>-<extended base hash>`, or nothing at all. */
export function anchorsFrom(text: string): Anchors | null {
  if (text === "") return null;
  const found = ANCHORS.exec(text);
  if (!found?.[1] || !found[2]) throw new Refusal("link-malformed", "anchors");
  return { baseHash: found[1], extendedBaseHash: found[2] };
}

/** The fragment without what is for one use, or for one voter: what may stay in the address bar. */
export function lasting(members: Partial<Record<Name, string>>): string {
  const kept = new URLSearchParams();
  for (const name of NAMES) {
    const value = members[name];
    if (value !== undefined && name !== "session" && name !== "line") kept.set(name, value);
  }
  const text = kept.toString();
  return text === "" ? "" : `#${text}`;
}

/** Where the selection's API is: as it was said, or beside `…/elections/ID/client/`, in whatever folder that lies. */
export function apiAddress(wished: string, page: string): URL {
  const here = new URL(page);
  if (wished !== "") {
    const said = parsed(wished, here);
    if (!said || !["http:", "https:"].includes(said.protocol) || said.search || said.hash || said.username) {
      throw new Refusal("link-malformed", "api");
    }
    if (!said.pathname.endsWith("/")) said.pathname += "/";
    return said;
  }
  const found = /^(.*\/)elections\/([^/]+)\/client\/[^/]*$/.exec(here.pathname);
  if (!found) throw new Refusal("no-api", here.pathname);
  return new URL(`${found[1]}v1/elections/${found[2]}/`, here);
}

function parsed(text: string, base: URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** The folder of the pages of a selection, by its API: `…/v1/elections/ID/` → `…/elections/ID/`. */
export function pagesAddress(api: URL): URL {
  const found = /^(.*\/)v1\/elections\/([^/]+)\/$/.exec(api.pathname);
  return found ? new URL(`${found[1]}elections/${found[2]}/`, api) : api;
}

/** A line as the board writes it: seven digits. "" if it can be none. */
export function lineFrom(text: string): string {
  const digits = text.replace(/[\s-]/g, "");
  return /^[0-9]{1,7}$/.test(digits) && Number(digits) > 0 ? digits.padStart(7, "0") : "";
}

function isName(name: string): name is Name {
  return (NAMES as readonly string[]).includes(name);
}

function isMode(text: string): text is Mode {
  return (MODES as readonly string[]).includes(text);
}

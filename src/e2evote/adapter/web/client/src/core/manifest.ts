// The manifest as far as a voter's device needs it (docs/record-format.md, Manifest).
//
// Its bytes decide: H_B is their hash, so whoever holds an announced base hash knows every name, option, order and
// limit here. Of the parts that are used everything is checked; the rest of the form is the auditor's matter, whose
// verifier refuses a record of which any part is wrong.

import { malformed } from "./bytes.js";
import { decode, type Json } from "./canonical.js";
import { anyObject, array, exactly, id, integer, object, oneOf, string } from "./fields.js";

const LARGEST = 4194304;
const MEMBERS = (
  "assets box channels claims contests dates election eligibility entries floor group kind origin parties quorum " +
  "rules styles v weights witnesses"
).split(" ");
const ROLES = ["administrator", "log", "observer", "registrar", "scrutineer", "teller", "trustee", "witness"] as const;
const PAPER = ["in_person", "postal"] as const;
const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** What `manifest.rules` lets no name hold: it shows nothing, or shows something else. */
const UNREADABLE = new RegExp(
  "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164" +
    "\\uFE00-\\uFE0F\\uFFA0\\u{E0100}-\\u{E01EF}]|(?! )\\p{Zs}|^ | $| {2}",
  "u",
);

/** A text by language tag. */
export type Text = { readonly [language: string]: string };

export interface Option {
  readonly id: string;
  readonly limit: number;
  readonly name: Text;
}

/** What is encrypted: an option, or the blank vote, whose option is "". `index` is its place in hashes. */
export interface Item {
  readonly option: string;
  readonly index: number;
  readonly limit: number;
  /** In the contest's limit: 1, and for the blank vote the whole limit.    (7.6) */
  readonly weight: number;
}

export interface Contest {
  readonly id: string;
  /** From 1, the place in hashes. */
  readonly index: number;
  readonly name: Text;
  readonly options: readonly Option[];
  readonly limit: number;
  readonly blank: boolean;
  readonly seats: number;
  readonly items: readonly Item[];
}

export interface Style {
  readonly id: string;
  readonly name: Text;
  readonly contests: readonly string[];
}

export interface Party {
  readonly id: string;
  readonly key: string;
  readonly organisation: string;
  readonly role: (typeof ROLES)[number];
}

export interface Manifest {
  readonly id: string;
  readonly name: Text;
  readonly group: string;
  readonly origin: string;
  readonly quorum: number;
  readonly trustees: number;
  readonly contests: readonly Contest[];
  readonly styles: readonly Style[];
  readonly parties: readonly Party[];
  /** Ids of the registrars in order; none where there is no roll. */
  readonly registrars: readonly string[];
  readonly roll: boolean;
  readonly opens: string;
  readonly closes: string;
  readonly paperChannels: readonly string[];
  readonly onlinePrevails: boolean;
  readonly policy: string;
  /** SHA-256 of each file of the ballot client, by name; empty where the manifest names none. */
  readonly assets: { readonly [file: string]: string };
  readonly challenges: number;
}

export function decodeManifest(data: Uint8Array): Manifest {
  const members = object(decode(data, LARGEST), "manifest", MEMBERS);
  exactly(members["kind"], "kind", "manifest");
  exactly(members["v"], "v", 1);
  const election = object(members["election"], "election", ["id", "name"]);
  const parties = array(members["parties"], "parties", 4, 200).map(readParty);
  const contests = array(members["contests"], "contests", 1, 100).map(readContest);
  const styles = array(members["styles"], "styles", 1, 100).map((style, i) => readStyle(style, i, contests));
  unique(parties, "parties");
  unique(contests, "contests");
  unique(styles, "styles");
  const trustees = parties.filter((party) => party.role === "trustee").length;
  const dates = object(members["dates"], "dates", ["close", "open", "tolerance"]);
  const box = object(members["box"], "box", ["batch_ms", "challenges"]);
  const witnesses = object(members["witnesses"], "witnesses", ["policy"]);
  if (parties.filter((party) => party.role === "log").length !== 1) throw malformed("parties", "want one log");
  if (parties.filter((party) => party.role === "administrator").length !== 1) {
    throw malformed("parties", "want one administrator");
  }
  return {
    id: id(election["id"], "election.id"),
    name: readText(election["name"], "election.name"),
    group: string(members["group"], "group", 1, 100),
    origin: readOrigin(members["origin"]),
    quorum: integer(members["quorum"], "quorum", 1, trustees),
    trustees,
    contests,
    styles,
    parties,
    ...readEligibility(members["eligibility"], parties),
    opens: readDate(dates["open"], "dates.open"),
    closes: readDate(dates["close"], "dates.close"),
    ...readChannels(members["channels"]),
    policy: string(witnesses["policy"], "witnesses.policy", 0, 65536),
    assets: readAssets(members["assets"]),
    challenges: integer(box["challenges"], "box.challenges", 0, 1000),
  };
}

/** The contests of a style, in the manifest's order. */
export function contestsOf(manifest: Manifest, style: Style): readonly Contest[] {
  return manifest.contests.filter((contest) => style.contests.includes(contest.id));
}

function readContest(value: Json, i: number): Contest {
  const where = `contests[${i}]`;
  const members = object(value, where, ["id", "method", "name", "options", "outcome"]);
  const method = object(members["method"], `${where}.method`, ["blank", "kind", "limit"]);
  exactly(method["kind"], `${where}.method.kind`, "choose");
  const blank = oneOf(method["blank"], `${where}.method.blank`, ["counted", "uncounted"]) === "counted";
  const limit = integer(method["limit"], `${where}.method.limit`, 1, 1000);
  const options = array(members["options"], `${where}.options`, 1, 500).map((option, j) => {
    const place = `${where}.options[${j}]`;
    const fields = object(option, place, ["id", "limit", "name"]);
    return {
      id: id(fields["id"], `${place}.id`),
      limit: integer(fields["limit"], `${place}.limit`, 1, limit),
      name: readText(fields["name"], `${place}.name`),
    };
  });
  unique(options, `${where}.options`);
  if (limit > options.reduce((sum, option) => sum + option.limit, 0)) {
    throw malformed(`${where}.method.limit`, "above the sum of the options' limits");
  }
  const items = options.map((option, j) => ({ option: option.id, index: j + 1, limit: option.limit, weight: 1 }));
  if (blank) items.push({ option: "", index: options.length + 1, limit: 1, weight: limit });
  const outcome = object(members["outcome"], `${where}.outcome`, ["seats", "threshold", "ties"]);
  const seats = integer(outcome["seats"], `${where}.outcome.seats`, 1, 500);
  const name = readText(members["name"], `${where}.name`);
  return { id: id(members["id"], `${where}.id`), index: i + 1, name, options, limit, blank, seats, items };
}

function readStyle(value: Json, i: number, contests: readonly Contest[]): Style {
  const where = `styles[${i}]`;
  const members = object(value, where, ["contests", "id", "name"]);
  const named = array(members["contests"], `${where}.contests`, 1, 100).map((item) => id(item, `${where}.contests`));
  const places = named.map((name) => contests.findIndex((contest) => contest.id === name));
  if (places.some((place, j) => place < 0 || (j > 0 && place <= places[j - 1]!))) {
    throw malformed(`${where}.contests`, "not contests in the manifest's order");
  }
  return { id: id(members["id"], `${where}.id`), name: readText(members["name"], `${where}.name`), contests: named };
}

function readParty(value: Json, i: number): Party {
  const where = `parties[${i}]`;
  const members = object(value, where, ["id", "key", "organisation", "role"]);
  const key = string(members["key"], `${where}.key`, 64, 64);
  if (!/^[0-9a-f]{64}$/.test(key)) throw malformed(`${where}.key`, "not 64 hexadecimal digits");
  return {
    id: id(members["id"], `${where}.id`),
    key,
    organisation: readable(string(members["organisation"], `${where}.organisation`, 1, 200), `${where}.organisation`),
    role: oneOf(members["role"], `${where}.role`, ROLES),
  };
}

function readEligibility(value: Json | undefined, parties: readonly Party[]): { roll: boolean; registrars: string[] } {
  const kind = oneOf(anyObject(value, "eligibility")["kind"], "eligibility.kind", ["open", "roll"]);
  const registrars = parties.filter((party) => party.role === "registrar").map((party) => party.id);
  if (kind === "open") {
    object(value, "eligibility", ["kind"]);
    if (registrars.length) throw malformed("parties", "a registrar where there is no roll");
    return { roll: false, registrars };
  }
  const names = ["contacts", "holders", "kind", "readers", "registrars", "retention_days"];
  const listed = array(object(value, "eligibility", names)["registrars"], "eligibility.registrars", 1, 8).map(
    (item) => id(object(item, "eligibility.registrars", ["contact", "party"])["party"], "eligibility.registrars"),
  );
  if (listed.join(" ") !== registrars.join(" ")) {
    throw malformed("eligibility.registrars", "not the parties of role registrar in their order");
  }
  return { roll: true, registrars };
}

function readChannels(value: Json | undefined): { paperChannels: string[]; onlinePrevails: boolean } {
  const members = object(value, "channels", ["list", "precedence"]);
  const names = ["online", ...PAPER];
  const list = array(members["list"], "channels.list", 1, 3).map((item) => oneOf(item, "channels.list", names));
  if (list[0] !== "online" || list.join() !== names.filter((name) => list.includes(name)).join()) {
    throw malformed("channels.list", "not online and then paper channels in order");
  }
  const precedence = array(members["precedence"], "channels.precedence", list.length, list.length).join();
  const paperChannels = list.slice(1);
  const onlinePrevails = precedence === list.join();
  if (!onlinePrevails && precedence !== [...paperChannels, "online"].join()) {
    throw malformed("channels.precedence", "online is neither first nor last");
  }
  return { paperChannels, onlinePrevails };
}

function readAssets(value: Json | undefined): { [file: string]: string } {
  const members = anyObject(value, "assets");
  if (Object.keys(members).length > 50) throw malformed("assets", "more than 50 files");
  return Object.fromEntries(
    Object.entries(members).map(([file, hash]) => {
      if (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash)) throw malformed(`assets.${file}`, "not a SHA-256");
      return [id(file, "assets"), hash];
    }),
  );
}

function readText(value: Json | undefined, where: string): Text {
  const members = anyObject(value, where);
  const entries = Object.entries(members);
  if (entries.length < 1 || entries.length > 20) throw malformed(where, "want 1 to 20 languages");
  return Object.fromEntries(
    entries.map(([language, text]) => {
      if (!LANGUAGE.test(language)) throw malformed(where, "not a language tag");
      return [language, readable(string(text, `${where}.${language}`, 1, 500), `${where}.${language}`)];
    }),
  );
}

function readable(text: string, where: string): string {
  if (UNREADABLE.test(text) || text.normalize("NFC") !== text) {
    throw malformed(where, "a text with characters that do not show, or not in its normal form");
  }
  return text;
}

function readOrigin(value: Json | undefined): string {
  const origin = string(value, "origin", 1, 200);
  if (!/^[!-*,-~]+$/.test(origin) || origin === "e2evote/v1/leaf") throw malformed("origin", "not a log's name");
  return origin;
}

function readDate(value: Json | undefined, where: string): string {
  const date = string(value, where, 20, 20);
  if (!DATE.test(date)) throw malformed(where, "not a date YYYY-MM-DDThh:mm:ssZ");
  return date;
}

function unique(things: readonly { readonly id: string }[], where: string): void {
  if (new Set(things.map((thing) => thing.id)).size !== things.length) throw malformed(where, "an id is there twice");
}


// Whose ballot is sealed: a line and its public keys, which the ballot's identifier binds (docs/spec.md, 7).

import { b4, concat, fromHex, toHex, utf8 } from "./bytes.js";
import { checkPublicKey, publicKeyOf } from "./ed25519.js";
import { H_own } from "./hashing.js";
import { readLine } from "./leaf.js";
import { type Random, systemRandom } from "./randomness.js";
import { Refusal, under } from "./refusal.js";
import type { Selection } from "./selection.js";

export interface Voter {
  readonly line: string;
  /** Public keys in hexadecimal, in the manifest's order of registrars. */
  readonly keys: readonly string[];
}

/** The line that somebody means who typed its number. */
export function typedLine(selection: Selection, text: string): string {
  const typed = text.trim();
  if (!selection.manifest.roll) return under("line-malformed", () => readLine(typed));
  if (!/^[0-9]{1,7}$/.test(typed) || !Number(typed)) {
    throw new Refusal("line-malformed", "a line is a number of at most seven digits, from 1");
  }
  return typed.padStart(7, "0");
}

/** Where there is no roll: a new key, whose secret takes the place of a code, and the line that it makes.    (7.1) */
export function newVoter(selection: Selection, random: Random = systemRandom): { voter: Voter; secret: string } {
  if (selection.manifest.roll) throw new Refusal("voter-keys", "this selection has a roll, and lines are on it");
  const seed = random(32);
  const key = toHex(publicKeyOf(seed));
  return { voter: { line: lineOfKey(selection, key), keys: [key] }, secret: toHex(seed) };
}

/** Why this can be nobody who votes in this selection; empty where it can. */
export function objectionTo(selection: Selection, voter: Voter): string {
  const { manifest } = selection;
  try {
    voter.keys.forEach((key, i) => checkPublicKey(fromHex(key, 32, `keys[${i}]`)));
    readLine(voter.line);
  } catch (error) {
    return (error as Error).message;
  }
  if (manifest.parties.some((party) => voter.keys.includes(party.key))) return "a party's key can't be a voter's";
  if (!manifest.roll) {
    const own = voter.keys.length === 1 && lineOfKey(selection, voter.keys[0]!) === voter.line;
    return own ? "" : "the line is not that of one key";
  }
  if (!/^[0-9]{7}$/.test(voter.line) || !Number(voter.line)) return "no line of a roll";
  const wanted = manifest.registrars.length;
  return voter.keys.length === wanted ? "" : `${voter.keys.length} keys, want one from each of ${wanted} registrars`;
}

/** id_B = H_own(H_E; ballot-id; line, b4(m), pk_1 ‖ … ‖ pk_m, r)    (7.2) */
export function ballotIdentifier(h_e: Uint8Array, voter: Voter, r: Uint8Array): Uint8Array {
  const keys = concat(...voter.keys.map((key) => fromHex(key, 32, "key")));
  return H_own(h_e, "ballot-id", utf8(voter.line), b4(voter.keys.length), keys, r);
}

function lineOfKey(selection: Selection, key: string): string {
  return toHex(H_own(selection.h_e, "line", fromHex(key, 32, "key")));
}


// The code that a member is sent by one registrar, and the key that it stands for (docs/spec.md, 13.3).

import { fromHex, utf8 } from "./bytes.js";
import { ALPHABET, kindlyRead } from "./crockford.js";
import { H_own, sha256 } from "./hashing.js";
import { Refusal, under } from "./refusal.js";
import type { Selection } from "./selection.js";

const DRAWN = 22;
const LENGTH = 25;

/** Three characters: the first 15 bits of SHA-256("e2evote/v1/code" ‖ 0A ‖ the 22 characters).    (13.6) */
function checkCharacters(drawn: string): string {
  const hash = sha256(utf8(`e2evote/v1/code\n${drawn}`));
  const bits = (hash[0]! << 7) | (hash[1]! >> 1);
  return ALPHABET[bits >> 10]! + ALPHABET[(bits >> 5) & 31]! + ALPHABET[bits & 31]!;
}

/** The 22 characters of a typed code, or `code-mistyped`, which does not repeat what was typed. */
export function readCode(text: string): string {
  const whole = under("code-mistyped", () => kindlyRead(text, LENGTH));
  if (checkCharacters(whole.slice(0, DRAWN)) !== whole.slice(DRAWN)) {
    throw new Refusal("code-mistyped", "a letter or digit is not right, or two have changed places");
  }
  return whole.slice(0, DRAWN);
}

/** The secret seed of the key of the `place`-th code: with a roll by (13.5), otherwise 64 digits that are the seed. */
export function seedOf(selection: Selection, line: string, place: number, code: string): Uint8Array {
  const { manifest, h_b } = selection;
  if (!manifest.roll) {
    const typed = code.trim().toLowerCase();
    return under("code-mistyped", () => fromHex(typed, 32, "key"));
  }
  return H_own(h_b, "credential", utf8(manifest.registrars[place]!), utf8(line), utf8(readCode(code)));
}

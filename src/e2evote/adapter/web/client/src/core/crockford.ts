// Numbers that people copy: Crockford's base 32 (docs/spec.md, 7 and 13.3), kind to case, hyphens, O, I and L.

import { bytesOf, malformed, numberOf } from "./bytes.js";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Bytes of a tracker that are shown. */
export const SHOWN = 20;

/** The characters that somebody meant, in capitals, without separators. */
export function kindlyRead(text: string, length: number): string {
  if (text.length > 8 * length) throw malformed("", `${text.length} characters, want ${length}`);
  const characters = text.trim().toUpperCase().replace(/[- ]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  for (const character of characters) {
    if (!ALPHABET.includes(character)) throw malformed("", "a character that is none of base 32");
  }
  if (characters.length !== length) throw malformed("", `${characters.length} letters and digits, want ${length}`);
  return characters;
}

/** 160 bits in eight groups of four. */
export function inGroups(data: Uint8Array): string {
  let number = numberOf(data.subarray(0, SHOWN));
  let text = "";
  for (let i = 0; i < 32; i++) {
    text = ALPHABET[Number(number & 31n)]! + text;
    number >>= 5n;
  }
  return text.replace(/(.{4})(?=.)/g, "$1-");
}

/** The 20 bytes of what `inGroups` wrote and somebody copied. */
export function fromGroups(text: string): Uint8Array {
  let number = 0n;
  for (const character of kindlyRead(text, 32)) number = (number << 5n) | BigInt(ALPHABET.indexOf(character));
  return bytesOf(number, SHOWN);
}

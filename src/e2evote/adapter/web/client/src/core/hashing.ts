// The hashes of docs/spec.md, 1: HMAC-SHA-256 keyed with 32 bytes, ElectionGuard's inputs and e2evote's own.

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as noble } from "@noble/hashes/sha2.js";
import { b4, concat, numberOf, utf8 } from "./bytes.js";
import { Q } from "./parameters.js";

/** e2evote's own uses, each with its domain byte (1.1). */
export const LABELS = {
  "ballot-id": 0x80,
  tracker: 0x81,
  line: 0x84,
  credential: 0x89,
} as const;

export type Label = keyof typeof LABELS;

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return noble(concat(...parts));
}

/** H(B0; B1) = HMAC-SHA-256(key = B0, message = B1)    (1.1) */
export function H(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  if (key.length !== 32) throw new RangeError(`H: a key of ${key.length} bytes`);
  return hmac(noble, key, concat(...parts));
}

/** H(B0; byte(label) ‖ len4(label) ‖ label ‖ len4(f_1) ‖ f_1 ‖ …)    (1.2) */
export function H_own(key: Uint8Array, label: Label, ...fields: readonly Uint8Array[]): Uint8Array {
  const framed = [utf8(label), ...fields].flatMap((field) => [b4(field.length), field]);
  return H(key, Uint8Array.of(LABELS[label]), ...framed);
}

/** H(…) mod q    (1.3) */
export function H_q(key: Uint8Array, ...parts: readonly Uint8Array[]): bigint {
  return numberOf(H(key, ...parts)) % Q;
}

// Where a proof stands, and its challenge: the hash over everything that the proof is about (docs/spec.md, 3).

import { b4, concat } from "./bytes.js";
import type { Group } from "./group.js";
import { H, H_q } from "./hashing.js";

/** H_I = H(H_E; 20 ‖ id_B)    (7.3) */
export function identifierHash(h_e: Uint8Array, id: Uint8Array): Uint8Array {
  return H(h_e, Uint8Array.of(0x20), id);
}

/** b4(contest) ‖ b4(option), or b4(contest) for a contest's limit. */
export function placeOf(contest: number, option?: number): Uint8Array {
  return option === undefined ? b4(contest) : concat(b4(contest), b4(option));
}

/** ξ_ij = H_q(H_I; 21 ‖ b4(i) ‖ b4(j) ‖ ξ_B)    (7.4) */
export function nonceOf(h_i: Uint8Array, contest: number, option: number, seed: Uint8Array): bigint {
  return H_q(h_i, Uint8Array.of(0x21), placeOf(contest, option), seed);
}

/** c = H_q(H_I; 24 ‖ place ‖ α ‖ β ‖ a_0 ‖ b_0 ‖ …)    (3.5), (3.6) */
export function challengeOf(
  group: Group,
  h_i: Uint8Array,
  place: Uint8Array,
  alpha: bigint,
  beta: bigint,
  commitments: Uint8Array,
): bigint {
  return H_q(h_i, Uint8Array.of(0x24), place, group.encode(alpha), group.encode(beta), commitments);
}

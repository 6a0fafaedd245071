// Range proofs: a ciphertext holds one of 0 … R (docs/spec.md, (3.3)-(3.7); ElectionGuard 2.1, 3.3.5).
//
// The prover draws and computes every branch alike, whichever is the real one. Its nonces are fresh for every proof and
// never follow from the ballot's seed.

import { concat } from "./bytes.js";
import { type FixedBase, type Group, modQ } from "./group.js";
import { challengeOf } from "./places.js";
import { anyScalar, type Random, secretScalar } from "./randomness.js";

export interface Ciphertext {
  readonly alpha: bigint;
  readonly beta: bigint;
}

/** c_0 … c_R and v_0 … v_R. */
export interface RangeProof {
  readonly c: readonly bigint[];
  readonly v: readonly bigint[];
}

export interface Proved {
  readonly proof: RangeProof;
  /** a_0 ‖ b_0 ‖ a_1 ‖ b_1 ‖ …, which may travel as hints. */
  readonly commitments: Uint8Array;
}

/** The group and K, with their tables; H_I and the place of the proof. */
export interface Statement {
  readonly group: Group;
  readonly K: FixedBase;
  readonly h_i: Uint8Array;
  readonly place: Uint8Array;
  readonly ciphertext: Ciphertext;
  readonly limit: number;
}

/** u_j and c_j random; a_j = g^u_j, b_j = K^(u_j + (ℓ-j)·c_j); v_j = u_j - c_j·ξ, where ℓ is what is encrypted. */
export function prove(statement: Statement, value: number, xi: bigint, random: Random): Proved {
  const { group, K, h_i, place, ciphertext, limit } = statement;
  if (!Number.isInteger(value) || value < 0 || value > limit) throw new RangeError("range proof: outside its range");
  const [u, c]: [bigint[], bigint[]] = [[], []];
  for (let j = 0; j <= limit; j++) {
    u.push(secretScalar(random));
    c.push(anyScalar(random));
  }
  const commitments = concat(
    ...u.flatMap((u_j, j) => {
      const exponent = modQ(u_j + BigInt(value - j) * c[j]!);
      return [group.encode(group.g.power(u_j)), group.encode(K.power(exponent))];
    }),
  );
  const whole = challengeOf(group, h_i, place, ciphertext.alpha, ciphertext.beta, commitments);
  c[value] = modQ(c[value]! + whole - c.reduce((sum, c_j) => sum + c_j, 0n));
  return { proof: { c, v: u.map((u_j, j) => modQ(u_j - c[j]! * xi)) }, commitments };
}

/** a_j = g^v_j·α^c_j, b_j = K^(v_j - j·c_j)·β^c_j, and Σ c_j ≡ c, for exactly R + 1 branches.    (3.3)-(3.7) */
export function verifyRange(statement: Statement, proof: RangeProof): boolean {
  const { group, K, h_i, place, ciphertext, limit } = statement;
  if (proof.c.length !== limit + 1 || proof.v.length !== limit + 1) return false;
  const { alpha, beta } = ciphertext;
  const commitments = proof.c.flatMap((c_j, j) => {
    const v_j = proof.v[j]!;
    const a = group.multiply(group.g.power(v_j), group.power(alpha, c_j));
    const b = group.multiply(K.power(modQ(v_j - BigInt(j) * c_j)), group.power(beta, c_j));
    return [group.encode(a), group.encode(b)];
  });
  const whole = challengeOf(group, h_i, place, alpha, beta, concat(...commitments));
  return modQ(proof.c.reduce((sum, c_j) => sum + c_j, 0n)) === whole;
}

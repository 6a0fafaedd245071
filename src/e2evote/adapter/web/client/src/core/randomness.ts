// Where secret numbers come from: crypto.getRandomValues and nothing else. Tests give a source of their own.

import { numberOf } from "./bytes.js";
import { Q } from "./parameters.js";

/** So many fresh random bytes. */
export type Random = (size: number) => Uint8Array;

export const systemRandom: Random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** A scalar in [0, bound), each with the same probability: what is above is drawn again. */
function below(bound: bigint, random: Random): bigint {
  for (;;) {
    const number = numberOf(random(32));
    if (number < bound) return number;
  }
}

/** Uniform in [0, q). */
export function anyScalar(random: Random): bigint {
  return below(Q, random);
}

/** Uniform in [1, q). */
export function secretScalar(random: Random): bigint {
  return below(Q - 1n, random) + 1n;
}

// The Merkle tree of RFC 6962 and RFC 9162 (docs/spec.md, 5.1): leaf hashes, a growing root, inclusion proofs.

import { equal } from "./bytes.js";
import { sha256 } from "./hashing.js";

export const EMPTY_ROOT: Uint8Array = sha256();

/** SHA-256(00 ‖ entry)    (5.1) */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0), entry);
}

/** SHA-256(01 ‖ left ‖ right)    (5.2) */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(1), left, right);
}

/** A tree that only grows, as the roots of its complete subtrees. */
export class Frontier {
  size = 0;
  #peaks: Uint8Array[] = [];

  append(leaf: Uint8Array): void {
    let carry = leaf;
    for (let size = this.size; size % 2 === 1; size = (size - 1) / 2) carry = nodeHash(this.#peaks.pop()!, carry);
    this.#peaks.push(carry);
    this.size++;
  }

  root(): Uint8Array {
    if (!this.#peaks.length) return EMPTY_ROOT;
    return this.#peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** RFC 9162, 2.1.3.2: `leaf` is at `index` of the tree of `size` leaves with this root. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  hashes: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0n || index >= size) return false;
  let [node, last, value] = [index, size - 1n, leaf];
  for (const hash of hashes) {
    if (last === 0n) return false;
    if (node & 1n || node === last) {
      value = nodeHash(hash, value);
      while (!(node & 1n) && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      value = nodeHash(value, hash);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n && equal(value, root);
}

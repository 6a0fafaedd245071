// Ed25519 by the profile of docs/spec.md, 5.3: strict, cofactorless, the same answer on every input everywhere.
//
// The library gives the arithmetic of the curve; what is accepted is decided here, because libraries disagree on
// encodings, on points of small order and on s.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, equal, malformed, numberOf, toHex } from "./bytes.js";

const { Point } = ed25519;
type CurvePoint = InstanceType<typeof Point>;

const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** Points of keys that were found good. */
const KNOWN = new Map<string, CurvePoint>();
const MOST_KNOWN = 1000;

/** Refuses what is no public key: not canonical, the identity, or not of prime order. */
export function checkPublicKey(key: Uint8Array): void {
  pointOf(key);
}

/** sB = R + kA, k = SHA-512(R ‖ A ‖ M) mod L, with s < L and R in its canonical form. */
export function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const [R, s] = [signature.slice(0, 32), numberLE(signature.slice(32))];
  if (s >= L) return false;
  let A: CurvePoint;
  try {
    A = pointOf(key);
  } catch {
    return false;
  }
  const k = numberLE(sha512(concat(R, key, message))) % L;
  // R is what remains, and its one encoding is compared: another spelling of the same point is refused with the rest.
  const remains = Point.BASE.multiplyUnsafe(s).subtract(A.multiplyUnsafe(k));
  return equal(remains.toBytes(), R);
}

/** The public key of a secret seed of 32 bytes (RFC 8032). */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

export function sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}

function pointOf(key: Uint8Array): CurvePoint {
  const name = toHex(key);
  const known = KNOWN.get(name);
  if (known) return known;
  let point: CurvePoint;
  try {
    if (key.length !== 32) throw new Error("size");
    point = Point.fromBytes(key, false);
  } catch {
    throw malformed("key", "not the encoding of a point");
  }
  if (!equal(point.toBytes(), key)) throw malformed("key", "not the canonical encoding of a point");
  if (point.is0() || !point.isTorsionFree()) throw malformed("key", "the identity, or a point not of prime order");
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(name, point);
  return point;
}

function numberLE(data: Uint8Array): bigint {
  return numberOf(data.slice().reverse());
}

// The group that a manifest names, with fixed-base windows (docs/spec.md, 2).
//
// BigInt arithmetic is not constant in time, and no arrangement of it would be: how long an exponentiation takes
// depends on its numbers. What is avoided is work that differs by choice: every option, chosen or not, takes the same
// exponentiations. Sizes of exponents are always 256 bits.

import { bytesOf, fromHex, hexOf, malformed, numberOf } from "./bytes.js";
import { checkParameters, type Parameters, power, Q } from "./parameters.js";

const WINDOW = 4;
const WINDOWS = 256 / WINDOW;

/** base^0 … base^15 for every window of four bits: 64 multiplications then give any power. */
export class FixedBase {
  readonly #rows: (readonly bigint[])[] = [];
  readonly #p: bigint;

  constructor(base: bigint, p: bigint) {
    this.#p = p;
    let first = base;
    for (let window = 0; window < WINDOWS; window++) {
      const row = [1n, first];
      for (let digit = 2; digit < 2 ** WINDOW; digit++) row.push((row[digit - 1]! * first) % p);
      this.#rows.push(row);
      first = (row[2 ** WINDOW - 1]! * first) % p;
    }
  }

  /** base^exponent, for an exponent in [0, q). */
  power(exponent: bigint): bigint {
    const digits = hexOf(exponent, 32);
    let result = 1n;
    for (let window = 0; window < WINDOWS; window++) {
      const digit = parseInt(digits[WINDOWS - 1 - window]!, 16);
      result = (result * this.#rows[window]![digit]!) % this.#p;
    }
    return result;
  }
}

/** A group, and what is computed in it. Numbers modulo p are plain bigints; scalars are in [0, q). */
export class Group {
  readonly name: string;
  readonly p: bigint;
  readonly size: number;
  readonly isTest: boolean;
  readonly generator: bigint;
  #g: FixedBase | undefined;

  constructor(parameters: Parameters) {
    if (!checkParameters(parameters)) throw malformed(parameters.name, "the parameters are damaged");
    this.name = parameters.name;
    this.p = parameters.p;
    this.size = parameters.size;
    this.isTest = parameters.isTest;
    this.generator = parameters.g;
  }

  /** The table of g, made when it is first needed. */
  get g(): FixedBase {
    this.#g ??= new FixedBase(this.generator, this.p);
    return this.#g;
  }

  multiply(...factors: readonly bigint[]): bigint {
    return factors.reduce((product, factor) => (product * factor) % this.p, 1n);
  }

  power(base: bigint, exponent: bigint): bigint {
    return power(base, exponent, this.p);
  }

  /** 1 ≤ x < p and x^q = 1    (2.2) */
  isElement(x: bigint): boolean {
    return x >= 1n && x < this.p && power(x, Q, this.p) === 1n;
  }

  encode(x: bigint): Uint8Array {
    return bytesOf(x, this.size);
  }

  hex(x: bigint): string {
    return hexOf(x, this.size);
  }

  /** A number in [1, p) from its hexadecimal; whether it is an element is not looked at. */
  residue(text: unknown, where: string): bigint {
    const x = numberOf(fromHex(text, this.size, where));
    if (x < 1n || x >= this.p) throw malformed(where, "not a number in [1, p)");
    return x;
  }
}

/** A scalar in [0, q) from its hexadecimal. */
export function scalar(text: unknown, where: string): bigint {
  const x = numberOf(fromHex(text, 32, where));
  if (x >= Q) throw malformed(where, "not a number below q");
  return x;
}

/** x modulo q, in [0, q). */
export function modQ(x: bigint): bigint {
  const rest = x % Q;
  return rest < 0n ? rest + Q : rest;
}


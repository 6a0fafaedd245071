// Members of decoded JSON with the form that docs/record-format.md asks of them; anything else is refused.

import { malformed } from "./bytes.js";
import type { Json, JsonObject } from "./canonical.js";

const ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** An object, whatever its members. */
export function anyObject(value: Json | undefined, where: string): JsonObject {
  if (typeof value !== "object" || Array.isArray(value)) throw malformed(where, "not an object");
  return value as JsonObject;
}

/** An object with exactly these members. */
export function object(value: Json | undefined, where: string, names: readonly string[]): JsonObject {
  const members = anyObject(value, where);
  const given = Object.keys(members);
  const missing = names.find((name) => !Object.hasOwn(members, name));
  if (missing !== undefined) throw malformed(where, `no member ${missing}`);
  if (given.length !== names.length) throw malformed(where, `members other than ${names.join(", ")}`);
  return members;
}

export function array(value: Json | undefined, where: string, least: number, most: number): readonly Json[] {
  if (!Array.isArray(value)) throw malformed(where, "not an array");
  if (value.length < least || value.length > most) {
    throw malformed(where, `${value.length} items, want ${least === most ? least : `${least} to ${most}`}`);
  }
  return value as readonly Json[];
}

export function string(value: Json | undefined, where: string, least: number, most: number): string {
  if (typeof value !== "string") throw malformed(where, "not a text");
  const size = new TextEncoder().encode(value).length;
  if (size < least || size > most) throw malformed(where, `${size} bytes, want ${least} to ${most}`);
  return value;
}

export function id(value: Json | undefined, where: string): string {
  if (typeof value !== "string" || !ID.test(value)) throw malformed(where, "not an id");
  return value;
}

export function integer(value: Json | undefined, where: string, least: number, most: number): number {
  if (typeof value !== "number" || value < least || value > most) {
    throw malformed(where, `not a number from ${least} to ${most}`);
  }
  return value;
}

export function boolean(value: Json | undefined, where: string): boolean {
  if (typeof value !== "boolean") throw malformed(where, "neither true nor false");
  return value;
}

export function oneOf<T extends string>(value: Json | undefined, where: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw malformed(where, `not one of ${words.join(", ")}`);
  return found;
}

export function exactly(value: Json | undefined, where: string, expected: Json): void {
  if (value !== expected) throw malformed(where, `not ${JSON.stringify(expected)}`);
}

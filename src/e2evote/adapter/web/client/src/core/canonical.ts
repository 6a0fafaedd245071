// Canonical JSON (RFC 8785, docs/spec.md 5.3): objects, arrays, strings, booleans and integers in [0, 2^53-1].
//
// A value has one encoding, and bytes are read only if writing what was read gives the same bytes again. That settles
// white space, the order and repetition of names, escapes, fractions, exponents and signs at once.

import { fromUtf8, malformed, utf8 } from "./bytes.js";

export type Json = boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const DEPTH = 16;
/** Of a pair, with the flag u, neither half is seen. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

export function encodeText(value: Json): string {
  return write(value, 0);
}

export function encode(value: Json): Uint8Array {
  return utf8(encodeText(value));
}

/** The value of canonical bytes of at most `limit`. */
export function decode(data: Uint8Array, limit: number): Json {
  if (data.length > limit) throw malformed("", `${data.length} bytes, limit ${limit}`);
  const text = fromUtf8(data, "");
  refuseDeep(text);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw malformed("", "not JSON");
  }
  if (write(value, 0) !== text) throw malformed("", "not canonical JSON");
  return value;
}

export function decodeText(text: string, limit: number): Json {
  return decode(utf8(text), limit);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
        throw malformed("", "a number that is no integer in [0, 2^53-1]");
      }
      return String(value);
    case "string":
      if (LONE_SURROGATE.test(value)) throw malformed("", "a lone surrogate");
      return JSON.stringify(value);
    case "object":
      if (value === null) throw malformed("", "null");
      if (depth === DEPTH) throw malformed("", `nested more than ${DEPTH} deep`);
      if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
      return `{${Object.keys(value)
        .sort()
        .map((name) => `${write(name, depth)}:${write((value as Record<string, unknown>)[name], depth + 1)}`)
        .join(",")}}`;
    default:
      throw malformed("", `a value of type ${typeof value}`);
  }
}

/** Brackets outside strings, so that no parser meets a depth beyond the limit. */
function refuseDeep(text: string): void {
  let depth = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inside) {
      if (character === 0x5c) i++;
      else if (character === 0x22) inside = false;
    } else if (character === 0x22) inside = true;
    else if (character === 0x7b || character === 0x5b) {
      if (++depth > DEPTH) throw malformed("", `nested more than ${DEPTH} deep`);
    } else if (character === 0x7d || character === 0x5d) depth--;
  }
}

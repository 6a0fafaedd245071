// Bytes as texts and numbers: hexadecimal of fixed width, UTF-8, base64, big-endian numbers (docs/spec.md, 1).
//
// Every reader here takes exactly one spelling of a value. What it does not take it refuses as "malformed", which the
// caller tells under a name of its own.

import { Refusal } from "./refusal.js";

const MALFORMED = "malformed";
const ENCODER = new TextEncoder();

export function malformed(where: string, detail: string): Refusal {
  return new Refusal(MALFORMED, where ? `${where}: ${detail}` : detail);
}

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

export function fromUtf8(data: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw malformed(where, "not UTF-8");
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

export function toHex(data: Uint8Array): string {
  let text = "";
  for (const byte of data) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}

/** Lower-case hexadecimal of exactly so many bytes. */
export function fromHex(text: unknown, size: number, where: string): Uint8Array {
  if (typeof text !== "string" || text.length !== 2 * size || !/^[0-9a-f]*$/.test(text)) {
    throw malformed(where, `not ${2 * size} lower-case hexadecimal digits`);
  }
  const data = new Uint8Array(size);
  for (let i = 0; i < size; i++) data[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return data;
}

export function numberOf(data: Uint8Array): bigint {
  return data.length ? BigInt("0x" + toHex(data)) : 0n;
}

/** A number as lower-case hexadecimal of the width of `size` bytes. */
export function hexOf(number: bigint, size: number): string {
  return number.toString(16).padStart(2 * size, "0");
}

export function bytesOf(number: bigint, size: number): Uint8Array {
  return fromHex(hexOf(number, size), size, "number");
}

/** 4 bytes, big-endian, of a number in [0, 2^31). */
export function b4(number: number): Uint8Array {
  if (!Number.isSafeInteger(number) || number < 0 || number >= 2 ** 31) throw new RangeError(`b4: ${number}`);
  return Uint8Array.of(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
}

export function toBase64(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 0x6000) {
    text += btoa(String.fromCharCode(...data.subarray(at, at + 0x6000)));
  }
  return text;
}

/** Standard base64, padded, without stray bits. */
export function fromBase64(text: string, where: string): Uint8Array {
  if (text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw malformed(where, "not base64");
  const data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (toBase64(data) !== text) throw malformed(where, "base64 with stray bits or padding");
  return data;
}

/** A number in [0, 2^63) in decimal digits without leading zeros. */
export function fromDecimal(text: string, where: string): bigint {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) >= 2n ** 63n) {
    throw malformed(where, "not a decimal number below 2^63 in its shortest form");
  }
  return BigInt(text);
}

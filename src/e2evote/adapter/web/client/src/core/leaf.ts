// Entries of the log: canonical JSON of at most 4096 bytes, signed without their signatures (docs/spec.md, 5.2, 5.3).

import { concat, fromHex, malformed, toHex, utf8 } from "./bytes.js";
import { decode, encode, type Json, type JsonObject } from "./canonical.js";
import { verify } from "./ed25519.js";
import { anyObject, array, exactly, id, integer, object, string } from "./fields.js";
import { sha256 } from "./hashing.js";

export const LARGEST_LEAF = 4096;
export const LARGEST_PAYLOAD = 67108864;

const PREFIX = concat(utf8("e2evote/v1/leaf"), Uint8Array.of(0x0a));
const LINE = /^[0-9a-z-]{1,64}$/;

export interface PayloadName {
  readonly len: number;
  readonly sha256: string;
}

export interface Leaf {
  readonly author: string;
  readonly body: JsonObject;
  /** The leaf hash of entry 0 in hexadecimal; empty in entry 0. */
  readonly election: string;
  readonly kind: string;
  readonly payload: PayloadName | undefined;
  /** Of the signatures, in order. */
  readonly keys: readonly string[];
  readonly sigs: readonly string[];
}

/** What the leaf of a ballot says. */
export interface BallotBody {
  readonly id: string;
  readonly line: string;
  readonly prev: string;
  readonly r: string;
  readonly tracker: string;
}

export function payloadName(payload: Uint8Array): PayloadName {
  return { len: payload.length, sha256: toHex(sha256(payload)) };
}

export function encodeLeaf(leaf: Leaf): Uint8Array {
  const signatures = leaf.keys.map((key, i) => ({ key, sig: leaf.sigs[i]! }));
  return encode({ ...unsigned(leaf), signatures });
}

/** What each signer signs.    (5.3) */
export function message(leaf: Leaf): Uint8Array {
  return concat(PREFIX, encode(unsigned(leaf)));
}

/** Whether every signature of the leaf is one by the key that it names, and there is one at least. */
export function signedBy(leaf: Leaf): boolean {
  const text = message(leaf);
  return (
    leaf.keys.length > 0 &&
    leaf.keys.every((key, i) => verify(fromHex(key, 32, "key"), text, fromHex(leaf.sigs[i], 64, "sig")))
  );
}

/** An entry that has the form of a leaf. Of the bodies, only those that a voter's device needs are looked into. */
export function decodeLeaf(data: Uint8Array): Leaf {
  const members = anyObject(decode(data, LARGEST_LEAF), "leaf");
  const names = ["author", "body", "kind", "signatures", "v"];
  for (const name of ["election", "payload"]) if (Object.hasOwn(members, name)) names.push(name);
  object(members, "leaf", names);
  exactly(members["v"], "v", 1);
  const signatures = array(members["signatures"], "signatures", 0, 16).map((item) => {
    const signature = object(item, "signatures", ["key", "sig"]);
    return { key: hex(signature["key"], "key", 32), sig: hex(signature["sig"], "sig", 64) };
  });
  return {
    author: id(members["author"], "author"),
    body: anyObject(members["body"], "body"),
    election: names.includes("election") ? hex(members["election"], "election", 32) : "",
    kind: string(members["kind"], "kind", 1, 63),
    payload: names.includes("payload") ? readPayloadName(members["payload"]) : undefined,
    keys: signatures.map((signature) => signature.key),
    sigs: signatures.map((signature) => signature.sig),
  };
}

export function readBallotBody(leaf: Leaf): BallotBody {
  const body = object(leaf.body, "body", ["id", "line", "prev", "r", "tracker"]);
  if (leaf.kind !== "ballot" || leaf.author !== "voter" || !leaf.payload) throw malformed("leaf", "not a ballot's");
  return {
    id: hex(body["id"], "id", 32),
    line: readLine(body["line"]),
    prev: hex(body["prev"], "prev", 32),
    r: hex(body["r"], "r", 32),
    tracker: hex(body["tracker"], "tracker", 32),
  };
}

export function readChallengeBody(leaf: Leaf): { readonly id: string; readonly tracker: string } {
  const body = object(leaf.body, "body", ["id", "tracker"]);
  if (leaf.kind !== "challenge" || leaf.author !== "log" || !leaf.payload || leaf.keys.length) {
    throw malformed("leaf", "not a challenge's");
  }
  return { id: hex(body["id"], "id", 32), tracker: hex(body["tracker"], "tracker", 32) };
}

/** A line's name, as ballots have it. */
export function readLine(value: Json | undefined): string {
  if (typeof value !== "string" || !LINE.test(value)) throw malformed("line", "not 1 to 64 of 0-9, a-z and -");
  return value;
}

export function hex(value: Json | undefined, where: string, size: number): string {
  return toHex(fromHex(value, size, where));
}

function unsigned(leaf: Leaf): { [name: string]: Json } {
  const { author, body, kind } = leaf;
  return {
    author,
    body,
    kind,
    v: 1,
    ...(leaf.election ? { election: leaf.election } : {}),
    ...(leaf.payload ? { payload: { len: leaf.payload.len, sha256: leaf.payload.sha256 } } : {}),
  };
}

function readPayloadName(value: Json | undefined): PayloadName {
  const members = object(value, "payload", ["len", "sha256"]);
  return { len: integer(members["len"], "payload.len", 1, 2 ** 30), sha256: hex(members["sha256"], "sha256", 32) };
}

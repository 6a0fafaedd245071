// Signed notes and checkpoints (C2SP; docs/record-format.md, Files and Cosignatures).
//
// A note is its text, an empty line, and signature lines. Lines of unknown keys are passed over, since anybody may add
// one; a line that names a known key must verify, or the note is refused whole, and no known key signs twice.

import { concat, fromBase64, fromDecimal, fromUtf8, malformed, numberOf, toHex, utf8 } from "./bytes.js";
import { checkPublicKey, verify } from "./ed25519.js";
import { sha256 } from "./hashing.js";
import type { Policy } from "./policy.js";
import { Refusal, under } from "./refusal.js";

const LARGEST_NOTE = 65536;
const MOST_SIGNATURES = 100;
const SPACES = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NAME = new RegExp(`^[^+${SPACES}\\x00-\\x1f]+$`);
const LINE = new RegExp(`^\u2014 ([^+${SPACES}]+) ([A-Za-z0-9+/=]+)$`);

/** A key of type 01, that signs the text of a note. */
export interface LogKey {
  readonly name: string;
  readonly key: Uint8Array;
  readonly keyId: string;
  /** `name+id+base64`. */
  readonly vkey: string;
}

export interface Cosigned {
  readonly name: string;
  /** Seconds since 1970, by the witness's clock. */
  readonly time: number;
}

export interface Checkpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** Witnesses of the policy that had seen it: a quorum of them, where there is a policy. */
  readonly cosigned: readonly Cosigned[];
}

interface Note {
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly keyId: string; readonly data: Uint8Array }[];
}

export function logKeyOf(name: string, key: Uint8Array): LogKey {
  if (!NAME.test(name)) throw malformed("log", "not the name of a key");
  checkPublicKey(key);
  const [keyId, vkey] = vkeyOf(name, 0x01, key);
  return { name, key, keyId, vkey };
}

/** Key id in hexadecimal and verifier key. */
export function vkeyOf(name: string, type: number, key: Uint8Array): [string, string] {
  const id = toHex(sha256(utf8(`${name}\n`), Uint8Array.of(type), key).subarray(0, 4));
  return [id, `${name}+${id}+${btoa(String.fromCharCode(type, ...key))}`];
}

/** The checkpoint in a note, signed by the log and, with a policy, cosigned by a quorum.
 *
 * Refusals: `<prefix>-malformed`, `<prefix>-log-signature`, `<prefix>-quorum`. */
export function openCheckpoint(
  data: Uint8Array,
  log: LogKey,
  policy: Policy | undefined,
  prefix: "receipt" | "board",
): Checkpoint {
  const note = under(`${prefix}-malformed`, () => decodeNote(data));
  const [origin, size, root] = under(`${prefix}-malformed`, () => checkpointText(note.text));
  const own = note.signatures.filter((signature) => signature.name === log.name && signature.keyId === log.keyId);
  if (origin !== log.name || own.length !== 1 || !verify(log.key, utf8(note.text), own[0]!.data)) {
    throw new Refusal(`${prefix}-log-signature`, `the checkpoint is not signed by the log ${log.name}`);
  }
  const cosigned = policy ? checkQuorum(note, policy, `${prefix}-quorum`) : [];
  return { size, root, cosigned };
}

function checkQuorum(note: Note, policy: Policy, code: string): Cosigned[] {
  const found: Cosigned[] = [];
  for (const witness of policy.witnesses) {
    const { name, keyId, key } = witness.key;
    const lines = note.signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
    if (lines.length > 1) throw new Refusal(code, `witness ${witness.name} is there twice`);
    if (!lines.length) continue;
    const { data } = lines[0]!;
    const time = data.length === 72 ? numberOf(data.subarray(0, 8)) : 0n;
    const signed = concat(utf8(`cosignature/v1\ntime ${time}\n`), utf8(note.text)); // (5.4)
    if (time <= 0n || time >= 2n ** 63n || !verify(key, signed, data.subarray(8))) {
      throw new Refusal(code, `the cosignature of witness ${witness.name} does not verify`);
    }
    found.push({ name: witness.name, time: Number(time) });
  }
  if (!policy.isQuorum(found.map((one) => one.name))) {
    const names = found.map((one) => one.name).join(", ") || "no witness";
    throw new Refusal(code, `cosigned by ${names}, which is no quorum of the manifest's witnesses`);
  }
  return found;
}

function decodeNote(data: Uint8Array): Note {
  if (data.length > LARGEST_NOTE) throw malformed("note", `${data.length} bytes, limit ${LARGEST_NOTE}`);
  const whole = fromUtf8(data, "note");
  if (/[\x00-\x09\x0b-\x1f]/.test(whole)) throw malformed("note", "a control character");
  const split = whole.lastIndexOf("\n\n");
  if (split < 1 || !whole.endsWith("\n")) throw malformed("note", "no empty line before its signatures");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (whole.length === split + 2 || lines.length > MOST_SIGNATURES) {
    throw malformed("note", `want 1 to ${MOST_SIGNATURES} signature lines`);
  }
  const signatures = lines.map((line) => {
    const [, name, text] = LINE.exec(line) ?? [];
    if (name === undefined || text === undefined) throw malformed("note", "a line that is no signature");
    const data = fromBase64(text, "signature");
    if (data.length < 5) throw malformed("note", "a signature without a byte");
    return { name, keyId: toHex(data.subarray(0, 4)), data: data.slice(4) };
  });
  return { text: whole.slice(0, split + 1), signatures };
}

function checkpointText(text: string): [string, number, Uint8Array] {
  const lines = text.slice(0, -1).split("\n");
  if (lines.length !== 3 || lines.some((line) => !line)) throw malformed("checkpoint", "not exactly three lines");
  const [origin, size, root] = lines as [string, string, string];
  const number = fromDecimal(size, "checkpoint: size");
  if (number >= 2n ** 53n) throw malformed("checkpoint", "size above 2^53-1");
  const hash = fromBase64(root, "checkpoint: root");
  if (hash.length !== 32) throw malformed("checkpoint", "a root that has not 32 bytes");
  return [origin, Number(number), hash];
}

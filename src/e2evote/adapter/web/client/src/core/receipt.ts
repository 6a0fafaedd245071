// Receipts: a C2SP tlog-proof whose extra is the entry (docs/spec.md, 5.9; docs/record-format.md, Receipts).
//
// Nothing else is needed to check one: no network, no record. It says that the log, and with a policy a quorum of
// witnesses, has this very entry at this place.

import { fromBase64, fromDecimal, fromHex, malformed, toHex, utf8 } from "./bytes.js";
import { fromGroups, inGroups } from "./crockford.js";
import { decodeLeaf, type Leaf, readBallotBody } from "./leaf.js";
import { objectionToBallot } from "./line.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { type Checkpoint, type Cosigned, type LogKey, openCheckpoint } from "./note.js";
import type { Policy } from "./policy.js";
import { Refusal, under } from "./refusal.js";
import type { Selection } from "./selection.js";
import { typedLine } from "./voter.js";

const LARGEST = 265536;
const LARGEST_ENTRY = 100000;
const MOST_HASHES = 63;
const HEADER = "c2sp.org/tlog-proof@v1";

/** The entry that a receipt must be of: this leaf's text, or the ballot with this tracker on this line. */
export type Expected = { readonly leaf: string } | { readonly line: string; readonly tracker: string };

export interface ReceiptFacts {
  readonly index: number;
  /** Of the log, when it was signed. */
  readonly size: number;
  readonly root: string;
  readonly leafHash: string;
  readonly kind: string;
  /** Of a ballot; "" for other entries. */
  readonly line: string;
  /** As it was shown; "" for entries without one. */
  readonly tracker: string;
  /** The manifest names witnesses; where it names none a receipt is the log's word alone. */
  readonly witnessed: boolean;
  readonly cosigners: readonly Cosigned[];
}

interface LogProof {
  readonly entry: Uint8Array;
  readonly index: bigint;
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: Uint8Array;
}

/** What a receipt proves, whatever its entry says: refuses all but `receipt-other-entry`, in the order of the names. */
export function openReceipt(
  receipt: string,
  log: LogKey,
  policy: Policy | undefined,
): { readonly entry: Uint8Array; readonly index: bigint; readonly checkpoint: Checkpoint } {
  const proof = under("receipt-malformed", () => decodeProof(receipt));
  const checkpoint = openCheckpoint(proof.checkpoint, log, policy, "receipt");
  const { size, root } = checkpoint;
  if (!verifyInclusion(leafHash(proof.entry), proof.index, BigInt(size), proof.hashes, root)) {
    throw new Refusal("receipt-inclusion", "the hashes do not lead from the entry to the checkpoint's root");
  }
  return { entry: proof.entry, index: proof.index, checkpoint };
}

/** Refuses `receipt-malformed`, `-log-signature`, `-quorum`, `-inclusion`, `-other-entry`, `-ballot`, in this order. */
export function checkReceipt(selection: Selection, receipt: string, expected: Expected): ReceiptFacts {
  const { entry, index, checkpoint } = openReceipt(receipt, selection.logKey, selection.policy);
  const { size, root, cosigned } = checkpoint;
  const leaf = under("receipt-malformed", () => decodeLeaf(entry));
  checkExpected(selection, entry, leaf, expected);
  const { line, tracker } = ballotOf(leaf);
  return {
    index: Number(index),
    size,
    root: toHex(root),
    leafHash: toHex(leafHash(entry)),
    kind: leaf.kind,
    line,
    tracker,
    witnessed: selection.policy !== undefined,
    cosigners: cosigned,
  };
}

function checkExpected(selection: Selection, entry: Uint8Array, leaf: Leaf, expected: Expected): void {
  if ("leaf" in expected) {
    if (toHex(utf8(expected.leaf)) !== toHex(entry)) {
      throw new Refusal("receipt-other-entry", "it is of another entry than the one that this device signed");
    }
    return;
  }
  if (leaf.election !== toHex(selection.first)) {
    throw new Refusal("receipt-other-entry", "it is of an entry of another selection");
  }
  const line = typedLine(selection, expected.line);
  const tracker = inGroups(under("tracker-malformed", () => fromGroups(expected.tracker)));
  if (leaf.kind !== "ballot") throw new Refusal("receipt-other-entry", `it is of a leaf of kind ${leaf.kind}`);
  const ballot = ballotOf(leaf);
  if (ballot.line !== line) throw new Refusal("receipt-other-entry", `it is of a ballot of line ${ballot.line}`);
  if (ballot.tracker !== tracker) {
    throw new Refusal("receipt-other-entry", `it is of the ballot with the tracker ${ballot.tracker}`);
  }
  const objection = objectionToBallot(selection, leaf, readBallotBody(leaf)); // a log can put anything under its head
  if (objection) throw new Refusal("receipt-ballot", objection);
}

function ballotOf(leaf: Leaf): { line: string; tracker: string } {
  return under("receipt-malformed", () => {
    if (leaf.kind === "ballot") {
      const body = readBallotBody(leaf);
      return { line: body.line, tracker: inGroups(fromHex(body.tracker, 32, "tracker")) };
    }
    const tracker = leaf.kind === "challenge" ? inGroups(fromHex(leaf.body["tracker"], 32, "tracker")) : "";
    return { line: "", tracker };
  });
}

function decodeProof(text: string): LogProof {
  const size = utf8(text).length;
  if (size > LARGEST) throw malformed("receipt", `${size} bytes, limit ${LARGEST}`);
  const split = text.indexOf("\n\n");
  if (split < 0) throw malformed("receipt", "no empty line before the checkpoint");
  const [header, extra = "", place = "", ...lines] = text.slice(0, split).split("\n");
  if (header !== HEADER) throw malformed("receipt", `does not begin with ${HEADER}`);
  if (!extra.startsWith("extra ")) throw malformed("receipt", "no extra line with the entry");
  if (!place.startsWith("index ")) throw malformed("receipt", "no index line");
  const entry = fromBase64(extra.slice("extra ".length), "extra");
  if (entry.length < 1 || entry.length > LARGEST_ENTRY) throw malformed("receipt", "an entry of no bytes, or too many");
  if (lines.length > MOST_HASHES) throw malformed("receipt", `${lines.length} hashes, limit ${MOST_HASHES}`);
  const hashes = lines.map((line) => {
    const hash = fromBase64(line, "hash");
    if (hash.length !== 32) throw malformed("receipt", "a hash that has not 32 bytes");
    return hash;
  });
  const index = fromDecimal(place.slice("index ".length), "index");
  return { entry, index, hashes, checkpoint: utf8(text.slice(split + 2)) };
}

// Sealed and opened ballots as bytes (docs/record-format.md, Sealed and Opened).

import { decode, encode, type Json } from "./canonical.js";
import { fromHex, hexOf, malformed, toHex } from "./bytes.js";
import { array, exactly, integer, object, string } from "./fields.js";
import { type Group, scalar } from "./group.js";
import { LARGEST_PAYLOAD } from "./leaf.js";
import { type Contest, contestsOf, type Manifest, type Style } from "./manifest.js";
import type { Ciphertext, RangeProof } from "./proofs.js";

export interface SealedItem {
  readonly ciphertext: Ciphertext;
  readonly proof: RangeProof;
}

/** One contest: its items in order, and the proof of its limit. */
export interface SealedContest {
  readonly contest: Contest;
  readonly items: readonly SealedItem[];
  readonly limit: RangeProof;
}

export interface SealedBallot {
  readonly election: Uint8Array;
  readonly id: Uint8Array;
  readonly style: Style;
  readonly contests: readonly SealedContest[];
}

export interface OpenedBallot {
  readonly sealed: SealedBallot;
  readonly seed: Uint8Array;
  /** By contest of the style in order, one value per item. */
  readonly values: readonly (readonly number[])[];
}

export function encodeSealed(ballot: SealedBallot, group: Group): Uint8Array {
  return encode(sealedMembers(ballot, group));
}

export function encodeOpened(opened: OpenedBallot, group: Group): Uint8Array {
  return encode({
    choices: opened.sealed.contests.map(({ contest }, i) => ({ contest: contest.id, values: opened.values[i]! })),
    sealed: sealedMembers(opened.sealed, group),
    seed: toHex(opened.seed),
  });
}

/** An opened ballot that has its form. Nothing is computed again yet. */
export function decodeOpened(data: Uint8Array, manifest: Manifest, group: Group): OpenedBallot {
  const members = object(decode(data, LARGEST_PAYLOAD), "opened", ["choices", "sealed", "seed"]);
  const sealed = readSealed(members["sealed"], manifest, group);
  const choices = array(members["choices"], "choices", sealed.contests.length, sealed.contests.length);
  const values = choices.map((value, i) => {
    const { contest } = sealed.contests[i]!;
    const choice = object(value, `choices[${i}]`, ["contest", "values"]);
    exactly(choice["contest"], `choices[${i}].contest`, contest.id);
    const size = contest.items.length;
    return array(choice["values"], `choices[${i}].values`, size, size).map((number) =>
      integer(number, `choices[${i}].values`, 0, Number.MAX_SAFE_INTEGER),
    );
  });
  return { sealed, seed: fromHex(members["seed"], 32, "seed"), values };
}

function sealedMembers(ballot: SealedBallot, group: Group): Json {
  return {
    contests: ballot.contests.map(({ contest, items, limit }) => ({
      id: contest.id,
      items: items.map(({ ciphertext, proof }, i) => ({
        alpha: group.hex(ciphertext.alpha),
        beta: group.hex(ciphertext.beta),
        option: contest.items[i]!.option,
        proof: proofMembers(proof),
        type: contest.items[i]!.option ? "selection" : "blank",
      })),
      limit: proofMembers(limit),
    })),
    election: toHex(ballot.election),
    id: toHex(ballot.id),
    style: ballot.style.id,
    v: 1,
  };
}

function proofMembers(proof: RangeProof): Json {
  return { c: proof.c.map((c) => hexOf(c, 32)), v: proof.v.map((v) => hexOf(v, 32)) };
}

function readSealed(value: Json | undefined, manifest: Manifest, group: Group): SealedBallot {
  const members = object(value, "sealed", ["contests", "election", "id", "style", "v"]);
  exactly(members["v"], "sealed.v", 1);
  const name = string(members["style"], "sealed.style", 0, 63);
  const style = manifest.styles.find((one) => one.id === name);
  if (!style) throw malformed("sealed.style", "no ballot style of this selection");
  const expected = contestsOf(manifest, style);
  const contests = array(members["contests"], "sealed.contests", expected.length, expected.length).map((item, i) =>
    readContest(item, `sealed.contests[${i}]`, expected[i]!, group),
  );
  return {
    election: fromHex(members["election"], 32, "sealed.election"),
    id: fromHex(members["id"], 32, "sealed.id"),
    style,
    contests,
  };
}

function readContest(value: Json, where: string, contest: Contest, group: Group): SealedContest {
  const members = object(value, where, ["id", "items", "limit"]);
  exactly(members["id"], `${where}.id`, contest.id);
  const size = contest.items.length;
  const items = array(members["items"], `${where}.items`, size, size).map((item, i) => {
    const [place, meant] = [`${where}.items[${i}]`, contest.items[i]!];
    const fields = object(item, place, ["alpha", "beta", "option", "proof", "type"]);
    exactly(fields["option"], `${place}.option`, meant.option);
    exactly(fields["type"], `${place}.type`, meant.option ? "selection" : "blank");
    return {
      ciphertext: {
        alpha: group.residue(fields["alpha"], `${place}.alpha`),
        beta: group.residue(fields["beta"], `${place}.beta`),
      },
      proof: readProof(fields["proof"], `${place}.proof`, meant.limit),
    };
  });
  return { contest, items, limit: readProof(members["limit"], `${where}.limit`, contest.limit) };
}

function readProof(value: Json | undefined, where: string, limit: number): RangeProof {
  const members = object(value, where, ["c", "v"]);
  const [c, v] = (["c", "v"] as const).map((name) =>
    array(members[name], `${where}.${name}`, limit + 1, limit + 1).map((item) => scalar(item, `${where}.${name}`)),
  );
  return { c: c!, v: v! };
}

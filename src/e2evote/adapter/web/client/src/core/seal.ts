// The voter's device: encrypt, show the tracker, and only then cast or challenge, never both (docs/spec.md, 7 and 8).
//
// Nothing leaves a sealed ballot before the voter's word but its tracker, which commits the device. Either choice uses
// the sealing up: what was opened must not count, and what counts must not be opened. Seed and r are fresh for every
// sealing and dropped with it; a script can't promise that dropped memory is wiped.

import { concat, fromUtf8, toBase64, toHex } from "./bytes.js";
import { encodeText } from "./canonical.js";
import { inGroups } from "./crockford.js";
import { seedOf } from "./codes.js";
import { publicKeyOf, sign } from "./ed25519.js";
import { modQ } from "./group.js";
import { H_own } from "./hashing.js";
import { encodeLeaf, hex, type Leaf, message, payloadName } from "./leaf.js";
import { type Contest, contestsOf } from "./manifest.js";
import { identifierHash, nonceOf, placeOf } from "./places.js";
import { type Ciphertext, prove, type Statement } from "./proofs.js";
import { type Random, systemRandom } from "./randomness.js";
import { Refusal, under } from "./refusal.js";
import { encodeOpened, encodeSealed, type OpenedBallot, type SealedContest, type SealedItem } from "./sealed.js";
import type { Selection } from "./selection.js";
import { ballotIdentifier, objectionTo, type Voter } from "./voter.js";
import { valuesOf, type Votes } from "./votes.js";

/** Milliseconds of work after which the page gets its turn. */
const TURN = 25;
const MOST_TRIES = 16;
const ZERO_NONCE = new Error("a nonce is 0");

export type Progress = (done: number, total: number) => void;

/** What goes to the server: texts, and hints in base64. */
export interface Submission {
  readonly leaf: string;
  readonly payload: string;
  readonly hints: string;
  readonly session?: string;
}

export interface Sealed {
  /** As the voter notes it before saying what becomes of the ballot. */
  readonly tracker: string;
  readonly line: string;
  /** Signed with the keys of these codes. prev: the leaf hash of the line's latest valid ballot, or 64 zeros. */
  cast(prev: string, codes: readonly string[]): Submission;
  /** Opened; `file` is for the voter's own checker, and says whose ballot it was. */
  challenge(session: string): { submission: Submission; file: string };
  /** Dropped, as if it had never been. */
  erase(): void;
}

interface Contents {
  readonly voter: Voter;
  readonly r: Uint8Array;
  readonly opened: OpenedBallot;
  readonly payload: Uint8Array;
  readonly hints: Uint8Array;
}

export async function seal(
  selection: Selection,
  styleId: string,
  votes: Votes,
  voter: Voter,
  progress: Progress = () => {},
  random: Random = systemRandom,
): Promise<Sealed> {
  const { manifest, h_e, group } = selection;
  const style = manifest.styles.find((one) => one.id === styleId);
  if (!style) throw new Refusal("style-unknown", `no ballot style is called ${styleId}`);
  const values = valuesOf(manifest, style, votes);
  const objection = objectionTo(selection, voter);
  if (objection) throw new Refusal("voter-keys", objection);
  const contests = contestsOf(manifest, style);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const [r, seed] = [random(32), random(32)];
    const id = ballotIdentifier(h_e, voter, r);
    const work = new Encryptor(selection, identifierHash(h_e, id), seed, random, turns(progress, contests));
    const sealed: SealedContest[] = [];
    try {
      for (const [i, contest] of contests.entries()) sealed.push(await work.seal(contest, values[i]!));
    } catch (error) {
      if (error === ZERO_NONCE) continue;
      throw error;
    }
    const opened = { sealed: { election: h_e, id, style, contests: sealed }, seed, values };
    const payload = encodeSealed(opened.sealed, group);
    return new Sealing(selection, { voter, r, opened, payload, hints: concat(...work.hints) });
  }
  throw new Error("16 seeds gave a nonce 0: the source of randomness is broken");
}

/** Counts proofs, and lets the page have its turn between them. */
function turns(progress: Progress, contests: readonly Contest[]): () => Promise<void> {
  const total = contests.reduce((sum, contest) => sum + contest.items.length + 1, 0);
  let done = 0;
  let since = performance.now();
  progress(0, total);
  return async () => {
    progress(++done, total);
    if (performance.now() - since < TURN) return;
    await new Promise((resume) => setTimeout(resume, 0));
    since = performance.now();
  };
}

/** One ballot in the making: H_I, the seed of its encryption nonces, and the source of the proofs' own. */
class Encryptor {
  readonly hints: Uint8Array[] = [];
  readonly #selection: Selection;
  readonly #h_i: Uint8Array;
  readonly #seed: Uint8Array;
  readonly #random: Random;
  readonly #done: () => Promise<void>;

  constructor(selection: Selection, h_i: Uint8Array, seed: Uint8Array, random: Random, done: () => Promise<void>) {
    this.#selection = selection;
    this.#h_i = h_i;
    this.#seed = seed;
    this.#random = random;
    this.#done = done;
  }

  /** Every item with its range proof, then the proof of the contest's limit over their product.    (7.4)-(7.6) */
  async seal(contest: Contest, values: readonly number[]): Promise<SealedContest> {
    const items: SealedItem[] = [];
    const total = { alpha: 1n, beta: 1n, value: 0, xi: 0n };
    const { group } = this.#selection;
    for (const [i, item] of contest.items.entries()) {
      const [value, weight] = [values[i]!, BigInt(item.weight)];
      const xi = nonceOf(this.#h_i, contest.index, item.index, this.#seed);
      const ciphertext = this.#encrypt(value, xi);
      const proof = this.#prove(placeOf(contest.index, item.index), ciphertext, value, item.limit, xi);
      items.push({ ciphertext, proof });
      total.alpha = group.multiply(total.alpha, group.power(ciphertext.alpha, weight));
      total.beta = group.multiply(total.beta, group.power(ciphertext.beta, weight));
      total.value += item.weight * value;
      total.xi = modQ(total.xi + weight * xi);
      await this.#done();
    }
    const limit = this.#prove(placeOf(contest.index), total, total.value, contest.limit, total.xi);
    await this.#done();
    return { contest, items, limit };
  }

  /** (α, β) = (g^ξ, K^(σ+ξ))    (3.1) */
  #encrypt(value: number, xi: bigint): Ciphertext {
    const sum = modQ(xi + BigInt(value));
    if (xi === 0n || sum === 0n) throw ZERO_NONCE;
    return { alpha: this.#selection.group.g.power(xi), beta: this.#selection.jointBase().power(sum) };
  }

  #prove(place: Uint8Array, ciphertext: Ciphertext, value: number, limit: number, xi: bigint) {
    if (xi === 0n) throw ZERO_NONCE;
    const { group, jointBase } = this.#selection;
    const statement: Statement = { group, K: jointBase(), h_i: this.#h_i, place, ciphertext, limit };
    const { proof, commitments } = prove(statement, value, xi, this.#random);
    this.hints.push(commitments);
    return proof;
  }
}

class Sealing implements Sealed {
  readonly tracker: string;
  readonly line: string;
  readonly #tracker: Uint8Array;
  readonly #selection: Selection;
  #contents: Contents | undefined;

  constructor(selection: Selection, contents: Contents) {
    this.#selection = selection;
    this.#contents = contents;
    this.#tracker = H_own(selection.h_e, "tracker", contents.payload); // (7.7)
    this.tracker = inGroups(this.#tracker);
    this.line = contents.voter.line;
  }

  cast(prev: string, codes: readonly string[]): Submission {
    const { voter, r, opened, payload, hints } = this.#held();
    const before = under("prev-malformed", () => hex(prev, "prev", 32));
    const seeds = this.#seeds(voter, codes);
    const body = { id: toHex(opened.sealed.id), line: voter.line, prev: before, r: toHex(r), tracker: this.#hex() };
    const leaf = this.#leaf("ballot", "voter", body, payload, voter.keys);
    const text = message(leaf);
    const signed = encodeLeaf({ ...leaf, sigs: seeds.map((seed) => toHex(sign(seed, text))) });
    this.erase();
    return { leaf: fromUtf8(signed, "leaf"), payload: fromUtf8(payload, "payload"), hints: toBase64(hints) };
  }

  challenge(session: string): { submission: Submission; file: string } {
    const { voter, r, opened, hints } = this.#held();
    if (!/^[0-9a-z]{32,64}$/.test(session)) {
      throw new Refusal("session-malformed", "not 32 to 64 characters of 0-9 and a-z");
    }
    const payload = encodeOpened(opened, this.#selection.group);
    const body = { id: toHex(opened.sealed.id), tracker: this.#hex() };
    const leaf = fromUtf8(encodeLeaf(this.#leaf("challenge", "log", body, payload, [])), "leaf");
    const ballot = fromUtf8(payload, "payload");
    const preimage = { keys: voter.keys, line: voter.line, r: toHex(r) };
    const file = encodeText({ ballot, kind: "e2evote-opened", leaf, preimage, v: 1 });
    this.erase();
    return { submission: { leaf, payload: ballot, hints: toBase64(hints), session }, file };
  }

  erase(): void {
    this.#contents?.opened.seed.fill(0);
    this.#contents?.r.fill(0);
    this.#contents = undefined;
  }

  #held(): Contents {
    if (!this.#contents) throw new Refusal("ballot-spent", "this ballot was cast, challenged or erased; seal again");
    return this.#contents;
  }

  #hex(): string {
    return toHex(this.#tracker);
  }

  /** The secrets of the codes, each of which must give the key that the ballot was sealed for. Spends nothing. */
  #seeds(voter: Voter, codes: readonly string[]): Uint8Array[] {
    const wanted = voter.keys.length;
    if (codes.length !== wanted) throw new Refusal("codes-missing", `${codes.length} codes, want ${wanted}`);
    return codes.map((code, i) => {
      const seed = this.#seed(voter, code, i);
      if (toHex(publicKeyOf(seed)) !== voter.keys[i]) {
        throw new Refusal("wrong-key", `code ${i + 1} of ${wanted} is not one of line ${voter.line}`, i);
      }
      return seed;
    });
  }

  #seed(voter: Voter, code: string, i: number): Uint8Array {
    try {
      return seedOf(this.#selection, voter.line, i, code);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.code, `code ${i + 1} of ${voter.keys.length}: ${error.detail}`, i);
    }
  }

  #leaf(kind: string, author: string, body: Leaf["body"], payload: Uint8Array, keys: readonly string[]): Leaf {
    const election = toHex(this.#selection.first);
    return { author, body, election, kind, payload: payloadName(payload), keys, sigs: [] };
  }
}

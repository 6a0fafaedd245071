// The voter's checker: another device that takes nothing of a challenged ballot on trust (docs/spec.md, 8).
//
// It starts from the selection that it opened itself, and computes style, choices, every ciphertext, every proof and
// the tracker again; from the preimage, which is never published, that the ballot was sealed for the voter's own line.
// Each check has the name that the auditor's program has for it (docs/verification.md).

import { equal, fromHex, malformed, toHex, utf8 } from "./bytes.js";
import { decodeText } from "./canonical.js";
import { fromGroups, inGroups, SHOWN } from "./crockford.js";
import { array, exactly, object, string } from "./fields.js";
import { modQ } from "./group.js";
import { H_own } from "./hashing.js";
import { decodeLeaf, hex, type Leaf, payloadName, readChallengeBody, readLine } from "./leaf.js";
import { identifierHash, nonceOf, placeOf } from "./places.js";
import { verifyRange } from "./proofs.js";
import { Refusal, under } from "./refusal.js";
import { decodeOpened, encodeSealed, type OpenedBallot, type SealedContest } from "./sealed.js";
import type { Selection } from "./selection.js";
import { ballotIdentifier, objectionTo, typedLine, type Voter } from "./voter.js";
import { excess, type Votes } from "./votes.js";

const LARGEST = 2 * 67108864;

/** One check over all that it is about. */
export interface CheckResult {
  readonly check: string;
  /** True iff everything that it is about was examined, something at least, and nothing failed. */
  readonly holds: boolean;
  readonly examined: number;
  /** What failed, or why it was not run; empty where it holds. */
  readonly detail: string;
}

const CHECKS = [
  "board.leaf",
  "board.payload",
  "challenge.form",
  "challenge.tracker",
  "challenge.opening",
  "challenge.proof",
  "ballot.line",
  "ballot.identifier",
] as const;

type Check = (typeof CHECKS)[number];

export interface OpenedFile {
  readonly leaf: string;
  readonly ballot: string;
  readonly voter: Voter;
  readonly r: string;
}

/** The file that `challenge` gave, or `opened-malformed`. */
export function readOpened(file: string): OpenedFile {
  return under("opened-malformed", () => {
    const members = object(decodeText(file, LARGEST), "file", ["ballot", "kind", "leaf", "preimage", "v"]);
    exactly(members["kind"], "kind", "e2evote-opened");
    exactly(members["v"], "v", 1);
    const preimage = object(members["preimage"], "preimage", ["keys", "line", "r"]);
    const keys = array(preimage["keys"], "preimage.keys", 1, 8).map((key) => hex(key, "preimage.keys", 32));
    return {
      leaf: string(members["leaf"], "leaf", 1, 4096),
      ballot: string(members["ballot"], "ballot", 1, LARGEST),
      voter: { keys, line: readLine(preimage["line"]) },
      r: hex(preimage["r"], "preimage.r", 32),
    };
  });
}

/** Every check of an opened ballot, in a fixed order.
 *
 * notedTracker: as the voter wrote it down before asking for the challenge. line: as the voter knows it, not as the
 * device says; without it ballot.line is not run. keys: with a roll, those that the line has on the board. */
export function checkOpened(
  selection: Selection,
  notedTracker: string,
  file: string,
  line?: string,
  keys?: readonly string[],
): CheckResult[] {
  const noted = under("tracker-malformed", () => fromGroups(notedTracker));
  const own = line === undefined ? undefined : typedLine(selection, line);
  const checking = new Checking(selection);
  checking.check(readOpened(file), noted, own, keys);
  return checking.results();
}

/** What the ballot opens to, by contest and option. It means something only where every check has passed. */
export function openedVotes(selection: Selection, file: string): Votes {
  const { ballot } = readOpened(file);
  const opened = under("opened-malformed", () => decodeOpened(utf8(ballot), selection.manifest, selection.group));
  const votes = opened.sealed.contests.map(({ contest }, i) => {
    const given = contest.items.map((item, j) => [item.option, opened.values[i]![j]!] as const);
    return [contest.id, Object.fromEntries(given.filter(([, value]) => value > 0))] as const;
  });
  return Object.fromEntries(votes);
}

class Checking {
  readonly #selection: Selection;
  readonly #examined = new Map<Check, number>();
  readonly #failures = new Map<Check, string[]>();
  readonly #notRun = new Map<Check, string>();

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  results(): CheckResult[] {
    return CHECKS.map((check) => {
      const [examined, failures] = [this.#examined.get(check) ?? 0, this.#failures.get(check) ?? []];
      const notRun = this.#notRun.get(check) ?? (examined ? "" : "not run: what it is about has not its form");
      const detail = [...failures, ...(notRun ? [notRun] : [])].join("; ");
      return { check, holds: detail === "", examined, detail };
    });
  }

  check(file: OpenedFile, noted: Uint8Array, own: string | undefined, keys: readonly string[] | undefined): void {
    const { manifest, group, first, h_e } = this.#selection;
    const payload = utf8(file.ballot);
    let [leaf, body, opened]: [Leaf?, { id: string; tracker: string }?, OpenedBallot?] = [];
    try {
      leaf = decodeLeaf(utf8(file.leaf));
      body = readChallengeBody(leaf);
    } catch (error) {
      return this.#expect("board.leaf", false, detail(error));
    }
    this.#expect("board.leaf", leaf.election === toHex(first), "election is not the leaf hash of entry 0");
    const [name, own_] = [leaf.payload!, payloadName(payload)];
    const named = name.len === own_.len && name.sha256 === own_.sha256;
    this.#expect("board.payload", named, "the ballot is not the one that the leaf names");
    try {
      opened = decodeOpened(payload, manifest, group);
      this.#checkForm(opened, body.id);
    } catch (error) {
      return this.#expect("challenge.form", false, detail(error));
    }
    this.#expect("challenge.form", true, "");
    const tracker = H_own(h_e, "tracker", encodeSealed(opened.sealed, group));
    const shown = `the sealed ballot has the tracker ${inGroups(tracker)}`;
    this.#expect("challenge.tracker", equal(tracker.subarray(0, SHOWN), noted), `${shown}, noted was ${inGroups(noted)}`);
    this.#expect("challenge.tracker", toHex(tracker) === body.tracker, `${shown}, the leaf has another`);
    const h_i = identifierHash(h_e, opened.sealed.id);
    opened.sealed.contests.forEach((contest, i) => this.#open(h_i, contest, opened.values[i]!, opened.seed));
    this.#checkPreimage(file, body.id, own, keys);
  }

  /** H_E, and the id of the leaf. */
  #checkForm({ sealed }: OpenedBallot, id: string): void {
    if (!equal(sealed.election, this.#selection.h_e)) throw malformed("sealed.election", "not H_E");
    if (toHex(sealed.id) !== id) throw malformed("sealed.id", "not the id of the leaf");
  }

  /** Limits, (α, β) = (g^ξ, K^(σ+ξ)) with the nonces of the seed, and every proof over what was computed. */
  #open(h_i: Uint8Array, sealed: SealedContest, values: readonly number[], seed: Uint8Array): void {
    const { group, jointBase } = this.#selection;
    const { contest } = sealed;
    const over = excess(contest, values);
    this.#expect("challenge.opening", !over, `contest ${contest.id}: ${over}`);
    let whole = !over;
    let [alpha, beta] = [1n, 1n];
    for (const [i, item] of contest.items.entries()) {
      const { ciphertext, proof } = sealed.items[i]!;
      const xi = nonceOf(h_i, contest.index, item.index, seed);
      const again = { alpha: group.g.power(xi), beta: jointBase().power(modQ(xi + BigInt(values[i]!))) };
      const same = again.alpha === ciphertext.alpha && again.beta === ciphertext.beta;
      const where = `contest ${contest.id}, ${item.option ? `option ${item.option}` : "the blank vote"}`;
      this.#expect("challenge.opening", same, `${where}: the ciphertext is not ${values[i]} sealed with the seed`);
      if (!same) {
        whole = false;
        continue;
      }
      const place = placeOf(contest.index, item.index);
      const statement = { group, K: jointBase(), h_i, place, ciphertext: again, limit: item.limit };
      this.#expect("challenge.proof", verifyRange(statement, proof), `${where}: the proof does not verify`);
      alpha = group.multiply(alpha, group.power(again.alpha, BigInt(item.weight)));
      beta = group.multiply(beta, group.power(again.beta, BigInt(item.weight)));
    }
    if (!whole) {
      this.#notRun.set("challenge.proof", "not run: the ballot does not open to what it says");
      return;
    }
    const place = placeOf(contest.index);
    const statement = { group, K: jointBase(), h_i, place, ciphertext: { alpha, beta }, limit: contest.limit };
    const detail = `contest ${contest.id}: the proof of its limit does not verify`;
    this.#expect("challenge.proof", verifyRange(statement, sealed.limit), detail);
  }

  #checkPreimage(file: OpenedFile, id: string, own: string | undefined, keys: readonly string[] | undefined): void {
    const { voter } = file;
    if (own === undefined) {
      this.#notRun.set("ballot.line", "not run: your line was not given");
    } else {
      this.#expect("ballot.line", voter.line === own, `sealed for line ${voter.line}, yours is ${own}`);
      const objection = objectionTo(this.#selection, voter);
      this.#expect("ballot.line", !objection, objection);
      if (this.#selection.manifest.roll && keys) {
        const same = keys.join() === voter.keys.join();
        this.#expect("ballot.line", same, `the keys are not those that line ${own} has on the board`);
      }
    }
    const r = fromHex(file.r, 32, "r");
    const made = toHex(ballotIdentifier(this.#selection.h_e, voter, r));
    this.#expect("ballot.identifier", made === id, "id is not the hash of line, keys and r");
  }

  #expect(check: Check, holds: boolean, failure: string): void {
    this.#examined.set(check, (this.#examined.get(check) ?? 0) + 1);
    if (!holds) this.#failures.set(check, [...(this.#failures.get(check) ?? []), failure]);
  }
}

function detail(error: unknown): string {
  if (error instanceof Refusal) return error.detail;
  throw error;
}

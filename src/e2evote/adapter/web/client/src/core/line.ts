// What the log holds of one line: the rule of docs/spec.md, 7, followed entry by entry.
//
// Phases, marks, annulments and removals are believed only where the parties that the table of docs/spec.md, 5.4 asks
// for have signed; a head under which such an entry is not so signed is refused. What is wrong with a ballot of the
// line itself is said beside it.

import { fromHex, toHex } from "./bytes.js";
import { inGroups } from "./crockford.js";
import { type BallotBody, type Leaf, readBallotBody, readChallengeBody, signedBy } from "./leaf.js";
import type { Party } from "./manifest.js";
import type { Cosigned } from "./note.js";
import { Refusal, under } from "./refusal.js";
import type { Selection } from "./selection.js";
import { ballotIdentifier, typedLine } from "./voter.js";

/** What became of a ballot, in the words of `e2evote tracker check`. */
export type BallotStatus = "counted" | "recorded" | "superseded" | "annulled" | "invalid";

export interface BoardBallot {
  readonly index: number;
  readonly tracker: string;
  readonly status: BallotStatus;
  readonly leafHash: string;
  /** What is wrong with its signatures or its identifier; empty if nothing is. */
  readonly objection: string;
}

export interface BoardView {
  readonly size: number;
  readonly root: string;
  readonly cosigners: readonly Cosigned[];
  readonly phase: "setup" | "open" | "closed" | "stated" | "published";
  readonly paused: boolean;
  readonly line: string;
  /** With a roll, whether the line may vote. */
  readonly onRoll: boolean;
  readonly mark: { readonly channel: string; readonly index: number } | null;
  readonly ballots: readonly BoardBallot[];
  /** What the line's next ballot names as the one before it. */
  readonly prev: string;
}

const NONE = "0".repeat(64);

/** Who signs, in order; the author first. `apart`: all of different organisations.    spec 5.4 */
const SIGNERS: { readonly [kind: string]: { readonly roles: readonly Party["role"][]; readonly apart?: true } } = {
  open: { roles: ["administrator", "teller"] },
  close: { roles: ["administrator", "teller"] },
  pause: { roles: ["administrator", "teller"] },
  resume: { roles: ["administrator", "teller"] },
  "roll.freeze": { roles: ["administrator", "teller"] },
  "roll.add": { roles: ["administrator", "teller"] },
  "roll.remove": { roles: ["administrator", "teller"] },
  mark: { roles: ["teller", "teller"], apart: true },
  annul: { roles: ["registrar", "teller"], apart: true },
  "tally.statement": { roles: ["administrator"] },
  outcome: { roles: ["administrator"] },
};
const OF_ONE_LINE = ["roll.remove", "mark", "annul"];
const NEXT = { open: "open", close: "closed", "tally.statement": "stated", outcome: "published" } as const;

interface Held {
  readonly index: number;
  readonly body: BallotBody;
  readonly hash: string;
  readonly valid: boolean;
  readonly objection: string;
}

/** Why this is no ballot as the keys that it names sign one; empty if it is. Whether they are the line's is not seen. */
export function objectionToBallot({ h_e, manifest }: Selection, leaf: Leaf, body: BallotBody): string {
  const made = ballotIdentifier(h_e, { line: body.line, keys: leaf.keys }, fromHex(body.r, 32, "r"));
  if (leaf.keys.length !== Math.max(1, manifest.registrars.length)) return "not signed with one key of each registrar";
  if (toHex(made) !== body.id) return "its id is not the hash of line, keys and r";
  return signedBy(leaf) ? "" : "a signature does not verify";
}

export class LineFollower {
  readonly #selection: Selection;
  readonly #line: string;
  readonly #held: Held[] = [];
  /** ids and trackers of ballots, ids of challenges. */
  readonly #seen = new Set<string>();
  readonly #annulled = new Set<string>();
  #phase: BoardView["phase"] = "setup";
  #paused = false;
  #prev = NONE;
  #lines = 0;
  #removed = false;
  #mark: BoardView["mark"] = null;

  constructor(selection: Selection, line: string) {
    this.#selection = selection;
    this.#line = typedLine(selection, line);
  }

  /** The next entry. */
  take(index: number, leaf: Leaf, hash: Uint8Array): void {
    if (leaf.kind === "ballot" || leaf.kind === "challenge") {
      if (this.#phase === "open" && !this.#paused) this.#takeVote(index, leaf, toHex(hash));
      else if (leaf.kind === "ballot" && leaf.body["line"] === this.#line) this.#hold(index, leaf, toHex(hash), false);
      return;
    }
    const signers = SIGNERS[leaf.kind];
    if (!signers || (OF_ONE_LINE.includes(leaf.kind) && leaf.body["line"] !== this.#line)) return;
    this.#checkSigners(index, leaf, signers.roles, signers.apart === true);
    switch (leaf.kind) {
      case "pause":
      case "resume":
        this.#paused = leaf.kind === "pause";
        break;
      case "roll.freeze":
        this.#lines = Number(leaf.body["lines"]);
        break;
      case "roll.add":
        this.#lines++;
        break;
      case "roll.remove":
        this.#removed = true;
        break;
      case "mark":
        this.#mark ??= { channel: String(leaf.body["channel"]), index };
        break;
      case "annul":
        this.#annulled.add(String(leaf.body["ballot"]));
        break;
      default:
        this.#phase = NEXT[leaf.kind as keyof typeof NEXT];
    }
  }

  view(size: number, root: Uint8Array, cosigners: readonly Cosigned[]): BoardView {
    return {
      size,
      root: toHex(root),
      cosigners,
      phase: this.#phase,
      paused: this.#paused,
      line: this.#line,
      onRoll: this.#onRoll(),
      mark: this.#mark,
      ballots: this.#held.map((held) => ({
        index: held.index,
        tracker: inGroups(fromHex(held.body.tracker, 32, "tracker")),
        status: this.#status(held),
        leafHash: held.hash,
        objection: held.objection,
      })),
      prev: this.#prev,
    };
  }

  #takeVote(index: number, leaf: Leaf, hash: string): void {
    if (leaf.kind === "challenge") {
      const body = under("board-malformed", () => readChallengeBody(leaf));
      this.#seen.add(`id ${body.id}`);
      return;
    }
    const body = under("board-malformed", () => readBallotBody(leaf));
    const names = [`id ${body.id}`, `tracker ${body.tracker}`];
    const fresh = names.every((name) => !this.#seen.has(name));
    if (body.line === this.#line) this.#hold(index, leaf, hash, fresh && body.prev === this.#prev && this.#mayVote());
    for (const name of names) this.#seen.add(name);
  }

  #hold(index: number, leaf: Leaf, hash: string, valid: boolean): void {
    const body = under("board-malformed", () => readBallotBody(leaf));
    this.#held.push({ index, body, hash, valid, objection: objectionToBallot(this.#selection, leaf, body) });
    if (valid) this.#prev = hash;
  }

  #mayVote(): boolean {
    return this.#onRoll() && this.#mark === null;
  }

  #onRoll(): boolean {
    return !this.#selection.manifest.roll || (Number(this.#line) <= this.#lines && !this.#removed);
  }

  #status({ hash, valid }: Held): BallotStatus {
    if (!valid) return "invalid";
    if (this.#annulled.has(hash)) return "annulled";
    if (hash !== this.#prev || this.#mark !== null) return "superseded";
    return this.#phase === "open" || this.#phase === "setup" ? "recorded" : "counted";
  }

  #checkSigners(index: number, leaf: Leaf, roles: readonly Party["role"][], apart: boolean): void {
    const { parties } = this.#selection.manifest;
    const found = leaf.keys.map((key) => parties.find((party) => party.key === key));
    const fits = found.length === roles.length && found.every((party, i) => party?.role === roles[i]);
    const organisations = new Set(found.map((party) => party?.organisation));
    const author = found[0]?.id === leaf.author && leaf.election === toHex(this.#selection.first);
    const distinct = new Set(leaf.keys).size === found.length && (!apart || organisations.size === found.length);
    if (!fits || !author || !distinct || !under("board-malformed", () => signedBy(leaf))) {
      throw new Refusal("board-signers", `entry ${index} of kind ${leaf.kind} is not signed by those who may`);
    }
  }
}

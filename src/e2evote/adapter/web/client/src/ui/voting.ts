// The way of a ballot, from the line to the receipt. One step follows another only from here; each screen knows nothing
// but what it shows.
//
// The order is the protocol's (docs/spec.md §8): nothing leaves the device before the voter has seen the tracker and
// said cast or challenge, and no code is asked for before cast. What was chosen is dropped as soon as either is signed.

import {
  checkReceipt,
  contestsOf,
  newVoter,
  Refusal,
  scanBoard,
  seal,
  type Contest,
  type Sealed,
  type Selection,
  type Submission,
  type Votes,
} from "../core/index.js";
import type { Child } from "./dom.js";
import type { Opened } from "./opened.js";
import type { Page } from "./page.js";
import { boardScreen, isFalse, outcomeOf } from "./screens/board.js";
import { closedScreen, leftScreen, waitingScreen } from "./screens/before.js";
import { challengedScreen, openingKept, type Opening } from "./screens/challenged.js";
import { codesScreen, meanwhileScreen, type Asked, type Mistake } from "./screens/codes.js";
import { contestScreen, type Choosing } from "./screens/contest.js";
import { decisionScreen } from "./screens/decision.js";
import { againScreen, cannotScreen, lineScreen } from "./screens/line.js";
import { keepKey, ownKeyScreen, type OwnKey } from "./screens/own_key.js";
import { isBad, receiptScreen, type Compared, type Sent } from "./screens/receipt.js";
import { reviewScreen, sealingScreen } from "./screens/review.js";
import { saveSigned, sendAndShow } from "./screens/sending.js";
import { explainedCode, isPassing, nameOf, troubleScreen, type Way } from "./screens/trouble.js";
import { saveLink, shortName } from "./saving.js";
import { Problem, type LineFacts } from "./server.js";
import { votesToSeal } from "./votes.js";

/** Entries of a board that is read after every cast: some 16 files. A longer one is read when the voter asks for it. */
const READ_AT_ONCE = 4096;

/** Refusals after which the same ballot will never be taken, so that nobody is asked to keep it. */
const NEVER_TAKEN: readonly string[] = ["stale-prev", "already-marked", "already-challenged"];

/** What a host page is told. */
export interface Told {
  readonly cast: (tracker: string) => void;
  readonly refused: (code: string) => void;
}

/** What challenges count against; or the token of a link that nobody has exchanged yet. */
export interface VoterSession {
  session: string;
  token: string;
}

export class Voting {
  private readonly page: Page;
  private readonly opened: Opened;
  private readonly selection: Selection;
  private readonly told: Told;
  private readonly typed: { line: string };
  private readonly own: OwnKey;
  private readonly session: VoterSession;
  private votes: Record<string, Choosing> = {};
  private sealed: Sealed | null = null;
  private busy = false;
  /** Whether there are choices, or codes, that leave with the page. */
  private open = false;
  /** Grows with each ballot that is dropped: what was asked for an earlier one is passed over. */
  private round = 0;
  private asked: Asked | null = null;

  constructor(page: Page, opened: Opened, selection: Selection, session: VoterSession, told: Told) {
    this.page = page;
    this.opened = opened;
    this.selection = selection;
    this.session = session;
    this.told = told;
    this.typed = { line: opened.wishes.line };
    this.own = { style: selection.manifest.styles[0]?.id ?? "", secret: "" };
    page.left = this.leave;
  }

  /** From the beginning, with nothing chosen. */
  begin = async (): Promise<void> => {
    this.drop();
    this.page.unsent = false;
    await this.attempt(async () => {
      const status = await this.opened.server.status();
      if (status.phase !== "open" || status.paused) {
        return this.page.show(closedScreen({ ...this.opened, status }, () => void this.begin()));
      }
      const { manifest } = this.selection;
      if (manifest.roll) {
        return this.page.show(
          lineScreen(this.page, status.closes, this.typed, (line, unknown) => void this.look(line, unknown)),
        );
      }
      const go = (): void => void this.lookOwn();
      this.page.show(ownKeyScreen(this.page, manifest, status.closes, this.own, go));
    });
  };

  /** The line that one's own key makes; the board may have ballots of it, or not know it yet. */
  private async lookOwn(): Promise<void> {
    await this.attempt(async () => {
      const { secret: given, style } = this.own;
      const bytes = Uint8Array.from(given.match(/../g) ?? [], (digits) => parseInt(digits, 16));
      const { voter, secret } = given === "" ? newVoter(this.selection) : newVoter(this.selection, () => bytes);
      this.own.secret = secret;
      const facts = await this.lineOf(voter.line, { style, keys: voter.keys });
      if (facts.ballots.length === 0) return this.choose(facts, 0);
      this.page.show(againScreen(this.page, facts, () => this.choose(facts, 0), this.restart));
    });
  }

  /** A line as the server has it. `own`: where there is no roll, what a line is that has no ballot yet. */
  private async lineOf(line: string, own?: Pick<LineFacts, "style" | "keys">): Promise<LineFacts> {
    try {
      const facts = await this.opened.server.line(line);
      if (facts.line !== line) throw new Refusal("answer-malformed", "line");
      return own ? { ...facts, ...own } : facts;
    } catch (error) {
      if (!own || !(error instanceof Problem) || error.code !== "line-unknown") throw error;
      return { line, ...own, weight: 1, marked: "", prev: "0".repeat(64), ballots: [] };
    }
  }

  private async look(line: string, unknown: () => void): Promise<void> {
    await this.attempt(async () => {
      this.page.announce(this.page.t("loading.title"));
      let facts: LineFacts;
      try {
        facts = await this.lineOf(line);
      } catch (error) {
        if (error instanceof Problem && error.code === "line-unknown") return unknown();
        throw error;
      }
      if (facts.marked !== "") return this.page.show(cannotScreen(facts, "marked", this.restart));
      if (facts.keys.length !== this.selection.manifest.registrars.length) {
        return this.page.show(cannotScreen(facts, "no-key", this.restart));
      }
      const style = this.selection.manifest.styles.find((one) => one.id === facts.style);
      if (!style) throw new Refusal("style-unknown", facts.style);
      if (facts.ballots.length === 0) return this.choose(facts, 0);
      this.page.show(againScreen(this.page, facts, () => this.choose(facts, 0), this.restart));
    });
  }

  private contests(facts: LineFacts): readonly Contest[] {
    const { manifest } = this.selection;
    const style = manifest.styles.find((one) => one.id === facts.style);
    return style ? contestsOf(manifest, style) : [];
  }

  /** The contest at a place; `only` comes back to the review at once. */
  private choose(facts: LineFacts, place: number, only = false): void {
    this.open = true;
    const contests = this.contests(facts);
    const contest = contests[place];
    if (!contest) return this.review(facts);
    if (!Object.hasOwn(this.votes, contest.id)) this.votes[contest.id] = {};
    const chosen = this.votes[contest.id]!;
    const last = only || place + 1 === contests.length;
    this.page.show(
      contestScreen(
        this.page,
        contest,
        chosen,
        { number: place + 1, of: contests.length },
        {
          next: () => (last ? this.review(facts) : this.choose(facts, place + 1)),
          back: () => (only ? this.review(facts) : place > 0 ? this.choose(facts, place - 1) : this.restart()),
          nextLabel: last ? "contest.to-review" : "contest.next",
        },
      ),
    );
  }

  private review(facts: LineFacts): void {
    const contests = this.contests(facts);
    const change = (place: number): void => this.choose(facts, place, true);
    const others = this.selection.manifest.contests.filter((contest) => !contests.includes(contest));
    const seal = (): void => void this.seal(facts);
    this.page.show(reviewScreen(this.page, facts.line, contests, others, this.votes, change, seal));
  }

  private async seal(facts: LineFacts): Promise<void> {
    await this.attempt(async () => {
      let tell = (_: number): void => undefined;
      this.page.show(sealingScreen(this.page, (told) => (tell = told)));
      await new Promise((resolve) => setTimeout(resolve, 0)); // the screen is drawn before the work begins
      const votes: Votes = votesToSeal(this.contests(facts), this.votes);
      const voter = { line: facts.line, keys: [...facts.keys] };
      const round = this.round;
      const sealed = await seal(this.selection, facts.style, votes, voter, (done, total) => tell(done / total));
      if (round !== this.round) return sealed.erase();
      this.sealed = sealed;
      this.page.unsent = true;
      this.decide(facts, sealed);
    });
  }

  private decide(facts: LineFacts, sealed: Sealed): void {
    this.page.show(
      decisionScreen(this.page, sealed.tracker, facts.line, {
        cast: () => this.askCodes(facts, sealed),
        challenge: () => void this.challenge(facts, sealed),
        discard: this.restart,
      }),
    );
  }

  private askCodes(facts: LineFacts, sealed: Sealed): void {
    const { manifest } = this.selection;
    const organisations = manifest.registrars.map(
      (id) => manifest.parties.find((party) => party.id === id)?.organisation ?? id,
    );
    const codes = manifest.roll ? organisations.map(() => "") : [this.own.secret];
    const asked: Asked = { organisations, codes, hidden: false };
    this.asked = asked;
    const sign = (prev: string): Mistake | null => {
      try {
        const submission = sealed.cast(prev, asked.codes);
        this.drop();
        void this.send(facts.line, sealed.tracker, submission);
        return null;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { index } = error;
        if (index === undefined) {
          this.refuse(error, [{ label: "way.start", go: this.restart }]); // it is no field's mistake
          return null;
        }
        const organisation = organisations[index] ?? "";
        return { index, text: explainedCode(this.page, error.code, organisation, facts.line) };
      }
    };
    const ask = (prev: string): void => {
      const screen = codesScreen(
        this.page,
        sealed.tracker,
        asked,
        () => sign(prev),
        () => this.decide(facts, sealed),
      );
      this.page.show(screen);
    };
    void this.freshPrev(facts, ask, () => this.decide(facts, sealed));
  }

  /** The line as it is now: another ballot of it may have come since this one was begun, or another code. */
  private async freshPrev(facts: LineFacts, go: (prev: string) => void, back: () => void): Promise<void> {
    this.page.show(waitingScreen);
    const round = this.round;
    let now: LineFacts;
    try {
      now = await this.lineOf(facts.line, this.selection.manifest.roll ? undefined : facts);
    } catch (error) {
      if (round !== this.round) return;
      return this.refuse(error, [
        { label: "way.retry", go: () => void this.freshPrev(facts, go, back) },
        { label: "codes.back", go: back },
      ]);
    }
    if (round !== this.round) return;
    if (now.marked !== "") return this.page.show(cannotScreen(now, "marked", this.restart));
    if (now.keys.join() !== facts.keys.join()) {
      return this.refuse(new Refusal("keys-changed", ""), [{ label: "way.start", go: this.restart }]);
    }
    if (now.prev === facts.prev) return go(now.prev);
    this.page.show(meanwhileScreen(() => go(now.prev), this.restart));
  }

  private async send(line: string, tracker: string, submission: Submission): Promise<void> {
    this.page.unsent = true;
    let receipt: string;
    try {
      receipt = (await sendAndShow(this.page, this.opened.server, tracker, submission)).receipt;
    } catch (error) {
      const saved = (): Child[] => [saveSigned(this.page.t("sending.keep"), tracker, submission)];
      const useless = NEVER_TAKEN.includes(nameOf(error));
      return this.refuse(error, [{ label: "way.start", go: this.restart }], useless ? undefined : saved);
    }
    try {
      const facts = checkReceipt(this.selection, receipt, { leaf: submission.leaf });
      this.page.unsent = false;
      this.told.cast(tracker);
      this.receipt({ tracker, line, receipt, facts, submission });
    } catch (error) {
      this.refuse(error, [], () => [
        saveSigned(this.page.t("sending.keep"), tracker, submission),
        saveLink(this.page.t("receipt.save-bad"), `${shortName(tracker)}.refused.tlog-proof`, receipt, "text/plain"),
      ]);
    }
  }

  receipt(cast: Sent, compared: Compared = { outcome: "", told: () => undefined }): void {
    const { pages, server } = this.opened;
    const back = (): void => this.receipt(cast, compared);
    const board = (): void => void boardScreen(this.page, this.selection, server, cast, back);
    const trackerPage = new URL("tracker", pages).href;
    const more = (): Child[] => (this.own.secret === "" ? [] : [keepKey(this.page, this.own.secret)]);
    const { fingerprint } = this.selection;
    this.page.show(receiptScreen(this.page, cast, compared, fingerprint, trackerPage, board, this.restart, more));
    if (compared.outcome === "") void this.compare(cast, compared);
  }

  /** A short board is read at once: a server that gave a wrong `prev` has taken a ballot that will not count. */
  private async compare(cast: Sent, compared: Compared): Promise<void> {
    if (cast.facts.size > READ_AT_ONCE) return;
    const { round } = this;
    const { server } = this.opened;
    try {
      const fetchFile = (path: string): Promise<Uint8Array> => server.boardFile(path);
      const view = await scanBoard(this.selection, fetchFile, cast.line, undefined, cast.facts);
      compared.outcome = outcomeOf(view, cast);
    } catch (error) {
      if (!isFalse(error)) return; // the voter can compare by hand, and is told then why it does not go
      compared.outcome = "false";
    }
    if (round !== this.round) return; // a new ballot was begun meanwhile, and nobody is taken away from it
    if (isBad(compared.outcome)) this.receipt(cast, compared);
    else compared.told();
  }

  private async challenge(facts: LineFacts, sealed: Sealed): Promise<void> {
    let opening: Opening | null = null;
    const round = this.round;
    try {
      if (this.session.session === "") this.page.show(waitingScreen);
      this.session.session ||= await this.opened.server.session(this.session.token);
      if (round !== this.round) return;
      const { submission, file } = sealed.challenge(this.session.session);
      const made = { tracker: sealed.tracker, line: sealed.line, file };
      opening = made;
      this.drop();
      const kept = (): Child[] => openingKept(this.page, made); // no server can keep a voter from checking
      const { receipt } = await sendAndShow(this.page, this.opened.server, made.tracker, submission, kept);
      checkReceipt(this.selection, receipt, { leaf: submission.leaf });
      this.page.unsent = false;
      const checkPage = this.page.links?.checkChallenge ?? "";
      this.page.show(challengedScreen(this.page, made, checkPage, this.restart));
    } catch (error) {
      const kept = opening;
      if (!kept) return round === this.round ? this.noChallenge(error, facts, sealed) : undefined;
      this.page.unsent = false;
      this.refuse(error, [{ label: "way.start", go: this.restart }], () => openingKept(this.page, kept));
    }
  }

  /** No session, so nothing was opened: the ballot can still be cast. */
  private noChallenge(error: unknown, facts: LineFacts, sealed: Sealed): void {
    const said = error instanceof Problem && !error.passing;
    const shown = said ? new Refusal("no-session", `${error.code}: ${error.detail}`) : error;
    this.refuse(shown, [{ label: "way.back", go: () => this.decide(facts, sealed) }]);
  }

  private readonly restart = (): void => void this.begin();

  /** Somebody leaves the page in the middle. What is signed, opened or on its way stays, and shows no choice. */
  private readonly leave = (): void => {
    if (!this.open) return;
    this.drop();
    this.page.unsent = false;
    this.page.show(leftScreen(this.restart));
  };

  private drop(): void {
    this.sealed?.erase();
    this.sealed = null;
    this.asked?.codes.fill("");
    this.asked = null;
    this.open = false;
    this.round++;
    this.votes = {};
  }

  /** One step at a time: a second click on the same button does nothing. */
  private async attempt(step: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await step();
    } catch (error) {
      const start: Way = { label: "way.start", go: this.restart };
      const retry: Way = { label: "way.retry", go: () => void this.attempt(step) };
      this.refuse(error, isPassing(error) ? [retry, start] : [start]);
    } finally {
      this.busy = false;
    }
  }

  private refuse(error: unknown, ways: readonly Way[], more?: () => Child[]): void {
    if (!isPassing(error)) this.told.refused(nameOf(error));
    this.page.show(troubleScreen(error, ways, more));
  }
}

// Sending the same bytes until there is an answer. Whoever lost an answer sends again what was signed, and nothing
// else: the box counts it once, and answers with the first receipt.
//
// Nothing here decides that a ballot is cast: an answer that says so has a receipt, which the caller checks.

import type { Submission } from "../core/index.js";
import { NoAnswer, Problem, type Answer, type Server } from "./server.js";

export { NoAnswer, Problem };

/** "stored": the box has it, and a quorum of witnesses has not confirmed it yet. "lost": nobody answered. */
export type Stage = "sending" | "stored" | "lost" | "busy";

export type Accepted = Extract<Answer, { status: "accepted" }>;

const FIRST_WAIT = 2;
const LONGEST_WAIT = 30;
const STORED_WAIT = 3;
/** However long a server wishes: a browser's clock takes no number above 2^31 for a wait, but for none. */
const LONGEST_ASKED = 300;

export class Sending {
  private readonly server: Server;
  private readonly submission: Submission;
  private readonly stage: (stage: Stage, seconds: number) => void;
  private wake: () => void = () => undefined;

  constructor(server: Server, submission: Submission, stage: (stage: Stage, seconds: number) => void) {
    this.server = server;
    this.submission = submission;
    this.stage = stage;
  }

  /** The answer that ends it; throws Problem or Refusal where asking again would not help. */
  async done(): Promise<Accepted> {
    let wait = FIRST_WAIT;
    let key = "";
    for (;;) {
      this.stage("sending", 0);
      try {
        const answer = await this.ask(key);
        if (answer.status === "accepted") return answer;
        key = answer.key;
        wait = STORED_WAIT;
        this.stage("stored", wait);
      } catch (error) {
        if (error instanceof Problem && !error.passing) throw error;
        if (!(error instanceof NoAnswer || error instanceof Problem)) throw error;
        key = ""; // who has been away may have forgotten: send all of it again
        const asked = error instanceof Problem ? Math.min(error.wait, LONGEST_ASKED) : 0;
        this.stage(error instanceof Problem ? "busy" : "lost", Math.max(wait, asked));
        await this.pause(Math.max(wait, asked));
        wait = Math.min(2 * wait, LONGEST_WAIT);
        continue;
      }
      await this.pause(wait);
    }
  }

  /** Does not wait any longer before the next try. */
  now(): void {
    this.wake();
  }

  private async ask(key: string): Promise<Answer> {
    if (key === "") return this.server.send(this.submission);
    try {
      return await this.server.submission(key);
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return this.server.send(this.submission);
      throw error;
    }
  }

  private pause(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The signed ballot as a file, for whoever has to send it later (`#check=send`). */
export function savedSubmission(submission: Submission): string {
  const { leaf, payload, hints } = submission;
  return `${JSON.stringify({ hints, kind: "e2evote-signed", leaf, payload, v: 1 })}\n`;
}

/** What `savedSubmission` wrote, or null. */
export function readSubmission(text: string): Submission | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { hints, kind, leaf, payload, v } = value as Record<string, unknown>;
  if (kind !== "e2evote-signed" || v !== 1) return null;
  if (typeof leaf !== "string" || typeof payload !== "string" || typeof hints !== "string") return null;
  return { leaf, payload, hints };
}

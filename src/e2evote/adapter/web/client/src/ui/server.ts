// The few requests that a ballot needs (docs/http.md). Nothing that comes back is believed here: it is only given a
// form.
//
// A request has no cookies, no referrer, follows no redirection and gives up after a while. An answer has a largest
// size.

import { Refusal, type Submission } from "../core/index.js";

export type Phase = "setup" | "open" | "closed" | "stated" | "published";

export interface Status {
  readonly id: string;
  readonly phase: Phase;
  readonly paused: boolean;
  readonly opens: string;
  readonly closes: string;
  readonly size: number;
  readonly joint: { readonly K: string; readonly K_hat: string } | null;
}

export interface LineFacts {
  readonly line: string;
  readonly style: string;
  readonly weight: number;
  readonly keys: readonly string[];
  readonly marked: string;
  readonly prev: string;
  readonly ballots: readonly { readonly tracker: string; readonly status: string }[];
}

export type Answer =
  | { readonly status: "accepted"; readonly receipt: string; readonly index: number; readonly again: boolean }
  | { readonly status: "stored"; readonly key: string };

/** The server said no, by a code of docs/errors.md. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Seconds after which one may ask again, if the server said so. */
  readonly wait: number;

  constructor(code: string, status: number, detail: string, wait = 0) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.wait = wait;
  }

  /** Whether the same request may be answered otherwise in a moment. */
  get passing(): boolean {
    return this.code !== "challenge-limit" && (this.status === 429 || this.status >= 500);
  }
}

/** There was no answer, or none that is to be understood: whether the request arrived is not known. */
export class NoAnswer extends Error {}

const PATIENCE = 30_000;
/** Two bytes in a millisecond: the slowest line on which a ballot still arrives. */
const SLOWEST = 2;
const LARGEST_JSON = 8_388_608;
const LARGEST_MANIFEST = 4_194_304;
const LARGEST_FILE = 67_108_864;
const PHASES: readonly string[] = ["setup", "open", "closed", "stated", "published"];

type Members = Record<string, unknown>;

/** Milliseconds that a request with so many bytes may take: a large ballot on a slow line takes its time. */
export function patience(size: number): number {
  return PATIENCE + Math.ceil(size / SLOWEST);
}

export class Server {
  readonly address: URL;

  constructor(address: URL) {
    this.address = address;
  }

  async status(): Promise<Status> {
    const m = await this.json("");
    const phase = text(m, "phase");
    if (!PHASES.includes(phase)) throw malformed("phase");
    const joint = m["joint_key"] === null ? null : members(m["joint_key"], "joint_key");
    return {
      id: text(m, "id"),
      phase: phase as Phase,
      paused: m["paused"] === true,
      opens: text(m, "opens"),
      closes: text(m, "closes"),
      size: whole(m, "size"),
      joint: joint && { K: text(joint, "K"), K_hat: text(joint, "K_hat") },
    };
  }

  manifest(): Promise<Uint8Array<ArrayBuffer>> {
    return this.bytes("manifest", LARGEST_MANIFEST);
  }

  /** A file of the public board, by its path. */
  boardFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.bytes(`board/${path}`, LARGEST_FILE);
  }

  async line(line: string): Promise<LineFacts> {
    const m = await this.json(`lines/${line}`);
    const mark = m["mark"] === null ? null : members(m["mark"], "mark");
    return {
      line: text(m, "line"),
      style: text(m, "style"),
      weight: whole(m, "weight"),
      keys: list(m, "keys").map((key) => (typeof key === "string" ? key : fail("keys"))),
      marked: mark ? text(mark, "channel") : "",
      prev: text(m, "prev"),
      ballots: list(m, "ballots").map((item) => {
        const ballot = members(item, "ballots");
        return { tracker: text(ballot, "tracker"), status: text(ballot, "status") };
      }),
    };
  }

  /** A token of a link, once, for a voter session; without a token a session of nobody, where the server has such. */
  async session(token: string): Promise<string> {
    const path = token === "" ? "sessions/open" : "sessions/exchange";
    return text(await this.json(path, token === "" ? {} : { token }), "session");
  }

  /** Sends a ballot or a challenge. The same bytes may be sent as often as one likes: they count once. */
  async send(submission: Submission): Promise<Answer> {
    const { leaf, payload, hints, session } = submission;
    const body = session === undefined ? { leaf, payload, hints } : { leaf, payload, hints, session };
    return answer(this.json(session === undefined ? "ballots" : "challenges", body));
  }

  async submission(key: string): Promise<Answer> {
    if (!/^[0-9a-f]{1,128}$/.test(key)) throw malformed("submission");
    return answer(this.json(`submissions/${key}`));
  }

  private async json(path: string, body?: unknown): Promise<Members> {
    const response = await this.ask(path, body, "application/json");
    const bytes = await wholeBody(response, LARGEST_JSON);
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      if (!response.ok) throw new NoAnswer(`${response.status}`);
      throw malformed(path);
    }
    if (response.ok) return members(value, path);
    const m = members(value, path);
    if (typeof m["code"] !== "string") throw new NoAnswer(`${response.status}`);
    const detail = typeof m["detail"] === "string" ? m["detail"] : "";
    throw new Problem(m["code"], response.status, detail, Number(response.headers.get("Retry-After")) || 0);
  }

  private async bytes(path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.ask(path, undefined, "*/*");
    if (response.status === 404) throw new Problem("not-found", 404, path);
    if (!response.ok) throw new NoAnswer(`${response.status}`);
    return wholeBody(response, limit);
  }

  private async ask(path: string, body: unknown, accept: string): Promise<Response> {
    try {
      const text = body === undefined ? null : JSON.stringify(body);
      const address = path === "" ? this.address.href.replace(/\/$/, "") : new URL(path, this.address);
      return await fetch(address, {
        method: body === undefined ? "GET" : "POST",
        headers: body === undefined ? { Accept: accept } : { Accept: accept, "Content-Type": "application/json" },
        body: text,
        cache: body === undefined ? "no-cache" : "no-store",
        credentials: "omit",
        mode: "cors",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(patience(text?.length ?? 0)),
      });
    } catch (error) {
      throw new NoAnswer(error instanceof Error ? error.message : "");
    }
  }
}

/** The whole body, or NoAnswer if it ends early, or a Refusal as soon as it is larger than it may be. */
export async function wholeBody(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    let step: ReadableStreamReadResult<Uint8Array>;
    try {
      step = await reader.read();
    } catch (error) {
      throw new NoAnswer(error instanceof Error ? error.message : "");
    }
    if (step.done) break;
    size += step.value.length;
    if (size > limit) {
      await reader.cancel();
      throw new Refusal("answer-malformed", `more than ${limit} bytes`);
    }
    parts.push(step.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A receipt or the promise of one. An answer of another form says nothing of what was sent: it is no receipt. */
async function answer(asked: Promise<Members>): Promise<Answer> {
  try {
    const m = await asked;
    const status = text(m, "status");
    if (status === "stored") return { status, key: text(m, "submission") };
    if (status !== "accepted") throw malformed("status");
    return { status, receipt: text(m, "receipt"), index: whole(m, "index"), again: m["again"] === true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal("receipt-malformed", `the answer: ${error.detail}`);
  }
}

function malformed(where: string): Refusal {
  return new Refusal("answer-malformed", where);
}

function fail(where: string): never {
  throw malformed(where);
}

function members(value: unknown, where: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(where);
  return value as Members;
}

function text(m: Members, name: string): string {
  const value = m[name];
  return typeof value === "string" ? value : fail(name);
}

function whole(m: Members, name: string): number {
  const value = m[name];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail(name);
}

function list(m: Members, name: string): unknown[] {
  const value = m[name];
  return Array.isArray(value) ? value : fail(name);
}

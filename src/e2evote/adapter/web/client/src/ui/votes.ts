// Votes while they are being chosen: what a contest allows, and what its voter should be told before going on.
//
// Nothing is chosen to begin with. The blank vote is the option "" and excludes all others.

import type { Contest, Votes } from "../core/index.js";

export type Kind = "one" | "some" | "points";

/** One of several, several of them, or numbers of votes. */
export function kindOf(contest: Contest): Kind {
  if (contest.options.some((option) => option.limit > 1)) return "points";
  return contest.limit === 1 ? "one" : "some";
}

export type Chosen = Readonly<Record<string, number>>;

const NOTHING: Chosen = Object.freeze({});

/** What was chosen in a contest. An id may be a name that every object has, such as `constructor`. */
export function chosenIn(votes: Votes, contest: string): Chosen {
  return Object.hasOwn(votes, contest) ? (votes[contest] ?? NOTHING) : NOTHING;
}

/** The votes that an option has. */
export function votesFor(chosen: Chosen, option: string): number {
  return Object.hasOwn(chosen, option) ? (chosen[option] ?? 0) : 0;
}

/** Votes given to options; a blank vote is none. */
export function given(chosen: Chosen): number {
  return Object.entries(chosen).reduce((sum, [option, n]) => (option === "" ? sum : sum + n), 0);
}

export function isBlank(chosen: Chosen): boolean {
  return votesFor(chosen, "") > 0;
}

/** Whether `chosen` may be sealed: the blank alone, or votes within every limit. */
export function isAllowed(contest: Contest, chosen: Chosen): boolean {
  if (isBlank(chosen)) return contest.blank && given(chosen) === 0;
  const within = contest.options.every((option) => {
    const n = votesFor(chosen, option.id);
    return Number.isSafeInteger(n) && n >= 0 && n <= option.limit;
  });
  return within && given(chosen) <= contest.limit;
}

export type Warning = "none" | "under" | "empty";

/** What is worth a sentence before it is sealed; nothing of it is forbidden. */
export function warningOf(contest: Contest, chosen: Chosen): Warning {
  if (isBlank(chosen)) return "none";
  const n = given(chosen);
  return n === 0 ? "empty" : n < contest.limit ? "under" : "none";
}

/** Exactly the contests of the ballot, each with what was chosen and no noughts. */
export function votesToSeal(contests: readonly Contest[], votes: Votes): Votes {
  return Object.fromEntries(
    contests.map((contest) => [
      contest.id,
      Object.fromEntries(Object.entries(chosenIn(votes, contest.id)).filter(([, n]) => n > 0)),
    ]),
  );
}

// What a voter chose, held against the manifest before anything is encrypted (docs/spec.md, (7.5), (7.6)).

import type { Contest, Manifest, Style } from "./manifest.js";
import { contestsOf } from "./manifest.js";
import { Refusal } from "./refusal.js";

/** By contest and option the number of votes; "" is the blank vote. What is left out has none. */
export type Votes = { readonly [contest: string]: { readonly [option: string]: number } };

/** The first limit that `values`, one per item, do not keep; empty if they may stand in a ballot. */
export function excess(contest: Contest, values: readonly number[]): string {
  for (const [i, item] of contest.items.entries()) {
    const value = values[i]!;
    if (!Number.isSafeInteger(value) || value < 0 || value > item.limit) {
      return `${item.option ? `option ${item.option}` : "the blank vote"} has the limit ${item.limit}`;
    }
  }
  const total = contest.items.reduce((sum, item, i) => sum + item.weight * values[i]!, 0);
  return total > contest.limit ? `more than the ${contest.limit} that this contest has, or votes beside a blank` : "";
}

/** By contest of the style in order, one value per item; refuses `choice-unknown` and `choice-limit`. */
export function valuesOf(manifest: Manifest, style: Style, votes: Votes): readonly (readonly number[])[] {
  const contests = contestsOf(manifest, style);
  for (const [id, chosen] of Object.entries(votes)) {
    const contest = contests.find((one) => one.id === id);
    if (!contest) throw new Refusal("choice-unknown", `contest ${id} is not on a ballot of style ${style.id}`);
    for (const option of Object.keys(chosen)) {
      if (!contest.items.some((item) => item.option === option)) {
        throw new Refusal("choice-unknown", `contest ${id} has no ${option ? `option ${option}` : "blank vote"}`);
      }
    }
  }
  return contests.map((contest) => {
    const chosen = Object.hasOwn(votes, contest.id) ? votes[contest.id]! : {};
    const values = contest.items.map(({ option }) => (Object.hasOwn(chosen, option) ? chosen[option]! : 0));
    const detail = excess(contest, values);
    if (detail) throw new Refusal("choice-limit", `contest ${contest.id}: ${detail}`);
    return values;
  });
}

// Drives the parts of the ballot page that need no page, under node: one JSON request a line, one answer a line.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

globalThis.HTMLElement ??= class {};
globalThis.customElements ??= { define() {}, get() {} };
const { pageParts, Refusal } = await import(pathToFileURL(process.argv[2]).href);
const { fragments, sendings, servers, texts, trackers, votes } = pageParts;

/** A server that answers by a script: "lost", "stored", "accepted", or a problem's code and status. */
function scripted(answers, asked) {
  const next = (what) => {
    asked.push(what);
    const step = answers.shift();
    if (step === "lost") throw new sendings.NoAnswer("");
    if (step === "stored") return { status: "stored", key: "ab" };
    if (step === "accepted") return { status: "accepted", receipt: "r", index: 7, again: false };
    throw new sendings.Problem(step.code, step.status, "", step.wait ?? 0.001);
  };
  return { send: async () => next("send"), submission: async () => next("ask") };
}

const calls = {
  wishes: ({ hash }) => fragments.wishesFrom(fragments.readFragment(hash)),
  lasting: ({ hash }) => fragments.lasting(fragments.readFragment(hash)),
  api: ({ wished, page }) => fragments.apiAddress(wished, page).href,
  pages: ({ api }) => fragments.pagesAddress(new URL(api)).href,
  line: ({ text }) => fragments.lineFrom(text),
  kind: ({ contest }) => votes.kindOf(contest),
  allowed: ({ contest, chosen }) => votes.isAllowed(contest, chosen),
  warning: ({ contest, chosen }) => votes.warningOf(contest, chosen),
  toSeal: ({ contests, chosen }) => votes.votesToSeal(contests, chosen),
  chosenIn: ({ votes: all, contest }) => votes.chosenIn(all, contest),
  votesFor: ({ chosen, option }) => votes.votesFor(chosen, option),
  patience: ({ size }) => servers.patience(size),
  grouped: ({ tracker }) => trackers.grouped(tracker),
  spoken: ({ tracker }) => trackers.spoken(tracker),
  text: ({ language, key, values }) => texts.inLanguage(texts.nearest(language))(key, values),
  saved: ({ submission }) => sendings.savedSubmission(submission),
  read: ({ text }) => sendings.readSubmission(text),
  async send({ answers }) {
    const [asked, stages, waits] = [[], [], []];
    const sending = new sendings.Sending(scripted(answers, asked), { leaf: "l", payload: "p", hints: "" }, (stage, seconds) => {
      stages.push(stage);
      waits.push(seconds);
      if (stage !== "sending") setTimeout(() => sending.now(), 0);
    });
    try {
      return { asked, stages, waits, index: (await sending.done()).index };
    } catch (error) {
      return { asked, stages, waits, code: error.code ?? String(error) };
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await calls[call](rest)) ?? null };
  } catch (error) {
    answer = error instanceof Refusal ? { refusal: error.code, detail: error.detail } : { refusal: "", detail: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

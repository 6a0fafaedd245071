// A signed ballot that could not be sent, from the file that was saved of it. It is sent as it is: nothing is signed
// here.

import { checkReceipt, type Selection, type Submission } from "../core/index.js";
import { h, paragraphs } from "./dom.js";
import type { Opened } from "./opened.js";
import type { Page, Screen } from "./page.js";
import { textOf } from "./saving.js";
import { readSubmission } from "./sending.js";
import { saveSigned, sendAndShow } from "./screens/sending.js";
import { troubleScreen } from "./screens/trouble.js";
import type { Told, Voting } from "./voting.js";

const LARGEST_FILE = 134_217_728;

export class Saved {
  private readonly page: Page;
  private readonly opened: Opened;
  private readonly selection: Selection;
  private readonly voting: Voting;
  private readonly told: Told;

  constructor(page: Page, opened: Opened, selection: Selection, voting: Voting, told: Told) {
    this.page = page;
    this.opened = opened;
    this.selection = selection;
    this.voting = voting;
    this.told = told;
  }

  begin = (): void => this.page.show(this.form);

  private readonly form: Screen = (t) => {
    const file = h("input", { id: "file", type: "file", accept: ".json,application/json" });
    const submit = (event: Event): void => {
      event.preventDefault();
      void this.read(file);
    };
    return {
      title: t("saved.title"),
      body: [
        ...paragraphs(t("saved.text")),
        h(
          "form",
          { novalidate: true, submit },
          h("label", { for: "file" }, t("saved.file")),
          file,
          h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, t("saved.go"))),
        ),
      ],
    };
  };

  private async read(field: HTMLInputElement): Promise<void> {
    const chosen = field.files?.[0];
    const submission = chosen ? readSubmission(await textOf(chosen, LARGEST_FILE)) : null;
    if (!submission) return this.page.complain([{ field, text: this.page.t("saved.malformed") }]);
    await this.send(submission);
  }

  private async send(submission: Submission): Promise<void> {
    const { page, opened, selection } = this;
    page.unsent = true;
    try {
      const { receipt } = await sendAndShow(page, opened.server, "", submission);
      const facts = checkReceipt(selection, receipt, { leaf: submission.leaf });
      page.unsent = false;
      this.told.cast(facts.tracker);
      this.voting.receipt({ tracker: facts.tracker, line: facts.line, receipt, facts, submission });
    } catch (error) {
      const ways = [{ label: "way.other-file" as const, go: this.begin }];
      page.show(troubleScreen(error, ways, (t) => [saveSigned(t("sending.keep"), "", submission)]));
    }
  }
}

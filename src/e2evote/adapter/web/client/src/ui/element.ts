// <e2evote-ballot>: the whole ballot as one element, on its own page or inside a host's (docs/ballot-client.md).
//
// On its own page (no attribute `api`) it takes its wishes from the fragment of the address, exchanges the session's
// token once, and takes token and line out of the address bar. Inside a host's page it takes them from its attributes.
// What it needs to look right is in its shadow root, so that neither page changes the other; colours come in by
// variables. It stores nothing.

import css from "../../e2evote.css";
import { Refusal, type Selection } from "../core/index.js";
import { Checking } from "./checking.js";
import { apiAddress, lasting, NAMES, readFragment, wishesFrom, type Name, type Wishes } from "./fragment.js";
import { open, type Opened } from "./opened.js";
import { Page } from "./page.js";
import { Saved } from "./saved.js";
import { closedScreen, compareScreen, loadingScreen } from "./screens/before.js";
import { isPassing, nameOf, troubleScreen } from "./screens/trouble.js";
import { NoAnswer } from "./server.js";
import { Voting, type Told, type VoterSession } from "./voting.js";

export const TAG = "e2evote-ballot";

const MODULE = import.meta.url;

export class BallotElement extends HTMLElement {
  private page: Page | null = null;

  connectedCallback(): void {
    if (this.page) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.replaceChildren();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    const embedded = this.hasAttribute("api");
    const members = embedded ? this.members() : fragment();
    const language = (members instanceof Refusal ? "" : members.lang) || document.documentElement.lang || "en";
    this.page = new Page(root, embedded, language);
    if (!embedded) window.addEventListener("hashchange", this.again);
    void this.start(this.page, members);
  }

  disconnectedCallback(): void {
    this.page?.close();
    this.page = null;
    window.removeEventListener("hashchange", this.again);
  }

  /** Another fragment asks for another page of this one file. */
  private readonly again = (): void => {
    if (this.page?.unsent) return;
    this.disconnectedCallback();
    this.connectedCallback();
  };

  private members(): Partial<Record<Name, string>> {
    return Object.fromEntries(
      NAMES.flatMap((name) => (this.hasAttribute(name) ? [[name, this.getAttribute(name)]] : [])),
    );
  }

  private async start(page: Page, members: Partial<Record<Name, string>> | Refusal): Promise<void> {
    page.show(loadingScreen);
    try {
      if (members instanceof Refusal) throw members;
      const wishes = wishesFrom(members);
      if (!page.embedded) history.replaceState(null, "", `${location.pathname}${location.search}${lasting(members)}`);
      await this.run(page, wishes, () => void this.start(page, members));
    } catch (error) {
      this.refuse(page, error, () => void this.start(page, members));
    }
  }

  private async run(page: Page, wishes: Wishes, again: () => void): Promise<void> {
    const opened = await open(
      wishes,
      apiAddress(wishes.api, location.href),
      MODULE,
      page.embedded ? null : ownAddress(),
    );
    const { selection } = opened;
    page.links = linksOf(opened);
    if (!selection) return page.show(closedScreen(opened, again));
    page.named(selection.manifest.name);
    if (wishes.allowTestGroup) page.notices.push((t) => t("page.test-group"));
    const go = (): void => {
      page.show(loadingScreen); // a second click would spend the session's token twice
      void this.mode(page, opened, selection);
    };
    if (selection.anchored) return this.mode(page, opened, selection);
    const without = (): void => {
      page.notices.push((t) => t("page.unanchored", { fingerprint: selection.fingerprint }));
      go();
    };
    page.show(compareScreen(selection, go, without));
  }

  private async mode(page: Page, opened: Opened, selection: Selection): Promise<void> {
    const { check } = opened.wishes;
    if (check === "challenge" || check === "receipt") return new Checking(page, opened, selection, check).begin();
    const told: Told = {
      cast: (tracker) => this.tell("e2evote-cast", { tracker }),
      refused: (code) => this.tell("e2evote-refused", { code }),
    };
    const session = await this.session(page, opened);
    const voting = new Voting(page, opened, selection, session, told);
    if (check === "send") return new Saved(page, opened, selection, voting, told).begin();
    await voting.begin();
  }

  /** The voter session of the link's token. Without one a ballot can be cast all the same. */
  private async session(page: Page, opened: Opened): Promise<VoterSession> {
    const token = opened.wishes.session;
    if (token === "") return { session: "", token };
    try {
      return { session: await opened.server.session(token), token: "" };
    } catch (error) {
      if (error instanceof NoAnswer) return { session: "", token }; // a challenge asks again
      page.notices.push((t) => t("page.session-used"));
      return { session: "", token: "" };
    }
  }

  private refuse(page: Page, error: unknown, retry: () => void): void {
    if (!isPassing(error)) this.tell("e2evote-refused", { code: nameOf(error) });
    page.show(troubleScreen(error, isPassing(error) ? [{ label: "way.retry", go: retry }] : []));
  }

  private tell(name: string, detail: Readonly<Record<string, string>>): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

function ownAddress(): string {
  const address = new URL(location.href);
  address.hash = "";
  return address.href;
}

function fragment(): Partial<Record<Name, string>> | Refusal {
  try {
    return readFragment(location.hash);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function linksOf({ pages, wishes }: Opened): NonNullable<Page["links"]> {
  const anchors = wishes.anchors ? `&anchors=${wishes.anchors.baseHash}-${wishes.anchors.extendedBaseHash}` : "";
  const practice = wishes.allowTestGroup ? "&allow-test-group=" : "";
  const client = (mode: string): string => new URL(`client/#check=${mode}${anchors}${practice}`, pages).href;
  return {
    tracker: new URL("tracker", pages).href,
    checkChallenge: client("challenge"),
    checkReceipt: client("receipt"),
    about: pages.href,
  };
}

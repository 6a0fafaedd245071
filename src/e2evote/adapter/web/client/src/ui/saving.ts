// Files for the voter to keep. They are made in memory and handed to the browser; nothing is kept by this page.

import { h } from "./dom.js";

/** A link that saves `content` under a name. */
export function saveLink(
  text: string,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  type: string,
): HTMLElement {
  const file = new Blob([content], { type });
  const save = (event: Event): void => {
    event.preventDefault();
    const address = URL.createObjectURL(file);
    const link = h("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return h("button", { type: "button", class: "plain", click: save }, text);
}

/** The first characters of a tracker, for the name of a file. */
export function shortName(tracker: string): string {
  return `ballot-${tracker.replace(/[^0-9A-Z]/g, "").slice(0, 12)}`;
}

/** A small file that somebody chose, as text; "" if it is too large or no text. */
export async function textOf(file: File, limit: number): Promise<string> {
  if (file.size > limit) return "";
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return "";
  }
}

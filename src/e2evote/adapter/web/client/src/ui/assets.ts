// Whether the files that this page is made of are those that the manifest names on the board.
//
// It catches a page that was changed by mistake, or by somebody who forgot this module. A module that was changed on
// purpose does not ask: `e2evote audit-assets`, from elsewhere, is what catches that (docs/decisions/client-page.md).

import { toHex } from "../core/bytes.js";
import { sha256 } from "../core/hashing.js";
import { Refusal } from "../core/index.js";
import { wholeBody } from "./server.js";

const LARGEST_ASSET = 16_777_216;

/** Fetches each file beside `module`, and compares. Refuses `assets.missing` and `assets.changed`, naming the file. */
export async function checkAssets(assets: Readonly<Record<string, string>>, module: string): Promise<void> {
  await Promise.all(
    Object.entries(assets).map(([name, expected]) => checkAsset(new URL(name, module), name, expected)),
  );
}

async function checkAsset(address: URL, name: string, expected: string): Promise<void> {
  let data: Uint8Array<ArrayBuffer>;
  try {
    const response = await fetch(address, { cache: "no-cache", credentials: "omit", referrerPolicy: "no-referrer" });
    if (!response.ok) throw new Refusal("assets.missing", `${name}: ${response.status}`);
    data = await wholeBody(response, LARGEST_ASSET);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("assets.missing", name);
  }
  const found = toHex(sha256(data));
  if (found !== expected) throw new Refusal("assets.changed", name);
}

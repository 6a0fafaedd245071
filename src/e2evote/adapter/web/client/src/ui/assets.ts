// Whether the files that this page is made of are those that the manifest names on the board.
//
// It catches a page that was changed by mistake, or by somebody who forgot this module. A module that was changed on
// purpose does not ask: `e2evote audit-assets`, from elsewhere, is what catches that (docs/decisions/client-page.md).

import { toHex } from "../core/bytes.js";
import { sha256 } from "../core/hashing.js";
import { Refusal } from "../core/index.js";
import { wholeBody } from "./server.js";

const LARGEST_ASSET = 16_777_216;

const PAGE = "index.html";

/**
 * Fetches each file beside `module`, and compares. Refuses `assets.missing` and `assets.changed`, naming the file.
 *
 * page: the address under which the page itself came, if it is ours: a server may give another one there than under the
 * file's own name.
 */
export async function checkAssets(
  assets: Readonly<Record<string, string>>,
  module: string,
  page: string | null,
): Promise<void> {
  const all = Object.entries(assets).map(([name, expected]) => ({ address: new URL(name, module), name, expected }));
  const own = all.filter(({ name }) => page !== null && name === PAGE).map((one) => ({ ...one, address: page ?? "" }));
  await Promise.all([...all, ...own].map(({ address, name, expected }) => checkAsset(address, name, expected)));
}

async function checkAsset(address: URL | string, name: string, expected: string): Promise<void> {
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

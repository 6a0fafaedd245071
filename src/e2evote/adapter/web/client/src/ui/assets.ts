// Whether the files that this page is made of are those that the manifest names on the board.
//
// It catches a page that was changed by mistake, or by somebody who forgot this module. A module that was changed on
// purpose does not ask: `e2evote audit-assets`, from elsewhere, is what catches that (docs/decisions/client-page.md).

import { toHex } from "../core/bytes.js";
import { sha256 } from "../core/hashing.js";
import { Refusal } from "../core/index.js";
import { NoAnswer, patience, wholeBody } from "./server.js";

const LARGEST_ASSET = 16_777_216;

const PAGE = "index.html";

/**
 * Fetches each file beside `module`, and compares. Refuses `assets.missing` and `assets.changed`, naming the file; a
 * server that does not answer now is no reason to refuse the page, and is told as NoAnswer.
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
  const found = toHex(sha256(await wholeBody(await fetched(address, name), LARGEST_ASSET)));
  if (found !== expected) throw new Refusal("assets.changed", name);
}

async function fetched(address: URL | string, name: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, {
      cache: "no-cache",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(patience(0)),
    });
  } catch (error) {
    throw new NoAnswer(`${name}: ${error instanceof Error ? error.message : ""}`);
  }
  if (response.status === 429 || response.status >= 500) throw new NoAnswer(`${name}: ${response.status}`);
  if (!response.ok) throw new Refusal("assets.missing", `${name}: ${response.status}`);
  return response;
}

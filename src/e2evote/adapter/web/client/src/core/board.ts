// The board as files: checkpoint and entry bundles, fetched and hashed here (docs/record-format.md, Files).
//
// `scanBoard` reads the whole log under its signed head and says what it holds of one line, so that neither the line's
// latest ballot nor the absence of one is the server's word. It is no audit: proofs, keys and tally are the verifier's.

import { equal, fromUtf8, malformed, toHex } from "./bytes.js";
import { decodeLeaf } from "./leaf.js";
import { type BoardView, LineFollower } from "./line.js";
import { Frontier, leafHash } from "./merkle.js";
import { openCheckpoint } from "./note.js";
import { Refusal, under } from "./refusal.js";
import type { Progress } from "./seal.js";
import type { Selection } from "./selection.js";

const WIDTH = 256;
const AT_ONCE = 4;

/** The bytes of a file of the board, by its path in it; it rejects where there is none. */
export type FetchFile = (path: string) => Promise<Uint8Array>;

/** Entry 0, which nothing vouches for yet: `openSelection` checks it. */
export async function firstEntry(fetchFile: FetchFile): Promise<Uint8Array> {
  const text = fromUtf8(await fetched(fetchFile, "checkpoint"), "checkpoint");
  const size = Number(text.split("\n")[1]);
  if (!Number.isSafeInteger(size) || size < 1) throw new Refusal("board-malformed", "the checkpoint has no size");
  return (await bundle(fetchFile, 0, Math.min(size, WIDTH)))[0]!;
}

/** A head that somebody has seen before, of a receipt for one. */
export interface Head {
  readonly size: number;
  readonly root: string;
}

/** The line's ballots and the `prev` of its next one, from every entry under the signed and cosigned head.
 *
 * seen: the log must go on from this head, or it has signed two histories; a shorter board says nothing of it. */
export async function scanBoard(
  selection: Selection,
  fetchFile: FetchFile,
  line: string,
  progress: Progress = () => {},
  seen?: Head,
): Promise<BoardView> {
  const note = await fetched(fetchFile, "checkpoint");
  const { size, root, cosigned } = openCheckpoint(note, selection.logKey, selection.policy, "board");
  const tree = new Frontier();
  const follower = new LineFollower(selection, line);
  const bundles = Math.ceil(size / WIDTH);
  progress(0, size);
  for (let from = 0; from < bundles; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, bundles - from) }, (_, i) => from + i);
    const fetching = numbers.map((n) => bundle(fetchFile, n, Math.min(WIDTH, size - n * WIDTH)));
    for (const entries of await Promise.all(fetching)) {
      for (const entry of entries) {
        const hash = leafHash(entry);
        const leaf = under("board-malformed", () => decodeLeaf(entry));
        if (tree.size === 0 && !equal(hash, selection.first)) {
          throw new Refusal("board-first", "entry 0 of this log is not that of the selection");
        }
        follower.take(tree.size, leaf, hash);
        tree.append(hash);
        if (tree.size === seen?.size && toHex(tree.root()) !== seen.root) {
          throw new Refusal("board-fork", `the first ${seen.size} entries are not those of the head seen before`);
        }
      }
      progress(tree.size, size);
    }
  }
  if (!equal(tree.root(), root)) {
    throw new Refusal("board-root", "the entries are not those that the log has signed for");
  }
  return follower.view(size, root, cosigned);
}

async function fetched(fetchFile: FetchFile, path: string): Promise<Uint8Array> {
  try {
    return await fetchFile(path);
  } catch (error) {
    throw new Refusal("board-incomplete", `${path}: ${error instanceof Error ? error.message : "not there"}`);
  }
}

/** The first `width` entries of bundle n; where a partial one is gone, those of the full one. */
async function bundle(fetchFile: FetchFile, n: number, width: number): Promise<Uint8Array[]> {
  const full = `tile/entries/${digits(n)}`;
  let [data, held]: [Uint8Array | undefined, number] = [undefined, width];
  if (width < WIDTH) data = await fetchFile(`${full}.p/${width}`).catch(() => undefined);
  if (!data) [data, held] = [await fetched(fetchFile, full), WIDTH];
  const whole = data;
  return under("board-malformed", () => items(whole, held).slice(0, width));
}

/** 1234067 is x001/x234/067. */
function digits(n: number): string {
  const text = String(n);
  const groups = text.padStart(Math.ceil(text.length / 3) * 3, "0").match(/.{3}/g)!;
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** Each with its length in two bytes before it. */
function items(data: Uint8Array, count: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let at = 0;
  while (found.length < count) {
    const end = at + 2 + ((data[at] ?? 0) << 8) + (data[at + 1] ?? 0);
    if (at + 2 > data.length || end > data.length) throw malformed("bundle", `ends within item ${found.length}`);
    found.push(data.slice(at + 2, end));
    at = end;
  }
  if (at !== data.length) throw malformed("bundle", `bytes after its ${count} items`);
  return found;
}

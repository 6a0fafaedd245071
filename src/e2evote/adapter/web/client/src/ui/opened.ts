// A selection that this page has looked at before anything is asked of a voter: its manifest against the anchors, its
// key, and the page's own files against what the manifest says of them.

import { firstEntry, openSelection, type Selection } from "../core/index.js";
import { checkAssets } from "./assets.js";
import { pagesAddress, type Wishes } from "./fragment.js";
import { Server, type Status } from "./server.js";

export interface Opened {
  readonly server: Server;
  readonly wishes: Wishes;
  readonly status: Status;
  /** null as long as the selection has no key: there is nothing to encrypt for yet. */
  readonly selection: Selection | null;
  /** Where the pages of the selection are. */
  readonly pages: URL;
}

/** page: the address of our own page; null inside a host's. */
export async function open(wishes: Wishes, api: URL, module: string, page: string | null): Promise<Opened> {
  const server = new Server(api);
  const status = await server.status();
  const pages = pagesAddress(api);
  if (!status.joint) return { server, wishes, status, selection: null, pages };
  const [manifest, entry] = await Promise.all([server.manifest(), firstEntry((path) => server.boardFile(path))]);
  const selection = openSelection(manifest, status.joint, wishes.anchors, entry, wishes.allowTestGroup);
  await checkAssets(selection.manifest.assets, module, page);
  return { server, wishes, status, selection, pages };
}

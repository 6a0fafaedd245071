// One selection, opened from its manifest and joint keys: every hash is computed here, none is read (docs/spec.md, 4).
//
// The anchors come to the voter by another way than the server, in the letter with the line's number. With them a
// server can show no other manifest, no other keys and so no other options, names or order. Without them it is the
// server's word which selection this is, and the page says so.

import { b4, concat, equal, fromHex, malformed, toHex, utf8 } from "./bytes.js";
import { inGroups } from "./crockford.js";
import { FixedBase, Group } from "./group.js";
import { H, sha256 } from "./hashing.js";
import { decodeLeaf, signedBy } from "./leaf.js";
import { decodeManifest, type Manifest } from "./manifest.js";
import { leafHash } from "./merkle.js";
import { type LogKey, logKeyOf } from "./note.js";
import { groupNamed, Q } from "./parameters.js";
import { decodePolicy, type Policy } from "./policy.js";
import { Refusal, under } from "./refusal.js";

const VERSION = concat(utf8("v2.1.0"), new Uint8Array(26));

export interface Anchors {
  readonly baseHash: string;
  readonly extendedBaseHash: string;
}

export interface JointKeys {
  readonly K: string;
  readonly K_hat: string;
}

export interface Selection {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly baseHash: string;
  readonly extendedBaseHash: string;
  /** The first 20 bytes of H_E in groups, for people to compare. */
  readonly fingerprint: string;
  /** Whether anchors were given, and so were compared. */
  readonly anchored: boolean;
  readonly logKey: LogKey;
  /** Whose cosignatures a checkpoint needs; nothing where the manifest names no witnesses. */
  readonly policy: Policy | undefined;
  /** The leaf hash of entry 0, which every other leaf names. */
  readonly first: Uint8Array;
  readonly group: Group;
  readonly K: bigint;
  readonly h_b: Uint8Array;
  readonly h_e: Uint8Array;
  /** The table of K, made when it is first asked for. */
  readonly jointBase: () => FixedBase;
}

/** H_P, H_B and H_E of this manifest and these keys, compared with the anchors.    (4.1), (4.2), (4.4)
 *
 * entryZero: the first entry of the log, which the leaf of a ballot names by its hash; `firstEntry` fetches it. */
export function openSelection(
  manifest: Uint8Array,
  joint: JointKeys,
  anchors: Anchors | null,
  entryZero: Uint8Array,
  allowTestGroup = false,
): Selection {
  const read = under("manifest-malformed", () => decodeManifest(manifest));
  const parameters = groupNamed(read.group);
  if (!parameters) throw new Refusal("group-unknown", `no group is called ${JSON.stringify(read.group)}`);
  if (parameters.isTest && !allowTestGroup) {
    throw new Refusal("test-group", "this selection is a rehearsal in a test group, which keeps nothing secret");
  }
  const group = new Group(parameters);
  const [K, K_hat] = under("joint-key", () => [jointKey(group, joint.K, "K"), jointKey(group, joint.K_hat, "K_hat")]);
  const h_p = H(
    VERSION,
    Uint8Array.of(0x00),
    group.encode(group.p),
    fromHex(Q.toString(16), 32, "q"),
    group.encode(group.generator),
    b4(read.trustees),
    b4(read.quorum),
  );
  const h_b = H(h_p, Uint8Array.of(0x01), b4(manifest.length), manifest);
  const h_e = H(h_b, Uint8Array.of(0x14), group.encode(K!), group.encode(K_hat!));
  const [baseHash, extendedBaseHash] = [toHex(h_b), toHex(h_e)];
  if (anchors) {
    compare("anchor.base-hash", baseHash, anchors.baseHash);
    compare("anchor.extended-base-hash", extendedBaseHash, anchors.extendedBaseHash);
  }
  const log = read.parties.find((party) => party.role === "log")!;
  const logKey = under("manifest-malformed", () => logKeyOf(read.origin, fromHex(log.key, 32, "log key")));
  const policy = under("manifest-malformed", () => policyOf(read, log.key));
  checkEntryZero(entryZero, manifest, read);
  let table: FixedBase | undefined;
  return {
    manifest: read,
    manifestBytes: manifest,
    baseHash,
    extendedBaseHash,
    fingerprint: inGroups(h_e),
    anchored: anchors !== null,
    logKey,
    policy,
    first: leafHash(entryZero),
    group,
    K: K!,
    h_b,
    h_e,
    jointBase: () => (table ??= new FixedBase(K!, group.p)),
  };
}

/** An element that is not 1: anything else would hide nothing. */
function jointKey(group: Group, text: string, name: string): bigint {
  const key = group.residue(text, name);
  if (key === 1n || !group.isElement(key)) throw malformed(name, "1, or no element of the group");
  return key;
}

function compare(code: string, own: string, announced: string): void {
  if (own !== announced.toLowerCase()) {
    throw new Refusal(code, `what the server shows has the hash ${own}, announced was ${announced}`);
  }
}

/** Entry 0 names this manifest, and the manifest's administrator has signed it. */
function checkEntryZero(entry: Uint8Array, manifest: Uint8Array, read: Manifest): void {
  under("first-entry", () => {
    const leaf = decodeLeaf(entry);
    const administrator = read.parties.find((party) => party.role === "administrator")!;
    if (leaf.kind !== "manifest" || leaf.election !== "" || leaf.author !== administrator.id) {
      throw malformed("entry 0", "not the manifest's leaf by the administrator");
    }
    const named = leaf.payload && leaf.payload.len === manifest.length ? leaf.payload.sha256 : "";
    if (named !== toHex(sha256(manifest))) throw malformed("entry 0", "names another manifest");
    if (!equal(utf8(leaf.keys.join()), utf8(administrator.key)) || !signedBy(leaf)) {
      throw malformed("entry 0", "not signed by the administrator");
    }
  });
}

function policyOf(manifest: Manifest, logKey: string): Policy | undefined {
  if (!manifest.policy) {
    if (manifest.parties.some((party) => party.role === "witness")) throw malformed("witnesses", "without a policy");
    return undefined;
  }
  const policy = decodePolicy(utf8(manifest.policy));
  const [log] = policy.logs;
  if (policy.logs.length !== 1 || log!.name !== manifest.origin || toHex(log!.key) !== logKey) {
    throw malformed("witnesses.policy", "names another log than the manifest");
  }
  const parties = manifest.parties.filter((party) => party.role === "witness");
  const named = policy.witnesses.map((witness) => `${witness.name} ${toHex(witness.key.key)}`).sort();
  if (named.join() !== parties.map((party) => `${party.id} ${party.key}`).sort().join()) {
    throw malformed("witnesses.policy", "names other witnesses than the manifest");
  }
  if (policy.common < 1) throw malformed("witnesses.policy", "two quorums without a common witness");
  return policy;
}

// Drives the built ballot client under node for the tests: one JSON request a line on standard input, one answer a line.
//
// The module is the very file that pages serve. Node has no page, so the names that an element needs at load time are
// given as empty stubs; the core uses none of them. What is made (selections, sealed ballots) is kept by number.

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

globalThis.HTMLElement ??= class {};
globalThis.customElements ??= { define() {}, get() {} };
const core = await import(pathToFileURL(process.argv[2]).href);
const { parts } = core;
const kept = [];
const keep = (thing) => kept.push(thing) - 1;
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const base64 = (data) => Buffer.from(data).toString("base64");

/** SHA-256 of a seed and a counter: tests/randomness.py. */
function counting(seed) {
  const key = createHash("sha256").update(seed).digest();
  let counter = 0n;
  return (size) => {
    const blocks = [];
    for (let made = 0; made < size; made += 32) {
      const place = Buffer.alloc(8);
      place.writeBigUInt64BE(++counter);
      blocks.push(createHash("sha256").update(key).update(place).digest());
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, size));
  };
}

/** r and the ballot's seed from one source, all that follows from another where one is given. */
function drawing(seed, then) {
  const first = counting(seed);
  const rest = then === undefined ? first : counting(then);
  let drawn = 0;
  return (size) => (drawn++ < 2 ? first : rest)(size);
}

/** Files of a board, by path in base64. */
const fetchFrom = (files) => async (path) => {
  if (!Object.hasOwn(files, path)) throw new Error("not there");
  return bytes(files[path]);
};

/** Of a verifier key of type 01. */
function logKey(vkey) {
  const [name] = vkey.split("+");
  return parts.notes.logKeyOf(name, bytes(vkey.slice(name.length + 10)).slice(1));
}

const shown = (s) => ({
  handle: keep(s),
  baseHash: s.baseHash,
  extendedBaseHash: s.extendedBaseHash,
  fingerprint: s.fingerprint,
  anchored: s.anchored,
  logKey: s.logKey.vkey,
  first: parts.bytes.toHex(s.first),
});

const calls = {
  open: ({ manifest, joint, anchors, entry, test }) =>
    shown(core.openSelection(bytes(manifest), joint, anchors ?? null, bytes(entry), test ?? true)),
  async seal({ selection, style, votes, voter, seed, then }) {
    const steps = [];
    const random = seed === undefined ? undefined : drawing(seed, then);
    const progress = (done, total) => steps.push([done, total]);
    const sealed = await core.seal(kept[selection], style, votes, voter, progress, random);
    return { handle: keep(sealed), tracker: sealed.tracker, line: sealed.line, steps };
  },
  cast: ({ sealed, prev, codes }) => kept[sealed].cast(prev, codes),
  challenge: ({ sealed, session }) => kept[sealed].challenge(session),
  visible: ({ sealed }) => Reflect.ownKeys(kept[sealed]).sort(),
  erase: ({ sealed }) => kept[sealed].erase(),
  newVoter: ({ selection }) => core.newVoter(kept[selection]),
  typedLine: ({ selection, text }) => core.typedLine(kept[selection], text),
  checkReceipt: ({ selection, receipt, expected }) => core.checkReceipt(kept[selection], receipt, expected),
  checkOpened: ({ selection, tracker, file, line, keys }) =>
    core.checkOpened(kept[selection], tracker, file, line, keys),
  openedVotes: ({ selection, file }) => core.openedVotes(kept[selection], file),
  scan: ({ selection, files, line, seen }) =>
    core.scanBoard(kept[selection], fetchFrom(files), line, undefined, seen),
  firstEntry: async ({ files }) => base64(await core.firstEntry(fetchFrom(files))),
  canonical: ({ data }) => base64(parts.canonical.encode(parts.canonical.decode(bytes(data), 10 ** 7))),
  verify: ({ key, message, signature }) => parts.ed25519.verify(bytes(key), bytes(message), bytes(signature)),
  publicKey: ({ key }) => parts.ed25519.checkPublicKey(bytes(key)) ?? true,
  inclusion: ({ leaf, index, size, hashes, root }) =>
    parts.merkle.verifyInclusion(bytes(leaf), BigInt(index), BigInt(size), hashes.map(bytes), bytes(root)),
  root: ({ entries }) => {
    const tree = new parts.merkle.Frontier();
    for (const entry of entries) tree.append(parts.merkle.leafHash(bytes(entry)));
    return base64(tree.root());
  },
  quorum: ({ policy, names }) => {
    const read = parts.policies.decodePolicy(bytes(policy));
    return { common: read.common, quorum: read.isQuorum(names) };
  },
  groups: ({ data }) => parts.crockford.inGroups(parts.bytes.fromHex(data, data.length / 2, "")),
  leafMessage: ({ leaf }) => base64(parts.leaves.message(parts.leaves.decodeLeaf(bytes(leaf)))),
  leafHash: ({ entry }) => parts.bytes.toHex(parts.merkle.leafHash(bytes(entry))),
  code: ({ text }) => parts.codes.readCode(text),
  group: ({ name }) => {
    const { p, g } = parts.parameters.groupNamed(name);
    return { p: p.toString(16), g: g.toString(16), q: parts.parameters.Q.toString(16) };
  },
  damaged: ({ name, change }) => {
    const group = parts.parameters.groupNamed(name);
    return parts.parameters.checkParameters({ ...group, [change]: group[change] + 2n });
  },
  element: ({ name, x }) => new parts.group.Group(parts.parameters.groupNamed(name)).isElement(BigInt("0x" + x)),
  nonce: ({ h_e, id, contest, option, seed }) => {
    const h_i = parts.places.identifierHash(bytes(h_e), bytes(id));
    const xi = parts.places.nonceOf(h_i, contest, option, bytes(seed));
    return { h_i: base64(h_i), xi: xi.toString(16) };
  },
  encrypt: ({ name, K, value, xi }) => {
    const group = new parts.group.Group(parts.parameters.groupNamed(name));
    const nonce = BigInt("0x" + xi);
    const sum = parts.group.modQ(nonce + BigInt(value));
    const beta = new parts.group.FixedBase(BigInt("0x" + K), group.p).power(sum);
    return { alpha: group.g.power(nonce).toString(16), beta: beta.toString(16) };
  },
  receipt: ({ text, log, policy }) => {
    const read = policy === undefined ? undefined : parts.policies.decodePolicy(bytes(policy));
    const { entry, index, checkpoint } = parts.receipts.openReceipt(text, logKey(log), read);
    return { entry: base64(entry), index: Number(index), cosigners: checkpoint.cosigned };
  },
  checkpoint: ({ note, log, policy }) =>
    parts.notes.openCheckpoint(bytes(note), logKey(log), parts.policies.decodePolicy(bytes(policy)), "board").cosigned,
  verifyRange: ({ name, K, h_i, contest, option, alpha, beta, limit, c, v }) => {
    const [group, number] = [new parts.group.Group(parts.parameters.groupNamed(name)), (x) => BigInt("0x" + x)];
    const ciphertext = { alpha: number(alpha), beta: number(beta) };
    const place = parts.places.placeOf(contest, option ?? undefined);
    const base = new parts.group.FixedBase(number(K), group.p);
    const statement = { group, K: base, h_i: bytes(h_i), place, ciphertext, limit };
    return parts.proofs.verifyRange(statement, { c: c.map(number), v: v.map(number) });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await calls[call](request)) ?? null };
  } catch (error) {
    const known = error instanceof core.Refusal;
    answer = { refusal: known ? error.code : "", detail: known ? error.detail : String(error.stack), index: error.index };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}

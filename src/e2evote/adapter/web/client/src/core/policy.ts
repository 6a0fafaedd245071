// Witness policies (C2SP tlog-policy; docs/record-format.md, Witness policies; docs/spec.md, 5.8).

import { fromBase64, malformed, toHex } from "./bytes.js";
import { checkPublicKey } from "./ed25519.js";
import { vkeyOf } from "./note.js";

const MOST = 64;
const NAMED_KEY = /^([^+]{1,900})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/;

export interface NamedKey {
  readonly name: string;
  readonly key: Uint8Array;
  readonly keyId: string;
}

export interface PolicyWitness {
  readonly name: string;
  readonly key: NamedKey;
}

interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly Node[];
}

type Node = PolicyWitness | Group;

export class Policy {
  readonly logs: readonly NamedKey[];
  readonly witnesses: readonly PolicyWitness[];
  readonly #quorum: Node | undefined;

  constructor(logs: readonly NamedKey[], witnesses: readonly PolicyWitness[], quorum: Node | undefined) {
    this.logs = logs;
    this.witnesses = witnesses;
    this.#quorum = quorum;
  }

  /** Whether these witnesses satisfy the policy. */
  isQuorum(names: readonly string[]): boolean {
    return this.#quorum === undefined || satisfied(this.#quorum, new Set(names));
  }

  /** The fewest witnesses that two quorums have in common.    (5.5) */
  get common(): number {
    return this.#quorum === undefined ? 0 : common(this.#quorum);
  }
}

function satisfied(node: Node, names: ReadonlySet<string>): boolean {
  if ("key" in node) return names.has(node.name);
  return node.members.filter((member) => satisfied(member, names)).length >= node.threshold;
}

function common(node: Node): number {
  if ("key" in node) return 1;
  const shared = Math.max(0, 2 * node.threshold - node.members.length);
  const fewest = node.members.map(common).sort((one, other) => one - other);
  return fewest.slice(0, shared).reduce((sum, number) => sum + number, 0);
}

/** A manifest's policy: ASCII lines, each ended by a line feed. */
export function decodePolicy(data: Uint8Array): Policy {
  const text = Array.from(data, (octet) => String.fromCharCode(octet)).join("");
  if (/[^\t\n -~]/.test(text) || !text.endsWith("\n")) throw malformed("policy", "octets or an end that it can't have");
  const reader = new Reader();
  for (const line of text.slice(0, -1).split("\n")) {
    const items = line.split(/[ \t]+/).filter((item) => item);
    if (items.length && !items[0]!.startsWith("#")) reader.take(items);
  }
  return reader.finish();
}

class Reader {
  readonly #logs: NamedKey[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #names = new Map<string, Node>();
  readonly #members = new Set<string>();
  #groups = 0;
  #quorum: { readonly node: Node | undefined } | undefined;

  take([word, ...items]: readonly string[]): void {
    const [first = "", second = ""] = items;
    if (word === "log" && (items.length === 1 || items.length === 2)) {
      this.#logs.push(this.#key(first, 0x01, this.#logs));
    } else if (word === "witness" && (items.length === 2 || items.length === 3)) {
      const known = this.#witnesses.map((witness) => witness.key);
      const witness = { name: first, key: this.#key(second, 0x04, known) };
      this.#define(first, witness);
      this.#witnesses.push(witness);
    } else if (word === "group" && items.length >= 3) {
      this.#group(first, second, items.slice(2));
    } else if (word === "quorum" && items.length === 1 && !this.#quorum) {
      this.#quorum = { node: first === "none" ? undefined : this.#defined(first) };
    } else {
      throw malformed("policy", `a line ${JSON.stringify(word)} that it can't have`);
    }
    if (Math.max(this.#logs.length, this.#witnesses.length, this.#groups) > MOST) {
      throw malformed("policy", `more than ${MOST} of a kind`);
    }
  }

  finish(): Policy {
    if (!this.#quorum) throw malformed("policy", "no quorum line");
    return new Policy(this.#logs, this.#witnesses, this.#quorum.node);
  }

  #group(name: string, threshold: string, members: readonly string[]): void {
    const nodes = members.map((member) => {
      if (this.#members.has(member)) throw malformed("policy", "a member of two groups");
      this.#members.add(member);
      return this.#defined(member);
    });
    const k = threshold === "any" ? 1 : threshold === "all" ? nodes.length : this.#number(threshold, nodes.length);
    this.#define(name, { name, threshold: k, members: nodes });
    this.#groups++;
  }

  #number(text: string, most: number): number {
    if (!/^[1-9][0-9]{0,3}$/.test(text) || Number(text) > most) throw malformed("policy", "a threshold out of range");
    return Number(text);
  }

  #define(name: string, node: Node): void {
    if (name === "none" || this.#names.has(name)) throw malformed("policy", `the name ${name} twice, or none`);
    this.#names.set(name, node);
  }

  #defined(name: string): Node {
    const node = this.#names.get(name);
    if (!node) throw malformed("policy", `${name} is not defined above`);
    return node;
  }

  #key(vkey: string, type: number, known: readonly NamedKey[]): NamedKey {
    const [, name, id, text] = NAMED_KEY.exec(vkey) ?? [];
    if (name === undefined || text === undefined) throw malformed("policy", "not a verifier key");
    const data = fromBase64(text, "policy: key");
    const key = data.slice(1);
    if (data.length !== 33 || data[0] !== type || vkeyOf(name, type, key)[0] !== id) {
      throw malformed("policy", "a verifier key of another type or id");
    }
    checkPublicKey(key);
    if (known.some((other) => toHex(other.key) === toHex(key))) throw malformed("policy", "a key twice");
    return { name, key, keyId: id };
  }
}

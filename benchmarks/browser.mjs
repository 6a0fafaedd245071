// Seals ballots with the built ballot client under node, for benchmarks/browser.py: JSON in, JSON out, milliseconds.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

globalThis.HTMLElement ??= class {};
globalThis.customElements ??= { define() {}, get() {} };
const asked = JSON.parse(readFileSync(0, "utf8"));
const core = await import(pathToFileURL(asked.module).href);
const bytes = (text) => Uint8Array.from(Buffer.from(text, "base64"));

async function timed(work) {
  const start = process.cpuUsage();
  const made = await work();
  const { user, system } = process.cpuUsage(start);
  return [(user + system) / 1000, made];
}

const found = { fresh: [], ready: [], power: [], product: [] };
const p = core.parts.parameters.groupNamed(asked.group).p;
for (let round = 0; round < asked.rounds; round++) {
  const selection = core.openSelection(bytes(asked.manifest), asked.joint, null, bytes(asked.entry), asked.test);
  const { voter } = core.newVoter(selection);
  const ballot = () => core.seal(selection, asked.style, asked.votes, voter);
  found.fresh.push((await timed(ballot))[0]);
  found.ready.push((await timed(ballot))[0]);
  const numbers = Array.from({ length: 20 }, () => {
    const data = crypto.getRandomValues(new Uint8Array(core.parts.parameters.groupNamed(asked.group).size));
    return core.parts.bytes.numberOf(data) % p;
  });
  const exponent = core.parts.bytes.numberOf(crypto.getRandomValues(new Uint8Array(32)));
  const powers = () => numbers.map((x) => core.parts.parameters.power(x, exponent, p));
  found.power.push((await timed(powers))[0] / numbers.length);
  const products = () => {
    let total = 1n;
    for (let i = 0; i < 200; i++) for (const x of numbers) total = (total * x) % p;
    return total;
  };
  found.product.push((await timed(products))[0] / (200 * numbers.length));
}
process.stdout.write(JSON.stringify({ ...found, engine: `node ${process.versions.node}, V8 ${process.versions.v8}` }));

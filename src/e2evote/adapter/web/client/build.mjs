// Builds the ballot client into ../assets, byte for byte the same wherever it runs: one ES module, the page with its
// style and icon, and SHA256SUMS of all. `node build.mjs [FOLDER]`; the versions of all tools are in package-lock.json.
//
// The module holds the style too, as a text, for the element in other pages. In the page `{{NAME}}` becomes the hash of
// the built file of that name, for the browser to compare (subresource integrity).

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const client = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(client, "..", "assets"));
const entry = [join("src", "main.ts"), join("src", "core", "index.ts")].find((path) => existsSync(join(client, path)));

mkdirSync(target, { recursive: true });
await build({
  absWorkingDir: client,
  entryPoints: [entry],
  outfile: join(target, "e2evote.js"),
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  charset: "utf8",
  minify: true,
  sourcemap: false,
  legalComments: "none",
  loader: { ".css": "text" },
  logLevel: "warning",
});
const digest = (algorithm, name) => createHash(algorithm).update(readFileSync(join(target, name)));
const integrity = (whole, name) => `sha384-${digest("sha384", name).digest("base64")}`;
const names = ["e2evote.js"];
for (const name of ["e2evote.css", "icon.svg", "index.html"].filter((page) => existsSync(join(client, page)))) {
  const text = readFileSync(join(client, name), "utf8");
  writeFileSync(join(target, name), name.endsWith(".html") ? text.replace(/\{\{([a-z0-9.]+)\}\}/g, integrity) : text);
  names.push(name);
}
const sums = names.sort().map((name) => `${digest("sha256", name).digest("hex")}  ${name}\n`);
writeFileSync(join(target, "SHA256SUMS"), sums.join(""));

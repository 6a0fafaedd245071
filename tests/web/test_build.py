"""The committed module is what its sources give: rebuilt from the lock file and compared, byte for byte."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.web.client import BUILT, CLIENT, b64, node_or_skip
from tests.web.test_vectors import OURS

ASSETS = BUILT.parent
NO_NETWORK = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH")


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    output = done.stdout + done.stderr
    if done.returncode and command[1] == "ci" and any(word in output for word in NO_NETWORK):
        pytest.skip("npm can't reach its registry: the ballot client is not rebuilt")
    assert done.returncode == 0, output
    return done.stdout


@pytest.mark.slow
def test_a126_the_committed_files_are_what_their_sources_give(tmp_path: Path) -> None:
    node_or_skip()
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: the ballot client is not rebuilt")
    folder, target = tmp_path / "client", tmp_path / "assets"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("node_modules"))
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    run("npm", "run", "check", cwd=folder)
    run("npm", "run", "build", "--", str(target), cwd=folder)
    made = {path.name: path.read_bytes() for path in target.iterdir()}
    committed = {path.name: path.read_bytes() for path in ASSETS.iterdir() if path.is_file()}
    assert sorted(made) == sorted(committed)
    different = [name for name in made if made[name] != committed[name]]
    assert different == [], "rebuild them: npm ci && npm run build, in src/e2evote/adapter/web/client"


def test_the_sums_are_those_of_the_files() -> None:
    sums = {}
    for line in (ASSETS / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        sums[name] = digest
    files = {path.name: path.read_bytes() for path in ASSETS.iterdir() if path.is_file() and path.name != "SHA256SUMS"}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert BUILT.name in sums


def test_a126_what_is_built_from_is_pinned_and_names_no_registry() -> None:
    package = json.loads((CLIENT / "package.json").read_text("utf-8"))
    pinned = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    assert set(package["dependencies"]) == {"@noble/curves", "@noble/hashes", "qr"}
    text = (CLIENT / "package-lock.json").read_text("utf-8")
    lock = json.loads(text)["packages"]
    assert "resolved" not in text
    assert "://" not in text.replace('"https://paulmillr.com/funding/"', "")
    installed = {path.removeprefix("node_modules/"): entry for path, entry in lock.items() if path}
    assert {name: installed[name]["version"] for name in pinned} == pinned
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())


def test_a126_the_module_draws_from_one_source_and_runs_no_text() -> None:
    code = BUILT.read_text("utf-8")
    assert "getRandomValues" in code
    for forbidden in ("Math.random", "eval(", "new Function", "sourceMappingURL", "document.write"):
        assert forbidden not in code


def test_the_example_in_the_documents_runs(tmp_path: Path) -> None:
    """As it is printed, with the names that it leaves open; its last line refuses a receipt that is none."""
    shown = OURS["selections"]["roll"]["shown"]
    known = {
        "K": shown["joint"]["K"],
        "K_hat": shown["joint"]["K_hat"],
        "baseHash": shown["base_hash"],
        "extendedBaseHash": shown["extended_base_hash"],
        "keys": OURS["selections"]["roll"]["ballots"][0]["voter"]["keys"],
        "codes": OURS["selections"]["roll"]["ballots"][0]["typed"],
        "prev": "0" * 64,
        "receipt": "",
    }
    page = (CLIENT.parents[4] / "docs" / "ballot-client.md").read_text("utf-8")
    example = page.split("```js\n")[1].split("```")[0]
    ready = example.replace("./e2evote.js", BUILT.as_uri())
    ready = ready.replace("await firstEntry(fetchFile))", "await firstEntry(fetchFile), true)")
    ready = ready.replace('"all"', '"half"').replace("chair:", "mayor:")
    assert ready.count(", true)") == 1, "the example is of a real group, the vectors of the small one"
    entry = shown["entry"].encode()
    files = {
        "checkpoint": b64(b"log\n1\n"),
        "tile/entries/000.p/1": b64(len(entry).to_bytes(2, "big") + entry),
    }
    prelude = f"""
globalThis.HTMLElement ??= class {{}};
globalThis.customElements ??= {{ define() {{}}, get() {{}} }};
Object.assign(globalThis, {json.dumps(known)});
globalThis.manifest = new TextEncoder().encode({json.dumps(shown["manifest"])});
const files = {json.dumps(files)};
globalThis.fetchFile = async (path) => Uint8Array.from(Buffer.from(files[path], "base64"));
"""
    (tmp_path / "prelude.mjs").write_text(prelude, "utf-8")
    (tmp_path / "example.mjs").write_text('import "./prelude.mjs";\n' + ready, "utf-8")
    command = [node_or_skip(), str(tmp_path / "example.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}\n", done.stdout), done.stderr
    assert "receipt-malformed" in done.stderr

"""A ballot of ten options, encrypted and proved by the ballot client in JavaScript, under node.

    python -m benchmarks.browser

The built module, the one that pages serve, seals a ballot of ten 0/1 selections and their limit in the standard group:
ten ciphertexts and eleven proofs, 64 exponentiations, with native BigInt arithmetic, real randomness, and the time that
it gives up for the page between proofs. *Fresh* has the tables of g and K in it, as the first ballot of a visit has. In
the same process one plain exponentiation and one product modulo p are timed: the units that carry over to other
engines and machines. Node has Chromium's engine; a phone is several times slower.
"""

import json
import shutil
import statistics
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

from benchmarks.ballots import OPTIONS, load, record_of
from benchmarks.chromium import Missing, fresh_ballots
from benchmarks.claim import Answer, NotMeasured, Row, Task, run
from benchmarks.generate import CONTEST, option
from benchmarks.setting import ROOT
from e2evote.adapter.published import PublishedLog

SCRIPT = Path(__file__).with_suffix(".mjs")
MODULE = ROOT / "src/e2evote/adapter/web/assets/e2evote.js"
POWERS = OPTIONS * 2 + (OPTIONS + 1) * 4
"""Two for a ciphertext, two for each of two branches of a proof."""
PRODUCTS = 64
"""Multiplications of one exponentiation with a fixed base, windows of four bits."""
TABLES = 2 * 64 * 15
LONGEST = 500.0
"""Milliseconds that a voter may wait for a fresh ballot of ten options on a desktop."""


def asked_of(task: Task, rounds: int) -> dict[str, Any]:
    """What the module is to seal, and for which selection."""
    made = record_of(task, task.sized(2, 100))
    context, published = load(made, 1).context, PublishedLog(made.record)
    manifest = context.setting.manifest
    return {
        "entry": b64encode(next(iter(published.entries(1)))).decode(),
        "group": manifest.group,
        "joint": dict.fromkeys(("K", "K_hat"), context.K.encode().hex()),
        "manifest": b64encode(manifest.encode()).decode(),
        "module": str(MODULE),
        "rounds": rounds,
        "style": manifest.styles[0].id,
        "test": False,
        "votes": {CONTEST: {option(1): 1}},
    }


def seal(asked: dict[str, Any]) -> dict[str, Any]:
    """What the module took, round by round."""
    node = shutil.which("node")
    if node is None:
        raise NotMeasured("node is not installed")
    done = subprocess.run([node, str(SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured((done.stderr.strip() or "node failed").splitlines()[-1][:200])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def in_chromium(asked: dict[str, Any]) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The row of a real page, or a note that there is no browser."""
    try:
        taken, name = fresh_ballots(asked, MODULE, asked["rounds"])
    except Missing as missing:
        return (), (f"In a page of a browser it was not timed: {missing}.",)
    item = f"in a page of Chromium: a fresh ballot of {OPTIONS}, encrypted and proved, tables made, wall time"
    detail = f"median of {len(taken)} visits, {min(taken):.0f} to {max(taken):.0f} ms; {name}"
    return (Row(item, statistics.median(taken), " ms", LONGEST, at_most=True, detail=detail),), ()


def measure(task: Task) -> Answer:
    asked = asked_of(task, task.sized(2, 10))
    found = seal(asked)
    pages, notes = in_chromium(asked)
    fresh, ready, power, product = (min(found[name]) for name in ("fresh", "ready", "power", "product"))
    floor = (POWERS * PRODUCTS + TABLES) * product
    return Answer(
        (
            Row(
                f"in the browser's engine: a fresh ballot of {OPTIONS}, encrypted and proved, tables made",
                fresh,
                " ms",
                LONGEST,
                at_most=True,
                detail=f"best of {len(found['fresh'])}, the slowest {max(found['fresh']):.0f} ms; the second ballot "
                f"{ready:.0f} ms; {found['engine']}",
            ),
            Row(
                "in the browser's engine: a selection, with its share of the limit, over one plain exponentiation",
                ready / OPTIONS / power,
                "×",
                detail=f"{ready / OPTIONS:.2f} ms, an exponentiation {power:.2f} ms, a product {product * 1e3:.1f} µs",
            ),
            Row(
                "in the browser's engine: a fresh ballot over its multiplications alone",
                fresh / floor,
                "×",
                detail=f"{POWERS * PRODUCTS + TABLES:,} products are {floor:.0f} ms",
            ),
            *pages,
        ),
        notes=notes,
    )


if __name__ == "__main__":
    sys.exit(run("browser", __doc__, measure))

"""Writes docs/example.md: one small selection with every number, made by the second encryptor from the documents.

Run without arguments it rewrites the page in place; `tests/check.py` fails when that changes a byte.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]

from reference.encryptor import ContestSpec, ElectionSpec, Made, VoteSpec, make_election  # noqa: E402
from reference.make_ballots import Sealing  # noqa: E402
from reference.make_json import canonical  # noqa: E402
from reference.make_manifest import trustee_id  # noqa: E402
from reference.make_proofs import lagrange  # noqa: E402
from reference.make_record import Entry, signed_message  # noqa: E402
from reference.make_tree import verifier_key  # noqa: E402
from reference.numbers import H_own, b4  # noqa: E402

SPEC = ElectionSpec(
    (ContestSpec("chair", (("ada", 1), ("bob", 1))),),
    (("all", ("chair",)),),
    (VoteSpec(1, "all", ((1, 0),)),),
    n=2,
    k=2,
    decrypting=(1, 2),
    election="example",
)
SEED = b"e2evote worked example, version 1"[:32]
INTRODUCTION = """# Worked example

One selection in the group `test-512`, number by number: one contest with two options, one voter who chooses the first,
two trustees who are both needed. Everything is hexadecimal, in the widths of [spec.md](spec.md), section 1; names and
equation numbers are those of that page. Secrets are shown so that each step can be repeated; a record holds none of
them. This page is generated (`python tests/generate_example.py`), and a test compares it with what is written.
"""


def table(*rows: tuple[str, str]) -> str:
    """Names and values, one to a line, in a block."""
    width = max(len(name) for name, _ in rows)
    return "```text\n" + "".join(f"{name:<{width}}  {value}\n" for name, value in rows) + "```\n"


def scalar(x: int) -> str:
    """A scalar in its width."""
    return f"{x:064x}"


def sections(made: Made) -> Iterator[str]:
    """The page, part by part."""
    group, joint, h_e = made.group, made.joint(), made.joint().h_e
    yield INTRODUCTION
    yield "## Group (2.1)\n"
    yield table(("p", group.hex(group.p)), ("q", scalar(group.q)), ("g", group.hex(group.g)))
    manifest = made.entries[0]
    yield "## Manifest and base hashes (4.1), (4.2)\n\nThe manifest, the payload of entry 0:\n"
    yield f"```json\n{manifest.payload_bytes().decode()}\n```\n"
    yield table(("H_P", made.h_p.hex()), ("H_B", made.h_b.hex()), ("leaf hash of entry 0", manifest.hash().hex()))
    yield from ceremony(made)
    yield "## Joint keys (6.7), (4.3), (4.4)\n"
    keys = (("K", group.hex(joint.K)), ("K_hat", group.hex(joint.K_hat)))
    yield table(*keys, ("H_G", joint.h_g.hex()), ("H_E", h_e.hex()))
    yield from ballot(made, made.of_kind("ballot")[0])
    yield from tally(made)


def ceremony(made: Made) -> Iterator[str]:
    """What both trustees draw and publish."""
    group = made.group
    for i in (1, 2):
        trustee = made.trustees[1, i]
        keys = made.message("ceremony.reveal", 1, i).content
        yield f"## Trustee {i} (6.1), (6.2), (3.8)\n"
        yield table(
            *((f"secret a_{i}{j}", scalar(a)) for j, a in enumerate(trustee.a)),
            *((f"secret a_hat_{i}{j}", scalar(a)) for j, a in enumerate(trustee.a_hat)),
            (f"secret zeta_{i}", scalar(trustee.zeta)),
            *((f"K_{i}{j}", K) for j, K in enumerate(keys["K"])),
            *((f"K_hat_{i}{j}", K) for j, K in enumerate(keys["K_hat"])),
            (f"kappa_{i}", keys["kappa"]),
            ("salt", keys["salt"]),
            ("commit", made.message("ceremony.commit", 1, i).body["commit"]),
            (f"c_{i}", keys["proof"]["c"]),
            *((f"v_{i}{j}", v) for j, v in enumerate(keys["proof"]["v"])),
        )
        other = 3 - i
        share = made.message("ceremony.shares", 1, i).content["shares"][0]
        value, hat = trustee.values_at(other, group.q)
        yield f"Its share for trustee {other} (6.3)-(6.5), (3.10):\n"
        yield table(
            (f"secret P_{i}({other})", scalar(value)),
            (f"secret P_hat_{i}({other})", scalar(hat)),
            ("secret xi", scalar(trustee.nonces[other])),
            ("C0", share["C0"]),
            ("C1", share["C1"]),
            ("c", share["c"]),
            ("v", share["v"]),
        )


def ballot(made: Made, entry: Entry) -> Iterator[str]:
    """The cast ballot."""
    sealing = entry.secret
    if not isinstance(sealing, Sealing):
        raise TypeError("a ballot has a sealing")
    body, sealed = entry.body, entry.content
    yield "## Ballot (7.1)-(7.7), (3.5)-(3.7)\n"
    yield table(
        ("voter's key pk", sealing.public.hex()),
        ("line", body["line"]),
        ("r", body["r"]),
        ("id_B", body["id"]),
        ("secret xi_B", sealing.seed.hex()),
    )
    for item in sealed["contests"][0]["items"]:
        yield f"Option `{item['option']}`:\n"
        proof = item["proof"]
        yield table(
            ("alpha", item["alpha"]),
            ("beta", item["beta"]),
            *((f"c_{j}", c) for j, c in enumerate(proof["c"])),
            *((f"v_{j}", v) for j, v in enumerate(proof["v"])),
        )
    limit = sealed["contests"][0]["limit"]
    yield "The contest's limit:\n"
    yield table(*((f"{name}_{j}", x) for name in ("c", "v") for j, x in enumerate(limit[name])))
    yield "The sealed ballot is the payload; its tracker (7.7) and the leaf that is signed (5.3):\n"
    yield table(("tracker", body["tracker"]), ("payload SHA-256", entry.leaf["payload"]["sha256"]))
    yield f"```json\n{canonical(entry.leaf).decode()}\n```\n"
    message = signed_message(entry.leaf)
    yield table(("message signed, hex", message.hex()), ("leaf hash (5.1)", entry.hash().hex()))


def tally(made: Made) -> Iterator[str]:
    """Statement, shares and outcome."""
    group, statement = made.group, made.of_kind("tally.statement")[0]
    yield "## Statement (9.1)\n"
    yield "The payload is two text lines, each ended by 0x0A:\n"
    yield f"```json\n{statement.payload_bytes().decode()}```\n"
    yield table(("statement, its leaf hash", statement.hash().hex()))
    for i in (1, 2):
        share = next(entry for entry in made.of_kind("tally.share") if entry.leaf["author"] == trustee_id(i))
        yield f"## Decryption share of trustee {i} (9.2), (3.11)-(3.15)\n"
        rows = [(f"secret z_{i}", scalar(made.key_share(i))), (f"w_{i}", scalar(lagrange(i, (1, 2), group.q)))]
        for cell in share.content["shares"]:
            rows += [(f"{name} ({cell['option']})", cell[name]) for name in ("M", "c", "v")]
        yield table(*rows)
    outcome = made.of_kind("outcome")[0]
    yield "## Outcome and checkpoint (9.3), section 10\n"
    yield f"```json\n{outcome.payload_bytes().decode()}\n```\n"
    size = len(made.entries)
    yield table(
        ("entries", str(size)),
        ("root", made.root(size).hex()),
        ("log's verifier key", verifier_key(made.origin, made.parties["log"])),
    )
    lots = (H_own(made.joint().h_e, 0x85, "lot", b4(1), b4(j), b"123456").hex() for j in (1, 2))
    yield "No lot was needed. With the digits 123456 the options would be ordered by (10.3):\n"
    yield table(*((name, value) for name, value in zip(("ada", "bob"), lots, strict=True)))


def main() -> None:
    """Rewrite the page."""
    page = "\n".join(sections(make_election(SPEC, SEED)))
    (Path(__file__).resolve().parents[1] / "docs" / "example.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

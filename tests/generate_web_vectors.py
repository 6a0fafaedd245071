"""Writes tests/vectors/ballot_client.json: what the library makes, for the browser's core to make and to judge.

Ballots with fixed randomness, to be reproduced byte for byte; canonical JSON and Ed25519 at their edges; codes.
Run without arguments it rewrites the file in place; `tests/check.py` fails when that changes a byte.
"""

import sys
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS.parent / "src"), str(TESTS), str(TESTS.parent)]

from e2evote.algebra.group import Group  # noqa: E402
from e2evote.algebra.parameters import ELECTIONGUARD_4096, TEST_512  # noqa: E402
from e2evote.ballot.choices import choose  # noqa: E402
from e2evote.ballot.opened_file import OpenedFile  # noqa: E402
from e2evote.ballot.sealing import cast, challenge, seal  # noqa: E402
from e2evote.ballot.voter import Voter, owner  # noqa: E402
from e2evote.board.merkle import leaf_hash  # noqa: E402
from e2evote.credentials.code import CredentialKeys, draw_codes  # noqa: E402
from e2evote.hashing import canonical  # noqa: E402
from e2evote.manifest.base_hash import base_hash, extended_base_hash, parameter_hash  # noqa: E402
from e2evote.manifest.draft import ContestFacts, OptionFacts, PartyFacts, RollFacts, StyleFacts, draft  # noqa: E402
from e2evote.manifest.model import Manifest  # noqa: E402
from e2evote.record.bodies import Body  # noqa: E402
from e2evote.record.identifiers import shown  # noqa: E402
from e2evote.record.leaf import Leaf, PayloadName, Signature  # noqa: E402
from e2evote.secret.sign import SigningKey  # noqa: E402
from e2evote.verify.ballots import BallotContext  # noqa: E402
from e2evote.verify.leaves import Setting  # noqa: E402
from e2evote.verify.log import log_key  # noqa: E402
from tests.ballot.election import CONTESTS, STYLES, VOTE, signing_key  # noqa: E402
from tests.hashing.test_canonical import REFUSED  # noqa: E402
from tests.proofs.test_signature import BAD_KEYS, CASES, HONEST, RFC_8032  # noqa: E402
from tests.randomness import DeterministicRandomness  # noqa: E402

VECTORS = TESTS / "vectors" / "ballot_client.json"
PREV = "0123456789abcdef" * 4
SESSION = "5" * 32
ROLES = {"chair": "administrator", "log": "log", "tess": "teller", "tom": "teller", "tru": "trustee"}
BLANK = {"mayor": {"ada": 1}, "board": {"": 1}}
ACCEPTED = (
    b"0",
    b"9007199254740991",
    b'""',
    b"[]",
    b"{}",
    b'{"":[true,false,0,"a"]}',
    '{"\\"":1,"a":{},"é":2,"\U0001f600":3,"\ufb33":4}'.encode(),
    b'"\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001f\x7f"',
    b'{"10":1,"9":2,"__proto__":{"a":1},"constructor":3}',
    b"[" * 16 + b"]" * 16,
)
BEYOND = {"null": b"[null]", "negative": b"[-1]", "17 levels": b"[" * 17 + b"]" * 17}
"""What the library reads and no e2evote file has: docs/spec.md 5.3."""


Voters = tuple[tuple[str, str, Mapping[str, Mapping[str, int]]], ...]


def b64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


SCORE = ContestFacts(
    "score", "Score", (OptionFacts("hal", "Hal", 5), OptionFacts("ida", "Ida", 5)), limit=10, blank="counted"
)
APPROVE = ContestFacts(
    "approve", "Approve", tuple(OptionFacts(id, id.capitalize()) for id in ("dan", "eve", "fay", "gus")), limit=4
)
ONE = ContestFacts("one", "One", (OptionFacts("sole", "Sole"),), blank="uncounted")
SHAPES = (SCORE, APPROVE, ONE)
SHAPED = (StyleFacts("whole", "Whole", ("score", "approve", "one")), StyleFacts("late", "Late", ("approve", "one")))
SHAPED_BALLOTS = (
    ("ann", "whole", {"score": {"hal": 5, "ida": 5}, "approve": {"dan": 1, "gus": 1}, "one": {"sole": 1}}),
    ("ben", "whole", {"score": {"": 1}, "approve": {"": 1}}),
    ("cyd", "late", {"approve": {"dan": 1, "eve": 1, "fay": 1, "gus": 1}, "one": {"sole": 1}}),
)
"""Limits above 1, a blank that weighs 10, and a style whose first contest is not the manifest's first."""


def manifest_of(group: Group, roll: bool, shaped: bool) -> Manifest:
    registrars = ("reg-1", "reg-2") if roll else ()
    roles = {**ROLES, **dict.fromkeys(registrars, "registrar")}
    return draft(
        election="spring",
        name="Spring",
        parties=[PartyFacts(id, role, f"Society of {id}", signing_key(id).public) for id, role in roles.items()],  # type: ignore[arg-type]
        contests=SHAPES if shaped else CONTESTS,
        opens=datetime(2031, 5, 1, tzinfo=UTC),
        closes=datetime(2031, 5, 2, tzinfo=UTC),
        quorum=1,
        styles=SHAPED if shaped else STYLES,
        floor=0,
        group=group.name,
        roll=RollFacts((("reg-1", "email"), ("reg-2", "post")), ("email", "post"), readers=()) if roll else None,
    )


def entry_zero(manifest: Manifest) -> bytes:
    key, payload = signing_key("chair"), PayloadName.of(manifest.encode())
    leaf = Leaf("manifest", "chair", b"", Body(), payload)
    return leaf.signed(Signature(key.public, key.sign(leaf.message()))).encode()


class Selection:
    """A manifest, joint keys whose secrets are two hashes, and entry 0."""

    def __init__(self, group: Group, roll: bool, shaped: bool) -> None:
        self.manifest, self.roll = manifest_of(group, roll, shaped), roll
        secrets = (int.from_bytes(sha256(name).digest(), "big") for name in (b"vote", b"data"))
        self.K, self.K_hat = (group.g ** group.reduce(secret) for secret in secrets)
        self.entry = entry_zero(self.manifest)
        h_p = parameter_hash(group, self.manifest.n, self.manifest.quorum)
        h_b = base_hash(h_p, self.manifest.encode())
        setting = Setting(self.manifest, group, h_p, h_b, leaf_hash(self.entry))
        self.context = BallotContext(setting, self.K, extended_base_hash(h_b, (self.K, self.K_hat)))
        self.codes = [draw_codes(1, DeterministicRandomness(f"code {i}"))[0] for i in (1, 2)]

    def signers(self, name: str) -> tuple[Voter, list[SigningKey], list[str]]:
        """Line and public keys, secret keys, and what the voter types."""
        if not self.roll:
            key = signing_key(name)
            return owner(self.context, key.public), [key], [sha256(name.encode()).digest().hex()]
        keys = [
            CredentialKeys(self.context.setting.base_hash, registrar.id).of("0000017", code)
            for registrar, code in zip(self.manifest.registrars, self.codes, strict=True)
        ]
        return Voter("0000017", tuple(key.public for key in keys)), keys, [code.in_groups() for code in self.codes]

    def shown(self) -> dict[str, Any]:
        h_b, h_e = self.context.setting.base_hash, self.context.h_e
        return {
            "base_hash": h_b.hex(),
            "entry": self.entry.decode(),
            "extended_base_hash": h_e.hex(),
            "fingerprint": shown(h_e),
            "first": self.context.setting.first.hex(),
            "joint": {"K": self.K.encode().hex(), "K_hat": self.K_hat.encode().hex()},
            "log_key": log_key(self.manifest).encode(),
            "manifest": self.manifest.encode().decode(),
        }

    def ballot(self, name: str, style: str, votes: Mapping[str, Mapping[str, int]], whole: bool) -> dict[str, Any]:
        """Sealed twice from one source, to be cast and to be challenged."""
        voter, keys, typed = self.signers(name)
        choices = choose(self.manifest, style, votes)

        def sealing() -> Any:
            return seal(self.context, choices, voter, DeterministicRandomness(f"ballot of {name}"))

        tracker = sealing().shown
        made, opened = cast(sealing(), bytes.fromhex(PREV), *keys), challenge(sealing())
        file = OpenedFile(opened.leaf.encode(), opened.payload, opened.preimage).encode()
        texts = {"challenge": opened.leaf.encode(), "file": file, "leaf": made.leaf.encode(), "payload": made.payload}
        return {
            "hints_sha256": sha256(made.hints).hexdigest(),
            "name": name,
            "opened_sha256": sha256(opened.payload).hexdigest(),
            "seed": f"ballot of {name}",
            "style": style,
            "tracker": tracker,
            "typed": typed,
            "voter": {"keys": [key.hex() for key in voter.keys], "line": voter.line},
            "votes": votes,
            **{n: text.decode() if whole else sha256(text).hexdigest() for n, text in texts.items()},
        }


def selection(group: Group, roll: bool, whole: bool, shaped: bool = False) -> dict[str, Any]:
    """A selection with its ballots; as texts, or as their SHA-256."""
    made = Selection(group, roll, shaped)
    voters: Voters = (
        SHAPED_BALLOTS if shaped else (("vera", "all", VOTE), ("otto", "all", BLANK), ("nobody", "half", {}))
    )
    ballots = [made.ballot(*voter, whole) for voter in (voters if whole else voters[:1])]
    return {"ballots": ballots, "prev": PREV, "session": SESSION, "shown": made.shown()}


def signatures() -> list[dict[str, Any]]:
    """Each edge of Ed25519, and what is accepted beside them."""
    edges = {name: (case.A_bytes, case.message, case.signature, False) for name, (case, *_) in CASES.items()}
    plain = {"honest": (HONEST.A_bytes, HONEST.message, HONEST.signature, True)}
    for number, (_, key, message, signature) in enumerate(RFC_8032, start=1):
        plain[f"RFC 8032, test {number}"] = (*map(bytes.fromhex, (key, message, signature)), True)  # type: ignore[assignment]
    changed = replace(HONEST, s=HONEST.s + 1)
    plain["honest, another s"] = (HONEST.A_bytes, HONEST.message, changed.signature, False)
    return [
        {"accepted": accepted, "key": b64(key), "message": b64(message), "name": name, "signature": b64(signature)}
        for name, (key, message, signature, accepted) in {**edges, **plain}.items()
    ]


def vectors() -> dict[str, Any]:
    """The whole file."""
    keys = {**{name: (key, False) for name, (key, _) in BAD_KEYS.items()}, "honest": (HONEST.A_bytes, True)}
    return {
        "canonical": {
            "accepted": [b64(data) for data in ACCEPTED],
            "refused": [
                {"data": b64(data), "name": name}
                for name, data in {**{n: d for n, (d, _) in REFUSED.items()}, **BEYOND}.items()
            ],
        },
        "keys": [{"accepted": accepted, "key": b64(key), "name": name} for name, (key, accepted) in keys.items()],
        "selections": {
            "open": selection(TEST_512, roll=False, whole=True),
            "roll": selection(TEST_512, roll=True, whole=True),
            "shaped": selection(TEST_512, roll=False, whole=True, shaped=True),
            "standard": selection(ELECTIONGUARD_4096, roll=True, whole=False),
        },
        "signatures": signatures(),
        "spec": "docs/spec.md 5.3, 7, 8, 13.3; docs/ballot-client.md",
    }


def main() -> None:
    VECTORS.write_bytes(canonical.encode(vectors()) + b"\n")


if __name__ == "__main__":
    main()

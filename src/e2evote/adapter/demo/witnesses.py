"""The demonstration's witnesses: three web services, each a process with a key of its own, of which any two suffice.

They are started before there is a manifest, which names their keys and addresses. One is stopped right after the
opening and stays down.
"""

import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.demo.process import Child, Children
from e2evote.adapter.passphrase import Passphrase
from e2evote.adapter.witness_folder import make_witness
from e2evote.board.note import LogKey
from e2evote.errors import Refused
from e2evote.manifest.draft import WitnessFacts
from e2evote.secret.keyfile import MINIMUM_COST

WITNESSES = ("wanda", "walid", "wei")
DOWN = "walid"
"""The witness who stops right after the opening."""

_ORGANISATIONS = {"wanda": "Tellers of candidate B", "walid": "A newspaper", "wei": "Another society"}
_PATIENCE = 120.0
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class Running:
    """The processes of the witnesses by name, and what the manifest says of each."""

    children: dict[str, Child]
    facts: tuple[WitnessFacts, ...]


def start_witnesses(children: Children, path: Path, passphrases: Path, log: LogKey) -> Running:
    """All witnesses for this log, each at an address of this machine that was free."""
    path.mkdir(mode=0o700)
    started: dict[str, tuple[Child, str]] = {}
    for name in WITNESSES:
        text = secrets.token_hex(16)
        passphrase = passphrases / f"{name}.pass"
        secretfile.create(passphrase, text.encode() + b"\n")
        settings = make_witness(path / name, f"{name}.example", [log], Passphrase(text, cost=MINIMUM_COST))
        options = ("--port", "0", "--passphrase-file", passphrase, "--json")
        child = children.start(f"witness {name}", "witness", "serve", path / name, *options)
        started[name] = child, settings.key.encode()
    facts = [WitnessFacts(name, _ORGANISATIONS[name], vkey, _address(child)) for name, (child, vkey) in started.items()]
    return Running({name: child for name, (child, _) in started.items()}, tuple(facts))


def _address(child: Child) -> str:
    """Where a witness answers, which it says when it does."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        line, end, _ = child.log.read_text("utf-8", "replace").partition("\n")
        if end:
            try:
                return str(json.loads(line)["address"])
            except (ValueError, KeyError, TypeError):
                break
        if not child.is_running:
            break
        time.sleep(_POLL)
    raise child.failure() if not child.is_running else Refused("demo", f"{child.name}: does not say where it answers")

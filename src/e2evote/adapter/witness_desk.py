"""Where the box gets cosignatures: from witnesses with an address, and from files for those who work by hand.

A witness without an address is a person with a laptop: `e2evote board request` writes what it is to be given, and
`e2evote board cosignature` puts its answer into private/cosigned/<name>, where the box finds it. What lay there when
the box was started says nothing about now, so it is passed over: an old copy of a store has old answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from e2evote.adapter import secretfile
from e2evote.adapter.witness_client import Asked, Witnesses
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.gathering import Answer
from e2evote.board.note import decode_note, encode_note
from e2evote.board.policy import Policy
from e2evote.board.quorum import Witness
from e2evote.board.witnessing import decode_request, encode_answer, read_answer
from e2evote.errors import MalformedInput, Refused

COSIGNED = "cosigned"
"""The folder, in the box's private one."""

TIMEOUT = 5.0
"""Seconds that a witness has for its answer."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where witnesses are, by name, instead of where the policy says; "" for one that is not to be asked."""

    given: Mapping[str, str]

    def of(self, policy: Policy) -> dict[str, str]:
        """The address of every witness of the policy; Refused where a name is none of them."""
        known = {witness.name: witness.url for witness in policy.witnesses}
        for name in self.given:
            if name not in known:
                raise Refused("no-witness", f"{name!r} is no witness; the manifest names {', '.join(sorted(known))}")
        return {**known, **self.given}


POLICYS_OWN = Addresses({})
"""Every witness where the policy says."""


class Desk(Protocol):
    """Something that asks witnesses (`board.gathering.Ask`), until it is closed."""

    def __call__(self, requests: Mapping[str, bytes]) -> Iterable[tuple[str, Answer | Refused]]: ...

    def close(self) -> None: ...


class WitnessDesk:
    """Asks the witnesses of one policy. Close it when it is no longer needed."""

    def __init__(self, policy: Policy, private: Path, addresses: Addresses = POLICYS_OWN) -> None:
        urls = addresses.of(policy)
        self._online = Witnesses({name: url for name, url in urls.items() if url})
        self._folder = private / COSIGNED
        self._by_hand = {name for name, url in urls.items() if not url}
        self._old = {name: _read(self._folder / name) for name in self._by_hand}

    def __call__(self, requests: Mapping[str, bytes]) -> Iterator[tuple[str, Asked | Refused]]:
        """The answers as they come in."""
        for name in self._by_hand & requests.keys():
            yield name, self._handed_in(name, requests[name])
        yield from self._online.ask({n: r for n, r in requests.items() if n not in self._by_hand}, TIMEOUT)

    def close(self) -> None:
        """Give up the connections."""
        self._online.close()

    def _handed_in(self, name: str, request: bytes) -> Asked | Refused:
        data = _read(self._folder / name)
        if data and data != self._old[name]:
            note = decode_note(data)
            if note.text == decode_request(request).note.text:
                return Asked(200, "text/plain; charset=utf-8", encode_answer(note.signatures[1:]))
        return Refused("witness-unreachable", "has no address, and no cosignature of this head was handed in")


MakeDesk = Callable[[Policy, Path], Desk]
"""What the box asks, for a policy and its private folder."""


def hand_in(private: Path, witness: Witness, note: bytes, lines: bytes) -> Checkpoint:
    """Keep the cosignature that this witness has made of a head; CheckFailed or MalformedInput where it has not.

    note: the head, with the log's signature first.
    """
    read = decode_note(note)
    cosignatures = read_answer(lines, read.text, [witness.key])
    (private / COSIGNED).mkdir(mode=0o700, exist_ok=True)
    secretfile.put(private / COSIGNED / witness.name, encode_note(read.text, (read.signatures[0], *cosignatures)))
    return decode_text(read.text)


def cosigned_last(private: Path, witness: Witness) -> int:
    """The size of the head that was handed in last with this witness's cosignature; 0 for none."""
    data = _read(private / COSIGNED / witness.name)
    return decode_text(decode_note(data).text).size if data else 0


def _read(path: Path) -> bytes:
    """The bytes of the note that was handed in; b"" where there is none, or what is there is none."""
    try:
        data = secretfile.read(path)
        decode_note(data)
    except (Refused, MalformedInput):
        return b""
    return data

"""Many ballots at once, by any executor: for rehearsals, load tests and benchmarks (docs/spec.md §7).

**Never for a real selection.** Every vote and every line's signing key lies in clear in one process and crosses to
others; whoever watches one of them knows how everybody voted and can vote for everybody. A voter's device seals one
ballot at a time, with `sealing`. Seeds and nonces do not cross: a worker draws them for each ballot and drops them.

Workers get bytes and small values and send back bytes. Each makes its own tables, as wide as its share of the work
deserves, so it does not matter whether processes are forked, spawned or on another machine.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Self

from e2evote.algebra.parameters import group_named
from e2evote.ballot.box_envelope import Envelope, decode_envelope
from e2evote.ballot.choices import InvalidChoice, choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import Voter, owner
from e2evote.manifest.base_hash import base_hash, parameter_hash
from e2evote.manifest.model import Manifest
from e2evote.record.select import NO_PREVIOUS
from e2evote.secret.encrypt import expect_powers
from e2evote.secret.randomness import Randomness, SystemRandomness
from e2evote.secret.sign import SigningKey
from e2evote.verify.ballots import BallotContext
from e2evote.verify.in_order import in_order
from e2evote.verify.leaves import Setting

PIECE = 16
"""Ballots that a worker makes at a time: some tenths of a second of work, so that progress is seen."""

Progress = Callable[[int, int], None]
"""Called with the number of ballots made and their total."""

RandomnessOf = Callable[[int], Randomness]
"""The source for the ballot at this position; it goes to workers, so it is a function or class of a module."""


@dataclass(frozen=True, slots=True, repr=False)
class Vote:
    """One ballot to make: votes by contest and option, seeds of the line's keys, the line's latest valid ballot.

    line: with a roll; without one it is made of the key.
    """

    style: str
    votes: Mapping[str, Mapping[str, int]]
    keys: tuple[bytes, ...]
    prev: bytes = NO_PREVIOUS
    line: str = ""

    def __repr__(self) -> str:
        return f"Vote(style={self.style!r}, <redacted>)"


@dataclass(frozen=True, slots=True)
class _Place:
    """A selection as bytes, which a worker reads once."""

    manifest: bytes
    first: bytes
    K: bytes
    h_e: bytes

    @classmethod
    def of(cls, context: BallotContext) -> Self:
        setting = context.setting
        return cls(setting.manifest.encode(), setting.first, context.K.encode(), context.h_e)


def system_randomness(position: int) -> Randomness:
    """The operating system's, for every ballot."""
    return SystemRandomness()


def seal_all(
    context: BallotContext,
    votes: Iterable[Vote],
    total: int,
    executor: Executor | None = None,
    *,
    workers: int = 1,
    randomness_of: RandomnessOf = system_randomness,
    progress: Progress | None = None,
) -> Iterator[Envelope]:
    """Every vote sealed, proved and signed, as it would go to the box, in order.

    total: how many votes there are, about; it decides how wide the tables are. workers: of the executor; twice as
    many pieces and two more are under way, whatever the number of votes. A vote that breaks a limit is a ValueError
    that names its position.
    """
    if total < 1 or workers < 1:
        raise ValueError(f"bulk: {total} votes and {workers} workers, want at least 1 of each")
    place, share = _Place.of(context), -(-total // (workers if executor else 1))
    tasks = ((place, share, start, piece, randomness_of) for start, piece in _pieces(votes))
    done = 0
    for envelopes in in_order(_seal_piece, tasks, executor, workers):
        for data in envelopes:
            yield decode_envelope(data)
        done += len(envelopes)
        if progress:
            progress(done, total)


def _pieces(votes: Iterable[Vote]) -> Iterator[tuple[int, tuple[Vote, ...]]]:
    """Some votes at a time, with the position of the first."""
    rest, start = iter(votes), 0
    while piece := tuple(islice(rest, PIECE)):
        yield start, piece
        start += len(piece)


@lru_cache(maxsize=4)
def _context(place: _Place, share: int) -> BallotContext:
    """The selection, and tables for this many ballots of it, whose styles are taken to be the largest."""
    manifest = Manifest.decode(place.manifest)
    group = group_named(manifest.group)
    h_p = parameter_hash(group, manifest.n, manifest.quorum)
    (K,) = group.screen([group.decode_residue(place.K)])
    setting = Setting(manifest, group, h_p, base_hash(h_p, place.manifest), place.first)
    style = max(manifest.styles, key=lambda style: sum(len(c.items()) for c in manifest.contests_of(style)))
    expect_powers(manifest, style, K, share)
    return BallotContext(setting, K, place.h_e)


def _seal_piece(
    place: _Place, share: int, start: int, votes: tuple[Vote, ...], randomness_of: RandomnessOf
) -> tuple[bytes, ...]:
    """The work of one worker: encoded envelopes."""
    context, made = _context(place, share), []
    for position, vote in enumerate(votes, start):
        keys = [SigningKey(seed) for seed in vote.keys]
        public = tuple(key.public for key in keys)
        voter = Voter(vote.line, public) if vote.line else owner(context, *public)
        try:
            choices = choose(context.setting.manifest, vote.style, vote.votes)
        except InvalidChoice as error:
            raise ValueError(f"vote {position}: {error}") from None
        submission = cast(seal(context, choices, voter, randomness_of(position)), vote.prev, *keys)
        made.append(Envelope(submission.leaf.encode(), submission.payload, submission.hints).encode())
    return tuple(made)

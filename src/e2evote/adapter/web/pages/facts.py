"""What the overview says of an election: its questions, dates, parties, and what must be compared with the notice."""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.adapter.election import Election
from e2evote.adapter.processes import claim_of
from e2evote.adapter.public_view import Status
from e2evote.adapter.rehearsal import FILE as REHEARSAL
from e2evote.adapter.web.pages.render import Visit
from e2evote.adapter.web.pages.words import Named
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing.crockford import GROUPED_SIZE, encode
from e2evote.manifest.entries import Phase
from e2evote.verify.anchors import Anchors
from e2evote.verify.checks import CLAIMS

API = "../../v1/elections/"


@dataclass(frozen=True, slots=True)
class Heading:
    """The election on top of each of its pages."""

    id: str
    name: Named


@dataclass(frozen=True, slots=True)
class Announced:
    """What a notice of the poll has, as this server has it. fingerprint: the first 160 bits of H_E."""

    fingerprint: str
    base_hash: str
    extended_base_hash: str
    log_key: str


@dataclass(frozen=True, slots=True)
class Head:
    """Size and root of the published log; zeros where it can't be read."""

    size: int
    root: str


def every_page(election: Election, visit: Visit, here: str) -> dict[str, object]:
    """What every page of an election has. here: the key of its link."""
    manifest = election.manifest
    return {
        "api": f"{API}{election.id}/",
        "client": bool(manifest.assets.files()),
        "client_options": _client_options(election, visit),
        "election": Heading(election.id, visit.words.named(manifest.election.name)),
        "here": here,
        "own_key": manifest.roll is None,
    }


def _client_options(election: Election, visit: Visit) -> str:
    """What the ballot client is told in the fragment of a link to it (docs/ballot-client.md)."""
    language = f"lang={visit.words.language}"
    return f"{language}&allow-test-group" if election.manifest.group in TEST_GROUPS else language


def announced(status: Status) -> Announced:
    """From the status; empty before voting opens."""
    fingerprint = encode(status.h_e[:GROUPED_SIZE]) if status.h_e else ""
    return Announced(fingerprint, status.base_hash.hex(), status.h_e.hex(), status.log_key)


def anchors_file(status: Status) -> bytes:
    """The anchors as a file, once there are any."""
    return Anchors(status.base_hash, status.h_e, status.log_key).encode()


def head_of(election: Election) -> Head:
    """Of the log as it is published now."""
    claim = claim_of(election.record_path)
    return Head(claim.size, claim.root.hex()) if claim else Head(0, "")


def phase_key(status: Status) -> str:
    """The key of the text for the phase."""
    return "paused" if status.paused and status.phase is Phase.OPEN else status.phase.value


def listed(election: Election, visit: Visit) -> Mapping[str, object]:
    """The election in the list of all."""
    words = visit.words
    name = words.named(election.manifest.election.name)
    try:
        status = election.status()
    except (CheckFailed, MalformedInput, Refused):  # the others can be read all the same
        return {"id": election.id, "name": name, "phase": "unreadable", "closes": ""}
    return {"id": election.id, "name": name, "phase": phase_key(status), "closes": words.moment(status.closes)}


def overview(election: Election, visit: Visit) -> dict[str, object]:
    """The page of one election."""
    manifest, status, words = election.manifest, election.status(), visit.words
    channels = manifest.channels
    return every_page(election, visit, "home") | {
        "anchors": announced(status),
        "closes": words.moment(status.closes),
        "contests": [
            {
                "blank": contest.counts_blank,
                "limit": contest.limit,
                "name": words.named(contest.name),
                "options": [words.named(option.name) for option in contest.options],
                "seats": contest.outcome.seats,
            }
            for contest in manifest.contests
        ],
        "head": head_of(election),
        "not_claimed": [claim for claim in CLAIMS if not getattr(manifest.claims, claim)],
        "opens": words.moment(status.opens),
        "paper": ", ".join(words("channel", channel) for channel in channels.paper),
        "paper_prevails": channels.paper_prevails,
        "parties": manifest.parties,
        "phase": phase_key(status),
        "put_off": words.moment(manifest.dates.close) if status.closes != manifest.dates.close else "",
        "quorum": manifest.quorum,
        "rehearsal": (election.path / "private" / REHEARSAL).exists(),
        "scrutineers": manifest.parties_of("scrutineer"),
        "test_group": status.test_group,
        "trustees": manifest.n,
    }

"""A whole manifest from a few facts: what an administrator must decide, with defaults for the rest.

docs/record-format.md, Manifest. The result has been written and read again and keeps every rule, so a draft is
never a manifest that some later step refuses. A name is a string in the draft's language, or a mapping from
language tags to strings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from e2evote.algebra.parameters import ELECTIONGUARD_4096
from e2evote.board.cosignature import decode_witness_key
from e2evote.board.note import LogKey
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.model import Manifest, Role
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.manifest.sections import Entries
from e2evote.proofs.signature import decode_public_key

WITNESSES = "Witnesses"
"""The group in the policy of a draft. No party's id has a capital."""

NO_ASSETS: Mapping[str, bytes] = MappingProxyType({})
"""No page for voters is named."""

Name = str | Mapping[str, str]
ThresholdFacts = tuple[Literal["at_least", "more_than"], int, int, Literal["ballots", "votes"]]
"""("more_than", 1, 2, "ballots"): more votes than half of the ballots."""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Somebody who signs; the log is one of them, with the id `log`."""

    id: str
    role: Role
    organisation: str
    key: bytes


@dataclass(frozen=True, slots=True)
class WitnessFacts:
    """A party that cosigns the log. vkey: of type 0x04. url: its submission prefix; "" for one that works by hand."""

    id: str
    organisation: str
    vkey: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RollFacts:
    """Who may vote: members with one code from each registrar.

    registrars: the id of each party of that role, in their order, and the contact that its codes are sent to. contacts:
    how members are reached, by default those of the registrars. holders: who may hold the names, by default the
    administrator and the registrars. readers: to whom they may be opened.
    """

    registrars: tuple[tuple[str, str], ...]
    contacts: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    retention_days: int = 366


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """Something to choose; a limit above 1 lets a voter give it several votes."""

    id: str
    name: Name
    limit: int = 1


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """One question. limit: votes of one ballot, 0 for as many as there are seats."""

    id: str
    name: Name
    options: tuple[OptionFacts, ...]
    seats: int = 1
    limit: int = 0
    blank: Literal["counted", "uncounted"] = "counted"
    threshold: ThresholdFacts | None = None
    ties: Literal["report", "lot"] = "report"


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """The contests of one kind of ballot, by id."""

    id: str
    name: Name
    contests: tuple[str, ...]


def draft(
    *,
    election: str,
    name: Name,
    parties: Sequence[PartyFacts],
    contests: Sequence[ContestFacts],
    opens: datetime,
    closes: datetime,
    quorum: int = 0,
    witnesses: Sequence[WitnessFacts] = (),
    witness_quorum: int = 0,
    styles: Sequence[StyleFacts] = (),
    origin: str = "",
    floor: int = 0,
    group: str = ELECTIONGUARD_4096.name,
    language: str = "en",
    tolerance: int = 300,
    batch_ms: int = 1000,
    challenges: int = 5,
    roll: RollFacts | None = None,
    paper: Sequence[str] = (),
    paper_prevails: bool = True,
    fallback: Literal["combine", "merge", "withhold"] = "merge",
    weights: Sequence[int] = (1,),
    annulment: Literal["allowed", "never"] = "never",
    reissue: Literal["always", "never", "unvoted"] = "unvoted",
    assets: Mapping[str, bytes] = NO_ASSETS,
) -> Manifest:
    """A manifest that has the form and keeps the rules; ValueError says everything about the facts that does not.

    quorum: 0 for the fewest trustees that are more than half. witnesses: parties besides `parties`; none for a log
    that nobody cosigns. witness_quorum: 0 for the fewest of them that are more than half. styles: none for one style
    `all` with every contest. origin: the log's name, by default `e2evote/` and the election's id. floor: contests
    with fewer counted ballots stay sealed; fallback: what becomes of channels with fewer. roll: none for a selection
    in which whoever makes a key may vote. paper: the channels besides `online`; paper_prevails: whether a mark there
    takes out a ballot cast online, or is refused because of one. weights: what lines of the roll may count. annulment,
    reissue: whether ballots may be annulled, and codes issued again: never, until the line has voted, always.
    assets: the files of the page that voters' browsers load, SHA-256 by name.
    """
    origin = origin or f"e2evote/{election}"
    parties, policy = _with_witnesses(parties, witnesses, origin, witness_quorum)
    trustees = sum(party.role == "trustee" for party in parties)
    whole: dict[str, Encodable] = {
        "assets": {name: digest.hex() for name, digest in assets.items()},
        "box": {"batch_ms": batch_ms, "challenges": challenges},
        "channels": {
            "list": ["online", *paper],
            "precedence": [*paper, "online"] if paper_prevails else ["online", *paper],
        },
        "claims": {
            "channels": bool(paper),
            "eligibility": roll is not None,
            "floor": floor > 0,
            "witnesses": bool(witnesses),
        },
        "contests": [_contest(contest, language) for contest in contests],
        "dates": {"close": _date(closes), "open": _date(opens), "tolerance": tolerance},
        "election": {"id": election, "name": _name(name, language)},
        "eligibility": _eligibility(roll, parties),
        "entries": Entries.table(sum(party.role == "registrar" for party in parties)).model_dump(mode="json"),
        "floor": {"fallback": fallback, "minimum": floor},
        "group": group,
        "kind": "manifest",
        "origin": origin,
        "parties": [
            {"id": party.id, "key": party.key.hex(), "organisation": party.organisation, "role": party.role}
            for party in parties
        ],
        "quorum": quorum or trustees // 2 + 1,
        "rules": {"annulment": annulment, "reissue": reissue if roll else "never", "revote": "last"},
        "styles": _styles(styles, contests, name, language),
        "v": 1,
        "weights": {"fallback": "none" if list(weights) == [1] else "withhold", "values": list(weights)},
        "witnesses": {"policy": policy},
    }
    try:
        manifest = Manifest.decode(canonical.encode(whole))
    except MalformedInput as error:
        raise ValueError(str(error)) from None
    failures = (*key_failures(manifest), *rule_failures(manifest))
    if failures:
        raise ValueError("; ".join(f"{failure.subject}: {failure.detail}" for failure in failures))
    return manifest


def _eligibility(roll: RollFacts | None, parties: Sequence[PartyFacts]) -> Encodable:
    if roll is None:
        return {"kind": "open"}
    contacts = roll.contacts or tuple(dict.fromkeys(contact for _, contact in roll.registrars))
    keepers = [party.id for party in parties if party.role in ("administrator", "registrar")]
    return {
        "contacts": list(contacts),
        "holders": list(roll.holders) or keepers,
        "kind": "roll",
        "readers": list(roll.readers),
        "registrars": [{"contact": contact, "party": id} for id, contact in roll.registrars],
        "retention_days": roll.retention_days,
    }


def _with_witnesses(
    parties: Sequence[PartyFacts], witnesses: Sequence[WitnessFacts], origin: str, quorum: int
) -> tuple[Sequence[PartyFacts], str]:
    """All parties, and the policy: the log, the witnesses, and that `quorum` of them have to agree."""
    if not witnesses:
        return parties, ""
    logs = [party for party in parties if party.role == "log"]
    try:
        keys = [decode_witness_key(witness.vkey).public_key.encoded for witness in witnesses]
        vkeys = [LogKey(origin, decode_public_key(log.key)).encode() for log in logs]
    except MalformedInput as error:
        raise ValueError(str(error)) from None
    lines = [f"log {vkey}" for vkey in vkeys]
    lines += [f"witness {witness.id} {witness.vkey} {witness.url}".rstrip() for witness in witnesses]
    threshold = quorum or len(witnesses) // 2 + 1
    lines += [f"group {WITNESSES} {threshold} {' '.join(witness.id for witness in witnesses)}", f"quorum {WITNESSES}"]
    more = [PartyFacts(w.id, "witness", w.organisation, key) for w, key in zip(witnesses, keys, strict=True)]
    return (*parties, *more), "".join(f"{line}\n" for line in lines)


def _contest(contest: ContestFacts, language: str) -> Encodable:
    threshold: Encodable = {"rule": "none"}
    if contest.threshold:
        rule, m, d, of = contest.threshold
        threshold = {"of": of, "rule": rule, "share": [m, d]}
    return {
        "id": contest.id,
        "method": {"blank": contest.blank, "kind": "choose", "limit": contest.limit or contest.seats},
        "name": _name(contest.name, language),
        "options": [
            {"id": option.id, "limit": option.limit, "name": _name(option.name, language)} for option in contest.options
        ],
        "outcome": {"seats": contest.seats, "threshold": threshold, "ties": {"rule": contest.ties}},
    }


def _styles(
    styles: Sequence[StyleFacts], contests: Sequence[ContestFacts], name: Name, language: str
) -> list[Encodable]:
    if not styles:
        styles = (StyleFacts("all", name, tuple(contest.id for contest in contests)),)
    return [{"contests": list(style.contests), "id": style.id, "name": _name(style.name, language)} for style in styles]


def _name(name: Name, language: str) -> dict[str, Encodable]:
    return {language: name} if isinstance(name, str) else dict(name)


def _date(moment: datetime) -> str:
    if moment.tzinfo is None or moment.microsecond:
        raise ValueError(f"date {moment.isoformat()}: want whole seconds and a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"

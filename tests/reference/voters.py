"""Who may vote, by which channels, with what weight: docs/record-format.md "Manifest", sections about voters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reference import canonical as form
from reference.canonical import ID, BadForm
from reference.kinds import CAPACITIES
from reference.voter_bodies import PAPER

ONLINE = "online"
OWN_FIELDS = ("reference", "name")


@dataclass(frozen=True, slots=True)
class Roll:
    """A roll: the fields of each line in order, and the registrars in theirs."""

    fields: tuple[str, ...]
    registrars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voters:
    """All that the manifest says of voters."""

    roll: Roll | None
    channels: tuple[str, ...]
    paper_first: bool
    weights: tuple[int, ...]
    annulment: bool
    reissue: str

    @property
    def paper(self) -> tuple[str, ...]:
        """The channels on paper."""
        return self.channels[1:]


def _distinct_ids(value: object, low: int, high: int) -> list[str]:
    ids = [form.matching(item, ID) for item in form.array(value, low, high)]
    if len(set(ids)) != len(ids):
        raise BadForm("an id stands twice in a list")
    return ids


def _read_roll(value: dict[str, Any], parties: Sequence[tuple[str, str]]) -> Roll:
    form.members(value, ("contacts", "holders", "kind", "readers", "registrars", "retention_days"))
    contacts = _distinct_ids(value["contacts"], 1, 8)
    if set(contacts) & set(OWN_FIELDS):
        raise BadForm("a contact has the name of a field that every line has")
    roles = dict(parties)
    for capacity, least in (("holder", 1), ("reader", 0)):
        for party in _distinct_ids(value[f"{capacity}s"], least, 200):
            form.one_of(roles.get(party), CAPACITIES[capacity])
    registrars = []
    for registrar in form.array(value["registrars"], 1, 8):
        form.members(registrar, ("contact", "party"))
        form.one_of(registrar["contact"], contacts)
        registrars.append(form.matching(registrar["party"], ID))
    form.exactly(registrars, [party for party, role in parties if role == "registrar"])
    form.integer(value["retention_days"], 1, 36500)
    return Roll((*OWN_FIELDS, *contacts), tuple(registrars))


def _read_channels(value: object) -> tuple[tuple[str, ...], bool]:
    channels = form.members(value, ("list", "precedence"))
    listed = [form.one_of(channel, (ONLINE, *PAPER)) for channel in form.array(channels["list"], 1, 3)]
    form.exactly(listed, [channel for channel in (ONLINE, *PAPER) if channel == ONLINE or channel in listed])
    paper_first = channels["precedence"] != listed
    if paper_first:
        form.exactly(channels["precedence"], [*listed[1:], ONLINE])
    return tuple(listed), paper_first and len(listed) > 1


def _read_weights(value: object) -> tuple[int, ...]:
    weights = form.members(value, ("fallback", "values"))
    values = [form.integer(weight, 1, 1000) for weight in form.array(weights["values"], 1, 50)]
    form.exactly(values, sorted(set(values)))
    form.exactly(weights["fallback"], "none" if values == [1] else "withhold")
    return tuple(values)


def read_voters(data: dict[str, Any], parties: Sequence[tuple[str, str]]) -> Voters:
    """The sections `eligibility`, `channels`, `weights` and `rules`, and how they fit; `parties` is ids and roles."""
    eligibility = data["eligibility"]
    roll = None
    if isinstance(eligibility, dict) and eligibility.get("kind") == "roll":
        roll = _read_roll(eligibility, parties)
    else:
        form.exactly(eligibility, {"kind": "open"})
        form.exactly([party for party, role in parties if role == "registrar"], [])
    channels, paper_first = _read_channels(data["channels"])
    weights = _read_weights(data["weights"])
    rules = form.members(data["rules"], ("annulment", "reissue", "revote"))
    annulment = form.one_of(rules["annulment"], ("allowed", "never"))
    reissue = form.one_of(rules["reissue"], ("always", "never", "unvoted"))
    form.exactly(rules["revote"], "last")
    if roll is None:
        form.exactly([list(channels), list(weights), annulment, reissue], [[ONLINE], [1], "never", "never"])
    if weights != (1,) and (len(channels) > 1 or data["floor"]["minimum"] == 0):
        raise BadForm("weights beside paper channels, or without a floor")
    return Voters(roll, channels, paper_first, weights, annulment == "allowed", reissue)


def organisation_faults(parties: Sequence[tuple[str, str, str]], voters: Voters) -> Iterator[tuple[str, str]]:
    """Registrars are of organisations of their own; ballots on paper have tellers of two organisations."""
    taken = [organisation for _, role, organisation in parties if role == "administrator"]
    for party, role, organisation in parties:
        if role == "registrar":
            yield f"party {party}, organisation", "another's too" if organisation in taken else ""
            taken.append(organisation)
    if voters.paper:
        tellers = {organisation for _, role, organisation in parties if role == "teller"}
        yield "channels", "" if len(tellers) > 1 else "the tellers are of one organisation"

"""What an election is about, and its manifest: docs/record-format.md "Manifest", docs/spec.md sections 4 and 5.4."""

from calendar import timegm
from dataclasses import dataclass
from time import strptime

from reference.make_entries import entries_json
from reference.make_json import Json
from reference.make_roll import RollSpec
from reference.make_tree import WITNESS, verifier_key

BLANK = ""


@dataclass(frozen=True, slots=True)
class ContestSpec:
    """`options` are pairs of id and limit; `threshold` is () or (rule, of, m, d)."""

    id: str
    options: tuple[tuple[str, int], ...]
    limit: int = 1
    blank: bool = False
    seats: int = 1
    threshold: tuple[()] | tuple[str, str, int, int] = ()
    ties: str = "report"

    @property
    def item_limits(self) -> tuple[int, ...]:
        return (*(limit for _, limit in self.options), *((1,) if self.blank else ()))

    @property
    def item_ids(self) -> tuple[str, ...]:
        return (*(name for name, _ in self.options), *((BLANK,) if self.blank else ()))


@dataclass(frozen=True, slots=True)
class Count:
    """What a channel on paper has of one contest: valid papers, others, and the votes of each item."""

    ballots: int
    spoiled: int
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VoteSpec:
    """One sealing: `choices` has for each contest of the style one value per item; `cast` or `challenge`."""

    voter: int
    style: str
    choices: tuple[tuple[int, ...], ...]
    action: str = "cast"


LAST = 10**6
"""Behind all votes."""


@dataclass(frozen=True, slots=True)
class Act:
    """A leaf about voters. `phase` and `at` say where: in `open`, behind so many votes; `roll` is before the codes.

    `member` is whose line it is about; what follows from the log (numbers, keys, leaf hashes) need not be said.
    """

    kind: str
    author: str
    members: tuple[tuple[str, object], ...] = ()
    member: int = 0
    phase: str = "open"
    at: int = LAST
    signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestartSpec:
    """A session that fails.

    `kind`: `bad-share` (the dealer's share is wrong, the answer shows it), `false` (a complaint against an honest
    dealer), `silent` (a complaint without answer), `missing` (the accuser's commit never comes).
    """

    kind: str
    accuser: int = 2
    dealer: int = 1

    @property
    def fault(self) -> int:
        return self.accuser if self.kind in ("false", "missing") else self.dealer


@dataclass(frozen=True, slots=True)
class ElectionSpec:
    """All that the record depends on, apart from the seed.

    `witnesses` are party ids, and `groups` the lines of the policy that follow theirs, the quorum's being the last.
    `extensions` are closing dates, later and later, put on the log after the first vote. With a roll a vote's `voter`
    is the number of a member; `papers` has for each channel on paper what was counted of each contest. `assets`
    are names and SHA-256 of the files of a page for voters.
    """

    contests: tuple[ContestSpec, ...]
    styles: tuple[tuple[str, tuple[str, ...]], ...]
    votes: tuple[VoteSpec, ...]
    n: int = 3
    k: int = 2
    decrypting: tuple[int, ...] = (1, 3)
    restarts: tuple[RestartSpec, ...] = ()
    floor: int = 0
    digits: str = "314159"
    group: str = "test-512"
    election: str = "reference-2031"
    witnesses: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    roll: RollSpec | None = None
    acts: tuple[Act, ...] = ()
    papers: tuple[tuple[str, tuple[Count, ...]], ...] = ()
    paper_first: bool = True
    weights: tuple[int, ...] = (1,)
    fallback: str = "withhold"
    assets: tuple[tuple[str, str], ...] = ()

    @property
    def paper(self) -> tuple[str, ...]:
        """The channels on paper."""
        return tuple(channel for channel, _ in self.papers)

    @property
    def channels(self) -> tuple[str, ...]:
        return ("online", *self.paper)

    @property
    def needs_lot(self) -> bool:
        return any(contest.ties == "lot" for contest in self.contests)

    def contest(self, name: str) -> ContestSpec:
        return next(contest for contest in self.contests if contest.id == name)

    def style(self, name: str) -> tuple[str, ...]:
        return next(contests for style, contests in self.styles if style == name)


# Sorted otherwise than by index, so that whoever sorts trustees by id computes something else.
TRUSTEES = ("uma", "tom", "sue", "ray", "pia")


def trustee_id(index: int) -> str:
    return TRUSTEES[index - 1]


def trustee_index(party: str) -> int:
    return TRUSTEES.index(party) + 1


def party_ids(spec: ElectionSpec) -> list[tuple[str, str]]:
    """Party id and role, in the manifest's order. The second teller signs nothing."""
    trustees = [(trustee_id(i), "trustee") for i in range(1, spec.n + 1)]
    witnesses = [(witness, "witness") for witness in spec.witnesses]
    parties = [("chair", "administrator"), ("teller-1", "teller"), *trustees, ("log", "log"), ("teller-2", "teller")]
    if spec.roll:
        parties += [(party, "registrar") for party in spec.roll.parties]
        parties += [("scrutineer", "scrutineer"), ("agent", "observer")]
    return parties + witnesses


OPEN, CLOSE = 1_935_388_800, 1_935_511_200
"""The dates of `make_manifest` in seconds since 1970-01-01T00:00:00Z."""


def seconds_of(date: str) -> int:
    """A date as seconds since 1970-01-01T00:00:00Z."""
    return timegm(strptime(date, "%Y-%m-%dT%H:%M:%SZ"))


def key_name(witness: str) -> str:
    """The name under which a witness cosigns; the policy has another for it, its party's id."""
    return f"{witness}.example/w1"


def make_policy(spec: ElectionSpec, public_keys: dict[str, bytes]) -> str:
    """A C2SP tlog-policy: the log, the witnesses, the groups and the quorum; nothing where there is no witness."""
    if not spec.witnesses:
        return ""
    lines = [f"log {verifier_key(log_name(spec), public_keys['log'])}"]
    lines += [f"witness {w} {verifier_key(key_name(w), public_keys[w], WITNESS)}" for w in spec.witnesses]
    return "".join(f"{line}\n" for line in (*lines, *spec.groups))


def log_name(spec: ElectionSpec) -> str:
    return f"log.example/{spec.election}"


def text(words: str) -> Json:
    return {"en": words}


def _threshold(contest: ContestSpec) -> Json:
    if not contest.threshold:
        return {"rule": "none"}
    rule, of, m, d = contest.threshold
    return {"of": of, "rule": rule, "share": [m, d]}


def contest_json(contest: ContestSpec) -> Json:
    return {
        "id": contest.id,
        "method": {"blank": "counted" if contest.blank else "uncounted", "kind": "choose", "limit": contest.limit},
        "name": text(f"Contest {contest.id}"),
        "options": [{"id": o, "limit": limit, "name": text(f"Option {o}")} for o, limit in contest.options],
        "outcome": {"seats": contest.seats, "threshold": _threshold(contest), "ties": {"rule": contest.ties}},
    }


def make_manifest(spec: ElectionSpec, public_keys: dict[str, bytes]) -> Json:
    """The manifest for these parties' raw Ed25519 keys, by party id."""
    return {
        "assets": dict(spec.assets),
        "box": {"batch_ms": 1000, "challenges": 5},
        "channels": {
            "list": list(spec.channels),
            "precedence": [*spec.paper, "online"] if spec.paper_first else list(spec.channels),
        },
        "claims": {
            "channels": bool(spec.papers),
            "eligibility": spec.roll is not None,
            "floor": spec.floor > 0,
            "witnesses": bool(spec.witnesses),
        },
        "contests": [contest_json(contest) for contest in spec.contests],
        "dates": {"close": "2031-05-02T18:00:00Z", "open": "2031-05-01T08:00:00Z", "tolerance": 300},
        "election": {"id": spec.election, "name": text("Reference election")},
        "eligibility": spec.roll.json() if spec.roll else {"kind": "open"},
        "entries": entries_json(len(spec.roll.registrars) if spec.roll else 0),
        "floor": {"fallback": spec.fallback, "minimum": spec.floor},
        "group": spec.group,
        "kind": "manifest",
        "origin": log_name(spec),
        "parties": [
            {"id": party, "key": public_keys[party].hex(), "organisation": f"Organisation of {party}", "role": role}
            for party, role in party_ids(spec)
        ],
        "quorum": spec.k,
        "rules": {
            "annulment": spec.roll.annulment if spec.roll else "never",
            "reissue": spec.roll.reissue if spec.roll else "never",
            "revote": "last",
        },
        "styles": [
            {"contests": list(contests), "id": name, "name": text(f"Style {name}")} for name, contests in spec.styles
        ],
        "v": 1,
        "weights": {"fallback": "none" if spec.weights == (1,) else "withhold", "values": list(spec.weights)},
        "witnesses": {"policy": make_policy(spec, public_keys)},
    }

"""Selections with a roll: both verifiers find them consistent, and the outcome is what a plain count gives.

First the named ones, with figures counted by hand; then random ones, against a few lines that know no cryptography.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from e2evote.verify import Verdict
from reference.encryptor import Act, Count, ElectionSpec, Member, RollSpec, VoteSpec
from reference.floor import parts_of
from reference.make_roll import check_characters, written
from reference.verifier import verify
from simulate.bases import SPECS, base_election
from simulate.bases_voters import ADA, BOB, CHAIR, PAPER
from simulate.insider import Dossier
from simulate.test_elections import reports
from simulate.voters import roll_of

Votes = Mapping[str, Mapping[str, int]]  # by part

COUNTED: dict[str, dict[str, Votes]] = {
    "roll": {"chair": {"online": {"ada": 1, "bob": 3}}, "board": {"online": {"pat": 2, "kim": 2, "": 1}}},
    "roll-paper-first": {
        "chair": {
            "online": {"ada": 0, "bob": 2},
            "in_person": {"ada": 1, "bob": 0},
            "postal": {"ada": 1, "bob": 2},
        },
        "board": {
            "online": {"pat": 1, "kim": 1, "": 0},
            "in_person": {"pat": 0, "kim": 1, "": 0},
            "postal": {"pat": 0, "kim": 1, "": 0},
        },
    },
    "roll-merged": {
        "chair": {"online": {"ada": 0, "bob": 2}, "in_person+postal": {"ada": 2, "bob": 2}},
        "board": {"online+in_person+postal": {"pat": 1, "kim": 3, "": 0}},
    },
    "roll-combined": {
        "chair": {"online+in_person+postal": {"ada": 2, "bob": 4}},
        "board": {"online+in_person+postal": {"pat": 1, "kim": 3, "": 0}},
    },
    "roll-withheld": {"chair": {}, "board": {}},
    "weighted": {"chair": {"online": {"ada": 2, "bob": 6}}, "board": {"online": {"pat": 11, "kim": 3, "": 1}}},
    "weighted-withheld": {"chair": {}, "board": {}},
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_selection_with_a_roll_is_counted_as_by_hand(name: str) -> None:
    report = reports(SPECS[name], name)
    assert report.verdict is Verdict.CONSISTENT, report.failing
    assert {result.contest: dict(result.parts) for result in report.facts.results} == COUNTED[name]


def test_the_reconciliation_of_a_roll_is_as_by_hand() -> None:
    """Each registrar issues five codes at first, two for the lines that are added, and one again."""
    d = Dossier(base_election("roll"))
    assert d.one("tally.statement").content["reconciliation"] == {
        "channels": [{"channel": "online", "lines": 4}],
        "lines": 8,
        "none": [
            {"lines": 1, "status": "annulled"},
            {"lines": 1, "status": "not-voted"},
            {"lines": 2, "status": "removed"},
        ],
        "registrars": [
            {"issued": 8, "party": "rita", "revoked": 3, "unused": 0, "used": 5},
            {"issued": 8, "party": "sid", "revoked": 2, "unused": 1, "used": 5},
        ],
    }
    facts = d.one("report").content["facts"]
    assert facts["twice"] == {"lines": 2, "voted": 2}
    assert facts["amendments"] == {"added": 2, "contacts": 2, "removed": 2}
    assert (facts["incidents"], facts["pauses"], facts["checked"], facts["challenges"]) == (2, 1, 2, 1)


@pytest.mark.parametrize(
    ("numbers", "weights", "floor", "fallback", "parts"),
    [
        ((5, 0, 7), (), 5, "withhold", ["a", "b", "c"]),
        ((5, 1, 7), (), 5, "withhold", []),
        ((5, 1, 7), (), 5, "combine", ["abc"]),
        ((5, 1, 7), (), 5, "merge", ["a", "bc"]),
        ((5, 7, 1), (), 5, "merge", ["a", "bc"]),
        ((1, 7, 5), (), 5, "merge", ["ab", "c"]),
        ((1, 1, 5), (), 5, "merge", ["abc"]),
        ((2, 3, 4), (), 5, "merge", ["abc"]),
        ((4, 1, 1), (), 5, "merge", ["abc"]),
        ((0, 1, 5), (), 5, "merge", ["a", "bc"]),
        ((1, 1, 1), (), 5, "merge", []),
        ((0, 0, 0), (), 0, "merge", ["a", "b", "c"]),
        ((0, 0, 0), (), 1, "merge", []),
        ((9,), (5, 4), 5, "withhold", []),
        ((9,), (9, 0), 5, "withhold", ["a"]),
    ],
)
def test_what_the_floor_leaves_of_a_contest(
    numbers: tuple[int, ...], weights: tuple[int, ...], floor: int, fallback: str, parts: list[str]
) -> None:
    found = parts_of(list(zip("abc", numbers, strict=False)), weights, floor, fallback)
    assert ["".join(part) for part in found] == parts


def test_a_code_is_checked_by_its_last_three_characters() -> None:
    code = "0123456789ABCDEFGHJKMN"
    assert written(code).replace(" ", "") == code + check_characters(code)
    others = {check_characters(code[:i] + "Z" + code[i + 1 :]) for i in range(22)}
    assert check_characters(code) not in others


def test_a_record_that_is_cut_off_is_incomplete() -> None:
    made = base_election("roll-paper-first")
    for size in range(1, len(made.entries)):
        d = Dossier(made)
        outcome = any(entry.kind == "outcome" for entry in d.entries[:size])
        del d.entries[size:]
        report = verify(d.files(), None, True)
        assert not [check for check in report["checks"] if check["status"] == "fail"], size
        assert report["verdict"] == ("consistent" if outcome else "incomplete"), size


def test_nothing_of_a_member_is_in_a_record() -> None:
    """Neither references, names and contacts nor codes, salts and seeds: of a line there is a number, and hashes."""
    d = Dossier(base_election("roll"))
    roll = roll_of(d)
    secrets: list[bytes] = [roll.seed(1), roll.seed(2)]
    for number, member in enumerate(roll.spec.everybody, 1):
        secrets += [words.encode() for words in (member.reference, member.name, *member.contacts)]
        secrets += [roll.salt(number, field) for field in roll.spec.fields]
        for party in roll.spec.parties:
            for version in range(2):
                code = roll.code(party, number, version)
                secrets += [code.encode(), written(code).encode(), roll.credential(party, number, version)]
    everything = b"\n".join(d.files().values()).lower()
    found = [secret for secret in secrets if secret.lower() in everything or secret.hex().encode() in everything]
    assert not found


def test_a_unanimous_result_is_no_secret() -> None:
    """No floor hides it: whoever knows who voted knows how. The result says so itself."""
    spec = replace(
        PAPER,
        contests=(CHAIR,),
        styles=(("all", ("chair",)),),
        votes=tuple(VoteSpec(member, "all", (ADA,)) for member in (1, 2, 3)),
        roll=RollSpec(tuple(Member(f"M{i}", "all") for i in range(1, 5))),
        acts=(),
        papers=(),
        floor=3,
    )
    (result,) = reports(spec, "unanimous").facts.results
    assert dict(result.votes) == {"ada": 3, "bob": 0}


# Random ones


@dataclass(slots=True)
class Plain:
    """Who may vote once: the last ballot of each member, unless annulled or there is a mark that prevails."""

    paper_first: bool
    votes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    voted: set[int] = field(default_factory=set)
    marked: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)

    def may(self, what: str, member: int) -> bool:
        if member in self.removed or member in self.marked:
            return False
        if what == "annul":
            return member in self.votes
        if what == "mark":
            return self.paper_first or member not in self.votes
        return True

    def do(self, what: str, member: int, choice: tuple[int, ...]) -> None:
        if what == "vote":
            self.votes[member] = choice
            self.voted.add(member)
        elif what == "annul":
            del self.votes[member]
        elif what == "mark":
            self.marked.add(member)

    def counted(self) -> list[tuple[int, ...]]:
        return [choice for member, choice in self.votes.items() if member not in self.marked]


@st.composite
def elections(draw: st.DrawFn) -> tuple[ElectionSpec, Plain]:
    """A selection with a roll in which everybody does what is allowed, and the plain count of it."""
    number = draw(st.integers(2, 5))
    plain = Plain(draw(st.booleans()))
    plain.removed = {member for member in range(1, number + 1) if draw(st.integers(0, 5)) == 0}
    acts = [Act("roll.remove", "chair", (("reason", "left"),), member, "setup") for member in sorted(plain.removed)]
    registrars = draw(st.sampled_from([(("rita", "post"),), (("rita", "post"), ("sid", "mail"))]))
    votes: list[VoteSpec] = []
    for _ in range(draw(st.integers(0, 6))):
        what = draw(st.sampled_from(["vote", "vote", "vote", "annul", "mark", "reissue"]))
        member = draw(st.integers(1, number))
        if not plain.may(what, member):
            continue
        choice = draw(st.sampled_from([ADA, BOB, (0, 0)]))
        plain.do(what, member, choice)
        at = len(votes)
        if what == "vote":
            votes.append(VoteSpec(member, "all", (choice,)))
        elif what == "annul":
            acts.append(Act("annul", "rita", (("reason", "coerced"),), member, "open", at))
        elif what == "mark":
            acts.append(Act("mark", "teller-1", (("channel", "postal"),), member, "open", at))
        else:
            party = draw(st.sampled_from(registrars))[0]
            acts.append(Act("credential.reissue", party, (("reason", "lost"),), member, "open", at))
    on_paper = len(plain.marked)
    roll = RollSpec(
        tuple(Member(f"M{i}", "all") for i in range(1, number + 1)), registrars=registrars, reissue="always"
    )
    papers = (("postal", (Count(on_paper, 0, (on_paper, 0)),)),)
    spec = replace(
        PAPER,
        contests=(CHAIR,),
        styles=(("all", ("chair",)),),
        votes=tuple(votes),
        acts=tuple(acts),
        roll=roll,
        papers=papers,
        paper_first=plain.paper_first,
        floor=draw(st.integers(0, 2)),
        fallback=draw(st.sampled_from(["merge", "combine", "withhold"])),
    )
    return spec, plain


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(elections())
def test_random_selections_with_a_roll_are_counted_right(made: tuple[ElectionSpec, Plain]) -> None:
    spec, plain = made
    report = reports(spec, "random roll")
    assert report.verdict is Verdict.CONSISTENT, report.failing
    counted, (result,) = plain.counted(), report.facts.results
    assert result.ballots == len(counted) + len(plain.marked)
    if result.status == "decrypted":
        ada = sum(choice[0] for choice in counted) + len(plain.marked)
        assert dict(result.votes) == {"ada": ada, "bob": sum(choice[1] for choice in counted)}
    else:
        numbers = len(counted), len(plain.marked)
        assert sum(numbers) < spec.floor or any(0 < number < spec.floor for number in numbers)

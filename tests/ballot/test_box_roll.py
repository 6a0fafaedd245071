"""Every leaf about voters that would fail a check: the box refuses it so, and a record with it fails exactly that."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.record.credentials import Credential, encoded_credentials
from e2evote.record.roll import encoded_roll, roll_root
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Add, Annul, Contact, Freeze, Issue, Mark, Reissue, Remove, Revoke
from tests.ballot.election import signing_key
from tests.ballot.rolled import RolledRig, Terms

FIELDS = ("reference", "name", "email", "phone")
AS_AT = "2031-04-01T00:00:00Z"
WEIGHTS = Terms(lines=(("all", 1),) * 3 + (("all", 2),) * 2, weights=(1, 2), floor=3)
ONLINE = Terms(paper=("in_person", "postal"), paper_prevails=False)
PAPER = Terms(paper=("in_person", "postal"))
UNVOTED, NEVER = Terms(paper=("postal",), reissue="unvoted"), Terms(reissue="never")
USUAL = Terms()

Make = Callable[[RolledRig], Envelope]


def frozen(fields: tuple[str, ...] = FIELDS, lines: int = 0, root: bytes = b"", **rows: object) -> Make:
    """A freeze; by the number of a row after `r`, what is another in it."""

    def make(rig: RolledRig) -> Envelope:
        made = list(rig.rows())
        for name, change in rows.items():
            made[int(name[1:]) - 1] = replace(made[int(name[1:]) - 1], **change)  # type: ignore[arg-type]
        payload = b"".join(encoded_roll(fields, made))
        own = roll_root(row.encode() for row in made)
        return rig.leaf("roll.freeze", Freeze(AS_AT, lines or len(made), root or own), payload)

    return make


def added(**change: object) -> Make:
    return lambda rig: rig.leaf("roll.add", Add("omitted", replace(rig.row(8), **change)))  # type: ignore[arg-type]


def removed(number: int, before: int = 0) -> Make:
    def make(rig: RolledRig) -> Envelope:
        if before:
            rig.post(rig.remove(before))
        return rig.leaf("roll.remove", Remove(line_of(number), "error"))

    return make


def contact(field: str = "email", line: int = 1, new: str = "moved", old: str = "member 1", before: int = 0) -> Make:
    """Another commitment to a field; new and old: of whose."""

    def make(rig: RolledRig) -> Envelope:
        if before:
            rig.post(rig.remove(before))
        place = FIELDS.index(field)
        one, other = (rig.row(1, name=name).commitments[place] for name in (new, old))
        return rig.leaf("roll.contact", Contact(field, line_of(line), one, other, "moved"))

    return make


def issued(edit: Callable[[list[Credential]], object] = len, first: int = 1, count: int = 0, head: str = "") -> Make:
    def make(rig: RolledRig) -> Envelope:
        made = list(rig.credentials("reg-2"))
        edit(made)
        payload = b"".join(encoded_credentials(head or "reg-2", made))
        return rig.leaf("credential.issue", Issue(count or len(made), first), payload, "reg-2")

    return make


def with_key(key: bytes, place: int = 2) -> Callable[[list[Credential]], None]:
    def edit(made: list[Credential]) -> None:
        made[place] = replace(made[place], key=key)

    return edit


def number(place: int, number: int) -> Callable[[list[Credential]], None]:
    def edit(made: list[Credential]) -> None:
        made[place] = replace(made[place], number=number)

    return edit


def same_twice(made: list[Credential]) -> None:
    made[3] = replace(made[3], key=made[2].key)


def of_the_other(made: list[Credential]) -> None:
    made[1] = replace(made[1], key=signing_key("reg-1, line 5, code 1").public)


def reissued(line: int = 1, number: int = 8, old: int = 1, key: bytes = b"", *before: str) -> Make:
    def make(rig: RolledRig) -> Envelope:
        for step in before:
            rig.post(getattr(rig, step)(line))
        body = Reissue(key or signing_key("new").public, line_of(line), number, old, "lost")
        return rig.leaf("credential.reissue", body, author="reg-1")

    return make


def revoked(line: int = 1, number: int = 1, twice: bool = False) -> Make:
    def make(rig: RolledRig) -> Envelope:
        if twice:
            rig.post(rig.revoke("reg-1", line))
        return rig.leaf("credential.revoke", Revoke(line_of(line), number, "disclosed"), author="reg-1")

    return make


def marked(line: int, *before: str) -> Make:
    def make(rig: RolledRig) -> Envelope:
        for step in before:
            rig.post(getattr(rig, step)(line))
        return rig.leaf("mark", Mark("postal", line_of(line)))

    return make


def annulled(line: int, ballot: int, *before: str) -> Make:
    """ballot: which of the line's ballots, from the first, 0 for none."""

    def make(rig: RolledRig) -> Envelope:
        hashes = [bytes(32)]
        for step in before:
            index = rig.post(getattr(rig, step)(line))
            if step == "ballot":
                hashes.append(rig.leaf_hash(index))
        return rig.leaf("annul", Annul(hashes[ballot], line_of(line), "device"), author="reg-2")

    return make


def ballot_of(line: int, *names: str, before: Callable[[RolledRig], Envelope] | None = None) -> Make:
    """A ballot of this line, sealed for and signed by the keys of these names."""

    def make(rig: RolledRig) -> Envelope:
        if before:
            rig.post(before(rig))
        return rig.ballot_by(line_of(line), [signing_key(name) for name in names])

    return make


CODE = "reg-{}, line {}, code {}"
IDENTITY = b"\x01" + bytes(31)

CASES: list[tuple[str, str, str, Terms, Make]] = [
    ("roll.form", "no style", "seeded", USUAL, frozen(r2={"style": "none"})),
    ("roll.form", "weight", "seeded", USUAL, frozen(r2={"weight": 2})),
    ("roll.form", "commitments", "seeded", USUAL, frozen(r2={"commitments": (bytes(32),) * 3})),
    ("roll.form", "want lines", "seeded", USUAL, frozen(r2={"line": "0000003"})),
    ("roll.form", "fields", "seeded", USUAL, frozen(("reference", "name", "phone", "email"))),
    ("roll.root", "7 lines", "seeded", USUAL, frozen(lines=8)),
    ("roll.root", "root", "seeded", USUAL, frozen(root=bytes(32))),
    ("roll.weights", "weight 2: 2 lines", "seeded", WEIGHTS, frozen()),
    ("roll.amendment", "line 0000009", "frozen", USUAL, added(line="0000009")),
    ("roll.amendment", "line 0000007", "frozen", USUAL, added(line="0000007")),
    ("roll.amendment", "style", "frozen", USUAL, added(style="none")),
    ("roll.amendment", "weight", "frozen", USUAL, added(weight=2)),
    ("roll.amendment", "commitments", "frozen", USUAL, added(commitments=(bytes(32),) * 5)),
    ("roll.amendment", "not on the roll", "frozen", USUAL, removed(8)),
    ("roll.amendment", "was removed", "frozen", USUAL, removed(7, before=7)),
    ("roll.amendment", "not the commitment", "open", USUAL, contact(old="member 2")),
    ("roll.amendment", "same commitment", "open", USUAL, contact(new="member 1")),
    ("roll.amendment", "no contact", "open", USUAL, contact("name")),
    ("roll.amendment", "not on the roll", "open", USUAL, contact(line=8)),
    ("roll.amendment", "was removed", "frozen", USUAL, contact(before=1)),
    ("credential.form", "registrar", "frozen", USUAL, issued(head="reg-1")),
    ("credential.lines", "line 0000001 has no credential", "frozen", USUAL, issued(list.clear)),
    ("credential.lines", "no", "frozen", USUAL, issued(list.pop)),
    ("credential.lines", "line", "frozen", USUAL, issued(list.reverse)),
    ("credential.lines", "number 9", "frozen", USUAL, issued(number(3, 9))),
    ("credential.lines", "first number is 2", "frozen", USUAL, issued(first=2)),
    ("credential.lines", "the leaf says 6", "frozen", USUAL, issued(count=6)),
    ("credential.keys", "line 0000003: a party's key", "issued", USUAL, issued(with_key(signing_key("tess").public))),
    ("credential.keys", "the identity", "issued", USUAL, issued(with_key(IDENTITY))),
    ("credential.keys", "not canonical", "issued", USUAL, issued(with_key(b"\xff" * 32))),
    ("credential.keys", "line 0000004: the key was", "issued", USUAL, issued(same_twice)),
    ("credential.keys", "line 0000002: the key was", "issued", USUAL, issued(of_the_other)),
    ("credential.keys", "before", "open", USUAL, reissued(1, 8, 1, signing_key(CODE.format(1, 1, 1)).public)),
    ("credential.keys", "before", "open", USUAL, reissued(1, 8, 1, signing_key(CODE.format(2, 3, 1)).public)),
    ("credential.reissue", "next is 8", "open", USUAL, reissued(number=9)),
    ("credential.reissue", "has 1", "open", USUAL, reissued(old=0)),
    ("credential.reissue", "has 1", "open", USUAL, reissued(old=2)),
    ("credential.reissue", "not on the roll", "open", USUAL, reissued(line=9, old=0)),
    ("credential.reissue", "allows none", "open", NEVER, reissued()),
    ("credential.reissue", "valid ballot", "open", UNVOTED, reissued(1, 8, 1, b"", "ballot")),
    ("credential.reissue", "has a mark", "open", UNVOTED, reissued(1, 8, 1, b"", "mark")),
    ("credential.revoke", "has number 1", "open", USUAL, revoked(number=2)),
    ("credential.revoke", "no credential", "open", USUAL, revoked(line=9)),
    ("credential.revoke", "no credential", "open", USUAL, revoked(twice=True)),
    ("channel.mark", "not on the roll", "open", PAPER, marked(8)),
    ("channel.mark", "has a mark already", "open", PAPER, marked(1, "mark")),
    ("channel.mark", "has voted online", "open", ONLINE, marked(1, "ballot")),
    ("ballot.annulled", "not the ballot", "open", USUAL, annulled(1, 0)),
    ("ballot.annulled", "not the ballot", "open", USUAL, annulled(1, 0, "ballot")),
    ("ballot.annulled", "not the ballot", "open", USUAL, annulled(1, 1, "ballot", "ballot")),
    ("ballot.annulled", "not the ballot", "open", USUAL, annulled(1, 1, "ballot", "annul")),
    ("ballot.annulled", "has a mark", "open", PAPER, annulled(1, 1, "ballot", "mark")),
    ("ballot.line", "active keys", "open", USUAL, ballot_of(1, CODE.format(2, 1, 1), CODE.format(1, 1, 1))),
    ("ballot.line", "active keys", "open", USUAL, ballot_of(1, CODE.format(1, 1, 1), CODE.format(2, 2, 1))),
    ("ballot.line", "not on the roll", "open", USUAL, ballot_of(8, CODE.format(1, 1, 1), CODE.format(2, 1, 1))),
    (
        "ballot.line",
        "active keys",
        "open",
        USUAL,
        ballot_of(1, CODE.format(1, 1, 1), CODE.format(2, 1, 1), before=lambda rig: rig.reissue("reg-2", 1)),
    ),
    (
        "ballot.line",
        "not an active key from every registrar",
        "open",
        USUAL,
        ballot_of(1, CODE.format(1, 1, 1), CODE.format(2, 1, 1), before=lambda rig: rig.revoke("reg-1", 1)),
    ),
]


@pytest.mark.parametrize(("check", "detail", "phase", "terms", "make"), CASES)
def test_it_is_refused_and_fails_exactly_this_check(
    check: str, detail: str, phase: str, terms: Terms, make: Make
) -> None:
    rig = _at(check, phase, terms)
    envelope = make(rig)
    refusal = rig.refusal(envelope)
    assert (refusal.code, detail in refusal.detail) == (check, True), str(refusal)
    rig.entries.append((envelope.leaf, envelope.payload or None, envelope.hints or None))
    examination = rig.examination()
    report = examination.report
    stays = check in ("roll.root", "roll.weights", "credential.keys")
    assert stays == (len(rig.entries) - 1 in [entry.index for entry in examination.others])
    strays = {"ballot.style"} if check == "ballot.line" and "not on the roll" in detail else set[str]()
    assert {failing.value for failing in report.failing} == {check} | strays  # such a line has no style at all
    subjects = [failure.subject for result in report.results for failure in result.failures]
    where = "contest" if check == "roll.weights" else f"entry {len(rig.entries) - 1} "
    assert subjects
    assert all(subject.startswith(where) for subject in subjects)


def _at(check: str, phase: str, terms: Terms) -> RolledRig:
    """Where reg-1 has issued and reg-2 has not, for the keys of the second."""
    if check.startswith("credential.") and phase in ("frozen", "issued"):
        rig = RolledRig.at("frozen", terms)
        rig.post(rig.issue("reg-1"))
        return rig
    return RolledRig.at(phase, terms)


def test_a_selection_opens_in_which_a_line_was_added_and_removed_again() -> None:
    """No row is due then; each registrar issues none, and voting may open."""
    rig = RolledRig.at("issued")
    rig.post(rig.add())
    rig.post(rig.remove(8))
    for registrar in rig.registrars:
        assert rig.refusal(rig.opening()).code == "board.phase"
        payload = b"".join(encoded_credentials(registrar, ()))
        for wrong in (Issue(0, 7), Issue(1, 8)):
            refusal = rig.refusal(rig.leaf("credential.issue", wrong, payload, registrar))
            assert refusal.code == "credential.lines"
        rig.post(rig.issue(registrar))
    rig.post(rig.opening())
    rig.post(rig.ballot(1))
    report = rig.examination().report
    assert report.failing == frozenset()
    assert [counts.issued for counts in rig.electorate.registrar_counts()] == [7, 7]

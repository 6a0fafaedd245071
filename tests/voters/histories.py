"""Any history of honest and dishonest parties before the box: it takes what the model of sixty lines takes, no more.

At every step the box accepts exactly what the model accepts. At the end rows, counted ballots and credentials are those
of the model, and the record that was written is one in which no check fails.
"""

from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.record.bodies import Body
from e2evote.record.electorate import RegistrarCounts
from e2evote.record.roll_row import line_of
from e2evote.record.rows import Row, rows_of
from e2evote.record.statement import Statement
from e2evote.record.voter_bodies import Add, Reason, Remove
from tests.ballot.rolled import RolledRig
from tests.voters import parties
from tests.voters.model import Model
from tests.voters.parties import NOWHERE, WRONGLY_SIGNED, Twins, accepts, changed, fresh, wrongly_signed
from tests.voters.settling import published, stated, verifiers_agree

LINES = (("all", 1), ("half", 1))
TERMS = st.builds(
    Twins,
    registrars=st.sampled_from([2, 2, 1]),
    lines=st.just(LINES),
    paper=st.just(("in_person", "postal")),
    paper_prevails=st.booleans(),
    annulment=st.sampled_from(["allowed", "allowed", "never"]),
    reissue=st.sampled_from(["always", "unvoted", "never"]),
)
NUMBER = st.sampled_from([1, 1, 1, 2, 2, 3])
"""Of a line, of one that is not there perhaps."""
SIGNED = st.sampled_from([""] * 3 * len(WRONGLY_SIGNED) + sorted(WRONGLY_SIGNED))
TO_THE_END = 12
"""Every so many histories one goes on to its outcome, and is verified by the reference too, which takes a second."""
BY = st.sampled_from([0, 1])
OFF = st.sampled_from([0, 0, 0, 0, 1, -1])
"""By how much the number of a leaf is not the one that is due."""


class Histories(RuleBasedStateMachine):
    """seen: what the box said, by what was tried. ended: how many there were."""

    ended: ClassVar[int] = 0
    seen: ClassVar[set[tuple[str, str]]] = set()

    @initialize(terms=TERMS, phase=st.sampled_from(["issued", "open"]))
    def begin(self, terms: Twins, phase: str) -> None:
        """The roll is frozen and has credentials; voting is open already, perhaps."""
        self.rig = RolledRig.at(phase, terms)
        self.rig.seeds = 0
        self.model = Model(terms.reissue, terms.annulment == "allowed", terms.paper_prevails)
        self.secrets = {place: [secret] for place, secret in self.rig.codes.items()}
        self.ballots: dict[int, list[tuple[bytes, Envelope]]] = {}
        self.begun, self.differ, self.pauses = self.rig.box.size, False, 0
        for number in range(1, len(LINES) + 1):
            assert self.model.add(*self.keys(number))
        self.model.phase = "open" if phase == "open" else "setup"

    # What is known of a line

    def keys(self, number: int) -> list[bytes]:
        return [self.secrets[registrar, number][-1].public for registrar in self.rig.registrars]

    def registrar(self, by: int) -> tuple[int, str]:
        place = by % len(self.rig.registrars)
        return place, self.rig.registrars[place]

    def last(self, number: int) -> bytes:
        """Of its valid ballots, as an honest device reads it from the board."""
        return self.rig.box.ledger.previous(line_of(number))

    def tried(self, what: str, envelope: Envelope, may: bool) -> None:
        """The box does with it what the model did."""
        code = accepts(self.rig, envelope)
        self.seen.add((what, code))
        self.differ = self.differ or bool(code) == may
        assert not self.differ, f"{what}: the box says {code or 'yes'}, the model {may}"

    # Votes

    @rule(number=NUMBER)
    def vote(self, number: int) -> None:
        """With the last code from each registrar, whatever has become of it."""
        self.cast("vote", number, self.signers(number), self.last(number))

    @rule(number=NUMBER)
    def vote_again(self, number: int) -> None:
        self.cast("vote", number, self.signers(number), self.last(number))

    @rule(number=NUMBER, back=st.integers(1, 3))
    def vote_after_an_earlier_ballot(self, number: int, back: int) -> None:
        """Its device did not know of the last one: nothing is replaced that it did not see."""
        earlier = [NOWHERE, *(made for made, _ in self.ballots.get(number, []))]
        self.cast("stale vote", number, self.signers(number), earlier[max(0, len(earlier) - 1 - back)])

    @rule(number=NUMBER, by=BY, back=st.integers(2, 3))
    def vote_with_an_old_code(self, number: int, by: int, back: int) -> None:
        signers, (place, registrar) = self.signers(number), self.registrar(by)
        earlier = self.secrets.get((registrar, number), [fresh("nobody's")])
        signers[place] = earlier[max(0, len(earlier) - back)]
        self.cast("old code", number, signers, self.last(number))

    @rule(number=NUMBER, of=NUMBER)
    def vote_with_the_codes_of_another_line(self, number: int, of: int) -> None:
        self.cast("codes of another line", number, self.signers(of), self.last(number))

    @rule(number=NUMBER, by=BY)
    def vote_with_an_extra_code(self, number: int, by: int) -> None:
        """Made by whoever holds the server: no leaf has its key."""
        signers = self.signers(number)
        signers[self.registrar(by)[0]] = fresh(f"extra code of line {number}")
        self.cast("extra code", number, signers, self.last(number))

    @rule(number=NUMBER)
    def vote_with_one_code_for_all(self, number: int) -> None:
        signers = self.signers(number)
        if len(signers) > 1:
            made = parties.ballot(self.rig, line_of(number), signers, self.last(number))
            self.tried("one code alone", parties.signed_with(made, signers[:1]), False)
            self.cast("codes in another order", number, signers[::-1], self.last(number))

    @precondition(lambda self: any(self.ballots.values()))
    @rule(data=st.data(), number=NUMBER)
    def play_a_ballot_again(self, data: Any, number: int) -> None:
        """The same bytes; or the sealed part for another line, signed with that line's codes."""
        made = data.draw(st.sampled_from([envelope for own in self.ballots.values() for _, envelope in own]))
        self.tried("same ballot", made, False)
        self.tried(
            "copied ballot", parties.copied(made, line_of(number), self.signers(number), self.last(number)), False
        )

    def signers(self, number: int) -> list[Any]:
        known = (self.secrets.get((registrar, number)) for registrar in self.rig.registrars)
        return [own[-1] if own else fresh(f"of line {number}") for own in known]

    def cast(self, what: str, number: int, signers: list[Any], prev: bytes) -> None:
        envelope = parties.ballot(self.rig, line_of(number), signers, prev)
        name = leaf_hash(envelope.leaf)
        keys = [key.public for key in signers]
        may = self.model.vote(number - 1, keys, name, None if prev == NOWHERE else prev)
        self.tried(what, envelope, may)
        if may:
            self.ballots.setdefault(number, []).append((name, envelope))

    # Codes

    @rule(number=NUMBER, by=BY, signed=SIGNED)
    def reissue(self, number: int, by: int, signed: str) -> None:
        place, registrar = self.registrar(by)
        secret = fresh(f"code {self.rig.box.size} of line {number}")
        envelope = parties.reissue(self.rig, registrar, number, secret)
        if signed:
            return self.tried(f"reissue {signed}", wrongly_signed(envelope, signed), False)
        may = self.model.reissue(number - 1, place, secret.public)
        self.tried("reissue", envelope, may)
        if may:
            self.secrets[registrar, number].append(secret)

    @rule(number=NUMBER, by=BY, how=st.sampled_from(["number", "old", "key", "organisation", "registrar"]))
    def reissue_falsely(self, number: int, by: int, how: str) -> None:
        """With a wrong number, for another code than the active one, to a key that was there, or by one house alone."""
        _, registrar = self.registrar(by)
        signers = (registrar, "tess")
        envelope = parties.reissue(self.rig, registrar, number, fresh(f"false {self.rig.box.size}"))
        issued = self.rig.electorate.book(registrar).issued
        match how:
            case "number":
                envelope = changed(envelope, signers, number=issued + 2)
            case "old":
                envelope = changed(envelope, signers, old=issued + 1)
            case "key":
                envelope = parties.reissue(self.rig, registrar, number, self.secrets["reg-1", 1][0])
            case "organisation":
                envelope = parties.reissue(self.rig, "reg-1", number, fresh(f"false {self.rig.box.size}"), "tom")
            case "registrar":
                envelope = changed(envelope, ("obi", "tess"), author="obi")
        self.tried(f"reissue with a wrong {how}", envelope, False)

    @rule(number=NUMBER, by=BY, signed=SIGNED)
    def revoke(self, number: int, by: int, signed: str) -> None:
        place, registrar = self.registrar(by)
        envelope = parties.revoke(self.rig, registrar, number)
        if signed:
            return self.tried(f"revoke {signed}", wrongly_signed(envelope, signed), False)
        return self.tried("revoke", envelope, self.model.revoke(number - 1, place))

    @rule(number=NUMBER, by=BY, how=st.sampled_from(["number", "organisation"]))
    def revoke_falsely(self, number: int, by: int, how: str) -> None:
        _, registrar = self.registrar(by)
        envelope = parties.revoke(self.rig, registrar, number, of=self.rig.electorate.book(registrar).issued + 1)
        if how == "organisation":
            envelope = parties.revoke(self.rig, "reg-1", number, teller="tom")
        self.tried(f"revoke with a wrong {how}", envelope, False)

    # The roll

    @rule(signed=SIGNED, skipped=st.sampled_from([0, 0, 0, 1]))
    def add(self, signed: str, skipped: int) -> None:
        """One more member, who gets codes at once."""
        number = len(self.model.lines) + 1
        envelope = self.rig.leaf("roll.add", Add("omitted", self.rig.row(number + skipped)))
        if signed or skipped:
            wrong = wrongly_signed(envelope, signed) if signed else envelope
            return self.tried(f"add {signed or 'another line'}", wrong, False)
        keys = [fresh(f"first code of line {number} from {registrar}") for registrar in self.rig.registrars]
        may = self.model.add(*(key.public for key in keys))
        self.tried("add", envelope, may)
        for registrar, key in zip(self.rig.registrars, keys, strict=True) if may else ():
            self.tried("issue", parties.issue(self.rig, registrar, key), True)
            self.secrets[registrar, number] = [key]

    @rule(number=NUMBER, signed=SIGNED, reason=st.sampled_from(["deceased", "left"]))
    def remove(self, number: int, signed: str, reason: str) -> None:
        envelope = self.rig.leaf("roll.remove", Remove(line_of(number), reason))
        if signed:
            return self.tried(f"remove {signed}", wrongly_signed(envelope, signed), False)
        return self.tried("remove", envelope, self.model.remove(number - 1))

    @rule(number=NUMBER, signed=SIGNED, stale=st.booleans())
    def contact(self, number: int, signed: str, stale: bool) -> None:
        """Nothing follows from it for who may vote."""
        if number > self.rig.electorate.lines:
            return
        envelope = self.rig.contact(number, name=f"moved {self.rig.box.size}")
        if signed:
            self.tried(f"contact {signed}", wrongly_signed(envelope, signed), False)
        elif stale:
            self.tried("contact in place of another", changed(envelope, ("chair", "tess"), old=NOWHERE), False)
        else:
            self.tried("contact", envelope, bool(self.model.member(number - 1, "setup", "open", "paused")))

    # What becomes of ballots

    @precondition(lambda self: self.ballots)
    @rule(data=st.data(), signed=SIGNED)
    def annul(self, data: Any, signed: str) -> None:
        """The last ballot of a line."""
        number = data.draw(st.sampled_from(sorted(self.ballots)))
        name, _ = self.ballots[number][-1]
        envelope = parties.annul(self.rig, number, name)
        if signed:
            return self.tried(f"annul {signed}", wrongly_signed(envelope, signed), False)
        self.tried("annul by one house", parties.annul(self.rig, number, name, teller="tom"), False)
        return self.tried("annul", envelope, self.model.annul(number - 1, name))

    @rule(number=NUMBER, of=NUMBER)
    def annul_falsely(self, number: int, of: int) -> None:
        """The first ballot of this line or of another one, or none that is there."""
        made = self.ballots.get(of, [])
        name = made[0][0] if made else fresh("no ballot").public
        self.tried("annul another", parties.annul(self.rig, number, name), self.model.annul(number - 1, name))

    @rule(number=NUMBER, channel=st.sampled_from(["in_person", "postal"]), signed=SIGNED)
    def mark(self, number: int, channel: str, signed: str) -> None:
        envelope = self.rig.mark(number, channel)
        if signed:
            return self.tried(f"mark {signed}", wrongly_signed(envelope, signed), False)
        return self.tried("mark", envelope, self.model.mark(number - 1, channel))

    @precondition(lambda self: any(line.mark for line in self.model.lines))
    @rule(data=st.data(), what=st.sampled_from(["annul", "reissue", "vote", "mark"]), by=BY)
    def go_on_after_a_mark(self, data: Any, what: str, by: int) -> None:
        """The same acts, for a line that has voted on paper."""
        number = data.draw(st.sampled_from([n for n, line in enumerate(self.model.lines, start=1) if line.mark]))
        match what:
            case "annul" if self.ballots.get(number):
                name, _ = self.ballots[number][-1]
                envelope = parties.annul(self.rig, number, name)
                self.tried("annul after a mark", envelope, self.model.annul(number - 1, name))
            case "reissue":
                self.reissue(number, by, "")
            case "vote":
                self.cast("vote after a mark", number, self.signers(number), self.last(number))
            case "mark":
                self.mark(number, ("in_person", "postal")[by], "")

    # Phases

    @precondition(lambda self: self.model.phase != "open")
    @rule()
    def open(self) -> None:
        may = self.model.phase == "setup"
        self.tried("open", self.rig.opening(), may)
        self.model.phase = "open" if may else self.model.phase

    @rule(signed=SIGNED, off=OFF)
    def pause(self, signed: str, off: int) -> None:
        may = self.change("pause", "open", "paused", signed, self.pauses + 1, off)
        self.pauses += may

    @rule(signed=SIGNED, off=OFF)
    def resume(self, signed: str, off: int) -> None:
        self.change("resume", "paused", "open", signed, self.pauses, off)

    def change(self, kind: str, wanted: str, then: str, signed: str, number: int, off: int) -> bool:
        """Always with the same reason: what differs between two is their number."""
        given = max(1, number + off)
        envelope = self.rig.leaf(kind, Reason(given, "outage"))
        if signed:
            self.tried(f"{kind} {signed}", wrongly_signed(envelope, signed), False)
            return False
        may = self.model.phase == wanted and given == number
        self.tried(kind if given == number else f"{kind} with a wrong number", envelope, may)
        self.model.phase = then if may else self.model.phase
        return may

    @precondition(lambda self: self.model.phase == "closed" or self.rig.box.size > self.begun + 6)
    @rule(signed=SIGNED)
    def close(self, signed: str) -> None:
        envelope = self.rig.leaf("close", Body())
        if signed:
            return self.tried(f"close {signed}", wrongly_signed(envelope, signed), False)
        may = self.model.phase in ("open", "paused")
        self.tried("close", envelope, may)
        self.model.phase = "closed" if may else self.model.phase
        return None

    # What follows

    @invariant()
    def agree(self) -> None:
        """Every row, and every number of credentials."""
        electorate = self.rig.electorate
        rows = tuple(rows_of(self.rig.box.ledger, electorate))
        assert rows == tuple(self.row(number) for number in range(1, len(self.model.lines) + 1))
        assert electorate.registrar_counts() == tuple(
            RegistrarCounts(registrar, *self.model.credentials(place))
            for place, registrar in enumerate(self.rig.registrars)
        )

    def row(self, number: int) -> Row:
        channel, status, ballot = self.model.outcome(number - 1)
        return Row(line_of(number), channel, ballot or b"", status)

    def teardown(self) -> None:
        """Closed, with papers and statement; then whoever reads the record finds what the model has."""
        if not hasattr(self, "model") or self.differ:
            return
        rig = self.rig
        if self.model.phase == "setup":
            rig.post(rig.opening())
        if self.model.phase != "closed":
            rig.post(rig.leaf("close", Body()))
        self.judge(stated(rig))
        type(self).ended += 1
        if self.ended % TO_THE_END == 0:
            published(rig)
            verifiers_agree(rig)

    def judge(self, statement: Statement) -> None:
        rows = [self.row(number) for number in range(1, len(self.model.lines) + 1)]
        assert list(statement.rows) == rows
        table, counted = statement.reconciliation, [row for row in rows if row.status == "counted"]
        assert table.lines == len(rows)
        for channel, number in table.channels.items():
            assert number == sum(row.channel == channel for row in rows)
        for status, number in table.none.items():
            assert number == sum((row.channel, row.status) == ("none", status) for row in rows)
        assert [(one.issued, one.used, one.unused, one.revoked) for one in table.registrars] == [
            self.model.credentials(place) for place in range(len(self.rig.registrars))
        ]
        examination = self.rig.examination()
        assert examination.report.failing == frozenset()
        assert examination.ledger
        assert {ballot.leaf_hash for _, ballot in examination.ledger.lines() if ballot} == {row.leaf for row in counted}

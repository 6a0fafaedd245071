"""A false report, and a false head, is refused by the box and fails its own check alone in a record."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import EMPTY_ROOT
from e2evote.hashing import canonical
from e2evote.record.report import PostedReport, StatedFacts, decode_report
from e2evote.verify.checks import Check, Status
from e2evote.verify.examine import Examination
from tests.ballot.boxed import Rig
from tests.ballot.rolled import RolledRig
from tests.ballot.told import (
    WORDS,
    checked,
    facts_of,
    incident,
    report_leaf,
    report_of,
    root_at,
    told,
    with_leaf,
)


def failing(examination: Examination) -> set[str]:
    return {check.value for check in examination.report.failing}


def examined(examination: Examination, check: Check) -> tuple[Status, int]:
    result = examination.report.result(check)
    return result.status, result.examined


def refused_alone(rig: RolledRig, envelope: Envelope, check: str) -> str:
    """The box refuses the leaf as this check, and a record that has it fails this check and no other. Its detail."""
    assert rig.refusal(envelope).code == check
    examination = with_leaf(rig, envelope)
    assert failing(examination) == {check}
    (failure,) = examination.report.result(Check(check)).failures
    assert failure.subject == f"entry {rig.box.size} ({'report' if check.startswith('report') else 'checked'})"
    return failure.detail


def plus(name: str, key: str = "") -> Callable[[StatedFacts], Any]:
    def changed(facts: StatedFacts) -> Any:
        old = getattr(facts, name)
        return {**old, key: old[key] + 1} if key else old + 1

    return changed


def registrar(name: str) -> Callable[[StatedFacts], Any]:
    def changed(facts: StatedFacts) -> Any:
        first, *others = facts.credentials
        return replace(first, **{name: getattr(first, name) + 1}), *others

    return changed


def table(**changes: Callable[[Any], Any]) -> Callable[[StatedFacts], Any]:
    def changed(facts: StatedFacts) -> Any:
        own = facts.reconciliation
        return replace(own, **{name: change(getattr(own, name)) for name, change in changes.items()})

    return changed


def one_more(numbers: dict[str, int], name: str) -> dict[str, int]:
    return {**numbers, name: numbers[name] + 1}


FALSE: dict[str, tuple[str, Callable[[StatedFacts], Any]]] = {
    "one more name file was opened of the register": ("access", plus("access", "register")),
    "one more name file was opened of the roll": ("access", plus("access", "roll")),
    "lines added": ("amendments", plus("amendments", "added")),
    "contacts changed": ("amendments", plus("amendments", "contacts")),
    "lines removed": ("amendments", plus("amendments", "removed")),
    "challenges": ("challenges", plus("challenges")),
    "statements of checkers": ("checked", plus("checked")),
    "incidents": ("incidents", plus("incidents")),
    "pauses": ("pauses", plus("pauses")),
    "votes online that paper took out": ("superseded", plus("superseded")),
    "lines with two codes": ("twice", plus("twice", "lines")),
    "lines with two codes that voted": ("twice", plus("twice", "voted")),
    "credentials issued": ("credentials", registrar("issued")),
    "credentials issued again": ("credentials", registrar("reissued")),
    "revocations": ("credentials", registrar("revocations")),
    "root": ("root", lambda facts: sha256(facts.root).digest()),
    "size": ("size", lambda facts: facts.size - 1),
    "lines of the roll": ("reconciliation", table(lines=lambda lines: lines + 1)),
    "lines online": ("reconciliation", table(channels=lambda numbers: one_more(numbers, "online"))),
    "lines by post": ("reconciliation", table(channels=lambda numbers: one_more(numbers, "postal"))),
    "lines annulled": ("reconciliation", table(none=lambda numbers: one_more(numbers, "annulled"))),
    "lines that did not vote": ("reconciliation", table(none=lambda numbers: one_more(numbers, "not-voted"))),
    "lines removed from the table": ("reconciliation", table(none=lambda numbers: one_more(numbers, "removed"))),
    "credentials used": (
        "reconciliation",
        table(registrars=lambda all_: (replace(all_[0], used=all_[0].used - 1), *all_[1:])),
    ),
}


@pytest.mark.parametrize("what", FALSE)
def test_a_report_with_one_false_number_is_rejected_and_named(what: str) -> None:
    rig, (name, false) = told(), FALSE[what]
    facts = facts_of(rig)
    detail = refused_alone(rig, report_of(rig, replace(facts, **{name: false(facts)})), "report.facts")
    member = "head" if name in ("root", "size") else name
    assert detail == f"{member}: want {facts.members()[member]}"


def test_every_member_of_the_facts_has_a_false_value_here() -> None:
    assert {name for name, _ in FALSE.values()} == set(StatedFacts.__dataclass_fields__)


def test_a_true_report_is_taken_and_says_what_happened() -> None:
    rig = told()
    facts = facts_of(rig)
    assert (dict(facts.access), dict(facts.amendments)) == (
        {"register": 1, "roll": 1},
        {"added": 1, "contacts": 2, "removed": 1},
    )
    assert (facts.challenges, facts.checked, facts.incidents, facts.pauses, facts.superseded) == (1, 2, 2, 1, 1)
    assert [(c.issued, c.reissued, c.revocations) for c in facts.credentials] == [(8, 1, 0), (8, 1, 1)]
    assert dict(facts.twice) == {"lines": 2, "voted": 1}
    assert facts.size == rig.post(report_of(rig))
    examination = rig.examination()
    assert failing(examination) == set()
    assert examined(examination, Check.REPORT_FORM) == examined(examination, Check.REPORT_FACTS) == (Status.PASS, 1)
    assert examined(examination, Check.CHECKED_HEAD) == (Status.PASS, 2)


def test_a_report_is_about_the_leaves_before_it_not_after() -> None:
    rig = told()
    rig.post(report_of(rig))
    rig.post(incident(rig, "other", ()))
    rig.post(checked(rig, rig.box.size))
    assert failing(rig.examination()) == set()


def test_a_report_made_before_another_entry_came_is_refused() -> None:
    rig = told()
    report = report_of(rig)
    rig.post(incident(rig, "other", ()))
    assert rig.refusal(report).code == "report.facts"
    rig.post(report_of(rig))


def test_a_second_report_of_the_same_scrutineer_has_no_place() -> None:
    rig = told()
    rig.post(report_of(rig))
    assert rig.refusal(report_of(rig)).code == "board.phase"


def test_only_a_scrutineer_reports() -> None:
    rig = told()
    report = report_leaf(rig, PostedReport(facts_of(rig), WORDS).encode(), author="tess")
    assert rig.refusal(report).code == "board.author"


def spoiled(change: Callable[[dict[str, Any]], None]) -> Callable[[RolledRig], bytes]:
    def payload(rig: RolledRig) -> bytes:
        value: Any = canonical.decode(PostedReport(facts_of(rig), WORDS).encode(), limit=2**20)
        change(value)
        return canonical.encode(value)

    return payload


FORMS: dict[str, Callable[[RolledRig], bytes]] = {
    "no JSON": lambda rig: b"{",
    "not canonical": lambda rig: PostedReport(facts_of(rig), WORDS).encode() + b" ",
    "no words": spoiled(lambda value: value.pop("words")),
    "an unknown fact": spoiled(lambda value: value["facts"].update(turnout=5)),
    "a fact is missing": spoiled(lambda value: value["facts"].pop("challenges")),
    "a negative number": spoiled(lambda value: value["facts"].update(challenges=-1)),
    "a number in quotes": spoiled(lambda value: value["facts"].update(challenges="1")),
    "no boolean": spoiled(lambda value: value["words"].update(inspected=1)),
    "a long text": spoiled(lambda value: value["words"].update(opinion="ä" * 5001)),
    "registrars in another order": spoiled(lambda value: value["facts"]["credentials"].reverse()),
    "a registrar is missing": spoiled(lambda value: value["facts"]["credentials"].pop()),
    "a channel of no manifest": spoiled(
        lambda value: value["facts"]["reconciliation"]["channels"].append({"channel": "in_person", "lines": 0})
    ),
    "a root of another length": spoiled(lambda value: value["facts"]["head"].update(root="00")),
}


@pytest.mark.parametrize("what", FORMS)
def test_a_report_without_its_form_is_rejected_and_its_facts_are_not_examined(what: str) -> None:
    rig = told()
    leaf = report_leaf(rig, FORMS[what](rig))
    refused_alone(rig, leaf, "report.form")
    assert examined(with_leaf(rig, leaf), Check.REPORT_FACTS) == (Status.NOT_RUN, 0)


def test_a_report_without_its_payload_is_no_report() -> None:
    rig = told()
    whole = report_of(rig)
    other = with_leaf(rig, replace(whole, payload=b"{}"))
    assert failing(other) == {"board.payload"}
    for check in (Check.REPORT_FORM, Check.REPORT_FACTS):
        assert examined(other, check) == (Status.NOT_RUN, 0)


def test_what_is_written_is_read_again() -> None:
    rig = told()
    report = PostedReport(facts_of(rig), WORDS)
    assert decode_report(report.encode(), rig.manifest) == report


# Heads


def test_a_head_may_be_of_any_beginning_of_the_log_even_an_empty_one() -> None:
    rig = told()
    rig.post(checked(rig, 0, EMPTY_ROOT))
    for size in (1, 17, rig.box.size):
        rig.post(checked(rig, size))
    assert failing(rig.examination()) == set()


HEADS: dict[str, Callable[[RolledRig], Envelope]] = {
    "of another log": lambda rig: checked(rig, 20, sha256(b"another log").digest()),
    "of the log at another size": lambda rig: checked(rig, 20, root_at(rig.entries, 21)),
    "of the empty log, with another root": lambda rig: checked(rig, 0, bytes(32)),
    "of an entry more than there is": lambda rig: checked(rig, rig.box.size + 1, root_at(rig.entries, rig.box.size)),
    "of a log far larger": lambda rig: checked(rig, 2**53 - 1, root_at(rig.entries, rig.box.size)),
}


@pytest.mark.parametrize("what", HEADS)
def test_a_head_that_is_not_of_this_log_is_rejected(what: str) -> None:
    rig = told()
    refused_alone(rig, HEADS[what](rig), "checked.head")


def test_a_head_after_the_leaf_is_rejected_though_the_log_later_has_it() -> None:
    rig = told()
    later = incident(rig, "other", ())
    body = checked(rig, rig.box.size)
    entries = [*rig.entries, (body.leaf, None, None)]
    size = len(entries)
    leaf = checked(rig, size, root_at(entries, size))
    assert failing(with_leaf(rig, leaf, later)) == {"checked.head"}


# Where there is less


def test_without_such_leaves_the_checks_pass_with_nothing_examined() -> None:
    examination = Rig.at("cast").examination()
    for check in (Check.CHECKED_HEAD, Check.REPORT_FORM, Check.REPORT_FACTS):
        assert examined(examination, check) == (Status.PASS, 0)


def test_the_facts_are_not_run_where_the_roll_was_left_out() -> None:
    rig = told()
    rig.post(report_of(rig))
    index = next(e.index for e in rig.examination().others if e.leaf.kind == "roll.freeze")
    leaf, _, hints = rig.entries[index]
    rig.entries[index] = (leaf, b"{}", hints)
    result = with_leaf(rig)
    assert examined(result, Check.REPORT_FACTS) == (Status.NOT_RUN, 0)
    assert examined(result, Check.REPORT_FORM) == (Status.PASS, 1)

"""Both verifiers over the tamper matrix: each row fails exactly the checks it names, and no others.

The reference verifier and the library's must give every check the same status.

One row for each check, and the harmless changes, run always; the other rows are marked slow.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from reference.encryptor import ContestSpec, ElectionSpec, VoteSpec, make_election
from reference.verifier import verify
from simulate.bases import base_election
from simulate.insider import Dossier
from simulate.tamper import Tamper
from simulate.tampers import ATTACKS, HARMLESS, NOT_RECORD, TAMPERS
from verify.shown import library_report

VERIFICATION = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
CHECK = re.compile(r"^\| `([a-z]+\.[a-z-]+)` \|", re.MULTILINE)


@cache
def documented_checks() -> tuple[str, ...]:
    return tuple(CHECK.findall(VERIFICATION.read_text(encoding="utf-8")))


def _rows() -> list[object]:
    """Every tamper; those after the first of their check are slow."""
    seen: set[tuple[str, str]] = set()
    rows: list[object] = []
    for tamper in TAMPERS:
        first = not tamper.also and (tamper.check, tamper.status) not in seen
        seen |= {(tamper.check, tamper.status)} if first else set()
        rows.append(pytest.param(tamper, id=tamper.name, marks=() if first else pytest.mark.slow))
    return rows


def tampered(tamper: Tamper) -> Dossier:
    dossier = Dossier(base_election(tamper.base))
    tamper.apply(dossier)
    return dossier


def examine(tamper: Tamper, folder: Path) -> tuple[str, frozenset[str], frozenset[str]]:
    """Verdict, failing checks, missing checks, on which both verifiers agree.

    The library's report is the same, byte for byte, in batches and one by one.
    """
    dossier = tampered(tamper)
    library = library_report(dossier, tamper.shown, folder)
    assert library.encode() == library_report(dossier, tamper.shown, folder, one_by_one=True).encode()
    source: object = dossier.files()
    if tamper.shown == "zip":
        source = folder / "record.zip"
    elif tamper.shown == "directory":
        source = folder / "record"
    report = verify(source, dossier.expect, dossier.allow_test_group, dossier.since)
    assert library.verdict.value == report["verdict"]
    assert {r.check.value: r.status.value for r in library.results} == {
        c["check"]: c["status"] for c in report["checks"]
    }
    named = {status: frozenset(c["check"] for c in report["checks"] if c["status"] == status) for status in STATUSES}
    return report["verdict"], named["fail"], named["missing"]


STATUSES = ("fail", "missing")


@pytest.mark.parametrize("tamper", _rows())
def test_exactly_the_named_checks_fail(tamper: Tamper, tmp_path: Path) -> None:
    verdict, failing, missing = examine(tamper, tmp_path)
    assert failing == tamper.failing
    assert verdict == tamper.verdict
    if tamper.status == "missing":
        assert tamper.check in missing


@pytest.mark.parametrize("tamper", [pytest.param(tamper, id=tamper.name) for tamper in HARMLESS])
def test_harmless_changes_are_not_noticed(tamper: Tamper, tmp_path: Path) -> None:
    assert examine(tamper, tmp_path) == ("consistent", frozenset(), frozenset())


def test_every_check_has_a_tamper_that_fails_it_alone() -> None:
    alone = {tamper.check for tamper in TAMPERS if tamper.failing == {tamper.check}}
    absent = {tamper.check for tamper in TAMPERS if tamper.status == "missing"}
    assert len(documented_checks()) == len(set(documented_checks())) > 40
    assert set(documented_checks()) - alone == {"record.payloads", "record.complete"}
    assert absent == {"record.files", "record.payloads", "record.complete", "board.witnesses", "board.dates"}
    assert {check for tamper in TAMPERS for check in (tamper.check, *tamper.also)} - {""} == set(documented_checks())


def test_every_attack_is_in_one_table() -> None:
    shown = {attack for tamper in (*TAMPERS, *HARMLESS) for attack in tamper.attacks}
    assert set(ATTACKS) == set(ATTACKS) & (shown | NOT_RECORD.keys())
    assert not shown & NOT_RECORD.keys()
    assert all(re.fullmatch(r"A\d{2,3}", attack) for attack in shown)


def test_names_are_unique() -> None:
    names = [tamper.name for tamper in (*TAMPERS, *HARMLESS)]
    assert len(names) == len(set(names))


def _all_that_is_shown(dossier: Dossier) -> tuple[object, ...]:
    on_disk = dossier.on_disk is not None
    return dossier.files(), dossier.archive, dossier.expect, dossier.since, dossier.allow_test_group, on_disk


@cache
def _untampered(base: str) -> tuple[object, ...]:
    return _all_that_is_shown(Dossier(base_election(base)))


@pytest.mark.slow
def test_every_tamper_changes_something() -> None:
    """Against a row that passes because its change was lost; only the base that breaks a rule itself is exempt."""
    idle = {tamper.name for tamper in TAMPERS if _all_that_is_shown(tampered(tamper)) == _untampered(tamper.base)}
    assert idle == {"quorum-of-half"}


def test_the_same_seed_gives_the_same_bytes() -> None:
    spec = base_election("base").spec
    first, second, other = (Dossier(make_election(spec, seed)) for seed in (bytes(32), bytes(32), b"1" * 32))
    assert first.files() == second.files()
    assert first.files()["checkpoint"] != other.files()["checkpoint"]


def test_a_record_in_the_real_group_is_accepted() -> None:
    only = ContestSpec("only", (("yes", 1),))
    vote = VoteSpec(1, "all", ((1,),))
    spec = ElectionSpec(
        (only,), (("all", ("only",)),), (vote,), n=1, k=1, decrypting=(1,), group="electionguard-2.1-4096"
    )
    dossier = Dossier(make_election(spec, b"r" * 32))
    report = verify(dossier.files(), dossier.anchors())
    assert report["verdict"] == "accepted"
    assert report["results"][0]["votes"] == {"yes": 1}

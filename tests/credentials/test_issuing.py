"""A registrar makes one code for each line that never had one, sends it where the board says, and keeps nothing."""

import copy
import pickle
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.credentials.addresses import Addressee, addressees, rows_in_force
from e2evote.credentials.code import Code, CredentialKeys
from e2evote.credentials.freezing import change_contact
from e2evote.credentials.issuing import Issued, Registrar, issue, reissue
from e2evote.credentials.opened_roll import OpenedRoll
from e2evote.errors import Refused
from e2evote.proofs.signature import decode_public_key
from e2evote.record.credentials import read_credentials
from e2evote.record.roll_row import RollRow, line_of
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Issue, Reissue
from e2evote.secret.randomness import Randomness, SystemRandomness
from tests.credentials.association import BASE_HASH
from tests.credentials.frozen import SIZE, frozen_roll
from tests.randomness import DeterministicRandomness

ROLL = frozen_roll()
REGISTRAR = Registrar(BASE_HASH, "reg-a", "email")
LINES = [line_of(number) for number in range(1, SIZE + 1)]


def everybody(
    opened: OpenedRoll = ROLL.opened, rows: Sequence[RollRow] = (), removed: Sequence[str] = (), contact: str = "email"
) -> tuple[Addressee, ...]:
    return addressees(opened, rows or ROLL.rows, removed, contact, BASE_HASH)


def issued(keyed: Sequence[str] = (), randomness: Randomness | None = None, **removed: Sequence[str]) -> Issued:
    return issue(REGISTRAR, everybody(**removed), keyed, randomness or DeterministicRandomness("issue"))  # type: ignore[arg-type]


def test_every_line_has_one_key_and_one_letter() -> None:
    made = issued()
    assert [one.line for one in made.credentials] == [one.line for one in made.letters] == LINES
    assert [one.number for one in made.credentials] == [one.number for one in made.letters] == [*range(1, SIZE + 1)]
    assert made.body == Issue(SIZE, 1)
    keys = CredentialKeys(BASE_HASH, "reg-a")
    for credential, letter, line in zip(made.credentials, made.letters, ROLL.opened.lines, strict=True):
        typed = Code.read(letter.code.in_groups().lower())
        assert keys.of(letter.line, typed).public == credential.key == decode_public_key(credential.key).encoded
        assert (letter.name, letter.address) == (line.name, line.values[2])
    posted = read_credentials(in_one(b"".join(made.payload())), "reg-a")
    assert tuple(posted.rows()) == made.credentials


def test_a43_no_line_and_no_key_is_there_twice() -> None:
    """Whatever had keys before and was removed: the lines of an issue are the rest, each once, and no others."""
    made = issued()
    assert len({one.line for one in made.credentials}) == len({one.key for one in made.credentials}) == SIZE
    assert len({one.code.in_groups() for one in made.letters}) == SIZE


@given(st.sets(st.sampled_from(LINES)), st.sets(st.sampled_from(LINES)), st.integers(1, 2**31 - 1 - SIZE))
def test_a45_codes_are_made_for_lines_without_one_and_for_nobody_else(
    keyed: set[str], removed: set[str], next_number: int
) -> None:
    people, wanted = everybody(removed=sorted(removed)), [line for line in LINES if line not in keyed | removed]
    registrar = replace(REGISTRAR, next_number=next_number)
    if not wanted:
        with pytest.raises(Refused) as refused:
            issue(registrar, people, keyed, DeterministicRandomness("x"))
        assert refused.value.code == "nothing-to-issue"
        return
    made = issue(registrar, people, keyed, DeterministicRandomness("x"))
    assert [one.line for one in made.credentials] == [one.line for one in made.letters] == wanted
    assert [one.number for one in made.credentials] == [*range(next_number, next_number + len(wanted))]
    assert made.registrar == replace(registrar, next_number=next_number + len(wanted))


def test_a125_a_second_run_makes_no_code_for_a_line_that_has_a_key() -> None:
    """After an interruption the board says who has one; the numbers go on where they were."""
    first = issued(keyed=LINES[10:])
    keyed = [*LINES[10:], *(one.line for one in first.credentials)]
    with pytest.raises(Refused, match="every line has, or had, a code of reg-a"):
        issue(first.registrar, everybody(), keyed, DeterministicRandomness("again"))
    second = issue(first.registrar, everybody(), keyed[:-1], DeterministicRandomness("again"))
    assert [(one.number, one.line) for one in second.credentials] == [(11, LINES[9])]


class Stuck:
    """Always the same bytes."""

    def bytes(self, size: int) -> bytes:
        return bytes(size)

    def below(self, bound: int) -> int:
        return 0


def test_randomness_that_repeats_is_no_reason_for_alarm_between_lines_since_keys_differ() -> None:
    """The key depends on the line too; equal codes would still be two keys."""
    made = issued(randomness=Stuck())
    assert len({one.key for one in made.credentials}) == SIZE
    assert len({one.code.in_groups() for one in made.letters}) == 1


def test_two_registrars_codes_are_independent() -> None:
    """From one registrar's letters nothing follows about the other's keys, even with the same randomness."""
    other = issue(
        Registrar(BASE_HASH, "reg-b", "phone"), everybody(contact="phone"), (), DeterministicRandomness("issue")
    )
    assert {one.key for one in other.credentials}.isdisjoint(one.key for one in issued().credentials)
    assert [one.address for one in other.letters] == [line.values[3] for line in ROLL.opened.lines]


def test_s3_an_address_that_the_board_does_not_commit_to_gets_no_code() -> None:
    line = ROLL.opened.lines[4]
    for place, field, value in ((2, "email", "mallory@example.org"), (1, "name", "Mallory")):
        values = (*line.values[:place], value, *line.values[place + 1 :])
        lines = (*ROLL.opened.lines[:4], replace(line, values=values), *ROLL.opened.lines[5:])
        opened = OpenedRoll(ROLL.opened.fields, ROLL.opened.seeds, SIZE, lines)
        with pytest.raises(Refused, match=f"line 0000005: its {field} is not the one that the board") as refused:
            everybody(opened)
        assert refused.value.code == "roll-opened"
        assert value not in refused.value.detail
        assert len(everybody(opened, removed=["0000005"])) == SIZE - 1


def test_a_change_of_contact_counts_from_its_leaf() -> None:
    opened, change = change_contact(
        ROLL.opened, "0000005", "email", "new@example.org", "moved", BASE_HASH, DeterministicRandomness("x")
    )
    published = replace(ROLL.published, changes={"0000005": (change,)})
    rows = list(rows_in_force(ROLL.rows, published))
    assert [one.line for one in rows] == LINES
    assert everybody(opened, rows)[4].address == "new@example.org"
    with pytest.raises(Refused, match="line 0000005"):
        everybody(opened)
    with pytest.raises(Refused, match="line 0000005"):
        everybody(rows=rows)


def test_added_lines_come_after_the_frozen_ones() -> None:
    row = replace(ROLL.rows[0], line=line_of(SIZE + 1))
    rows = list(rows_in_force(ROLL.rows, replace(ROLL.published, added={row.line: row})))
    assert rows == [*ROLL.rows, row]
    with pytest.raises(Refused, match=f"line {row.line} is on the board and not in the opened roll"):
        everybody(rows=rows)


def test_a_line_without_the_contact_is_named() -> None:
    opened, change = change_contact(
        ROLL.opened, "0000005", "email", "", "bounced", BASE_HASH, DeterministicRandomness("x")
    )
    rows = list(rows_in_force(ROLL.rows, replace(ROLL.published, changes={"0000005": (change,)})))
    with pytest.raises(Refused, match="line 0000005 has no email to send a code to"):
        everybody(opened, rows)


def test_a_code_is_issued_again_with_the_next_number() -> None:
    first = issued()
    made = reissue(first.registrar, everybody()[4], 5, "lost", DeterministicRandomness("again"))
    assert made.body == Reissue(made.body.key, "0000005", SIZE + 1, 5, "lost")
    assert made.registrar.next_number == SIZE + 2
    assert (made.letter.number, made.letter.line) == (SIZE + 1, "0000005")
    assert CredentialKeys(BASE_HASH, "reg-a").of("0000005", made.letter.code).public == made.body.key
    assert made.body.key not in {one.key for one in first.credentials}
    assert made.letter.code.in_groups() != first.letters[4].code.in_groups()
    assert reissue(first.registrar, everybody()[4], 0, "damaged", DeterministicRandomness("x")).body.old == 0


@pytest.mark.parametrize(("old", "reason"), [(SIZE + 1, "lost"), (-1, "lost"), (5, "asked")])
def test_a_reissue_that_no_board_would_take_is_refused(old: int, reason: str) -> None:
    with pytest.raises(ValueError, match=r"number|reason"):
        reissue(issued().registrar, everybody()[4], old, reason, DeterministicRandomness("x"))


def test_a138_what_a_registrar_keeps_is_public() -> None:
    """Base hash, names and number: with the same state two runs give other codes, and no code follows from it."""
    made = issue(REGISTRAR, everybody(), (), SystemRandomness())
    assert made.registrar == Registrar(BASE_HASH, "reg-a", "email", SIZE + 1)
    again = issue(REGISTRAR, everybody(), (), SystemRandomness())
    assert again.registrar == made.registrar
    assert {one.key for one in again.credentials}.isdisjoint(one.key for one in made.credentials)
    kept = repr(made.registrar).encode() + b"".join(made.payload())
    for letter in made.letters:
        for secret in (letter.code.in_groups(), letter.code.in_groups().replace("-", "")[:22], letter.name):
            assert secret.encode() not in kept


def test_letters_do_not_leave_unnoticed() -> None:
    letter = issued().letters[4]
    assert repr(letter) == "Letter(5, 0000005, <redacted>)"
    assert repr(everybody()[4]) == "Addressee(0000005, <redacted>)"
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(letter)

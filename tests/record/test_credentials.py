"""The payload of a registrar's credentials: one form, and each other one refused by name."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.record import credentials
from e2evote.record.credentials import Credential, encoded_credentials, read_credentials
from e2evote.record.roll_row import line_of
from e2evote.record.text_lines import in_one


def credential(number: int, line: str = "") -> Credential:
    return Credential(number, line or line_of(number), hashlib.sha256(b"%d" % number).digest())


def payload(some: list[Credential], registrar: str = "reg-a") -> bytes:
    return b"".join(encoded_credentials(registrar, some))


GOOD = payload([credential(number) for number in (1, 2, 3)])
HEAD, LINE = GOOD.split(b"\n")[:2]


def test_the_payload_is_canonical_json_in_text_lines() -> None:
    assert HEAD == b'{"registrar":"reg-a"}'
    assert canonical.encode(json.loads(LINE)) == LINE
    assert json.loads(LINE)[1] == {"key": hashlib.sha256(b"2").hexdigest(), "line": "0000002", "number": 2}


@pytest.mark.parametrize("count", [0, 1, 4096, 4097])
def test_any_number_of_credentials_is_read_as_it_was_written(count: int) -> None:
    some = [credential(number + 7, line_of(number)) for number in range(1, count + 1)]
    data = payload(some)
    posted = read_credentials(lambda: (data[i : i + 999] for i in range(0, len(data), 999)), "reg-a")
    assert (posted.count, list(posted.rows())) == (count, some)


def test_order_and_keys_are_not_judged_here() -> None:
    some = [credential(9), credential(2), credential(2), Credential(2**31 - 1, "9999999", bytes(32))]
    assert list(read_credentials(in_one(payload(some)), "reg-a").rows()) == some


REFUSED = {
    "another registrar": (payload([credential(1)], "reg-b"), "registrar: 'reg-b', want one of 'reg-a'"),
    "an empty text line": (HEAD + b"\n[]\n", "text line 2: 0 items, want 1 to 4096"),
    "number 0": (payload([credential(0, "0000001")]), "rows[0].number: 0, want 1 to 2147483647"),
    "a large number": (payload([credential(2**31, "0000001")]), "rows[0].number: 2147483648, want 1 to"),
    "a number with a zero": (GOOD.replace(b":1}", b":01}"), "text line 2: not canonical JSON"),
    "line 0": (payload([credential(1, "0000000")]), "rows[0].line: not 7 decimal digits"),
    "eight digits": (payload([credential(1, "00000001")]), "rows[0].line: not 7 decimal digits"),
    "a short key": (payload([Credential(1, "0000001", bytes(31))]), "rows[0].key: 62 characters, want 64"),
    "a secret besides": (GOOD.replace(b'{"key"', b'{"code":"","key"', 1), "rows[0]: 'code' is unknown here"),
    "4097 rows": (HEAD + b"\n[" + b",".join([credential(1).encode()] * 4097) + b"]\n", "text line 2: 4097 items"),
    "a short text line first": (HEAD + b"\n" + (LINE + b"\n") * 2, "text line 2: fewer than 4096 rows"),
    "unended": (GOOD[:-1], "text line 2: does not end with 0x0A"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_other_form_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(MalformedInput) as refused:
        read_credentials(in_one(data), "reg-a")
    assert str(refused.value).startswith(reason)
    monkeypatch.setattr(credentials, "plain_rows", lambda line, row: None)
    with pytest.raises(MalformedInput) as again:
        read_credentials(in_one(data), "reg-a")
    assert str(again.value) == str(refused.value)


@given(st.data())
def test_a_changed_byte_is_refused_or_other_credentials(data: st.DataObject) -> None:
    changed = bytearray(GOOD)
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] = data.draw(st.sampled_from([10, 32, 34, 44, 48, 91, 93, 97, 123, 125, changed[at] ^ 1]))
    try:
        posted = read_credentials(in_one(bytes(changed)), "reg-a")
    except MalformedInput:
        return
    assert payload(list(posted.rows())) == bytes(changed)

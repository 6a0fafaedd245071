"""Envelopes are read as they were written or not at all; batches have an order of their own."""

import pytest

from e2evote.ballot.box_batch import plan
from e2evote.ballot.box_envelope import LARGEST, PREFIX, Envelope, decode_envelope
from e2evote.errors import MalformedInput
from e2evote.record.bodies import Body
from tests.ballot.boxed import SESSION, Rig


@pytest.mark.parametrize(
    "envelope",
    [Envelope(b"x"), Envelope(b"x", b"y"), Envelope(b"x", b"", b"z"), Envelope(b"x", b"y", b"z", SESSION)],
)
def test_an_envelope_is_read_as_it_was_written(envelope: Envelope) -> None:
    assert decode_envelope(envelope.encode()) == envelope


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PREFIX[:-1],
        PREFIX,
        b"X" + Envelope(b"x").encode(),
        Envelope(b"x", b"y", b"z", SESSION).encode() + b"\x00",
        Envelope(b"x").encode()[:-1],
        PREFIX + b"\xff\xff\xff\xff",
        PREFIX + (4097).to_bytes(4, "big") + bytes(4097) + bytes(12),
        PREFIX + bytes(16),
        Envelope(b"x", b"", b"", SESSION).encode()[:-1] + b"-",
        Envelope(b"x", b"", b"", SESSION).encode()[:-1] + b"\xff",
        PREFIX + b"\x00\x00\x00\x01x" + bytes(8) + b"\x00\x00\x00\x01a",
    ],
)
def test_what_is_no_envelope_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        decode_envelope(data)


def test_every_truncation_of_an_envelope_is_malformed() -> None:
    whole = Envelope(b"leaf", b"payload", b"hints", SESSION).encode()
    for length in range(len(whole)):
        with pytest.raises(MalformedInput):
            decode_envelope(whole[:length])


@pytest.mark.parametrize("arguments", [(b"",), (bytes(4097),), (b"x", b"", b"", "short"), (b"x", b"", b"", "A" * 32)])
def test_an_envelope_that_could_not_be_read_is_not_made(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="envelope"):
        Envelope(*arguments)  # type: ignore[arg-type]


def test_an_envelope_has_a_largest_size() -> None:
    assert len(Envelope(b"x", b"y", b"z", SESSION).encode()) < LARGEST


# Batches


def test_a_batch_is_in_the_order_of_hashes_and_has_one_ballot_of_a_line() -> None:
    rig = Rig.at("open")
    close, garbage = rig.leaf("close", Body()), Envelope(b"garbage")
    first, second, other = rig.ballot("vera"), rig.ballot("vera"), rig.ballot("otto")
    opened, _ = rig.challenge("otto")
    names = {"close": close, "first": first, "garbage": garbage, "second": second, "other": other, "opened": opened}
    planned = plan(rig.box.setting, names)
    assert planned.later == ("second",)
    assert set(planned.now[:3]) == {"first", "other", "opened"}
    assert planned.now[3:] == ("close", "garbage")
    for arrived in (dict(reversed(names.items())), dict(sorted(names.items()))):
        assert {"first", "second"} & set(plan(rig.box.setting, arrived).later)
    swapped = {name: names[name] for name in ("opened", "other", "first", "close", "garbage")}
    assert plan(rig.box.setting, swapped).now == planned.now


def test_a_ballot_that_would_be_refused_makes_nobody_wait() -> None:
    """Only ballots of a line for which another waits are asked about, each once."""
    asked: list[str] = []
    rig = Rig.at("open")
    names = {name: rig.ballot("vera") for name in ("bad", "worse", "good", "late")} | {"other": rig.ballot("otto")}

    def is_refused(name: str) -> bool:
        asked.append(name)
        return name in ("bad", "worse")

    planned = plan(rig.box.setting, names, is_refused)
    assert (set(planned.now), planned.later) == ({"bad", "worse", "good", "other"}, ("late",))
    assert asked == ["bad", "worse", "good"]

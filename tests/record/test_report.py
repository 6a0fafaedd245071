"""A report's payload has one encoding, and what is read is what was written or is refused."""

from hypothesis import given
from hypothesis import strategies as st

from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import LARGEST
from e2evote.manifest.model import Manifest
from e2evote.record.credential_book import RegistrarCounts
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.report import PostedReport, RegistrarChanges, StatedFacts, decode_report
from e2evote.record.report_facts import ReportWords
from e2evote.record.rows import WITHOUT_CHANNEL
from tests.ballot.rolled import Terms

MANIFEST: Manifest = Terms(paper=("in_person", "postal")).manifest()
PARTIES = [party.id for party in MANIFEST.registrars]
NUMBERS = st.integers(0, LARGEST)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def numbers(*names: str) -> st.SearchStrategy[dict[str, int]]:
    """In this order, which is that of the encoding."""
    return st.tuples(*(NUMBERS for _ in names)).map(lambda drawn: dict(zip(names, drawn, strict=True)))


RECONCILIATIONS = st.builds(
    Reconciliation,
    NUMBERS,
    numbers(*MANIFEST.channels.list),
    numbers(*WITHOUT_CHANNEL),
    st.tuples(*(st.builds(RegistrarCounts, st.just(id), NUMBERS, NUMBERS, NUMBERS, NUMBERS) for id in PARTIES)),
)
FACTS = st.builds(
    StatedFacts,
    access=numbers("register", "roll"),
    amendments=numbers("added", "contacts", "removed"),
    challenges=NUMBERS,
    checked=NUMBERS,
    credentials=st.tuples(*(st.builds(RegistrarChanges, st.just(id), NUMBERS, NUMBERS, NUMBERS) for id in PARTIES)),
    root=st.binary(min_size=32, max_size=32),
    size=NUMBERS,
    incidents=NUMBERS,
    pauses=NUMBERS,
    reconciliation=RECONCILIATIONS,
    superseded=NUMBERS,
    twice=numbers("lines", "voted"),
)
WORDS = st.builds(ReportWords, complaints=TEXTS, inspected=st.booleans(), opinion=TEXTS, why=TEXTS)
REPORTS = st.builds(PostedReport, FACTS, WORDS)


@given(REPORTS)
def test_what_is_written_is_read_again(report: PostedReport) -> None:
    assert decode_report(report.encode(), MANIFEST) == report


@given(REPORTS, st.data())
def test_any_other_bytes_are_another_report_or_none(report: PostedReport, data: st.DataObject) -> None:
    encoded = bytearray(report.encode())
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode_report(bytes(encoded), MANIFEST)
    except MalformedInput:
        return
    assert read.encode() == bytes(encoded)


@given(FACTS, FACTS)
def test_facts_differ_where_their_members_do(one: StatedFacts, other: StatedFacts) -> None:
    assert one.differing(one) == ()
    expected = {name for name in one.members() if one.members()[name] != other.members()[name]}
    assert set(one.differing(other)) == expected

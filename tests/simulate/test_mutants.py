"""At least 2,000 mutants of a small record by a schema-blind insider: none survives, none makes a traceback.

Mutants of the hints must leave the report byte-equal.
"""

import copy
import random
from collections import Counter
from collections.abc import Callable

import pytest

from e2evote.board.merkle import root
from e2evote.verify import Report, Verdict
from e2evote.verify.examine import Question
from simulate.bases import base_election
from simulate.insider import Dossier
from simulate.mutation import CHANGES, Mutator, Part, at, canonical, places, read_payload, write_payload
from verify.shown import anchors_of, verify_files

SHARDS, PER_SHARD = 10, 210
ENTRY_SHARDS, PER_ENTRY_SHARD = 2, 60


@pytest.fixture(scope="module")
def mutator() -> Mutator:
    return Mutator(base_election("base"))


@pytest.fixture(scope="module")
def question() -> Question:
    return Question(anchors_of(Dossier(base_election("base")).anchors()), None, True)


def mutant(rng: random.Random, m: Mutator) -> tuple[str, dict[str, bytes]]:
    """One changed place in one leaf or payload, everything else made to fit; says which."""
    while True:
        parts = copy.deepcopy(m.parts)
        index = rng.randrange(len(parts))
        part = parts[index]
        in_payload = bool(part.payload) and rng.random() < 0.75
        value = read_payload(part.payload) if in_payload else part.leaf
        path = rng.choice([path for path in places(value) if path])
        change = rng.choice(CHANGES)
        before = canonical(value)
        if not in_payload and path[0] == "signatures" and path[-1] == "sig":
            continue  # signed again in any case
        if not change(rng, value, path, m) or canonical(value) == before:
            continue
        if not in_payload and path[0] in ("payload", "election"):
            part.raw = canonical(part.leaf)  # or the right hash would be put back
        if in_payload:
            part.payload = write_payload(value, part.payload)
        where = f"entry {index} {part.leaf.get('kind')} {'payload' if in_payload else 'leaf'} {path}: {change.__name__}"
        return where, m.published(parts, index, roots=index < m.close)


def killers(report: Report) -> frozenset[str]:
    return frozenset(check.value for check in report.failing) or frozenset({report.verdict.value})


def accepted(report: Report) -> bool:
    return report.verdict in (Verdict.ACCEPTED, Verdict.CONSISTENT)


def test_the_record_itself_is_consistent(mutator: Mutator, question: Question) -> None:
    report = verify_files(mutator.published(copy.deepcopy(mutator.parts), 0, roots=True), question)
    assert report.verdict is Verdict.CONSISTENT, report.failing


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_mutant_survives(
    shard: int, mutator: Mutator, question: Question, record_property: Callable[[str, object], None]
) -> None:
    rng = random.Random(f"mutants {shard}")
    kills: Counter[str] = Counter()
    board_only = 0
    survivors = []
    for _ in range(PER_SHARD):
        where, files = mutant(rng, mutator)
        report = verify_files(files, question)
        if accepted(report):
            survivors.append(where)
        names = killers(report)
        kills.update(names)
        board_only += all(name.startswith("board.") for name in names)
    record_property("kills", {"mutants": PER_SHARD, "by the board alone": board_only, **kills})
    assert survivors == []
    assert 2 * board_only < PER_SHARD


@pytest.mark.parametrize("shard", range(ENTRY_SHARDS))
def test_no_change_of_whole_entries_survives(shard: int, mutator: Mutator, question: Question) -> None:
    rng = random.Random(f"entries {shard}")
    survivors = []
    for _ in range(PER_ENTRY_SHARD):
        parts: list[Part] = copy.deepcopy(mutator.parts)
        i, j = sorted(rng.sample(range(1, len(parts)), 2))
        change = rng.choice(["drop", "duplicate", "swap", "move"])
        if change == "drop":
            del parts[i]
        elif change == "duplicate":
            parts.insert(j, copy.deepcopy(parts[i]))
        elif change == "swap":
            parts[i], parts[j] = parts[j], parts[i]
        else:
            parts.insert(i, parts.pop(j))
        report = verify_files(mutator.published(parts, len(parts), roots=False), question)
        if accepted(report):
            survivors.append((change, i, j))
    assert survivors == []


def test_mutants_of_the_hints_change_nothing(question: Question) -> None:
    files = Dossier(base_election("base")).files()
    hints = [name for name in files if name.startswith("hints/")]
    assert hints, "the record has hints"
    expected = verify_files(files, question).encode()
    rng = random.Random("hints")
    for _ in range(30):
        changed = dict(files)
        name = rng.choice(hints)
        data = bytearray(changed[name])
        match rng.randrange(4):
            case 0:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            case 1:
                del data[rng.randrange(len(data)) :]
            case 2:
                data += b"more"
            case 3:
                data.clear()
        changed[name] = bytes(data)
        if rng.random() < 0.2:
            del changed[name]
        if rng.random() < 0.2:
            changed["hints/of/anything"] = bytes(data)
        assert verify_files(changed, question).encode() == expected


def test_places_finds_every_place() -> None:
    value = {"a": [1, {"b": 2}]}
    assert list(places(value)) == [(), ("a",), ("a", 0), ("a", 1), ("a", 1, "b")]
    assert at(value, ("a", 1, "b")) == 2


def test_no_change_of_the_logs_own_files_survives(mutator: Mutator, question: Question) -> None:
    """Checkpoint and tiles: the text is changed and signed again with the log's own key."""
    files = mutator.published(copy.deepcopy(mutator.parts), len(mutator.parts), roots=False)
    size = len(mutator.parts)
    whole = root(mutator.hashes)
    rng = random.Random("state files")
    survivors: list[object] = []
    for number in (*range(size), size + 1, 2 * size, 256, 2**20):
        claimed = root(mutator.hashes[:number]) if number <= size else whole
        for root_hash in {whole, claimed}:
            note = mutator.note(number, root_hash)
            if accepted(verify_files(files | {"checkpoint": note}, question)):
                survivors.append(("size", number))
    for _ in range(60):
        changed = bytearray(whole)
        changed[rng.randrange(32)] ^= 1 << rng.randrange(8)
        if accepted(verify_files(files | {"checkpoint": mutator.note(size, bytes(changed))}, question)):
            survivors.append(("root", changed.hex()))
        name = rng.choice([name for name in files if name.startswith("tile/")])
        data = bytearray(files[name])
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        if accepted(verify_files(files | {name: bytes(data)}, question)):
            survivors.append(name)
    assert survivors == []

"""Policies as the two verifiers read them: the same texts, the same quorums, and what any two quorums share.

The texts are mutations of good ones. What quorums share is compared with all pairs of all quorums, counted out.
"""

import random
import re
from itertools import combinations

import pytest

from e2evote.board.policy import decode_policy
from e2evote.errors import MalformedInput
from reference.canonical import BadForm
from reference.make_manifest import make_policy
from reference.policy import Policy, read_policy
from simulate.bases import base_election

SHARDS, MUTANTS, TREES = 4, 1500, 60


def keys_of(base: str) -> list[str]:
    """The lines of log and witnesses."""
    made = base_election(base)
    return [line for line in make_policy(made.spec, made.parties).splitlines() if line.startswith(("log ", "witness "))]


KEYS = [keys_of(base) for base in ("witnessed", "nested")]
PIECES = (
    b"",
    b" ",
    b"\t",
    b"\n",
    b"\r\n",
    b"#",
    b"0",
    b"1",
    b"2",
    b"3",
    b"+",
    b"any",
    b"all",
    b"none",
    b"quorum",
    b"group",
)
MORE = (b"a1", b"east", b"A", b"log", b"witness", b"\xff", b"\x00", b"\x7f", "é".encode(), "　".encode(), b"=")


def mutated(rng: random.Random, text: bytes) -> bytes:
    """Some words, lines or bytes otherwise."""
    for _ in range(rng.randrange(1, 3)):
        lines = text.split(b"\n")
        at, end = rng.randrange(len(text) + 1), rng.randrange(1, 4)
        match rng.randrange(12):
            case 0:
                text = text[:at] + rng.choice(PIECES + MORE) + text[at:]
            case 1:
                text = text[:at] + rng.choice(PIECES + MORE) + text[at + end :]
            case 2:
                rng.shuffle(lines)
                text = b"\n".join(lines)
            case 3:
                lines.insert(rng.randrange(len(lines)), rng.choice(lines))
                text = b"\n".join(lines)
            case 4:
                words = text.split(b" ")
                words[rng.randrange(len(words))] = rng.choice(PIECES + MORE)
                text = b" ".join(words)
            case 5:
                del lines[rng.randrange(len(lines))]
                text = b"\n".join(lines)
            case 6:
                lines.insert(rng.randrange(len(lines)), rng.choice((b"", b" \t", b"# quorum none", b"\t#")))
                text = b"\n".join(lines)
            case 7 | 8:
                text = text.replace(b" ", rng.choice((b"\t", b"  ", b" \t ")), rng.randrange(1, 9))
            case _:
                threshold = rng.choice((b"0", b"1", b"2", b"3", b"9", b"02", b"any", b"all", b"most"))
                text = re.sub(rb"(group \S+) \S+", rb"\1 " + threshold, text, count=rng.randrange(1, 3))
    return text


def random_tree(rng: random.Random, names: list[str]) -> list[str]:
    """Lines of groups that make one tree of these names."""
    lines, parts = [], list(names)
    while len(parts) > 1:
        members = [parts.pop(rng.randrange(len(parts))) for _ in range(rng.randrange(1, min(4, len(parts)) + 1))]
        name = f"g{len(lines)}"
        lines.append(f"group {name} {rng.randrange(1, len(members) + 1)} {' '.join(members)}")
        parts.append(name)
    return [*lines, f"quorum {parts[0]}"]


def mutant(rng: random.Random) -> bytes:
    """A policy with other groups; all of it mutated or, more often, only what follows its keys."""
    keys = rng.choice(KEYS)
    groups = "".join(f"{line}\n" for line in random_tree(rng, [line.split()[1] for line in keys if line[0] == "w"]))
    text = "".join(f"{line}\n" for line in keys).encode()
    return mutated(rng, text + groups.encode()) if rng.random() < 0.2 else text + mutated(rng, groups.encode())


def outcome(text: bytes) -> object:
    """What both readers make of the text, in one form; they must agree."""
    try:
        theirs = decode_policy(text)
    except MalformedInput:
        with pytest.raises(BadForm):
            read_policy(text)
        return None
    ours = read_policy(text)
    names = [witness.name.encode("utf-8", "surrogateescape") for witness in theirs.witnesses]
    assert names == [witness.name for witness in ours.witnesses]
    assert [(log.key.name, log.key.public_key.encoded) for log in theirs.logs] == [(o.name, o.key) for o in ours.logs]
    assert theirs.least_in_common == ours.least_in_common
    for number in range(len(names) + 1):
        for chosen in combinations(theirs.witnesses, number):
            some = [witness.name for witness in chosen]
            octets = [name.encode("utf-8", "surrogateescape") for name in some]
            assert theirs.satisfied_by(some) == ours.is_satisfied(octets)
    return names, ours.least_in_common


@pytest.mark.parametrize("shard", range(SHARDS))
def test_both_read_the_same_policies(shard: int) -> None:
    rng = random.Random(f"policies {shard}")
    found = [outcome(mutant(rng)) for _ in range(MUTANTS)]
    assert found.count(None) > MUTANTS // 4
    assert MUTANTS - found.count(None) > MUTANTS // 10


def least_by_counting(policy: Policy) -> int:
    """The fewest witnesses that any two quorums share, from all pairs of all quorums."""
    names = [witness.name for witness in policy.witnesses]
    subsets = [frozenset(some) for n in range(len(names) + 1) for some in combinations(names, n)]
    quorums = [some for some in subsets if policy.is_satisfied(some)]
    return min(len(one & other) for one in quorums for other in quorums)


def test_what_two_quorums_share_is_what_counting_finds() -> None:
    """docs/spec.md (5.5), in both verifiers."""
    rng, names = random.Random("trees"), list(base_election("nested").spec.witnesses)
    seen = set()
    for _ in range(TREES):
        text = "".join(f"{line}\n" for line in (*KEYS[1], *random_tree(rng, names))).encode()
        policy = read_policy(text)
        assert policy.least_in_common == decode_policy(text).least_in_common == least_by_counting(policy)
        seen.add(policy.least_in_common)
    assert {0, 1, 2} <= seen

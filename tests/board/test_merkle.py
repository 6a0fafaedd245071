"""The tree against RFC 6962's own recursive definitions, and proofs that must not verify."""

import base64
import hashlib
from functools import cache

import pytest

from board.tlog_vectors import published, published_cases
from e2evote.board.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from e2evote.board.tree import Tree

SIZE = 300
ENTRIES = [f"entry {i}".encode() for i in range(SIZE)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


@cache
def mth(start: int, end: int) -> bytes:
    """MTH(D[start:end]) as RFC 6962, section 2.1, writes it."""
    n = end - start
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + ENTRIES[start]).digest()
    k = 1
    while 2 * k < n:
        k *= 2
    return hashlib.sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    """PATH(m, D[start:end]), section 2.1.1."""
    n = end - start
    if n == 1:
        return []
    k = 1
    while 2 * k < n:
        k *= 2
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def subproof(m: int, start: int, end: int, b: bool) -> list[bytes]:
    """SUBPROOF(m, D[start:end], b), section 2.1.2."""
    n = end - start
    if m == n:
        return [] if b else [mth(start, end)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return [*subproof(m, start, start + k, b), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, False), mth(start, start + k)]


@pytest.fixture(scope="module")
def tree() -> Tree:
    grown = Tree()
    for leaf in LEAVES:
        grown.append(leaf)
    return grown


def test_roots_of_every_size(tree: Tree) -> None:
    frontier = Frontier()
    for size in range(SIZE + 1):
        assert frontier.size == size
        assert frontier.root() == tree.root(size) == mth(0, size)
        if size < SIZE:
            frontier = frontier.append(LEAVES[size])
    assert root(LEAVES) == mth(0, SIZE)


def test_inclusion_proofs_of_every_leaf_in_every_tree_up_to_64(tree: Tree) -> None:
    for size in range(1, 65):
        for index in range(size):
            proof = tuple(path(index, 0, size))
            assert tree.inclusion_proof(index, size) == proof
            assert verify_inclusion(LEAVES[index], index, size, proof, mth(0, size))
    assert tree.inclusion_proof(5, SIZE) == tuple(path(5, 0, SIZE))
    assert all(inclusion_proof(LEAVES[:size], 5) == tuple(path(5, 0, size)) for size in (6, 7, 8, 64, 300))


def test_consistency_proofs_between_every_two_trees_up_to_64(tree: Tree) -> None:
    for size in range(1, 65):
        for old in range(1, size + 1):
            proof = tuple(subproof(old, 0, size, True))
            assert tree.consistency_proof(old, size) == proof
            assert verify_consistency(old, size, proof, mth(0, old), mth(0, size))
    assert tree.consistency_proof(99, SIZE) == tuple(subproof(99, 0, SIZE, True))
    assert all(consistency_proof(LEAVES, old) == tuple(subproof(old, 0, SIZE, True)) for old in (1, 128, 255, 300))


def test_an_inclusion_proof_holds_for_nothing_else(tree: Tree) -> None:
    for size in range(1, 18):
        for index in range(size):
            proof, head = tree.inclusion_proof(index, size), tree.root(size)
            for other_size in range(18):
                for other in range(-1, 18):
                    # the same path may be right for another size, then with another root
                    holds = verify_inclusion(LEAVES[index], other, other_size, proof, head)
                    shape = 0 <= other < other_size and _turns(other, other_size) == _turns(index, size)
                    assert holds == shape
            assert not verify_inclusion(LEAVES[(index + 1) % SIZE], index, size, proof, head)
            assert not verify_inclusion(LEAVES[index], index, size, proof, tree.root(size + 1))
            _check_mutants_of_inclusion(index, size, proof, head)


def _turns(index: int, size: int) -> list[bool]:
    """On which side each hash of the proof stands: all that a proof says about index and size."""
    return [start > index for start, _ in inclusion_ranges(index, size)]


def _check_mutants_of_inclusion(index: int, size: int, proof: tuple[bytes, ...], head: bytes) -> None:
    assert not verify_inclusion(LEAVES[index], index, size, (*proof, head), head)
    assert not verify_inclusion(LEAVES[index], index, size, (head, *proof), head)
    assert not verify_inclusion(LEAVES[index], index, size, (*proof, b""), head)
    assert not verify_inclusion(LEAVES[index], index, size, proof, b"")
    for place, value in enumerate(proof):
        for changed in (bytes([value[0] ^ 1]) + value[1:], value[:-1], value + b"\x00", b""):
            assert not verify_inclusion(
                LEAVES[index], index, size, (*proof[:place], changed, *proof[place + 1 :]), head
            )
        assert not verify_inclusion(LEAVES[index], index, size, (*proof[:place], *proof[place + 1 :]), head)


def test_a_consistency_proof_holds_for_nothing_else(tree: Tree) -> None:
    for size in range(1, 18):
        for old in range(1, size + 1):
            proof, old_root, head = tree.consistency_proof(old, size), tree.root(old), tree.root(size)
            assert not verify_consistency(old, size, (*proof, head), old_root, head)
            assert not verify_consistency(old, size, (head, *proof), old_root, head)
            assert not verify_consistency(old, size, proof, tree.root(old + 1), head)
            assert not verify_consistency(old, size, proof, old_root, tree.root(size + 1))
            assert not verify_consistency(0, size, proof, EMPTY_ROOT, head)
            assert not verify_consistency(-1, size, proof, old_root, head)
            assert not verify_consistency(size + 1, size, proof, old_root, head)
            assert (old == size) == verify_consistency(old, size, proof, head, head)
            for place, value in enumerate(proof):
                for changed in (bytes([value[0] ^ 1]) + value[1:], value[:-1], b""):
                    mutant = (*proof[:place], changed, *proof[place + 1 :])
                    assert not verify_consistency(old, size, mutant, old_root, head)
                shorter = (*proof[:place], *proof[place + 1 :])
                assert not verify_consistency(old, size, shorter, old_root, head)


def test_a_rewritten_history_is_not_consistent(tree: Tree) -> None:
    changed = [*LEAVES[:3], leaf_hash(b"another"), *LEAVES[4:20]]
    for old in range(4, 20):
        proof = consistency_proof(changed, old)
        assert not verify_consistency(old, 20, proof, tree.root(old), root(changed))


def test_an_empty_log_and_a_log_of_one() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root([]) == Frontier().root() == Tree().root(0) == EMPTY_ROOT
    assert root(LEAVES[:1]) == LEAVES[0]
    assert inclusion_ranges(0, 1) == consistency_ranges(1, 1) == ()
    assert verify_inclusion(LEAVES[0], 0, 1, (), LEAVES[0])
    assert not verify_inclusion(EMPTY_ROOT, 0, 0, (), EMPTY_ROOT)
    assert not verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 1, (), EMPTY_ROOT, LEAVES[0])
    for proof in (inclusion_ranges, consistency_ranges):
        with pytest.raises(ValueError, match="proof"):
            proof(0, 0)


def test_an_inner_node_is_no_leaf() -> None:
    left, right = LEAVES[:2]
    head = node_hash(left, right)
    assert leaf_hash(left + right) != head
    assert leaf_hash(b"\x01" + left + right) != head
    assert not verify_inclusion(leaf_hash(left + right), 0, 1, (), head)
    assert leaf_hash(b"") != EMPTY_ROOT


def test_a_frontier_has_a_subtree_for_each_bit() -> None:
    for size, peaks in ((1, ()), (3, (bytes(32),)), (-1, ()), (0, (bytes(32),))):
        with pytest.raises(ValueError, match="frontier"):
            Frontier(size, peaks)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_tree_takes_hashes_only(size: int) -> None:
    with pytest.raises(ValueError, match=f"leaf hash of {size} bytes"):
        Tree().append(bytes(size))


def test_a_tree_proves_nothing_beyond_itself(tree: Tree) -> None:
    for ask in (
        lambda: tree.root(SIZE + 1),
        lambda: tree.root(-1),
        lambda: tree.inclusion_proof(0, SIZE + 1),
        lambda: tree.inclusion_proof(5, 5),
        lambda: tree.inclusion_proof(-1, 5),
        lambda: tree.consistency_proof(1, SIZE + 1),
        lambda: tree.consistency_proof(0, 5),
        lambda: tree.consistency_proof(6, 5),
        lambda: tree.nodes(0, 0, SIZE + 1),
        lambda: tree.nodes(0, -1, 1),
        lambda: tree.nodes(0, 2, 1),
        lambda: tree.nodes(8, 1, 2),
        lambda: tree.nodes(9, 0, 1),
        lambda: tree.nodes(60, 0, 1),
    ):
        with pytest.raises(ValueError):
            ask()


def test_published_tree() -> None:
    vectors = published("rfc6962_tree.json")
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in vectors["leaf_inputs_hex"]]
    grown = Tree()
    for size, expected in enumerate(vectors["root_hex_by_size"]):
        assert root(leaves[:size]).hex() == grown.root(size).hex() == expected
        if size < len(leaves):
            grown.append(leaves[size])
    for level, nodes in enumerate(vectors["node_hex_by_level"]):
        assert [node.hex() for node in grown.nodes(level, 0, len(nodes))] == nodes


def test_published_inclusion_proofs() -> None:
    cases = published_cases("transparency-dev-merkle/inclusion")
    assert {case["wantErr"] for _, case in cases} == {True, False}
    for name, case in cases:
        leaf, head = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
        proof = [base64.b64decode(value) for value in case["proof"] or ()]
        assert verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, head) != case["wantErr"], name


def test_published_consistency_proofs() -> None:
    cases = published_cases("transparency-dev-merkle/consistency")
    assert {case["wantErr"] for _, case in cases} == {True, False}
    for name, case in cases:
        old_root, head = base64.b64decode(case["root1"]), base64.b64decode(case["root2"])
        proof = [base64.b64decode(value) for value in case["proof"] or ()]
        assert verify_consistency(case["size1"], case["size2"], proof, old_root, head) != case["wantErr"], name

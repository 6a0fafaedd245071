"""One trustee cheats with what everybody can see of its shares: everybody names it, not only who got the bad one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from e2evote.algebra.group import Residue
from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony import trustee
from e2evote.ceremony.states import Revealed
from e2evote.errors import TrusteeFault
from e2evote.proofs.key_proof import KeyProof
from e2evote.record.keys import PublicKeys, SealedShare, SealedShares
from tests.simulate.ceremony import Board, Party, honest, make_setup, run, with_cheat
from tests.simulate.ceremony_cheats import residues
from tests.simulate.ceremony_shares import EditedShares

GROUP = TEST_512
SETUP = make_setup(3, 2)
ONE = GROUP.scalar(1)


def first(change: Callable[[SealedShare], SealedShare]) -> Callable[[SealedShares], SealedShares]:
    """The first share is another."""
    return lambda shares: SealedShares((change(shares.shares[0]), *shares.shares[1:]))


def times_g(residue: Residue) -> Residue:
    return residues(GROUP.screen([residue])[0] * GROUP.g)[0]


def crossed(shares: SealedShares) -> SealedShares:
    """Each of the two receivers gets the other's share."""
    one, two = shares.shares
    return SealedShares((replace(two, to=one.to), replace(one, to=two.to)))


SHARES: dict[str, tuple[Callable[[SealedShares], SealedShares], str]] = {
    "response": (first(lambda share: replace(share, v=share.v + ONE)), "ceremony.share-proof"),
    "challenge": (first(lambda share: replace(share, c=share.c + ONE)), "ceremony.share-proof"),
    "sealed values": (first(lambda share: replace(share, C1=share.C1[::-1])), "ceremony.share-proof"),
    "pad": (first(lambda share: replace(share, C0=times_g(share.C0))), "ceremony.share-proof"),
    "crossed": (crossed, "ceremony.share-proof"),
    "pad 1": (first(lambda share: replace(share, C0=residues(GROUP.identity)[0])), "ceremony.elements"),
    "pad outside the group": (
        first(lambda share: replace(share, C0=Residue(GROUP, GROUP.p - share.C0.value))),
        "ceremony.elements",
    ),
    "for itself": (first(lambda share: replace(share, to=3)), "ceremony.form"),
    "for trustee 0 (A68)": (first(lambda share: replace(share, to=0)), "ceremony.form"),
    "for trustee 4 (A68)": (first(lambda share: replace(share, to=4)), "ceremony.form"),
    "for one twice": (first(lambda share: replace(share, to=2)), "ceremony.form"),
    "one missing": (lambda shares: SealedShares(shares.shares[1:]), "ceremony.form"),
    "none": (lambda shares: SealedShares(()), "ceremony.form"),
    "one more": (lambda shares: SealedShares((*shares.shares, shares.shares[0])), "ceremony.form"),
    "in another order": (lambda shares: SealedShares(shares.shares[::-1]), "ceremony.form"),
}


@pytest.mark.parametrize("name", SHARES)
def test_bad_seals_name_their_dealer(name: str) -> None:
    edit, step = SHARES[name]
    result = run(SETUP, with_cheat(3, EditedShares(3, edit)))
    assert sorted(result.objections) == [1, 2]
    assert result.named() == {3}
    assert result.steps() == {step}


def committed() -> tuple[Revealed, dict[int, PublicKeys]]:
    """Trustee 1 of three, all having committed, with the keys that they will show."""
    board = Board(SETUP, 1, {})
    parties: list[Party] = honest(3)
    for party in parties:
        message = party.commit(board)
        assert message is not None
        board.messages["commit", party.index] = message
    revealed, _ = trustee.reveal(parties[0].drawn(), board.read("commit", 1))
    return revealed, {party.index: party.drawn().own for party in parties}


LENGTHS: dict[str, Callable[[PublicKeys], PublicKeys]] = {
    "K": lambda keys: replace(keys, K=(*keys.K, keys.K[0])),
    "K_hat": lambda keys: replace(keys, K_hat=keys.K_hat[:1]),
    "proof": lambda keys: replace(keys, proof=KeyProof(ONE, keys.proof.v[:2])),
    "proof_hat": lambda keys: replace(keys, proof_hat=KeyProof(ONE, (*keys.proof.v, ONE))),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_lengths_of_keys_are_checked_whoever_read_them(name: str) -> None:
    """What comes from bytes has the right lengths already; the step does not rely on it."""
    revealed, keys = committed()
    with pytest.raises(TrusteeFault, match="trustee 2, ceremony.form"):
        trustee.deal(revealed, {**keys, 2: LENGTHS[name](keys[2])})


@pytest.mark.parametrize("change", ["receiver", "size"])
def test_forms_of_shares_are_checked_whoever_read_them(change: str) -> None:
    revealed, keys = committed()
    dealt, own = trustee.deal(revealed, keys)
    one, two = own.shares
    bad = SealedShares((replace(one, to=1), replace(two, C1=two.C1[:63])))
    if change == "receiver":
        bad = own
    with pytest.raises(TrusteeFault, match="trustee 2, ceremony.form"):
        trustee.finish(dealt, {1: own, 2: bad, 3: own})

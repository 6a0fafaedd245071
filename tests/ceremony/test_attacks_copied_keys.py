"""Keys that were copied from another election: their proofs hold, and nothing can be done with them (threat A05).

ElectionGuard keys the proofs of the ceremony with H_P, which knows the group and the numbers of trustees, not the
election. So a trustee can show keys of another election with their proofs, but not deal shares of polynomials that it
does not know, nor open what is sealed for a κ that is not its own.
"""

from dataclasses import replace

import pytest

from e2evote.errors import ShareComplaint
from e2evote.record.keys import PublicKeys
from tests.simulate.ceremony import Board, honest, make_setup, run, with_cheat
from tests.simulate.ceremony_cheats import CheatingKeys

SETUP = make_setup(3, 2)
ELSEWHERE = replace(SETUP, base_hash=bytes(32))
FOREIGN = run(ELSEWHERE, honest(3, "elsewhere"))


def copied() -> PublicKeys:
    """What trustee 3 of the other election revealed."""
    return FOREIGN.reveals()[2]


def test_keys_of_another_election_can_not_be_used() -> None:
    """They pass as far as the shares; then every honest trustee complains, and the answer names their bearer."""
    result = run(SETUP, with_cheat(3, CheatingKeys(3, lambda drawn, board: copied())))
    assert {by: type(error) for by, error in result.objections.items()} == {1: ShareComplaint, 2: ShareComplaint}
    assert result.named() == {3}
    assert result.keys == {}


@pytest.mark.parametrize("part", ["vote", "data"])
def test_not_even_half_of_them(part: str) -> None:
    """Own keys for one purpose and κ; copied ones for the other would need a proof for the own κ."""

    def mixed(own: PublicKeys) -> PublicKeys:
        other = copied()
        if part == "vote":
            return replace(own, K=other.K, proof=other.proof)
        return replace(own, K_hat=other.K_hat, proof_hat=other.proof_hat)

    result = run(SETUP, with_cheat(3, CheatingKeys(3, lambda drawn, board: mixed(drawn.own))))
    assert (result.named(), result.steps()) == ({3}, {"ceremony.proof"})


class Borrowing(CheatingKeys):
    """Publishes the hash that was committed to in the other election, then the keys that it was of."""

    def commit(self, board: Board) -> bytes | None:
        super().commit(board)
        return FOREIGN.board.messages["commit", self.index]


def test_commitments_belong_to_one_election() -> None:
    """The hash that was committed to elsewhere is not that of the same keys here."""
    result = run(SETUP, with_cheat(3, Borrowing(3, lambda drawn, board: copied())))
    assert (result.named(), result.steps()) == ({3}, {"ceremony.commitment"})

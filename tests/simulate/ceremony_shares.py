"""Trustees that cheat in the key ceremony with shares and complaints, after good keys (see `ceremony_cheats`)."""

from collections.abc import Callable
from dataclasses import replace

from e2evote.ceremony.states import Dealt, Revealed
from e2evote.errors import ShareComplaint
from e2evote.proofs.known_log import KnownLog, ShareSeal
from e2evote.proofs.share import Route
from e2evote.record.bodies import Answer
from e2evote.record.keys import SealedShare, SealedShares
from e2evote.secret.prove import prove_known_log
from e2evote.secret.sharing import SecretShare
from tests.randomness import DeterministicRandomness
from tests.simulate.ceremony import Board
from tests.simulate.ceremony_cheats import Cheat


class BadShare(Cheat):
    """Seals P(ℓ) + 1 for `victim`; `answered` makes the answer to the complaint from the true one, or gives none."""

    def __init__(self, index: int, victim: int, answered: Callable[["BadShare", Answer], Answer | None]) -> None:
        super().__init__(index, "cheat")
        self.victim, self.answered = victim, answered

    def share_for(self, state: Revealed, receiver: int) -> SecretShare:
        return off_by_one(state, receiver) if receiver == self.victim else super().share_for(state, receiver)

    def answer(self, accuser: int) -> Answer | None:
        honest = super().answer(accuser)
        assert honest is not None
        return self.answered(self, honest)


class LargeShare(Cheat):
    """Seals 2^256 - 1, which is no number below q, for `victim`."""

    def __init__(self, index: int, victim: int) -> None:
        super().__init__(index, "cheat")
        self.victim = victim

    def sealed_for(self, state: Revealed, route: Route) -> SealedShare:
        share = super().sealed_for(state, route)
        if route.receiver != self.victim:
            return share
        xi = self.xi(state, route.receiver)
        alpha = xi.power_of(xi.group.g)
        C1 = route.masked(alpha, xi.power_of(route.kappa), b"\xff" * 64)
        seal = ShareSeal(route.parameter_hash, route.dealer, route.receiver, C1)
        proof, _ = prove_known_log(KnownLog(alpha), xi, seal, DeterministicRandomness("large share"))
        return replace(share, C1=C1, c=proof.c, v=proof.v)


class EditedShares(Cheat):
    """Publishes shares that `edit` makes of the good ones."""

    def __init__(self, index: int, edit: Callable[[SealedShares], SealedShares]) -> None:
        super().__init__(index, "cheat")
        self.edit = edit

    def deal(self, board: Board) -> bytes | None:
        super().deal(board)
        assert isinstance(self.state, Dealt)
        return self.edit(self.state.sealed).encode()


class ReplayedShares(Cheat):
    """Publishes the shares of an earlier session again, byte for byte."""

    def __init__(self, index: int, earlier: bytes) -> None:
        super().__init__(index, "cheat")
        self.earlier = earlier

    def deal(self, board: Board) -> bytes | None:
        super().deal(board)
        return self.earlier


class FalseComplaint(Cheat):
    """Complains about a good share."""

    def __init__(self, index: int, victim: int) -> None:
        super().__init__(index, "cheat")
        self.victim = victim

    def finish(self, board: Board) -> bytes | None:
        raise ShareComplaint(self.index, self.victim, "because")


def off_by_one(state: Revealed, receiver: int) -> SecretShare:
    """P(ℓ) + 1 and P̂(ℓ)."""
    group, secrets = state.drawn.setup.group, state.drawn.secrets
    return SecretShare(secrets.P.at(receiver) + group.scalar(1), secrets.P_hat.at(receiver))

"""Trustees that cheat in the key ceremony with their keys, one way each, which the docstring of each class says.

Those that cheat with shares and complaints are in `ceremony_shares`.
"""

from collections.abc import Callable
from dataclasses import replace

from e2evote.algebra.group import Element, Residue
from e2evote.ceremony import trustee
from e2evote.ceremony.received import check_keys
from e2evote.ceremony.states import Dealt, Drawn, Revealed, Secrets
from e2evote.proofs.key_proof import KeyChallenge, KeyProof, Keys, Purpose
from e2evote.proofs.share import Route
from e2evote.record.keys import PublicKeys, SealedShare, SealedShares
from e2evote.secret.prove import prove_key
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial, SecretShare, published, seal_share
from tests.randomness import DeterministicRandomness
from tests.simulate.ceremony import Board, Party

Edit = Callable[[Drawn, Board], PublicKeys]
Making = Callable[[Drawn, Board], Secrets]


class Cheat(Party):
    """Works on what it made itself, whatever it shows, and objects to nothing."""

    honest = False

    def reveal(self, board: Board) -> bytes | None:
        self.state = Revealed(
            self.drawn(), tuple(commit for _, commit in sorted(board.read("commit", self.index).items()))
        )
        return self.shown_keys(board).encode()

    def shown_keys(self, board: Board) -> PublicKeys:
        return self.drawn().own

    def deal(self, board: Board) -> bytes | None:
        """Sealed for the others' keys without a look at their proofs."""
        assert isinstance(self.state, Revealed)
        setup, reveals = board.setup, board.keys(self.index)
        commits = board.read("commit", self.index)
        others = [i for i in setup.indices() if i != self.index]
        keys = {i: check_keys(setup, board.session, i, reveals[i], commits[i]) for i in others}
        shares = [
            self.sealed_for(self.state, Route(setup.parameter_hash, self.index, i, keys[i].kappa)) for i in others
        ]
        self.state = Dealt(self.state, keys, SealedShares(tuple(shares)))
        return self.state.message().encode()

    def sealed_for(self, state: Revealed, route: Route) -> SealedShare:
        return seal_share(
            route,
            self.share_for(state, route.receiver),
            self.xi(state, route.receiver),
            state.nonces_for(route.receiver),
        )

    def share_for(self, state: Revealed, receiver: int) -> SecretShare:
        return state.share_for(receiver)

    def xi(self, state: Revealed, receiver: int) -> SecretScalar:
        return state.nonce_of_seal(receiver)

    def finish(self, board: Board) -> bytes | None:
        """Confirms whatever the first honest trustee did."""
        return next(iter(board.read("confirm", self.index).values()), None)

    def conclude(self, board: Board) -> bytes | None:
        return None


class CheatingKeys(Cheat):
    """Commits to and reveals keys that `edit` makes of the honest ones."""

    def __init__(self, index: int, edit: Edit) -> None:
        super().__init__(index, "cheat")
        self.edit = edit

    def draw(self, board: Board) -> Drawn:
        drawn = super().draw(board)
        return replace(drawn, own=self.edit(drawn, board))


class Rushing(Cheat):
    """Commits to one set of keys and reveals another, good one, chosen after seeing everybody's."""

    def shown_keys(self, board: Board) -> PublicKeys:
        return trustee.begin(board.setup, self.index, board.session, DeterministicRandomness("second choice"))[0].own


class RogueReveal(Cheat):
    """Reveals a key made from the others', whose logarithm only the sum of all keys would need (A63)."""

    def shown_keys(self, board: Board) -> PublicKeys:
        return rogue(self.drawn(), board)


class Silent(Cheat):
    """Reveals nothing."""

    def reveal(self, board: Board) -> bytes | None:
        super().reveal(board)
        return None


class Following(Cheat):
    """Makes a polynomial that a coalition needs: `secrets` is computed from everybody's secrets."""

    def __init__(self, index: int, secrets: Making) -> None:
        super().__init__(index, "cheat")
        self.secrets = secrets

    def draw(self, board: Board) -> Drawn:
        drawn = super().draw(board)
        secrets = self.secrets(drawn, board)
        own = trustee.public_keys(board.setup, self.index, secrets, DeterministicRandomness("following"))
        return replace(drawn, secrets=secrets, own=own)


class Equivocating(Cheat):
    """Shows `reader` other keys than everybody else, after one commit for all; or after another commit, and shares."""

    def __init__(self, index: int, reader: int, consistent: bool) -> None:
        super().__init__(index, "cheat")
        self.reader, self.consistent = reader, consistent

    def commit(self, board: Board) -> bytes | None:
        randomness = DeterministicRandomness("for one reader")
        self.second = trustee.begin(board.setup, self.index, board.session, randomness)[0]
        if self.consistent:
            board.views["commit", self.index, self.reader] = self.second.commit()
        return super().commit(board)

    def reveal(self, board: Board) -> bytes | None:
        board.views["reveal", self.index, self.reader] = self.second.own.encode()
        return super().reveal(board)

    def deal(self, board: Board) -> bytes | None:
        data = super().deal(board)
        first = self.state
        self.state = Revealed(self.second, ())
        other = super().deal(board)
        assert other is not None
        board.views["shares", self.index, self.reader] = other
        self.state = first
        return data


def rogue(drawn: Drawn, board: Board) -> PublicKeys:
    """K_n0 = g^x / Π K_i0, so that the joint key would be g^x, with the best proof there is: of x for K_n0."""
    others = [party.drawn().secrets.P.commitments()[0] for i, party in board.parties.items() if i != drawn.index]
    secrets = drawn.secrets
    K = secrets.P.commitments()
    for other in others:
        K = (K[0] / other, *K[1:])
    return replace(drawn.own, K=residues(*K), proof=forged(drawn, K, secrets.P))


def forged(drawn: Drawn, K: tuple[Element, ...], P: SecretPolynomial) -> KeyProof:
    """The key proof as it is made, though the secrets are not the logarithms of K."""
    secrets, setup = drawn.secrets, drawn.setup
    statement = Keys(drawn.index, K, secrets.zeta.power_of(setup.group.g))
    challenge = KeyChallenge(setup.parameter_hash, Purpose.VOTE)
    return prove_key(statement, [*P.coefficients, secrets.zeta], challenge, DeterministicRandomness("forged"))[0]


def residues(*elements: Element) -> tuple[Residue, ...]:
    return tuple(published(element) for element in elements)

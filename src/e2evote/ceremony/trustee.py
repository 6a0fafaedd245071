"""One trustee's side of a session of the key ceremony (docs/spec.md §6): no sockets, files or clocks.

    begin     -> Drawn      publishes the hash of its keys
    reveal    -> Revealed   with all n hashes: publishes the keys
    deal      -> Dealt      checks everybody's keys: publishes a sealed share for each other trustee
    finish    -> Finished   checks everybody's shares: confirms the joint keys, or complains
    conclude  -> TrusteeKey with all n confirmations: what is kept

Each step takes the state that only the one before returns, and gives the next state with the message to publish.
Store the state, then send the message: whoever crashes in between finds the same message in the state. Only `begin`
draws anything, so that an older state taken up again says nothing else than it said before. Complaints and answers are
in `complaint`.
"""

from collections.abc import Mapping
from functools import reduce

from e2evote.algebra.group import Element, Residue
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.nonces import SEED_SIZE
from e2evote.ceremony.received import all_there, check_distinct, check_keys, check_shares, own_message
from e2evote.ceremony.states import Dealt, Drawn, Finished, Revealed, Secrets, Setup
from e2evote.errors import MalformedInput, Refused, ShareComplaint
from e2evote.proofs.key_proof import KeyChallenge, Keys, Purpose
from e2evote.proofs.share import Route
from e2evote.record.bodies import Commit, Confirm
from e2evote.record.body import LARGEST_INDEX
from e2evote.record.joint import joint_keys
from e2evote.record.keys import SALT_SIZE, PublicKeys, SealedShares
from e2evote.secret.prove import prove_key
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial, SecretShare, open_share, published, seal_share


def begin(setup: Setup, index: int, session: int, randomness: Randomness) -> tuple[Drawn, Commit]:
    """Two polynomials, ζ, the salt and both key proofs; only a hash is published.    spec (6.1), (6.2), (3.8)"""
    if index not in setup.indices():
        raise ValueError(f"trustee {index}: want 1 to {setup.trustees}")
    if not 1 <= session <= LARGEST_INDEX:
        raise ValueError(f"session {session}: want 1 to {LARGEST_INDEX}")
    P, P_hat = (SecretPolynomial.random(setup.group, setup.quorum, randomness) for _ in range(2))
    zeta = SecretScalar.random(setup.group, randomness)
    secrets = Secrets(P, P_hat, zeta, randomness.bytes(SEED_SIZE))
    drawn = Drawn(setup, index, session, secrets, public_keys(setup, index, secrets, randomness))
    return drawn, drawn.message()


def public_keys(setup: Setup, index: int, secrets: Secrets, randomness: Randomness) -> PublicKeys:
    """K_ij, K̂_ij, κ_i with both proofs and a fresh salt.    spec (6.1), (3.8), (3.9)"""
    kappa = secrets.zeta.power_of(setup.group.g)
    K, K_hat = secrets.P.commitments(), secrets.P_hat.commitments()
    proof, proof_hat = (
        prove_key(
            Keys(index, keys, kappa),
            [*polynomial.coefficients, secrets.zeta],
            KeyChallenge(setup.parameter_hash, purpose),
            randomness,
        )[0]
        for keys, polynomial, purpose in ((K, secrets.P, Purpose.VOTE), (K_hat, secrets.P_hat, Purpose.DATA))
    )
    return PublicKeys(_shown(K), _shown(K_hat), published(kappa), proof, proof_hat, randomness.bytes(SALT_SIZE))


def reveal(drawn: Drawn, commits: Mapping[int, bytes]) -> tuple[Revealed, PublicKeys]:
    """The own keys, once everybody is bound to theirs by `commits`."""
    setup = drawn.setup
    all_there(setup, commits, "commits")
    own_message(drawn.index, commits[drawn.index], drawn.commit(), "commit")
    revealed = Revealed(drawn, tuple(commits[i] for i in setup.indices()))
    return revealed, revealed.message()


def deal(revealed: Revealed, keys: Mapping[int, PublicKeys]) -> tuple[Dealt, SealedShares]:
    """A sealed share for every other trustee, once all keys are found good; TrusteeFault names whose are not."""
    drawn = revealed.drawn
    setup = drawn.setup
    all_there(setup, keys, "keys")
    own_message(drawn.index, keys[drawn.index], drawn.own, "set of keys")
    commits = dict(zip(setup.indices(), revealed.commits, strict=True))
    members = {i: check_keys(setup, drawn.session, i, keys[i], commits[i]) for i in setup.indices()}
    check_distinct(setup, drawn.index, keys)
    shares = []
    for receiver in (i for i in setup.indices() if i != drawn.index):
        route = Route(setup.parameter_hash, drawn.index, receiver, members[receiver].kappa)
        nonces = revealed.nonces_for(receiver)
        xi = SecretScalar.random(setup.group, nonces)
        shares.append(seal_share(route, revealed.share_for(receiver), xi, nonces))
    dealt = Dealt(revealed, members, SealedShares(tuple(shares)))
    return dealt, dealt.message()


def finish(dealt: Dealt, shares: Mapping[int, SealedShares]) -> tuple[Finished, Confirm]:
    """The own share of the joint keys, once every dealer's share is found good.

    What all can see is checked first, for all receivers: TrusteeFault. Then the shares for us alone: ShareComplaint
    against the first dealer whose share does not open to values on its polynomials (6.6).
    """
    drawn = dealt.drawn
    setup = drawn.setup
    all_there(setup, shares, "shares")
    own_message(drawn.index, shares[drawn.index], dealt.sealed, "set of shares")
    pads = {dealer: check_shares(setup, dealer, shares[dealer]) for dealer in setup.indices()}
    total = reduce(SecretShare.plus, [_received(dealt, i, shares[i], pads[i]) for i in setup.indices()])
    joint = joint_keys(setup.group, setup.base_hash, dealt.keys)
    if setup.group.identity in (joint.K, joint.K_hat):
        raise Refused("ceremony.joint-key", "the joint key is 1: all trustees must draw new keys")
    key = TrusteeKey(setup.base_hash, drawn.session, drawn.index, *total.keys())
    finished = Finished(dealt, key, joint)
    return finished, finished.message()


def conclude(finished: Finished, confirms: Mapping[int, bytes]) -> TrusteeKey:
    """The key to keep, once everybody has confirmed the same H_G. The polynomials are then needed no more.

    Nobody is named for another H_G: it may have been shown other messages.
    """
    all_there(finished.dealt.drawn.setup, confirms, "confirmations")
    others = [i for i, h_g in sorted(confirms.items()) if h_g != finished.joint.h_g]
    if others:
        raise Refused(
            "ceremony.confirmation", f"trustees {others} confirm other keys than trustee {finished.key.index} sees"
        )
    return finished.key


def _received(dealt: Dealt, dealer: int, shares: SealedShares, pads: Mapping[int, Element]) -> SecretShare:
    """P_i(ℓ) and P̂_i(ℓ) for us = ℓ, known to be on the dealer's polynomials.    spec (6.6)"""
    drawn = dealt.drawn
    own = drawn.index
    if dealer == own:
        share = dealt.revealed.share_for(own)
    else:
        route = Route(drawn.setup.parameter_hash, dealer, own, dealt.keys[own].kappa)
        (sealed,) = (share for share in shares.shares if share.to == own)
        try:
            share = open_share(route, drawn.secrets.zeta, pads[own], sealed.C1)
        except MalformedInput as error:
            raise ShareComplaint(own, dealer, str(error)) from None
    if share.fits(dealt.keys[dealer].K, dealt.keys[dealer].K_hat, own):
        return share
    if dealer == own:
        raise RuntimeError(f"trustee {own}: the own share is not on the own polynomial, the state is damaged")
    raise ShareComplaint(own, dealer, "not on the committed polynomial")


def _shown(keys: tuple[Element, ...]) -> tuple[Residue, ...]:
    return tuple(published(key) for key in keys)

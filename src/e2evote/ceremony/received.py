"""What a trustee checks in the others' messages before it goes on (docs/spec.md §6).

Everything here is public: anyone with the board repeats it, and `step` of a TrusteeFault is the name that the check
has in docs/verification.md. A trustee checks for itself because it must not deal shares to, or finish with, keys that
a verifier would reject only after the election.
"""

from collections.abc import Mapping, Sequence

from e2evote.algebra.group import Element, Residue
from e2evote.ceremony.states import Setup
from e2evote.errors import NotMembers, Refused, TrusteeFault
from e2evote.proofs import key_proof, known_log
from e2evote.proofs.key_proof import KeyChallenge, Keys, Purpose
from e2evote.record.keys import SEALED_SHARE_SIZE, MemberKeys, PublicKeys, SealedShares, commitment_to


def all_there(setup: Setup, messages: Mapping[int, object], what: str) -> None:
    """Every trustee's message is there and no other: an index is 1 … n. Refused while some are missing."""
    strangers = sorted(set(messages) - set(setup.indices()))
    if strangers:
        raise ValueError(f"{what} of trustees {strangers}, want 1 to {setup.trustees}")
    missing = [i for i in setup.indices() if i not in messages]
    if missing:
        raise Refused("ceremony.waiting", f"the {what} of trustees {missing} are not there yet")


def own_message(index: int, shown: object, made: object, what: str) -> None:
    """The board has of us what we made. Nobody is named: a stranger has our signing key, or we had another state."""
    if shown != made:
        raise Refused("ceremony.own-message", f"the board has another {what} of trustee {index} than this state made")


def check_keys(setup: Setup, session: int, trustee: int, keys: PublicKeys, commit: bytes) -> MemberKeys:
    """The keys of one reveal: as committed to, members, not seen before, and every logarithm proved."""
    lengths = (len(keys.K), len(keys.K_hat), len(keys.proof.v) - 1, len(keys.proof_hat.v) - 1)
    if set(lengths) != {setup.quorum}:
        raise TrusteeFault(trustee, "ceremony.form", f"coefficients {lengths[:2]}, quorum {setup.quorum}")
    if commitment_to(setup.base_hash, session, trustee, keys.salt, keys) != commit:
        raise TrusteeFault(trustee, "ceremony.commitment", f"other keys than committed to in session {session}")
    members = _members(setup, trustee, keys)
    if any(key.encode() in setup.earlier for key in keys.all_keys()):
        raise TrusteeFault(trustee, "ceremony.fresh", "a key of an earlier session")
    for purpose, K, proof in ((Purpose.VOTE, members.K, keys.proof), (Purpose.DATA, members.K_hat, keys.proof_hat)):
        statement = Keys(trustee, K, members.kappa)
        if not key_proof.verify(statement, proof, KeyChallenge(setup.parameter_hash, purpose)):
            raise TrusteeFault(trustee, "ceremony.proof", f"the key proof {purpose.value} does not verify")
    return members


def _members(setup: Setup, trustee: int, keys: PublicKeys) -> MemberKeys:
    """All keys are elements, (2.2), and 1 is none of those that spec 2 lists."""
    K, K_hat = (_screened(setup, trustee, residues) for residues in (keys.K, keys.K_hat))
    (kappa,) = _screened(setup, trustee, (keys.kappa,))
    if setup.group.identity in (K[0], K[-1], K_hat[0], K_hat[-1], kappa):
        raise TrusteeFault(trustee, "ceremony.elements", "a first or last coefficient's key, or κ, is 1")
    return MemberKeys(K, K_hat, kappa)


def _screened(setup: Setup, trustee: int, residues: Sequence[Residue]) -> tuple[Element, ...]:
    try:
        return tuple(setup.group.screen(residues))
    except NotMembers as error:
        raise TrusteeFault(trustee, "ceremony.elements", str(error)) from None


def check_distinct(setup: Setup, own: int, keys: Mapping[int, PublicKeys]) -> None:
    """The 3n keys K_i0, K̂_i0, κ_i are distinct; of two trustees with one key, the later that is not us is named.

    Both know its logarithm, by their proofs. We told nobody ours, so if it is ours, the other one is at fault.
    """
    owners: dict[Residue, int] = {}
    for i in (own, *(j for j in setup.indices() if j != own)):
        for key in keys[i].main_keys():
            if key in owners:
                raise TrusteeFault(i, "ceremony.fresh", f"a key is also one of trustee {owners[key]}")
            owners[key] = i


def check_shares(setup: Setup, dealer: int, shares: SealedShares) -> dict[int, Element]:
    """Each C0 by its receiver: one share for every other trustee, C0 an element and not 1, and the proof (3.10)."""
    receivers = [i for i in setup.indices() if i != dealer]
    if [share.to for share in shares.shares] != receivers:
        raise TrusteeFault(dealer, "ceremony.form", f"shares for others than trustees {receivers}")
    if any(len(share.C1) != SEALED_SHARE_SIZE for share in shares.shares):
        raise TrusteeFault(dealer, "ceremony.form", f"a sealed share that has not {SEALED_SHARE_SIZE} bytes")
    pads = _screened(setup, dealer, [share.C0 for share in shares.shares])
    if setup.group.identity in pads:
        raise TrusteeFault(dealer, "ceremony.elements", "C0 of a share is 1")
    for share, C0 in zip(shares.shares, pads, strict=True):
        seal = known_log.ShareSeal(setup.parameter_hash, dealer, share.to, share.C1)
        if not known_log.verify(known_log.KnownLog(C0), known_log.KnownLogProof(share.c, share.v), seal):
            raise TrusteeFault(dealer, "ceremony.share-proof", f"the proof of the share for {share.to} does not verify")
    return dict(zip(receivers, pads, strict=True))

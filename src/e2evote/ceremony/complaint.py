"""A share that does not open: complaint, answer, and who is at fault (docs/spec.md §6).

The accuser names the dealer. The dealer shows the share and its nonce, once, to one accuser: a second opened share of
the same polynomials would be one more point for whoever collects them. Then everybody judges alike, and the session
ends either way; its secrets serve nothing any more.
"""

from collections.abc import Mapping

from e2evote.ceremony.states import Answered, Dealt, Finished, Setup
from e2evote.errors import ShareComplaint
from e2evote.proofs import share
from e2evote.proofs.share import Dispute, Opening, Route
from e2evote.record.bodies import Answer, Complaint
from e2evote.record.keys import MemberKeys, SealedShares


def complain(dealt: Dealt, complaint: ShareComplaint) -> Complaint:
    """What `finish` found, as the body to publish. Finishing from the same state finds the same again."""
    drawn = dealt.drawn
    if complaint.accuser != drawn.index:
        raise ValueError(f"trustee {drawn.index}: a complaint of trustee {complaint.accuser}")
    return Complaint(drawn.session, complaint.accused)


def answer(state: Dealt | Finished, accuser: int) -> tuple[Answered, Answer]:
    """Both values and ξ of the share for `accuser`. The state that is left answers nobody else and confirms nothing."""
    dealt = state.dealt if isinstance(state, Finished) else state
    drawn = dealt.drawn
    if accuser == drawn.index or accuser not in drawn.setup.indices():
        raise ValueError(f"trustee {drawn.index}: a complaint of trustee {accuser}")
    answered = Answered(dealt, accuser)
    return answered, answered.message()


def judge(
    setup: Setup,
    accuser: int,
    accused: int,
    keys: Mapping[int, MemberKeys],
    shares: SealedShares,
    answered: Answer | None,
) -> int:
    """Who is at fault: the accused without an answer or contradicted by it, else the accuser.

    keys: of both. shares: of the accused.
    """
    if accuser == accused:
        raise ValueError(f"trustee {accuser} complains against itself")
    route = Route(setup.parameter_hash, accused, accuser, keys[accuser].kappa)
    (sealed,) = (sealed for sealed in shares.shares if sealed.to == accuser)
    dispute = Dispute(route, keys[accused].K, keys[accused].K_hat, sealed.C0, sealed.C1)
    return share.judge(dispute, None if answered is None else _opening(setup, accuser, answered))


def _opening(setup: Setup, accuser: int, answered: Answer) -> Opening:
    if answered.to != accuser:
        raise ValueError(f"an answer to trustee {answered.to} in the dispute with trustee {accuser}")
    decode = setup.group.decode_scalar
    return Opening(decode(answered.P), decode(answered.P_hat), decode(answered.xi))

"""Tampers with how a ceremony ends: complaints, restarts, confirmations, the joint key (docs/spec.md section 6)."""

from collections.abc import Callable

from reference.make_group import Q, scalar_hex
from reference.make_json import Json
from simulate.insider import Dossier
from simulate.tamper import Act, Row, Tamper

TAMPERS: list[Tamper] = []

# Complaints

COMPLAINT = Row(TAMPERS, "ceremony.complaint")


def _restart(**members: object) -> Act:
    def act(d: Dossier) -> None:
        d.one("ceremony.restart").body.update(members)
        d.settle()

    return act


for what, base, members in (
    ("accuser-blamed-for-a-bad-share", "base", {"fault": 2}),
    ("bystander-blamed", "base", {"fault": 3}),
    ("nobody-blamed", "base", {"fault": 0}),
    ("complaint-called-missing", "base", {"reason": "missing"}),
    ("missing-called-complaint", "missing", {"reason": "complaint"}),
    ("honest-dealer-blamed", "false-complaint", {"fault": 1}),
    ("accuser-blamed-without-answer", "silent", {"fault": 2}),
):
    COMPLAINT(what, _restart(**members), "A72", base=base)


def _answered(edit: Callable[[Dossier, Json], object], **members: object) -> Act:
    """Another answer of the dealer, and perhaps another fault in the restart."""

    def act(d: Dossier) -> None:
        entry = d.one("ceremony.answer")
        edit(d, entry.body)
        entry.keep.add("answer")
        d.one("ceremony.restart").body.update(members)
        d.settle()

    return act


def _right_value(d: Dossier, body: Json) -> None:
    """The dealer answers with the value that should have been in the share, and was not."""
    body["P"] = scalar_hex(d.trustee(1, 1).values_at(2, Q)[0])


def _plus_one(name: str) -> Callable[[Dossier, Json], None]:
    def edit(d: Dossier, body: Json) -> None:
        body[name] = scalar_hex((int(body[name], 16) + 1) % Q)

    return edit


COMPLAINT("dealer-answers-what-was-not-sent", _answered(_right_value, fault=2), "A72")
COMPLAINT("dealer-answers-another-nonce", _answered(_plus_one("xi"), fault=2), "A72", base="false-complaint")
COMPLAINT("dealer-answers-another-data-value", _answered(_plus_one("P_hat"), fault=2), "A72", base="false-complaint")

# Confirmations

CONFIRMATION = Row(TAMPERS, "ceremony.confirmation")


def _confirm(value: Callable[[Dossier], str]) -> Act:
    def act(d: Dossier) -> None:
        entry = d.of_trustee("ceremony.confirm", 3)
        entry.body["h_g"] = value(d)
        entry.keep.add("h_g")
        d.settle()

    return act


CONFIRMATION("trustee-saw-other-keys", _confirm(lambda d: d.made.joint(1).h_g.hex()), "A70", "A55", "A73")
CONFIRMATION("trustee-confirms-the-joint-key-only", _confirm(lambda d: d.made.joint().h_e.hex()), "A70", "A14")
CONFIRMATION("trustee-confirms-anything", _confirm(lambda d: "0" * 64), "A70", "A19")

# The joint key

JOINT_KEY = Row(TAMPERS, "ceremony.joint-key")


def _opened(value: Callable[[Dossier], str]) -> Act:
    def act(d: Dossier) -> None:
        entry = d.one("open")
        entry.body["h_e"] = value(d)
        entry.keep.add("h_e")
        d.settle()

    return act


def _data_keys_cancel(d: Dossier) -> None:
    """K̂_30 = 1 / (K̂_10·K̂_20)"""
    d.trustee(3).a_hat[0] = -(d.trustee(1).a_hat[0] + d.trustee(2).a_hat[0]) % Q
    d.remake()


def _vote_keys_cancel(d: Dossier) -> None:
    """K = 1: every β is 1 and nothing can be decrypted; the outcome says nobody voted."""
    d.trustee(3).a[0] = -(d.trustee(1).a[0] + d.trustee(2).a[0]) % Q
    d.remake()


JOINT_KEY("opened-for-the-first-sessions-key", _opened(lambda d: d.made.joint(1).h_e.hex()), "A70", "A73", "A55")
JOINT_KEY("opened-for-the-parameters", _opened(lambda d: d.made.h_p.hex()), "A02", "A05")
JOINT_KEY("data-keys-cancel", _data_keys_cancel, "A69", "A23")
JOINT_KEY("vote-keys-cancel", _vote_keys_cancel, "A69", "A23", also=("ballot.elements",))

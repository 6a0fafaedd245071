"""Witnesses without a server: what they are to be given, and what they bring back (docs/guide-witness.md)."""

from contextlib import closing

from e2evote.adapter.board_check import setting_of
from e2evote.adapter.store import Store
from e2evote.adapter.witness_desk import cosigned_last, hand_in
from e2evote.board.checkpoint import Checkpoint
from e2evote.board.heads import read_head
from e2evote.board.policy import Policy
from e2evote.board.quorum import Witness
from e2evote.board.tile_tree import TileTree
from e2evote.board.witnessing import Request
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.verify.log import log_key


def request_for(store: Store, name: str, old: int | None = None) -> tuple[bytes, Checkpoint]:
    """The request that the witness of this name cosign the newest head, and that head.

    old: the size that it cosigned last; None for that of the cosignature that was brought last.
    """
    with closing(store.open_storage()) as storage:
        manifest = setting_of(storage).manifest
        witness = _witness(_policy(manifest.policy), name)
        head = read_head(storage, log_key(manifest))
        size = head.checkpoint.size
        known = cosigned_last(store.private, witness) if old is None else old
        if known > size:
            raise Refused("board-behind", f"the newest head has size {size}, and {name} has cosigned size {known}")
        proof = TileTree(storage.tile, size).consistency_proof(known) if known else ()
        return Request(known, proof, head.note).encode(), head.checkpoint


def take_cosignatures(store: Store, lines: bytes) -> tuple[tuple[str, ...], Checkpoint]:
    """Keep the cosignatures of the newest head that are among these lines; the witnesses' names, and the head.

    Refused `not-cosigned` where none of them is by a witness of the manifest and of this head.
    """
    with closing(store.open_storage()) as storage:
        manifest = setting_of(storage).manifest
        head = read_head(storage, log_key(manifest))
    names, reason = [], "no line is by a witness"
    for witness in _policy(manifest.policy).witnesses:
        try:
            hand_in(store.private, witness, head.note, lines)
            names.append(witness.name)
        except MalformedInput as error:
            raise Refused("not-cosigned", str(error)) from None
        except CheckFailed as error:
            if "none of" not in error.detail:
                reason = str(error)
    if not names:
        detail = f"no cosignature of the newest head, of size {head.checkpoint.size}, is here: {reason}"
        raise Refused("not-cosigned", f"{detail}; if the log has grown since, make a new request")
    return tuple(names), head.checkpoint


def _policy(policy: Policy | None) -> Policy:
    if policy is None:
        raise Refused("no-witness", "the manifest names no witnesses")
    return policy


def _witness(policy: Policy, name: str) -> Witness:
    for witness in policy.witnesses:
        if witness.name == name:
            return witness
    raise Refused(
        "no-witness", f"{name!r} is no witness; the manifest names {', '.join(w.name for w in policy.witnesses)}"
    )

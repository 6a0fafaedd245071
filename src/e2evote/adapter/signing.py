"""A leaf in its envelope, signed by the parties that its kind asks for (docs/spec.md §5.2, §5.3)."""

from collections.abc import Sequence

from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import Refused
from e2evote.manifest.entries import KINDS
from e2evote.manifest.parties import Party
from e2evote.record.bodies import Body
from e2evote.record.leaf import Leaf, PayloadName, Signature
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Setting, signers


def signed(setting: Setting, kind: str, body: Body, keys: Sequence[SigningKey], payload: bytes = b"") -> Envelope:
    """The leaf of `kind` by the party whose key is the first; Refused if the keys are not those of the kind's roles."""
    roles = KINDS[kind].authors
    if len(keys) != len(roles):
        raise ValueError(f"{kind}: {len(keys)} keys, want one for each of {', '.join(roles)}")
    parties = [party_of(setting, key, role) for key, role in zip(keys, roles, strict=True)]
    leaf = Leaf(kind, parties[0].id, setting.first, body, PayloadName.of(payload) if payload else None)
    message = leaf.message()
    return Envelope(leaf.signed(*(Signature(key.public, key.sign(message)) for key in keys)).encode(), payload)


def party_of(setting: Setting, key: SigningKey, role: str) -> Party:
    """The party with this key that may sign as `role`; Refused where the manifest has none."""
    for party in signers(setting.manifest, role):
        if party.key == key.public:
            return party
    raise Refused("wrong-key", f"the manifest has no {role} with the key {key.public.hex()}")

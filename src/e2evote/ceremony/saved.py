"""A trustee's state as bytes, for an encrypted file (docs/spec.md §6).

`encode` writes canonical JSON with everything secret in it: only `secret/keyfile` should see it. `decode` takes up the
state again in the same setup. It refuses a state of another election or quorum, and one whose parts do not belong
together: secrets that do not have the keys, a commit that is not the keys', shares of the joint key that are not on it.
"""

from typing import cast

from e2evote.algebra.group import Element, Group
from e2evote.ceremony.key import TrusteeKey
from e2evote.ceremony.nonces import SEED_SIZE
from e2evote.ceremony.states import Answered, Dealt, Drawn, Finished, Revealed, Secrets, Setup, State
from e2evote.errors import MalformedInput, NotMembers
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.digest import KEY_SIZE
from e2evote.hashing.fields import array, hex_bytes, integer, object_, one_of
from e2evote.record.body import LARGEST_INDEX
from e2evote.record.joint import joint_keys
from e2evote.record.keys import MemberKeys, PublicKeys, SealedShares, decode_keys, decode_shares
from e2evote.record.scalars import hexes, read_residue, read_residues
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sharing import SecretPolynomial, decode_secret

PURPOSE, VERSION = "trustee-state", 1
"""What `secret/keyfile` is told about these bytes."""

LARGEST = 32 * 2**20
_DRAWN = ("base_hash", "group", "index", "own", "quorum", "secrets", "session", "state", "trustees")
_REVEALED = (*_DRAWN, "commits")
_DEALT = (*_REVEALED, "keys", "sealed")
_NAMES = {
    "drawn": _DRAWN,
    "revealed": _REVEALED,
    "dealt": _DEALT,
    "finished": (*_DEALT, "z", "z_hat"),
    "answered": (*_DEALT, "accuser"),
}

Members = dict[str, Encodable]


def encode(state: State) -> bytes:
    """The canonical bytes of any state."""
    match state:
        case Drawn():
            members = _drawn(state) | {"state": "drawn"}
        case Revealed():
            members = _revealed(state) | {"state": "revealed"}
        case Dealt():
            members = _dealt(state) | {"state": "dealt"}
        case Finished():
            z, z_hat = (x.disclose().encode().hex() for x in (state.key.z, state.key.z_hat))
            members = _dealt(state.dealt) | {"state": "finished", "z": z, "z_hat": z_hat}
        case Answered():
            members = _dealt(state.dealt) | {"state": "answered", "accuser": state.accuser}
    return canonical.encode(members)


def decode(data: bytes, setup: Setup) -> State:
    """The state that these bytes are, in `setup`, or MalformedInput."""
    value = canonical.decode(data, limit=LARGEST)
    name = one_of(value.get("state") if isinstance(value, dict) else None, "state", tuple(_NAMES))
    members = object_(value, "", _NAMES[name])
    drawn = _read_drawn(members, setup)
    if name == "drawn":
        return drawn
    revealed = _read_revealed(members, drawn)
    if name == "revealed":
        return revealed
    dealt = _read_dealt(members, revealed)
    if name == "dealt":
        return dealt
    if name == "answered":
        return Answered(dealt, _other(members["accuser"], drawn))
    return _read_finished(members, dealt)


def _drawn(state: Drawn) -> Members:
    setup, secrets = state.setup, state.secrets
    return {
        "base_hash": setup.base_hash.hex(),
        "group": setup.group.name,
        "index": state.index,
        "own": _nested(state.own),
        "quorum": setup.quorum,
        "secrets": {
            "P": secrets.P.encode().hex(),
            "P_hat": secrets.P_hat.encode().hex(),
            "seed": secrets.seed.hex(),
            "zeta": secrets.zeta.disclose().encode().hex(),
        },
        "session": state.session,
        "trustees": setup.trustees,
    }


def _revealed(state: Revealed) -> Members:
    return _drawn(state.drawn) | {"commits": [commit.hex() for commit in state.commits]}


def _dealt(state: Dealt) -> Members:
    keys: list[Encodable] = [
        {"K": hexes(x.K), "K_hat": hexes(x.K_hat), "kappa": x.kappa.encode().hex()}
        for _, x in sorted(state.keys.items())
    ]
    return _revealed(state.revealed) | {"keys": keys, "sealed": _nested(state.sealed)}


def _nested(message: PublicKeys | SealedShares) -> JSON:
    """A payload as the JSON that it is."""
    data = message.encode()
    return canonical.decode(data, limit=len(data))


def _bytes_of(value: JSON) -> bytes:
    return canonical.encode(cast(Encodable, value))


def _read_drawn(members: dict[str, JSON], setup: Setup) -> Drawn:
    own = (setup.base_hash.hex(), setup.group.name, setup.trustees, setup.quorum)
    for name, expected in zip(("base_hash", "group", "trustees", "quorum"), own, strict=True):
        if type(members[name]) is not type(expected) or members[name] != expected:
            raise MalformedInput(f"a state of another ceremony, want {expected!r}", name)
    index = integer(members["index"], "index", 1, setup.trustees)
    session = integer(members["session"], "session", 1, LARGEST_INDEX)
    secrets = _read_secrets(members["secrets"], setup)
    try:
        keys = decode_keys(_bytes_of(members["own"]), setup.group, setup.quorum)
    except MalformedInput as error:
        raise error.inside("own") from None
    K, K_hat, kappa = secrets.P.commitments(), secrets.P_hat.commitments(), secrets.zeta.power_of(setup.group.g)
    if [key.encode() for key in keys.all_keys()] != [key.encode() for key in (*K, *K_hat, kappa)]:
        raise MalformedInput("not the keys of the secrets", "own")
    return Drawn(setup, index, session, secrets, keys)


def _read_secrets(value: JSON, setup: Setup) -> Secrets:
    group, size = setup.group, setup.group.scalar_size
    members = object_(value, "secrets", ("P", "P_hat", "seed", "zeta"))

    def polynomial(name: str) -> SecretPolynomial:
        data = hex_bytes(members[name], f"secrets.{name}", setup.quorum * size)
        return SecretPolynomial.decode(data, group, setup.quorum)

    zeta = _read_secret(group, members["zeta"], "secrets.zeta")
    return Secrets(polynomial("P"), polynomial("P_hat"), zeta, hex_bytes(members["seed"], "secrets.seed", SEED_SIZE))


def _read_revealed(members: dict[str, JSON], drawn: Drawn) -> Revealed:
    n = drawn.setup.trustees
    items = array(members["commits"], "commits", n, n)
    commits = tuple(hex_bytes(item, f"commits[{i}]", KEY_SIZE) for i, item in enumerate(items))
    if commits[drawn.index - 1] != drawn.commit():
        raise MalformedInput("not the commit of the own keys", f"commits[{drawn.index - 1}]")
    return Revealed(drawn, commits)


def _read_dealt(members: dict[str, JSON], revealed: Revealed) -> Dealt:
    drawn, setup = revealed.drawn, revealed.drawn.setup
    items = array(members["keys"], "keys", setup.trustees, setup.trustees)
    keys = {i: _read_member(item, f"keys[{i - 1}]", setup) for i, item in zip(setup.indices(), items, strict=True)}
    own = keys[drawn.index]
    if [x.encode() for x in (*own.K, *own.K_hat, own.kappa)] != [x.encode() for x in drawn.own.all_keys()]:
        raise MalformedInput("not the own keys", f"keys[{drawn.index - 1}]")
    try:
        sealed = decode_shares(_bytes_of(members["sealed"]), setup.group, setup.trustees, drawn.index)
    except MalformedInput as error:
        raise error.inside("sealed") from None
    return Dealt(revealed, keys, sealed)


def _read_member(value: JSON, where: str, setup: Setup) -> MemberKeys:
    members = object_(value, where, ("K", "K_hat", "kappa"))
    group, k = setup.group, setup.quorum
    residues = [
        *read_residues(group, members["K"], f"{where}.K", k),
        *read_residues(group, members["K_hat"], f"{where}.K_hat", k),
        read_residue(group, members["kappa"], f"{where}.kappa"),
    ]
    try:
        elements: tuple[Element, ...] = tuple(group.screen(residues))
    except NotMembers as error:
        raise MalformedInput(str(error), where) from None
    return MemberKeys(elements[:k], elements[k : 2 * k], elements[2 * k])


def _read_finished(members: dict[str, JSON], dealt: Dealt) -> Finished:
    drawn, setup = dealt.drawn, dealt.drawn.setup
    z, z_hat = (_read_secret(setup.group, members[name], name) for name in ("z", "z_hat"))
    joint = joint_keys(setup.group, setup.base_hash, dealt.keys)
    key = TrusteeKey(setup.base_hash, drawn.session, drawn.index, z, z_hat)
    if not key.fits(joint):
        raise MalformedInput("not the share of the joint keys", "z")
    return Finished(dealt, key, joint)


def _read_secret(group: Group, value: JSON, where: str) -> SecretScalar:
    data = hex_bytes(value, where, group.scalar_size)
    try:
        return decode_secret(data, group)
    except MalformedInput as error:
        raise error.inside(where) from None


def _other(value: JSON, drawn: Drawn) -> int:
    accuser = integer(value, "accuser", 1, drawn.setup.trustees)
    if accuser == drawn.index:
        raise MalformedInput("the trustee itself", "accuser")
    return accuser

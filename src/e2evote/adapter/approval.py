"""A leaf that several parties sign, on its way from one to the other (docs/spec.md §5.4; docs/errors.md).

    FILE            {"draft":"e2evote","leaf":{…},"v":1}: the leaf with the signatures that it has so far
    FILE.payload    what lies beside it, where its kind has something

The author is fixed when a draft is made, the others are not: whoever may sign in a place that is free takes it. A draft
is not secret. Nobody believes it: each reader looks at the election, at every signature and at its place again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from e2evote.adapter import whole_file
from e2evote.adapter.board import BoardReader
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.digest import sha256
from e2evote.hashing.fields import integer, object_, string
from e2evote.manifest.entries import KINDS
from e2evote.manifest.parties import Party
from e2evote.proofs.signature import verify
from e2evote.record.body import Body
from e2evote.record.leaf import LARGEST_LEAF, Leaf, PayloadName, Signature, decode_leaf, largest_payload
from e2evote.record.phases import advance
from e2evote.record.state import By, OutOfPlace
from e2evote.record.text_lines import in_one
from e2evote.secret.sign import SigningKey
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, signers

NAME, VERSION = "e2evote", 1
LARGEST = LARGEST_LEAF + 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """A leaf of this election, perhaps not signed by all yet. signed: by role, in the order of the kind's table."""

    leaf: Leaf
    payload: bytes = field(repr=False)
    signed: tuple[tuple[str, Party], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Roles of those who have yet to sign."""
        missing = list(KINDS[self.leaf.kind].authors)
        for role, _ in self.signed:
            missing.remove(role)
        return tuple(missing)

    @property
    def default_name(self) -> str:
        """What its file is called, if nothing else is said: the same for the same leaf, whoever has signed."""
        return f"{self.leaf.kind.replace('.', '-')}-{sha256(self.leaf.message()).hex()[:10]}.draft"

    def envelope(self) -> Envelope:
        """What is handed to the box; Refused `approval-incomplete` while a signature is missing."""
        if self.missing:
            raise Refused(
                "approval-incomplete", f"{self.leaf.kind}: still to be signed by a {' and a '.join(self.missing)}"
            )
        return Envelope(self.leaf.encode(), self.payload)


def begin(setting: Setting, kind: str, body: Body, author: Party, payload: bytes = b"") -> Draft:
    """A leaf of `kind` by this party, signed by nobody; Refused `wrong-key` where it may not be its author."""
    role = KINDS[kind].authors[0]
    if author not in signers(setting.manifest, role):
        raise Refused("wrong-key", f"{author.id} is no {role}, and so not the author of a {kind}")
    return Draft(Leaf(kind, author.id, setting.first, body, PayloadName.of(payload) if payload else None), payload, ())


def sign(setting: Setting, draft: Draft, key: SigningKey) -> Draft:
    """The draft with the signature of this key besides; Refused where the manifest has no place for it."""
    party = next((party for party in setting.manifest.parties if party.key == key.public), None)
    if party is None:
        raise Refused("wrong-key", f"the manifest has no party with the key {key.public.hex()}")
    ours = Signature(key.public, key.sign(draft.leaf.message()))
    return _placed(setting, draft, party, ours)


def signed_by(
    setting: Setting, kind: str, body: Body, author: Party, keys: Sequence[SigningKey], payload: bytes = b""
) -> Draft:
    """A new draft with the signatures of these keys."""
    draft = begin(setting, kind, body, author, payload)
    for key in keys:
        draft = sign(setting, draft, key)
    return draft


def author_of(setting: Setting, kind: str, key: SigningKey) -> Party:
    """Whose leaf it is when the party with this key begins it: its own, or the administrator's."""
    role = KINDS[kind].authors[0]
    parties = signers(setting.manifest, role)
    for party in parties:
        if party.key == key.public:
            return party
    if role == "administrator":
        return parties[0]
    raise Refused("wrong-key", f"the manifest has no {role} with the key {key.public.hex()}")


def check_place(board: BoardReader, draft: Draft) -> None:
    """Refused, with the name of the check, where the leaf could not be the next one on the board as it is.

    Phase and order, and what it says of lines and keys. Proofs are for whoever made them, and for the box.
    """
    leaf, setting = draft.leaf, board.setting
    trustee = setting.manifest.trustee_index(leaf.author)
    try:
        advance(board.state, leaf.kind, leaf.body, By(leaf.author, trustee))
    except OutOfPlace as error:
        raise Refused(Check.BOARD_PHASE.value, str(error)) from None
    findings, data = Findings(), leaf.encode()
    board.voters.judge(Entry(board.size, leaf, leaf_hash(data), trustee), in_one(draft.payload), findings)
    for check in sorted(findings.failing()):
        raise Refused(check.value, findings.of(check).failures[0].detail)


def place(board: BoardReader, draft: Draft) -> int:
    """Where this very leaf, with these signatures, is on the board already; -1 where it is not, and could be the next.

    Refused by the name of a check where it is not there and could not be.
    """
    name = leaf_hash(draft.leaf.encode())
    known = next((entry.index for entry in board.entries if entry.leaf_hash == name), -1)
    if known < 0:
        check_place(board, draft)
    return known


def _placed(setting: Setting, draft: Draft, party: Party, signature: Signature) -> Draft:
    """The draft with one more signature in the first free place that is the party's."""
    kind = KINDS[draft.leaf.kind]
    roles = _roles_of(setting, draft, party)
    if not roles:
        if any(other.id == party.id for _, other in draft.signed):
            raise Refused("approval-signed", f"{party.id} has signed this {kind.name} already; another party must")
        wanted = " or ".join(dict.fromkeys(draft.missing)) or "nobody: it is complete"
        raise Refused("wrong-key", f"{party.id} is a {party.role}; this {kind.name} is to be signed by {wanted}")
    if kind.apart:
        for _, other in draft.signed:
            if other.id == party.id:
                raise Refused("approval-signed", f"{party.id} has signed this {kind.name} already; another party must")
            if other.organisation == party.organisation:
                raise Refused(
                    "approval-apart",
                    f"{party.id} and {other.id} are both of {party.organisation}; two organisations must sign",
                )
    places = (*draft.signed, (roles[0], party))
    signatures = (*draft.leaf.signatures, signature)
    order = sorted(range(len(places)), key=lambda i: _rank(draft.leaf, places[i]))
    leaf = draft.leaf.signed(*(signatures[i] for i in order))
    return replace(draft, leaf=leaf, signed=tuple(places[i] for i in order))


def _rank(leaf: Leaf, place: tuple[str, Party]) -> tuple[int, int]:
    """The author first, then by role."""
    role, party = place
    authors = KINDS[leaf.kind].authors
    return (0 if party.id == leaf.author and role == authors[0] else 1), authors.index(role)


def _roles_of(setting: Setting, draft: Draft, party: Party) -> list[str]:
    """Roles in which the party may sign and nobody has yet; the first place is the author's alone."""
    authors = KINDS[draft.leaf.kind].authors
    author_signed = any(other.id == draft.leaf.author and role == authors[0] for role, other in draft.signed)
    free = [] if author_signed or party.id != draft.leaf.author else [authors[0]]
    others = len(draft.signed) - author_signed
    if others < len(authors) - 1:  # at most two sign any kind, so the second place is one
        free += [role for role in authors[1:] if party in signers(setting.manifest, role)]
    return free


def encode_draft(draft: Draft) -> bytes:
    """The bytes of a draft's file, without its payload."""
    return canonical.encode({"draft": NAME, "leaf": canonical.decode(draft.leaf.encode(), LARGEST_LEAF), "v": VERSION})


def decode_draft(setting: Setting, data: bytes, payload: bytes = b"") -> Draft:
    """A draft from outside: MalformedInput where it is none, Refused where its signatures do not hold here."""
    members = object_(canonical.decode(data.removesuffix(b"\n"), LARGEST), "", ("draft", "leaf", "v"))
    if string(members["draft"], "draft", 1, 60) != NAME:
        raise MalformedInput(f"want {NAME!r}", "draft")
    integer(members["v"], "v", VERSION, VERSION)
    given = canonical.encode(members["leaf"])
    try:
        leaf = decode_leaf(given, setting.group, setting.manifest.n, first=False)
    except MalformedInput as error:
        raise error.inside("leaf") from None
    if leaf.election != setting.first:
        raise Refused("approval-election", "the draft is of another selection than this board")
    author = setting.manifest.party(leaf.author)
    if len(KINDS[leaf.kind].authors) < 2 or author is None:
        raise MalformedInput(f"no leaf of kind {leaf.kind} by {leaf.author} is signed by several parties", "leaf")
    if leaf.payload != (PayloadName.of(payload) if payload else None):
        raise Refused("approval-payload", "the payload beside the draft is not the one that it names")
    draft = begin(setting, leaf.kind, leaf.body, author, payload)
    for signature in leaf.signatures:
        party = next((party for party in setting.manifest.parties if party.key == signature.key), None)
        if party is None or not verify(signature.key, leaf.message(), signature.sig):
            raise Refused("approval-signature", f"the signature of key {signature.key.hex()[:16]}… does not hold")
        draft = _placed(setting, draft, party, signature)
    if draft.leaf != leaf:
        raise MalformedInput("the signatures are not in order", "leaf.signatures")
    return draft


def payload_file(path: Path) -> Path:
    """Where the payload of the draft in `path` lies."""
    return path.with_name(f"{path.name}.payload")


def read_draft(setting: Setting, path: Path) -> Draft:
    """The draft in this file."""
    data = _read(path, LARGEST)
    beside = payload_file(path)
    payload = b""
    if beside.exists():
        payload = _read(beside, max(largest_payload(kind) for kind in KINDS))
    try:
        return decode_draft(setting, data, payload)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def write_draft(path: Path, draft: Draft) -> None:
    """A new file, and one for the payload, which is there first. Refused `file-exists` if there is one already."""
    if draft.payload:
        _create(payload_file(path), draft.payload)
    _create(path, encode_draft(draft) + b"\n")


def replace_draft(path: Path, draft: Draft) -> None:
    """The same leaf with more signatures, in the place of the file that was read."""
    whole_file.replace(path, encode_draft(draft) + b"\n")


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
    if len(data) > limit:
        raise MalformedInput(f"more than {limit} bytes", str(path))
    return data


def _create(path: Path, data: bytes) -> None:
    try:
        whole_file.create(path, data)
    except FileExistsError:
        raise Refused("file-exists", f"{path}: there is such a file already") from None

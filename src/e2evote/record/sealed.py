"""The sealed ballot: ciphertexts and proofs, and nothing else (docs/spec.md, section 7; record-format.md, Sealed).

Its bytes are what the tracker commits to. They are read without a model object per element: hexadecimal strings
become residues and scalars directly, and are accepted only if this module's writer gives the same bytes again.
"""

from dataclasses import dataclass

from e2evote.algebra.group import Group, Residue
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON, Encodable
from e2evote.hashing.fields import array, hex_bytes, integer, object_, string
from e2evote.manifest.contests import Contest, Style
from e2evote.manifest.model import Manifest
from e2evote.proofs.one_of import OneOfProof
from e2evote.record.leaf import LARGEST_PAYLOAD, VERSION
from e2evote.record.scalars import range_proof_members, read_range_proof, read_residue

SELECTION, BLANK = "selection", "blank"


@dataclass(frozen=True, slots=True)
class SealedItem:
    """One ciphertext with the proof of its range. The blank vote's option is ""."""

    option: str
    alpha: Residue
    beta: Residue
    proof: OneOfProof


@dataclass(frozen=True, slots=True)
class SealedContest:
    """The items of one contest in the manifest's order, and the proof of the contest's limit."""

    id: str
    items: tuple[SealedItem, ...]
    limit: OneOfProof


@dataclass(frozen=True, slots=True)
class SealedBallot:
    """A ballot that has the form that its style asks for. Nothing is proved yet."""

    election: bytes
    id: bytes
    style: str
    contests: tuple[SealedContest, ...]

    def members(self) -> dict[str, Encodable]:
        """The JSON value."""
        return {
            "contests": [
                {
                    "id": contest.id,
                    "items": [
                        {
                            "alpha": item.alpha.encode().hex(),
                            "beta": item.beta.encode().hex(),
                            "option": item.option,
                            "proof": range_proof_members(item.proof),
                            "type": SELECTION if item.option else BLANK,
                        }
                        for item in contest.items
                    ],
                    "limit": range_proof_members(contest.limit),
                }
                for contest in self.contests
            ],
            "election": self.election.hex(),
            "id": self.id.hex(),
            "style": self.style,
            "v": VERSION,
        }

    def encode(self) -> bytes:
        """The canonical bytes: what the tracker and the payload hash are of."""
        return canonical.encode(self.members())


def decode_sealed(data: bytes, manifest: Manifest, group: Group) -> SealedBallot:
    """A sealed ballot from outside bytes, or MalformedInput naming the place. Membership and proofs are not checked."""
    return read_sealed(canonical.decode(data, limit=LARGEST_PAYLOAD), manifest, group)


def read_sealed(value: JSON, manifest: Manifest, group: Group, where: str = "") -> SealedBallot:
    """The same from decoded canonical JSON, as it stands inside an opened ballot."""
    members = object_(value, where, ("contests", "election", "id", "style", "v"))
    dot = f"{where}." if where else ""
    integer(members["v"], f"{dot}v", VERSION, VERSION)
    election = hex_bytes(members["election"], f"{dot}election", 32)
    identifier = hex_bytes(members["id"], f"{dot}id", 32)
    style = _style(members["style"], f"{dot}style", manifest)
    contests = array(members["contests"], f"{dot}contests", len(style.contests), len(style.contests))
    return SealedBallot(
        election,
        identifier,
        style.id,
        tuple(
            _contest(value, f"{dot}contests[{i}]", contest, group)
            for i, (contest, value) in enumerate(zip(manifest.contests_of(style), contests, strict=True))
        ),
    )


def _style(value: JSON, where: str, manifest: Manifest) -> Style:
    name = string(value, where, 0, 63)
    style = manifest.style(name)
    if style is None:
        raise MalformedInput(f"{name!r} is no ballot style of this selection", where)
    return style


def _contest(value: JSON, where: str, contest: Contest, group: Group) -> SealedContest:
    members = object_(value, where, ("id", "items", "limit"))
    _expect(members["id"], contest.id, f"{where}.id")
    expected = contest.items()
    items = array(members["items"], f"{where}.items", len(expected), len(expected))
    read = []
    for i, (item, want) in enumerate(zip(items, expected, strict=True)):
        place = f"{where}.items[{i}]"
        fields = object_(item, place, ("alpha", "beta", "option", "proof", "type"))
        _expect(fields["option"], want.option, f"{place}.option")
        _expect(fields["type"], SELECTION if want.option else BLANK, f"{place}.type")
        alpha = read_residue(group, fields["alpha"], f"{place}.alpha")
        beta = read_residue(group, fields["beta"], f"{place}.beta")
        proof = read_range_proof(group, fields["proof"], f"{place}.proof", want.limit)
        read.append(SealedItem(want.option, alpha, beta, proof))
    limit = read_range_proof(group, members["limit"], f"{where}.limit", contest.limit)
    return SealedContest(contest.id, tuple(read), limit)


def _expect(value: JSON, expected: str, where: str) -> None:
    if string(value, where, 0, 63) != expected:
        raise MalformedInput(f"want {expected!r}", where)

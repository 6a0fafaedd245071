"""The insider: everybody's keys, one record, and everything that can be made consistent again after a change.

A `Dossier` is a record in pieces. A tamper changes pieces and calls `settle`, which computes anew whatever follows from
them, so that only the one thing is wrong; an entry's `keep` names what is to stay as it is. What the record is shown
with (anchors, an earlier checkpoint, as a zip) is part of the dossier too.

    settle()    trackers, previous ballots, roots, rows, products, shares with proofs, outcome, hashes, signatures
    remake()    also all trustee messages and ballots, from their secrets and the manifest as it is now
    reseal()    only payload hashes, `election` and signatures
"""

import copy
from collections.abc import Callable
from pathlib import Path

from reference.encryptor import Entry, Made
from reference.make_ballots import Sealing
from reference.make_ceremony import Trustee
from reference.make_ed25519 import public_key
from reference.make_entries import FIRST_ROLE, KINDS
from reference.make_group import Group
from reference.make_json import Json
from reference.make_manifest import CLOSE, OPEN, key_name, seconds_of, trustee_id
from reference.make_record import Settling, remake, settle
from reference.make_tree import checkpoint_note, cosignature_line, record_files, text_of, verifier_key, zip_of

FileEdit = Callable[[dict[str, bytes]], None]
Times = dict[str, int]
"""When each of some witnesses cosigns."""

DATES = {"dates/open": "open", "dates/close": "close"}
"""The notes of the dates, and the kind of leaf that each of them ends with; an extension has one more."""

HOUR = 3600
"""So long before the closing date an extension is cosigned, where nothing else is said."""


class Dossier:
    """A record that an insider is working on.

    `expect` are the anchors the reader has, `since` is the reader's earlier checkpoint, `note` a checkpoint to show in
    place of the right one, `notes` the same for those of the dates; `archive` a zip in place of the files; `on_disk`
    acts on the written directory. Where there are witnesses the last of them never answers.
    """

    def __init__(self, made: Made) -> None:
        self.made = copy.deepcopy(made)
        self.file_edits: list[FileEdit] = []
        self.note: bytes | None = None
        self.notes: dict[str, bytes] = {}
        self.with_hints = True
        self.expect: dict[str, str] | None = None
        self.since: bytes | None = None
        self.allow_test_group = True
        self.archive: bytes | None = None
        self.on_disk: Callable[[Path], None] | None = None

    @property
    def entries(self) -> list[Entry]:
        return self.made.entries

    @property
    def group(self) -> Group:
        return self.made.group

    @property
    def manifest(self) -> Json:
        return self.made.manifest

    @property
    def origin(self) -> str:
        return self.made.origin

    # Finding pieces

    def all(self, kind: str) -> list[Entry]:
        return self.made.of_kind(kind)

    def one(self, kind: str, n: int = 0) -> Entry:
        """The n-th leaf of the kind."""
        return self.all(kind)[n]

    def of_trustee(self, kind: str, index: int, session: int = 0) -> Entry:
        """A trustee's leaf, of the last session unless told."""
        if kind.startswith("ceremony."):
            return self.made.message(kind, session or self.made.session, index)
        return next(entry for entry in self.all(kind) if entry.leaf["author"] == trustee_id(index))

    def trustee(self, index: int, session: int = 0) -> Trustee:
        return self.made.trustees[session or self.made.session, index]

    def index(self, entry: Entry) -> int:
        return next(i for i, other in enumerate(self.entries) if other is entry)

    @staticmethod
    def sealing(entry: Entry) -> Sealing:
        if not isinstance(entry.secret, Sealing):
            raise ValueError(f"a {entry.kind} leaf has no voter's secrets")
        return entry.secret

    # Changing pieces

    def leaf(self, kind: str, author: str, body: Json | None = None, signers: tuple[str, ...] = ()) -> Json:
        """A new leaf, signed by these parties; by default the author and the first party of each further role."""
        if not signers:
            signers = (author,)
            for name in KINDS[kind].authors[1:]:
                role = FIRST_ROLE.get(name, name)
                parties = [p["id"] for p in self.manifest["parties"] if p["role"] == role]
                signers = (*signers, next(party for party in parties if party not in signers))
        keys = [self.made.parties[signer].hex() for signer in signers if signer in self.made.parties]
        signatures = [] if kind == "challenge" else [{"key": key, "sig": ""} for key in keys]
        return {"author": author, "body": body or {}, "kind": kind, "signatures": signatures, "v": 1}

    def insert(self, index: int, entry: Entry, *keep: str) -> Entry:
        entry.keep |= set(keep)
        self.entries.insert(index, entry)
        return entry

    def after(self, entry: Entry, new: Entry, *keep: str) -> Entry:
        return self.insert(self.index(entry) + 1, new, *keep)

    def remove(self, entry: Entry) -> None:
        del self.entries[self.index(entry)]

    def new_key(self, *label: object) -> bytes:
        """A fresh Ed25519 secret, which the insider then signs with where its public key stands."""
        secret = self.made.source.bytes32("insider", *label)
        self.made.keys[public_key(secret).hex()] = secret
        return secret

    @staticmethod
    def show(entry: Entry, edit: Callable[[Json], object]) -> None:
        """Publish an edited payload; what is computed from the payload goes on with it as it was."""
        shown = copy.deepcopy(entry.content)
        edit(shown)
        entry.raw_payload = entry.encoded(shown)

    # Making consistent

    def settle(self) -> None:
        settle(self.made)

    def remake(self) -> None:
        remake(self.made)

    def reseal(self, from_index: int = 0) -> None:
        sealer = Settling(self.made)
        for i, entry in enumerate(self.entries):
            if i >= from_index:
                sealer.seal_leaf(entry)
            sealer.hashes.append(entry.hash())

    # Showing

    def log_secret(self) -> bytes:
        return self.secret_of("log")

    def checkpoint(self, size: int = -1) -> bytes:
        """What the log honestly signs over its first `size` entries (all of them by default)."""
        size = len(self.entries) if size < 0 else size
        return checkpoint_note(self.origin, size, self.made.root(size), self.log_secret())

    def secret_of(self, party: str) -> bytes:
        return self.made.keys[self.made.parties[party].hex()]

    def cosigned(self, note: bytes, times: Times) -> bytes:
        """The note with a line of each of these witnesses, for the text that it has."""
        text = text_of(note)
        lines = [cosignature_line(key_name(w), self.secret_of(w), time, text) for w, time in times.items()]
        return note + b"".join(lines)

    def times(self, name: str) -> Times:
        """When the honest witnesses cosign the note of that name: soon after what it is about."""
        *_, last = dates = [CLOSE, *(seconds_of(entry.body["close"]) for entry in self.extensions())]
        first = {"checkpoint": last + 86400, "dates/open": OPEN + 1, "dates/close": last - 2}
        first |= {f"dates/extend-{n}": date - HOUR for n, date in enumerate(dates, 1)}
        return self._soon_after(first[name])

    def _soon_after(self, first: int) -> Times:
        return {witness: first + 3 * i for i, witness in enumerate(self.made.spec.witnesses[:-1])}

    def extensions(self) -> list[Entry]:
        """The leaves that put off the close, in order."""
        return [entry for entry in self.all("extend") if "ignored" not in entry.keep]

    def dated(self) -> list[str]:
        """The names of the notes that there are beside the checkpoint."""
        return [*DATES, *(f"dates/extend-{n + 1}" for n, _ in enumerate(self.extensions()))]

    def size_of(self, name: str) -> int:
        """How many entries the note of that name covers; 0 where there is no such leaf."""
        if name not in self.dated():
            return len(self.entries)
        if name not in DATES:
            return 1 + self.index(self.extensions()[int(name.removeprefix("dates/extend-")) - 1])
        return next((i for i, entry in enumerate(self.entries, 1) if entry.kind == DATES[name]), 0)

    def honest(self, name: str) -> bytes:
        """The note that log and witnesses make of the record as it is now."""
        return self.cosigned(self.checkpoint(self.size_of(name)), self.times(name))

    def anchors(self) -> dict[str, str]:
        """What a reader who knows this election expects."""
        return {
            "base_hash": self.made.h_b.hex(),
            "extended_base_hash": self.made.joint().h_e.hex(),
            "log_key": verifier_key(self.origin, self.made.parties["log"]),
        }

    def files(self) -> dict[str, bytes]:
        """The whole static record."""
        hints = [entry.hints for entry in self.entries] if self.with_hints else []
        leaves = [entry.leaf_bytes() for entry in self.entries]
        note = self.honest("checkpoint") if self.note is None else self.note
        files = record_files(leaves, [entry.pack_bytes() for entry in self.entries], hints, note)
        if self.made.spec.witnesses:
            files |= {name: self.honest(name) for name in self.dated() if self.size_of(name)} | self.notes
        for edit in self.file_edits:
            edit(files)
        return files

    def write(self, path: Path) -> Path:
        """The record as a directory."""
        for name, data in self.files().items():
            file = path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if self.on_disk is not None:
            self.on_disk(path)
        return path

    def pack(self, path: Path) -> Path:
        """The record as a zip: the canonical one unless a tamper made another."""
        path.write_bytes(zip_of(self.files()) if self.archive is None else self.archive)
        return path

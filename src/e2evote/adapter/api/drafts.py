"""New selections, from an id to entry 0 (docs/http-acts.md, Drafts).

    DRAFTS/ID/log.key        the log's signing key, made here, encrypted
    DRAFTS/ID/log.key.pub    its public half as a party's identity, for whoever makes the manifest
    DRAFTS/ID/manifest.json  the manifest, as long as it may be changed
    DRAFTS/ID/store/         the selection's store, from the day on which the administrator has signed entry 0

The server never has the administrator's key: what is handed in is entry 0 as it was signed elsewhere. A manifest is
taken only where it has the form, keeps all rules, and names this id and this log; so what is signed is what will hold.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import whole_file
from e2evote.adapter.api.acts_config import DraftRules
from e2evote.adapter.api.preconditions import tag_of
from e2evote.adapter.api.problems import Answer, FieldError, Problem, of_refusal
from e2evote.adapter.api.state import FILE, StateFile
from e2evote.adapter.election import Election
from e2evote.adapter.keys import new_key, read_identity, write_identity
from e2evote.adapter.passphrase import Passphrase, read_passphrase_file
from e2evote.adapter.store import found_store
from e2evote.algebra.parameters import ACCEPTED, TEST_GROUPS
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.manifest.draft import PartyFacts
from e2evote.manifest.model import LARGEST, Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.body import read_id

IDENTITY = "log.key.pub"
MOST_DRAFTS = 1000


@dataclass(frozen=True, slots=True)
class Draft:
    """A selection that has not begun. manifest: empty as long as there is none."""

    id: str
    log: PartyFacts
    manifest: bytes

    @property
    def tag(self) -> str:
        """The entity tag of what may be changed."""
        return tag_of(self.manifest or self.id.encode())

    def members(self) -> dict[str, object]:
        """As it is answered."""
        log = {
            "id": self.log.id,
            "key": self.log.key.hex(),
            "organisation": self.log.organisation,
            "role": self.log.role,
        }
        return {"id": self.id, "log": log, "manifest": self.manifest.decode() or None}


class Drafts:
    """The folder of all drafts."""

    def __init__(self, rules: DraftRules) -> None:
        self._rules, self._turn = rules, threading.Lock()
        self._passphrase: Passphrase = read_passphrase_file(rules.passphrase_file)
        rules.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.state = StateFile(rules.folder / FILE)

    def founded(self) -> Iterator[Election]:
        """Selections that began here, for a server that starts."""
        for store in sorted(self._rules.folder.glob("*/store")):
            yield self._opened(store)

    def create(self, id: str, organisation: str) -> Draft:
        """A new draft with a new log key; Problem `election-exists` where there is one of this id.

        organisation: whose log it is, as the manifest is to say.
        """
        try:
            read_id(id, "id")
        except MalformedInput as error:
            raise Problem("request-malformed", str(error), errors=[FieldError("/id", error.detail)]) from None
        with self._turn:
            if len(os.listdir(self._rules.folder)) >= MOST_DRAFTS:
                raise Problem("busy", "there are too many drafts")
            folder, temporary = self._rules.folder / id, self._rules.folder / f".{id}.new"
            if folder.exists():
                raise Problem("election-exists", f"there is an election, or a draft of one, with the id {id}")
            shutil.rmtree(temporary, ignore_errors=True)  # what a crash has left
            temporary.mkdir(mode=0o700)
            try:
                key = new_key(temporary / "log.key", self._passphrase)
                write_identity(temporary / IDENTITY, PartyFacts("log", "log", organisation, key.public))
                temporary.rename(folder)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
            return self._read(folder)

    def read(self, id: str) -> Draft:
        """The draft of this id; Problem `election-unknown` where there is none, or where it has begun."""
        return self._read(self._folder(id))

    def replace(self, id: str, tag: str, value: JSON) -> Draft:
        """The draft with another manifest. tag: of the one that this is in place of.

        Problem `precondition-failed` where it was changed meanwhile, `request-malformed` or `manifest-rules` with a
        JSON pointer to each place that is not right.
        """
        with self._turn:
            folder = self._folder(id)
            draft = self._read(folder)
            if draft.tag != tag:
                raise Problem("precondition-failed", "somebody has changed it since", headers={"etag": draft.tag})
            data = canonical.encode(value)
            self._check(id, draft.log.key, value, data)
            whole_file.replace(folder / "manifest.json", data)
            return Draft(id, draft.log, data)

    def found(self, id: str, entry: bytes) -> Election:
        """The selection begins with this entry 0, which its administrator has signed."""
        with self._turn:
            folder = self._folder(id)
            draft = self._read(folder)
            if not draft.manifest:
                raise Problem("no-manifest", "a draft begins when it has a manifest")
            store = found_store(
                folder / "store",
                draft.manifest,
                entry,
                folder / "log.key",
                self._passphrase,
                allow_test_group=self._rules.allow_test_group,
            )
            return self._opened(store.path)

    def has(self, id: str) -> bool:
        """Whether there is a draft of this id that has not begun."""
        try:
            folder = self._rules.folder / read_id(id, "id")
        except MalformedInput:
            return False
        return (folder / "log.key").is_file() and not (folder / "store").exists()

    def _opened(self, store: Path) -> Election:
        return Election.open_store(store, passphrase=self._passphrase, allow_test_group=self._rules.allow_test_group)

    def _folder(self, id: str) -> Path:
        if not self.has(id):
            raise Problem("election-unknown", "there is no draft of this id")
        return self._rules.folder / id

    def _read(self, folder: Path) -> Draft:
        manifest = folder / "manifest.json"
        return Draft(folder.name, read_identity(folder / IDENTITY), manifest.read_bytes() if manifest.exists() else b"")

    def _check(self, id: str, log_key: bytes, value: JSON, data: bytes) -> None:
        if len(data) > LARGEST:
            raise Problem("too-large", f"a manifest has at most {LARGEST} bytes")
        try:
            manifest = Manifest.decode(data)
        except MalformedInput as error:
            place = FieldError(pointer(error.where, value), error.detail)
            raise Problem("request-malformed", f"the manifest: {error}", errors=[place]) from None
        errors = [FieldError(pointer(_where(manifest, one), value), one.detail) for one in _failures(manifest)]
        if manifest.election.id != id:
            errors.append(FieldError("/election/id", f"want {id}, the id of the draft"))
        for i, party in enumerate(manifest.parties):
            if party.role == "log" and party.key != log_key:
                errors.append(FieldError(f"/parties/{i}/key", f"want {log_key.hex()}, the key of the draft's log"))
        if manifest.group not in (*ACCEPTED, *(TEST_GROUPS if self._rules.allow_test_group else ())):
            errors.append(FieldError("/group", f"want one of {', '.join(ACCEPTED)}"))
        if errors:
            raise RulesBroken(errors)


class RulesBroken(Problem):
    """A manifest that can be read and breaks rules; each place is named."""

    def __init__(self, errors: list[FieldError]) -> None:
        detail = "; ".join(f"{one.pointer}: {one.detail}" for one in errors)
        Exception.__init__(self, "manifest-rules", detail)
        told = of_refusal(Refused("manifest-rules", detail))
        self.answer = Answer(told.code, 422, told.title, told.detail, errors)


def pointer(where: str, value: JSON) -> str:
    """The JSON pointer of a place as errors of manifests name it: `contests[0].id` is `/contests/0/id`.

    value: what the place is in. Names may hold dots, so that only the value says where one ends.
    """
    steps: list[str] = []
    while where:
        if isinstance(value, list) and where.startswith("["):
            step, _, where = where[1:].partition("]")
            value = value[int(step)] if int(step) < len(value) else None
        else:
            where = where.removeprefix(".")
            names = sorted(value, key=len, reverse=True) if isinstance(value, dict) else ()
            step = next((name for name in names if where == name or where.startswith((f"{name}.", f"{name}["))), where)
            where = where[len(step) :]
            value = value.get(step) if isinstance(value, dict) else None
        steps.append(step)
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _failures(manifest: Manifest) -> tuple[CheckFailed, ...]:
    return (*key_failures(manifest), *rule_failures(manifest))


def _where(manifest: Manifest, failure: CheckFailed) -> str:
    """The place of a failure: of keys the subject is a party's id."""
    for i, party in enumerate(manifest.parties):
        if failure.check == "manifest.keys" and party.id == failure.subject:
            return f"parties[{i}].key"
    return failure.subject

"""A selection with a roll on disk for tests: members, seeds, freeze, codes, ceremony; each step made once."""

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from e2evote.adapter import roll_keeping
from e2evote.adapter.act import Act
from e2evote.adapter.inbox import Post
from e2evote.adapter.registrar_issue import keys_act, make_codes, write_codes
from e2evote.adapter.registrar_seed import draw_seed, read_seed
from e2evote.adapter.roll_file import HeldRoll, RollFile
from e2evote.adapter.roll_keeping import Changed
from e2evote.adapter.roll_record import VoterRecord, open_voter_record, voters_on
from e2evote.adapter.signing import signed
from e2evote.adapter.store import Store
from e2evote.credentials.code import Code, CredentialKeys
from e2evote.credentials.members import read_members
from e2evote.manifest.model import Manifest
from e2evote.secret.sign import SigningKey
from tests.adapter.rolls import roll_manifest
from tests.adapter.selections import PHRASE, Selection, hold_ceremony, new_store
from tests.ballot.election import signing_key
from tests.randomness import DeterministicRandomness

AS_AT = "2031-04-01T00:00:00Z"
NAMES = ("Ada Lovelace", "Grace Hopper", "Émilie du Châtelet", "Kurt Gödel", "Emmy Noether", "Alan Turing")
HEADINGS = ("reference", "name", "email", "post", "phone", "style")
STEPS = ("setup", "seeded", "frozen", "issued", "open", "cast", "closed", "stated")
VOTERS = {"0000001": {"mayor": {"ada": 1}}, "0000003": {"mayor": {"bob": 1}}}
"""Who votes in the step `cast`, and how."""
REGISTRARS = ("rita", "rolf")


def member_rows(count: int = len(NAMES)) -> list[dict[str, str]]:
    """So many members, no two alike."""
    return [
        {
            "reference": f"M-{1000 + 7 * i}",
            "name": NAMES[i % len(NAMES)] + ("" if i < len(NAMES) else f" {i}"),
            "email": f"member{i}@mail.example",
            "post": f"{i + 1} Queen Square",
            "phone": f"+44 20 7946 {i:04}",
            "style": "half" if i % 3 == 2 else "all",
        }
        for i in range(count)
    ]


def members_csv(rows: list[dict[str, str]] | None = None) -> bytes:
    lines = [",".join(HEADINGS), *(",".join(row[name] for name in HEADINGS) for row in rows or member_rows())]
    return ("\r\n".join(lines) + "\r\n").encode()


class RollSelection(Selection):
    """Files of the parties lie beside the store: rita.seed, spring.roll, rita.letters.csv, rita.keys, …"""

    @property
    def folder(self) -> Path:
        return self.store.path.parent

    @property
    def roll_file(self) -> RollFile:
        return RollFile(self.folder / "spring.roll", PHRASE, DeterministicRandomness("roll file"))

    @property
    def held(self) -> HeldRoll:
        return self.roll_file.read(self.board().setting.first)

    def codes(self, registrar: str) -> dict[str, str]:
        """By line, from the letters."""
        lines = (self.folder / f"{registrar}.letters.csv").read_text("utf-8-sig").splitlines()[1:]
        return {cells[1]: cells[2] for cells in (line.split(",") for line in lines)}

    def signing(self, line: str) -> list[SigningKey]:
        """The keys that the letters of all registrars have for a line."""
        h_b = self.board().setting.base_hash
        codes = {id: Code.read(self.codes(id)[line]) for id in REGISTRARS}
        return [CredentialKeys(h_b, id).of(line, codes[id]) for id in REGISTRARS]

    def vote(self, post: Post, line: str, votes: Mapping[str, Mapping[str, int]]) -> int:
        """The line votes with the codes in its letters."""
        booth = self.booth()
        return post(booth.cast(booth.seal(booth.voter(line), votes), *self.signing(line))).index

    def record(self) -> VoterRecord:
        return voters_on(self.board())

    def change(self, post: Post, changed: Changed) -> None:
        """The roll file and the board together."""
        self.roll_file.begin(changed.held, changed.act)
        self.send(post, changed.act, "chair", "tess")
        assert self.roll_file.finish(self.record())

    def send(self, post: Post, act: Act, *names: str) -> int:
        """The act, signed by these parties."""
        keys = [signing_key(name) for name in names]
        return post(signed(self.board().setting, act.kind, act.body, keys, act.payload)).index


def post_seeds(selection: RollSelection, post: Post, *registrars: str) -> None:
    for id in registrars or REGISTRARS:
        path, randomness = selection.folder / f"{id}.seed", DeterministicRandomness(f"seed of {id}")
        act = draw_seed(selection.board().setting, signing_key(id), path, PHRASE, randomness)
        selection.send(post, act, id)


def freeze(selection: RollSelection, post: Post, rows: list[dict[str, str]] | None = None) -> None:
    record = selection.record()
    seeds = [read_seed(selection.folder / f"{one.id}.seed", PHRASE) for one in record.manifest.registrars]
    members = read_members(members_csv(rows), record.manifest).members
    selection.change(post, roll_keeping.freeze(record, members, seeds, AS_AT, DeterministicRandomness("freeze")))


def issue(selection: RollSelection, post: Post, *registrars: str, suffix: str = "") -> None:
    for id in registrars or REGISTRARS:
        with open_voter_record(selection.store.record) as record:
            made = make_codes(record, selection.held, id, DeterministicRandomness(f"codes of {id}{suffix}"))
            keys = selection.folder / f"{id}{suffix}.keys"
            write_codes(made, selection.folder / f"{id}{suffix}.letters.csv", keys, record.setting)
            act = keys_act(record, id, keys.read_bytes())
        selection.send(post, act, id)


def _advance(selection: RollSelection, step: str) -> None:
    with selection.box() as service:
        match step:
            case "seeded":
                post_seeds(selection, service.post)
            case "frozen":
                freeze(selection, service.post)
            case "issued":
                issue(selection, service.post)
            case "open":
                hold_ceremony(selection, service.post)
                selection.administration(service.post).open()
            case "cast":
                for line, votes in VOTERS.items():
                    selection.vote(service.post, line, votes)
            case "closed":
                selection.administration(service.post).close()
            case "stated":
                selection.administration(service.post).statement()


@cache
def _keeper() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="e2evote-tests-")


@cache
def _template(step: str) -> Path:
    path = Path(_keeper().name) / step
    place = STEPS.index(step)
    if place == 0:
        path.mkdir()
        new_store(path / "box", roll_manifest())
    else:
        shutil.copytree(_template(STEPS[place - 1]), path)
        _advance(RollSelection(Store.at(path / "box")), step)
    return path


def prepared(path: Path, step: str) -> RollSelection:
    """A folder of its own at `path`, in that step; the store is `path`/box."""
    shutil.copytree(_template(step), path)
    return RollSelection(Store.at(path / "box"))


def begun(path: Path, manifest: Manifest) -> RollSelection:
    """A selection of another manifest, with nothing but entry 0."""
    path.mkdir()
    return RollSelection(new_store(path / "box", manifest))

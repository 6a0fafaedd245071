"""`e2evote approve`: the second signature; and how every command ends whose leaf two parties sign.

Both keys at one place, or a draft that goes from one to the other: a command takes `--with-key` for the first, and
writes a draft otherwise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from e2evote.adapter.approval import (
    Draft,
    author_of,
    place,
    read_draft,
    replace_draft,
    sign,
    signed_by,
    write_draft,
)
from e2evote.adapter.board import BoardReader
from e2evote.adapter.keys import load_key
from e2evote.adapter.leaf_words import sentences
from e2evote.cli.ending import Usage
from e2evote.cli.options import AllowTestGroup, Json, PassphraseFile, Wait
from e2evote.cli.output import refuse_existing
from e2evote.cli.passphrase import passphrase
from e2evote.cli.terminal import as_json, say
from e2evote.cli.voter import board_of, post_to
from e2evote.errors import Refused
from e2evote.hashing.canonical import Encodable
from e2evote.manifest.entries import KINDS
from e2evote.manifest.parties import Party
from e2evote.record.body import Body
from e2evote.secret.sign import SigningKey
from e2evote.verify.leaves import Setting

WithKey = Annotated[
    Path | None,
    typer.Option("--with-key", metavar="FILE", help="The key file of the second who signs; without it a draft."),
]
WithPassphraseFile = Annotated[
    Path | None,
    typer.Option("--with-passphrase-file", metavar="FILE", help="Private file with the second one's passphrase."),
]
DraftFile = Annotated[
    Path | None,
    typer.Option("--draft", metavar="FILE", help="Where to write what the second one signs with e2evote approve."),
]

LOOKED_AT_BY = {"paper": "e2evote channel agree"}
"""Kinds whose second signer has to see more than the leaf, and by which command."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a leaf: its index in the log; or its draft's file, and the roles of who has yet to sign."""

    index: int
    draft: str
    missing: tuple[str, ...]

    def members(self) -> dict[str, Encodable]:
        """For `--json`."""
        return (
            {"draft": self.draft, "index": self.index, "missing": list(self.missing)}
            if self.draft
            else {"index": self.index}
        )

    def tell(self, store: Path, done: str) -> None:
        """For people. done: what is said of it when it is in the log."""
        if not self.draft:
            say(f"{done} It is entry {self.index}.")
            return
        say(f"draft  {self.draft}, still to be signed by a {' and a '.join(self.missing)}:")
        say(f"  e2evote approve {self.draft} --store {store} --key KEY --post")


def keys_of(
    key: Path, passphrase_file: Path | None, with_key: Path | None, with_passphrase_file: Path | None
) -> tuple[SigningKey, ...]:
    """One's own key and, where it is here, the second one's."""
    own = load_key(key, passphrase(passphrase_file, str(key)))
    if with_key is None:
        return (own,)
    return own, load_key(with_key, passphrase(with_passphrase_file, str(with_key)))


def settle(
    store: Path,
    board: BoardReader,
    kind: str,
    body: Body,
    keys: tuple[SigningKey, ...],
    payload: bytes = b"",
    *,
    author: Party | None = None,
    draft: Path | None = None,
    wait: float = 60,
) -> Settled:
    """A leaf that two sign: handed to the box where both keys are here, otherwise written as a draft.

    keys: of whoever acts, then of the second one. author: where it is the second one's leaf. draft: the file; None for
    one in this folder, named by its content. What is on the board already stays as it is, so that a command may be
    repeated after a lost answer.
    """
    author = author or author_of(board.setting, kind, keys[0])
    made = signed_by(board.setting, kind, body, author, keys, payload)
    known = place(board, made)
    if known >= 0:
        return Settled(known, "", ())
    if not made.missing:
        return Settled(post_to(store, wait)(made.envelope()).index, "", ())
    path = draft or Path(made.default_name)
    refuse_existing(path)
    write_draft(path, made)
    return Settled(-1, str(path), made.missing)


def approve(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Drafts that another party began.")],
    store: Annotated[
        Path, typer.Option("--store", metavar="STORE", help="The box's directory, or a record that is up to date.")
    ],
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Your key file; without it drafts are only shown.")
    ] = None,
    post: Annotated[bool, typer.Option("--post", help="Hand them to the box, once no signature is missing.")] = False,
    passphrase_file: PassphraseFile = None,
    wait: Wait = 60,
    allow_test_group: AllowTestGroup = False,
    json: Json = False,
) -> None:
    """Say in plain words what a draft is about and who has signed it; with --key sign it too.

    Look at it first, without --key. A signature says that you know it to be so. FILE then holds your signature too, for
    whoever posts it; with --post it goes to the box at once. Where two organisations must agree, a second signature of
    the same one is refused. Nothing is signed where one of several drafts is refused.

    Example:  e2evote approve mark-0f3a9c12d4.draft --store box --key theo.key --post
    """
    board = BoardReader(board_of(store), allow_test_group=allow_test_group)
    drafts = [read_draft(board.setting, file) for file in files]
    known = [place(board, draft) for draft in drafts]
    for draft in drafts:
        if not json:
            _show(board.setting, draft)
    if key is not None:
        for draft in drafts:
            if command := LOOKED_AT_BY.get(draft.leaf.kind):
                raise Refused("approval-unseen", f"a {draft.leaf.kind} is signed with `{command}`, which looks into it")
        signer = load_key(key, passphrase(passphrase_file, str(key)))
        drafts = [sign(board.setting, draft, signer) for draft in drafts]
        known = [place(board, draft) for draft in drafts]
        for file, draft in zip(files, drafts, strict=True):
            replace_draft(file, draft)
    envelopes = [draft.envelope() for draft in drafts] if post else []
    indices = [done.index for done in post_to(store, wait).all(envelopes)] if post else known
    if json:
        rows: list[Encodable] = [_members(board.setting, *pair) for pair in zip(drafts, indices, strict=True)]
        as_json({"drafts": rows})
        return
    for file, draft, index in zip(files, drafts, indices, strict=True):
        signed = "signed, and " if key is not None else ""
        if index >= 0:
            say(f"{file}: {signed}entry {index} of the board")
        elif draft.missing:
            say(f"{file}: {signed}still to be signed by a {' and a '.join(draft.missing)}")
        else:
            say(f"{file}: {signed}complete; hand it in with --post")


def refuse_both(with_key: Path | None, draft: Path | None) -> None:
    """A draft is written only where the second key is not here."""
    if with_key is not None and draft is not None:
        raise Usage("--with-key and --draft: give one of them")


def _show(setting: Setting, draft: Draft) -> None:
    leaf = draft.leaf
    say(f"{setting.manifest.election.name.best('en')}: {leaf.kind}", style="bold")
    for sentence in sentences(leaf):
        say(f"  {sentence}")
    author = setting.manifest.party(leaf.author)
    say(f"  Begun by {leaf.author} of {author.organisation if author else ''}.")
    for role, party in draft.signed:
        say(f"  signed by {party.id}, {role}, of {party.organisation}")
    for role in draft.missing:
        say(f"  to be signed by a {role}" + (" of another organisation" if KINDS[leaf.kind].apart else ""))


def _members(setting: Setting, draft: Draft, index: int) -> dict[str, Encodable]:
    signed: list[Encodable] = [
        {"organisation": party.organisation, "party": party.id, "role": role} for role, party in draft.signed
    ]
    return {
        "apart": KINDS[draft.leaf.kind].apart,
        "election": setting.manifest.election.id,
        "index": index,
        "kind": draft.leaf.kind,
        "missing": list(draft.missing),
        "signed": signed,
        "words": list(sentences(draft.leaf)),
    }

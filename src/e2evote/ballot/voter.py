"""Whose ballot is sealed: a line and its public keys, which the ballot's identifier binds (docs/spec.md, section 7).

Without a roll a line is made of one key; with a roll its keys are on the board, one from each registrar, in the
manifest's order. Everything after this is the same for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from e2evote.errors import MalformedInput, Refused
from e2evote.proofs.signature import decode_public_key
from e2evote.record.identifiers import line_of_key
from e2evote.record.roll_row import read_roll_line
from e2evote.verify.ballots import BallotContext


@dataclass(frozen=True, slots=True)
class Voter:
    """A line and its public keys, in the order in which they sign."""

    line: str
    keys: tuple[bytes, ...]


def owner(context: BallotContext, public_key: bytes) -> Voter:
    """The line that this key makes, and the key: without a roll.    spec (7.1)"""
    if context.setting.manifest.roll is not None:
        raise ValueError("this selection has a roll: lines are on it, keys do not make any")
    return Voter(line_of_key(context.h_e, public_key), (public_key,))


def objection_to(context: BallotContext, voter: Voter) -> str:
    """Why this can be nobody who votes in this selection; empty where it can.

    Whether with a roll these are the keys that the line has at the moment is known from the board alone.
    """
    manifest = context.setting.manifest
    for key in voter.keys:
        try:
            decode_public_key(key)
        except MalformedInput as error:
            return str(error)
    if any(party.key in voter.keys for party in manifest.parties):
        return "a party's key can't be a voter's"
    if manifest.roll is None:
        holds = len(voter.keys) == 1 and line_of_key(context.h_e, voter.keys[0]) == voter.line
        return "" if holds else "the line is not that of one key"
    try:
        read_roll_line(voter.line, "line")
    except MalformedInput:
        return f"{voter.line!r} is no line of a roll"
    wanted = len(manifest.registrars)
    return "" if len(voter.keys) == wanted else f"{len(voter.keys)} keys, want one from each of {wanted} registrars"


def check_signers(voter: Voter, public_keys: Sequence[bytes]) -> None:
    """Refused unless these, of which somebody has the secrets, are the voter's keys in their order."""
    given, wanted = len(public_keys), len(voter.keys)
    if given != wanted:
        raise Refused("wrong-key", f"{given} keys, the ballot of line {voter.line} is signed with {wanted}")
    for place, (key, expected) in enumerate(zip(public_keys, voter.keys, strict=True), start=1):
        if key != expected:
            which = f"key {place} of {given}" if given > 1 else "the key"
            raise Refused("wrong-key", f"{which} is not the one that the ballot of line {voter.line} was sealed for")

"""What a manifest that can be read must also keep: the checks `manifest.keys` and `manifest.rules`.

docs/verification.md; docs/record-format.md, Manifest. Each function returns every failure and stops at none. Names
must be what they look like: two byte strings that a voter cannot tell apart must not stand for two options, and
no character may be there that is not seen. Letters of different scripts that merely look alike remain.
"""

import unicodedata
from collections.abc import Iterator
from datetime import datetime

from e2evote.errors import CheckFailed, MalformedInput
from e2evote.manifest.contests import Contest
from e2evote.manifest.model import Manifest
from e2evote.manifest.reading import Path, place
from e2evote.manifest.section import Text, quoted
from e2evote.manifest.sections import moment
from e2evote.manifest.words import objections_to
from e2evote.proofs.signature import decode_public_key

KEYS = "manifest.keys"
RULES = "manifest.rules"


def key_failures(manifest: Manifest) -> tuple[CheckFailed, ...]:
    """Of `manifest.keys`: every key is a point of prime order, canonically encoded, and no two are the same."""
    failures = []
    holders: dict[bytes, str] = {}
    for party in manifest.parties:
        try:
            decode_public_key(party.key)
        except MalformedInput as error:
            failures.append(CheckFailed(KEYS, party.id, str(error)))
        holder = holders.setdefault(party.key, party.id)
        if holder != party.id:
            failures.append(CheckFailed(KEYS, party.id, f"the key {party.key.hex()} is {holder}'s too"))
    return tuple(failures)


def rule_failures(manifest: Manifest) -> tuple[CheckFailed, ...]:
    """Of `manifest.rules`: quorums, dates, characters of texts, names of options; subjects are places."""
    found = [*_quorum(manifest), *_dates(manifest), *_witnesses(manifest), *_organisations(manifest)]
    for path, words in _texts(manifest):
        found += [(path, objection) for objection in objections_to(words)]
    for i, contest in enumerate(manifest.contests):
        found += _equal_names(contest, ("contests", i))
    return tuple(CheckFailed(RULES, place(path), detail) for path, detail in found)


Finding = tuple[Path, str]


def _quorum(manifest: Manifest) -> Iterator[Finding]:
    """2k > n: any two quorums have a trustee in common."""
    if 2 * manifest.quorum <= manifest.n:
        yield ("quorum",), f"{manifest.quorum} of {manifest.n} trustees, want more than half"


def _dates(manifest: Manifest) -> Iterator[Finding]:
    """Both exist; `open` is before `close`, which can be asked only then."""
    moments: list[datetime] = []
    for name, date in (("open", manifest.dates.open), ("close", manifest.dates.close)):
        try:
            moments.append(moment(date))
        except ValueError:
            yield ("dates", name), f"{date} is not a date of the calendar"
    if len(moments) == 2 and moments[0] >= moments[1]:
        yield ("dates", "close"), f"{manifest.dates.close} is not after open, {manifest.dates.open}"


def _witnesses(manifest: Manifest) -> Iterator[Finding]:
    """Any two quorums have a witness in common.    spec (5.5)"""
    policy = manifest.policy
    if policy is not None and policy.least_in_common == 0:
        one, other = (", ".join(names) or "nobody" for names in policy.apart)
        yield ("witnesses", "policy"), f"two quorums without a common witness: {one}; {other}"


def _organisations(manifest: Manifest) -> Iterator[Finding]:
    """Registrars are of organisations of their own; ballots on paper have tellers of two organisations."""
    holders = {party.organisation: party.id for party in manifest.parties_of("administrator")}
    for i, party in enumerate(manifest.parties):
        if party.role == "registrar":
            other = holders.setdefault(party.organisation, party.id)
            if other != party.id:
                yield ("parties", i, "organisation"), f"{quoted(party.organisation)} is {other}'s too"
    tellers = {party.organisation for party in manifest.parties_of("teller")}
    if manifest.channels.paper and len(tellers) < 2:
        yield ("channels", "list"), "paper channels need tellers of two organisations"


def _texts(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Everything that people read, in the order of the manifest."""
    for i, contest in enumerate(manifest.contests):
        yield from _named(contest.name, "contests", i)
        for j, option in enumerate(contest.options):
            yield from _named(option.name, "contests", i, "options", j)
    yield from _named(manifest.election.name, "election")
    for i, party in enumerate(manifest.parties):
        yield ("parties", i, "organisation"), party.organisation
    for i, style in enumerate(manifest.styles):
        yield from _named(style.name, "styles", i)


def _named(text: Text, *at: str | int) -> Iterator[tuple[Path, str]]:
    for language, words in text.items():
        yield (*at, "name", language), words


def _equal_names(contest: Contest, at: Path) -> Iterator[Finding]:
    """No two options with names in one language that are equal after NFKC and case folding."""
    first: dict[tuple[str, str], int] = {}
    for j, option in enumerate(contest.options):
        for language, words in option.name.items():
            folded = unicodedata.normalize("NFKC", words).casefold()
            other = first.setdefault((language, folded), j)
            if other != j:
                theirs = place((*at, "options", other, "name", language))
                yield (*at, "options", j, "name", language), f"{quoted(words)} reads like {theirs}"

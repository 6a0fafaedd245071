"""What the sections of a manifest come to, in sentences: who may vote, by which channels, who could cheat alone.

docs/record-format.md, Manifest; docs/spec.md §5.8, §13, §14. Everything follows from the manifest; names of parties
are those that it declares.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from e2evote.adapter.leaf_words import CHANNELS
from e2evote.manifest.model import Manifest

_FALLBACKS = {
    "combine": "where a channel has fewer, all channels are counted together",
    "merge": "a channel with fewer is put together with the next one",
    "withhold": "where a channel has fewer, the contest stays sealed",
}
_REISSUE = {
    "always": "codes may be issued again at any time; lines that had voted before are listed",
    "never": "codes are never issued again",
    "unvoted": "codes may be issued again to lines that have not voted",
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """facts: what holds. cautions: what a reader should know before relying on it."""

    facts: tuple[str, ...]
    cautions: tuple[str, ...]


def sentences(manifest: Manifest) -> Sentences:
    """The manifest in words."""
    return Sentences(tuple(_facts(manifest)), tuple(_cautions(manifest)))


def _facts(manifest: Manifest) -> Iterator[str]:
    yield f"{manifest.quorum} of {manifest.n} trustees decrypt; floor {manifest.floor.minimum}"
    yield _witnesses(manifest)
    roll = manifest.roll
    if roll is None:
        return
    codes = ", ".join(f"{one.party} (sent to {one.contact})" for one in roll.registrars)
    yield f"whoever is on the roll may vote, with a code from each of: {codes}"
    yield f"members are reached by: {', '.join(roll.contacts)}"
    opened = f"opened to {', '.join(roll.readers)}" if roll.readers else "opened to nobody"
    days = f"{roll.retention_days} days after the closing date they are destroyed"
    yield f"names are held by {', '.join(roll.holders)}, {opened}; {days}"
    yield _REISSUE[manifest.rules.reissue]
    allowed = manifest.rules.annulment == "allowed"
    yield f"ballots are {'annulled at the request of the member' if allowed else 'never annulled'}"
    yield from _channels(manifest)


def _channels(manifest: Manifest) -> Iterator[str]:
    channels = manifest.channels
    if channels.paper:
        rule = "a paper takes out a ballot cast online"
        if not channels.paper_prevails:
            rule = "who has voted online gets no paper"
        yield f"one votes {', '.join(CHANNELS[one] for one in channels.list)}; {rule}"
        if manifest.floor.minimum:
            yield _FALLBACKS[manifest.floor.fallback]
    weights = manifest.weights.values
    if weights != (1,):
        listed = ", ".join(map(str, weights))
        yield f"ballots count {listed}; where a weight has few ballots in a contest, that stays sealed"


def _cautions(manifest: Manifest) -> Iterator[str]:
    roll = manifest.roll
    if roll is None:
        yield "no roll: whoever makes a key may vote, and as often as they make one"
    elif len(roll.registrars) == 1:
        yield f"with one registrar, it could vote for members: {roll.registrars[0].party}"
    elif not roll.has_independent_channels:
        contact = roll.registrars[0].contact
        yield f"all codes go to one contact: who reads that ({contact}) could vote for members"
    if roll and not roll.readers:
        yield "nobody may see the names: no scrutineer can inspect the roll or a register"
    if not manifest.floor.minimum:
        yield "no floor: totals of few ballots are published, which can show how somebody voted"


def _witnesses(manifest: Manifest) -> str:
    """What the witness policy comes to.    spec 5.8"""
    if manifest.policy is None:
        return "no witnesses: nothing shows that everybody sees the same log"
    shared = manifest.policy.least_in_common
    return f"any two quorums of {len(manifest.policy.witnesses)} witnesses share {shared} or more"

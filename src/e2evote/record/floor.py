"""Which contests are decrypted: those with enough counted ballots (docs/spec.md, section 9).

Evaluated from public data before anything is decrypted; trustees refuse anything else.
"""

from collections.abc import Mapping

from e2evote.manifest.model import Manifest


def decrypted_contests(manifest: Manifest, ballots: Mapping[str, int]) -> tuple[str, ...]:
    """The contests whose number of counted ballots is at least the floor, in the manifest's order.

    ballots: by contest, from `record.select.products`.
    """
    return tuple(contest.id for contest in manifest.contests if ballots[contest.id] >= manifest.floor.minimum)

"""Words must be what they look like (docs/record-format.md, Manifest): the rule for names that people read.

In Unicode normal form C, so that one name has one encoding; no character that is not seen; spaces only singly, between
other characters. Letters of different scripts that merely look alike remain.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from e2evote.manifest.section import quoted

_REFUSED: Mapping[str, str] = {
    "Cc": "a control character",
    "Cf": "an invisible format character",
    "Cn": "a character that Unicode does not define",
    "Co": "a character for private use",
    "Cs": "half of a surrogate pair",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
    "Zs": "a space other than U+0020",
}
_SHOWS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that leave no trace in print: with one of them, two names may look the same and differ."""


def objections_to(words: str) -> Iterator[str]:
    """Normal form C, no character of the refused categories, spaces only singly between other characters."""
    if not unicodedata.is_normalized("NFC", words):
        yield f"{quoted(words)} is not in Unicode normal form C"
    for position, character in enumerate(words):
        category = unicodedata.category(character)
        if category in _REFUSED and character != " ":
            yield f"U+{ord(character):04X} at character {position} is {_REFUSED[category]}"
    if unseen := _SHOWS_NOTHING.search(words):
        yield f"U+{ord(unseen[0]):04X} at character {unseen.start()} shows nothing"
    if words.startswith(" ") or words.endswith(" "):
        yield f"{quoted(words)} begins or ends with a space"
    if "  " in words:
        yield f"{quoted(words)} has two spaces in a row"

"""The scrutineer's own words, in a TOML file that a person fills in (docs/record-format.md, Report)."""

import tomllib

from e2evote.adapter.toml_fields import read_string, read_table
from e2evote.errors import MalformedInput
from e2evote.record.report_facts import ReportWords

LONGEST = 10_000
"""Bytes of one text."""

TEXTS = ("complaints", "opinion", "why")

TEMPLATE = '''\
# The scrutineer's own words. Everything else in the report is computed from the record.
# Each text has at most 10000 bytes; a blank line begins a paragraph.

# Was the register of members inspected: true or false?
inspected = false

# At whose request, or at your own motion, and when. Or why it was not inspected.
why = """
"""

# What complaints reached you, and what came of them.
complaints = """
"""

# Are you satisfied that there are no reasonable grounds for believing that the rules were broken? That the arrangements
# kept the risk of unfairness and malpractice as small as is reasonably practicable? That nothing hindered you?
# If not, say why.
opinion = """
"""
'''


def read_words(data: bytes) -> ReportWords:
    """Words from a file, or MalformedInput that names the place."""
    try:
        table = read_table(tomllib.loads(data.decode()), "", ("inspected", *TEXTS), ())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedInput(f"no TOML: {error}") from None
    if not isinstance(table["inspected"], bool):
        raise MalformedInput("want true or false", "inspected")
    texts = {name: read_string(table[name], name).strip() for name in TEXTS}
    for name, text in texts.items():
        if len(text.encode()) > LONGEST:
            raise MalformedInput(f"{len(text.encode())} bytes, at most {LONGEST}", name)
    return ReportWords(inspected=table["inspected"], **texts)


def unsaid(words: ReportWords) -> tuple[str, ...]:
    """The texts that are still empty."""
    return tuple(name for name in TEXTS if not getattr(words, name))

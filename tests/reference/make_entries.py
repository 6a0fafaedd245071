"""Who signs what and when: docs/spec.md section 5.4, as the manifest repeats it."""

from dataclasses import dataclass

from reference.make_json import Json

_TABLE = """
manifest            | setup                         | administrator
ceremony.commit     | setup                         | trustee
ceremony.reveal     | setup                         | trustee
ceremony.shares     | setup                         | trustee
ceremony.complaint  | setup                         | trustee
ceremony.answer     | setup                         | trustee
ceremony.restart    | setup                         | administrator
ceremony.confirm    | setup                         | trustee
roll.seed           | setup                         | registrar
roll.freeze         | setup                         | administrator teller
roll.add            | setup                         | administrator teller
roll.remove         | setup                         | administrator teller
roll.contact        | setup open                    | administrator teller
credential.issue    | setup                         | registrar
credential.reissue  | setup open                    | registrar teller
credential.revoke   | setup open                    | registrar teller
open                | setup                         | administrator teller
ballot              | open                          | voter
challenge           | open                          | log
annul               | open                          | registrar teller
mark                | open closed                   | teller teller
pause               | open                          | administrator teller
resume              | open                          | administrator teller
extend              | open                          | administrator teller
close               | open                          | administrator teller
paper               | closed                        | teller teller
lot                 | closed                        | administrator teller
tally.statement     | closed                        | administrator
tally.accept        | stated                        | trustee
tally.share         | stated                        | trustee
outcome             | stated                        | administrator
incident            | setup open closed stated published | reporter
access              | setup open closed stated published | reader holder
checked             | open closed stated published  | checker
sample              | closed stated published       | scrutineer teller
report              | published                     | scrutineer
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    phases: tuple[str, ...]
    authors: tuple[str, ...]


def _row(line: str) -> tuple[str, Kind]:
    kind, phases, authors = line.split("|")
    return kind.strip(), Kind(tuple(phases.split()), tuple(authors.split()))


KINDS: dict[str, Kind] = dict(_row(line) for line in _TABLE.strip().splitlines())

FIRST_ROLE = {"reporter": "administrator", "reader": "scrutineer", "holder": "administrator", "checker": "scrutineer"}
"""Of the roles that may sign in a capacity the one that does so where nothing else is said."""


def entries_json(registrars: int) -> Json:
    """`entries` of the manifest."""
    signatures = {"log": 0, "voter": max(1, registrars)}
    return {
        name: {
            "authors": list(kind.authors),
            "phases": list(kind.phases),
            "signatures": signatures.get(kind.authors[0], len(kind.authors)),
        }
        for name, kind in KINDS.items()
    }

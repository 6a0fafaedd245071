"""An administrator who holds every key of the server tries everything, and this says what becomes of it; in seconds.

Fourteen acts, S1 to S14 of docs/threats.md. Each is really made: a board that the insider signs, cosigns and publishes
anew as far as the keys reach, the keys of whoever plays along among them. Then the verifier, trustees' tools, and what
voters and readers have, judge it. What nobody can see is played too, and said.

    python examples/fraud_drill.py                  in words
    python examples/fraud_drill.py --json FILE      and a list of the attempts in a file, for programs
"""

import json
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from drill import acts_board, acts_count, acts_device, acts_voters
from drill.stage import Attempt, Stage

ACTS: Mapping[str, tuple[str, Callable[[Stage], None]]] = {
    "S1": ("makes further codes and votes with them", acts_voters.further_codes),
    "S2": ("has a code issued again and votes in the member's name", acts_voters.code_again),
    "S3": ("changes a contact so that a code goes elsewhere", acts_voters.another_address),
    "S4": ("withholds the marked register, or hands out a false one", acts_voters.register),
    "S5": ("keeps independent tellers away", acts_board.tellers),
    "S6": ("explains a difference between channels away", acts_count.channels),
    "S7": ("makes an unexpected turnout", acts_count.turnout),
    "S8": ("drops the ballots of unwanted voters", acts_board.dropped),
    "S9": ("changes a ballot", acts_device.changed),
    "S10": ("counts late ballots or some of them, or tallies twice", acts_count.count),
    "S11": ("looks at early results", acts_count.early),
    "S12": ("shows some voters another manifest, or a box of their own", acts_device.another_manifest),
    "S13": ("rewrites the log afterwards", acts_board.rewritten),
    "S14": ("floods a right selection with complaints", acts_board.complaints),
}
BANNER = "The group of this drill is one for tests: it hides nothing, and no record in it is ever accepted in earnest."


def main() -> None:
    print(BANNER)
    with TemporaryDirectory(prefix="fraud-drill-") as folder:
        stage = Stage(Path(folder), tell)
        for act, (what, play) in ACTS.items():
            print(f"\n{act}. The administrator {what}.")
            stage.act = act
            play(stage)
    unseen = sum(bool(attempt.undetectable) for attempt in stage.attempts)
    print(f"\n{len(stage.attempts)} attempts, of which {unseen} can be seen by nobody in the record.")
    if sys.argv[1:2] == ["--json"]:
        acts = {act: what for act, (what, _) in ACTS.items()}
        told = {"acts": acts, "attempts": [vars(attempt) for attempt in stage.attempts]}
        Path(sys.argv[2]).write_text(json.dumps(told), "utf-8")


def tell(attempt: Attempt) -> None:
    """In words."""
    print(f"\n  {attempt.tried}")
    if attempt.undetectable:
        told = f"UNDETECTABLE, the record is accepted: {attempt.undetectable}"
    else:
        told = f"seen by {attempt.who}, `{attempt.command}`: {attempt.evidence}"
    indent = "    "
    print(textwrap.fill(told, 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False))


if __name__ == "__main__":
    main()

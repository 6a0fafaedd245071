"""A small selection in which one machine plays everybody: the example of the README."""

from pathlib import Path
from tempfile import mkdtemp

from e2evote.adapter import Election
from e2evote.verify import verify_record

folder = Path(mkdtemp()) / "council"
contests = {"chair": ["ada", "bob"], "motion": ["yes", "no"]}

with Election.create(folder, name="Council", contests=contests, rehearsal=True) as election:
    election.open()
    ballot = election.cast("voter 1", {"chair": {"ada": 1}, "motion": {"yes": 1}})
    election.cast("voter 2", {"chair": {"bob": 1}, "motion": {"": 1}})  # "" is the blank vote
    challenged = election.challenge("voter 2", {"chair": {"ada": 1}})  # opened and checked, not counted
    print("challenge failures:", len(challenged.failures))
    election.close()
    print("my ballot is", election.lookup(ballot.line, ballot.tracker).status)
    for cell in election.tally().cells:
        print(cell.contest, cell.option or "(blank)", cell.votes)
    record = election.record()

print(verify_record(record.path, expect=record.anchors).verdict)

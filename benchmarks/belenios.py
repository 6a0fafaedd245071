"""`e2evote verify` beside `belenios-tool election verify`: what a society would pick instead, whole process each.

    python -m benchmarks.belenios

An election of the same shape, one question with ten answers of which at most one is chosen, three trustees, is made
with Belenios's own command-line tool (Debian package belenios-tool), in each of its own groups, to the result. Its
verification recomputes the encrypted tally and checks every ballot's proofs and signature, the trustees' keys and
decryptions, and the result; there is no transparency log. Its groups have 2048 bits, BELENIOS-2048 with exponents of
256 bits and RFC-3526-2048 with exponents of 2047; ours has 4096 and 256. So tools are compared as they come, not
programs in one group: one multiplication of 2048 bits costs about a quarter of one of 4096. The tool is OCaml with GMP.
"""

import os
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ballots import OPTIONS
from benchmarks.claim import Answer, NotMeasured, Row, Task, run
from benchmarks.generate import vote_of
from benchmarks.runs import runs

GROUPS = {"BELENIOS-2048": 300, "RFC-3526-2048": 20}
"""By group, ballots of its election; what one costs does not depend on their number."""
TRUSTEES = 3
TOOL = "belenios-tool"


@dataclass(frozen=True, slots=True)
class Election:
    """The tool in the folder of one election."""

    folder: Path
    group: str

    def tool(self, *arguments: str, given: str | None = None) -> str:
        """What it prints; NotMeasured with its last line when it fails."""
        ended = subprocess.run(
            [TOOL, *arguments],
            cwd=self.folder,
            input=given or "",
            capture_output=True,
            text=True,
            env={**os.environ, "BELENIOS_USE_URANDOM": "1"},
            check=False,
        )
        if ended.returncode:
            last = (ended.stderr.strip() or "no message").splitlines()[-1]
            raise NotMeasured(f"{TOOL} {' '.join(arguments[:2])}: {last}")
        return ended.stdout

    def event(self, kind: str, content: str) -> None:
        self.tool("archive", "add-event", "--type", kind, given=content)

    def vote(self, number: int, credential: str) -> str:
        """The ballot of one voter."""
        choice, private = self.folder / f"choice-{number}.json", self.folder / f"credential-{number}.txt"
        chosen = vote_of(number, OPTIONS)
        choice.write_text(f"[[{','.join(str(int(i == chosen)) for i in range(1, OPTIONS + 1))}]]")
        private.write_text(credential + "\n")
        ballot = self.tool("election", "generate-ballot", "--privcred", private.name, "--ballot", choice.name)
        choice.unlink()
        private.unlink()
        return ballot

    def make(self, ballots: int, workers: int) -> None:
        """From credentials to the result."""
        uuid, group = self.tool("setup", "generate-token").strip(), ("--group", self.group)
        self.tool("setup", "generate-credentials", "--uuid", uuid, *group, "--count", str(ballots))
        next(self.folder.glob("*.pubcreds")).rename(self.folder / "public_creds.json")
        credentials = next(self.folder.glob("*.privcreds")).read_text().splitlines()
        for _ in range(TRUSTEES):
            self.tool("setup", "generate-trustee-key", *group)
        keys = self.folder / "public_keys.jsons"
        keys.write_text("".join(path.read_text() for path in sorted(self.folder.glob("*.pubkey"))))
        self.tool("setup", "make-trustees")
        keys.unlink()
        (self.folder / "questions.json").write_text(questions())
        self.tool("setup", "make-election", "--uuid", uuid, *group, "--template", "questions.json")
        self.tool("archive", "init")
        for name in ("election.json", "trustees.json", "public_creds.json"):
            (self.folder / name).unlink()
        with ThreadPoolExecutor(workers) as pool:
            made = pool.map(self.vote, range(ballots), [line.split()[-1] for line in credentials])
            for ballot in list(made):
                self.event("Ballot", ballot)
        self.event("EndBallots", "")
        self.event("EncryptedTally", self.tool("election", "compute-encrypted-tally"))
        for index, path in enumerate(sorted(self.folder.glob("*.privkey")), 1):
            part = self.tool("election", "decrypt", "--privkey", path.name, "--trustee-id", str(index))
            self.event("PartialDecryption", part)
        self.event("Result", self.tool("election", "compute-result"))

    def verify(self) -> float:
        """CPU seconds of one verification, which must say that all checks passed."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = subprocess.run(
            [TOOL, "election", "verify"], cwd=self.folder, capture_output=True, text=True, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = ended.stdout + ended.stderr
        if ended.returncode or "all checks passed" not in said or "no result" in said:
            raise NotMeasured(f"{TOOL} election verify: {said.strip()[-200:]}")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def questions() -> str:
    answers = ",".join(f'"Option {i}"' for i in range(1, OPTIONS + 1))
    question = f'{{"answers":[{answers}],"min":0,"max":1,"question":"One of them"}}'
    parties = '"administrator":"nobody","credential_authority":"nobody"'
    return f'{{"description":"Benchmark","name":"Benchmark",{parties},"questions":[{question}]}}'


def election(task: Task, group: str, ballots: int) -> Election:
    """The election in this group, made unless it is there."""
    place = task.records / f"belenios-{group}-{ballots}"
    if not place.exists():
        building = place.with_name(place.name + ".new")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        Election(building, group).make(ballots, task.workers)
        building.rename(place)
    return Election(place, group)


def measure(task: Task) -> Answer:
    if shutil.which(TOOL) is None:
        raise NotMeasured(f"{TOOL} is not installed (Debian package belenios-tool)")
    many = task.sized(20, 10_000)
    few = task.sized(20, max(GROUPS.values()))
    version = Election(Path.cwd(), "").tool("--version").split()[0]
    with runs(task) as observed:
        ours = {ballots: observed.verify(ballots, 1).cpu / ballots * 1e3 for ballots in (few, many)}
    rows = []
    for group, wanted in GROUPS.items():
        ballots = task.sized(3, wanted)
        theirs = election(task, group, ballots).verify() / ballots * 1e3
        rows.append(
            Row(
                f"e2evote verify vs belenios-tool {version} election verify in {group}, whole processes, a ballot",
                theirs / ours[few],
                "×",
                detail=f"{few} ballots of {OPTIONS}: {ours[few]:.1f} ms of CPU each, theirs {theirs:.1f} ms ({ballots} "
                f"ballots); with {many:,} ballots ours is {ours[many]:.1f} ms, {theirs / ours[many]:.1f}×",
            )
        )
    return Answer(tuple(rows))


if __name__ == "__main__":
    sys.exit(run("belenios", __doc__, measure))

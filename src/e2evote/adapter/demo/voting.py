"""From the key ceremony and the roll to the last mark on paper: what happens before the demonstration's close.

One address is corrected before the codes are sent, voting online is paused once, one code is lost and issued again, and
one member who has voted online votes on paper too.
"""

from datetime import UTC, datetime

from e2evote.adapter.act import Act
from e2evote.adapter.anchors import read_anchors
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.demo import paper as demo_paper
from e2evote.adapter.demo import roll as demo_roll
from e2evote.adapter.demo.members import ONLINE, Member
from e2evote.adapter.demo.roll import Codes, Roll
from e2evote.adapter.demo.setup import TRUSTEES
from e2evote.adapter.demo.stage import CHEAP, Command, Stage, Watcher
from e2evote.adapter.demo.voters import Turnout, Voter, is_challenged, vote_all
from e2evote.adapter.demo.votes import Ward
from e2evote.adapter.demo.witnesses import DOWN
from e2evote.adapter.incidents import report_incident
from e2evote.record.voter_bodies import Reason

_WAIT = "600"


def prepare(stage: Stage, members: tuple[Member, ...], watch: Watcher) -> tuple[Roll, Codes]:
    """The roll and the codes, while the trustees make their key."""
    watch.step(
        "Key ceremony: three trustees, each a process of its own, make the joint key; any two decrypt. Meanwhile two "
        "registrars commit to the order of the roll"
    )
    ceremony = [stage.start(trustee(stage, name, "finish")) for name in TRUSTEES]
    demo_roll.draw_seeds(stage)
    watch.step(
        f"The roll of {len(members)} members, all invented, is frozen before there is any code; then one address is "
        "corrected, with notices to the old and the new one"
    )
    as_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    roll = demo_roll.freeze(stage, members, as_at)
    roll = demo_roll.correct_address(stage, roll, members[0], members)
    demo_roll.give_openings(stage, roll)
    watch.step("The registrars make their codes and post the public keys: one code goes by post, the other by e-mail")
    codes = demo_roll.issue(stage, roll)
    for child in ceremony:
        child.finished()
    return roll, codes


def vote(
    stage: Stage, ward: Ward, seed: str, members: tuple[Member, ...], roll: Roll, codes: Codes, watch: Watcher
) -> Turnout:
    """Online, with a pause and a code that was lost; then on paper, where one member votes again who had voted."""
    online = [one for one in members if one.channel == ONLINE]
    late = [*online[-1:], *(one for one in members if one.changed_mind)]
    lost = roll.lines[online[-1].number]
    watch.step(
        f"Voting is open, and the witness {DOWN} is down from now on: {len(online)} of {len(members)} members encrypt, "
        "some challenge first, and cast; one of them votes late"
    )
    booth = Booth(
        BoardReader(stage.folder.record, allow_test_group=stage.test_group), read_anchors(stage.folder.anchors)
    )

    def voters(some: list[Member]) -> list[Voter]:
        return [
            Voter(roll.lines[one.number], codes[roll.lines[one.number]], one.ranking, is_challenged(seed, one.number))
            for one in some
            if one.ranking is not None
        ]

    turnout = vote_all(booth, stage.post, ward, voters(online[:-1]), watch.voting)
    watch.step(
        "An outage: voting is paused, the incident is reported, voting goes on. The late member has lost a code, and "
        "gets another one"
    )
    stage.act(Act("pause", Reason(1, "outage")), "chair", "tina")
    report_incident(stage.board, stage.post, stage.folder.signing_key("chair"), "outage")
    stage.act(Act("resume", Reason(1, "resolved")), "chair", "tina")
    demo_roll.renew(stage, lost, codes)
    turnout = turnout.and_then(vote_all(booth, stage.post, ward, voters(late), watch.voting))
    watch.step("Votes on paper: two tellers mark the lines. One member had voted online before: the paper prevails")
    demo_paper.mark(stage, roll, members)
    return turnout


def trustee(stage: Stage, name: str, step: str, *more: str) -> Command:
    arguments = ("trustee", step, stage.folder.trustee(name), "--store", stage.folder.store, *stage.key(name))
    return f"trustee {name} {step}", (*arguments, *CHEAP, "--wait", _WAIT, *stage.flags, *more)


def check_challenge(stage: Stage, turnout: Turnout) -> None:
    """The published challenge of one voter, checked by a process that has nothing but board, anchors and tracker."""
    if turnout.challenged:
        arguments = (
            "ballot",
            "check",
            stage.folder.record,
            turnout.challenged_tracker,
            "--expect",
            stage.folder.anchors,
        )
        stage.run([("checker", (*arguments, *stage.flags))])

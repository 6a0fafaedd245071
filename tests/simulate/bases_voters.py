"""The elections with a roll that tampered records are made from: registrars, channels on paper, weights, a floor.

Members have numbers, lines have others. In `roll` member 6 is removed before there are codes and member 5 after it,
member 7 is added; member 2 has a second code of one registrar before voting, and 4 while it is open.
"""

from dataclasses import replace

from reference.encryptor import Act, ContestSpec, Count, ElectionSpec, Member, RollSpec, VoteSpec

CHAIR = ContestSpec("chair", (("ada", 1), ("bob", 1)))
BOARD = ContestSpec("board", (("pat", 2), ("kim", 1)), limit=2, blank=True)
STYLES = (("all", ("chair", "board")), ("half", ("chair",)))
ADA, BOB = (1, 0), (0, 1)
PAT_TWICE, BOTH, BLANK = (2, 0, 0), (1, 1, 0), (0, 0, 1)


def _members(*styles: str, weight: int = 1, first: int = 1) -> tuple[Member, ...]:
    return tuple(
        Member(f"M{number:03}", style, (f"{number} High Street", f"m{number}@example.org"), weight)
        for number, style in enumerate(styles, first)
    )


def _act(kind: str, author: str = "chair", /, at: int | str = "setup", member: int = 0, **members: object) -> Act:
    """`at` is a phase, or behind how many votes."""
    body = tuple(members.items())
    if isinstance(at, str):
        return Act(kind, author, body, member, at)
    return Act(kind, author, body, member, "open", at)


def _said(code: str, author: str, at: int | str, *lines: str) -> Act:
    return _act("incident", author, at, code=code, document="", lines=list(lines))


AFTERWARDS = (
    _act("sample", "scrutineer", "stated", digits="271828", lines=2),
    _act("access", "scrutineer", "published", document="", of="register", purpose="inspection"),
    _act("checked", "scrutineer", "published", challenges=3, receipts=4, verdict="consistent"),
    _said("answer", "chair", "published"),
    _act("report", "scrutineer", "published"),
)

ROLL = ElectionSpec(
    (CHAIR, BOARD),
    STYLES,
    (
        VoteSpec(1, "all", (ADA, PAT_TWICE)),
        VoteSpec(2, "half", (BOB,)),
        VoteSpec(3, "all", (ADA, BLANK), "challenge"),
        VoteSpec(3, "all", (ADA, BLANK)),
        VoteSpec(1, "all", (BOB, BOTH)),
        VoteSpec(4, "all", (ADA, BOTH)),
        VoteSpec(7, "half", (ADA,)),
        VoteSpec(3, "all", (BOB, BLANK)),
    ),
    n=1,
    k=1,
    decrypting=(1,),
    roll=RollSpec(_members("all", "half", "all", "all", "all", "half", "half")[:6], _members("half", "all", first=7)),
    acts=(
        _act("roll.remove", at="roll", member=6, reason="duplicate"),
        _act("roll.contact", at="roll", member=1, field="mail", reason="bounced"),
        _act("access", "scrutineer", "roll", document="cd" * 32, of="roll", purpose="audit"),
        _act("roll.remove", at="setup", member=5, reason="left"),
        _act("credential.reissue", "rita", "setup", member=2, reason="not-received"),
        _act("checked", "agent", 1, challenges=0, receipts=1, verdict="incomplete"),
        _act("credential.reissue", "sid", 2, member=4, reason="lost"),
        _act("roll.contact", at=3, member=4, field="post", reason="moved"),
        _act("credential.revoke", "rita", 3, member=8, reason="requested"),
        _act("pause", at=3, reason="outage"),
        _said("outage", "chair", 3),
        _act("resume", at=3, reason="resolved"),
        _act("annul", "rita", 7, member=7, reason="device"),
        _act("annul", "sid", 7, member=3, reason="not-own"),
        *AFTERWARDS,
    ),
)

MARKS = (
    _act("mark", "teller-1", 0, member=5, channel="postal"),
    _act("mark", "teller-2", 3, member=4, channel="in_person"),
    _act("mark", "teller-1", "closed", member=6, channel="postal"),
)
COUNTED = (
    ("in_person", (Count(1, 0, (1, 0)), Count(1, 0, (0, 1, 0)))),
    ("postal", (Count(2, 0, (0, 2)), Count(0, 1, (0, 0, 0)))),
)
PAPER = ElectionSpec(
    (CHAIR, BOARD),
    STYLES,
    (
        VoteSpec(1, "all", (ADA, PAT_TWICE)),
        VoteSpec(2, "half", (BOB,)),
        VoteSpec(3, "all", (ADA, BLANK)),
        VoteSpec(1, "all", (BOB, BOTH)),
    ),
    n=1,
    k=1,
    decrypting=(1,),
    roll=RollSpec(_members("all", "half", "all", "all", "half", "all", "half")),
    acts=(*MARKS, _said("complaint", "agent", "closed", "0000001", "0000003"), *AFTERWARDS),
    papers=COUNTED,
)
# Where paper prevails a mark takes out member 3's ballot.
SUPERSEDED = replace(
    PAPER,
    acts=(*MARKS, _act("mark", "teller-1", "closed", member=3, channel="postal"), *AFTERWARDS),
    papers=(COUNTED[0], ("postal", (Count(3, 0, (1, 2)), Count(1, 1, (0, 1, 0))))),
)
# Three lines of weight 1 and three of weight 3.
WEIGHTED = replace(
    PAPER,
    roll=RollSpec(
        _members("all", "all", "all") + _members("all", "all", "all", "half", weight=3, first=4),
        registrars=(("rita", "post"),),
        contacts=("post", "mail"),
    ),
    votes=(
        VoteSpec(1, "all", (ADA, PAT_TWICE)),
        VoteSpec(4, "all", (BOB, BOTH)),
        VoteSpec(2, "all", (ADA, BLANK)),
        VoteSpec(5, "all", (BOB, PAT_TWICE)),
    ),
    acts=AFTERWARDS,
    papers=(),
    weights=(1, 3),
    floor=2,
)

# Member 8 is added; there are codes for that line, and nobody votes on it.
ADDED = (
    replace(PAPER, roll=replace(PAPER.roll, added=_members("half", first=8)), paper_first=False)
    if PAPER.roll
    else PAPER
)

# Member 8 is added and removed again: every registrar issues once more, and there is no line to issue for.
GONE = replace(ADDED, acts=(_act("roll.remove", at="added", member=8, reason="error"), *ADDED.acts))

BASES = {
    "roll": ROLL,
    "roll-added": ADDED,
    "roll-added-removed": GONE,
    "roll-never": replace(ADDED, roll=replace(ADDED.roll, reissue="never", annulment="never")) if ADDED.roll else ADDED,
    "roll-one-registrar": replace(
        ROLL,
        roll=replace(ROLL.roll, registrars=(("rita", "mail"),)) if ROLL.roll else None,
        acts=tuple(act for act in ROLL.acts if act.author != "sid"),
    ),
    "roll-online-first": replace(PAPER, paper_first=False),
    "roll-paper-first": SUPERSEDED,
    "roll-removed": replace(
        PAPER, acts=(_act("roll.remove", at="setup", member=7, reason="deceased"), *MARKS, *AFTERWARDS)
    ),
    "roll-marked-early": replace(
        SUPERSEDED, acts=(*MARKS, _act("mark", "teller-1", 4, member=3, channel="postal"), *AFTERWARDS)
    ),
    "roll-merged": replace(SUPERSEDED, floor=2, fallback="merge"),
    "roll-combined": replace(SUPERSEDED, floor=2, fallback="combine"),
    "roll-withheld": replace(SUPERSEDED, floor=2, fallback="withhold"),
    "weighted": WEIGHTED,
    "weighted-under": replace(WEIGHTED, votes=(*WEIGHTED.votes[:3], VoteSpec(5, "all", ((0, 0), (1, 0, 0))))),
    "weighted-more": replace(WEIGHTED, weights=(1, 3, 5)),
    "weighted-withheld": replace(WEIGHTED, votes=WEIGHTED.votes[:3]),
}

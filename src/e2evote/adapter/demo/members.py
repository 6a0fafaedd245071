"""The demonstration's members: who is on the roll, and by which channel each of them votes.

All are invented, and called so. Half of the ballots of the real election are cast online, a quarter in person, a
quarter by post. Besides their voters the roll has a member whose paper is spoiled, and one who does not vote at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ONLINE, IN_PERSON, POSTAL, NONE = "online", "in_person", "postal", ""
LARGEST_FLOOR = 10


@dataclass(frozen=True, slots=True)
class Member:
    """One of them. channel: by which the vote counts. ranking: None where there is none, or none that is valid.

    changed_mind: whether the member votes online too, before the vote on paper.
    """

    number: int
    channel: str
    ranking: tuple[int, ...] | None
    changed_mind: bool = False

    @property
    def reference(self) -> str:
        return f"INVENTED-{self.number}"

    @property
    def values(self) -> tuple[str, ...]:
        """Reference, name, post and e-mail, as they stand on the roll."""
        name, post = f"Invented Member {self.number}", f"{self.number} Invented Street"
        return self.reference, name, post, f"member{self.number}@example.org"

    @property
    def misspelt(self) -> str:
        """The e-mail address that the office has at first, of the one member who finds it wrong."""
        return f"membre{self.number}@example.org"


CONTACTS = ("post", "email")
HEADINGS = ("reference", "name", *CONTACTS)


def members_of(rankings: Sequence[tuple[int, ...]]) -> tuple[Member, ...]:
    """One member for each ballot, in their order, and the two of whom no vote counts."""
    online, in_person = _online(len(rankings)), _in_person(len(rankings))
    channels = [ONLINE] * online + [IN_PERSON] * in_person
    channels += [POSTAL] * (len(rankings) - len(channels))
    voters = [
        Member(number, channel, ranking, changed_mind=number == online + 1 and channel == IN_PERSON)
        for number, (channel, ranking) in enumerate(zip(channels, rankings, strict=True), 1)
    ]
    number = len(voters)
    return (*voters, Member(number + 1, IN_PERSON, None), Member(number + 2, NONE, None))


def floor_for(ballots: int) -> int:
    """The floor of the manifest: 10, or fewer where so few vote that nothing could be decrypted.

    Online stands by itself. Of 24 ballots six are of each channel on paper, which is fewer: they are merged.
    """
    online = _online(ballots)
    return min(LARGEST_FLOOR, online, ballots - online or online)


def table(members: Sequence[Member]) -> bytes:
    """The table of the membership office, in which the first member's e-mail address is misspelt."""
    rows = [HEADINGS, *(member.values for member in members)]
    first = members[0]
    rows[1] = (*first.values[:3], first.misspelt)
    return "".join(f"{','.join(row)}\r\n" for row in rows).encode()


def _online(ballots: int) -> int:
    return ballots - ballots // 2


def _in_person(ballots: int) -> int:
    return (ballots // 2 + 1) // 2

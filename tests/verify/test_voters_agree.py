"""Keys of a roll under any sequence of leaves; and a settled record says what one that was followed says."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from e2evote.record.roll_row import line_of
from e2evote.record.select import NO_PREVIOUS
from e2evote.record.voter_bodies import Add, Annul, Mark, Reissue, Remove, Revoke
from e2evote.verify.checks import Check
from tests.ballot.rolled import Terms
from tests.verify.voter_leaves import REGISTRARS, Story, hashed, key, row

LINES = 3
TERMS = st.builds(
    Terms,
    reissue=st.sampled_from(["always", "unvoted", "never"]),
    paper=st.just(("in_person", "postal")),
    paper_prevails=st.booleans(),
)
# What is done, to which line, by which registrar; and how far from what is right: 0 is honest.
EVENT = st.tuples(
    st.sampled_from(
        ["ballot", "ballot", "ballot", "challenge", "mark", "annul", "reissue", "revoke", "add", "remove", "issue"]
    ),
    st.integers(1, LINES + 1),
    st.sampled_from(REGISTRARS),
    st.sampled_from([0, 0, 0, 1, 2, 3]),
)
EVENTS = st.lists(EVENT, max_size=25)


def play(story: Story, events: list[tuple[str, int, str, int]]) -> None:
    """Each event as the next leaf. A new key is one that was not there before, unless it is dishonest."""
    fresh, made, electorate = 2 * LINES, [NO_PREVIOUS], story.electorate
    for number, (what, line, registrar, wrong) in enumerate(events):
        name, book = line_of(line), electorate.book(registrar)
        active = book.active(electorate.number_of(name))
        match what:
            case "ballot":
                keys = electorate.keys_of(name) or (key(0), key(1))
                signers = keys[::-1] if wrong == 1 else keys
                prev = made[-1] if wrong == 2 else electorate.previous(name)
                id = hashed("id", 0) if wrong == 3 else hashed("id", number)
                made.append(story.ballot(name, prev, signers, id).leaf_hash)
            case "challenge":
                story.challenge(hashed("id", number if wrong else 0))
            case "mark":
                story.tell("mark", Mark("postal" if wrong else "in_person", name), author="tess")
            case "annul":
                candidate = electorate.vote_of(name).candidate
                ballot = candidate.leaf_hash if candidate and not wrong else made[-wrong % len(made)]
                story.tell("annul", Annul(ballot, name, "device"), author=registrar)
            case "reissue":
                own = key(line if wrong == 3 else fresh)
                fresh += wrong != 3
                body = Reissue(own, name, book.issued + 1 + (wrong == 1), active + (wrong == 2), "lost")
                story.tell("credential.reissue", body, author=registrar)
            case "revoke":
                revoke = Revoke(name, max(active, 1) + (wrong == 1), "requested")
                story.tell("credential.revoke", revoke, author=registrar)
            case "add":
                story.tell("roll.add", Add("omitted", row(electorate.lines + 1 + (wrong == 1))))
            case "remove":
                story.tell("roll.remove", Remove(name, "left"))
            case "issue":
                lines = list(electorate.without_credential(registrar))
                story.issue(registrar, [(n, key(fresh + i)) for i, n in enumerate(lines)][: -1 if wrong else None])
                fresh += len(lines)


@given(TERMS, EVENTS, st.sampled_from([1, 400, 1 << 20]))
@settings(max_examples=150)
def test_a_record_that_is_settled_says_what_one_that_is_followed_says(
    terms: Terms, events: list[tuple[str, int, str, int]], limit: int
) -> None:
    story = Story(terms, limit)
    story.begin(LINES)
    play(story, events)
    ledger, findings = story.settled()
    followed, electorate = story.following.ledger, story.electorate
    for check in (*story.findings.checks, Check.ROLL_FORM):
        assert findings.of(check) == story.findings.of(check)
    assert list(ledger.lines()) == list(followed.lines())
    counted = [ballot.index for ballot in followed.counted()]
    assert [index for index in range(story.size) if ledger.is_counted(index)] == counted
    assert (ledger.valid, ledger.ballots_counted) == (followed.valid, len(counted))
    assert ledger.electorate.registrar_counts() == electorate.registrar_counts()
    assert ledger.electorate.history == electorate.history
    assert list(ledger.electorate.renewed()) == list(electorate.renewed())
    for line in electorate.names():
        assert ledger.electorate.keys_of(line) == electorate.keys_of(line)
        assert ledger.electorate.vote_of(line) == electorate.vote_of(line)


def test_the_generated_records_have_every_failure() -> None:
    """So that the comparison above is one of something."""
    seen: set[str] = set()

    @given(TERMS, EVENTS)
    @settings(max_examples=150)
    def collect(terms: Terms, events: list[tuple[str, int, str, int]]) -> None:
        story = Story(terms)
        story.begin(LINES)
        play(story, events)
        seen.update(story.failures())

    collect()
    assert seen >= {
        "ballot.annulled",
        "ballot.line",
        "channel.mark",
        "credential.keys",
        "credential.lines",
        "credential.reissue",
        "credential.revoke",
        "roll.amendment",
    }


@given(TERMS, EVENTS)
def test_a_key_is_active_once_and_never_returns(terms: Terms, events: list[tuple[str, int, str, int]]) -> None:
    """At every index a line has at most one key from a registrar; one that was replaced or revoked stays away."""
    story = Story(terms)
    story.begin(LINES)
    before: dict[tuple[str, str], bytes] = {}
    gone, owners = set[bytes](), defaultdict[bytes, set[tuple[str, str]]](set)
    for place in range(len(events)):
        play_one(story, events, place)
        if Check.CREDENTIAL_KEYS in story.findings.failing():
            return  # such a record is rejected for what the rest of this test excludes
        electorate, now = story.electorate, dict[tuple[str, str], bytes]()
        for line in electorate.names():
            for registrar in REGISTRARS:
                if active := electorate.book(registrar).active(electorate.number_of(line)):
                    now[line, registrar] = electorate.book(registrar).key(active)
                    owners[now[line, registrar]].add((line, registrar))
            wanted = tuple(now[line, r] for r in REGISTRARS if (line, r) in now)
            assert electorate.keys_of(line) == (wanted if len(wanted) == len(REGISTRARS) else ())
        gone |= {old for owner, old in before.items() if now.get(owner) != old}
        assert gone.isdisjoint(now.values())
        assert all(len(lines) == 1 for lines in owners.values())
        for counts in electorate.registrar_counts():
            assert counts.issued == counts.used + counts.unused + counts.revoked
        before = now


def play_one(story: Story, events: list[tuple[str, int, str, int]], place: int) -> None:
    """One event, with keys that none of the others has."""
    what, line, registrar, wrong = events[place]
    if what in ("reissue", "issue"):
        wrong = 0 if wrong == 3 else wrong
        book = story.electorate.book(registrar)
        number = book.active(story.electorate.number_of(line_of(line)))
        if what == "reissue":
            body = Reissue(key(2 * LINES + place), line_of(line), book.issued + 1 + (wrong == 1), number, "lost")
            story.tell("credential.reissue", body, author=registrar)
        else:
            lines = list(story.electorate.without_credential(registrar))[:1]
            story.issue(registrar, [(n, key(2 * LINES + len(events) + place)) for n in lines])
        return
    play(story, [events[place]])

"""Facts of selections of many kinds, and the same facts with something nasty in every text."""

from dataclasses import fields, is_dataclass, replace
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from adapter.reported import CANDIDATE, YOUTH, channels, facts
from e2evote.record.plain import Bytes
from e2evote.record.report_facts import PauseFacts, ReportFacts
from e2evote.record.report_results import ContestFacts, OptionFacts, PartVotes
from e2evote.record.report_voters import KeyFacts, LineFacts

HOSTILE = "\"'></title></style></bdi><script src=//evil.example>alert(1)</script><!--&lt; \u202eevil\u2066\x00"


def hostile(value: Any, kind: Any = None) -> Any:
    """The same facts with something nasty at the end of every text that is not one of a closed list."""
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value), include_extras=True)
        names = [f.name for f in fields(value) if f.name != "role"]  # these are a closed list of the manifest's
        return replace(value, **{name: hostile(getattr(value, name), hints[name]) for name in names})
    if get_origin(kind) is Annotated:
        inner, limit = get_args(kind)
        return value if isinstance(limit, Bytes) else hostile(value, inner)
    if isinstance(value, tuple):
        return tuple(hostile(one, get_args(kind)[0]) for one in value)
    if isinstance(value, str) and get_origin(kind) is not Literal:
        return value + HOSTILE
    return value


ONLINE_ONLY = replace(
    CANDIDATE,
    channels=channels(231, (0, 0), (0, 0))[:1],
    parts=CANDIDATE.parts[:1],
)
MANY = ContestFacts(
    contest="many",
    name="Many options",
    seats=1,
    limit=1,
    options=tuple(
        OptionFacts(option=f"o{i}", name=f"Option {i} with a name that is rather long", limit=1) for i in range(60)
    ),
    channels=channels(120, (0, 0), (60, 0)),
    parts=(
        PartVotes(channels=("online",), votes=tuple(range(2)) * 30),
        PartVotes(channels=("in_person",), votes=(0,) * 60),
        PartVotes(channels=("postal",), votes=(1,) * 60),
    ),
    elected=(),
    tied=("o1", "o2"),
    vacant=0,
    undervotes=90,
)
VARIANTS: dict[str, ReportFacts] = {
    "as it is": facts(),
    "hostile": hostile(facts()),
    "nothing happened": facts(
        turnout=(),
        samples=(),
        amendments=(),
        key_changes=(),
        access=(),
        incidents=(),
        pauses=(),
        checked=(),
        extensions=0,
    ),
    "rejected": facts(
        verdict="rejected", checks=(replace(facts().checks[0], status="fail", failed=2), *facts().checks[1:])
    ),
    "consistent": facts(verdict="consistent", test_group=True, not_claimed=("witnesses",)),
    "no roll": facts(
        has_roll=False,
        one_party_suffices=True,
        registrars=(),
        key_changes=(),
        amendments=(),
        keys=KeyFacts(ever=0, lines_with_more=0, of_these_voted=0),
        channels=facts().channels[:1],
        contests=(ONLINE_ONLY,),
        lines=LineFacts(total=231, at_freeze=0, annulled=0, not_voted=0, removed=0, superseded=0),
        floor=0,
    ),
    "one party suffices": facts(one_party_suffices=True, trustees_needed=1, paper_prevails=False),
    "weights": facts(
        weights=(1, 5),
        channels=facts().channels[:1],
        contests=(ONLINE_ONLY, replace(YOUTH, channels=YOUTH.channels[:1])),
    ),
    "cumulative": facts(
        contests=(replace(CANDIDATE, limit=3, options=tuple(replace(o, limit=3) for o in CANDIDATE.options)),)
    ),
    "nobody voted": facts(
        contests=(
            replace(
                CANDIDATE,
                channels=channels(0, (0, 0), (0, 0)),
                parts=tuple(replace(part, votes=(0,) * 5) for part in CANDIDATE.parts),
                elected=(),
                vacant=1,
            ),
        ),
        floor=0,
        turnout=(),
        samples=(replace(facts().samples[0], voters=0, size=1),),
        lines=LineFacts(total=400, at_freeze=400, annulled=0, not_voted=400, removed=0, superseded=0),
        channels=tuple(replace(c, distributed=0, returned=0, valid=0, spoiled=0, lines=0) for c in facts().channels),
    ),
    "many options": facts(contests=(MANY,)),
    "still paused": facts(pauses=(PauseFacts(index=425, reason="order", resumed=0, resumed_reason=""),)),
}

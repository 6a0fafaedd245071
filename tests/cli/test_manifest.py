"""What a manifest comes to, in sentences: the witnesses among them, and who may vote."""

from pathlib import Path
from typing import Any

import pytest

from cli.running import run
from manifest.accepted import ACCEPTED, encoded
from manifest.test_witnesses import POLICY, witnessed
from tests.adapter.rolls import REGISTRARS, roll_manifest


@pytest.mark.parametrize(
    ("manifest", "code", "said"),
    [
        (ACCEPTED, 0, "no witnesses: nothing shows that everybody sees the same log"),
        (witnessed(), 0, "any two quorums of 3 witnesses share 1 or more"),
        (witnessed(POLICY.replace(" 2 ann", " 3 ann")), 0, "any two quorums of 3 witnesses share 3 or more"),
        (
            witnessed(POLICY.replace(" 2 ann", " 1 ann")),
            1,
            "FAIL  manifest.rules: witnesses.policy: two quorums without a common witness: ann; ben",
        ),
    ],
)
def test_a_manifest_says_what_its_witnesses_are_good_for(
    manifest: dict[str, object], code: int, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "manifest.json"
    file.write_bytes(encoded(manifest))
    ended = run("manifest", "check", file)
    assert ended.code == code
    assert said in ended.out


def checked(
    tmp_path: Path, registrars: tuple[tuple[str, str], ...] = REGISTRARS, **facts: Any
) -> tuple[str, list[str]]:
    """What `manifest check` says of a manifest with a roll, and the cautions that programs get."""
    file = tmp_path / "manifest.json"
    file.write_bytes(roll_manifest(registrars, **facts).encode())
    return run("manifest", "check", file).out, run("manifest", "check", file, "--json").json["cautions"]


def test_a_roll_in_words(tmp_path: Path) -> None:
    out, cautions = checked(tmp_path, floor=10, paper=("postal",), fallback="combine", annulment="allowed")
    for sentence in (
        "with a code from each of: rita (sent to email), rolf (sent to post)",
        "members are reached by: email, post, phone",
        "names are held by chair, rita, rolf, sam, opened to sam, olga; 30 days after the closing date",
        "codes may be issued again to lines that have not voted",
        "ballots are annulled at the request of the member",
        "one votes online, by post; a paper takes out a ballot cast online",
        "where a channel has fewer, all channels are counted together",
    ):
        assert sentence in out
    assert cautions == []
    assert "note:" not in out


@pytest.mark.parametrize(
    ("registrars", "facts", "caution"),
    [
        ((("rita", "email"),), {"floor": 10}, "with one registrar, it could vote for members: rita"),
        (
            (("rita", "email"), ("rolf", "email")),
            {"floor": 10},
            "all codes go to one contact: who reads that (email) could vote for members",
        ),
        (REGISTRARS, {}, "no floor: totals of few ballots are published, which can show how somebody voted"),
        (
            REGISTRARS,
            {"roll": None, "floor": 10},
            "no roll: whoever makes a key may vote, and as often as they make one",
        ),
    ],
)
def test_who_could_cheat_alone_is_said(
    registrars: tuple[tuple[str, str], ...], facts: dict[str, Any], caution: str, tmp_path: Path
) -> None:
    if facts.get("roll", 1) is None:
        registrars = ()
    out, cautions = checked(tmp_path, registrars, **facts)
    assert cautions == [caution]
    assert f"note: {caution}" in out


def test_other_rules_in_words(tmp_path: Path) -> None:
    out, _ = checked(tmp_path, floor=10, paper=("in_person",), paper_prevails=False, reissue="never")
    assert "codes are never issued again" in out
    assert "one votes online, in person; who has voted online gets no paper" in out
    assert "ballots are never annulled" in out
    out, _ = checked(tmp_path, floor=10, weights=(1, 4), reissue="always")
    assert "ballots count 1, 4; where a weight has few ballots in a contest, that stays sealed" in out
    assert "codes may be issued again at any time; lines that had voted before are listed" in out

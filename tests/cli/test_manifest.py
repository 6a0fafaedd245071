"""What a manifest comes to, in sentences: the witnesses among them."""

from pathlib import Path

import pytest

from cli.running import run
from manifest.accepted import ACCEPTED, encoded
from manifest.test_witnesses import POLICY, witnessed


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

"""A draft that goes from one signer to the other, and who is turned away."""

from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import leaf_words
from e2evote.adapter.approval import (
    Draft,
    author_of,
    begin,
    decode_draft,
    encode_draft,
    payload_file,
    read_draft,
    replace_draft,
    sign,
    signed_by,
    write_draft,
)
from e2evote.adapter.leaf_words import sentences
from e2evote.errors import E2EVoteError, MalformedInput
from e2evote.manifest.entries import KINDS
from e2evote.manifest.model import Manifest
from e2evote.record.leaf import Leaf, Signature
from e2evote.record.voter_bodies import Access, Annul, Mark, Paper, Reason, Revoke
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Setting, judge_author
from tests.adapter.rolls import roll_manifest
from tests.adapter.selections import refused
from tests.ballot.election import make_election, signing_key

MARK = Mark("postal", "0000017")


def setting_with(manifest: Manifest | None = None) -> Setting:
    return make_election(manifest or roll_manifest(paper=("in_person", "postal"))).setting


SETTING = setting_with()


def of_one_house(manifest: Manifest, *names: str) -> Manifest:
    """The same, with these parties of one organisation."""
    parties = tuple(
        party.model_copy(update={"organisation": "One House"}) if party.id in names else party
        for party in manifest.parties
    )
    return manifest.model_copy(update={"parties": parties})


def drafted(kind: str, body: object, *names: str, setting: Setting = SETTING, payload: bytes = b"") -> Draft:
    keys = [signing_key(name) for name in names]
    return signed_by(setting, kind, body, author_of(setting, kind, keys[0]), keys, payload)  # type: ignore[arg-type]


def test_from_one_teller_to_the_other(tmp_path: Path) -> None:
    path = tmp_path / "mark.draft"
    first = drafted("mark", MARK, "theo")
    assert first.missing == ("teller",)
    write_draft(path, first)
    assert not payload_file(path).exists()
    received = read_draft(SETTING, path)
    assert received == first
    done = sign(SETTING, received, signing_key("tess"))
    replace_draft(path, done)
    assert read_draft(SETTING, path) == done
    envelope, findings = done.envelope(), Findings()
    judge_author(SETTING, 5, envelope.leaf, findings)
    assert (done.missing, findings.failing()) == ((), frozenset())
    assert [name for _, name in ((role, party.id) for role, party in done.signed)] == ["theo", "tess"]


def test_the_author_may_be_the_second_to_sign() -> None:
    """A teller begins a pause, whose author is the administrator; the order of signatures is that of the roles."""
    first = drafted("pause", Reason(1, "outage"), "tess")
    assert (first.leaf.author, first.missing) == ("chair", ("administrator",))
    both = sign(SETTING, first, signing_key("chair"))
    assert both == replace(drafted("pause", Reason(1, "outage"), "chair", "tess"))
    again = decode_draft(SETTING, encode_draft(both))
    assert [party.id for _, party in again.signed] == ["chair", "tess"]


@pytest.mark.parametrize(
    ("kind", "body", "first", "second", "code"),
    [
        ("mark", MARK, "theo", "theo", "approval-signed"),
        ("mark", MARK, "theo", "chair", "wrong-key"),
        ("mark", MARK, "theo", "stranger", "wrong-key"),
        ("pause", Reason(1, "order"), "chair", "chair", "approval-signed"),
        ("pause", Reason(1, "order"), "tess", "theo", "wrong-key"),
        ("pause", Reason(1, "order"), "chair", "rita", "wrong-key"),
        ("credential.revoke", Revoke("0000017", 4, "disclosed"), "rita", "rolf", "wrong-key"),
        ("credential.revoke", Revoke("0000017", 4, "disclosed"), "tess", "rita", "wrong-key"),
        ("annul", Annul(bytes(32), "0000017", "coerced"), "rita", "chair", "wrong-key"),
        ("access", Access(b"", 1, "roll", "audit"), "olga", "tess", "wrong-key"),
    ],
)
def test_who_is_turned_away(kind: str, body: object, first: str, second: str, code: str) -> None:
    assert refused(lambda: drafted(kind, body, first, second)).code == code


@pytest.mark.parametrize(
    ("kind", "body", "names"),
    [
        ("mark", MARK, ("tess", "theo")),
        ("paper", Paper("postal"), ("tess", "theo")),
        ("credential.revoke", Revoke("0000017", 4, "requested"), ("rita", "tess")),
        ("annul", Annul(bytes(32), "0000017", "coerced"), ("rita", "tess")),
    ],
)
def test_one_organisation_is_not_two(kind: str, body: object, names: tuple[str, str]) -> None:
    payload = b"x" if KINDS[kind].payload else b""
    drafted(kind, body, *names, payload=payload)
    setting = setting_with(of_one_house(SETTING.manifest, *names))
    assert refused(lambda: drafted(kind, body, *names, setting=setting, payload=payload)).code == "approval-apart"


def test_a_third_signature_has_no_place() -> None:
    done = drafted("mark", MARK, "tess", "theo")
    assert "nobody" in refused(lambda: sign(SETTING, done, signing_key("chair"))).detail


def test_a_scrutineer_who_holds_and_reads_signs_twice() -> None:
    access = drafted("access", Access(bytes(32), 1, "register", "inspection"), "sam", "sam")
    assert [role for role, _ in access.signed] == ["reader", "holder"]
    assert decode_draft(SETTING, encode_draft(access)) == access


def test_nothing_is_posted_before_all_have_signed() -> None:
    assert refused(drafted("mark", MARK, "tess").envelope).code == "approval-incomplete"


def test_a_draft_of_another_election() -> None:
    other = replace(SETTING, first=bytes(32))
    assert refused(lambda: decode_draft(SETTING, encode_draft(drafted("mark", MARK, "tess", setting=other)))).code == (
        "approval-election"
    )


def test_what_was_changed_on_the_way(tmp_path: Path) -> None:
    signed = drafted("mark", MARK, "tess")
    leaf, (signature,) = signed.leaf, signed.leaf.signatures
    other_line = Leaf(leaf.kind, leaf.author, leaf.election, Mark("postal", "0000018"), None, leaf.signatures)
    stranger = leaf.signed(Signature(signing_key("stranger").public, signature.sig))
    for changed in (other_line, stranger):
        data = encode_draft(replace(signed, leaf=changed))
        assert refused(lambda data=data: decode_draft(SETTING, data)).code == "approval-signature"
    twice = leaf.signed(signature, signature)
    assert refused(lambda: decode_draft(SETTING, encode_draft(replace(signed, leaf=twice)))).code == "approval-signed"
    done = drafted("mark", MARK, "tess", "theo")
    swapped = done.leaf.signed(*reversed(done.leaf.signatures))
    with pytest.raises(MalformedInput, match="order"):
        decode_draft(SETTING, encode_draft(replace(done, leaf=swapped)))
    path = tmp_path / "paper.draft"
    paper = drafted("paper", Paper("postal"), "tess", payload=b"the totals")
    write_draft(path, paper)
    assert read_draft(SETTING, path) == paper
    payload_file(path).write_bytes(b"other totals")
    assert refused(lambda: read_draft(SETTING, path)).code == "approval-payload"
    payload_file(path).unlink()
    assert refused(lambda: read_draft(SETTING, path)).code == "approval-payload"


@pytest.mark.parametrize("data", [b"", b"{}", b'{"draft":"e2evote","leaf":{},"v":1}', b"[" * 99, b"\xff"])
def test_what_is_no_draft(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.draft"
    path.write_bytes(data)
    with pytest.raises(MalformedInput, match=r"x\.draft"):
        read_draft(SETTING, path)


def test_a_leaf_that_one_party_signs_needs_no_draft() -> None:
    leaf = drafted("mark", MARK, "tess").leaf
    with pytest.raises(E2EVoteError):
        decode_draft(SETTING, encode_draft(replace(drafted("mark", MARK, "tess"), leaf=replace(leaf, author="log"))))


def test_files_are_not_overwritten(tmp_path: Path) -> None:
    draft = drafted("paper", Paper("postal"), "tess", payload=b"the totals")
    write_draft(tmp_path / "a", draft)
    assert refused(lambda: write_draft(tmp_path / "a", draft)).code == "file-exists"
    assert refused(lambda: read_draft(SETTING, tmp_path / "none")).code == "file-missing"


def test_every_kind_that_two_sign_has_words() -> None:
    words = sentences(drafted("mark", MARK, "tess").leaf)
    assert words[0] == "Line 17 has voted by post, on paper."
    assert "different organisations" in words[-1]
    assert set(leaf_words._SENTENCES) == {name for name, kind in KINDS.items() if len(kind.authors) > 1}
    with pytest.raises(ValueError, match="one party"):
        sentences(replace(drafted("mark", MARK, "tess").leaf, kind="incident"))


def test_a_party_that_may_not_begin() -> None:
    trustee = SETTING.manifest.party("trustee-1")
    assert trustee is not None
    assert refused(lambda: begin(SETTING, "mark", MARK, trustee)).code == "wrong-key"

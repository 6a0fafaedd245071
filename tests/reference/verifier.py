"""The reference verifier: every check of docs/verification.md in the order of its table, literally and slowly.

`verify` does not raise for any record. This file has the frame and the checks of record, manifest, board and anchors.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from reference.archive import Archive, path_of, read_archive
from reference.canonical import BadForm
from reference.ceremony import new_setting
from reference.electorate import Electorate
from reference.entries import author_has_role, has_valid_signature, read_first_leaf, read_leaf, signers_fault
from reference.manifest import Manifest, key_faults, read_manifest, rule_faults
from reference.note import CHECKPOINT_LIMIT, Malformed, read_checkpoint, verifier_key
from reference.numbers import Group, group_named, small_group
from reference.phases import History
from reference.report import AFTERWARDS, LISTED, NEEDS_EXTENDED_BASE_HASH, Ledger, finish, printable
from reference.tree import Tree
from reference.verifier_afterwards import check_afterwards
from reference.verifier_ballots import check_ballots
from reference.verifier_ceremony import check_ceremony
from reference.verifier_state import State
from reference.verifier_tally import check_tally
from reference.verifier_voters import check_voters
from reference.verifier_witnesses import check_dates, check_witnesses

ANCHORS = ("anchor.base-hash", "anchor.log-key", "anchor.since")


def verify(
    path_or_files: object,
    expect: Mapping[str, str] | None = None,
    allow_test_group: bool = False,
    since: bytes | None = None,
) -> dict[str, Any]:
    """The report on a record: a directory, a .zip path, the bytes of a zip, or a mapping from path to bytes."""
    ledger = Ledger()
    known: dict[str, Any] = {"anchored": expect is not None}
    for check, option in zip(ANCHORS, (expect, expect, since), strict=True):
        if option is None:
            ledger.not_asked(check)
    try:
        archive = read_archive(path_or_files, LISTED)
    except Malformed as error:
        ledger.stop("the archive cannot be read", "record.files")
        return finish(known | {"unreadable": printable(str(error))}, ledger, malformed=True, test_group=False)
    known |= {"root": archive.checkpoint.root.hex(), "size": archive.checkpoint.size}
    check_files(ledger, archive)
    manifest = check_manifest(ledger, archive)
    if manifest is None:
        return finish(known, ledger, malformed=False, test_group=False)
    known |= describe(manifest)
    group = check_group(ledger, manifest, allow_test_group)
    if group is None:
        return finish(known, ledger, malformed=False, test_group=False)
    state = State(ledger, archive, manifest, group, new_setting(group, manifest.n, manifest.k, manifest.raw))
    check_names(state)
    check_head(state)
    check_leaves(state)
    check_phases(state)
    known["cosigned"] = check_witnesses(state) + check_dates(state)
    if state.history is not None:
        known |= continue_after_phases(state, state.history)
    if expect is not None:
        check_anchors(state, expect)
    if since is not None:
        check_since(state, since)
    known["base_hash"] = state.setting.h_b.hex()
    known["extended_base_hash"] = state.joint.h_e.hex() if state.joint else ""
    return finish(known, ledger, malformed=False, test_group=group == small_group())


def continue_after_phases(state: State, history: History) -> dict[str, Any]:
    """Voters, ceremony, ballots, tally and outcome, as far as the record got; what the report says of them."""
    check_voters(state, history)
    check_afterwards(state, history)
    check_ceremony(state, history)
    if history.open is None:
        state.ledger.stop("the selection was not opened", "tally.form", *AFTERWARDS, *ANCHORS)
        return describe_history(history, state.electorate)
    counted = None
    if state.joint is None:
        reason = "a reveal of the session is missing or not of elements"
        subjects = {
            "ballot.line": state.manifest.roll is None,
            "ballot.style": state.manifest.roll is not None,
            "channel.proof": bool(history.papers),
        }
        for check in (*NEEDS_EXTENDED_BASE_HASH, *[check for check, some in subjects.items() if some]):
            state.ledger.leave_out(check, reason)
    else:
        counted = check_ballots(state, history, state.joint)
    return describe_history(history, state.electorate) | {"results": check_tally(state, history, counted)}


def describe(manifest: Manifest) -> dict[str, Any]:
    """What the report takes from the manifest as it stands."""
    data = manifest.data
    return {
        "election": {"id": data["election"]["id"], "name": data["election"]["name"]},
        "group": data["group"],
        "log_key": verifier_key(data["origin"], manifest.log.key),
        "claims": data["claims"],
        "floor": data["floor"]["minimum"],
        "dates": {"close": data["dates"]["close"], "extensions": 0, "open": data["dates"]["open"]},
    }


def describe_history(history: History, electorate: Electorate) -> dict[str, Any]:
    """`counts`, `dates` and `faults` of the report."""
    counts = {
        "ballots": len(history.ballots),
        "valid": len(electorate.valid),
        "counted": len(electorate.counted()),
        "lines": len({leaf.body["line"] for leaf in history.ballots}),
        "challenges": len(history.challenges),
        "sessions": history.highest_session,
    }
    faults = [
        {"session": leaf.body["session"] - 1, "reason": leaf.body["reason"], "trustee": leaf.body["fault"]}
        for leaf in history.restarts
    ]
    dates = {
        "close": history.closing_dates[-1],
        "extensions": len(history.extensions),
        "open": history.manifest.data["dates"]["open"],
    }
    return {"counts": counts, "dates": dates, "faults": faults}


def check_files(ledger: Ledger, archive: Archive) -> None:
    """`record.files`"""
    for path in archive.unexpected:
        ledger.judge("record.files", path, False, "not a file of a record of this size")
    ledger.results["record.files"].examined += archive.expected_count
    for path in archive.missing:
        ledger.absent("record.files", path, "not there", 0)
    ledger.results["record.files"].absent += archive.missing_count


def check_manifest(ledger: Ledger, archive: Archive) -> Manifest | None:
    """`manifest.form`: entry 0 is a leaf whose payload is a manifest; None stops everything."""
    entry, raw = archive.entries.get(0), archive.payloads.get(0)
    if entry is None or not raw:
        ledger.stop("entry 0 or its payload is not there", "record.payloads")
        return None
    try:
        payload = read_first_leaf(entry).data["payload"]
        if payload["len"] != len(raw) or payload["sha256"] != hashlib.sha256(raw).hexdigest():
            raise BadForm("the payload does not have the length and hash named")
        manifest = read_manifest(raw)
    except BadForm as error:
        ledger.judge("manifest.form", "entry 0", False, str(error))
        ledger.stop("the manifest cannot be read", "record.payloads", "manifest.form")
        return None
    ledger.judge("manifest.form", "entry 0", True)
    return manifest


def check_group(ledger: Ledger, manifest: Manifest, allow_test_group: bool) -> Group | None:
    """`manifest.group`: None for an unknown name, which stops everything."""
    name = manifest.data["group"]
    group = group_named(name)
    if group is None:
        ledger.judge("manifest.group", "manifest", False, f"{name} is no known group")
        ledger.stop("the group is unknown", "record.payloads", "manifest.form", "manifest.group")
    else:
        allowed = allow_test_group or group != small_group()
        ledger.judge("manifest.group", "manifest", allowed, f"{name} is for tests")
    return group


def check_names(state: State) -> None:
    """`manifest.keys` and `manifest.rules`"""
    for party, fault in key_faults(state.manifest).items():
        state.ledger.judge("manifest.keys", party, not fault, fault)
    for place, fault in rule_faults(state.manifest):
        state.ledger.judge("manifest.rules", place, not fault, fault)


def check_head(state: State) -> None:
    """`board.checkpoint`, `board.root`, `board.tiles`"""
    ledger, archive, head = state.ledger, state.archive, state.archive.checkpoint
    origin, key = state.manifest.data["origin"], state.manifest.log.key
    good = head.origin == origin and head.is_signed_by(origin, key)
    ledger.judge("board.checkpoint", "checkpoint", good, "another origin, or not signed by the log's key")
    if not archive.has_entries(head.size):
        for check in ("board.root", "board.tiles"):
            ledger.leave_out(check, "an entry is not there")
        return
    state.tree = Tree([archive.entries[i] for i in range(head.size)])
    ledger.judge("board.root", "checkpoint", state.tree.root(head.size) == head.root, "not the root of the entries")
    for (level, number, width), data in sorted(archive.tiles.items()):
        path = path_of(f"tile/{level}", number, width)
        ledger.judge("board.tiles", path, data == state.tree.tile(level, number, width), "not the entries' hashes")


def check_leaves(state: State) -> None:
    """`record.payloads`, `board.leaf`, `board.payload`, `board.author`, `board.signature`"""
    ledger, archive, manifest = state.ledger, state.archive, state.manifest
    election = read_first_leaf(archive.entries[0]).hash
    for index, entry in sorted(archive.entries.items()):
        subject = f"entry {index}"
        try:
            leaf = read_leaf(index, entry, election, state.group, manifest.n)
        except BadForm as error:
            ledger.judge("board.leaf", subject, False, str(error))
            continue
        ledger.judge("board.leaf", subject, True)
        check_payload(state, index, leaf.data.get("payload"))
        right = author_has_role(leaf, manifest)
        fault = signers_fault(leaf, manifest) if right else "the author does not have the role"
        ledger.judge("board.author", leaf.subject, not fault, fault)
        if not right:
            continue
        valid = all(has_valid_signature(leaf, number) for number in range(len(leaf.signers)))
        ledger.judge("board.signature", leaf.subject, valid, "a signature is not valid")
        state.leaves[index] = leaf


def check_payload(state: State, index: int, named: dict[str, Any] | None) -> None:
    """`record.payloads` and `board.payload` of one leaf"""
    ledger, subject = state.ledger, f"entry {index}"
    raw = state.archive.payloads.get(index)
    if raw is None:
        for check in ("record.payloads", "board.payload"):
            ledger.leave_out(check, "a payload pack is not there")
        return
    if named is None:
        ledger.judge("board.payload", subject, raw == b"", "a payload that the leaf does not name")
    elif not raw:
        ledger.absent("record.payloads", subject, "no payload in the pack")
        ledger.leave_out("board.payload", "the payload is not there")
    else:
        ledger.judge("record.payloads", subject, True)
        good = named["len"] == len(raw) and named["sha256"] == hashlib.sha256(raw).hexdigest()
        if index == 0 or ledger.judge("board.payload", subject, good, "not of the length and hash named"):
            state.payloads[index] = raw


def check_phases(state: State) -> None:
    """`board.phase` and `record.complete`; the history stays unknown where an entry is not there."""
    ledger = state.ledger
    if state.tree is None:
        ledger.leave_out("record.complete", "an entry is not there")
        ledger.stop("an entry is not there", "board.phase", "board.witnesses", "anchor.base-hash", "anchor.log-key")
        return
    history = History(state.manifest)
    for index, leaf in sorted(state.leaves.items()):
        objection = history.objection(leaf)
        if ledger.judge("board.phase", leaf.subject, not objection, objection):
            history.add(leaf)
        else:
            del state.leaves[index]
    if history.outcome is None:
        ledger.absent("record.complete", "log", "the log has no outcome")
    else:
        ledger.judge("record.complete", "log", True)
    state.history = history


def check_anchors(state: State, expect: Mapping[str, str]) -> None:
    """`anchor.base-hash`, `anchor.log-key`"""
    ledger, check = state.ledger, "anchor.base-hash"
    if expect.get("base_hash") != state.setting.h_b.hex():
        ledger.judge(check, "anchors", False, "another base hash")
    elif state.joint is None:
        ledger.leave_out(check, "there is no extended base hash")
    else:
        good = expect.get("extended_base_hash") == state.joint.h_e.hex()
        ledger.judge(check, "anchors", good, "another extended base hash")
    own = verifier_key(state.manifest.data["origin"], state.manifest.log.key)
    ledger.judge("anchor.log-key", "anchors", expect.get("log_key") == own, f"the log's key is {own}")


def check_since(state: State, since: bytes) -> None:
    """`anchor.since`"""
    check, subject = "anchor.since", "earlier checkpoint"
    if state.tree is None:
        return  # stopped with everything after `board.phase`
    try:
        if len(since) > CHECKPOINT_LIMIT:
            raise Malformed(f"more than {CHECKPOINT_LIMIT} bytes")
        earlier = read_checkpoint(since)
    except Malformed as error:
        state.ledger.judge(check, subject, False, str(error))
        return
    origin, key = state.manifest.data["origin"], state.manifest.log.key
    if earlier.origin != origin or not earlier.is_signed_by(origin, key):
        state.ledger.judge(check, subject, False, "another origin, or not signed by the log's key")
    elif earlier.size > state.archive.checkpoint.size:
        state.ledger.judge(check, subject, False, f"it has {earlier.size} entries, more than this log")
    else:
        good = state.tree.root(earlier.size) == earlier.root
        state.ledger.judge(check, subject, good, "not the root of the first entries here")

"""The names of all checks, in the order of docs/verification.md, and what their results lead to."""

from enum import IntEnum, StrEnum


class Check(StrEnum):
    """One member per row of the table in docs/verification.md; a test compares the two."""

    RECORD_FILES = "record.files"
    RECORD_PAYLOADS = "record.payloads"
    RECORD_COMPLETE = "record.complete"
    MANIFEST_FORM = "manifest.form"
    MANIFEST_GROUP = "manifest.group"
    MANIFEST_KEYS = "manifest.keys"
    MANIFEST_RULES = "manifest.rules"
    BOARD_CHECKPOINT = "board.checkpoint"
    BOARD_ROOT = "board.root"
    BOARD_TILES = "board.tiles"
    BOARD_LEAF = "board.leaf"
    BOARD_PAYLOAD = "board.payload"
    BOARD_AUTHOR = "board.author"
    BOARD_SIGNATURE = "board.signature"
    BOARD_PHASE = "board.phase"
    BOARD_WITNESSES = "board.witnesses"
    BOARD_DATES = "board.dates"
    ROLL_FORM = "roll.form"
    ROLL_ROOT = "roll.root"
    ROLL_AMENDMENT = "roll.amendment"
    ROLL_WEIGHTS = "roll.weights"
    CREDENTIAL_FORM = "credential.form"
    CREDENTIAL_LINES = "credential.lines"
    CREDENTIAL_KEYS = "credential.keys"
    CREDENTIAL_REISSUE = "credential.reissue"
    CREDENTIAL_REVOKE = "credential.revoke"
    CHANNEL_MARK = "channel.mark"
    BALLOT_ANNULLED = "ballot.annulled"
    CHANNEL_FORM = "channel.form"
    CHANNEL_COUNT = "channel.count"
    CEREMONY_FORM = "ceremony.form"
    CEREMONY_COMMITMENT = "ceremony.commitment"
    CEREMONY_ELEMENTS = "ceremony.elements"
    CEREMONY_FRESH = "ceremony.fresh"
    CEREMONY_PROOF = "ceremony.proof"
    CEREMONY_SHARE_PROOF = "ceremony.share-proof"
    CEREMONY_COMPLAINT = "ceremony.complaint"
    CEREMONY_CONFIRMATION = "ceremony.confirmation"
    CEREMONY_JOINT_KEY = "ceremony.joint-key"
    BALLOT_FORM = "ballot.form"
    BALLOT_LINE = "ballot.line"
    BALLOT_STYLE = "ballot.style"
    BALLOT_IDENTIFIER = "ballot.identifier"
    BALLOT_TRACKER = "ballot.tracker"
    BALLOT_ELEMENTS = "ballot.elements"
    BALLOT_SELECTION_PROOF = "ballot.selection-proof"
    BALLOT_LIMIT_PROOF = "ballot.limit-proof"
    BALLOT_UNIQUE = "ballot.unique"
    BALLOT_CHALLENGED = "ballot.challenged"
    CHALLENGE_FORM = "challenge.form"
    CHALLENGE_TRACKER = "challenge.tracker"
    CHALLENGE_OPENING = "challenge.opening"
    CHALLENGE_PROOF = "challenge.proof"
    CHANNEL_ELEMENTS = "channel.elements"
    CHANNEL_PROOF = "channel.proof"
    TALLY_FORM = "tally.form"
    TALLY_CLOSE = "tally.close"
    TALLY_ROWS = "tally.rows"
    TALLY_RECONCILIATION = "tally.reconciliation"
    TALLY_PRODUCTS = "tally.products"
    TALLY_ELEMENTS = "tally.elements"
    TALLY_ACCEPTANCE = "tally.acceptance"
    TALLY_FLOOR = "tally.floor"
    TALLY_SHARE_PROOF = "tally.share-proof"
    TALLY_QUORUM = "tally.quorum"
    TALLY_DECRYPTION = "tally.decryption"
    OUTCOME_COUNTS = "outcome.counts"
    OUTCOME_ELECTED = "outcome.elected"
    OUTCOME_HEAD = "outcome.head"
    CHECKED_HEAD = "checked.head"
    REPORT_FORM = "report.form"
    REPORT_FACTS = "report.facts"
    ANCHOR_BASE_HASH = "anchor.base-hash"
    ANCHOR_LOG_KEY = "anchor.log-key"
    ANCHOR_SINCE = "anchor.since"


class Status(StrEnum):
    """What became of one check."""

    PASS = "pass"
    FAIL = "fail"
    MISSING = "missing"
    NOT_RUN = "not run"
    NOT_ASKED = "not asked"


class Verdict(StrEnum):
    """The verifier's word on a record."""

    ACCEPTED = "accepted"
    CONSISTENT = "consistent"
    REJECTED = "rejected"
    INCOMPLETE = "incomplete"
    MALFORMED = "malformed"


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    ACCEPTED = 0
    REJECTED = 1
    USAGE = 2
    MALFORMED = 3
    INCOMPLETE = 4
    INTERNAL = 5
    CONSISTENT = 6


CLAIMS = {
    "eligibility": "that the keys behind the lines belong to members: anyone could make one",
    "witnesses": "that everybody was shown the same log, and that dates were kept, or put off before they were past",
    "channels": "anything about votes cast on paper",
    "floor": "any protection of small groups: the floor is 0",
}
"""What a record that does not make a claim leaves unshown; printed as NOT CLAIMED."""

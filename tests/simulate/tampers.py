"""The tamper matrix: every way of this folder to make a record wrong, and which check must notice.

Every check of docs/verification.md has at least one tamper that fails it alone, made by an insider who recomputes all
that follows. The numbers A01-A140 are those of a catalogue of published attacks; an attack that a record cannot show is
in `NOT_RECORD` with where it is defended instead.
"""

from simulate import (
    tampers_agreement,
    tampers_archive,
    tampers_authors,
    tampers_ballot,
    tampers_board,
    tampers_bytes,
    tampers_ceremony,
    tampers_challenge,
    tampers_channels,
    tampers_counting,
    tampers_credentials,
    tampers_decryption,
    tampers_electoral,
    tampers_extend,
    tampers_manifest,
    tampers_outcome,
    tampers_policy,
    tampers_proofs,
    tampers_report,
    tampers_roll,
    tampers_tally,
    tampers_witnesses,
)
from simulate.harmless import HARMLESS as OTHERS
from simulate.tamper import Tamper

__all__ = ["ATTACKS", "HARMLESS", "NOT_RECORD", "TAMPERS"]

HARMLESS: tuple[Tamper, ...] = (*OTHERS, *tampers_extend.ALLOWED, *tampers_counting.ALLOWED, *tampers_report.ALLOWED)
TAMPERS: tuple[Tamper, ...] = (
    *tampers_archive.TAMPERS,
    *tampers_manifest.TAMPERS,
    *tampers_bytes.TAMPERS,
    *tampers_policy.TAMPERS,
    *tampers_board.TAMPERS,
    *tampers_witnesses.TAMPERS,
    *tampers_extend.TAMPERS,
    *tampers_authors.TAMPERS,
    *tampers_ceremony.TAMPERS,
    *tampers_agreement.TAMPERS,
    *tampers_ballot.TAMPERS,
    *tampers_proofs.TAMPERS,
    *tampers_challenge.TAMPERS,
    *tampers_tally.TAMPERS,
    *tampers_decryption.TAMPERS,
    *tampers_outcome.TAMPERS,
    *tampers_electoral.TAMPERS,
    *tampers_roll.TAMPERS,
    *tampers_credentials.TAMPERS,
    *tampers_channels.TAMPERS,
    *tampers_counting.TAMPERS,
    *tampers_report.TAMPERS,
)

# The attacks that must be in one of the two tables.
ATTACKS = tuple(f"A{number:02}" for first, last in ((1, 85), (97, 140)) for number in range(first, last + 1))

NOT_RECORD = {
    "A18": "A predictable generator leaves no mark in a record; it is for those who seal and hold keys to be given "
    "good randomness, and docs/spec.md section 7 has a nonce of 0 drawn again.",
    "A28": "How long secret exponents take is not in the record; it is for the code that uses secrets to answer.",
    "A31": "A table shared between elections or threads is inside one program; the two verifiers share none, so a "
    "wrong value in one of them shows as a disagreement over this matrix.",
    "A40": "A later ballot by whoever holds the key is valid, as the manifest's rule on voting again says; the voter "
    "sees it on the line.",
    "A98": "Which of two requests a witness stored last is not in a record; it is for the witness to compare and to "
    "store at once (tests/witness).",
    "A101": "An empty log, or one with entry 0 only, is an incomplete record and has no check that fails "
    "(tests/verify/test_attacks_board.py).",
    "A105": "That somebody holds a receipt is not in a record; whoever does has the evidence (tests/monitor).",
    "A106": "What a record shows of it is a root that does not fit, or nothing at all; it is for the box to look at "
    "what it has stored before it signs (tests/board/test_keeper.py).",
    "A107": "A log that was cut off is a shorter record; it is for the box never to cut (tests/board/test_keeper.py).",
    "A108": "Two continuations are two records, each sound; it is for storage and witnesses to let one writer sign "
    "(tests/board/test_keeper.py).",
    "A128": "What everybody voted is plain from a unanimous result, whatever is proved, and docs/spec.md section 14.3 "
    "says so.",
    "A131": "How often a line voted again is on the board by design; whose line it is is not.",
    "A133": "No set of ciphertexts is used for two audits: a challenge is opened and never counted, and the audit of "
    "turnout opens none.",
    "A134": "That discrete logarithms may be found one day is in no record; nobody's name is in one either.",
    "A135": "How large a request is, and when it came, is not in a record; sealed ballots of one style have one size.",
    "A56": "When a device learns whether the ballot will be challenged is not in the record; the tracker is shown "
    "before the choice (docs/spec.md section 7).",
    "A120": "Data that is run as code leaves no mark in a record (tests/operations/test_attacks_injection.py).",
    "A121": "What a browser was given is not in the record; the hashes of what it should be given are in the manifest "
    "(tests/browser, tests/web).",
    "A123": "What was refused before it was stored is in no record (tests/adapter/test_doorkeeper.py, tests/api).",
    "A125": "That a mailing began again is not in a record (tests/adapter/test_registrar.py).",
    "A126": "What runs on somebody's machine is not in a record (tests/operations/test_attacks_supply.py, tests/web).",
    "A127": "The specification is not in a record; two second implementations were made from it.",
    "A138": "What a registrar keeps is not in a record (tests/credentials/test_issuing.py).",
    "A139": "How keys are handled is not in a record (tests/operations/test_attacks_people.py).",
    "A140": "That a trustee's folder is an old copy is not in a record (tests/operations/test_restored_trustee.py).",
}

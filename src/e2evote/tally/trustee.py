"""One trustee's part in the tally: accept the statement, then decrypt it, and nothing else ever (docs/spec.md §9).

Whoever asks is not believed. The tool has examined the record itself and made its own statement from it; what it is
asked to decrypt must be equal to that, on a record in which no check fails, after the close, and the only one that
it has ever accepted. There is no cell to decrypt but those of the parts that the floor allows, which the tool works out
from the ballots itself. So a trustee opens neither single ballots nor two totals whose difference is one, and no box of
a few ballots, whatever anybody calls it.
"""

from e2evote.algebra.group import Element
from e2evote.ceremony.key import TrusteeKey
from e2evote.errors import CheckFailed, Refused
from e2evote.proofs.equal_logs import EqualLogs, verify
from e2evote.record.bodies import OnStatement
from e2evote.record.shares import DecryptionShare, DecryptionShares
from e2evote.secret.prove import prove_equal_logs
from e2evote.secret.randomness import Randomness
from e2evote.tally.cells import TallyCell, cells_to_decrypt
from e2evote.tally.facts import Facts, check_ready
from e2evote.tally.memory import Accepted, Decrypted, Memory, Untouched
from e2evote.tally.statement import difference


def accept(facts: Facts, memory: Memory, key: TrusteeKey) -> tuple[Accepted | Decrypted, OnStatement]:
    """Say in public that the statement is right. What is accepted already is said again in the same words.

    Refused with `tally.record-fails`, `tally.not-closed`, `tally.not-stated`, `tally.already-published`,
    `tally.second-statement`, `tally.statement-differs`, `tally.wrong-key`, or `tally.already-accepted` where the board
    has an acceptance that this tool does not remember.
    """
    _check(facts, memory, key)
    if not isinstance(memory, Untouched):
        return memory, memory.body()
    if key.index in facts.state.accepts:
        detail = f"trustee {key.index}: the board has an acceptance that this tool does not remember"
        raise Refused("tally.already-accepted", detail)
    accepted = Accepted(facts.statement)
    return accepted, accepted.body()


def decrypt(facts: Facts, memory: Memory, key: TrusteeKey, randomness: Randomness) -> Decrypted:
    """M_i = A^z_i with its proof for every cell that the floor allows.    spec (9.2), (3.11)-(3.13)

    The caller stores the answer before it posts anything; asked again, the stored shares are the answer. Refused as
    `accept`, and with `tally.not-accepted`, or `tally.already-decrypted` where the board has shares that this tool
    does not remember.
    """
    _check(facts, memory, key)
    if isinstance(memory, Decrypted):
        return memory
    if isinstance(memory, Untouched) or key.index not in facts.state.accepts:
        detail = f"trustee {key.index}: the board has no acceptance of statement {facts.statement.hex()} by this tool"
        raise Refused("tally.not-accepted", detail)
    if key.index in facts.state.shares:
        detail = f"trustee {key.index}: the board has shares that this tool does not remember"
        raise Refused("tally.already-decrypted", detail)
    try:
        cells = cells_to_decrypt(facts.setting.manifest, facts.setting.group, facts.posted, facts.parts)
    except CheckFailed as error:
        raise Refused("tally.record-fails", str(error)) from None
    Y = facts.joint.verification_key(key.index)
    shares = tuple(_share(facts, cell, key, Y, randomness) for cell in cells)
    return Decrypted(facts.statement, DecryptionShares(shares))


def _check(facts: Facts, memory: Memory, key: TrusteeKey) -> None:
    """Everything that accepting and decrypting have in common."""
    check_ready(facts.failing, facts.state)
    if not isinstance(memory, Untouched) and memory.statement != facts.statement:
        detail = f"statement {facts.statement.hex()}, accepted was {memory.statement.hex()}: there is only one"
        raise Refused("tally.second-statement", detail)
    if different := difference(facts.posted, facts.own):
        raise Refused("tally.statement-differs", different)
    if key.base_hash != facts.setting.base_hash:
        raise Refused("tally.wrong-key", f"trustee {key.index}: the key of election {key.base_hash.hex()}")
    if key.index not in facts.joint.keys or not key.fits(facts.joint):
        raise Refused("tally.wrong-key", f"trustee {key.index}: g^z is not the key Y of this election's ceremony")


def _share(facts: Facts, cell: TallyCell, key: TrusteeKey, Y: Element, randomness: Randomness) -> DecryptionShare:
    """One cell. A share is posted once, so a miscalculated one is found here and not on the board."""
    M = key.z.power_of(cell.A)
    claim, challenge_of = EqualLogs(Y, cell.A, M), cell.place(facts.joint.h_e, key.index, facts.statement)
    proof, _ = prove_equal_logs(claim, key.z, challenge_of, randomness)
    if not verify(claim, proof, challenge_of):
        raise RuntimeError(f"trustee {key.index}, {cell}: this computer miscalculated; nothing was posted")
    return DecryptionShare(*cell.cell, M.residue(), proof)

"""A registrar makes its codes off line, and posts the public keys afterwards (docs/spec.md §13.3; attacks A124, A138).

    issue    opened roll and record  ->  a file of letters, private, and a file of keys, public
    post     the file of keys        ->  the board
    forget   the files of letters are deleted, when they have been sent

The letters are on the disk, whole, before the file of keys exists, and that before anything is posted: no key is on the
board whose code is lost. No other copy of a code is made, and nothing that is kept leads to one.
"""

from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter import secretfile
from e2evote.adapter.act import Act
from e2evote.adapter.headed import decode_headed, encode_headed
from e2evote.adapter.personal_files import Erased, erase, listed, write_personal
from e2evote.adapter.roll_file import HeldRoll
from e2evote.adapter.roll_record import VoterRecord
from e2evote.credentials.addresses import addressees, rows_in_force
from e2evote.credentials.issuing import Issued, Registrar, issue
from e2evote.credentials.letters import letters_table
from e2evote.errors import Refused
from e2evote.manifest.entries import Phase
from e2evote.record.credentials import read_credentials
from e2evote.record.roll_row import line_of
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import Issue
from e2evote.secret.randomness import Randomness
from e2evote.verify.leaves import Setting

KIND, VERSION = "e2evote-credential-keys", 1


@dataclass(frozen=True, slots=True)
class KeysFile:
    """What a registrar posts: the payload of its credential.issue, for one selection (leaf hash of entry 0)."""

    election: bytes
    payload: bytes

    def encode(self) -> bytes:
        return encode_headed(KIND, VERSION, self.election, (self.payload,))


def decode_keys(data: bytes) -> KeysFile:
    """A file of keys, or MalformedInput; its payload is read when it is posted."""
    return KeysFile(*decode_headed(KIND, VERSION, data))


def registrar_of(record: VoterRecord, party: str) -> Registrar:
    """The registrar as the board leaves it: its contact, and the number of its next credential."""
    contact = next((one.contact for one in record.terms.registrars if one.party == party), None)
    if contact is None:
        wanted = ", ".join(one.party for one in record.terms.registrars)
        raise Refused("wrong-key", f"{party} is no registrar of this selection: {wanted}")
    issued = record.electorate.book(party).issued
    return Registrar(record.setting.base_hash, party, contact, issued + 1)


def make_codes(record: VoterRecord, held: HeldRoll, party: str, randomness: Randomness) -> Issued:
    """A code for each line on the board that never had one of this registrar.

    None at all where no line lacks one and voting can't open before this registrar has issued once more: a line was
    added, and removed again.
    """
    record.refuse_failing()
    if held.election != record.setting.first:
        raise Refused("other-selection", "the roll is of another selection")
    registrar, electorate = registrar_of(record, party), record.electorate
    removed = frozenset(line for line in electorate.names() if electorate.is_removed(line))
    everybody = addressees(
        held.opened,
        rows_in_force(record.roll().rows(), record.published()),
        removed,
        registrar.contact,
        record.setting.base_hash,
    )
    lacking = {line_of(number) for number in electorate.without_credential(party)}
    if not lacking and _is_awaited(record, party):
        return _none(record, registrar)
    return issue(registrar, everybody, frozenset(electorate.names()) - lacking, randomness)


def _is_awaited(record: VoterRecord, party: str) -> bool:
    """Whether voting can't open before this registrar has issued for the lines on the board."""
    state = record.state
    return state.phase == Phase.SETUP and state.frozen and party not in state.issued


def _none(record: VoterRecord, registrar: Registrar) -> Issued:
    """No codes; Refused where the registrar has said so before and the board would take it for that."""
    made = Issued((), (), registrar)
    for entry in record.of("credential.issue"):
        if (entry.leaf.author, entry.leaf.body) == (registrar.party, made.body):
            detail = f"entry {entry.index} is the same issue of no codes: add a line, issue for it, then remove it"
            raise Refused("nothing-to-issue", detail)
    return made


def write_codes(issued: Issued, letters: Path, keys: Path, setting: Setting) -> None:
    """Both files: the letters first, whole; then the keys. Where there are no codes there are no letters."""
    for path in (letters, keys):
        if path.exists() or path.is_symlink():
            raise Refused("secret.exists", f"{path}: there is such a file already")
    if issued.letters:
        data = letters_table(issued.letters, issued.registrar.contact)
        write_personal(letters, data, "letters", setting.first)
    secretfile.create(keys, KeysFile(setting.first, b"".join(issued.payload())).encode())


def keys_act(record: VoterRecord, party: str, data: bytes) -> Act:
    """A file of keys of this registrar, to be posted. One without keys has the number that the board says is next."""
    file = decode_keys(data)
    if file.election != record.setting.first:
        raise Refused("other-selection", "the keys are for another selection")
    posted = read_credentials(in_one(file.payload), party)
    numbers = (credential.number for credential in posted.rows())
    first = next(numbers, 0) or registrar_of(record, party).next_number
    return Act("credential.issue", Issue(posted.count, first), file.payload)


def forget(folder: Path) -> Erased:
    """The files of letters in the folder are deleted."""
    return erase(folder, [one for one in listed(folder) if one.kind == "letters"])

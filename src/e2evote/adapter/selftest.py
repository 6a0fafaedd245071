"""Does this installation compute rightly? Known answers and round trips of a second or two, for `e2evote doctor`.

The project's tests show that its code is right; this shows that the libraries, the processor and the memory below it
are, on the machine where an election is about to be run or checked. A test gives a line that says what was seen, or
raises `SelfTestFailed`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from e2evote.algebra.group import Element, Group
from e2evote.algebra.integers import integer, is_prime, power
from e2evote.algebra.logarithm import bounded_log
from e2evote.algebra.parameters import ACCEPTED, group_named
from e2evote.errors import E2EVoteError, MalformedInput
from e2evote.hashing.digest import H
from e2evote.manifest.base_hash import parameter_hash
from e2evote.proofs.one_of import BallotPlace, OneOf, OneOfProof, verify
from e2evote.proofs.place import Place
from e2evote.proofs.signature import decode_public_key
from e2evote.proofs.signature import verify as verify_signature
from e2evote.secret.encrypt import Encryptor
from e2evote.secret.keyfile import DEFAULT_COST, NotUnlocked, lock, unlock
from e2evote.secret.randomness import Randomness
from e2evote.secret.scalar import SecretScalar
from e2evote.secret.sign import SigningKey

# H_P of ElectionGuard 2.1's standard parameters with n = 5 and k = 3, as in the reference code of its authors.
_PARAMETER_HASH = "944286970eafdb6f347f4eb93b30d48fa3edcc89bfbaea6f5ae8f29afb05ddce"

# RFC 8032, section 7.1, test 1: the empty message.
_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
_PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
_SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
    "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)
_ORDER = 2**252 + 27742317777372353535851937790883648493
_NO_KEYS = (
    "0100000000000000000000000000000000000000000000000000000000000000",  # the identity
    "0000000000000000000000000000000000000000000000000000000000000000",  # of order 4
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # y = p, another spelling of 0
)


class SelfTestFailed(E2EVoteError):
    """This machine gave another answer than it should: it must neither run nor check an election."""


def _require(holds: bool, detail: str) -> None:
    if not holds:
        raise SelfTestFailed(detail)


def group_parameters(randomness: Randomness) -> str:
    """p = 2qh + 1 with p, q, h prime, g of order q, and H_P for n = 5, k = 3 as published.    spec (2.1), (4.1)"""
    for name in ACCEPTED:
        group = group_named(name)
        p, q, h = group.p, group.q, group.h
        _require(p == 2 * q * h + 1, f"{name}: p is not 2qh + 1")
        _require(all(is_prime(number) for number in (p, q, h)), f"{name}: p, q or h is not prime")
        generator = integer(int.from_bytes(group.g.encode(), "big"))
        _require(generator != 1 and power(generator, q, p) == 1, f"{name}: g is not of order q")
    h_p = parameter_hash(group_named(ACCEPTED[0]), 5, 3).hex()
    _require(h_p == _PARAMETER_HASH, f"H_P is {h_p}, want {_PARAMETER_HASH}")
    return f"{', '.join(ACCEPTED)}: primes, orders and H_P are right"


def signatures(randomness: Randomness) -> str:
    """RFC 8032's first test, and the keys and signatures that the strict profile must refuse.    spec 5.3"""
    public, signature = bytes.fromhex(_PUBLIC), bytes.fromhex(_SIGNATURE)
    key = SigningKey(bytes.fromhex(_SEED))
    _require(key.public == public and key.sign(b"") == signature, "Ed25519 signs other than RFC 8032")
    _require(verify_signature(public, b"", signature), "Ed25519 refuses a signature of RFC 8032")
    _require(not verify_signature(public, b"x", signature), "Ed25519 accepts a signature of another message")
    s = int.from_bytes(signature[32:], "little") + _ORDER
    _require(not verify_signature(public, b"", signature[:32] + s.to_bytes(32, "little")), "Ed25519 accepts s + L")
    for encoded in _NO_KEYS:
        try:
            decode_public_key(bytes.fromhex(encoded))
        except MalformedInput:
            continue
        raise SelfTestFailed(f"Ed25519 accepts the key {encoded}")
    return "RFC 8032's answer; small, mixed and non-canonical keys are refused"


def round_trip(randomness: Randomness) -> str:
    """A vote is encrypted, proved, verified and decrypted; a changed proof is refused.    spec (3.1)-(3.7)"""
    for name in ACCEPTED:
        group = group_named(name)
        for vote in (0, 1):
            _encrypt_and_back(group, vote, randomness)
    return "votes 0 and 1 encrypted, proved, verified and decrypted; changed proofs refused"


def _encrypt_and_back(group: Group, vote: int, randomness: Randomness) -> None:
    secret = SecretScalar.random(group, randomness)
    K = secret.power_of(group.g)
    identifier_hash = H(bytes(32), b"\x20", randomness.bytes(32))
    place = Place(1, 1)
    made = Encryptor(K, identifier_hash, randomness.bytes(32), randomness).encrypt(place, vote, 1)
    alpha, beta = made.ciphertext.alpha, made.ciphertext.beta
    statement, challenge_of = OneOf(K, alpha, beta, 1), BallotPlace(identifier_hash, place)
    _require(verify(statement, made.proof, challenge_of), "a right proof is refused")
    c, v = made.proof.c, made.proof.v
    wrong = OneOfProof(c, (v[0] + group.scalar(1), *v[1:]))
    _require(not verify(statement, wrong, challenge_of), "a wrong proof is accepted")
    other = OneOf(K, alpha, beta * K, 1)
    _require(not verify(other, made.proof, challenge_of), "a proof is accepted for another ciphertext")
    found = bounded_log(K, _opened(secret, alpha, beta), 1)
    _require(found == vote, f"encrypted was {vote}, decrypted is {found}")


def _opened(secret: SecretScalar, alpha: Element, beta: Element) -> Element:
    return beta / secret.power_of(alpha)


def secret_files(randomness: Randomness) -> str:
    """A secret file opens with its passphrase, and with no other and not when it was changed."""
    secret, purpose = randomness.bytes(64), "self-test"
    data = lock(secret, "correct horse", purpose, 1, randomness)
    _require(unlock(data, "correct horse", purpose, 1) == secret, "a secret file does not give back what it held")
    position = data.index(b'"tag":"') + 7
    changed = data[:position] + (b"0" if data[position : position + 1] != b"0" else b"1") + data[position + 1 :]
    for attempt, passphrase in ((data, "correct house"), (changed, "correct horse")):
        try:
            unlock(attempt, passphrase, purpose, 1)
        except NotUnlocked:
            continue
        raise SelfTestFailed("a secret file opens with a wrong passphrase, or after a change")
    return f"scrypt with N = {DEFAULT_COST} and AES-256-GCM lock and unlock"


SELF_TESTS: Mapping[str, Callable[[Randomness], str]] = MappingProxyType(
    {
        "group parameters": group_parameters,
        "Ed25519 profile": signatures,
        "encryption and proofs": round_trip,
        "secret files": secret_files,
    }
)
"""Every self-test by what it is about, in the order in which they are run."""

"""Ed25519 at its edges.

The twelve kinds of signature on which libraries disagree (Chalkias, Garillot and Nikolaenko, "Taming the many
EdDSAs", 2020, table 6) are made here anew, by a signer who may add points of small order wherever it helps and
has a slow curve of its own. For each it is shown that some verification equation holds, so that the refusal is
due to the one condition named and not to a mistake in the test.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from e2evote.errors import MalformedInput
from e2evote.proofs import signature as signature_module
from e2evote.proofs.signature import decode_public_key, verify

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(left: Point, right: Point) -> Point:
    """The affine law of -x² + y² = 1 + d·x²·y²."""
    (x, y), (u, v) = left, right
    product = D * x * y * u * v % P
    return (x * v + y * u) * pow(1 + product, -1, P) % P, (y * v + x * u) * pow(1 - product, -1, P) % P


def times(scalar: int, point: Point) -> Point:
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def with_y(y: int, odd: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    return (P - x if x & 1 != odd else x) % P, y


def encoded(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def on_curve(y: int, odd: int = 0) -> Point:
    point = with_y(y % P, odd)
    assert point is not None
    return point


B = on_curve(4 * pow(5, -1, P))
SMALL = next(
    torsion
    for torsion in (times(L, point) for point in (with_y(y, 0) for y in range(2, 50)) if point)
    if times(4, torsion) != IDENTITY
)
"""A point of order 8."""


def challenge(R: bytes, A: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(R + A + message).digest(), "little") % L


@dataclass(frozen=True, slots=True)
class Case:
    """What is given to a verifier, with the points that a lenient decoder would find in it."""

    A: Point
    A_bytes: bytes
    R: Point
    R_bytes: bytes
    s: int
    message: bytes
    k: int

    @property
    def signature(self) -> bytes:
        return self.R_bytes + self.s.to_bytes(32, "little")

    def difference(self) -> Point:
        """[s]B - R - [k]A: the identity where the equation holds, of small order where it does after times 8."""
        wanted = add(self.R, times(self.k, self.A))
        return add(times(self.s, B), (-wanted[0] % P, wanted[1]))

    @property
    def holds(self) -> bool:
        return self.difference() == IDENTITY

    @property
    def holds_with_cofactor(self) -> bool:
        return times(8, self.difference()) == IDENTITY


def forge(
    a: int,
    a_small: int,
    r: int,
    r_small: int,
    wanted: Callable[[int], bool],
    A_bytes: bytes = b"",
    R_bytes: bytes = b"",
    hashed: tuple[bytes, bytes] = (b"", b""),
) -> Case:
    """The first message whose challenge k is `wanted`, under A = aB + a_small·T and R = rB + r_small·T, signed.

    A and R may be encoded otherwise, and `hashed` may give other encodings of R and A for the hash.
    """
    A, R = add(times(a, B), times(a_small, SMALL)), add(times(r, B), times(r_small, SMALL))
    A_bytes, R_bytes = A_bytes or encoded(A), R_bytes or encoded(R)
    for number in range(1000):
        message = f"message {number}".encode()
        k = challenge(hashed[0] or R_bytes, hashed[1] or A_bytes, message)
        if wanted(k):
            return Case(A, A_bytes, R, R_bytes, (r + k * a) % L, message, k)
    raise AssertionError("no message has such a challenge")


def anything(k: int) -> bool:
    return True


a, r = 1234567890123456789 << 150, 9876543210987654321 << 140
HONEST = forge(a, 0, r, 0, anything)
PLAIN = encoded(times(a, B))
IDENTITY_ANEW = (P + 1).to_bytes(32, "little")
IDENTITY_SIGNED = (1 | 1 << 255).to_bytes(32, "little")
ORDER_4_ANEW = P.to_bytes(32, "little")
ORDER_4 = next(i for i in range(8) if times(i, SMALL)[1] == 0 and not times(i, SMALL)[0] & 1)

NOT_PRIME = "not in the group of prime order"
NOT_CANONICAL = "the encoding is not canonical"

# number in the paper -> the case, why its key is refused ("" if it is not), whether the two equations hold
CASES: dict[str, tuple[Case, str, bool, bool]] = {
    "0: A small, R small, s = 0": (forge(0, 1, 0, 3, lambda k: (3 + k) % 8 == 0), NOT_PRIME, True, True),
    "1: A small, R mixed": (forge(0, 1, r, 3, lambda k: (3 + k) % 8 == 0), NOT_PRIME, True, True),
    "2: A mixed, R small": (forge(a, 1, 0, 3, lambda k: (3 + k) % 8 == 0), NOT_PRIME, True, True),
    "3: both mixed, both equations": (forge(a, 1, r, 3, lambda k: (3 + k) % 8 == 0), NOT_PRIME, True, True),
    "4: both mixed, with the cofactor": (forge(a, 1, r, 3, lambda k: (3 + k) % 8 != 0), NOT_PRIME, False, True),
    "5: A mixed, 8k not to be reduced": (
        forge(a, 1, r, 0, lambda k: k % 8 != 0 and 8 * k % L % 8 != 0),
        NOT_PRIME,
        False,
        True,
    ),
    "6: s + L": (replace(HONEST, s=HONEST.s + L), "", True, True),
    "7: s + 14·L": (replace(HONEST, s=HONEST.s + 14 * L), "", True, True),
    "8: R not canonical, hashed as canonical": (
        forge(a, 0, 0, 0, anything, R_bytes=IDENTITY_ANEW, hashed=(encoded(IDENTITY), b"")),
        "",
        True,
        True,
    ),
    "9: R not canonical, hashed as it is": (forge(a, 0, 0, 0, anything, R_bytes=IDENTITY_ANEW), "", True, True),
    "10: A not canonical, hashed as canonical": (
        forge(0, ORDER_4, r, 3, anything, A_bytes=ORDER_4_ANEW, hashed=(b"", encoded(times(ORDER_4, SMALL)))),
        NOT_CANONICAL,
        False,
        True,
    ),
    "11: A not canonical, hashed as it is": (
        forge(0, ORDER_4, r, -ORDER_4 % 8, lambda k: k % 4 == 1, A_bytes=ORDER_4_ANEW),
        NOT_CANONICAL,
        True,
        True,
    ),
    "R with a sign where x = 0": (forge(a, 0, 0, 0, anything, R_bytes=IDENTITY_SIGNED), "", True, True),
    "A the identity": (forge(0, 0, r, 0, anything), "the identity", True, True),
    "A the identity, not canonical": (forge(0, 0, r, 0, anything, A_bytes=IDENTITY_ANEW), NOT_CANONICAL, True, True),
    "A with a sign where x = 0": (forge(0, 0, r, 0, anything, A_bytes=IDENTITY_SIGNED), NOT_CANONICAL, True, True),
    "A of order 2": (forge(0, 4, r, 0, lambda k: k % 2 == 0), NOT_PRIME, True, True),
    "R mixed, A of prime order": (forge(a, 0, r, 1, anything), "", False, True),
}


def test_the_forger_can_also_sign_honestly() -> None:
    assert HONEST.holds
    assert verify(HONEST.A_bytes, HONEST.message, HONEST.signature)


def test_r_may_be_the_identity_which_is_of_the_prime_order_group() -> None:
    case = forge(a, 0, 0, 0, anything)
    assert case.holds
    assert verify(case.A_bytes, case.message, case.signature)


@pytest.mark.parametrize(("case", "reason", "holds", "holds_with_cofactor"), CASES.values(), ids=CASES)
def test_an_edge_is_refused_though_an_equation_holds(
    case: Case, reason: str, holds: bool, holds_with_cofactor: bool
) -> None:
    assert (case.holds, case.holds_with_cofactor) == (holds, holds_with_cofactor)
    assert not verify(case.A_bytes, case.message, case.signature)
    if reason:
        with pytest.raises(MalformedInput, match=reason):
            decode_public_key(case.A_bytes)
    else:
        assert decode_public_key(case.A_bytes).encoded == PLAIN


class Lenient:
    """A library that finds every signature valid."""

    @classmethod
    def from_public_bytes(cls, data: bytes) -> "Lenient":
        return cls()

    def verify(self, signature: bytes, message: bytes) -> None:
        return None


def test_no_condition_but_the_equation_is_left_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_module, "Ed25519PublicKey", Lenient)
    accepted = [name for name, (case, *_) in CASES.items() if verify(case.A_bytes, case.message, case.signature)]
    assert accepted == ["R mixed, A of prime order"]  # which fails the equation alone
    for s, accepts in ((0, True), (L - 1, True), (L, False), (L + 1, False), (2**256 - 1, False)):
        assert verify(HONEST.A_bytes, b"", replace(HONEST, s=s).signature) == accepts
    for y, accepts in ((2, True), (P - 2, True), (P, False), (2**255 - 1, False)):
        for sign in (0, 1 << 255):
            assert verify(HONEST.A_bytes, b"", (y | sign).to_bytes(32, "little") + bytes(32)) == accepts


BAD_KEYS = {
    "31 bytes": (bytes(31), "31 bytes, want 32"),
    "33 bytes": (PLAIN + b"\x00", "33 bytes, want 32"),
    "no point": (next(y.to_bytes(32, "little") for y in range(2, 99) if with_y(y, 0) is None), "not a point"),
    "y = p + 3": ((P + 3).to_bytes(32, "little"), NOT_CANONICAL),
    "all ones": (b"\xff" * 32, NOT_CANONICAL),
    "zeros, which is of order 4": (bytes(32), NOT_PRIME),
    "y = -1 with a sign": (((P - 1) | 1 << 255).to_bytes(32, "little"), NOT_CANONICAL),
    **{f"{i}·T": (encoded(times(i, SMALL)), NOT_PRIME) for i in range(1, 8)},
    **{f"A + {i}·T": (encoded(add(times(a, B), times(i, SMALL))), NOT_PRIME) for i in range(1, 8)},
}


@pytest.mark.parametrize(("key", "reason"), BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_bad_key_is_refused_with_its_reason(key: bytes, reason: str) -> None:
    for _ in range(2):  # also by the cache
        with pytest.raises(MalformedInput, match=reason):
            decode_public_key(key)
    assert not verify(key, b"", bytes(64))


# RFC 8032, section 7.1: seed, public key, message, signature
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("seed", "key", "message", "signature"), RFC_8032)
def test_rfc_8032(seed: str, key: str, message: str, signature: str) -> None:
    assert verify(*map(bytes.fromhex, (key, message, signature)))
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).public_key().public_bytes_raw().hex() == key


def test_every_single_bit_counts() -> None:
    key, message, signature = (bytes.fromhex(field) for field in RFC_8032[2][1:])

    def flipped(data: bytes, bit: int) -> bytes:
        return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))

    assert verify(key, message, signature)
    assert not any(verify(key, message, flipped(signature, bit)) for bit in range(512))
    assert not any(verify(key, flipped(message, bit), signature) for bit in range(16))
    assert not any(verify(flipped(key, bit), message, signature) for bit in range(256))


@pytest.mark.parametrize("signature", [b"", bytes(63), HONEST.signature + b"\x00", HONEST.signature[:63]])
def test_a_signature_has_64_bytes(signature: bytes) -> None:
    assert not verify(HONEST.A_bytes, HONEST.message, signature)


def test_a_signature_fits_no_other_key() -> None:
    other = forge(a + 1, 0, r, 0, anything)
    assert verify(other.A_bytes, other.message, other.signature)
    assert not verify(other.A_bytes, HONEST.message, HONEST.signature)
    assert not verify(encoded((P - HONEST.A[0], HONEST.A[1])), HONEST.message, HONEST.signature)

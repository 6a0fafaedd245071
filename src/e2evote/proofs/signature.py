"""Strict Ed25519 verification: one acceptance set for every verifier (docs/spec.md, section 5.3).

RFC 8032 leaves edges open, and libraries differ there: small-order and mixed-order keys, encodings that are not
canonical, s beyond L (Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs", 2020). e2evote accepts
(A, M, R ‖ s) if and only if

    A is canonically encoded, not the identity, and [L]A = O        once per key, cached
    R is canonically encoded and s < L                              per signature
    [s]B = R + [k]A,  k = SHA-512(R ‖ A ‖ M)                        without the cofactor

Inside this set all libraries agree, so the equation is left to one of them; the conditions are checked here and
rely on none. [s]B and [k]A being in the group of prime order L, so is R.

[L]A = O is tested without that multiplication. The points of the curve are a group of order 8L whose part of order
8 is cyclic, so those of order dividing L are exactly the multiples of 8, and whether a point can be halved three
times is seen from a few square roots and Jacobi symbols (Pornin, "Point-Halving and Subgroup Membership in Twisted
Edwards Curves", 2022). The answer is the same for every point, in a twentieth of the time; a test compares the two.

Everything here is public; nothing runs in constant time.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from e2evote.algebra.integers import Integer, invert, jacobi, power
from e2evote.errors import MalformedInput

KEY_SIZE = 32
SIGNATURE_SIZE = 64

_P = Integer(2**255 - 19)
_L = 2**252 + 27742317777372353535851937790883648493
_Y = 2**255 - 1
_A = 486662
"""The curve is also v² = u³ + A·u² + u, by u = (1 + y)/(1 - y) and v = √(-A - 2)·u/x (RFC 7748, section 4.1)."""
_HALF = (_P + 1) // 2
_ROOT_OF_MINUS_ONE = power(Integer(2), (_P - 1) // 4, _P)
_MOST_KEYS = 4096
"""Enough for the parties of a selection. Of voters' keys, each of which signs one or two leaves, few are kept."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point of prime order that is not the identity; only `decode_public_key` makes one."""

    encoded: bytes

    def verify(self, message: bytes, signature: bytes) -> bool:
        """R canonical, s < L and [s]B = R + [k]A."""
        if len(signature) != SIGNATURE_SIZE:
            return False
        if not _is_canonical(signature[:32]) or int.from_bytes(signature[32:], "little") >= _L:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.encoded).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@lru_cache(maxsize=_MOST_KEYS)
def decode_public_key(data: bytes) -> PublicKey:
    """The key that these 32 bytes are, or MalformedInput with the condition that fails."""
    if len(data) != KEY_SIZE:
        raise MalformedInput(f"public key: {len(data)} bytes, want {KEY_SIZE}")
    if not _is_canonical(data):
        raise MalformedInput("public key: the encoding is not canonical")
    y = Integer(int.from_bytes(data, "little") & _Y)
    if y == 1:
        raise MalformedInput("public key: the identity")
    u = (1 + y) * invert(1 - y, _P) % _P
    if u != 0 and not _is_square(u * (u * (u + _A) + 1)):
        raise MalformedInput("public key: not a point of the curve")
    if not _has_prime_order(u):
        raise MalformedInput("public key: not in the group of prime order")
    return PublicKey(data)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether all three conditions hold; a key that is none verifies nothing."""
    try:
        return decode_public_key(public_key).verify(message, signature)
    except MalformedInput:
        return False


def _is_canonical(data: bytes) -> bool:
    """y < p, and no sign where x = 0, which is where y = 1 or y = -1."""
    number = int.from_bytes(data, "little")
    y, sign = number & _Y, number >> 255
    return y < _P and not (sign and y in (1, _P - 1))


def _has_prime_order(u: Integer) -> bool:
    """Whether a point with this u, a point of the curve E other than O, is in 8E, which is the group of order L.

    T with u = 0 is the one point of order 2, because A² - 4 is not a square. Any other P is in 2E iff u is a square:
    if it is, `_half` finds a Q with 2Q = ±P, and of every Q we know u(2Q) = ((u(Q)² - 1)/2v(Q))². The other half of
    P is Q + T, whose u is 1/u(Q). T is in 4E (its half has u = 1), so that Q and Q + T are in 4E both or neither.
    And u(Q) is a square iff u(Q) + 1/u(Q) + 2 = (u(Q) + 1)²/u(Q) is one.
    """
    if not _is_square(u):
        return False
    w = _half(u)
    if not _is_square(w + 2):
        return False
    second = (w + _root(w * w - 4)) * _HALF % _P
    return _is_square(_half(second) + 2)


def _half(u: Integer) -> Integer:
    """w = u(Q) + 1/u(Q) for the Q with 2Q = ±P, where P has this u, a square other than 0.

    By doubling, u = (w² - 4)/4(w + A). Hence w = 2(u ± r) with r² = u² + A·u + 1, which is v²/u. Of these two w one
    belongs to points Q: w + A = (v(Q)/u(Q))² must be a square, and then w² - 4 = 4u(w + A) is one and gives u(Q).
    The two w + A multiply to A² - 4, which is no square: exactly one of them is.
    """
    r = _root(u * (u + _A) + 1)
    w = 2 * (u + r) % _P
    return w if _is_square(w + _A) else 2 * (u - r) % _P


def _is_square(value: Integer) -> bool:
    """Whether `value` is a square mod p and not 0."""
    return jacobi(value, _P) == 1


def _root(square: Integer) -> Integer:
    """A square root mod p of a square: p mod 8 is 5 (RFC 8032, section 5.1.3)."""
    root = power(square, (_P + 3) // 8, _P)
    return root if (root * root - square) % _P == 0 else root * _ROOT_OF_MINUS_ONE % _P

"""Strict Ed25519 verification: one acceptance set for every verifier (docs/spec.md, section 5.3).

RFC 8032 leaves edges open, and libraries differ there: small-order and mixed-order keys, encodings that are not
canonical, s beyond L (Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs", 2020). e2evote accepts
(A, M, R ‖ s) if and only if

    A is canonically encoded, not the identity, and [L]A = O        once per key, cached
    R is canonically encoded and s < L                              per signature
    [s]B = R + [k]A,  k = SHA-512(R ‖ A ‖ M)                        without the cofactor

Inside this set all libraries agree, so the equation is left to one of them; the conditions are checked here and
rely on none. [s]B and [k]A being in the group of prime order L, so is R.

Everything here is public; nothing runs in constant time.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from e2evote.errors import MalformedInput

KEY_SIZE = 32
SIGNATURE_SIZE = 64

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)

_Extended = tuple[int, int, int, int]
"""(X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z on -x² + y² = 1 + d·x²·y²."""


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


@lru_cache(maxsize=1 << 17)
def decode_public_key(data: bytes) -> PublicKey:
    """The key that these 32 bytes are, or MalformedInput with the condition that fails."""
    if len(data) != KEY_SIZE:
        raise MalformedInput(f"public key: {len(data)} bytes, want {KEY_SIZE}")
    if not _is_canonical(data):
        raise MalformedInput("public key: the encoding is not canonical")
    point = _decompress(data)
    if _is_identity(point):
        raise MalformedInput("public key: the identity")
    if not _is_identity(_times_order(point)):
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
    y, sign = number & (2**255 - 1), number >> 255
    return y < _P and not (sign and y in (1, _P - 1))


def _decompress(data: bytes) -> _Extended:
    """x = √((y² - 1) / (d·y² + 1)) with the parity of the sign bit (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * v**3 * pow(u * v**7, (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if v * x * x % _P != u:
        raise MalformedInput("public key: not a point of the curve")
    if x & 1 != sign:
        x = -x % _P
    return x, y, 1, x * y % _P


def _is_identity(point: _Extended) -> bool:
    X, Y, Z, _ = point
    return X % _P == 0 and (Y - Z) % _P == 0


def _times_order(point: _Extended) -> _Extended:
    """[L]point, by doubling and adding from the top bit."""
    total = point
    for bit in bin(_L)[3:]:
        total = _double(total)
        if bit == "1":
            total = _add(total, point)
    return total


def _add(left: _Extended, right: _Extended) -> _Extended:
    """Complete for every pair of points, small orders included (Hisil, Wong, Carter and Dawson 2008)."""
    X1, Y1, Z1, T1 = left
    X2, Y2, Z2, T2 = right
    a, b = (Y1 - X1) * (Y2 - X2) % _P, (Y1 + X1) * (Y2 + X2) % _P
    c, d = 2 * _D * T1 * T2 % _P, 2 * Z1 * Z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _double(point: _Extended) -> _Extended:
    X, Y, Z, _ = point
    a, b = X * X % _P, Y * Y % _P
    h = a + b
    e, g = h - (X + Y) * (X + Y) % _P, a - b
    f = 2 * Z * Z % _P + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P

"""Ed25519 keys and signatures of RFC 8032 in plain integers, and the points an attacker would use (spec 5.3).

Slow and not constant time. Signatures are cached: a tampered record signs most of the same messages again.
"""

import hashlib
from functools import cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int, int, int]
IDENTITY: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """Extended coordinates; complete for this curve, so doubling and the identity need no special case."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m = (y1 - x1) * (y2 - x2) % P
    n = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(s: int, point: Point) -> Point:
    result = IDENTITY
    while s:
        if s & 1:
            result = add(result, point)
        point = add(point, point)
        s >>= 1
    return result


def encode(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _base() -> Point:
    y = 4 * pow(5, -1, P) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x & 1:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _base()


@cache
def _doublings() -> tuple[Point, ...]:
    powers = [BASE]
    for _ in range(255):
        powers.append(add(powers[-1], powers[-1]))
    return tuple(powers)


def multiply_base(s: int) -> Point:
    result = IDENTITY
    for i, point in enumerate(_doublings()):
        if s >> i & 1:
            result = add(result, point)
    return result


@cache
def expand(secret: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(secret).digest()
    a = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return a, digest[32:]


@cache
def public_key(secret: bytes) -> bytes:
    return encode(multiply_base(expand(secret)[0]))


def challenge(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


@cache
def sign(secret: bytes, message: bytes) -> bytes:
    a, prefix = expand(secret)
    r = challenge(prefix, message)
    commitment = encode(multiply_base(r))
    k = challenge(commitment, public_key(secret), message)
    return commitment + ((r + k * a) % L).to_bytes(32, "little")


@cache
def torsion_point() -> Point:
    """A point of order 8: L times a curve point that is not in the prime-order subgroup."""
    y = 2
    while True:
        square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        x = pow(square, (P + 3) // 8, P)
        if (x * x - square) % P:
            x = x * pow(2, (P - 1) // 4, P) % P
        if (x * x - square) % P == 0:
            candidate = multiply(L, (x, y, 1, x * y % P))
            if encode(multiply(4, candidate)) != encode(IDENTITY):
                return candidate
        y += 1

"""Ed25519 of RFC 8032 by the profile of docs/spec.md 5.3: canonical points, keys of prime order, no cofactor."""

import hashlib
from functools import lru_cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
NEUTRAL: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """a + b, complete for this curve (RFC 8032 5.1.4)."""
    A = (a[1] - a[0]) * (b[1] - b[0]) % P
    B = (a[1] + a[0]) * (b[1] + b[0]) % P
    C = 2 * a[3] * b[3] * D % P
    E = 2 * a[2] * b[2] % P
    e, f, g, h = B - A, E - C, E + C, B + A
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point: Point) -> Point:
    """[scalar]point by doubling and adding."""
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def encode(point: Point) -> bytes:
    """The one canonical encoding: y, with the low bit of x on top."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


@lru_cache(maxsize=20_000)
def decode(encoded: bytes) -> Point | None:
    """The point, or None where the bytes are not its canonical encoding."""
    number = int.from_bytes(encoded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if len(encoded) != 32 or y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    square = u * pow(v, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * SQRT_MINUS_1 % P
    if x * x % P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def base_point() -> Point:
    """B with y = 4/5 and even x."""
    point = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    if point is None:
        raise ArithmeticError("the base point has no encoding")
    return point


BASE = base_point()


@lru_cache(maxsize=20_000)
def is_valid_key(key: bytes) -> bool:
    """A is canonically encoded, not the identity, and [L]A = O."""
    point = decode(key)
    return point is not None and encode(point) != encode(NEUTRAL) and encode(multiply(L, point)) == encode(NEUTRAL)


@lru_cache(maxsize=20_000)
def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """sB = R + kA with k = SHA-512(R ‖ A ‖ M) mod L, R canonical, s < L, A by the profile."""
    point = decode(key)
    if point is None or not is_valid_key(key) or len(signature) != 64:
        return False
    R = decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if R is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return encode(multiply(s, BASE)) == encode(add(R, multiply(k, point)))

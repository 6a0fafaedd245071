"""Integers, groups and hashes: docs/spec.md sections 1 to 4, with `int`, `pow` and `hmac` only."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

SAFE_INTEGER = 2**53 - 1
INDEX_LIMIT = 2**31 - 1
HASH_BYTES = 32


@lru_cache(maxsize=200_000)
def power(base: int, exponent: int, modulus: int) -> int:
    """base^exponent mod modulus; remembered, because changed records share most powers with the record changed."""
    return pow(base, exponent, modulus)


def b4(number: int) -> bytes:
    """Four bytes, big-endian, of a number below 2^31."""
    if not 0 <= number <= INDEX_LIMIT:
        raise ValueError(f"{number} does not fit b4")
    return number.to_bytes(4)


def len4(content: bytes) -> bytes:
    """b4 of the length of the content."""
    return b4(len(content))


def H(key: bytes, message: bytes) -> bytes:
    """H(B0; B1) = HMAC-SHA-256(key = B0, message = B1)   (1.1)"""
    return hmac.digest(key, message, "sha256")


def H_own(key: bytes, domain: int, label: str, *fields: bytes) -> bytes:
    """H(B0; byte ‖ len4(label) ‖ label ‖ len4(f_1) ‖ f_1 ‖ …)   (1.2)"""
    name = label.encode()
    return H(key, bytes([domain]) + len4(name) + name + b"".join(len4(field) + field for field in fields))


@dataclass(frozen=True, slots=True)
class Group:
    """p = 2·q·h + 1 and g of order q   (2.1)"""

    name: str
    p: int
    q: int
    g: int

    @property
    def width(self) -> int:
        """Bytes of an element in hash inputs; twice that many hexadecimal digits in JSON."""
        return (self.p.bit_length() + 7) // 8

    def encode(self, element: int) -> bytes:
        """An element as bytes of the width of p."""
        return element.to_bytes(self.width)

    def power(self, base: int, exponent: int) -> int:
        """base^exponent mod p."""
        return power(base, exponent, self.p)

    def is_element(self, x: int) -> bool:
        """1 ≤ x < p and x^q mod p = 1   (2.2)"""
        return 1 <= x < self.p and self.power(x, self.q) == 1

    def product(self, factors: Iterable[int]) -> int:
        """The product of the factors modulo p; 1 for none."""
        result = 1
        for factor in factors:
            result = result * factor % self.p
        return result

    def challenge(self, digest: bytes) -> int:
        """H_q = H mod q   (1.3)"""
        return int.from_bytes(digest) % self.q


def scalar(number: int) -> bytes:
    """A number modulo q as 32 bytes."""
    return number.to_bytes(HASH_BYTES)


def floor_of_ln2_shifted(bits: int) -> int:
    """⌊2^bits · ln 2⌋ by ln 2 = Σ_{i ≥ 1} 1/(i·2^i), with as many bits more than the error of the sum can reach."""
    guard = 2 * bits.bit_length() + 8
    total, i = 0, 1
    term = 1 << (bits + guard)
    while term:
        term >>= 1
        total += term // i
        i += 1
    lower, upper = total >> guard, (total + i) >> guard
    if lower != upper:
        raise ArithmeticError("too few guard bits to round the logarithm")
    return lower


@cache
def standard_group() -> Group:
    """EG's standard parameters, from the formulas of spec 2."""
    delta = 287975203778583638958138611533602521491887169409704874643524560756486080635197037903
    q = 2**256 - 189
    p = 2**4096 - 2**3840 + 2**256 * (floor_of_ln2_shifted(3584) + delta) + 2**256 - 1
    return Group("electionguard-2.1-4096", p, q, pow(2, (p - 1) // q, p))


@cache
def small_group() -> Group:
    """`test-512`: no secrecy, so that tests run in seconds."""
    q = 2**256 - 189
    h = 2**254 + 24919
    p = 2 * q * h + 1
    return Group("test-512", p, q, pow(2, 2 * h, p))


def group_named(name: str) -> Group | None:
    """The group of that name, or None: parameters are never read from a record."""
    for group in (standard_group(), small_group()):
        if group.name == name:
            return group
    return None


def weights(indices: Sequence[int], q: int) -> dict[int, int]:
    """w_i = Π_{ℓ ≠ i} ℓ / (ℓ - i) mod q   (3.14)"""
    result = {}
    for i in indices:
        numerator = denominator = 1
        for other in indices:
            if other != i:
                numerator = numerator * other % q
                denominator = denominator * (other - i) % q
        result[i] = numerator * pow(denominator, -1, q) % q
    return result


def parameter_hash(group: Group, n: int, k: int) -> bytes:
    """H_P   (4.1)"""
    key = b"v2.1.0" + bytes(26)
    return H(key, b"\x00" + group.encode(group.p) + scalar(group.q) + group.encode(group.g) + b4(n) + b4(k))


def base_hash(h_p: bytes, manifest: bytes) -> bytes:
    """H_B   (4.2)"""
    return H(h_p, b"\x01" + len4(manifest) + manifest)


def extended_base_hash(group: Group, h_b: bytes, K: int, K_hat: int) -> bytes:
    """H_E   (4.4)"""
    return H(h_b, b"\x14" + group.encode(K) + group.encode(K_hat))

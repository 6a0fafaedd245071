"""A straightforward verifier on gmpy2, as one would write it on an afternoon from docs/spec.md: the second peer.

One selection after the other, one exponentiation after the other by `powmod`, no tables, no batches, no hints. It
verifies what a ballot's proofs say, from the same bytes: numbers in range, α and β in the subgroup, challenges that add
up to the hash of the commitments. The hash is the standard library's; the arithmetic shares nothing with `e2evote`.
"""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from gmpy2 import mpz, powmod

WIDTH = 512


@dataclass(frozen=True, slots=True)
class Straightforward:
    """The group and the election's key."""

    p: mpz
    q: mpz
    g: mpz
    K: mpz
    h_e: bytes

    def verify(self, payload: bytes) -> int:
        """The number of proofs verified of a ballot of one contest; ValueError at the first that does not hold."""
        sealed = json.loads(payload)
        h_i = hmac.digest(self.h_e, b"\x20" + bytes.fromhex(sealed["id"]), "sha256")
        (contest,) = sealed["contests"]
        A = B = mpz(1)
        for number, item in enumerate(contest["items"], 1):
            alpha, beta = self._member(item["alpha"]), self._member(item["beta"])
            self._one_of(h_i, b4(1) + b4(number), alpha, beta, item["proof"])
            A, B = A * alpha % self.p, B * beta % self.p
        self._one_of(h_i, b4(1), A, B, contest["limit"])
        return len(contest["items"]) + 1

    def _member(self, text: str) -> mpz:
        x = mpz(text, 16)
        if not 1 < x < self.p or powmod(x, self.q, self.p) != 1:
            raise ValueError("not an element")
        return x

    def _one_of(self, h_i: bytes, place: bytes, alpha: mpz, beta: mpz, proof: dict[str, Any]) -> None:
        """(3.3)-(3.7)"""
        p, q = self.p, self.q
        numbers, total = [alpha, beta], mpz(0)
        for j, (c_text, v_text) in enumerate(zip(proof["c"], proof["v"], strict=True)):
            c, v = mpz(c_text, 16), mpz(v_text, 16)
            if c >= q or v >= q:
                raise ValueError("not a scalar")
            numbers.append(powmod(self.g, v, p) * powmod(alpha, c, p) % p)
            numbers.append(powmod(self.K, (v - j * c) % q, p) * powmod(beta, c, p) % p)
            total += c
        message = b"\x24" + place + b"".join(int(x).to_bytes(WIDTH, "big") for x in numbers)
        if int.from_bytes(hmac.digest(h_i, message, "sha256"), "big") % q != total % q:
            raise ValueError("a proof does not hold")


def b4(number: int) -> bytes:
    return number.to_bytes(4, "big")

"""Answers questions about the arithmetic of ElectionGuard for Python 1.4.0: one JSON object a line, in and out.

Runs in the oracle's own environment, as a script, and imports nothing of e2evote. Numbers are hexadecimal
strings. A question is {"do": name, …}; the answer is {"is": value} or {"error": text}. Times are CPU seconds of this
process.
"""

import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

from shim import electionguard  # type: ignore[import-not-found, unused-ignore]

constants, discrete_log, group, elgamal, chaum_pedersen = electionguard(
    "constants", "discrete_log", "group", "elgamal", "chaum_pedersen"
)


def P(text: str) -> Any:
    """A number mod p; the package itself reads only an even number of digits."""
    return group.ElementModP(int(text, 16))


def Q(text: str) -> Any:
    """A number mod q."""
    return group.ElementModQ(int(text, 16))


def encoded(value: int) -> str:
    return f"{int(value):x}"


def ciphertext(pair: Sequence[str]) -> Any:
    return elgamal.ElGamalCiphertext(P(pair[0]), P(pair[1]))


def pair_of(made: Any) -> list[str]:
    return [encoded(made.pad), encoded(made.data)]


def about() -> dict[str, str]:
    """Versions, and the group in use."""
    numbers = constants.get_constants()
    return {
        "electionguard": importlib.metadata.version("electionguard"),
        "gmpy2": importlib.metadata.version("gmpy2"),
        "python": platform.python_version(),
        "p": encoded(numbers.large_prime),
        "q": encoded(numbers.small_prime),
        "r": encoded(numbers.cofactor),
        "g": encoded(numbers.generator),
    }


def power(base: str, exponent: str) -> str:
    return encoded(group.pow_p(P(base), Q(exponent)))


def power_of_generator(exponent: str) -> str:
    return encoded(group.g_pow_p(Q(exponent)))


def product(factors: list[str]) -> str:
    return encoded(group.mult_p(*(P(factor) for factor in factors)))


def inverse(value: str) -> str:
    return encoded(group.mult_inv_p(P(value)))


def is_member(value: str) -> bool:
    return bool(P(value).is_valid_residue())


def encrypt(message: int, nonce: str, key: str) -> list[str]:
    return pair_of(elgamal.elgamal_encrypt(message, Q(nonce), P(key)))


def add(ciphertexts: list[list[str]]) -> list[str]:
    return pair_of(elgamal.elgamal_add(*(ciphertext(pair) for pair in ciphertexts)))


def partial_decrypt(sealed: list[str], secret: str) -> str:
    return encoded(ciphertext(sealed).partial_decrypt(Q(secret)))


def decrypt(sealed: list[str], secret: str) -> int:
    return int(ciphertext(sealed).decrypt(Q(secret)))


class Selections:
    """Selections made by the last timed run; the next run verifies or adds them."""

    made: tuple[tuple[Any, Any], ...] = ()
    key: Any = None


BASE_HASH = Q("3039")  # stands for the extended base hash in the challenges


def time_prove(key: str, votes: list[int]) -> float:
    """Encrypt each vote and prove that it is 0 or 1; nonces and seeds are drawn before the clock starts."""
    public = P(key)
    drawn = [(group.rand_range_q(1), group.rand_q()) for _ in votes]
    start = process_time()
    made = []
    for vote, (nonce, seed) in zip(votes, drawn, strict=True):
        sealed = elgamal.elgamal_encrypt(vote, nonce, public)
        proof = chaum_pedersen.make_disjunctive_chaum_pedersen(sealed, nonce, public, BASE_HASH, seed, vote)
        made.append((sealed, proof))
    seconds = process_time() - start
    Selections.made, Selections.key = tuple(made), public
    return seconds


def time_verify() -> float:
    """Verify the proofs of the last `time_prove` one by one."""
    start = process_time()
    valid = [proof.is_valid(sealed, Selections.key, BASE_HASH) for sealed, proof in Selections.made]
    seconds = process_time() - start
    if not valid or not all(valid):
        raise ValueError("a proof that was just made does not verify")
    return seconds


def time_tally(times: int) -> float:
    """Add up the ciphertexts of the last `time_prove`, `times` over."""
    ciphertexts = [sealed for sealed, _ in Selections.made] * times
    start = process_time()
    elgamal.elgamal_add(*ciphertexts)
    return process_time() - start


ANSWERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        about,
        power,
        power_of_generator,
        product,
        inverse,
        is_member,
        encrypt,
        add,
        partial_decrypt,
        decrypt,
        time_prove,
        time_verify,
        time_tally,
    )
}


def answer(line: str) -> dict[str, Any]:
    """Whatever goes wrong becomes an answer: the one who asked decides what it means."""
    try:
        question = json.loads(line)
        return {"is": ANSWERS[question.pop("do")](**question)}
    except Exception as error:  # an oracle that dies says less than one that says why
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(line)), flush=True)


if __name__ == "__main__":
    main()

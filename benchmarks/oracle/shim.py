"""Imports ElectionGuard for Python 1.4.0 on Pythons it was not made for.

As published it fails on Python 3.11 and later: its `__init__` imports everything, and one dataclass has an
`ElGamalCiphertext` as a default value, which newer dataclasses refuse because it has no hash. Here a bare package
with the same path stands in for `__init__`, the missing hash is given, and only what is asked for is imported.
Its arithmetic is untouched. Its log is silenced before any module takes hold of it: it would print every
ciphertext, and looking up the caller's source line for that would make the baseline slower than it is.
"""

import importlib.util
import sys
from importlib import import_module
from types import ModuleType

LOG_FUNCTIONS = ("log_debug", "log_info", "log_warning", "log_error", "log_critical")
LARGEST_COUNT = 1_000_000


def _silent(*_arguments: object, **_options: object) -> None:
    """Takes the place of a function that logs."""


def electionguard(*submodules: str) -> tuple[ModuleType, ...]:
    """The named submodules of `electionguard`, imported; ImportError if the package is not installed."""
    if "electionguard" not in sys.modules:
        spec = importlib.util.find_spec("electionguard")
        if spec is None or spec.submodule_search_locations is None:
            raise ImportError("the package electionguard is not installed in this environment")
        bare = ModuleType("electionguard")
        bare.__path__ = list(spec.submodule_search_locations)
        sys.modules["electionguard"] = bare

        logs = import_module("electionguard.logs")
        for name in LOG_FUNCTIONS:
            setattr(logs, name, _silent)
        ciphertext = import_module("electionguard.elgamal").ElGamalCiphertext
        ciphertext.__hash__ = lambda self: hash((self.pad, self.data))
        # A wrong value would be searched for among a hundred million counts.
        import_module("electionguard.discrete_log").DiscreteLog._max_exponent = LARGEST_COUNT
    return tuple(import_module(f"electionguard.{name}") for name in submodules)

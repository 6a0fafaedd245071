"""How much is tried: a part in every run of the tests, all of it where somebody asks for it.

E2EVOTE_OPERATIONS=long python -m pytest tests/operations      the server is killed 200 times
E2EVOTE_SOAK=7200 python -m pytest tests/operations/soak       two hours of load

In continuous integration, which sets CI, the load lasts ten minutes; elsewhere twelve seconds.
"""

import os

LONG = os.environ.get("E2EVOTE_OPERATIONS") == "long"
SOAK_SECONDS = float(os.environ.get("E2EVOTE_SOAK") or (600 if os.environ.get("CI") else 12))


def effort(short: int, long: int) -> int:
    return long if LONG else short

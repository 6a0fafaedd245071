"""`e2evote` whose box takes a ballot whatever predecessor it names: a server that has its log sign for lost votes."""

import sys
from typing import Any

from e2evote.adapter import doorkeeper
from e2evote.ballot import box
from e2evote.cli import main


def take(*_: Any) -> None:
    """Nothing is refused for its predecessor."""


if __name__ == "__main__":
    assert box.refuse_stale is doorkeeper.refuse_stale
    box.refuse_stale = doorkeeper.refuse_stale = take
    sys.exit(main())

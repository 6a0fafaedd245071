"""A witness's web service that starts quickly: its key is locked at a price for tests.

python light_server.py FOLDER PORT
"""

import json
import sys
import time
from pathlib import Path

from e2evote.adapter import http_server
from e2evote.adapter.witness_http import witness_app
from witness.worlds import opened


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(folder: Path, port: int) -> None:
    state = opened(folder, time.time)
    listener = http_server.listen("127.0.0.1", port)
    address = http_server.address_of(listener)
    http_server.serve(
        witness_app(state, complain), listener, complain, lambda: print(json.dumps({"address": address}), flush=True)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

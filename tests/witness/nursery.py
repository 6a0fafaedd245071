"""A process that forks others, each of which makes one update of a witness's memory when it is told to.

    python nursery.py

Run by test_faults.py, which attaches strace to the child before it says "go". On standard input {"folder", "request",
"start"}, then "go"; on standard output the child's number, then what it said of the update before it ended.
start: whether starting on the folder belongs to what is told, or has been done before.
"""

import json
import os
import sys
from pathlib import Path

from e2evote.board.witnessing import Rejected, encode_answer
from e2evote.errors import Refused
from witness.worlds import opened


def update(folder: Path, request: bytes, start: bool, ready: int, go: int, said: int) -> None:
    """The child: what came of it, as one line."""
    state = None if start else opened(folder)
    os.close(ready)
    os.read(go, 1)
    try:
        answer = (state or opened(folder)).submit(request)
        told = f"status {answer.status}" if isinstance(answer, Rejected) else encode_answer(answer).decode()
    except Refused as refused:
        told = f"refused {refused.code}"
    except OSError as error:
        told = f"system {error.errno}"
    except Exception as error:
        told = f"bug {type(error).__name__}"
    try:
        os.write(said, told.encode())
    finally:
        os._exit(0)


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        (ready, ready_in), (go_in, go), (said, said_in) = os.pipe(), os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            update(Path(asked["folder"]), Path(asked["request"]).read_bytes(), asked["start"], ready_in, go_in, said_in)
        os.close(ready_in)
        os.read(ready, 1)  # the end of it: the child waits for "go"
        os.close(ready)
        os.close(go_in)
        os.close(said_in)
        print(child, flush=True)
        sys.stdin.readline()
        os.write(go, b"x")
        with os.fdopen(said, "rb") as pipe:
            told = pipe.read().decode()
        os.close(go)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"killed": os.WIFSIGNALED(status), "said": told}), flush=True)


if __name__ == "__main__":
    main()

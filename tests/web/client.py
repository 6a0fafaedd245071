"""The built ballot client under node, as an object: `client.call("seal", …)` is what the module answers.

    client = Client.start()                        skips where there is no node
    selection = client.open(rig)                   a selection as the client opened it
    client.refusal("cast", sealed=0, …)            the code by which the client refuses

The module is the committed file of `adapter/web/assets`, the one that pages serve.
"""

import json
import shutil
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, Self

import pytest

CLIENT = Path(__file__).resolve().parents[2] / "src/e2evote/adapter/web/client"
BUILT = CLIENT.parent / "assets" / "e2evote.js"
DRIVER = Path(__file__).with_name("drive.mjs")
OLDEST_NODE = (20, 19)


def node_or_skip() -> str:
    """Node's path. A test that needs it is skipped where it is missing or too old, and says so."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the ballot client is not run")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(int(part) for part in version.removeprefix("v").split(".")[:2]) < OLDEST_NODE:
        pytest.skip(f"node {version} is older than 20.19: the ballot client is not run")
    return node


def b64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


class Refused(Exception):
    """The client refused, by `code`; index: of several codes, the one that is wrong."""

    def __init__(self, code: str, detail: str, index: int | None) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.index = code, detail, index


class Client:
    """One node process with the module loaded."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    def start(cls) -> Self:
        node = node_or_skip()
        return cls(
            subprocess.Popen(
                [node, str(DRIVER), str(BUILT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        )

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def call(self, name: str, /, **arguments: object) -> Any:
        """What the client gives; `Refused` where it refuses, and an AssertionError for any other end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"call": name, **arguments}) + "\n")
        line = self._process.stdout.readline()
        assert line, "the client has died"
        answer = json.loads(line)
        if "refusal" not in answer:
            return answer["value"]
        assert answer["refusal"], answer["detail"]
        raise Refused(answer["refusal"], answer["detail"], answer.get("index"))

    def refusal(self, name: str, /, **arguments: object) -> str:
        """The code by which it refuses."""
        with pytest.raises(Refused) as caught:
            self.call(name, **arguments)
        return str(caught.value.code)

    def bytes(self, name: str, /, **arguments: object) -> bytes:
        """An answer that is bytes."""
        return b64decode(self.call(name, **arguments))

"""The children of the crash tests load `adapter.storage` and `board`: little else comes with it."""

import json
import os
import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"


def test_a_storage_is_opened_without_ballots_proofs_or_other_packages() -> None:
    program = "import json, sys, e2evote.adapter.storage; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    loaded = json.loads(result.stdout)
    ours = {name.split(".")[1] for name in loaded if name.startswith("e2evote.")}
    assert ours == {"adapter", "board", "errors", "hashing"}
    assert {name for name in loaded if name.startswith("e2evote.adapter.")} == {
        name for name in loaded if name.startswith("e2evote.adapter.storage")
    }
    assert {name.split(".")[0] for name in loaded} & {"cryptography", "gmpy2", "pydantic", "psycopg"} == set()

"""Nothing but the edge of the library reads the environment, so no variable can choose a group or leave out a check.

ElectionGuard 1.x took 64-bit test primes from an environment variable, and everything still verified (threat A25).
"""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "e2evote"
EDGE = ("adapter", "cli")
WORDS = {"environ", "environb", "getenv", "getenvb", "BaseSettings", "expandvars"}


def readers(source: str) -> list[int]:
    """Lines that mention a way to read the environment, as an attribute, a plain name or an import."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            words = {node.attr}
        elif isinstance(node, ast.Name):
            words = {node.id}
        elif isinstance(node, ast.ImportFrom | ast.Import):
            words = {alias.name for alias in node.names}
        else:
            continue
        if words & WORDS:
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import os\ngroup = os.environ['GROUP']\n",
        "from os import getenv\n",
        "import os as system\ngroup = system.getenv('GROUP')\n",
        "from os import environ as settings\n",
        "from os.path import expandvars\n",
    ],
)
def test_a_reader_of_the_environment_is_found(source: str) -> None:
    assert readers(source)


def test_a_mention_in_words_is_none() -> None:
    assert readers('"""os.environ is never read."""\nname = "environ"\n') == []


def test_no_environment_variable_chooses_anything() -> None:
    inner = [path for path in sorted(SRC.rglob("*.py")) if path.relative_to(SRC).parts[0] not in EDGE]
    assert SRC / "algebra" / "parameters.py" in inner
    assert [f"{path.relative_to(SRC)}:{line}" for path in inner for line in readers(path.read_text("utf-8"))] == []

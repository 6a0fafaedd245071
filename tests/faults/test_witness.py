"""A witness at every system call of an update, and under losses of power: one history for ever, and never back (A98).

After each fault the witness starts again and is asked about the other history first: if it has let out, or may have let
out, a cosignature for one, it never gives one for the other.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults import witness
from tests.faults.effort import LONG, effort, in_memory
from tests.faults.injection import FAULTS, disturbed, instances
from tests.faults.power import contents, images
from tests.faults.processes import Nursery, heard
from tests.faults.recording import complaints, needs_strace, record
from tests.faults.restored import restored
from tests.witness import worlds

pytestmark = needs_strace

WITNESS = "tests.faults.witness:main"
ONE, OTHER = witness.HISTORIES


def check(lines: Iterable[str], where: str) -> None:
    """What was cosigned is one history, each time as far as before or further."""
    cosigned = [line.split()[1:] for line in lines if line.startswith("cosigned ")]
    assert len({history for history, _ in cosigned}) <= 1, f"{where}: two histories: {cosigned}"
    sizes = [int(size) for _, size in cosigned]
    assert sizes == sorted(sizes), f"{where}: back to an earlier size: {sizes}"


def prepared(root: Path) -> Path:
    worlds.make(root / "disk")
    return root / "disk"


def test_an_undisturbed_witness_follows_one_history(born: Nursery, tmp_path: Path) -> None:
    folder = prepared(tmp_path)
    assert born(WITNESS, tmp_path / "said", str(folder), ONE).wait() == 0, complaints(tmp_path / "said")
    assert born(WITNESS, tmp_path / "said", str(folder), OTHER).wait() == 0
    lines = heard((tmp_path / "said").read_text())
    check(lines, "undisturbed")
    assert {line for line in lines if line.startswith("cosigned")} == {f"cosigned {ONE} {size}" for size in (1, 2, 5)}
    assert "rejected 422" in lines
    assert "rejected 400" in lines or "rejected 409" in lines


@pytest.mark.slow
@pytest.mark.skipif(not LONG, reason="E2EVOTE_FAULTS=long is not set; tests/witness/test_faults.py does it by HTTP")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_each_system_call_of_a_witness(born: Nursery, fault: str) -> None:
    with in_memory() as root:
        folder = prepared(root)
        found = instances(born, WITNESS, root / "said", folder, str(folder), ONE)
    assert len(found) > 12
    for instance in found:
        with in_memory() as root:
            folder, said = prepared(root), root / "said"
            run = disturbed(born, instance, fault, WITNESS, said, str(folder), ONE)
            assert run.met, instance
            assert run.code == (-9 if fault == "KILL" else 0), f"{run}: {complaints(said)}"
            for history in (OTHER, ONE):
                assert born(WITNESS, said, str(folder), history).wait() == 0, f"{run}: {complaints(said)}"
            lines = heard(said.read_text())
            check(lines, f"{instance} {fault}")
            assert any(line.startswith("cosigned") for line in lines), "the witness never came back"


@pytest.mark.slow
def test_a_witness_survives_a_loss_of_power(born: Nursery, tmp_path: Path) -> None:
    folder = prepared(tmp_path)
    before = contents(folder)
    recording = record(born, WITNESS, tmp_path / "said", folder, str(folder), ONE)
    seen = 0
    for image in images(recording, before, times=effort(1, 10)):
        with restored(image) as disk, in_memory() as beside:
            for secret in disk.rglob("*"):
                secret.chmod(0o700 if secret.is_dir() else 0o600)
            said = beside / "said"
            said.write_text("".join(f"{line} .\n" for line in image.said))
            assert born(WITNESS, said, str(disk), OTHER).wait() == 0, complaints(said)
            check(heard(said.read_text()), f"{image.cut} {image.mode}")
        seen += 1
    assert seen > 20

"""A selection to its end: what is answered before there is a result, and after; the record verifies."""

import zipfile
from io import StringIO
from pathlib import Path

from starlette.testclient import TestClient

from api.conftest import ROOMY
from api.served import ADA, P, body, rehearsal, voters
from e2evote.adapter.api.app import make_app
from e2evote.adapter.api.hosted import Hosted
from e2evote.adapter.api.log import Log
from e2evote.adapter.api.settings import decode_settings
from e2evote.adapter.election import Election
from e2evote.verify import verify_record


def test_a_selection_to_its_end(tmp_path: Path) -> None:
    store = rehearsal(tmp_path / "store")
    with Election.open_store(store.path, allow_test_group=True) as election:
        hosted = Hosted(decode_settings(ROOMY.encode()), Log(StringIO()))
        hosted.add(election)
        with TestClient(make_app(hosted)) as client:
            ready, late = voters(store).cast("vera", ADA, ""), voters(store).cast("otto", ADA, "")
            assert client.post(f"{P}/ballots", json=body(ready)).status_code == 201
            line = f"{P}/lines/{ready.line}"
            for path, code in (
                (f"{P}/result", "no-outcome"),
                (f"{P}/reconciliation", "not-stated"),
                (f"{P}/report", "no-report"),
                (f"{line}/row", "not-stated"),
            ):
                early = client.get(path)
                assert (early.status_code, early.json()["code"]) == (404, code)
            election.close()
            assert client.get(P).json()["phase"] == "closed"
            refused = client.post(f"{P}/ballots", json=body(late))
            assert (refused.status_code, refused.json()["code"]) == (409, "board.phase")
            outcome = election.tally()
            assert client.get(P).json()["phase"] == "published"
            result = client.get(f"{P}/result")
            assert result.content == outcome.encode()
            assert result.headers["content-type"] == "application/json"
            table = client.get(f"{P}/reconciliation").json()
            assert table["lines"] == sum(row["lines"] for row in (*table["channels"], *table["none"])) == 1
            row = client.get(f"{line}/row").json()
            assert row["row"]["row"]["status"] == "counted"
            assert row["statement"].startswith("c2sp.org/tlog-proof@v1\n")
            found = client.get(f"{line}/ballots/{ready.tracker.lower().replace('-', '')}").json()
            assert (found["status"], found["phase"]) == ("counted", "published")
            again = client.post(f"{P}/ballots", json=body(ready))
            assert (again.status_code, again.json()["again"]) == (200, True), "it is in the log; nothing new is taken"
            archive = client.get(f"{P}/record.zip")
        hosted.close()
    path = tmp_path / "record.zip"
    path.write_bytes(archive.content)
    assert archive.headers["content-type"] == "application/zip"
    assert int(archive.headers["content-length"]) == len(archive.content)
    assert "checkpoint" in zipfile.ZipFile(path).namelist()
    assert not verify_record(path, allow_test_group=True).failing

"""The numbers are in the form that Prometheus reads."""

import re

from e2evote.adapter.api.metrics import Metrics

SAMPLE = re.compile(r'([a-z0-9_]+)\{((?:[a-z]+="[^"\\\n]*",?)*)\} ([0-9]+(?:\.[0-9]+)?)')


def samples(text: bytes) -> dict[tuple[str, str], float]:
    found = {}
    typed: set[str] = set()
    for line in text.decode().splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert any(match[1].startswith(name) for name in typed), line
            found[match[1], match[2]] = float(match[3])
    return found


def test_requests_are_counted_and_timed() -> None:
    metrics = Metrics()
    for status, seconds in ((201, 0.02), (201, 0.3), (409, 30.0)):
        metrics.request("POST", "/v1/elections/{id}/ballots", status, seconds)
    metrics.limited("casts")
    found = samples(metrics.text([("spring", 17, True), ("summer", 0, False)]))
    route = 'method="POST",route="/v1/elections/{id}/ballots"'
    assert found["e2evote_requests_total", f'{route},status="201"'] == 2
    assert found["e2evote_requests_total", f'{route},status="409"'] == 1
    buckets = [found["e2evote_request_seconds_bucket", f'{route},le="{le}"'] for le in ("0.01", "0.05", "0.5", "+Inf")]
    assert buckets == [0, 1, 2, 3]
    assert found["e2evote_request_seconds_count", route] == 3
    assert found["e2evote_request_seconds_sum", route] == 30.32
    assert found["e2evote_rate_limited_total", 'kind="casts"'] == 1
    assert found["e2evote_log_entries", 'election="spring"'] == 17
    assert [found["e2evote_settled", f'election="{id}"'] for id in ("spring", "summer")] == [1, 0]


def test_nothing_counted_is_a_page_too() -> None:
    assert samples(Metrics().text([])) == {}

"""Numbers for whoever runs the server, as Prometheus reads them (docs/http.md, Health and metrics).

Counts and times by method, route and status, over all clients together; nothing about a line, a member or an address.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counted since the process began. Used by one thread."""

    def __init__(self) -> None:
        self._requests: Counter[Labels] = Counter()
        self._times: dict[Labels, list[int]] = {}
        self._sums: Counter[Labels] = Counter()
        self._limited: Counter[Labels] = Counter()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        labels = (("method", method), ("route", route))
        self._requests[(*labels, ("status", str(status)))] += 1
        counts = self._times.setdefault(labels, [0] * (len(_BOUNDS) + 1))
        counts[bisect_left(_BOUNDS, seconds)] += 1
        self._sums[labels] += round(seconds * 1_000_000)

    def limited(self, kind: str) -> None:
        """A request was refused since its client had made too many of this kind."""
        self._limited[(("kind", kind),)] += 1

    def text(self, elections: Iterable[tuple[str, int, bool]]) -> bytes:
        """The page. elections: of each its id, the size of its log, and whether everything stored has its receipt."""
        lines = [*_head("e2evote_requests_total", "counter", "Requests answered.")]
        lines += [_sample("e2evote_requests_total", labels, n) for labels, n in sorted(self._requests.items())]
        lines += _head("e2evote_request_seconds", "histogram", "Time to answer a request.")
        for labels, counts in sorted(self._times.items()):
            total = 0
            for bound, count in zip((*map(str, _BOUNDS), "+Inf"), counts, strict=True):
                total += count
                lines.append(_sample("e2evote_request_seconds_bucket", (*labels, ("le", bound)), total))
            lines.append(_sample("e2evote_request_seconds_sum", labels, self._sums[labels] / 1_000_000))
            lines.append(_sample("e2evote_request_seconds_count", labels, total))
        lines += _head("e2evote_rate_limited_total", "counter", "Requests refused by a limit of rate.")
        lines += [_sample("e2evote_rate_limited_total", labels, n) for labels, n in sorted(self._limited.items())]
        found = list(elections)
        lines += _head("e2evote_log_entries", "gauge", "Entries in the published log.")
        lines += [_sample("e2evote_log_entries", (("election", id),), size) for id, size, _ in found]
        lines += _head("e2evote_settled", "gauge", "1 where all that is stored has its receipt or its answer.")
        lines += [_sample("e2evote_settled", (("election", id),), int(settled)) for id, _, settled in found]
        return ("\n".join(lines) + "\n").encode()


def _head(name: str, kind: str, what: str) -> tuple[str, str]:
    return f"# HELP {name} {what}", f"# TYPE {name} {kind}"


def _sample(name: str, labels: Labels, value: float) -> str:
    # Routes are templates of this program and ids of elections are plain words, so that nothing needs an escape.
    listed = ",".join(f'{key}="{text}"' for key, text in labels)
    return f"{name}{{{listed}}} {value}"

"""The state of the selection as the site knows it: a cached row, which a webhook refreshes, or else time.

Webhooks make it quick, polling makes it certain: one that is lost costs `poll_seconds`. While the adapter does not
answer, the row stays as it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from .adapter_client import Adapter, AdapterProblem, Json
from .models import ElectionState


def adapter() -> Adapter:
    return Adapter(settings.SELECTION.api, settings.SELECTION.token_file)


def refresh() -> ElectionState:
    """Ask the adapter now. AdapterProblem where it does not answer."""
    ask = adapter()
    found = {"status": ask.status(), "manifest": ask.manifest()}
    return ElectionState.objects.update_or_create(election=settings.SELECTION.election, defaults=found)[0]


def state() -> ElectionState:
    """What is known, at most `poll_seconds` old if the adapter answers."""
    known = ElectionState.objects.filter(election=settings.SELECTION.election).first()
    if known and timezone.now() - known.fetched < timedelta(seconds=settings.SELECTION.poll_seconds):
        return known
    try:
        return refresh()
    except AdapterProblem:
        if known:
            return known
        raise


@dataclass(frozen=True, slots=True)
class Shown:
    """What pages say of the selection: words in the reader's language, dates as dates."""

    name: str
    phase: str
    may_vote: bool
    frozen: datetime | None
    opens: datetime | None
    closes: datetime | None
    contests: tuple[tuple[str, int, tuple[str, ...]], ...]
    """Of each its name, how many votes a member has, and the names on the shortlist."""


def shown(row: ElectionState, language: str) -> Shown:
    status, contests = row.status, row.manifest["contests"]
    return Shown(
        name=said(status["name"], language),
        phase="paused" if status["phase"] == "open" and status["paused"] else status["phase"],
        may_vote=status["phase"] == "open" and not status["paused"] and bool(settings.SELECTION.anchors),
        frozen=_date(status.get("frozen", "")),
        opens=_date(status["opens"]),
        closes=_date(status["closes"]),
        contests=tuple(
            (
                said(one["name"], language),
                one["method"]["limit"],
                tuple(said(option["name"], language) for option in one["options"]),
            )
            for one in contests
        ),
    )


def said(texts: Json, language: str) -> str:
    """A text of the manifest, which has it in one or more languages."""
    return str(texts.get(language) or next(iter(texts.values())))


def _date(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def on_every_page(request: HttpRequest) -> dict[str, str]:
    """For templates: where the public pages of the selection are."""
    return {"pages": settings.SELECTION.pages}

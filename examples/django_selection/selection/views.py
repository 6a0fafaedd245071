"""Pages for members: the shortlist, the way to the ballot, the result."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from .adapter_client import AdapterProblem
from .models import VoterReference
from .phase import adapter, shown, state
from .result import result_tables


def language() -> str:
    return (get_language() or "en")[:2]


def unavailable(request: HttpRequest, problem: AdapterProblem) -> HttpResponse:
    return render(request, "unavailable.html", {"problem": problem}, status=503)


@require_safe
@login_required
def shortlist(request: HttpRequest) -> HttpResponse:
    """Who stands, since when the roll is frozen, until when members can vote, and the button."""
    try:
        return render(request, "shortlist.html", {"selection": shown(state(), language())})
    except AdapterProblem as problem:
        return unavailable(request, problem)


@require_POST
@login_required
def vote(request: HttpRequest) -> HttpResponse:
    """Send the member to the ballot client, with the anchors that this site has pinned and a token that works once."""
    selection = settings.SELECTION
    try:
        if not shown(state(), language()).may_vote:
            return redirect("shortlist")
        token = adapter().session_token(VoterReference.of(request.user, selection.election))
    except AdapterProblem as problem:
        return unavailable(request, problem)
    return HttpResponseRedirect(selection.client_url(token, language()))


@require_safe
@login_required
def result(request: HttpRequest) -> HttpResponse:
    """The result with its reconciliation, and the way to the page where anybody checks it."""
    try:
        row = state()
        tables = result_tables(adapter(), row.manifest, language()) if row.status["phase"] == "published" else None
        return render(request, "result.html", {"selection": shown(row, language()), "tables": tables})
    except AdapterProblem as problem:
        return unavailable(request, problem)

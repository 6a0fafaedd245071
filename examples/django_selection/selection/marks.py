"""For staff: marks of members who have voted at the polling station or by post.

Two tellers sign a mark with their own tools (`e2evote channel mark --drafts`, `e2evote approve`); this page takes the
file and hands it on. The site has no teller's key, so nobody who breaks into it can mark a line.
"""

import json

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from .adapter_client import AdapterProblem, Json
from .phase import adapter

LARGEST_DRAFT = 16 * 1024


class MarkForm(forms.Form):
    """One file, signed by two tellers."""

    draft = forms.FileField(label="Mark, signed by two tellers (a file ending in .draft)")

    def clean_draft(self) -> Json:
        file: UploadedFile = self.cleaned_data["draft"]
        if not file.size or file.size > LARGEST_DRAFT:
            raise ValidationError("This is no mark: the file is too large.")
        try:
            draft: Json = json.loads(file.read())
            if draft["leaf"]["kind"] != "mark":
                raise KeyError
        except (ValueError, RecursionError, KeyError, TypeError):
            raise ValidationError("This is no mark. Marks are made with e2evote channel mark.") from None
        return draft

    def hand_in(self) -> Json:
        draft = self.cleaned_data["draft"]
        return {"recorded": adapter().mark(draft), **draft["leaf"]["body"]}


class RehearsedMarkForm(forms.Form):
    """In a rehearsal: no tellers are there, and the adapter signs for both."""

    line = forms.RegexField(r"^[0-9]{1,7}$", label="Line number")
    channel = forms.ChoiceField(label="Voted", choices=[("in_person", "in person"), ("postal", "by post")])

    def hand_in(self) -> Json:
        return {"recorded": adapter().rehearse_mark(**self.cleaned_data), **self.cleaned_data}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("selection.hand_in_marks", raise_exception=True)
def marks(request: HttpRequest) -> HttpResponse:
    """The form, and what became of what was handed in."""
    kind = RehearsedMarkForm if settings.SELECTION.rehearsal else MarkForm
    form, done = kind(request.POST or None, request.FILES or None), None
    if form.is_valid():
        try:
            done, form = form.hand_in(), kind()
        except AdapterProblem as problem:
            form.add_error(None, str(problem))
    return render(request, "marks.html", {"form": form, "done": done})

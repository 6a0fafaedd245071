"""The adapter over HTTP: what this site asks of it, and its problem details (RFC 9457) as one exception.

No choice, code or tracker passes here: those go from the member's browser to the adapter. A token is sent only where a
call needs one, and is read from its file each time, so that whoever renews it just writes the file.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

Json = dict[str, Any]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")
_http = httpx2.Client(timeout=httpx2.Timeout(10.0, connect=3.0))


class AdapterProblem(Exception):
    """The adapter refused, with one of its stable codes (docs/errors.md), or did not answer: `unreachable`."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(status, code, detail)
        self.status, self.code, self.detail = status, code, detail

    def __str__(self) -> str:
        return f"{self.detail} [{self.code}]"


class Adapter:
    """One selection at `api`, as https://ballots.example/v1/elections/ID. Redirects are not followed."""

    def __init__(self, api: str, token_file: Path) -> None:
        self._api, self._token_file = api, token_file

    def status(self) -> Json:
        """Phase, dates, names: what everybody may know."""
        return self._ask("GET", "")

    def manifest(self) -> Json:
        return self._ask("GET", "/manifest")

    def result(self) -> Json:
        return self._ask("GET", "/result")

    def reconciliation(self) -> Json:
        return self._ask("GET", "/reconciliation")

    def session_token(self, voter_ref: str) -> str:
        """A token that opens the ballot client once. Of the address that the adapter gives, only the token is used."""
        url = str(self._ask("POST", "/sessions", {"voter_ref": voter_ref}, token=True).get("url"))
        tokens = parse_qs(urlsplit(url).fragment).get("session", [])
        if len(tokens) != 1 or not _TOKEN.fullmatch(tokens[0]):
            raise AdapterProblem(502, "unreachable", "the voting service answers something else")
        return tokens[0]

    def mark(self, draft: Json) -> bool:
        """Hand in a mark, for which the two tellers' signatures suffice; whether it is on the board already."""
        return self._ask("POST", "/channel-marks", draft).get("status") != "stored"

    def rehearse_mark(self, line: str, channel: str) -> bool:
        """In a rehearsal the adapter has the tellers' keys too, and signs for them."""
        return bool(self._ask("POST", "/channel-marks", {"line": line, "channel": channel}, token=True))

    def _ask(self, method: str, path: str, body: Json | None = None, token: bool = False) -> Json:
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {self._token_file.read_text('ascii').strip()}"
        try:
            answer = _http.request(method, self._api + path, json=body, headers=headers)
            content = answer.json()
        except (httpx2.HTTPError, ValueError, RecursionError):
            raise AdapterProblem(503, "unreachable", "the voting service does not answer") from None
        if not isinstance(content, dict):
            raise AdapterProblem(502, "unreachable", "the voting service answers something else")
        if not answer.is_success:
            code, title = str(content.get("code", "unknown")), str(content.get("title", ""))
            raise AdapterProblem(answer.status_code, code, str(content.get("detail", title)))
        return content

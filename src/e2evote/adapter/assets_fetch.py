"""Asks a web server for the files of a page as a browser would, and follows it nowhere."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from e2evote.adapter.download import TIMEOUT, check_scheme
from e2evote.errors import Refused

LARGEST_FILE = 16 * 2**20
LONGEST = 120.0
"""Seconds for one file, however it comes."""
_AS_A_BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
"""Some people's browser: who gives an auditor other files than voters must tell them apart by something else."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with status 200; headers by lower-case name, those that were there twice joined by ", "."""

    data: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotThere:
    """Any other answer. A redirection is not followed."""

    status: int


class _Stays(HTTPRedirectHandler):
    """A redirection is an answer like any other, which is not what was asked for."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        return None


class Folder:
    """The files below one address."""

    def __init__(self, url: str, timeout: float = TIMEOUT, longest: float = LONGEST) -> None:
        check_scheme(url)
        self.address = url.partition("#")[0].partition("?")[0].removesuffix("index.html").rstrip("/") + "/"
        self._timeout, self._longest, self._opener = timeout, longest, build_opener(_Stays)

    def get(self, name: str) -> Fetched | NotThere:
        """The file of that name; Refused `download` where the server can't be reached, or sends too much."""
        address = self.address + name
        try:
            with self._opener.open(Request(address, headers=_AS_A_BROWSER), timeout=self._timeout) as answer:
                if answer.status != 200:
                    return NotThere(answer.status)
                data = self._read(answer, address)
                names = {key.lower() for key in answer.headers}
                headers = {key: ", ".join(answer.headers.get_all(key, ())) for key in names}
        except HTTPError as error:
            error.close()
            return NotThere(error.code)
        except URLError as error:
            raise Refused("download", f"{address}: {error.reason}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise Refused("download", f"{address}: {error or type(error).__name__}") from None
        return Fetched(data, headers)

    def _read(self, answer: HTTPResponse, address: str) -> bytes:
        """The body, as long as it is not too large and does not take too long."""
        data, until = bytearray(), time.monotonic() + self._longest
        while part := answer.read1(2**16):
            data += part
            if len(data) > LARGEST_FILE:
                raise Refused("download", f"{address}: more than {LARGEST_FILE} bytes")
            if time.monotonic() > until:
                raise Refused("download", f"{address}: not there within {self._longest:g} s")
        return bytes(data)

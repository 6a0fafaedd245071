"""What whoever runs the server has decided: `serve.toml`, read strictly (docs/http.md, Configuration).

Each refusal names the place in the file. What other parts of the adapter have to be told stands under their own names;
they read that themselves, when the server starts.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from e2evote.adapter.api.buckets import Allowance
from e2evote.adapter.api.clients import Network, Proxies
from e2evote.adapter.api.one_time import MINUTES
from e2evote.adapter.http_server import Limits
from e2evote.adapter.toml_fields import Table, read_integer, read_list, read_string, read_table
from e2evote.errors import MalformedInput, Refused

LARGEST_FILE = 2**18

ALLOWANCES: Mapping[str, Allowance] = {
    "archives": Allowance(burst=5, per_minute=2),
    "casts": Allowance(burst=60, per_minute=60),
    "reads": Allowance(burst=600, per_minute=1200),
    "sessions": Allowance(burst=60, per_minute=60),
    "writes": Allowance(burst=120, per_minute=240),
}
"""How often one client address may ask, by the kind of request, where nothing else is said."""

PARTS = ("drafts", "tokens", "webhooks")
"""Names at the top of the file that are read by the parts that are called so."""

LIMITS = Limits(connections=1024, per_address=256, keep_alive=20)
"""Of connections, where nothing else is said."""

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class StoreFact:
    """A store to serve. passphrase_file: of the log's key; None for a rehearsal. witnesses: addresses by name."""

    path: Path
    passphrase_file: Path | None = None
    witnesses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server behaves.

    public_url: where the world reaches it, with the sub-folder if there is one; "" where that is not known.
    largest_ballot: bytes of the body of a cast or challenge. receipt_wait: seconds that it is answered after.
    folder: of the file, from which relative paths in `parts` start.
    """

    stores: tuple[StoreFact, ...] = ()
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8800
    limits: Limits = LIMITS
    body_bytes: int = 128 * _MIB
    largest_ballot: int = 8 * _MIB
    receipt_wait: float = 5.0
    allowances: Mapping[str, Allowance] = field(default_factory=lambda: dict(ALLOWANCES))
    proxies: Proxies = field(default_factory=Proxies)
    open_sessions: bool = False
    token_minutes: int = MINUTES
    log_requests: bool = True
    metrics: bool = True
    parts: Mapping[str, object] = field(default_factory=dict)
    folder: Path = field(default_factory=Path)

    @property
    def prefix(self) -> str:
        """The sub-folder of the public address, as `/sub/folder`; empty where there is none."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether the world reaches it by TLS."""
        return self.public_url.startswith("https://")

    def part(self, name: str) -> object:
        """What the file says to this part, as TOML has it; an empty table where it says nothing."""
        if name not in PARTS:
            raise ValueError(f"no part is called {name}")
        return self.parts.get(name, {})


def read_settings(path: Path) -> Settings:
    """The settings of a file: Refused `file-missing`, or MalformedInput with the place."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Refused("file-missing", f"{path}: {error.strerror}") from None
    try:
        return decode_settings(data, path.parent)
    except MalformedInput as error:
        raise error.inside(str(path)) from None


def decode_settings(data: bytes, beside: Path = Path()) -> Settings:
    """The settings of a file with these bytes. beside: the folder that relative paths start from."""
    if len(data) > LARGEST_FILE:
        raise MalformedInput(f"more than {LARGEST_FILE} bytes")
    try:
        given = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedInput(f"no TOML: {error}") from None
    names = ("store", "server", "limits", "proxy", "sessions", "log", *PARTS)
    top = read_table(given, "", (), names)
    made = Settings(folder=beside, parts={name: top[name] for name in PARTS if name in top})
    if "store" in top:
        stores = enumerate(read_list(top["store"], "store"))
        made = replace(made, stores=tuple(_store(one, f"store[{i}]", beside) for i, one in stores))
    for name, read in (("server", _server), ("limits", _limits), ("proxy", _proxy), ("sessions", _sessions)):
        if name in top:
            made = read(made, top[name], name)
    if "proxy" in top and not _says(top.get("server"), "connections_per_address"):
        made = replace(made, limits=replace(made.limits, per_address=made.limits.connections))  # all are the proxy's
    if "log" in top:
        log = read_table(top["log"], "log", (), ("requests",))
        made = replace(made, log_requests=_boolean(log.get("requests", True), "log.requests"))
    return made


def check_public_url(url: str, where: str) -> str:
    """An address that a browser can go to, without the final slash; MalformedInput for any other."""
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in parts.netloc:
        raise MalformedInput("want http://HOST or https://HOST, with a folder if there is one", where)
    if not url.isascii() or any(c in url for c in " \"'<>\\^`{|}%") or not url.isprintable() or "//" in parts.path:
        raise MalformedInput("want an address of plain characters", where)
    return url.rstrip("/")


def _says(table: object, name: str) -> bool:
    return isinstance(table, dict) and name in table


def _any_table(value: object, where: str) -> Table:
    """A table of any names."""
    return read_table(value, where, (), value if isinstance(value, dict) else ())


def _store(value: object, where: str, beside: Path) -> StoreFact:
    table = read_table(value, where, ("path",), ("passphrase_file", "witnesses"))
    file = table.get("passphrase_file")
    witnesses = _any_table(table.get("witnesses", {}), f"{where}.witnesses")
    return StoreFact(
        beside / read_string(table["path"], f"{where}.path"),
        None if file is None else beside / read_string(file, f"{where}.passphrase_file"),
        {name: read_string(url, f"{where}.witnesses.{name}") for name, url in witnesses.items()},
    )


def _server(made: Settings, value: object, where: str) -> Settings:
    names = ("host", "port", "public_url", "metrics", "connections", "connections_per_address", "keep_alive_seconds")
    table = read_table(value, where, (), (*names, "receipt_wait_seconds", "largest_ballot_mib", "bodies_mib"))
    limits = made.limits
    limits = Limits(
        _number(table, where, "connections", limits.connections, 1, 100_000),
        _number(table, where, "connections_per_address", limits.per_address, 1, 100_000),
        _number(table, where, "keep_alive_seconds", limits.keep_alive, 1, 3600),
    )
    url = read_string(table.get("public_url", ""), f"{where}.public_url")
    return replace(
        made,
        host=read_string(table.get("host", made.host), f"{where}.host"),
        port=_number(table, where, "port", made.port, 0, 65535),
        public_url=check_public_url(url, f"{where}.public_url") if url else "",
        metrics=_boolean(table.get("metrics", True), f"{where}.metrics"),
        limits=limits,
        receipt_wait=float(_number(table, where, "receipt_wait_seconds", int(made.receipt_wait), 1, 60)),
        largest_ballot=_MIB * _number(table, where, "largest_ballot_mib", made.largest_ballot // _MIB, 1, 128),
        body_bytes=_MIB * _number(table, where, "bodies_mib", made.body_bytes // _MIB, 16, 2**20),
    )


def _limits(made: Settings, value: object, where: str) -> Settings:
    table = read_table(value, where, (), tuple(ALLOWANCES))
    allowances = dict(made.allowances)
    for name, given in table.items():
        place = f"{where}.{name}"
        row = read_table(given, place, ("burst", "per_minute"), ())
        numbers = [_number(row, place, key, 1, 1, 10**9) for key in ("burst", "per_minute")]
        allowances[name] = Allowance(*numbers)
    return replace(made, allowances=allowances)


def _proxy(made: Settings, value: object, where: str) -> Settings:
    table = read_table(value, where, ("header", "trusted"), ())
    header = read_string(table["header"], f"{where}.header").lower()
    if not (header.isascii() and header.replace("-", "").isalnum()):
        raise MalformedInput("want the name of a header", f"{where}.header")
    trusted = enumerate(read_list(table["trusted"], f"{where}.trusted"))
    return replace(made, proxies=Proxies(header, tuple(_network(one, f"{where}.trusted[{i}]") for i, one in trusted)))


def _network(value: object, where: str) -> Network:
    try:
        return ip_network(read_string(value, where))
    except ValueError:
        raise MalformedInput("want an address or a network, as 10.0.0.0/8", where) from None


def _sessions(made: Settings, value: object, where: str) -> Settings:
    table = read_table(value, where, (), ("without_host", "token_minutes"))
    return replace(
        made,
        open_sessions=_boolean(table.get("without_host", False), f"{where}.without_host"),
        token_minutes=_number(table, where, "token_minutes", made.token_minutes, 1, 24 * 60),
    )


def _number(table: Table, where: str, name: str, otherwise: int, least: int, most: int) -> int:
    place = f"{where}.{name}"
    number = read_integer(table.get(name, otherwise), place)
    if not least <= number <= most:
        raise MalformedInput(f"{number}, want {least} to {most}", place)
    return number


def _boolean(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise MalformedInput("want true or false", where)
    return value

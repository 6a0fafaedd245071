"""A log without any care, as a process: what the simulation of power losses must be able to convict.

Ten entries, each acknowledged when the call that stores it has returned. how: `file`, `file-synced`, or the journal
mode and the degree of synchronisation of SQLite, `wal-normal`, say.
"""

import os
import sqlite3

from tests.faults.processes import say

ENTRIES = 10


def entry(index: int) -> bytes:
    return bytes([65 + index]) * (2500 + index)


def append_to_file(folder: str, synced: bool) -> None:
    """Length before content."""
    file = os.open(f"{folder}/log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if synced:
        os.fsync(file)
        above = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(above)
        os.close(above)
    for index in range(ENTRIES):
        data = entry(index)
        os.write(file, len(data).to_bytes(4, "big") + data)
        if synced:
            os.fsync(file)
        say(index)


def read_file(folder: str) -> list[bytes]:
    """The whole entries; what follows the last of them is an append that did not end."""
    try:
        with open(f"{folder}/log", "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return []
    found, start = [], 0
    while start + 4 <= len(data):
        end = start + 4 + int.from_bytes(data[start : start + 4], "big")
        if end > len(data):
            break
        found.append(data[start + 4 : end])
        start = end
    return found


def append_to_sqlite(folder: str, journal: str, synchronous: str) -> None:
    database = sqlite3.connect(f"{folder}/log", isolation_level=None)
    database.execute(f"PRAGMA journal_mode = {journal}")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.execute("CREATE TABLE log (place INTEGER PRIMARY KEY, entry BLOB)")
    for index in range(ENTRIES):
        database.execute("INSERT INTO log VALUES (?, ?)", (index, entry(index)))
        say(index)
    database.close()


def read_sqlite(folder: str) -> list[bytes]:
    database = sqlite3.connect(f"{folder}/log")
    try:
        if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
            return []
        return [data for (data,) in database.execute("SELECT entry FROM log ORDER BY place")]
    finally:
        database.close()


def main(folder: str, how: str) -> None:
    kind, _, degree = how.partition("-")
    if kind == "file":
        append_to_file(folder, synced=bool(degree))
    else:
        append_to_sqlite(folder, kind, degree)

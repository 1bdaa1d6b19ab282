"""What the machine keeps: leased numbers, tickets it gave, what waits to be handed in. One SQLite file.

`synchronous=FULL`: a number is used, and a ticket waits to be handed in, before anything is printed.
"""

import json
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from onestop_kiosk.codes import end_of

_TABLES = """
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS numbers (
    day TEXT NOT NULL, number INTEGER NOT NULL, code TEXT NOT NULL, short TEXT NOT NULL, until TEXT NOT NULL,
    nonce TEXT, PRIMARY KEY (day, number)
);
CREATE TABLE IF NOT EXISTS acts (
    counter INTEGER PRIMARY KEY, nonce TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, day TEXT NOT NULL,
    number INTEGER, code TEXT NOT NULL, short TEXT NOT NULL, language TEXT NOT NULL, at TEXT NOT NULL,
    body TEXT NOT NULL, state TEXT NOT NULL, problem TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS papers (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, number INTEGER, at TEXT NOT NULL, outcome TEXT NOT NULL
);
"""


class State(StrEnum):
    """Where an act stands: under way, waits to be handed in, handed in, not taken by the server."""

    BEGUN = "begun"
    WAITS = "waits"
    DONE = "done"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What became of a paper: under way, came, sent to a printer that cannot say, did not come."""

    BEGUN = "begun"
    CAME = "came"
    SENT = "sent"
    MISSING = "missing"


class NoNumber(Exception):
    """No leased number of this day is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A ticket the machine gave, or a code it read; `counter` is its place in what this machine did."""

    counter: int
    nonce: str
    kind: str
    day: str
    number: int | None
    code: str
    short: str
    language: str
    at: datetime
    body: dict[str, Any]
    state: State
    problem: str


class Store:
    """The file. Each verb is one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        path.chmod(0o600)
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.executescript(_TABLES)
        # What was under way when the power went may have reached the server: handing it in again does no harm.
        self._db.execute("UPDATE acts SET state = 'waits' WHERE state = 'begun'")
        self._db.execute("UPDATE papers SET outcome = 'missing' WHERE outcome = 'begun'")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # -- things kept by name ------------------------------------------------------------------------

    def keep(self, name: str, value: str) -> None:
        """Keep a text under a name."""
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def kept(self, name: str) -> str:
        """What is kept under a name, empty if nothing is."""
        row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return "" if row is None else row["value"]

    # -- numbers ------------------------------------------------------------------------------------

    def add_numbers(self, day: str, until: str, tickets: list[Mapping[str, Any]], *, counter: int) -> None:
        """Take leased numbers in; the machine counts on from `counter`, should it have been wiped."""
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO numbers (day, number, code, short, until) VALUES (?, ?, ?, ?, ?)",
                [(day, each["number"], each["code"], each["short_code"], until) for each in tickets],
            )
            self.keep("counter", str(max(counter - 1, self._counted())))

    def numbers_left(self, day: str, now: datetime) -> int:
        """How many tickets can be given without the server."""
        row = self._db.execute(
            "SELECT count(*) FROM numbers WHERE day = ? AND nonce IS NULL AND until > ?", (day, now.isoformat())
        ).fetchone()
        return int(row[0])

    # -- acts ---------------------------------------------------------------------------------------

    def begin_ticket(self, nonce: str, day: str, *, language: str, at: datetime, body: Mapping[str, Any]) -> Act:
        """Use the next number for this ticket, once for each nonce. Raises `NoNumber`."""
        with self._transaction():
            if (known := self.find(nonce)) is not None:
                return known
            row = self._db.execute(
                "SELECT * FROM numbers WHERE day = ? AND nonce IS NULL AND until > ? ORDER BY number LIMIT 1",
                (day, at.isoformat()),
            ).fetchone()
            if row is None:
                raise NoNumber
            self._db.execute("UPDATE numbers SET nonce = ? WHERE day = ? AND number = ?", (nonce, day, row["number"]))
            return self._begin("ticket", nonce, day, row["number"], row["code"], row["short"], language, at, body)

    def begin_code(self, nonce: str, day: str, *, code: str, language: str, at: datetime) -> Act:
        """A code that was read: somebody is here. Once for each nonce; read again, the first time counts."""
        with self._transaction():
            read = "kind = 'code' AND day = ? AND state = 'waits' AND json_extract(body, '$.code') = ?"
            row = self._db.execute(f"SELECT * FROM acts WHERE {read}", (day, code)).fetchone()  # noqa: S608
            if (known := _act(row) or self.find(nonce)) is not None:
                return known
            return self._begin("code", nonce, day, None, "", "", language, at, {"code": code})

    def move(self, act: Act, state: State, problem: str = "") -> None:
        """An act goes on; what was handed in keeps nothing she said, a code that was refused its end alone."""
        body = {} if state is State.DONE else act.body
        if state is State.REFUSED and act.kind == "code":
            body = {"ends": end_of(act.body["code"])}
        self._db.execute(
            "UPDATE acts SET state = ?, problem = ?, body = ? WHERE counter = ?",
            (state, problem, json.dumps(body), act.counter),
        )

    def give_back(self, act: Act) -> None:
        """The server did not want it and has stored nothing: its number can be used by the next one."""
        with self._transaction():
            self._db.execute("UPDATE numbers SET nonce = NULL WHERE nonce = ?", (act.nonce,))
            self._db.execute("DELETE FROM acts WHERE counter = ?", (act.counter,))

    def find(self, nonce: str) -> Act | None:
        """The act of a nonce."""
        return _act(self._db.execute("SELECT * FROM acts WHERE nonce = ?", (nonce,)).fetchone())

    def ticket_of(self, code: str) -> Act | None:
        """The ticket this machine gave with a code."""
        return _act(self._db.execute("SELECT * FROM acts WHERE kind = 'ticket' AND code = ?", (code,)).fetchone())

    def waiting(self) -> list[Act]:
        """What is to be handed in, in the order in which it happened."""
        rows = self._db.execute("SELECT * FROM acts WHERE state = 'waits' ORDER BY counter").fetchall()
        return [act for row in rows if (act := _act(row)) is not None]

    def refused_codes(self, most: int) -> list[Act]:
        """Codes that were read without a line and that the server did not take then, the last ones."""
        refused = "SELECT * FROM acts WHERE kind = 'code' AND state = 'refused' ORDER BY counter DESC LIMIT ?"
        rows = self._db.execute(refused, (most,)).fetchall()
        return [act for row in reversed(rows) if (act := _act(row)) is not None]

    def count(self, *states: State, kind: str = "") -> int:
        """How many acts stand so, all or those of a kind."""
        asked = f"state IN ({', '.join('?' * len(states))})" + (" AND kind = ?" if kind else "")
        values = (*states, kind) if kind else states
        return int(self._db.execute(f"SELECT count(*) FROM acts WHERE {asked}", values).fetchone()[0])  # noqa: S608

    # -- papers -------------------------------------------------------------------------------------

    def note_paper(self, code: str, number: int | None, outcome: Outcome, at: datetime) -> None:
        """What became of the paper with a code, the last time it was printed."""
        with self._transaction():
            self._db.execute("DELETE FROM papers WHERE code = ?", (code,))
            self._db.execute(
                "INSERT INTO papers (code, number, at, outcome) VALUES (?, ?, ?, ?)",
                (code, number, at.isoformat(), outcome),
            )

    def outcome_of(self, code: str) -> Outcome | None:
        """What became of a paper; `None` if none was printed."""
        row = self._db.execute("SELECT outcome FROM papers WHERE code = ?", (code,)).fetchone()
        return None if row is None else Outcome(row["outcome"])

    def missing_papers(self) -> list[tuple[int | None, datetime]]:
        """Numbers and times of the papers that did not come; one of a waiting list has no number."""
        rows = self._db.execute("SELECT number, at FROM papers WHERE outcome = 'missing' ORDER BY id").fetchall()
        return [(row["number"], datetime.fromisoformat(row["at"])) for row in rows]

    def unprinted(self) -> int:
        """How many papers did not come, though the printer was asked."""
        return len(self.missing_papers())

    def forget_papers(self, codes_before: datetime, before: datetime) -> None:
        """Codes leave the machine first, then that a paper was missing."""
        with self._transaction():
            self._db.execute("UPDATE papers SET code = '' WHERE at < ?", (codes_before.isoformat(),))
            self._db.execute(
                "DELETE FROM papers WHERE at < ? OR (code = '' AND outcome <> 'missing')", (before.isoformat(),)
            )

    def forget(self, before: datetime, *states: State) -> None:
        """Acts that stand so leave the machine; so do the codes of their numbers."""
        with self._transaction():
            old = f"at < ? AND state IN ({', '.join('?' * len(states))})"
            values = (before.isoformat(), *states)
            self._db.execute(
                f"UPDATE numbers SET code = '', short = '' WHERE nonce IN (SELECT nonce FROM acts WHERE {old})",  # noqa: S608
                values,
            )
            self._db.execute(f"DELETE FROM acts WHERE {old}", values)  # noqa: S608

    def _begin(
        self,
        kind: str,
        nonce: str,
        day: str,
        number: int | None,
        code: str,
        short: str,
        language: str,
        at: datetime,
        body: Mapping[str, Any],
    ) -> Act:
        counter = self._counted() + 1
        # A clock that was set back does not turn the order of this machine round.
        at = max(at, datetime.fromisoformat(self.kept("last") or at.isoformat()))
        self.keep("counter", str(counter))
        self.keep("last", at.isoformat())
        body = {**body, "issued_at": at.isoformat()}
        if number is not None:
            body |= {"nonce": nonce, "number": number, "counter": counter}
        self._db.execute(
            "INSERT INTO acts (counter, nonce, kind, day, number, code, short, language, at, body, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'begun')",
            (counter, nonce, kind, day, number, code, short, language, at.isoformat(), json.dumps(body)),
        )
        found = self.find(nonce)
        assert found is not None
        return found

    def _counted(self) -> int:
        return int(self.kept("counter") or 0)

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _act(row: sqlite3.Row | None) -> Act | None:
    if row is None:
        return None
    return Act(
        counter=row["counter"],
        nonce=row["nonce"],
        kind=row["kind"],
        day=row["day"],
        number=row["number"],
        code=row["code"],
        short=row["short"],
        language=row["language"],
        at=datetime.fromisoformat(row["at"]),
        body=json.loads(row["body"]),
        state=State(row["state"]),
        problem=row["problem"],
    )

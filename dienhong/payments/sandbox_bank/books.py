"""The bank's own books in one SQLite file: accounts, movements, orders of the platform, messages that wait, faults."""

import datetime as dt
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CUT_OFF_HOUR = 16
TABLES = """
CREATE TABLE IF NOT EXISTS movement (
  ref TEXT PRIMARY KEY, at TEXT NOT NULL, value_date TEXT NOT NULL, booking_date TEXT NOT NULL, payer TEXT NOT NULL,
  payee TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), content TEXT NOT NULL, end_to_end TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS wish (
  reference TEXT PRIMARY KEY, ticket TEXT UNIQUE NOT NULL, fields TEXT NOT NULL, behind REAL NOT NULL,
  state TEXT NOT NULL DEFAULT '', ref TEXT NOT NULL DEFAULT '', paid INTEGER NOT NULL DEFAULT 0,
  at TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY, provider TEXT NOT NULL, body TEXT NOT NULL, signature TEXT NOT NULL, due REAL NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS refund (reference TEXT PRIMARY KEY, ref TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fault (name TEXT PRIMARY KEY);
"""
FAULTS = (
    "lost", "doubled", "late", "forged", "before_redirect", "timeout", "partial", "over", "cut", "refuse", "down",
    "day_late",
)  # fmt: skip


class Books:
    """One connection behind one lock: a play bank has few customers. All amounts in đồng."""

    def __init__(self, path: Path | str) -> None:
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(TABLES)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def work(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def ask(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def faults(self) -> set[str]:
        return {row["name"] for row in self.ask("SELECT name FROM fault")}

    def switch(self, name: str, on: bool) -> None:
        if name not in FAULTS:
            raise ValueError(f"no fault is called {name!r}: one of {', '.join(FAULTS)}")
        with self.work() as db:
            db.execute("DELETE FROM fault WHERE name = ?", (name,))
            if on:
                db.execute("INSERT INTO fault VALUES (?)", (name,))

    def move(
        self, db: sqlite3.Connection, *, payer: str, payee: str, amount: int, content: str, at: dt.datetime,
        end_to_end: str = "", day_late: bool = False, ref: str = "",
    ) -> str:  # fmt: skip
        """Book a transfer; gives the bank's reference, a new one unless `ref` says it. `day_late`: it stands in the
        statement of the day after."""
        ref = ref or f"FT{at.astimezone(HANOI):%y%m%d}{secrets.token_hex(4).upper()}"
        value = value_date(at)
        booked = value + dt.timedelta(days=1) if day_late else value
        db.execute(
            "INSERT INTO movement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (ref, at.isoformat(), booked.isoformat(), booked.isoformat(), payer, payee, amount, content, end_to_end),
        )
        return ref

    def post(
        self, db: sqlite3.Connection, provider: str, body: dict[str, Any], signature: str, due: float, times: int = 1
    ) -> None:
        """A message waits for its hour; it is sent until it is heard."""
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        for _ in range(times):
            db.execute(
                "INSERT INTO message (provider, body, signature, due) VALUES (?, ?, ?, ?)",
                (provider, text, signature, due),
            )

    def of_day(self, account: str, day: dt.date) -> list[sqlite3.Row]:
        return self.ask(
            "SELECT * FROM movement WHERE booking_date = ? AND (payer = ? OR payee = ?) ORDER BY at, ref",
            day.isoformat(), account, account,
        )  # fmt: skip

    def balance_before(self, account: str, day: dt.date) -> int:
        rows = self.ask(
            "SELECT payee = ? AS came, amount FROM movement WHERE booking_date < ? AND (payer = ? OR payee = ?)",
            account, day.isoformat(), account, account,
        )  # fmt: skip
        return sum(row["amount"] if row["came"] else -row["amount"] for row in rows)


def value_date(at: dt.datetime) -> dt.date:
    """After the cut-off hour or at the week-end, the next weekday. The play bank knows no holidays."""
    local = at.astimezone(HANOI)
    day = local.date()
    if local.hour >= CUT_OFF_HOUR:
        day += dt.timedelta(days=1)
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return day

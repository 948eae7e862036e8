"""Checks the whole journal against its seals, its signatures and the roots that left the database.

One pass in one snapshot, a batch at a time: memory does not grow with the journal. What it cannot see: events changed
before they were sealed, and the work of somebody who holds the database and the key and every copy of the roots.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from dienhong.base import clock
from dienhong.journal import canonical, exports, findings, hashing, keys
from dienhong.journal.findings import Finding

EXPORT_DUE = 60  # seconds after which a batch without an exported root is a finding
MOST_COMPARED = 200  # mismatches of one batch that are compared with each other to tell a swap from an edit

SEALS = (
    f"SELECT s.position, s.event_id, s.prev, s.hash, {canonical.columns_sql()} FROM journal_seal s"  # noqa: S608
    " LEFT JOIN journal_event e ON e.id = s.event_id ORDER BY s.position"
)
BATCHES = f"SELECT {exports.BATCH_COLUMNS} FROM journal_sealbatch ORDER BY number"  # noqa: S608
UNSEALED = (
    "SELECT e.id, u.event_id IS NOT NULL FROM journal_event e LEFT JOIN journal_unsealed u ON u.event_id = e.id"
    " WHERE NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)"
)


@dataclass
class _Batch:
    """What was seen of the batch being read."""

    told: bool = False  # a finding already explains why its roots cannot fit
    tree: hashing.Tree = field(default_factory=hashing.Tree)
    mismatches: list[tuple[int, int, bytes, bytes, bytes]] = field(default_factory=list)
    first_event: int = 0
    last_event: int = 0


class Verifier:
    """`findings()` yields what is wrong, and notes; afterwards `events`, `batches` and `last_position` say how much."""

    def __init__(self, roots: Path | None = None, trusted: dict[str, bytes] | None = None) -> None:
        self.roots = roots or exports.roots_path()
        self.trusted = keys.public_keys() if trusted is None else trusted
        self.events = self.batches = self.last_position = 0
        self._hash = self._root = hashing.GENESIS
        self._event: int | None = None
        self._number = 0
        self._torn = False  # a hole was just told, so that the next seal can't follow
        self._restored = exports.restored(self.trusted)

    def findings(self) -> Iterator[Finding]:
        lines = _Roots(self.roots, self.trusted)  # its end is fixed before the snapshot: every root has its batch
        with _snapshot(), _stream(BATCHES) as batches, _stream(SEALS) as rows:
            seals = _Peek(rows)
            for row in batches:
                yield from self._batch(row, seals, lines)
            while seals.head is not None:
                position, event_id = seals.head[:2]
                yield findings.outside_batches(event_id, position)
                seals.next()
            yield from self._tail(lines)
            yield from self._unsealed()

    def _batch(self, row: tuple[Any, ...], seals: "_Peek", lines: "_Roots") -> Iterator[Finding]:
        signed, stored_root = exports.batch_root(row), bytes(row[10] or b"")
        statement = signed.statement
        if statement.number != self._number + 1:
            first, last = self._number + 1, statement.number - 1
            gone = findings.batch_gone(first, last, self.last_position + 1, statement.first_position - 1)
            yield from self._hole(first, last, gone)
        torn = self._torn
        while seals.head is not None and seals.head[0] < statement.first_position:
            yield from self._seal(seals.next(), _Batch(), self.last_position + 1)
        seen = _Batch()
        if self.last_position + 1 < statement.first_position:
            self.last_position = statement.first_position - 1  # told above, as a batch
        while seals.head is not None and seals.head[0] <= statement.last_position:
            yield from self._seal(seals.next(), seen, self.last_position + 1)
        if self.last_position < statement.last_position:
            yield findings.seals_gone(self.last_position + 1, statement.last_position, self._event)
            seen.told, self.last_position = True, statement.last_position
        yield from _mismatches(seen)
        events = f"{seen.first_event}–{seen.last_event}"
        for vi, en in self._batch_problems(signed, stored_root, seen, torn):
            yield findings.forged(statement.number, statement.first_position, statement.last_position, events, vi, en)
        yield from self._exported(signed, events, lines)
        self._number, self._root = statement.number, signed.statement.root()
        self.batches += 1

    def _hole(self, first: int, last: int, finding: Finding) -> Iterator[Finding]:
        """Batches `first` to `last` are gone. Where signed restores explain every one of them, that is a note."""
        notes, number = [], first
        while number <= last:
            restored = next((each for each in self._restored if each.first_number <= number <= each.last_number), None)
            if restored is None:
                self._torn = True
                yield finding
                return
            notes.append(
                findings.restored(restored.first_position, restored.last_position, restored.reason, restored.at)
            )
            number = restored.last_number + 1
        yield from notes

    def _seal(self, row: tuple[Any, ...], seen: _Batch, expected: int) -> Iterator[Finding]:
        position, event_id, prev, chained = row[0], row[1], bytes(row[2] or b""), bytes(row[3] or b"")
        if position > expected:
            seen.told = True
            yield findings.seals_gone(expected, position - 1, self._event)
        elif prev != self._hash and not self._torn:
            seen.told = True
            yield findings.out_of_chain(event_id, position, self._event)
        self._torn = False
        if row[4] is None:
            seen.told = True
            yield findings.deleted(event_id, position)
        else:
            leaf = hashing.leaf(canonical.event_bytes(row[4:]))
            seen.tree.push(leaf)
            if hashing.link(prev, leaf) != chained:
                seen.told = True
                seen.mismatches.append((event_id, position, prev, chained, leaf))
                if len(seen.mismatches) >= MOST_COMPARED:
                    yield from _mismatches(seen)
        seen.first_event, seen.last_event = seen.first_event or event_id, event_id
        self.last_position, self._hash, self._event = position, chained, event_id
        self.events += 1

    def _batch_problems(
        self, signed: exports.Root, stored_root: bytes, seen: _Batch, follows_hole: bool
    ) -> Iterator[tuple[str, str]]:
        statement = signed.statement
        public = self.trusted.get(statement.key_id)
        if public is None:
            yield (
                f"được ký bằng khóa lạ {statement.key_id}.",
                f"it is signed with an unknown key, {statement.key_id}.",
            )
        elif not keys.is_signed(public, signed.signature, statement.text().encode()):
            yield "chữ ký không đúng: lô đã bị làm lại.", "its signature does not hold: the batch was made anew."
        if stored_root != statement.root() or (statement.previous_root != self._root.hex() and not follows_hole):
            yield "gốc không nối tiếp lô liền trước.", "its root does not follow the batch before it."
        if not seen.told and (statement.tree != seen.tree.root().hex() or statement.chain != self._hash.hex()):
            yield (
                "các niêm phong tự khớp với nhau nhưng không khớp gốc đã ký: chuỗi đã bị tính lại sau khi sửa.",
                "its seals fit each other but not the signed root: the chain was computed again after a change.",
            )

    def _exported(self, signed: exports.Root, events: str, lines: "_Roots") -> Iterator[Finding]:
        statement = signed.statement
        while lines.head is not None and lines.head.statement.number < statement.number:
            lines.next()  # a batch that is gone: told by the numbers
        if lines.head is not None and lines.head.statement.number == statement.number:
            if lines.head.statement.root() != statement.root():
                yield findings.forged(
                    statement.number, statement.first_position, statement.last_position, events,
                    "khác với gốc đã ký và công bố trước đó: chuỗi đã bị tính lại.",
                    "it differs from the root that was signed and exported earlier: the chain was computed again.",
                )  # fmt: skip
            lines.next()

    def _tail(self, lines: "_Roots") -> Iterator[Finding]:
        first = last = lines.head.statement if lines.head is not None else None
        while lines.head is not None:
            last = lines.head.statement
            lines.next()
        yield from (findings.bad_root_line(number) for number in lines.bad)
        if first is not None and last is not None:
            cut = findings.cut(first.number, last.number, first.first_position, last.last_position, self._event)
            yield from self._hole(first.number, last.number, cut)
        elif self._number > lines.last_number:
            yield findings.not_exported(lines.last_number + 1, self._number, overdue=_overdue())

    def _unsealed(self) -> Iterator[Finding]:
        waiting, oldest = 0, 0
        with _stream(UNSEALED) as rows:
            for event_id, is_queued in rows:
                if not is_queued:
                    yield findings.slipped_in(event_id)
                else:
                    waiting, oldest = waiting + 1, min(oldest or event_id, event_id)
        if waiting:
            yield findings.unsealed(waiting, oldest)


def _mismatches(seen: _Batch) -> Iterator[Finding]:
    """Tell a swap from an edit: does the seal fit another of the events that don't fit theirs?"""
    for event_id, position, prev, chained, _ in seen.mismatches:
        other = next((each[0] for each in seen.mismatches if hashing.link(prev, each[4]) == chained), None)
        yield findings.edited(event_id, position) if other is None else findings.moved(event_id, position, other)
    seen.mismatches.clear()


def _overdue() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_at FROM journal_sealbatch ORDER BY number DESC LIMIT 1")
        sealed_at = cursor.fetchone()[0]
    return bool(clock.record_now() - sealed_at > dt.timedelta(seconds=EXPORT_DUE))


@contextmanager
def _snapshot() -> Iterator[None]:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@contextmanager
def _stream(query: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    with connection.chunked_cursor() as cursor:
        cursor.cursor.itersize = 2000
        cursor.execute(query)
        yield iter(cursor)


class _Peek:
    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self.head = next(rows, None)

    def next(self) -> tuple[Any, ...]:
        taken, self.head = self.head, next(self._rows, None)
        if taken is None:
            raise StopIteration
        return taken


class _Roots:
    """Roots of the file whose signature holds, in order; `bad` lists the lines of the others (the first thousand)."""

    def __init__(self, path: Path, trusted: dict[str, bytes]) -> None:
        self._trusted, self._line, self.bad = trusted, 0, list[int]()
        self.last_number = 0
        self._file = path.open("rb") if path.exists() else None
        self._left = path.stat().st_size if self._file else 0
        self.head: exports.Root | None = None
        self.next()

    def next(self) -> None:
        self.head = None
        while self._file is not None and self.head is None:
            line = self._file.readline() if self._left > 0 else b""
            self._left -= len(line)
            if not line.endswith(b"\n"):  # the end, or a line that is just being written
                self._file.close()
                self._file = None
                return
            self._line += 1
            self.head = self._read(line)

    def _read(self, line: bytes) -> exports.Root | None:
        try:
            root = exports.parse(line.decode())
        except ValueError:
            root = None
        public = self._trusted.get(root.statement.key_id) if root else None
        held = root and public and keys.is_signed(public, root.signature, root.statement.text().encode())
        if not root or not held or root.statement.number <= self.last_number:
            if len(self.bad) < 1000:
                self.bad.append(self._line)
            return None
        self.last_number = root.statement.number
        return root

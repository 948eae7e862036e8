"""Bytes, hashes and trees of the journal. Plain Python: an auditor runs it without a database and without Django.

Canonical bytes are JSON with sorted keys, no spaces and UTF-8, every value a string: what RFC 8785 would print.
The tree is that of RFC 6962; a first byte keeps leaf (0), node (1) and link (2) apart.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

GENESIS = bytes(32)
FORM = 1


def canonical(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf(data: bytes) -> bytes:
    """Hash of one event's canonical bytes."""
    return sha256(b"\x00" + data)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def link(previous: bytes, leaf_hash: bytes) -> bytes:
    """Hash of a seal: the seal before it and the leaf of its event."""
    return sha256(b"\x02" + previous + leaf_hash)


def commitment(salt: bytes, label: str) -> str:
    """Hex hash by which an event commits to a person's label. `salt` is 16 bytes, so nothing can be shifted."""
    if len(salt) != 16:
        raise ValueError("salt must be 16 bytes")
    return hashlib.sha256(salt + label.encode()).hexdigest()


class Statement(NamedTuple):
    """What a batch's signature covers. Hashes are hex, numbers decimal text."""

    number: int
    first_position: int
    last_position: int
    chain: str
    tree: str
    previous_root: str
    sealed_at: str
    key_id: str
    form: int = FORM

    def text(self) -> str:
        fields = {name: str(value) for name, value in self._asdict().items()}
        return canonical({"kind": "dienhong-journal-batch", **fields}).decode()

    def root(self) -> bytes:
        return sha256(self.text().encode())

    @property
    def size(self) -> int:
        return self.last_position - self.first_position + 1


def read_statement(text: str) -> Statement:
    """The statement whose canonical text this is. Raises ValueError when it is not exactly that."""
    fields = json.loads(text)
    if not isinstance(fields, dict) or fields.pop("kind", "") != "dienhong-journal-batch":
        raise ValueError("not a statement of a journal batch")
    try:
        numbers = {name: int(fields.pop(name)) for name in ("number", "first_position", "last_position", "form")}
        texts = {name: str(fields.pop(name)) for name in ("chain", "tree", "previous_root", "sealed_at", "key_id")}
        statement = Statement(**numbers, **texts)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise ValueError(f"statement lacks a field: {error}") from error
    if fields or statement.text() != text:
        raise ValueError("statement is not in canonical form")
    return statement


class Tree:
    """Root of a Merkle tree whose leaves come one by one; holds one hash per level."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self.count = 0

    def push(self, leaf_hash: bytes) -> None:
        height, top = 0, leaf_hash
        while self._peaks and self._peaks[-1][0] == height:
            top = node(self._peaks.pop()[1], top)
            height += 1
        self._peaks.append((height, top))
        self.count += 1

    def root(self) -> bytes:
        if not self._peaks:
            return sha256(b"")
        peaks = [top for _, top in self._peaks]
        result = peaks.pop()
        while peaks:
            result = node(peaks.pop(), result)
        return result


def tree_root(leaves: Sequence[bytes]) -> bytes:
    tree = Tree()
    for each in leaves:
        tree.push(each)
    return tree.root()


def tree_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Sibling hashes from the leaf at `index` up to the root, nearest first."""
    if len(leaves) <= 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*tree_path(leaves[:half], index), tree_root(leaves[half:])]
    return [*tree_path(leaves[half:], index - half), tree_root(leaves[:half])]


def climb(leaf_hash: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """Root that this leaf and path lead to. Raises ValueError when the path does not fit `index` of `count`."""
    if not 0 <= index < count:
        raise ValueError("index outside the batch")
    at, last, result = index, count - 1, leaf_hash
    for sibling in path:
        if last == 0:
            raise ValueError("path too long")
        if at % 2 or at == last:
            result = node(sibling, result)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            result = node(result, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ValueError("path too short")
    return result

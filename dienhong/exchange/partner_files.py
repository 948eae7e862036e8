"""Folders of partners: what each answers, takes and may send us. Found at start; a broken one fails `manage.py check`.

`partners/<key>/partner.yaml` and `client.py`, which puts our words into the partner's and back:

    def question(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]
    def answer(kind: str, content: Mapping[str, Any]) -> dict[str, Any]
"""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "partners"
KEY = re.compile(r"[a-z][a-z0-9_]{2,39}")
KIND = re.compile(r"[A-Z][A-Za-z0-9]{2,59}")


class BrokenFolder(Exception):
    """The sentence says file, place and remedy."""


@dataclass(frozen=True, slots=True)
class Question:
    """`needs` and `may` are the fields asked with; `keep_s` how long an answer may serve again, 0: never."""

    kind: str
    answer: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    keep_s: int


@dataclass(frozen=True, slots=True)
class Folder:
    key: str
    name_vi: str
    name_en: str
    source: str
    program: str  # of the demo; "" if none plays it
    connect_s: float
    answer_s: float
    failures: int  # in a row, until the breaker opens
    pause_s: int
    tries: int  # of a delivery, until it is given up
    pending_s: int  # how long a delivery waits for an acknowledgement that was promised
    max_age_days: int  # of a message that comes: older ones are refused
    questions: Mapping[str, Question]
    sends: Mapping[str, tuple[str, ...]]
    hears: Mapping[str, tuple[str, ...]]
    client: ModuleType

    def question(self, kind: str = "") -> Question:
        """The question of that kind, the folder's first when none is named. KeyError for an unknown one."""
        if not kind and self.questions:
            return next(iter(self.questions.values()))
        return self.questions[kind]


def every() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/partner.yaml"))


@cache
def get(key: str) -> Folder:
    """KeyError for a partner without a folder, BrokenFolder for one that cannot be read."""
    if key not in every():
        raise KeyError(f"no partner {key!r}: {', '.join(every())} have a folder")
    return _read(FOLDER / key / "partner.yaml", importlib.import_module(f"dienhong.exchange.partners.{key}.client"))


def _read(path: Path, client: ModuleType) -> Folder:
    key = path.parent.name
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        folder = _folder(key, said, client)
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        problem = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise BrokenFolder(f"partners/{key}/partner.yaml cannot be used: {problem}") from error
    _judge(folder)
    return folder


def _folder(key: str, said: Mapping[str, Any], client: ModuleType) -> Folder:
    limits, inbox = said["limits"], said.get("hears") or {}
    questions = {
        kind: Question(kind, each["answer"], tuple(each["needs"]), tuple(each.get("may", ())), int(each["keep_s"]))
        for kind, each in (said.get("questions") or {}).items()
    }
    return Folder(
        key=key,
        name_vi=said["name"]["vi"],
        name_en=said["name"]["en"],
        source=said["source"],
        program=said.get("program", ""),
        connect_s=int(limits["connect_ms"]) / 1000,
        answer_s=int(limits["answer_ms"]) / 1000,
        failures=int(limits["failures"]),
        pause_s=int(limits["pause_s"]),
        tries=int(limits["tries"]),
        pending_s=int(limits["pending_s"]),
        max_age_days=int(limits["max_age_days"]),
        questions=questions,
        sends={kind: tuple(each["needs"]) for kind, each in (said.get("sends") or {}).items()},
        hears={kind: tuple(each["needs"]) for kind, each in inbox.items()},
        client=client,
    )


def _judge(folder: Folder) -> None:
    where = f"partners/{folder.key}"
    if not KEY.fullmatch(folder.key):
        raise BrokenFolder(f"{where}: a folder's name is small letters, digits and _")
    for kind in (*folder.questions, *folder.sends, *folder.hears):
        if not KIND.fullmatch(kind):
            raise BrokenFolder(f"{where}/partner.yaml: {kind!r} is no name of a message, write it like SlipQuery")
    if not 0 < folder.connect_s <= folder.answer_s <= 30:
        raise BrokenFolder(f"{where}/partner.yaml: 0 < connect_ms ≤ answer_ms ≤ 30000")
    if min(folder.failures, folder.pause_s, folder.tries, folder.pending_s, folder.max_age_days) < 1:
        raise BrokenFolder(f"{where}/partner.yaml: the other limits are whole numbers from 1")
    if folder.questions and not all(hasattr(folder.client, name) for name in ("question", "answer")):
        raise BrokenFolder(f"{where}/client.py lacks question() or answer(): both put words over (see its neighbours)")


def problems() -> list[str]:
    """One sentence for each folder that cannot be used."""
    found = []
    for key in every():
        try:
            get(key)
        except (BrokenFolder, ImportError, SyntaxError) as error:
            found.append(str(error))
    return found

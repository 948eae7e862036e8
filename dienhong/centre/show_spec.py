"""The closed schema of a show: 1 to 12 screens, and scenes with seconds and a page of a board for each screen."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault

SCHEMA = "dienhong.show/1"
MOST_SCREENS, MOST_SCENES = 12, 24
SHORTEST, LONGEST = 5, 3600  # seconds of a scene
_KEY = re.compile(r"[a-z0-9]{1,16}")
_SLUG = re.compile(r"[a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Screen:
    """What one screen shows: a page of a board; no board leaves it dark."""

    board: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Scene:
    key: str
    name_vi: str
    name_en: str
    seconds: int
    screens: tuple[Screen, ...]

    def name(self, lang: str) -> str:
        return (self.name_en if lang == "en" else "") or self.name_vi


@dataclass(frozen=True, slots=True)
class ShowSpec:
    across: int = 1
    down: int = 1
    scenes: tuple[Scene, ...] = ()

    @property
    def screens(self) -> int:
        return self.across * self.down

    def boards(self) -> set[str]:
        return {screen.board for scene in self.scenes for screen in scene.screens if screen.board}

    def json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA, "across": self.across, "down": self.down,
            "scenes": [
                {
                    "key": scene.key, "name_vi": scene.name_vi, "name_en": scene.name_en, "seconds": scene.seconds,
                    "screens": [{"board": each.board, "page": each.page} for each in scene.screens],
                }
                for scene in self.scenes
            ],
        }  # fmt: skip


def read(data: object) -> tuple[ShowSpec, list[Fault]]:
    """The show and everything wrong with it; strict, like the schema of boards."""
    if (
        not isinstance(data, dict)
        or data.get("schema") != SCHEMA
        or data.keys() - {"schema", "across", "down", "scenes"}
    ):
        return ShowSpec(), [
            Fault("schema", _("Đây không phải một chương trình theo mẫu %(schema)s.") % {"schema": SCHEMA})
        ]
    across: Any = data.get("across")
    down: Any = data.get("down")
    given = data.get("scenes")
    if not _whole(across, 1, 12) or not _whole(down, 1, 12) or across * down > MOST_SCREENS:
        return ShowSpec(), [
            Fault("screens", _("Một tường có từ 1 đến %(n)d màn hình.") % {"n": MOST_SCREENS}, "across")
        ]
    if not isinstance(given, list) or len(given) > MOST_SCENES:
        return ShowSpec(across, down), [Fault("scenes", _("Nhiều nhất %(n)d cảnh.") % {"n": MOST_SCENES}, "scenes")]
    scenes, faults = [], []
    for number, each in enumerate(given):
        scene, wrong = _scene(each, f"scenes.{number}", across * down)
        faults += wrong
        if scene is not None:
            scenes.append(scene)
    if len({scene.key for scene in scenes}) < len(scenes):
        faults.append(Fault("key", _("Hai cảnh mang cùng mã."), "scenes"))
    if not scenes and not faults:
        faults.append(Fault("scenes", _("Thêm ít nhất một cảnh."), "scenes"))
    return ShowSpec(across, down, tuple(scenes)), faults


def _scene(data: object, where: str, count: int) -> tuple[Scene | None, list[Fault]]:
    known = {"key", "name_vi", "name_en", "seconds", "screens"}
    if not isinstance(data, dict) or data.keys() - known or not _KEY.fullmatch(str(data.get("key", ""))):
        return None, [Fault("scene", _("Cảnh viết không đúng dạng."), where)]
    faults = []
    seconds, name = data.get("seconds"), str(data.get("name_vi", "")).strip()
    if not name:
        faults.append(Fault("name", _("Đặt tên cho cảnh."), f"{where}.name_vi"))
    if not _whole(seconds, SHORTEST, LONGEST):
        said = _("Mỗi cảnh dài từ %(a)d đến %(b)d giây.") % {"a": SHORTEST, "b": LONGEST}
        faults.append(Fault("seconds", said, f"{where}.seconds"))
    screens = []
    for each in data.get("screens") or []:
        board, page = (each.get("board", ""), each.get("page", 1)) if isinstance(each, dict) else (None, 1)
        if not isinstance(board, str) or not _SLUG.fullmatch(board) or not _whole(page, 1, 48):
            faults.append(Fault("screen", _("Chọn một bảng và một trang cho màn hình."), f"{where}.screens"))
        else:
            screens.append(Screen(board, page))
    row = (*screens, *(Screen() for _screen in range(count)))[:count]
    return Scene(data["key"], name[:80], str(data.get("name_en", ""))[:80], seconds or SHORTEST, row), faults


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

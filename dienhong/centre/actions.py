"""The verbs of boards: make, save a version, share, retire, take in a file. Each writes its entry in the journal."""

import re
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dienhong.base.refusal import Fault, Refused
from dienhong.base.text import fold
from dienhong.centre import forms, permissions, queries, spec
from dienhong.centre.models import Board, BoardVersion, Column
from dienhong.journal.actions import record
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action

COLUMNS = (
    ("economy", "Kinh tế tổng hợp", "General economy"),
    ("sectors", "Kinh tế ngành", "Economy by sector"),
    ("society", "Khoa học, giáo dục, văn hóa, xã hội", "Science, education, culture, society"),
    (
        "administration",
        "Nội vụ, hành chính, thanh tra, khiếu nại, an ninh, quốc phòng, đối ngoại",
        "Home affairs, administration, inspection, complaints, security, defence, foreign affairs",
    ),
    ("provinces", "Kinh tế - xã hội địa phương", "Socio-economy of provinces"),
    (
        "enterprises",
        "Doanh nghiệp, đầu tư nước ngoài, doanh nghiệp nhà nước, hợp tác xã",
        "Enterprises, foreign investment, state enterprises, cooperatives",
    ),
    ("emergencies", "Nhiệm vụ cấp bách, tình trạng khẩn cấp", "Urgent tasks and emergencies"),
)
FILE = "dienhong.board-file/1"


@action("centre.load_columns")
@transaction.atomic
def load_columns(*, by: str) -> int:
    """The seven groups of Decision 1498/QĐ-TTg (2021) as columns, where they are not there yet; how many were made."""
    there = set(Column.objects.values_list("key", flat=True))
    fresh = [
        Column(key=key, name_vi=vi, name_en=en, position=place)
        for place, (key, vi, en) in enumerate(COLUMNS, 1)
        if key not in there
    ]
    if fresh:
        Column.objects.bulk_create(fresh)
        record(by=by, verb="centre.columns_loaded", object_kind="column", object_id="1498", data={"made": len(fresh)})
    return len(fresh)


@action("centre.make_board")
@transaction.atomic
def make_board(*, by: Person, column: Column, name_vi: str, name_en: str, data: object = None) -> BoardVersion:
    """A new board with its first version, empty unless a spec is given. Refused with every fault of it."""
    permissions.require(by, permissions.ARRANGES)
    names = _names(name_vi, name_en)
    made = _read({"schema": spec.SCHEMA, "tiles": []} if data is None else data)
    row = Board.objects.create(slug=_slug(names[0]), column=column)
    return _save(by, row, names, made.json(), [], verb="centre.board_made")


@action("centre.save_board")
@transaction.atomic
def save_board(*, by: Person, board: Board, base: int, name_vi: str, name_en: str, data: object) -> BoardVersion:
    """The next version; `base` is the number it was begun from. Refused where somebody saved in between."""
    permissions.require(by, permissions.ARRANGES)
    latest = _latest(board)
    if latest.number != base:
        raise meanwhile(latest.number)
    return _save(by, board, _names(name_vi, name_en), _read(data).json(), latest.shared, verb="centre.board_saved")


@action("centre.share_board")
@transaction.atomic
def share_board(*, by: Person, board: Board, roles: list[str]) -> BoardVersion:
    """Who sees the board from now on: officials who hold one of the roles, or every official where none is named."""
    permissions.require(by, permissions.ARRANGES)
    strangers = sorted(set(roles) - set(Role.values))
    if strangers:
        raise Refused("role", _("Không có vai trò “%(role)s”.") % {"role": strangers[0][:40]})
    latest = _latest(board)
    names = (latest.name_vi, latest.name_en)
    return _save(by, board, names, latest.spec, sorted(set(roles)), verb="centre.board_shared")


@action("centre.retire_board")
@transaction.atomic
def retire_board(*, by: Person, board: Board, reason: str) -> BoardVersion:
    """Off the list; its versions stay for replay."""
    permissions.require(by, permissions.ARRANGES)
    if not reason.strip():
        raise Refused("reason", _("Viết lý do cất bảng này."), [Fault("reason", _("Viết lý do."), "reason")])
    latest = _latest(board)
    names = (latest.name_vi, latest.name_en)
    return _save(by, board, names, latest.spec, latest.shared, "centre.board_retired", retired=True, reason=reason)


@action("centre.import_board")
@transaction.atomic
def import_board(*, by: Person, data: object) -> BoardVersion:
    """A board out of a file that `export` made here or elsewhere. Nothing is taken of a file with any fault."""
    permissions.require(by, permissions.ARRANGES)
    known = {"schema", "column", "name_vi", "name_en", "shared", "spec"}
    if not isinstance(data, dict) or data.get("schema") != FILE or not data.keys() <= known:
        raise Refused("file", _("Tệp này không phải một bảng xuất ra từ Trung tâm điều hành."))
    column = Column.objects.filter(key=str(data.get("column"))).first()
    if column is None:
        raise Refused("column", _("Không có chuyên mục “%(key)s”.") % {"key": str(data.get("column"))[:40]})
    vi, en = (str(data.get(name, "")) for name in ("name_vi", "name_en"))
    again = _boards_called(column, vi.strip())
    if again:  # told apart in the list, until somebody names it
        vi, en = (f"{name.strip()[:190]} ({again + 1})" if name.strip() else "" for name in (vi, en))
    made = make_board(by=by, column=column, name_vi=vi, name_en=en, data=data.get("spec"))
    shared = data.get("shared") or []
    return share_board(by=by, board=made.board, roles=[str(role) for role in shared]) if shared else made


def _boards_called(column: Column, name: str) -> int:
    """How many boards of the column bear the name now, also with a number behind it."""
    newest = BoardVersion.objects.filter(board__column=column).order_by("board_id", "-number").distinct("board_id")
    numbered = re.compile(rf"{re.escape(name)}(?: \(\d+\))?")
    return sum(not row.retired and bool(numbered.fullmatch(row.name_vi)) for row in newest)


def export(version: BoardVersion) -> dict[str, Any]:
    """One file that `import_board` takes."""
    return {
        "schema": FILE,
        "column": version.board.column.key,
        "name_vi": version.name_vi,
        "name_en": version.name_en,
        "shared": version.shared,
        "spec": version.spec,
    }


def meanwhile(number: int) -> Refused:
    """Somebody saved since the version one began from."""
    said = _("Có người đã lưu bản %(n)d trong lúc bạn sửa. Những gì bạn viết vẫn còn ở đây; xem bản ấy rồi lưu tiếp.")
    return Refused("changed_meanwhile", said % {"n": number})


def _latest(board: Board) -> BoardVersion:
    """Locks the board: two savings come one after the other."""
    Board.objects.select_for_update().get(pk=board.pk)
    return board.versions.order_by("-number")[0]


def _names(name_vi: str, name_en: str) -> tuple[str, str]:
    vi, en = name_vi.strip(), name_en.strip()
    if not vi:
        raise Refused("name", _("Đặt tên cho bảng."), [Fault("name", _("Đặt tên cho bảng."), "name_vi")])
    return vi[:200], (en or vi)[:200]


def _read(data: object) -> spec.Spec:
    made, faults = spec.read(data, forms.FORMS)
    if faults:
        raise Refused("spec", _("Bảng chưa lưu được, còn %(n)d chỗ phải sửa.") % {"n": len(faults)}, faults)
    return made


def _slug(name: str) -> str:
    """An address out of the name that no board has yet."""
    stem = slugify(fold(name))[:50] or "bang"
    taken = set(Board.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, 9999))) if each not in taken)


def _save(
    by: Person, board: Board, names: tuple[str, str], data: dict[str, Any], shared: list[str], verb: str, *,
    retired: bool = False, reason: str = "",
) -> BoardVersion:  # fmt: skip
    number = queries.current_number(board) + 1
    made = BoardVersion.objects.create(
        board=board, number=number, name_vi=names[0], name_en=names[1], spec=data, shared=shared, retired=retired, by=by
    )
    made.refresh_from_db(fields=["at"])
    record(
        by=by.actor, verb=verb, object_kind="board", object_id=board.pk, from_state=number - 1 or "", to_state=number,
        reason=reason, data={"slug": board.slug, "tiles": len(data["tiles"]), "shared": shared},
    )  # fmt: skip
    return made

"""The verbs of walls: make and save a show, pair and end a display, give a cue. Each is in the journal."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.base.text import fold
from dienhong.centre import actions, permissions, show_spec
from dienhong.centre.models import BoardVersion, Cue, Display, Show, ShowVersion
from dienhong.journal.actions import record
from dienhong.journal.models import ClockTimestamp
from dienhong.organizations.models import Person
from dienhong.organizations.registry import action

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # of a screen's code: none that is taken for another
CODE = 12


@action("centre.make_show")
@transaction.atomic
def make_show(*, by: Person, name_vi: str, name_en: str, data: object) -> ShowVersion:
    """A show with its first version; its wall rotates from then on. Refused with every fault of the spec."""
    permissions.require(by, permissions.ARRANGES)
    made, name = _read(data), _name(name_vi)
    stem = slugify(fold(name))[:50] or "tuong"
    taken = set(Show.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, 9999))) if each not in taken)
    row = Show.objects.create(slug=slug)
    version = _save(by, row, name, name_en, made, "centre.show_made")
    _cue(by, row, Cue.Kind.ROTATE, scene=made.scenes[0].key)
    return version


@action("centre.save_show")
@transaction.atomic
def save_show(*, by: Person, show: Show, base: int, name_vi: str, name_en: str, data: object) -> ShowVersion:
    """The next version. Refused where somebody saved since the version `base`."""
    permissions.require(by, permissions.ARRANGES)
    Show.objects.select_for_update().get(pk=show.pk)
    latest = show.versions.order_by("-number")[0]
    if latest.number != base:
        raise actions.meanwhile(latest.number)
    return _save(by, show, _name(name_vi), name_en, _read(data), "centre.show_saved")


@action("centre.pair_display")
@transaction.atomic
def pair_display(*, by: Person, show: Show, screen: int, name: str) -> tuple[Display, str]:
    """A screen of the wall and the code by which it signs in, told once: only its hash is kept."""
    permissions.require(by, permissions.ARRANGES)
    if not 1 <= screen <= show_spec.MOST_SCREENS or not name.strip():
        raise Refused("display", _("Đặt tên cho màn hình và chọn chỗ của nó."))
    code = "".join(secrets.choice(LETTERS) for _letter in range(CODE))
    made = Display.objects.create(show=show, screen=screen, name=name.strip()[:100], secret=hashed(code), paired_by=by)
    record(
        by=by.actor, verb="centre.display_paired", object_kind="display", object_id=made.pk,
        data={"show": show.slug, "screen": screen},
    )  # fmt: skip
    return made, code


@action("centre.end_display")
@transaction.atomic
def end_display(*, by: Person, display: Display) -> None:
    """The screen is shown nothing more. Ending twice changes nothing."""
    permissions.require(by, permissions.ARRANGES)
    if Display.objects.filter(pk=display.pk, ended_at=None).update(ended_at=ClockTimestamp()):
        record(by=by.actor, verb="centre.display_ended", object_kind="display", object_id=display.pk)


@action("centre.cue")
@transaction.atomic
def cue(*, by: Person, show: Show, kind: str, scene: str = "", moment: dt.datetime | None = None) -> Cue:
    """Rotate from a scene, hold at one, or replay a past moment, at `scene` of that time or at the one that was on
    then, on every display. While the chair holds the wall, only the chair may."""
    permissions.require(by, permissions.CUES)
    if kind not in (Cue.Kind.ROTATE, Cue.Kind.HOLD, Cue.Kind.REPLAY):
        raise Refused("cue", _("Không có lệnh ấy."))
    latest = newest(show)
    if latest is not None and latest.kind == Cue.Kind.TAKEOVER and not permissions.may(by, permissions.TAKES_OVER):
        raise Refused("taken", _("Chủ tọa đang giữ màn hình; chỉ chủ tọa trả lại được."))
    replays = kind == Cue.Kind.REPLAY
    if replays and moment is None:
        raise Refused("moment", _("Chọn lúc cần chiếu lại."))
    version = version_of(show, moment if replays else None)
    known = {each["key"] for each in version.spec["scenes"]} if version else set()
    if scene not in known and not (replays and not scene):
        raise Refused("scene", _("Chương trình không có cảnh ấy."))
    return _cue(by, show, kind, scene=scene, moment=moment if replays else None)


@action("centre.take_over")
@transaction.atomic
def take_over(*, by: Person, show: Show, board: str) -> Cue:
    """The chair puts one board on every screen until giving the wall back by a cue."""
    permissions.require(by, permissions.TAKES_OVER)
    if not BoardVersion.objects.filter(board__slug=board).exists():
        raise Refused("board", _("Không có bảng “%(slug)s”.") % {"slug": board[:60]})
    return _cue(by, show, Cue.Kind.TAKEOVER, board=board)


def hashed(code: str) -> str:
    """A screen's code as it is kept; spaces and hyphens are how people write it."""
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()


def newest(show: Show, as_of: dt.datetime | None = None) -> Cue | None:
    rows = show.cues.all() if as_of is None else show.cues.filter(at__lte=as_of)
    return rows.order_by("-pk").first()


def version_of(show: Show, as_of: dt.datetime | None = None) -> ShowVersion | None:
    """The newest, or the one that held at a moment of record time; before the first one, the first."""
    rows = show.versions.order_by("number")
    return (rows.filter(at__lte=as_of).last() or rows.first()) if as_of else rows.last()


def _cue(
    by: Person, show: Show, kind: str, *, scene: str = "", board: str = "", moment: dt.datetime | None = None
) -> Cue:
    made = Cue.objects.create(show=show, kind=kind, scene=scene, board=board, moment=moment, by=by)
    made.refresh_from_db(fields=["at"])
    record(
        by=by.actor, verb="centre.cue_given", object_kind="show", object_id=show.pk,
        data={"show": show.slug, "kind": str(kind), "scene": scene, "board": board,
              "moment": moment.isoformat() if moment else ""},
    )  # fmt: skip
    return made


def _name(name: str) -> str:
    if not name.strip():
        raise Refused("name", _("Đặt tên cho chương trình."))
    return name.strip()[:200]


def _read(data: object) -> show_spec.ShowSpec:
    made, faults = show_spec.read(data)
    if faults:
        raise Refused("spec", _("Chương trình chưa lưu được, còn %(n)d chỗ phải sửa.") % {"n": len(faults)}, faults)
    return made


def _save(by: Person, show: Show, name: str, name_en: str, made: show_spec.ShowSpec, verb: str) -> ShowVersion:
    number = (show.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    version = ShowVersion.objects.create(
        show=show, number=number, name_vi=name, name_en=(name_en.strip() or name)[:200], spec=made.json(), by=by
    )
    version.refresh_from_db(fields=["at"])
    record(
        by=by.actor, verb=verb, object_kind="show", object_id=show.pk, from_state=number - 1 or "", to_state=number,
        data={"slug": show.slug, "screens": made.screens, "scenes": len(made.scenes)},
    )  # fmt: skip
    return version

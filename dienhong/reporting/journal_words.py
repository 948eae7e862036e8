"""The journal in words: what each verb says, what an event is about by name, and where that can be opened.

Nothing here decides anything: an unknown verb or kind is shown as it stands, so that no event is ever hidden.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dienhong.base import clock, periods
from dienhong.indicators import places
from dienhong.indicators import queries as indicators
from dienhong.indicators.feeds.loading import KIND as FEED_FILE
from dienhong.indicators.models import Evidence, Indicator, Period
from dienhong.journal.models import Event
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, GrantRequest, Person, Role
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.models import Duty, RegimeVersion, ReportedEvent, State, Upload, Version

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

VERBS: dict[str, "str | _StrPromise"] = {
    "reporting.in_entry": gettext_lazy("bắt đầu nhập báo cáo"),
    "reporting.submitted": gettext_lazy("trình lãnh đạo duyệt"),
    "reporting.sent_back": gettext_lazy("trả lại người nhập"),
    "reporting.approved": gettext_lazy("duyệt báo cáo"),
    "reporting.sent": gettext_lazy("gửi báo cáo"),
    "reporting.received": gettext_lazy("tiếp nhận báo cáo"),
    "reporting.returned": gettext_lazy("trả lại nơi gửi"),
    "reporting.correction": gettext_lazy("xin đính chính"),
    "reporting.consolidated": gettext_lazy("đưa vào tổng hợp"),
    "reporting.withdrawn": gettext_lazy("thu hồi báo cáo"),
    "reporting.save_cells": gettext_lazy("ghi số liệu"),
    "reporting.carry": gettext_lazy("chuyển số từ kỳ trước vào biểu"),
    "reporting.save_narrative": gettext_lazy("ghi phần lời"),
    "reporting.undo": gettext_lazy("hoàn tác ô đã ghi"),
    "reporting.redo": gettext_lazy("làm lại ô đã hoàn tác"),
    "reporting.explain": gettext_lazy("giải trình số liệu trong báo cáo"),
    "reporting.add_comment": gettext_lazy("ghi nhận xét vào ô"),
    "reporting.take_upload": gettext_lazy("nộp tệp Excel"),
    "reporting.open_duties": gettext_lazy("mở kỳ báo cáo"),
    "reporting.extend": gettext_lazy("gia hạn"),
    "reporting.exempt": gettext_lazy("miễn báo cáo, hoặc bỏ miễn"),
    "reporting.load_regime": gettext_lazy("nạp chế độ báo cáo"),
    "reporting.open_event": gettext_lazy("mở đợt báo cáo đột xuất"),
    "reporting.open_daily": gettext_lazy("mở báo cáo trong ngày"),
    "reporting.close_event": gettext_lazy("kết thúc đợt báo cáo đột xuất"),
    "reporting.remind": gettext_lazy("nhắc đơn vị nộp báo cáo"),
    "indicators.batch_written": gettext_lazy("ghi số liệu vào kho"),
    "indicators.load_catalogue": gettext_lazy("nạp danh mục chỉ tiêu"),
    "indicators.authority_set": gettext_lazy("định nguồn có thẩm quyền"),
    "indicators.feed_loaded": gettext_lazy("nạp số liệu đã công bố"),
    "indicators.recomputed": gettext_lazy("tính lại con số"),
    "organizations.add_person": gettext_lazy("lập tài khoản"),
    "organizations.close_account": gettext_lazy("đóng tài khoản"),
    "organizations.end_session": gettext_lazy("kết thúc phiên đăng nhập"),
    "organizations.reset_sign_in": gettext_lazy("đề nghị đặt lại đăng nhập"),
    "organizations.confirm_reset": gettext_lazy("đồng ý đặt lại đăng nhập"),
    "organizations.refuse_reset": gettext_lazy("từ chối đặt lại đăng nhập"),
    "organizations.send_password_link": gettext_lazy("gửi liên kết đặt mật khẩu"),
    "organizations.set_address": gettext_lazy("ghi địa chỉ thư của tài khoản"),
    "organizations.sign_in_demo": gettext_lazy("đăng nhập bằng tài khoản mẫu"),
    "organizations.import_people": gettext_lazy("nhập danh sách người dùng"),
    "organizations.leave": gettext_lazy("ghi người thôi việc"),
    "organizations.grant": gettext_lazy("đề nghị cấp vai trò"),
    "organizations.install_grant": gettext_lazy("cấp vai trò khi cài đặt"),
    "organizations.confirm_grant": gettext_lazy("đồng ý cấp vai trò"),
    "organizations.refuse_grant": gettext_lazy("từ chối cấp vai trò"),
    "organizations.revoke": gettext_lazy("thu hồi vai trò"),
    "organizations.delegate": gettext_lazy("ủy quyền khi vắng mặt"),
    "organizations.hand_over": gettext_lazy("bàn giao vai trò"),
    "organizations.load_units": gettext_lazy("nạp danh mục đơn vị"),
    "organizations.publisher_added": gettext_lazy("thêm nơi công bố số liệu"),
    "organizations.found": gettext_lazy("lập đơn vị"),
    "organizations.rename": gettext_lazy("đổi tên đơn vị"),
    "organizations.change_kind": gettext_lazy("đổi loại đơn vị"),
    "organizations.move": gettext_lazy("chuyển đơn vị sang cấp trên khác"),
    "organizations.merge": gettext_lazy("sáp nhập đơn vị"),
    "organizations.split": gettext_lazy("chia tách đơn vị"),
    "organizations.declare_holiday": gettext_lazy("công bố ngày nghỉ"),
    "notices.mark_read": gettext_lazy("đọc thông báo"),
    "notices.set_preferences": gettext_lazy("đổi cách nhận thông báo"),
    "notices.set_reach": gettext_lazy("đổi nơi nhận thông báo"),
    "notices.send_again": gettext_lazy("gửi lại thông báo"),
    "config.announce": gettext_lazy("đặt lời báo bảo trì"),
    "config.test_mail": gettext_lazy("thử gửi thư"),
    "label.erase": gettext_lazy("xóa tên một người khỏi nhật ký"),
    "event.missing": gettext_lazy("phát hiện mục bị mất"),
    "set_clock": gettext_lazy("đặt ngày của quốc gia mẫu"),
}
KINDS: dict[str, "str | _StrPromise"] = {
    "version": gettext_lazy("bản báo cáo"),
    "duty": gettext_lazy("nghĩa vụ báo cáo"),
    "upload": gettext_lazy("tệp đã nộp"),
    "regime": gettext_lazy("chế độ báo cáo"),
    "regime_version": gettext_lazy("bản chế độ báo cáo"),
    "event": gettext_lazy("đợt đột xuất"),
    "batch": gettext_lazy("đợt số liệu"),
    "figure": gettext_lazy("con số"),
    "indicator": gettext_lazy("chỉ tiêu"),
    "feed": gettext_lazy("bảng đã công bố"),
    "catalogue": gettext_lazy("danh mục chỉ tiêu"),
    "person": gettext_lazy("người dùng"),
    "grant": gettext_lazy("vai trò đã cấp"),
    "grantrequest": gettext_lazy("đề nghị cấp vai trò"),
    "unit": gettext_lazy("đơn vị"),
    "holiday": gettext_lazy("ngày nghỉ"),
    "notice": gettext_lazy("thông báo"),
    "delivery": gettext_lazy("lần gửi thông báo"),
    "clock": gettext_lazy("đồng hồ mẫu"),
    "system": gettext_lazy("hệ thống"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event is about: its name, and its page if it has one."""

    name: str
    href: str = ""


Looks = Callable[[set[str], str], dict[str, Thing]]
_more_verbs: dict[str, "str | _StrPromise"] = {}
_more_kinds: dict[str, "str | _StrPromise"] = {}
_more_looks: dict[str, Looks] = {}
_more_states: dict[str, "str | _StrPromise"] = {}


def register(
    verbs: "Mapping[str, str | _StrPromise]",
    kinds: "Mapping[str, str | _StrPromise]",
    looks: Mapping[str, Looks],
    states: "Mapping[str, str | _StrPromise] | None" = None,
) -> None:
    """Words of rooms beside and above this one: what their verbs, kinds and states are called, what an id of a kind
    names."""
    _more_verbs.update(verbs)
    _more_kinds.update(kinds)
    _more_looks.update(looks)
    _more_states.update(states or {})


# States of a duty that is no version's: exempt, and owing again (actions/duties.py).
_OF_DUTIES = {"90": gettext_lazy("được miễn"), "11": gettext_lazy("không còn được miễn")}


def verbs() -> "dict[str, str | _StrPromise]":
    """Every verb with its words, those of other rooms too."""
    return _more_verbs | VERBS


def kinds() -> "dict[str, str | _StrPromise]":
    """Every kind of object with its words, those of other rooms too."""
    return _more_kinds | KINDS


def verb(code: str) -> str:
    return str(verbs().get(code, code))


def kind(code: str) -> str:
    return str(kinds().get(code, code))


def state(code: str) -> str:
    """The state's name, of a report, of a file handed in or as a room said it; else as it is written."""
    if code in _OF_DUTIES:
        return str(_OF_DUTIES[code])
    if code in _more_states:
        return str(_more_states[code])
    if code in Upload.Outcome.values:
        return str(Upload.Outcome(code).label)
    try:
        return str(State(int(code)).label)
    except ValueError:
        return code


def actor(code: str, label: str, committed: bool = True) -> str:
    """Who: the person's name then; which machine; that a name was erased, or (not `committed`) never kept."""
    sort, _colon, name = code.partition(":")
    if label:
        return label
    if sort == "job":
        return _("Máy (%(job)s)") % {"job": name}
    if sort == "partner":
        return _("Hệ thống bạn (%(name)s)") % {"name": name}
    if not committed:
        return _("Người chưa được ghi tên (số %(id)s)") % {"id": name}
    return _("Người đã được xóa tên (số %(id)s)") % {"id": name}


def things(events: Iterable[Event], lang: str) -> dict[tuple[str, str], Thing]:
    """(object kind, object id) -> what it is, for all events at once; one or two queries a kind.

    What is not there any more, or has no name, is left out: the page then shows the kind alone.
    """
    asked: dict[str, set[str]] = {}
    for event in events:
        asked.setdefault(event.object_kind, set()).add(event.object_id)
    found: dict[tuple[str, str], Thing] = {}
    for sort, ids in asked.items():
        look = _LOOKS.get(sort) or _more_looks.get(sort)
        if look:
            found |= {(sort, each): thing for each, thing in look(ids, lang).items()}
    return found


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) < 19]


def _duty_words(duty: Duty, names: Mapping[int, str], lang: str) -> str:
    label = periods.label(period_of(duty.period), lang, short=True)
    return f"{duty.regime.code}, {label}, {names.get(duty.unit_id, '?')}"


def _names_of(duties: Iterable[Duty], lang: str) -> dict[int, str]:
    return organizations.names({duty.unit_id for duty in duties}, clock.business_today(), lang)


def _versions(ids: set[str], lang: str) -> dict[str, Thing]:
    about = ("submission__duty__regime", "submission__duty__period")
    rows = list(Version.objects.filter(pk__in=_numbers(ids)).select_related(*about).order_by("pk"))
    names = _names_of([row.submission.duty for row in rows], lang)
    said = _("%(duty)s, bản %(n)d")
    return {
        str(row.pk): Thing(
            said % {"duty": _duty_words(row.submission.duty, names, lang), "n": row.number},
            reverse("reporting:duty", args=[row.submission.duty_id]),
        )
        for row in rows
    }


def _duties(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = list(Duty.objects.filter(pk__in=_numbers(ids)).select_related("regime", "period").order_by("pk"))
    names = _names_of(rows, lang)
    return {str(row.pk): Thing(_duty_words(row, names, lang), reverse("reporting:duty", args=[row.pk])) for row in rows}


def _uploads(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Upload.objects.filter(pk__in=_numbers(ids)).order_by("pk")
    return {str(row.pk): Thing(row.name, reverse("reporting:upload_result", args=[row.pk])) for row in rows}


def _regimes(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = RegimeVersion.objects.filter(regime__code__in=ids).select_related("regime").order_by("number")
    return {row.regime.code: Thing(f"{row.regime.code}, {getattr(row, f'name_{lang}')}") for row in rows}


def _regime_versions(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = RegimeVersion.objects.filter(pk__in=_numbers(ids)).select_related("regime").order_by("pk")
    return {str(row.pk): Thing(f"{row.regime.code}, {getattr(row, f'name_{lang}')}") for row in rows}


def _events(ids: set[str], lang: str) -> dict[str, Thing]:
    return {row.slug: Thing(row.name) for row in ReportedEvent.objects.filter(slug__in=ids).order_by("pk")}


def _batches(ids: set[str], lang: str) -> dict[str, Thing]:
    """A batch by what proves it: the report's workbook or the publisher's file."""
    rows = Evidence.objects.filter(batch__in=_numbers(ids)).order_by("-pk")
    found: dict[str, Thing] = {}
    for row in rows:
        href = reverse("feeds:table", args=[row.pk]) if row.kind == FEED_FILE else ""
        found[str(row.batch_id)] = Thing(row.label, href)
    return found


def _figures(ids: set[str], lang: str) -> dict[str, Thing]:
    """indicator:period:unit:breakdown:measure -> the indicator, the period and the unit, and the passport."""
    keys = {each: [int(part) for part in each.split(":")] for each in ids if each.replace(":", "").isdecimal()}
    keys = {each: parts for each, parts in keys.items() if len(parts) == 5}
    entries = indicators.entries({parts[0] for parts in keys.values()})
    rows = Period.objects.in_bulk({parts[1] for parts in keys.values()})
    found: dict[str, Thing] = {}
    for each, (indicator, period, unit, breakdown, measure) in keys.items():
        entry, row = entries.get(indicator), rows.get(period)
        if entry is None or row is None:
            continue
        name = organizations.name(unit, row.last, lang)
        label = periods.label(indicators.plain(row), lang, short=True)
        key = indicators.SeriesKey(indicator, period, unit, breakdown_id=breakdown, measure=measure)
        href = places.figure_url(entry.indicator.code, row, places.codes([unit], row.last)[unit], key=key)
        found[each] = Thing(f"{getattr(entry, f'name_{lang}')}, {label}, {name}", href)
    return found


def _indicators(ids: set[str], lang: str) -> dict[str, Thing]:
    known = Indicator.objects.filter(code__in=ids).order_by("pk")
    entries = indicators.entries([row.pk for row in known])
    return {
        row.code: Thing(
            f"{row.code} {getattr(entries[row.pk], f'name_{lang}')}", reverse("indicators:indicator", args=[row.code])
        )
        for row in known
        if row.pk in entries
    }


def _feeds(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Evidence.objects.filter(kind=FEED_FILE, key__in=ids).order_by("pk")
    return {row.key: Thing(row.label, reverse("feeds:table", args=[row.pk])) for row in rows}


def _persons(ids: set[str], lang: str) -> dict[str, Thing]:
    return {str(row.pk): Thing(row.name) for row in Person.objects.filter(pk__in=_numbers(ids)).order_by("pk")}


def _roles(model: type[Grant] | type[GrantRequest]) -> Callable[[set[str], str], dict[str, Thing]]:
    def look(ids: set[str], lang: str) -> dict[str, Thing]:
        rows: list[Any] = list(model.objects.filter(pk__in=_numbers(ids)).select_related("person").order_by("pk"))
        return {str(row.pk): Thing(f"{Role(row.role).label}, {row.person.name}") for row in rows}

    return look


def _units(ids: set[str], lang: str) -> dict[str, Thing]:
    names = organizations.names(_numbers(ids), clock.business_today(), lang)
    return {str(each): Thing(name) for each, name in names.items()}


_LOOKS: dict[str, Callable[[set[str], str], dict[str, Thing]]] = {
    "version": _versions,
    "duty": _duties,
    "upload": _uploads,
    "regime": _regimes,
    "regime_version": _regime_versions,
    "event": _events,
    "batch": _batches,
    "figure": _figures,
    "indicator": _indicators,
    "feed": _feeds,
    "person": _persons,
    "grant": _roles(Grant),
    "grantrequest": _roles(GrantRequest),
    "unit": _units,
}

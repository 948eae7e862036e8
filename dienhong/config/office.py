"""The administrator's screens about the whole system: banner of a repair, mail, how it does; duties of a unit.

They lie here and not in `organizations` because they ask rooms above it.
"""

import datetime as dt
import platform
import shutil
from importlib.metadata import version
from smtplib import SMTPException
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.config import backup, health, upkeep
from dienhong.journal import queries as journal
from dienhong.journal.actions import record
from dienhong.organizations import office
from dienhong.organizations import queries as organizations
from dienhong.organizations.forms import Form
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.registry import action
from dienhong.organizations.views.frame import administrators, lang, me, show, status_of, tried
from dienhong.reporting.models import Duty

SLOW = 10  # seconds a sealer may lag before the page says so
MOST = 60
TOO_OLD = dt.timedelta(days=2)  # two nights without a proven backup


class Announcement(Form):
    text = forms.CharField(label=gettext_lazy("Lời báo trên mọi trang"), max_length=300)
    closed = forms.BooleanField(label=gettext_lazy("Tạm ngừng mọi thay đổi; xem vẫn được"), required=False)


@action("config.announce")
@transaction.atomic
def announce(*, by: Person, banner: upkeep.Banner | None) -> None:
    """Put the banner up or take it down. Raises NotPermitted."""
    office.require_all(by)
    said: dict[str, Any] = {"text": banner.text, "closed": banner.closed} if banner else {}
    record(by=by.actor, verb="config.announce", object_kind="system", object_id="banner", data=said)
    upkeep.announce(banner)


@action("config.test_mail")
def test_mail(*, by: Person) -> str:
    """Send a letter to one's own address; the sentence of what happened. Raises NotPermitted, Refused."""
    office.require_all(by)
    if not by.email:
        raise Refused("no_address", _("Tài khoản của bạn chưa có địa chỉ thư, nên chưa thử được."))
    letter = EmailMessage(
        _("Thư thử"), _("Thư này cho biết máy chủ thư của Diên Hồng làm việc."), settings.DEFAULT_FROM_EMAIL, [by.email]
    )
    try:
        with get_connection() as mail:
            sent = mail.send_messages([letter])
        problem = "" if sent else "0"
    except (OSError, SMTPException) as error:
        problem = f"{type(error).__name__}: {error}"
    with transaction.atomic():  # after the letter: no transaction waits for another machine
        record(by=by.actor, verb="config.test_mail", object_kind="system", object_id="mail",
               data={"problem": problem[:300]})  # fmt: skip
    if problem:
        said = _("Không gửi được qua %(host)s: %(problem)s") % {"host": settings.EMAIL_HOST or "-", "problem": problem}
        raise Refused("mail", said)
    if not settings.EMAIL_HOST:
        return _("Chưa khai báo máy chủ thư: thư thử nằm thành tệp trong thư mục mail của hệ thống, chưa gửi đi đâu.")
    return _("Máy chủ %(host)s đã nhận thư gửi tới %(email)s. Xem hộp thư; không thấy thì xem thư rác.") % {
        "host": settings.EMAIL_HOST, "email": by.email,
    }  # fmt: skip


@administrators
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: HttpRequest) -> HttpResponse:
    """How the system does, its banner, its mail. The banner's form posts here."""
    office.require_all(me(request))
    banner = upkeep.current()
    beginning = {"text": banner.text, "closed": banner.closed} if banner else None
    form = Announcement(request.POST or None, by=me(request), initial=beginning)
    if request.method == "POST" and tried(
        form, lambda: announce(by=me(request), banner=upkeep.Banner(**form.cleaned_data))
    ):
        messages.success(request, _("Lời báo đã hiện trên mọi trang."))
        return redirect("office_system")
    context: dict[str, Any] = {
        "form": form,
        "banner": banner,
        "states": states(),
        "facts": facts(),
        "mail": settings.EMAIL_HOST,
        "address": me(request).email,
    }
    return show(request, "config/office_system.html", "office_system", status_of(form), **context)


@administrators
@require_POST
def take_down(request: HttpRequest) -> HttpResponse:
    announce(by=me(request), banner=None)
    messages.success(request, _("Đã gỡ lời báo."))
    return redirect("office_system")


@administrators
@require_POST
def try_mail(request: HttpRequest) -> HttpResponse:
    office.require_all(me(request))
    try:
        messages.success(request, test_mail(by=me(request)))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("office_system")


def states() -> list[tuple[str, bool, str]]:
    """(what, whether it is well, what is seen), each from a question asked now."""
    sealer, free = journal.backlog(), shutil.disk_usage(settings.HOME).free
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status IN ('todo', 'doing')), count(*) FILTER (WHERE status = 'failed')"
            " FROM procrastinate_jobs"
        )
        waiting, failed = cursor.fetchone()
    late = f"{sealer.oldest_seconds:.0f}" if sealer.waiting else "0"
    lag = _("%(n)d sự kiện chờ niêm phong, lâu nhất %(s)s giây") % {"n": sealer.waiting, "s": late}
    queue = _("%(n)d việc đang chờ, %(f)d việc hỏng") % {"n": waiting, "f": failed}
    return [
        (_("Niêm phong nhật ký"), not sealer.waiting or sealer.oldest_seconds < SLOW, lag),
        (_("Hàng đợi việc"), failed == 0, queue),
        _backups(),
        (_("Đĩa"), free >= health.LEAST_FREE, _("còn %(gb)s GB") % {"gb": f"{free / 2**30:.1f}".replace(".", ",")}),
    ]


def _backups() -> tuple[str, bool, str]:
    """The last one that passed its drill, wherever it lies, and the last one taken at the usual place."""
    proven, taken = backup.age(), backup.newest(settings.HOME / "backups")
    if proven is None:
        said = _("chưa bản nào thử phục hồi đạt")
    elif proven > TOO_OLD:
        said = _("thử phục hồi đạt đã %(n)d ngày trước; quá hai ngày là cũ") % {"n": proven.days}
    else:
        said = _("thử phục hồi đạt lúc %(when)s") % {"when": _moment(clock.record_now() - proven)}
    last = _("bản mới nhất lúc %(when)s") % {"when": _moment(taken)} if taken else _("không có bản nào ở nơi thường lệ")
    return _("Sao lưu"), proven is not None and proven <= TOO_OLD, f"{said}; {last}"


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"


def facts() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        server, size = cursor.fetchone()
    return [
        ("PostgreSQL", f"{server}, {size}"),
        ("Python", platform.python_version()),
        ("Django", version("django")),
        (_("Giờ máy"), f"{clock.record_now().astimezone(clock.HANOI):%H:%M:%S, %d/%m/%Y}"),
        (_("Đồng hồ nghiệp vụ"), f"{clock.business_now().astimezone(clock.HANOI):%H:%M, %d/%m/%Y}"),
    ]


@administrators
@require_GET
def unit_duties(request: HttpRequest, pk: int) -> HttpResponse:
    """What a unit owes, the newest first, each leading to the board on which it stands."""
    unit = get_object_or_404(Unit, pk=pk)
    owed = Duty.objects.filter(unit=unit).select_related("regime", "period").order_by("-due_at", "pk")
    rows: list[dict[str, Any]] = [
        {"duty": each, "regime": each.regime, "period": each.period,
         "url": reverse("reporting:board", args=[each.regime.code, each.period.calendar, each.period.key])}
        for each in owed[: MOST + 1]
    ]  # fmt: skip
    context: dict[str, Any] = {"rows": rows[:MOST], "more": len(rows) > MOST, "most": MOST, "unit": unit,
               "name": organizations.full_name(unit, clock.business_today(), lang())}  # fmt: skip
    return show(request, "config/office_duties.html", "office_units", **context)


def _owes(unit_id: int) -> office.Link | None:
    count = Duty.objects.filter(unit=unit_id, submission=None).count()
    there = Duty.objects.filter(unit=unit_id).exists()
    said = ngettext("%(n)d báo cáo chưa bắt đầu", "%(n)d báo cáo chưa bắt đầu", count) % {"n": count}
    return office.Link(said, reverse("office_unit_duties", args=[unit_id])) if there else None


def register() -> None:
    office.register(office.Tab(gettext_lazy("Hệ thống"), "office_system", 60, whole=True))
    office.tell_about_units(_owes)

"""The auditor's page: search the journal, take a proof of what was found."""

import datetime as dt
import json
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.journal import proofs, queries
from dienhong.organizations import permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Role
from dienhong.reporting.views.shared import lang, person

PAGE = 100
DAY = {"type": "date"}


class Search(forms.Form):
    """What to look for; all parts together narrow the answer."""

    text = forms.CharField(label=gettext_lazy("Từ trong lý do"), required=False, max_length=200)
    actor = forms.CharField(label=gettext_lazy("Người làm (person:số)"), required=False, max_length=60)
    verb = forms.CharField(label=gettext_lazy("Việc"), required=False, max_length=60)
    object_kind = forms.CharField(label=gettext_lazy("Loại đối tượng"), required=False, max_length=60)
    object_id = forms.CharField(label=gettext_lazy("Số đối tượng"), required=False, max_length=60)
    unit = forms.CharField(label=gettext_lazy("Mã đơn vị trong hệ thống"), required=False, max_length=30)
    since = forms.DateField(label=gettext_lazy("Từ ngày (giờ máy)"), required=False, widget=forms.DateInput(attrs=DAY))
    until = forms.DateField(label=gettext_lazy("Đến hết ngày"), required=False, widget=forms.DateInput(attrs=DAY))
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError(_("Ngày bắt đầu đứng sau ngày kết thúc; đổi lại một trong hai."))
        return data


def _only_auditors(request: HttpRequest) -> None:
    if not permissions.holds(person(request), Role.AUDITOR):
        raise NotPermitted("not_permitted", _("Nhật ký chỉ mở cho vai trò giám sát."))


@signed_in
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Newest first, keyset pages, never cut in silence."""
    _only_auditors(request)
    form = Search(request.GET)
    page = _found(form) if form.is_valid() else None
    names: dict[int, str] = {}
    if page:
        ids = {int(row.event.unit_id) for row in page.rows if row.event.unit_id.isdigit()}
        names = organizations.names(ids, clock.business_today(), lang())
    rows = [
        {
            "row": row,
            "unit": names.get(int(row.event.unit_id), "") if row.event.unit_id.isdigit() else row.event.unit_id,
            "data": json.dumps(row.event.data, ensure_ascii=False, indent=1) if row.event.data else "",
        }
        for row in (page.rows if page else [])
    ]
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    more = f"?{urlencode(kept | {'after': page.next_after_id})}" if page and page.has_more else ""
    sealed = [str(row.event.pk) for row in (page.rows if page else []) if row.sealed]
    return render(
        request,
        "reporting/journal.html",
        {"form": form, "rows": rows, "more": more, "sealed": ",".join(sealed), "backlog": queries.backlog()},
    )


def _found(form: Search) -> queries.Page:
    data = form.cleaned_data
    return queries.search(
        actor=data["actor"] or None,
        unit=data["unit"] or None,
        object_kind=data["object_kind"] or None,
        object_id=data["object_id"] or None,
        verb=data["verb"] or None,
        text=data["text"] or None,
        since=_midnight(data["since"]),
        until=_midnight(data["until"], 1),
        after_id=data["after"],
        limit=PAGE,
    )


def _midnight(day: dt.date | None, later: int = 0) -> dt.datetime | None:
    return dt.datetime.combine(day + dt.timedelta(days=later), dt.time(0), clock.HANOI) if day else None


@signed_in
@require_GET
def proof(request: HttpRequest) -> HttpResponse:
    """The proof of chosen events as a file that anyone can check without this system."""
    _only_auditors(request)
    try:
        ids = [int(part) for part in request.GET.get("events", "").split(",") if part.strip()]
        data = proofs.export(ids, with_labels=True)
    except ValueError:
        sentence = _("Bằng chứng lấy cho 1 đến %(n)d mục, ghi bằng số cách nhau dấu phẩy.") % {"n": proofs.MOST}
        raise Refused("proof_numbers", sentence) from None
    except proofs.NotSealed as waiting:
        sentence = _("Mục %(ids)s chưa được niêm phong; đợi một giây rồi lấy lại.") % {"ids": waiting.event_ids}
        raise Refused("not_sealed", sentence) from None
    response = HttpResponse(json.dumps(data, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="dienhong-journal-proof.json"'
    return response

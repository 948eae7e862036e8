"""The auditor's page: search the journal, take a proof of what was found."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from dienhong.base import clock
from dienhong.base.days import DayField
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.base.text import fold, sort_key
from dienhong.journal import labels, proofs, queries
from dienhong.journal.models import Event
from dienhong.organizations import office, permissions
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import signed_in
from dienhong.organizations.models import Person, Role
from dienhong.reporting import journal_words
from dienhong.reporting.views.shared import lang, person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 100
MISSING = "event.missing"  # the sealer speaks of an entry of the journal, the other events are of a regime
PLAIN = re.compile(r"[a-z][a-z_.]{0,59}")  # a verb or a kind as the journal writes them
MANY = 300  # persons or units that one name may mean


def _choices(words: Mapping[str, "str | _StrPromise"]) -> list[tuple[str, str]]:
    return [
        ("", _("Tất cả")),
        *sorted(((key, str(said)) for key, said in words.items()), key=lambda one: sort_key(one[1])),
    ]


class Search(forms.Form):
    """What to look for, in names and words; all parts together narrow the answer."""

    who = forms.CharField(label=gettext_lazy("Người làm"), required=False, max_length=100)
    unit = forms.CharField(label=gettext_lazy("Đơn vị"), required=False, max_length=100)
    verb = forms.ChoiceField(label=gettext_lazy("Việc"), required=False)
    object_kind = forms.ChoiceField(label=gettext_lazy("Loại đối tượng"), required=False)
    text = forms.CharField(label=gettext_lazy("Từ trong lý do"), required=False, max_length=200)
    since = DayField(label=gettext_lazy("Từ ngày (giờ máy)"), required=False)
    until = DayField(label=gettext_lazy("Đến hết ngày"), required=False)
    object_id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)
    actors: list[str] | None = None
    units: list[int] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("verb", journal_words.verbs()), ("object_kind", journal_words.kinds())):
            asked = str(self.data.get(name, ""))
            # What has no words yet is shown as it stands, and its link must find it too.
            more = {asked: asked} if asked not in words and PLAIN.fullmatch(asked) else {}
            cast(forms.ChoiceField, self.fields[name]).choices = _choices(words | more)

    def clean_who(self) -> str:
        """Who is called so, now or when it was done. Raises where nobody is, or too many are."""
        asked = str(self.cleaned_data["who"]).strip()
        if asked:
            now = {person.actor for person in office.find_people(Person.objects.order_by("pk"), asked)[: MANY + 1]}
            self.actors = sorted(now | set(labels.persons_called(asked, MANY + 1)))
            _countable(len(self.actors), _("Không có ai tên như vậy."))
        return asked

    def clean_unit(self) -> str:
        asked = str(self.cleaned_data["unit"]).strip()
        if asked:
            found = organizations.search_units(asked, limit=MANY + 1)
            exact = [unit.pk for unit, name in found if fold(name) == fold(asked)]
            self.units = exact or sorted({unit.pk for unit, _name in found})
            _countable(len(self.units), _("Không có đơn vị nào tên như vậy."))
        return asked

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError(_("Ngày bắt đầu đứng sau ngày kết thúc; đổi lại một trong hai."))
        return data


def _countable(found: int, none: str) -> None:
    if not found:
        raise ValidationError(none)
    if found > MANY:
        raise ValidationError(_("Hơn %(n)d nơi hoặc người có tên khớp; viết đủ tên hơn.") % {"n": MANY})


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
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    more = f"?{urlencode(kept | {'after': page.next_after_id})}" if page and page.has_more else ""
    sealed = [str(row.event.pk) for row in (page.rows if page else []) if row.sealed]
    return render(
        request,
        "reporting/journal.html",
        {
            "form": form,
            "rows": _rows(page.rows if page else []),
            "more": more,
            "sealed": ",".join(sealed),
            "backlog": queries.backlog(),
            "all_objects": f"?{urlencode({**kept, 'object_id': ''})}" if kept.get("object_id") else "",
        },
    )


def _rows(rows: Sequence[queries.Row]) -> list[dict[str, Any]]:
    """Each event in words; the raw names stay, as a detail, for whoever compares with the proof."""
    ids = {int(row.event.unit_id) for row in rows if row.event.unit_id.isdigit()}
    names = organizations.names(ids, clock.business_today(), lang())
    things = journal_words.things([row.event for row in rows], lang())
    return [
        {
            "row": row,
            "who": journal_words.actor(row.event.actor, row.label, bool(row.event.actor_commitment)),
            "verb": journal_words.verb(row.event.verb),
            "states": [journal_words.state(each) for each in (row.event.from_state, row.event.to_state) if each],
            "kind": _("mục nhật ký") if row.event.verb == MISSING else journal_words.kind(row.event.object_kind),
            "thing": things.get((row.event.object_kind, row.event.object_id)),
            "unit": names.get(int(row.event.unit_id), "") if row.event.unit_id.isdigit() else row.event.unit_id,
            "same": f"?{urlencode({'object_kind': row.event.object_kind, 'object_id': row.event.object_id})}",
            "raw": json.dumps(_raw(row.event), ensure_ascii=False, indent=1),
        }
        for row in rows
    ]


def _raw(event: Event) -> dict[str, Any]:
    names = ("verb", "actor", "object_kind", "object_id", "unit_id", "from_state", "to_state", "request_id", "data")
    return {name: value for name in names if (value := getattr(event, name))}


def _found(form: Search) -> queries.Page:
    data = form.cleaned_data
    return queries.search(
        actor=form.actors,
        unit=form.units,
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
    """Days beyond any calendar stand for the ends of time: none of them can be shifted by a day or a time zone."""
    if day is None:
        return None
    within = min(max(day, dt.date(1900, 1, 1)), dt.date(9998, 12, 31))
    return clock.midnight(within + dt.timedelta(days=later))


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

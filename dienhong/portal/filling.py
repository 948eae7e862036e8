"""What the filling screens share: whose draft, which pages, where to go on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import Fault
from dienhong.dossiers.actions.answering import open_request
from dienhong.dossiers.actions.drafts import kept_until
from dienhong.dossiers.forms import Form, Page, pages_shown
from dienhong.dossiers.forms.answers import Reading, at, judge
from dienhong.dossiers.forms.kinds import At
from dienhong.dossiers.forms.places import Units
from dienhong.dossiers.forms.screen import Screen, screen
from dienhong.dossiers.models import Attachment, Dossier, Draft, ServiceVersion, SupplementItem
from dienhong.dossiers.queries import drafts as queries
from dienhong.organizations.models import Person


def me(request: HttpRequest) -> Person:
    return cast(Person, request.user)


@dataclass
class Filling:
    """A draft as it is being filled in, read once a request."""

    draft: Draft

    @cached_property
    def service(self) -> str:
        return self.draft.version.service.code

    @property
    def version(self) -> ServiceVersion:
        return self.draft.version

    @property
    def saved(self) -> dt.datetime:
        """By the business clock, for people."""
        return clock.business_at(self.draft.saved_at)

    @property
    def kept_until(self) -> dt.datetime:
        """The day on which it is thrown away if nobody goes on, by the business clock."""
        return clock.business_at(self.draft.saved_at) + (kept_until(self.draft) - self.draft.saved_at)

    @cached_property
    def form(self) -> Form:
        return queries.form_of(self.draft.version)

    @cached_property
    def at(self) -> At:
        return at(clock.business_now(), Units())

    @cached_property
    def attachments(self) -> list[Attachment]:
        return queries.attachments(self.draft)

    @cached_property
    def files(self) -> dict[str, list[Any]]:
        return queries.files_of(self.attachments)

    @cached_property
    def reading(self) -> Reading:
        return self.form.read(self.draft.data, files=self.files)

    @cached_property
    def shown(self) -> list[Page]:
        return pages_shown(self.form, self.reading.values, self.at.day)

    @cached_property
    def pages(self) -> list[Page]:
        """Those that are filled in one after another; statements to accept stand on the last check."""
        return [page for page in self.shown if not is_declaration(page)]

    @cached_property
    def declarations(self) -> list[Page]:
        return [page for page in self.shown if is_declaration(page)]

    def faults(self, page: str = "") -> list[Fault]:
        reading = self.reading
        return judge(
            self.form, reading.values, self.at.day, places=self.at.places, read_faults=reading.faults, only=page
        )

    def page(self, key: str) -> Page:
        """404 where the form has no such page."""
        try:
            return self.form.page(key)
        except KeyError:
            raise Http404 from None

    def screen(self, page: Page, faults: list[Fault] | None = None) -> Screen:
        listed: dict[str, list[Any]] = {}
        for row in self.attachments:
            listed.setdefault(row.field, []).append(row)
        made = screen(
            self.form, page, self.draft.data, at=self.at, origins=self.draft.origins, faults=faults,
            files=self.files, attached=listed,
        )  # fmt: skip
        for one in made.fields:
            one.wanted = self.wanted.get(one.name, [])
            if one.wanted and one.field.is_file:  # asked for, also where the form would not have asked
                one.hidden, one.condition = False, ""
        return made

    def unfinished(self) -> Page | None:
        """The first page with something missing or wrong."""
        return next((page for page in self.pages if self.faults(page.key)), None)

    @property
    def answers(self) -> Dossier | None:
        """The dossier that this answers a request of; None for a new one."""
        return self.draft.dossier

    @cached_property
    def wanted(self) -> dict[str, list[SupplementItem]]:
        """field -> what is asked about it; "" for what belongs to no field."""
        request = open_request(self.answers) if self.answers else None
        found: dict[str, list[SupplementItem]] = {}
        for item in request.items.order_by("pk") if request else ():
            found.setdefault(item.field if item.field in self.form.by_key else "", []).append(item)
        return found

    def wants(self, page: Page) -> bool:
        """What belongs to no field is asked for where files are handed in."""
        return any(field.key in self.wanted or ("" in self.wanted and field.is_file) for field in page.fields)

    def first_wanted(self, after: Page | None = None) -> Page | None:
        """The first page with something asked for, or the next one behind `after`; None: on to the last check."""
        rest = self.pages if after is None or after not in self.pages else self.pages[self.pages.index(after) + 1 :]
        return next((page for page in rest if self.wants(page)), None)

    @property
    def home(self) -> str:
        """Where one goes who leaves off."""
        if self.answers is not None:
            return reverse("portal:mine_one", args=[self.answers.code])
        return reverse("portal:apply_intro", args=[self.service])

    def go_on(self) -> str:
        """The page that was saved last, else the first one unfinished."""
        page = next((page for page in self.pages if page.key == self.draft.page), None)
        return self.url(page or self.unfinished())

    def url(self, page: Page | None) -> str:
        """Of a page; of the last check where there is none."""
        if page is None:
            return reverse("portal:apply_check", args=[self.service, self.draft.pk])
        return reverse("portal:apply_page", args=[self.service, self.draft.pk, page.key])

    def beside(self, page: Page) -> tuple[Page | None, Page | None, int]:
        """The pages before and after, and its place counted from 1; a page that is not shown stands at 0."""
        keys = [each.key for each in self.pages]
        if page.key not in keys:
            return None, None, 0
        place = keys.index(page.key)
        before = self.pages[place - 1] if place else None
        after = self.pages[place + 1] if place + 1 < len(keys) else None
        return before, after, place + 1


def is_declaration(page: Page) -> bool:
    return all(field.kind == "statement" for field in page.fields)


def or_its_dossier(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Inside `signed_in`, on a page of a draft: once it was sent, Back leads to the dossier and not to nothing."""

    @wraps(view)
    def found(request: HttpRequest, service: str, pk: int, **more: Any) -> HttpResponse:
        try:
            return view(request, service, pk, **more)
        except Http404:
            dossier = queries.became(me(request), service, pk)
            if dossier is None:
                raise
            messages.info(request, _("Tờ khai này đã được gửi. Đây là hồ sơ của bạn."))
            return redirect("portal:mine_one", dossier.code)

    return found


def filling(request: HttpRequest, service: str, pk: int) -> Filling:
    """404 unless it is theirs."""
    return Filling(queries.get(me(request), service, pk))

"""What was declared, for reading: pages and fields in words, what a supplement changed, the files by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dienhong.dossiers.forms.answers import pages_shown, see
from dienhong.dossiers.forms.kinds import KINDS, At
from dienhong.dossiers.forms.places import Units
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.forms.shapes import Field, Form, say
from dienhong.dossiers.models import Attachment, Content, Dossier
from dienhong.dossiers.queries.drafts import form_of

SAME_WORD = ("register", "dossier", "at", "locked")


@dataclass(slots=True)
class Answer:
    """One field in words. `was`: how it stood before the latest supplement; None where that changed nothing."""

    key: str
    label: str
    text: str
    official: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)
    was: str | None = None
    files: list[Attachment] = field(default_factory=list)


@dataclass(slots=True)
class Page:
    key: str
    title: str
    answers: list[Answer]

    @property
    def origins(self) -> list[Mapping[str, Any]]:
        """Whose word all of the page's answers are, each register and moment once; empty where some were typed, so
        that each answer has to say it."""
        given = [one.origin for one in self.answers if one.text]
        if not all(given):
            return []
        return list({tuple(str(one.get(name)) for name in SAME_WORD): one for one in given}.values())


@dataclass(frozen=True, slots=True)
class Change:
    """One version of the content after the first: the fields it changed, as before and after."""

    content: Content
    fields: list[tuple[str, str, str]]
    files: list[Attachment]


@dataclass(frozen=True)
class Declared:
    form: Form
    pages: list[Page]
    changes: list[Change]
    loose: list[Attachment]  # files of fields that the form no longer shows

    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(title of the page, (key, label) of its fields) of what a supplement can be tied to."""
        lang = language()
        grouped = [
            (say(page.title, lang), [(one.key, say(one.label, lang)) for one in page.fields if not one.is_derived])
            for page in self.form.pages
        ]
        return [(title, fields) for title, fields in grouped if fields]


def of(dossier: Dossier) -> Declared:
    form = form_of(dossier.version)
    at = At(dossier.declared_on, Units())
    contents = list(dossier.contents.select_related("by").order_by("number"))
    files: dict[str, list[Attachment]] = {}
    for row in dossier.attachments.filter(removed_at=None).order_by("pk"):
        files.setdefault(row.field, []).append(row)
    latest, before = contents[-1], contents[-2].data if len(contents) > 1 else None
    pages = [
        Page(page.key, say(page.title, language()), _answers(form, page.fields, latest, before, files, at))
        for page in pages_shown(form, latest.data, at.day)
    ]
    shown = {one.key for page in pages for one in page.answers}
    loose = [row for key, rows in files.items() if key not in shown for row in rows]
    changes = [_change(form, old, new, files, at) for old, new in pairwise(contents)]
    return Declared(form, [page for page in pages if page.answers], changes[::-1], loose)


def _answers(
    form: Form, fields: tuple[Field, ...], content: Content, before: Mapping[str, Any] | None,
    files: Mapping[str, list[Attachment]], at: At,
) -> list[Answer]:  # fmt: skip
    seen = see(form, content.data, at.day)
    found: list[Answer] = []
    for one in fields:
        if one.key not in seen.shown or one.is_derived:
            continue
        value = content.data.get(one.key)
        origin = content.origins.get(one.key) or {}
        label = say(one.label, language())
        if one.is_group:
            found += _rows(one, value, at)
            continue
        was = None
        if before is not None and not one.is_file and before.get(one.key) != value:
            was = words(one, before.get(one.key), at) or "–"
        text = "" if one.is_file else words(one, value, at)
        found.append(Answer(one.key, label, text, one.official, origin, was, list(files.get(one.key, []))))
    return found


def _rows(group: Field, value: Any, at: At) -> list[Answer]:
    title = say(group.limits.get("one", group.label), language())
    return [
        Answer(f"{group.key}.{number}.{one.key}", f"{title} {number}, {say(one.label, language())}",
               words(one, row.get(one.key), at))
        for number, row in enumerate(value if isinstance(value, list) else [], 1)
        for one in group.fields
        if one.key in row
    ]  # fmt: skip


def words(one: Field, value: Any, at: At) -> str:
    """A value of that field for reading; "" for none. What has another shape than the field's is shown as it is."""
    if value is None or value == "":
        return ""
    try:
        return KINDS[one.kind].show(value, one, language(), at)
    except (TypeError, ValueError, KeyError, AttributeError):
        return str(value)


def _change(form: Form, old: Content, new: Content, files: Mapping[str, list[Attachment]], at: At) -> Change:
    fields = []
    for key in new.changed:
        one = form.by_key.get(key)
        if one is None or one.is_derived or one.is_file:
            continue
        before, after = ("" if one.is_group else words(one, each.data.get(key), at) for each in (old, new))
        fields.append((say(one.label, language()), before or "–", after or "–"))
    added = [row for rows in files.values() for row in rows if row.content_number == new.number]
    return Change(new, fields, added)

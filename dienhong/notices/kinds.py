"""Kinds of notices and their words. Rooms above register theirs; a kind's key is kept in rows, so it never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, override

from dienhong.notices.models import Channel, Rhythm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` and `body` are Vietnamese msgids (mark them with gettext_noop) with %(name)s places for params.

    `mail` is the rhythm unless the person chose another; SMS and webhook are off until chosen. `fixed`: always shown
    on the page, because the person must learn of it.
    """

    key: str
    label: "str | _StrPromise"
    title: str
    body: str
    mail: Rhythm = Rhythm.AT_ONCE
    fixed: bool = False

    def default(self, channel: str) -> Rhythm:
        if channel == Channel.IN_APP:
            return Rhythm.AT_ONCE
        return self.mail if channel == Channel.MAIL else Rhythm.OFF


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    body: str


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Registering a key again replaces it. ValueError for words whose places are not %(name)s."""
    for kind in kinds:
        for text in (kind.title, kind.body):
            text % _Anything()
        _kinds[kind.key] = kind


def get(key: str) -> Kind:
    """KeyError for a kind that nobody registered."""
    return _kinds[key]


def every() -> list[Kind]:
    """In the order of registration: the order of the preferences page."""
    return list(_kinds.values())


def words(key: str, params: Mapping[str, Any], lang: str) -> Words:
    """Title and body in "vi" or "en". A kind that is gone (its regime was taken away) shows its key, never an error.

    KeyError for a param that the words need and `params` lacks.
    """
    kind = _kinds.get(key)
    if kind is None:
        return Words(key, "")
    said = {name: _in(value, lang) for name, value in params.items()}
    with override(lang):
        return Words(gettext(kind.title) % said, gettext(kind.body) % said)


def _in(value: Any, lang: str) -> str:
    if isinstance(value, list):
        return "; ".join(_in(each, lang) for each in value)
    if isinstance(value, dict):
        return str(value.get(lang) or value["vi"])
    return str(value)


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""

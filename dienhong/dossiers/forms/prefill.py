"""Filling fields from registers and from the applicant's earlier dossiers; what came from where is kept beside.

`typed` is a draft's data (text as typed) and `origins` says of each filled field where it is from. A register's
state stands in `typed` as `<register>.state`, so that conditions can ask for it; its question in `origins`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext as _

from dienhong.base.text import fold
from dienhong.dossiers.forms.answers import at, read, see
from dienhong.dossiers.forms.kinds import KINDS
from dienhong.dossiers.forms.problems import Wrong, language
from dienhong.dossiers.forms.references import state_name
from dienhong.dossiers.forms.shapes import Field, Form, Page, Register, say

Typed = dict[str, Any]
Origins = dict[str, Any]
TRY_AGAIN = ("slow", "down")  # states that a later question may change without a change of what was typed


class Answer(Protocol):
    """What `exchange.ask` gives; `state` is one of shapes.STATES."""

    @property
    def state(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def message_id(self) -> str: ...
    @property
    def mismatch(self) -> tuple[str, ...]: ...


Ask = Callable[[str, Mapping[str, Any]], Answer]
"""(register, question) -> answer. It writes to the log, so it is called outside a transaction, never during a GET."""


@dataclass(frozen=True, slots=True)
class Question:
    register: Register
    asked: dict[str, Any]


def questions(
    form: Form,
    page: Page,
    typed: Mapping[str, Any],
    origins: Mapping[str, Any],
    now: dt.datetime,
    *,
    again: str = "",
) -> list[Question]:
    """What a filled page makes us ask: registers whose question is complete and was not asked in these words before.

    `again` names a register that is asked once more if it had not spoken (slow, down).
    """
    values = read(form, typed).values
    facts = see(form, values, at(now).day).facts
    found = []
    for key in page.asks:
        register = form.registers[key]
        asked = {name: facts[one] for name, one in register.asks.items() if one in facts}
        if set(asked) != set(register.asks):
            continue
        before = origins.get(state_name(key)) or {}
        if before.get("asked") != asked or (again == key and before.get("state") in TRY_AGAIN):
            found.append(Question(register, asked))
    return found


def forget(form: Form, register: Register, typed: Typed, origins: Origins) -> None:
    """What an earlier answer filled goes away; what the applicant typed over it stays."""
    for one in form.fields:
        origin = origins.get(one.key) or {}
        if origin.get("register") == register.key:
            if origin.get("typed") == typed.get(one.key):
                typed.pop(one.key, None)
            origins.pop(one.key)
    typed.pop(state_name(register.key), None)
    origins.pop(state_name(register.key), None)


def forget_unasked(form: Form, typed: Typed, origins: Origins, now: dt.datetime) -> None:
    """An answer to a question that is no longer the one the form asks counts for nothing."""
    facts = see(form, read(form, typed).values, at(now).day).facts
    for register in form.registers.values():
        asked = {name: facts[one] for name, one in register.asks.items() if one in facts}
        before = origins.get(state_name(register.key))
        if before is not None and before.get("asked") != asked:
            forget(form, register, typed, origins)


def fill(form: Form, question: Question, answer: Answer, typed: Typed, origins: Origins, now: dt.datetime) -> None:
    """Write the answer into the draft. Only an answer that was found fills fields."""
    register, state = question.register, str(answer.state)
    forget(form, register, typed, origins)
    typed[state_name(register.key)] = state
    stamp = {"register": register.key, "at": now.isoformat(timespec="seconds"), "message": answer.message_id}
    origins[state_name(register.key)] = {
        **stamp, "state": state, "asked": question.asked, "mismatch": list(answer.mismatch),
    }  # fmt: skip
    if state != "found":
        return
    for one in form.fields:
        if one.source is None or one.source.register != register.key:
            continue
        said = _typed(one, answer.data.get(one.source.name))
        if said is not None:
            typed[one.key] = said
            origins[one.key] = {**stamp, "locked": one.source.locked, "typed": said}


def _typed(one: Field, value: Any) -> Any:
    """What one would type for the register's value; None where it has none or our form could not take it."""
    if value is None or value == "" or one.source is None:
        return None
    if one.source.values:
        value = one.source.values.get(str(value))
        if value is None:
            return None
    kind = KINDS[one.kind]
    try:
        said = kind.typed(value, one, "vi")
        return said if kind.read(said, one, "vi") is not None and _offered(one, value) else None
    except (Wrong, TypeError, ValueError, AttributeError):
        return None


def _offered(one: Field, value: Any) -> bool:
    return not one.choices or value in one.by_value


def locked(origins: Mapping[str, Any], key: str) -> bool:
    """Whether a register's word stands there and typing does not change it."""
    return bool((origins.get(key) or {}).get("locked"))


def from_earlier(form: Form, contents: Sequence[tuple[str, Mapping[str, Any]]], typed: Typed, origins: Origins) -> None:
    """Fields marked `earlier` from earlier dossiers, newest first: (dossier's code, content). Never over an answer."""
    for one in form.fields:
        if not one.earlier or typed.get(one.key):
            continue
        for code, content in contents:
            if one.key in content and isinstance(content[one.key], str):
                typed[one.key] = said = KINDS[one.kind].typed(content[one.key], one, "vi")
                origins[one.key] = {"dossier": code, "locked": False, "typed": said}
                break


def about_person(
    form: Form, applicant: Mapping[str, Any], known: Sequence[tuple[Mapping[str, Any], Mapping[str, str]]],
    own: str, typed: Typed, origins: Origins,
) -> None:  # fmt: skip
    """The applicant's own fields from what is known of the person, whichever service they told it to.

    `applicant` is the sheet's, part of the applicant -> field: what means the same has the same key in every sheet.
    `known` are (origin, part -> value), the first that says something counts. Never over an answer; nothing at all
    where another name than `own` stands there, or the number of one person would go beside the name of another.
    """
    said = str(typed.get(str(applicant.get("name", "")), "") or "")
    if said and fold(said) != fold(own):
        return
    for part, key in applicant.items():
        one = form.by_key.get(key) if isinstance(key, str) else None
        if one is None or not one.earlier or typed.get(one.key):
            continue
        for origin, values in known:
            if values.get(part):
                typed[one.key] = value = KINDS[one.kind].typed(values[part], one, "vi")
                origins[one.key] = {**origin, "locked": False, "typed": value}
                break


@dataclass(frozen=True, slots=True)
class Word:
    """What the page says of a register's answer: `tone` is success, warning or error; `again`: offer to ask again."""

    tone: str
    sentence: str
    way: str
    again: bool = False
    fields: tuple[str, ...] = field(default_factory=tuple)


def word(form: Form, register: Register, origin: Mapping[str, Any]) -> Word:
    """A sentence and a way on for each of the five states."""
    lang = language()
    said = {"what": say(register.name, lang), "holder": say(register.holder or register.name, lang)}
    match origin["state"]:
        case "found":
            return Word("success", _("Đã lấy dữ liệu từ %(holder)s: %(what)s.") % said, _("Xem lại rồi đi tiếp."))
        case "missing":
            return Word(
                "warning",
                _("%(holder)s không có %(what)s với các số này.") % said,
                _("So lại số vừa ghi. Nếu đúng, cứ khai tay và tải ảnh giấy tờ lên; cán bộ sẽ kiểm tra."),
            )
        case "mismatch":
            names = tuple(register.asks[name] for name in origin.get("mismatch", ()) if name in register.asks)
            labels = ", ".join(say(form.by_key[name].label, lang) for name in names) or _("các số vừa ghi")
            return Word(
                "error",
                _("%(holder)s có %(what)s này nhưng không khớp: %(fields)s.") % {**said, "fields": labels},
                _("Sửa số cho đúng với giấy. Nếu giấy ghi như vậy, tải ảnh lên; cán bộ sẽ hỏi lại nơi cấp."),
                fields=names,
            )
        case "slow":
            return Word(
                "warning",
                _("%(holder)s chưa trả lời kịp về %(what)s.") % said,
                _("Hỏi lại, hoặc khai tay và tải ảnh giấy tờ lên; bạn không phải chờ."),
                again=True,
            )
    return Word(
        "warning",
        _("Hiện không hỏi được %(holder)s về %(what)s.") % said,
        _("Không phải lỗi của bạn. Hỏi lại sau, hoặc khai tay và tải ảnh giấy tờ lên."),
        again=True,
    )

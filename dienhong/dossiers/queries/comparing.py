"""What was declared beside what the register answered to the question of the sheet.

question:
  asks: {chassis_no: form.chassis_no, …}
  answers: {registered: {vi: Đã đăng ký, en: Registered}, …}   # what else of the answer an officer reads
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dienhong.dossiers import sending, sources
from dienhong.dossiers.forms.problems import language
from dienhong.dossiers.forms.shapes import say
from dienhong.dossiers.models import Dossier
from dienhong.dossiers.queries.drafts import form_of
from dienhong.exchange.answers import Answer, State


@dataclass(frozen=True, slots=True)
class Row:
    """`declared` "" where only the register says it. `differs`: the two contradict each other."""

    label: str
    declared: str
    answered: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`verdict`: what the register said as a whole, in words."""

    verdict: str
    rows: list[Row]


def of(dossier: Dossier) -> Comparison | None:
    """None where the sheet asks no register, or it was not asked yet about the content as it stands."""
    said = dossier.version.sheet.get("question")
    answer = sending.answer_to(dossier) if said else None
    if answer is None:
        return None
    found, form = sources.gather(dossier), form_of(dossier.version)
    rows = []
    for name, source in said["asks"].items():
        field = form.by_key.get(source.removeprefix("form."))
        label = say(field.label, language()) if field else name
        rows.append(_asked(label, str(sources.pick(found, source)), name, answer))
    rows += [
        Row(say(label, language()), "", _shown(answer.data[name]))
        for name, label in said.get("answers", {}).items()
        if name in answer.data
    ]
    return Comparison(_verdict(answer), rows)


def _asked(label: str, declared: str, name: str, answer: Answer) -> Row:
    if not answer.known:
        return Row(label, declared, _("không trả lời"))
    if answer.state == State.MISSING:
        return Row(label, declared, _("không có dữ liệu"))
    if name in answer.mismatch:
        return Row(label, declared, _("khác với điều đã khai"), differs=True)
    if name in answer.data:
        theirs = _shown(answer.data[name])
        return Row(label, declared, theirs, _folded(theirs) != _folded(declared))
    return Row(label, declared, _("khớp") if answer.state == State.MISMATCH else _("không có dữ liệu"))


def _verdict(answer: Answer) -> str:
    return str(State(answer.state).label)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    return str(value) or "–"


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()

"""Figures sent by a machine: the same intake as the grid, all of a request or nothing of it, safe to repeat."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dienhong.base.numbers import Empty, Parsed, Problem, empty_mark, parse_cell, parse_native, typed_text
from dienhong.base.refusal import Fault, NotPermitted, Refused
from dienhong.organizations.models import Person, Role
from dienhong.organizations.registry import action
from dienhong.reporting import review
from dienhong.reporting.actions.entry import Typed, save_cells, start_entry
from dienhong.reporting.actions.signing import submit as submit_version
from dienhong.reporting.figures import form_of
from dienhong.reporting.models import ApiAnswer, Duty, FormCell, Version
from dienhong.reporting.permissions import require
from dienhong.reporting.states import state_of

JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
EMPTIES = {
    "nothing_arose": Empty.NOTHING_AROSE,
    "unknown": Empty.UNKNOWN,
    "not_applicable": Empty.NOT_APPLICABLE,
    "source_down": Empty.SOURCE_DOWN,
}
PROBLEM = "urn:dienhong:problem:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the machine is told. `replayed`: it was told so before, under the same key, and nothing was done now."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


class _TakeBack(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@action("reporting.put_cells")
@transaction.atomic
def put_cells(
    *,
    by: Person,
    duty: Duty,
    cells: Mapping[str, object],
    submit: bool = False,
    dry_run: bool = False,
    key: str = "",
    request_digest: str = "",
) -> Answer:
    """Write cells by key, submit if asked. Values: Decimal, int, text, None (clear), {"empty": "unknown"}.

    One fault anywhere and nothing of the request is saved (422, every fault with its JSON pointer). `dry_run` answers
    the same and saves nothing. Under the same `key` the first answer is given again; with another body: Refused.
    Raises NotPermitted, and Refused where the report takes no entry now.
    """
    require(by, Role.ENTRY_OFFICER, duty.unit, duty.regime.code)
    remembers = bool(key) and not dry_run
    if remembers:
        told = _told_before(by, key, request_digest)
        if told:
            return told
    duty = (
        Duty.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "regime", "period", "receiver")
        .get(pk=duty.pk)
    )
    try:
        with transaction.atomic():
            answer = _write(by, duty, cells, submit)
            if dry_run:
                raise _TakeBack(answer)
    except _TakeBack as back:
        answer = back.answer
    if remembers:
        ApiAnswer.objects.create(
            person=by, key=key, request_digest=request_digest, status=answer.status, answer=answer.body
        )
    return answer


def _told_before(by: Person, key: str, request_digest: str) -> Answer | None:
    with connection.cursor() as cursor:  # two at once under one key: the second waits and hears the first's answer
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reporting.api:{by.pk}:{key}"])
    told = ApiAnswer.objects.filter(person=by, key=key).first()
    if told is None:
        return None
    if told.request_digest != request_digest:
        raise Refused(
            "idempotency_key_reused",
            _("Khóa Idempotency-Key này đã dùng cho một yêu cầu khác; mỗi yêu cầu mới cần một khóa mới."),
        )
    return Answer(told.status, told.answer, replayed=True)


def _write(by: Person, duty: Duty, cells: Mapping[str, object], submit: bool) -> Answer:
    """Inside a savepoint. Raises _TakeBack with the 422 when anything is wrong."""
    version = start_entry(by=by, duty=duty, channel=Version.Channel.API)
    form = {cell.key: cell for cell in form_of(version.regime_version_id)}
    faults: list[Fault] = []
    typed: dict[str, Typed] = {}
    for key, given in cells.items():
        found = form.get(key)
        if found is None or found.kind == FormCell.Kind.COMPUTED:
            faults.append(_no_cell(key, found))
            continue
        typed[key], problem = _understood(found, given)
        if problem:
            faults.append(Fault(problem.kind, problem.sentence(_lang()), key, typed[key].text))
    if faults:
        raise _TakeBack(Answer(422, _problem("cells", _("Có ô không đọc được; chưa ô nào được ghi."), faults)))
    saved = save_cells(by=by, version=version, typed=typed)
    if saved.faults:
        raise _TakeBack(Answer(422, _problem("cells", _("Có ô không đọc được; chưa ô nào được ghi."), saved.faults)))
    if submit:
        try:
            with transaction.atomic():
                submit_version(by=by, version=version)
        except NotPermitted:
            raise
        except Refused as refusal:
            raise _TakeBack(Answer(422, _problem(refusal.code, refusal.sentence, refusal.faults))) from refusal
    return Answer(200, _report(version, len(typed)))


def _lang() -> str:
    from django.utils.translation import get_language

    return "en" if get_language() == "en" else "vi"


def _no_cell(key: str, found: FormCell | None) -> Fault:
    if found is None:
        return Fault("no_cell", _("Biểu này không có ô “%(key)s”.") % {"key": key[:60]}, key)
    return Fault("computed", _("Ô “%(key)s” do máy tính từ các ô khác; không gửi ô này.") % {"key": key}, key)


def _understood(cell: FormCell, given: object) -> tuple[Typed, Problem | None]:
    """The value as `save_cells` takes it. In JSON a figure is written as JSON writes numbers: dot, no grouping."""
    origin = pointer(cell.key)[:120]
    if isinstance(given, dict):
        kind = EMPTIES.get(str(given.get("empty"))) if set(given) == {"empty"} else None
        if kind is None:
            return Typed("", origin=origin), _form_problem()
        return Typed(empty_mark(kind), origin=origin), None
    if given is None:
        return Typed("", origin=origin), None
    if cell.kind != FormCell.Kind.NUMBER:
        return Typed(given if isinstance(given, str) else str(given), origin=origin), None
    if isinstance(given, str) and JSON_NUMBER.fullmatch(given.strip()) and len(given) < 100:
        given = Decimal(given.strip())
    parsed = _parsed(cell, given)
    if parsed.value is not None and not isinstance(given, str):
        return Typed(typed_text(parsed.value), origin=origin, native=parsed.value), None
    if parsed.value is not None:
        return Typed(str(given), origin=origin), _form_problem()
    return Typed(str(given), origin=origin), parsed.problem


def _parsed(cell: FormCell, given: object) -> Parsed:
    if isinstance(given, str):
        return parse_cell(given, decimals=cell.decimals, convention="dot_decimal")
    return parse_native(given, decimals=cell.decimals)


def _form_problem() -> Problem:
    return Problem(
        "json_form",
        vi="Giá trị viết như số của JSON (dấu chấm thập phân, không ngăn hàng nghìn), hoặc "
        '{"empty": "nothing_arose" | "unknown" | "not_applicable" | "source_down"}, hoặc null để xóa.',
        en="Write a value as JSON writes numbers (decimal point, no grouping), or "
        '{"empty": "nothing_arose" | "unknown" | "not_applicable" | "source_down"}, or null to clear.',
    )


def pointer(key: str) -> str:
    """The JSON pointer (RFC 6901) of a cell in the request."""
    return "/cells/" + key.replace("~", "~0").replace("/", "~1")


def _problem(code: str, sentence: str, faults: Any) -> dict[str, Any]:
    """RFC 9457, with every fault at its place."""
    errors = [
        {"pointer": pointer(fault.where) if fault.where else "", "code": fault.code, "detail": fault.sentence}
        for fault in faults
    ]
    return {"type": PROBLEM + code, "title": sentence, "status": 422, "errors": errors}


def _report(version: Version, written: int) -> dict[str, Any]:
    """What the draft is now: its state, what is still blank, how the checks stand."""
    judged = review.judge(version)
    lang = _lang()
    return {
        "duty": version.submission.duty_id,
        "version": version.number,
        "state": int(state_of(version)),
        "written": written,
        "blank": [fault.where for fault in judged.cell_faults if fault.code == "blank"],
        "checks": [
            {
                "key": finding.rule.key,
                "severity": str(finding.rule.severity),
                "outcome": str(finding.outcome),
                "cells": finding.rule.cells,
                "detail": finding.sentences.get(lang, ""),
                "explained": finding.rule.pk in judged.explained,
            }
            for finding in judged.findings
        ],
    }

"""The demo's directives: given, done, extended, undone by numbers at past business times, through the same actions.

Every state is to be seen: done on time and late, in time and overdue, awaiting, reopened by a revision, closed by an
exception, cancelled, replaced. Safe to repeat: what is there is not played again.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.directives import actions
from dienhong.directives.actions import Document, Task, Wanted
from dienhong.directives.conditions.basis import Asked
from dienhong.directives.conditions.judge import judge
from dienhong.directives.models import Assignment, Directive, Scope
from dienhong.indicators import queries
from dienhong.indicators.models import Period
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role, Unit
from dienhong.reporting.demo.actors import actor
from dienhong.reporting.models import Approval, Duty, StateChange
from dienhong.reporting.models import State as Sent

LATE_DOSSIERS, SHARE = "08.003", "08.004"
CALENDAR, BEFORE, AFTER = "decree09", "2020-Q1", "2020-Q2"
REPORT_DUE = dt.date(2020, 6, 25)  # of the second quarter: a condition on it is due no earlier
PAPER = Document("01/CT-MAU", dt.date(2020, 5, 4), "Thủ tướng Chính phủ (văn bản mẫu)")


@contextmanager
def on(month: int, day: int, hour: int = 9, minute: int = 0) -> Iterator[None]:
    """Acts inside happen on that day of 2020."""
    with clock.played(dt.datetime(2020, month, day, hour, minute, tzinfo=clock.HANOI)):
        yield


def play() -> list[Directive]:
    """Play what is not there yet; returns the directives made. NotPermitted outside demo mode."""
    if not settings.DEMO:
        raise NotPermitted("no_demo", "The demo plays in demo mode only (DIENHONG_DEMO=1).")
    office = organizations.unit_by_code("agency", "OOG", clock.DEMO_DAY)
    if Directive.objects.filter(issuer=office, demo=True).exists():
        return []
    with transaction.atomic():
        boss = actor(office.pk, Role.LEADER)
        return [*_from_numbers(boss, office), _from_a_paper(boss, office)]


def _leader(unit: Unit) -> Person:
    return actor(unit.pk, Role.LEADER)


def _agency(code: str) -> Unit:
    return organizations.unit_by_code("agency", code, clock.DEMO_DAY)


# From numbers: late dossiers of the first quarter, judged by the reports of the second.


def _from_numbers(boss: Person, office: Unit) -> list[Directive]:
    before = Period.objects.filter(calendar=CALENDAR, key=BEFORE).first()
    if before is None:
        return []
    fell, corrected, rose = _provinces(before)
    made = []
    if fell:
        made.append(_number_met(boss, office, fell[0], before, dt.date(2020, 6, 30)))
    late = next((each for each in fell[1:] if _sent_late(each[0])), None)
    if late:
        made.append(_number_met(boss, office, late, before, REPORT_DUE))
    if corrected:
        made.append(_number_undone(boss, office, corrected[0], before))
    if rose:
        made.append(_number_missed(boss, office, rose[0], before))
    if len(rose) > 1:
        made.append(_number_excepted(boss, office, rose[1], before))
    return made


Change = tuple[Unit, list[Decimal]]
"""A province with its figures: of the first quarter, then each version of the second."""


def _provinces(before: Period) -> tuple[list[Change], list[Change], list[Change]]:
    """Provinces whose late dossiers fell, fell and were corrected upwards, rose; in the order of their codes."""
    after = Period.objects.filter(calendar=CALENDAR, key=AFTER).first()
    indicator = queries.indicator(LATE_DOSSIERS)
    fell: list[Change] = []
    corrected: list[Change] = []
    rose: list[Change] = []
    units = organizations.provinces(clock.DEMO_DAY)
    codes = organizations.codes(units.values_list("pk", flat=True), "gso", clock.DEMO_DAY)
    for unit in sorted(units.order_by("pk"), key=lambda each: codes.get(each.pk, "")):
        figures = _figures(indicator.pk, before, after, unit.pk)
        if len(figures) == 2:
            (fell if figures[1] < figures[0] else rose).append((unit, figures))
        elif len(figures) > 2 and figures[1] < figures[2] and figures[1] < figures[0]:
            corrected.append((unit, figures))
    return fell, corrected, rose


def _sent_late(unit: Unit) -> bool:
    """Whether its report of the second quarter went out after the day on which it was due."""
    rows = Duty.objects.filter(unit=unit, regime__code="RR22", period__calendar=CALENDAR, period__key=AFTER)
    sent = StateChange.objects.filter(version__submission__duty__in=rows, state=Sent.SENT).order_by("pk").first()
    return sent is not None and sent.business_at.astimezone(clock.HANOI).date() > REPORT_DUE


def _figures(indicator: int, before: Period, after: Period | None, unit: int) -> list[Decimal]:
    """Empty where one of the quarters is not known."""
    if after is None:
        return []
    first = queries.versions(queries.SeriesKey(indicator, before.pk, unit))
    later = queries.versions(queries.SeriesKey(indicator, after.pk, unit))
    if len(first) != 1 or not later:
        return []
    values = [each.figure.value for each in (*first, *later)]
    return [value for value in values if value is not None] if None not in values else []


def _ordered(
    boss: Person, office: Unit, unit: Unit, before: Period, target: Decimal, due: dt.date, title: str
) -> Assignment:
    """Given on 1 April because of the first quarter's figure, with a condition on those that follow."""
    asked = Asked(queries.indicator(LATE_DOSSIERS), unit.pk, queries.total_breakdown(), 0)
    wanted = Wanted(asked, before, "≤", target, Scope.LATER)
    content = (
        "Rà soát từng hồ sơ quá hạn của quý I, xin lỗi người dân theo quy định và giảm số hồ sơ quá hạn trong quý II"
        " xuống mức đặt ra."
    )
    task = Task(unit, content, due, key=True, condition=wanted)
    with on(4, 1):
        made = actions.issue(by=boss, issuer=office, title=title, tasks=[task], figure=(asked, before), demo=True)
    assignment = made.assignments.get()
    with on(4, 2, 8, 20):
        actions.acknowledge(by=_leader(unit), assignment=assignment)
    with on(4, 20, 15, 10):
        text = "Đã lập danh sách hồ sơ quá hạn theo từng đơn vị và phân công người chịu trách nhiệm."
        actions.report(by=_leader(unit), assignment=assignment, text=text)
    return assignment


def _judged(assignment: Assignment, month: int, day: int) -> None:
    """What the numbers said up to that day."""
    condition = assignment.conditions.order_by("-number").first()
    assert condition is not None, "it was ordered with one"
    with on(month, day):
        judge(condition=condition.pk, as_of=queries.moment(queries.from_business(clock.business_now())))


def _number_met(boss: Person, office: Unit, one: Change, before: Period, due: dt.date) -> Directive:
    unit, (_first, after) = one
    name = organizations.full_name(unit, clock.DEMO_DAY)
    assignment = _ordered(boss, office, unit, before, after, due, f"Giảm hồ sơ quá hạn ở {name}")
    _judged(assignment, 8, 10)
    return assignment.directive


def _number_undone(boss: Person, office: Unit, one: Change, before: Period) -> Directive:
    """The first report of the second quarter met it; the correction, a few days later, no longer does."""
    unit, figures = one
    name = organizations.full_name(unit, clock.DEMO_DAY)
    day = dt.date(2020, 6, 30)
    assignment = _ordered(boss, office, unit, before, figures[1], day, f"Giảm hồ sơ quá hạn ở {name}")
    _judged(assignment, 8, 10)
    return assignment.directive


def _number_missed(boss: Person, office: Unit, one: Change, before: Period) -> Directive:
    """It rose instead; more time was allowed once, and that is over too."""
    unit, figures = one
    name = organizations.full_name(unit, clock.DEMO_DAY)
    target = (min(figures) * Decimal("0.8")).to_integral_value()
    assignment = _ordered(boss, office, unit, before, target, dt.date(2020, 6, 30), f"Hồ sơ quá hạn tăng ở {name}")
    with on(6, 22, 10):
        actions.ask_extension(
            by=_leader(unit), assignment=assignment, new_due=dt.date(2020, 8, 14),
            reason="Phần mềm một cửa đang chuyển đổi, cần thêm thời gian để rà hồ sơ cũ.",
        )  # fmt: skip
    with on(6, 24, 16):
        actions.answer_extension(
            by=boss, assignment=assignment, allow=True, due=dt.date(2020, 8, 7), reason="Cho đến hết ngày 07/8."
        )
    _judged(assignment, 8, 10)
    return assignment.directive


def _number_excepted(boss: Person, office: Unit, one: Change, before: Period) -> Directive:
    unit, figures = one
    name = organizations.full_name(unit, clock.DEMO_DAY)
    target = (min(figures) * Decimal("0.5")).to_integral_value()
    assignment = _ordered(boss, office, unit, before, target, dt.date(2020, 7, 31), f"Hồ sơ quá hạn ở {name}")
    _judged(assignment, 7, 20)
    with on(7, 22, 11):
        actions.close_by_exception(
            by=boss, assignment=assignment, kind=Approval.Kind.DEMO,
            reason="Mức đặt ra tính trên phần mềm cũ; đơn vị đã xử lý hết hồ sơ tồn, sẽ đặt mức mới ở quý III.",
        )  # fmt: skip
    return assignment.directive


# From a paper: ministries, with every state that people bring about.


def _from_a_paper(boss: Person, office: Unit) -> Directive:
    trade, farming, plan, finance, science = (_agency(each) for each in ("MOIT", "MARD", "MPI", "MOF", "MOST"))
    tasks = [
        Task(trade, "Báo cáo tình hình cung ứng hàng thiết yếu và phương án dự trữ.", dt.date(2020, 5, 29)),
        Task(farming, "Trình phương án tiêu thụ nông sản vào vụ.", dt.date(2020, 6, 12), (trade,)),
        Task(plan, "Trình danh mục dự án cần đẩy nhanh giải ngân trong năm 2020.", dt.date(2020, 8, 14), key=True),
        Task(finance, "Trình phương án gia hạn nộp thuế, phí.", dt.date(2020, 8, 25), (plan,), key=True),
        Task(science, "Đề xuất nhiệm vụ khoa học phục vụ chống dịch.", None),
        Task(trade, "Tổ chức hội nghị xúc tiến xuất khẩu trực tiếp.", dt.date(2020, 7, 31)),
        Task(farming, "Rà soát quy hoạch vùng trồng lúa.", dt.date(2020, 9, 30)),
    ]
    with on(5, 5):
        title = "Nhiệm vụ, giải pháp tháo gỡ khó khăn cho sản xuất kinh doanh"
        made = actions.issue(by=boss, issuer=office, title=title, tasks=tasks, document=PAPER, demo=True)
    rows = list(made.assignments.order_by("number"))
    _done(boss, rows[0], said=(5, 27), closed=(5, 29))
    _done(boss, rows[1], said=(6, 18), closed=(6, 22))
    _overdue(rows[2])
    _handed_on(rows[3])
    _awaiting(rows[4])
    with on(6, 15):
        reason = "Dịch bệnh: không tổ chức hội nghị tập trung."
        actions.cancel(by=boss, assignment=rows[5], reason=reason)
    _replaced(boss, rows[6])
    _of_provinces(boss, made)
    return made


def _of_provinces(boss: Person, made: Directive) -> None:
    """What the two sample provinces find on their pages: one thing overdue, one due soon, one nobody took on yet."""
    ha_noi, lao_cai = (organizations.unit_by_code("gso", code, clock.DEMO_DAY) for code in ("01", "10"))
    with on(7, 20, 10):
        content = "Báo cáo tiến độ giải ngân vốn đầu tư công sáu tháng, nêu rõ dự án chậm và người chịu trách nhiệm."
        rows = [
            actions.assign(by=boss, directive=made, task=Task(unit, content, due, key=True))
            for unit, due in ((ha_noi, dt.date(2020, 8, 14)), (lao_cai, dt.date(2020, 8, 25)))
        ]
    for row in rows:
        with on(7, 21, 9):
            actions.acknowledge(by=_leader(row.lead), assignment=row)
        with on(8, 5, 16):
            actions.report(by=_leader(row.lead), assignment=row, text="Đã có số liệu của các sở, đang rà theo dự án.")
    with on(8, 17, 14):
        content = "Báo cáo nhu cầu thiết bị y tế đến hết năm."
        actions.assign(by=boss, directive=made, task=Task(_agency("MOH"), content, dt.date(2020, 8, 21), (ha_noi,)))
        content = "Báo cáo phương án cách ly tại cửa khẩu."
        actions.assign(by=boss, directive=made, task=Task(lao_cai, content, dt.date(2020, 8, 28)))


def _done(boss: Person, row: Assignment, *, said: tuple[int, int], closed: tuple[int, int]) -> None:
    who = _leader(row.lead)
    with on(5, 6):
        actions.acknowledge(by=who, assignment=row)
    with on(*said, 10):
        actions.report(
            by=who, assignment=row, text="Đã hoàn thành dự thảo, lấy ý kiến các đơn vị liên quan.",
            document=("125/BC-MAU", dt.date(2020, *said)),
        )  # fmt: skip
    with on(*said, 16):
        actions.say_met(by=who, assignment=row, text="Đã trình văn bản số 125/BC-MAU.")
    with on(*closed, 9):
        actions.close(by=boss, assignment=row, reason="Đã nhận văn bản, đạt yêu cầu.")


def _overdue(row: Assignment) -> None:
    who = _leader(row.lead)
    with on(5, 7):
        actions.acknowledge(by=who, assignment=row)
    with on(8, 3, 9):
        text = "Đã tổng hợp 41 trên 63 tỉnh, còn 22 tỉnh chưa gửi danh mục."
        actions.report(by=who, assignment=row, text=text, waiting_for=_agency("MOF"))
    with on(8, 18, 10):
        actions.ask_extension(
            by=who, assignment=row, new_due=dt.date(2020, 8, 28), reason="Chờ số liệu giải ngân của 22 tỉnh."
        )


def _handed_on(row: Assignment) -> None:
    """The ministry handed a part on to its general department, which does it."""
    who, tax = _leader(row.lead), _agency("GDT")
    with on(5, 6):
        actions.acknowledge(by=who, assignment=row)
    with on(5, 8):
        task = Task(tax, "Tính số thuế được gia hạn theo từng ngành, từng tỉnh.", dt.date(2020, 8, 20))
        part = actions.sub_assign(by=who, assignment=row, task=task)
    with on(5, 11):
        actions.acknowledge(by=_leader(tax), assignment=part)
    with on(8, 12):
        actions.report(by=_leader(tax), assignment=part, text="Đã tính xong 51 trên 63 tỉnh.")


def _awaiting(row: Assignment) -> None:
    who = _leader(row.lead)
    with on(5, 8):
        actions.acknowledge(by=who, assignment=row)
    with on(8, 13, 15):
        actions.say_met(by=who, assignment=row, text="Đã trình danh mục 12 nhiệm vụ khoa học.")


def _replaced(boss: Person, row: Assignment) -> None:
    with on(7, 6):
        task = Task(row.lead, "Rà soát vùng trồng lúa và cây ăn quả chịu hạn mặn.", dt.date(2020, 10, 30))
        made = actions.replace(by=boss, assignment=row, task=task, reason="Gộp với yêu cầu về hạn mặn.")
    with on(7, 7):
        actions.acknowledge(by=_leader(row.lead), assignment=made)

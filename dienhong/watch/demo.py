"""The demo's checks, questions and alerts, made through the actions: what the figures of the sample nation say.

Differences and alerts come from the figures themselves; people of the sample units explain, ask and answer. Safe to
repeat: what is there is not played again.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.indicators import queries
from dienhong.indicators.actions import ensure_source
from dienhong.indicators.feeds import loading
from dienhong.indicators.models import Period, Source, Target
from dienhong.indicators.queries import SeriesKey
from dienhong.journal import labels
from dienhong.organizations import queries as organizations
from dienhong.organizations.loading import load_communes_of
from dienhong.organizations.models import Grant, Person, Role, Unit
from dienhong.reporting.demo.actors import actor
from dienhong.watch import actions, definitions
from dienhong.watch.actions import Wording
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.checking.settle import check
from dienhong.watch.lived import StatedDifference
from dienhong.watch.models import WAITING, AlertRule, Comparison, Difference, DifferenceState, Kind, Question, Severity
from dienhong.watch.queries.lists import stated

LATE, SHARE, RECEIVED = "08.003", "08.004", "08.001"
CALENDAR, QUARTER = "decree09", "2020-Q2"
SAID = {
    Kind.SOURCE: "Hai nguồn tính trên hai phạm vi: một bên theo tổng điều tra, một bên theo ước tính hằng năm.",
    Kind.PLAN: "Quý II có đợt chuyển đổi phần mềm một cửa nên nhiều hồ sơ trả chậm; quý III sẽ đạt chỉ tiêu.",
}
TAXES, DISTRICTS = "demo_tax_dossiers", "demo_district_dossiers"  # of watch/data
CHUNK = 40  # periods compared in one transaction


@contextmanager
def on(month: int, day: int, hour: int = 9, minute: int = 0) -> Iterator[None]:
    """Acts inside happen on that day of 2020."""
    with clock.played(dt.datetime(2020, month, day, hour, minute, tzinfo=clock.HANOI)):
        yield


@contextmanager
def after(row: StatedDifference, month: int, day: int, hour: int) -> Iterator[None]:
    """As `on`, but not before the difference was seen: the worker may have seen it first, today."""
    last = DifferenceState.objects.filter(difference=row).latest("pk").business_at
    at = dt.datetime(2020, month, day, hour, tzinfo=clock.HANOI)
    with clock.played(max(at, last + dt.timedelta(minutes=1))):
        yield


def play() -> dict[str, int]:
    """Play what is not there yet; returns how many of each there are now. NotPermitted outside demo mode."""
    if not settings.DEMO:
        raise NotPermitted("no_demo", "The demo plays in demo mode only (DIENHONG_DEMO=1).")
    office = organizations.unit_by_code("agency", "OOG", clock.DEMO_DAY)
    if not AlertRule.objects.filter(owner=office, demo=True).exists():
        boss = actor(office.pk, Role.LEADER)
        _targets()
        _taxes()
        _districts()
        with on(8, 10):
            _compare()
        with transaction.atomic():
            _explain()
            _ask(boss, office)
            _alert(boss, office)
    return {
        "differences": Difference.objects.count(),
        "questions": Question.objects.count(),
        "rules": AlertRule.objects.count(),
    }


def _unit(code: str) -> Unit:
    return organizations.unit_by_code("gso", code, clock.DEMO_DAY)


def _leader(unit: Unit) -> Person:
    return actor(unit.pk, Role.LEADER)


def _targets() -> None:
    """A plan target of the second quarter for two provinces: dossiers resolved on time."""
    period = Period.objects.filter(calendar=CALENDAR, key=QUARTER).first()
    if period is None:
        return
    for code, bound in (("01", 98), ("48", 98)):
        Target.objects.get_or_create(
            indicator=queries.indicator(SHARE), unit=_unit(code), period=period, operator="≥", bound=Decimal(bound),
            legal_basis="Chỉ tiêu mẫu của bản trình diễn",
        )  # fmt: skip


def _taxes() -> None:
    """The General Department of Taxation reports of dossiers that this site counts too, and says three more."""
    data = (Path(definitions.FILE).parent / f"{TAXES}.csv").read_bytes()
    ensure_source(f"feed:{TAXES}", Source.Kind.FEED, "Báo cáo mẫu của Tổng cục Thuế", demo=True)
    with on(8, 18, 10):
        loading.load(by="job:demo", data=data)


def _districts() -> None:
    """Hà Nội's annex by district, and by ward of one of them, to its report of the second quarter: the districts add up
    to 312 dossiers less than the report says."""
    source = Source.objects.filter(key="regime:RR22").first()
    if source is None or not Period.objects.filter(calendar=CALENDAR, key=QUARTER).exists():
        return
    load_communes_of(by="job:demo", province="01", district="001")
    data = (Path(definitions.FILE).parent / f"{DISTRICTS}.csv").read_bytes()
    with on(6, 26, 10):
        loading.load_annex(by="job:demo", data=data, source=source, reporter=_unit("01"), demo=True)


def _compare() -> None:
    """Every check over every period it looks at, as the worker does after publications."""
    today = clock.business_today()
    for key, found in definitions.every().items():
        rows = Period.objects.filter(first__gte=found.first, first__lte=today).order_by("first", "pk")
        ids = list(rows.values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            check(key=key, periods=ids[start : start + CHUNK])


def _explain() -> None:
    """The first difference of each kind is explained, of the first two kinds the other side agrees or does not."""
    seen: dict[str, StatedDifference] = {}
    for row in stated().filter(state__in=WAITING).select_related("owner", "counterpart").order_by("pk"):
        seen.setdefault(row.kind, row)
    for number, row in enumerate(seen.values()):
        if number > 2:
            break
        with after(row, 8, 11, 10 + number):
            actions.answer_difference(
                by=_leader(row.owner), difference=row,
                text=SAID.get(Kind(row.kind), "Đơn vị đang rà lại từng dòng và sẽ gửi số đính chính nếu có."),
            )  # fmt: skip
        judge = _judge(row)
        if number == 0:
            with after(row, 8, 12, 9):
                actions.agree(by=judge, difference=row, text="Đồng ý: khác phạm vi tính, không phải sai số.")
        if number == 1:
            with after(row, 8, 12, 10):
                actions.disagree(
                    by=judge, difference=row, text="Chưa rõ; nêu nguyên nhân của từng nhóm và ngày gửi số đính chính."
                )


def _judge(row: Difference) -> Person:
    """A leader of the other side; where that is the very unit, another leader of it than the one who answered."""
    return _leader(row.counterpart) if row.counterpart_id != row.owner_id else second(row.counterpart)


def second(unit: Unit) -> Person:
    """A second sample leader of a unit: nobody agrees with an answer of their own."""
    username = f"mau-{unit.pk}-leader-2"
    found = Person.objects.filter(username=username).first()
    if found is None:
        called = f"Lãnh đạo mẫu thứ hai, {organizations.name(unit, clock.DEMO_DAY)}"
        found = Person(username=username, display_name=called[:150])
        found.set_unusable_password()
        found.save()
        labels.set_label(found.actor, found.display_name)
        Grant.objects.create(person=found, role=Role.LEADER, unit=unit, validity=DateRange(None, None), reason="demo")
    return found


def _ask(boss: Person, office: Unit) -> None:
    """One question that was answered, and one that waits: Lào Cai still owes the second quarter."""
    made = []
    for code, quarter, text, day in (
        ("01", QUARTER, "Số hồ sơ quá hạn gồm cả hồ sơ đất đai của cấp huyện hay chỉ của sở?", 12),
        ("10", "2020-Q1", "Vì sao số hồ sơ quá hạn thay đổi nhiều so với quý trước?", 17),
    ):
        period = Period.objects.filter(calendar=CALENDAR, key=quarter).first()
        key = SeriesKey(queries.indicator(LATE).pk, period.pk, _unit(code).pk) if period else None
        said = queries.versions(key) if key else []
        if key and said:
            with on(8, day, 14):
                made.append(actions.ask(by=boss, asker=office, key=key, batch=said[-1].figure.batch_id, text=text))
    if made:
        with on(8, 13, 15, 30):
            actions.answer_question(
                by=_leader(made[0].reporter), question=made[0],
                text="Gồm cả hồ sơ đất đai nộp tại huyện và trả kết quả tại chi nhánh văn phòng đăng ký.",
            )  # fmt: skip


def _alert(boss: Person, office: Unit) -> None:
    """Silence first; a fast change; a target that is not reached. One alert is taken on and one explained."""
    nation = organizations.unit_by_code("iso3166", "VN", clock.DEMO_DAY)
    rules = (
        Wording("Đến hạn mà chưa báo cáo thủ tục hành chính", queries.indicator(RECEIVED), "quarter", nation,
                Comparison.SILENCE, below=True, duration=1, severity=Severity.URGENT, receivers=(office,)),
        Wording("Hồ sơ quá hạn tăng nhanh", queries.indicator(LATE), "quarter", nation, Comparison.CHANGE, below=True,
                side=">", bound=Decimal(30), receivers=(office,), escalate_after=48),
        Wording("Tỷ lệ đúng hạn kém chỉ tiêu", queries.indicator(SHARE), "quarter", nation, Comparison.TARGET,
                below=True, bound=Decimal(0), severity=Severity.NOTICE, receivers=(office,)),
    )  # fmt: skip
    for wording in rules:
        with on(8, 17, 8):
            rule = actions.write_rule(by=boss, owner=office, wording=wording, demo=True)
            evaluate(rule=rule.pk)
        raised = list(rule.alerts.select_related("unit").order_by("pk")[:3])
        if len(raised) > 1:
            with on(8, 17, 10):
                actions.acknowledge(by=_leader(raised[0].unit), alert=raised[0])
                actions.acknowledge(by=_leader(raised[1].unit), alert=raised[1])
            with on(8, 17, 16):
                text = "Đơn vị đang rà hồ sơ của các huyện, sẽ có số trước ngày 21/8."
                actions.explain(by=_leader(raised[1].unit), alert=raised[1], text=text)

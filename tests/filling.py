"""What fills the lent databases: ground, services, regimes, nation. See tests/nation.py."""

import datetime as dt
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dienhong.base.periods import Period
    from dienhong.reporting.models import Duty, RegimeVersion

QUARTERS = ("2020-Q1", "2020-Q2")
# Four regions; among them late ones and corrections (the demo's draw), and the two that owe the second quarter.
PROVINCES = ("01", "02", "04", "06", "10", "12", "14", "15", "31", "38", "40", "48", "52", "56", "62", "68", "75", "79",
             "89", "92")  # fmt: skip
FEEDS = ("gso_population", "papi_sub_indices", "gso_gdp_current", "nsdp_cpi")
EVENT = "mua-lu-8-2020"
MORNING = (2020, 8, 20, 8, 30)  # of the day on which people of the services file
# What `manage.py up` does before it opens a demo site, of what has to do with services and leaves no files.
SERVICES = (
    ("demo_accounts",), ("load_partners",), ("load_procedures",), ("load_services",), ("demo_services", "--accounts"),
)  # fmt: skip


def _fill_ground() -> None:
    from dienhong.indicators import testing as indicators_testing
    from dienhong.indicators.actions import load_catalogue
    from dienhong.organizations.loading import load_units

    load_units(by="job:test")
    load_catalogue(by="job:test")
    indicators_testing.publish()


def _fill_services() -> None:
    from django.core.management import call_command

    from dienhong.base import clock

    clock.set_business_now(dt.datetime(*MORNING, tzinfo=clock.HANOI), by="job:test", reason="a day of the services")
    for command in SERVICES:
        call_command(*command, verbosity=0, stdout=io.StringIO())


def _fill_regimes() -> None:
    from dienhong.indicators import testing as indicators_testing
    from dienhong.reporting import actions, regime_files

    for path in regime_files.folders():
        actions.load_regime(by="job:test", folder=regime_files.read(path))
    indicators_testing.publish()


def _fill_nation() -> None:
    from dienhong.base import clock
    from dienhong.indicators import testing as indicators_testing
    from dienhong.indicators.feeds import loading, tables
    from dienhong.journal.testing import seal
    from dienhong.organizations.demo import make_demo_accounts

    at = dt.datetime.combine(clock.DEMO_DAY, dt.time(8, 30), clock.HANOI)
    clock.set_business_now(at, by="job:test", reason="demo")
    make_demo_accounts(by="job:test")
    _report_procedures()
    _report_examples()
    for key in FEEDS:
        loading.load(by="job:test", data=(tables.FOLDER / f"{key}.csv").read_bytes())
    indicators_testing.publish()
    seal()


def _report_procedures() -> None:
    """RR22 as the demo plays it, for PROVINCES."""
    from dienhong.base import periods
    from dienhong.indicators import testing as indicators_testing
    from dienhong.reporting import actions
    from dienhong.reporting.demo import play
    from dienhong.reporting.models import RegimeVersion

    version = RegimeVersion.objects.get(regime__code="RR22")
    for key in QUARTERS:
        period = periods.period("decree09", key)
        actions.open_duties(by="job:test", regime_version=version, period=period)
        for one in play._plan(version, period):
            if one.unit_code in PROVINCES and one.unit_code not in play.UNPLAYED.get(key, ()):
                play.play(one, period)
        indicators_testing.publish()


def _report_examples() -> None:
    """The other regimes: two provinces each hand in a worked example of the regime's own folder."""
    from dienhong.base import periods
    from dienhong.reporting import actions, examples, regime_files
    from dienhong.reporting.models import Duty, RegimeVersion

    folders = {path.name[:4].upper(): path for path in regime_files.folders()}
    wanted: dict[str, tuple[str, Callable[[RegimeVersion], Period | None]]] = {
        "RR05": ("a_month", lambda _v: periods.period("decree09", "2020-M07")),
        "RR07": ("third_day", _flood),
        "RR10": ("a_year", lambda _v: periods.period("decree09", "2019-Y")),
    }
    for code, (example, opened) in wanted.items():
        version = RegimeVersion.objects.get(regime__code=code)
        period = opened(version)
        if period is not None:
            actions.open_duties(by="job:test", regime_version=version, period=period)
        given = examples.read(folders[code])[example]
        duties = Duty.objects.filter(regime=version.regime).select_related("unit", "regime", "period", "receiver")
        for number, duty in enumerate(duties.order_by("unit_id")[:2]):
            _hand_in(duty, given, by_file=number == 1)


def _flood(version: "RegimeVersion") -> None:
    """RR07 is opened for an event by the ministry's manager, who is not among the samples."""
    from psycopg.types.range import DateRange

    from dienhong.base import clock
    from dienhong.organizations import queries
    from dienhong.organizations.models import Grant, Person, Role
    from dienhong.reporting import actions

    first = clock.DEMO_DAY - dt.timedelta(days=2)
    ministry = queries.unit_by_code("agency", "MARD", first)
    manager = Person.objects.create_user("dau-moi-thien-tai", display_name="Đầu mối thiên tai mẫu")
    Grant.objects.create(person=manager, role=Role.REGIME_MANAGER, unit=ministry, validity=DateRange(None, None))
    hit = [queries.unit_by_code("gso", code, first) for code in ("10", "15")]
    actions.open_event(
        by=manager, regime_version=version, slug=EVENT, name="Mưa lũ tháng 8/2020", provinces=hit, first_day=first
    )


def _hand_in(duty: "Duty", example: dict[str, Any], *, by_file: bool) -> None:
    """Enter (on the grid, or by the template filled in), explain what asks, submit, approve, send, receive."""
    from dienhong.base import clock
    from dienhong.reporting import actions, review
    from dienhong.reporting.actions.entry import Typed
    from dienhong.reporting.actions.uploads import take_upload
    from dienhong.reporting.demo.actors import actors_of
    from dienhong.reporting.models import Approval

    who = actors_of(duty.unit_id, duty.receiver_id)
    with clock.played(min(duty.due_at - dt.timedelta(hours=4), clock.business_now())):
        version = actions.start_entry(by=who.entry, duty=duty)
        numbers = version.regime_version.cells.filter(kind="number").values_list("key", flat=True)
        figures = {key: str(text) for key, text in example["figures"].items() if key != "others"}
        if "others" in example["figures"]:
            figures = dict.fromkeys(numbers, str(example["figures"]["others"])) | figures
        if by_file:
            file = filled_template(duty, figures)
            taken = take_upload(
                by=who.entry, duty=duty, data=file, name="bieu-mau.xlsx", convention="dot_thousands"
            ).upload
            assert taken.outcome == "taken", taken.faults
        else:
            typed = {key: Typed(text) for key, text in figures.items()}
            actions.save_cells(by=who.entry, version=version, typed=typed, convention="dot_thousands")
        for section, text in (example.get("texts") or {}).items():
            actions.save_narrative(by=who.entry, version=version, section=section, text=text)
        for finding in review.judge(version).findings:
            if finding.asks:
                actions.explain(by=who.entry, version=version, rule=finding.rule, text="Số mẫu của biểu này.")
        actions.submit(by=who.entry, version=version)
        actions.approve(by=who.leader, version=version, kind=Approval.Kind.DEMO)
        actions.send(by=who.clerk, version=version, demo=True)
        actions.receive(by=who.receiver, version=version)


def filled_template(duty: "Duty", figures: dict[str, str]) -> bytes:
    """The duty's own template with these texts in its cells (by cell key), as someone fills it in."""
    from openpyxl import load_workbook

    from dienhong.reporting.excel import template

    made = template.make(duty)
    book = load_workbook(io.BytesIO(made.data))
    for cell in template.form_version(duty).cells.filter(key__in=figures):
        book[cell.sheet][cell.address].value = figures[cell.key]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FILL: dict[str, Callable[[], None]] = {
    "ground": _fill_ground, "services": _fill_services, "regimes": _fill_regimes, "nation": _fill_nation,
}  # fmt: skip

"""The demo nation's services: accounts into which fees go, and dossiers that were filed, handled and paid before today.

Played through the same actions as any other, at past business times; safe to repeat.
"""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.dossiers import money
from dienhong.dossiers.actions import counting, deciding
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.actions.filing import Filing, take
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Dossier, Place, Status
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.timekeeping import calendar
from dienhong.journal import labels
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person
from dienhong.payments import conf
from dienhong.payments.actions import pull_statements, register_account
from dienhong.payments.ledger import apply
from dienhong.payments.models import Capture, CollectingAccount, Purpose
from dienhong.payments.providers import transport
from dienhong.payments.providers.contract import Said, Unreachable
from dienhong.payments.states import AttemptStep

log = logging.getLogger("dienhong.dossiers")
BY = "job:demo"
SEED = 20200819
BIN, BANK = "970436", "Vietcombank (mẫu)"
ACCOUNTS = (
    ("tax", "01", Purpose.CHARGE, "3511000012345", "757"),
    ("agency", "GDT", Purpose.CHARGE, "3511000012300", "757"),
    ("iso3166", "VN", Purpose.FEE, "3511000067890", ""),
)
SERVICE = "vehicle_registration_fee"
DAYS = 15  # working days before today that the demo plays
RECENT = 3  # working days before today of which whoever tries the demo finds work waiting
# The two citizens whom one press signs in; the others have accounts that nobody can sign in to: in a person's list
# stand that person's own dossiers and no one else's.
CITIZENS = {"Nguyễn Văn Mẫu": "mau-cong-dan", "Trần Thị Mẫu": "mau-cong-dan-2"}
NAMES = (
    "Hoàng Văn Mẫu", "Trần Thị Mẫu", "Lê Văn Mẫu", "Phạm Thị Mẫu", "Nguyễn Văn Mẫu", "Vũ Thị Mẫu", "Đặng Văn Mẫu",
    "Bùi Thị Mẫu", "Đỗ Văn Mẫu", "Hồ Thị Mẫu", "Ngô Văn Mẫu", "Dương Thị Mẫu", "Lý Văn Mẫu", "Phan Thị Mẫu",
    "Trịnh Văn Mẫu", "Mai Thị Mẫu",
)  # fmt: skip
LATE_IN_STATEMENT = 5  # working days before today: of that day's money one transfer stands in the next statement
STRAY = 3  # working days before today: a transfer came that names no bill


@dataclass(frozen=True, slots=True)
class Car:
    brand: str
    model: str
    engine_cc: int
    price: int
    origin: str = "domestic"
    country: str = "VN"


CARS = (
    Car("VinFast", "Fadil", 1399, 549_000_000),
    Car("Toyota", "Vios G (CVT)", 1496, 570_000_000),
    Car("Mẫu", "Kiểu chưa có trong bảng", 1998, 810_000_000),
)
OFTEN = (4, 4, 1)


@transaction.atomic
def accounts() -> None:
    """Each account has one owner, and stands for the units below that have none of their own: Hà Nội's tax department
    (whose accountant is a sample), the other tax departments together, the provinces together."""
    if CollectingAccount.objects.filter(number=ACCOUNTS[0][3]).exists():
        return
    for scheme, code, purpose, number, chapter in ACCOUNTS:
        unit = organizations.unit_by_code(scheme, code, clock.DEMO_DAY)
        register_account(
            by=BY, unit=unit, purpose=purpose, bank_bin=BIN, bank_name=BANK, number=number,
            holder="KHO BAC NHA NUOC MAU", budget_chapter=chapter, validity=DateRange(dt.date(2020, 1, 1), None),
            remark="mẫu; chương 757 (hộ gia đình, cá nhân) chưa xác nhận" if chapter else "mẫu",
        )  # fmt: skip


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nobody counts meanwhile: a day of which half is played would be counted, and known so for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [counting.LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [counting.LOCK])


def count() -> int:
    """The figures of the past days, each known since the night after it; then those of today. How many changed."""
    first = Dossier.objects.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    if first is None:
        return 0
    day, changed = first.astimezone(clock.HANOI).date(), 0
    while day < clock.business_today():
        day += dt.timedelta(days=1)
        with clock.played(dt.datetime.combine(day, dt.time(0, 10), tzinfo=clock.HANOI)):
            changed += counting.count_due(by=BY)
    return changed + counting.count_due(by=BY, again=True)


def play() -> Iterator[Dossier]:
    """The past days' dossiers, each once: the token of a dossier follows from the seed and its number."""
    dice = random.Random(SEED)  # noqa: S311 - a demo, the same everywhere
    today, days = clock.business_today(), calendar()
    for back in range(DAYS, -1, -1):
        day = days.add_working_days(today, -back) if back else today
        for number in range(dice.randint(2, 5)):
            token = uuid.UUID(int=dice.getrandbits(128), version=4)
            plan = _Plan(day, number, token, dice.choices(CARS, OFTEN)[0], dice.randrange(len(NAMES)), dice.random())
            if not Dossier.objects.filter(token=token).exists():
                yield from plan.play(today)


@dataclass(frozen=True, slots=True)
class _Plan:
    day: dt.date
    number: int
    token: uuid.UUID
    car: Car
    who: int  # place in NAMES
    chance: float

    def at(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=clock.HANOI)

    def play(self, today: dt.date) -> Iterator[Dossier]:
        filed_at = self.at(self.day, 8 + self.number, 7 * self.number)
        if filed_at > clock.business_now():
            return
        with clock.played(filed_at):
            dossier = take(
                by=_citizen(self.who), filing=Filing(current(SERVICE), self.data(), self.token, {}, demo=True)
            )
        yield dossier
        if self.day == today:
            return
        with clock.played(self.at(self.day, 14, 5 * self.number)):
            self._at_the_counter(dossier)
        with clock.played(self.at(self.day, 15, 5 * self.number)):
            self._in_the_unit(dossier)
        with clock.played(self.at(self.day, 15, 30 + 5 * self.number)):  # before the banks' cut-off
            self._pay(dossier)
        with clock.played(self.at(self.day, 16, 5 * self.number)):
            self._arrive(dossier)

    @property
    def recent(self) -> bool:
        return calendar().working_days_between(self.day, clock.DEMO_DAY) <= RECENT

    def _at_the_counter(self, dossier: Dossier) -> None:
        place = Place.objects.select_related("dossier").get(dossier=dossier, element="accept_check")
        clerk = _official("mau-thue-mot-cua")
        if self.chance < 0.08:
            reason = "Nơi đăng ký xe không thuộc địa bàn của cơ quan thuế này."
            deciding.refuse(by=clerk, place=place, reason=reason, basis="Nghị định 140/2016/NĐ-CP, Điều 10 khoản 2")
        elif self.chance < 0.2:
            missing = Missing("Phiếu kiểm tra chất lượng xuất xưởng", "Ảnh mờ, không đọc được số khung.", "slip_copy")
            deciding.ask_supplement(by=clerk, dossier=dossier, items=[missing])
        else:
            deciding.accept(by=clerk, place=place)
            answer = {"register_match": self.chance > 0.3}
            persist.step(dossier, message("register_answered", f"demo-{dossier.pk}"), by=BY, facts=answer)

    def _in_the_unit(self, dossier: Dossier) -> None:
        """What needed a person, except some that whoever tries the demo finds waiting."""
        answers = {"fix_base": ("announced", {"tax_office_price": str(self.car.price)}), "compare": ("same", {})}
        if self.recent and (self.chance > 0.85 or calendar().working_days_between(self.day, clock.DEMO_DAY) < 2):
            return
        for element, (outcome, given) in answers.items():
            place = Place.objects.select_related("dossier").filter(dossier=dossier, element=element).first()
            if place:
                deciding.decide(by=_official("mau-thue-thu-ly"), place=place, outcome=outcome, answers=given)

    def _pay(self, dossier: Dossier) -> None:
        dossier.refresh_from_db()
        bill = money.standing(dossier)
        if dossier.status != Status.TO_PAY or bill is None or (self.recent and self.chance < 0.4):
            return
        now = clock.business_now()
        said = Said(
            reference="", key=f"demo-{bill.code}", step=AttemptStep.CAPTURED, amount=bill.amount,
            bank_ref=f"MAU{dossier.pk:07d}",
            account_number=bill.account_number, content=f"{bill.code} LE PHI TRUOC BA", paid_at=now,
            value_date=self.day,
        )  # fmt: skip
        with transaction.atomic():
            apply(by=BY, provider="vietqr", said=said)

    def _arrive(self, dossier: Dossier) -> None:
        """The registration service has the result the same day: the dossier ends then, not when the demo is started."""
        dossier.refresh_from_db()
        if dossier.status == Status.DONE:
            persist.step(dossier, message("result_delivered", f"demo-result-{dossier.pk}"), by=BY)

    def data(self) -> Mapping[str, Any]:
        car, serial = self.car, f"{self.day:%y%m%d}{self.number:03d}"
        return {
            "taxpayer_name": NAMES[self.who], "identity_number": f"001085{self.who + 1:06d}",
            "address": f"Số {self.who + 1}, phố Mẫu", "address_district": "quận Mẫu", "address_province": "01",
            "phone": f"0912{self.who + 1:06d}", "by_agent": False, "province_code": "01",
            "condition": "new", "slip_no": f"MAU-{serial}", "chassis_no": f"RLMAUX{serial}00000"[:17],
            "vehicle_register.state": "found", "slip_status": "free", "vehicle_type": "car", "brand": car.brand,
            "model": car.model, "seats": 5, "powertrain": "petrol", "engine_cc": car.engine_cc,
            "engine_no": f"MAUENG{serial}", "origin": car.origin, "country": car.country, "assembled_in": "Hải Phòng",
            "year_made": 2020, "seller_tax_code": "0100109106", "invoice_form": "01GTKT0/001",
            "invoice_symbol": "MA/20E", "invoice_number": serial[-8:], "tax_invoices.state": "found",
            "invoice_status": "valid", "invoice_price": car.price, "transfer_date": self.day.isoformat(),
            "transferor": "Đại lý Mẫu", "shared": False, "asks_exemption": False, "truth": True,
        }  # fmt: skip


def statements() -> int:
    """The bank's statements of the past days, each read on the morning after; the play bank is told first what it was
    paid before it was started. How many were read: none while the bank is down, and the next time all of them.

    Two things differ, so that reconciliation has something to show: STRAY and LATE_IN_STATEMENT.
    """
    today, days = clock.business_today(), calendar()
    late_on, stray_on = (days.add_working_days(today, -back) for back in (LATE_IN_STATEMENT, STRAY))
    rows = list(Capture.objects.filter(key__startswith="demo-").order_by("pk"))
    late = next((each.pk for each in rows if each.value_date == late_on), None)
    try:
        for each in rows:
            content = f"{each.bill.code} LE PHI TRUOC BA"
            _remember(each.bank_ref, each.paid_at, each.account_number, each.amount, content, each.pk == late)
        _remember("MAULAC0001", _hour(stray_on, 10), ACCOUNTS[0][3], 540_000, "CHUYEN TIEN MUA XE", False)
    except Unreachable as error:
        log.warning("no statements of the past days: %s", error)
        return 0
    read = 0
    for back in range(DAYS, 0, -1):
        day = days.add_working_days(today, -back)
        with clock.played(_hour(day + dt.timedelta(days=1), 5)):
            read += pull_statements(by=BY, day=day)
    return read


def _remember(ref: str, at: dt.datetime, payee: str, amount: int, content: str, day_late: bool) -> None:
    said = {
        "ref": ref,
        "at": at.isoformat(),
        "payee": payee,
        "amount": amount,
        "content": content,
        "day_late": day_late,
    }
    transport.post_json(f"{conf.bank().address}/control", {"remember": said})


def _hour(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=clock.HANOI)


def _citizen(place: int) -> Person:
    """The account of NAMES[place]."""
    if NAMES[place] in CITIZENS:
        return _official(CITIZENS[NAMES[place]])
    person, new = Person.objects.get_or_create(
        username=f"mau-nguoi-nop-{place + 1}", defaults={"display_name": NAMES[place]}
    )
    if new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
        labels.set_label(person.actor, person.display_name)
    return person


def _official(username: str) -> Person:
    return Person.objects.get(username=username)

"""Accounts of the demo: plainly called samples, without passwords; one press signs them in, in demo mode only."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from dienhong.base.refusal import NotPermitted
from dienhong.journal import labels
from dienhong.journal.actions import record
from dienhong.organizations import queries
from dienhong.organizations.models import Grant, Person, Role, Unit
from dienhong.organizations.registry import action

# The demo nation lives on a day of August 2020: the units of that day are meant.
DAY = dt.date(2020, 8, 19)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Sample:
    username: str
    display_name: str
    role: Role | None = None  # None: a citizen, who needs no grant to ask for a service; the name is theirs alone
    scheme: str = ""
    code: str = ""
    subtree: bool = False


def _of_province(key: str, name: str, code: str) -> list[Sample]:
    return [
        Sample(f"mau-{key}-chuyen-vien", f"Chuyên viên mẫu, {name}", Role.ENTRY_OFFICER, "gso", code),
        Sample(f"mau-{key}-lanh-dao", f"Lãnh đạo mẫu, {name}", Role.LEADER, "gso", code),
        Sample(f"mau-{key}-van-thu", f"Văn thư mẫu, {name}", Role.CLERK, "gso", code),
    ]


OFFICE = "Văn phòng Chính phủ"
FARMING = "Bộ Nông nghiệp và PTNT"
TRADE = "Bộ Công Thương"
TAX = "Cục Thuế Hà Nội"
SAMPLES = [
    *_of_province("lao-cai", "Lào Cai", "10"),
    *_of_province("ha-noi", "Hà Nội", "01"),
    Sample("mau-vpcp-chuyen-vien", f"Chuyên viên mẫu, {OFFICE}", Role.ENTRY_OFFICER, "agency", "OOG"),
    Sample("mau-vpcp-lanh-dao", f"Lãnh đạo mẫu, {OFFICE}", Role.LEADER, "agency", "OOG"),
    Sample("mau-vpcp-van-thu", f"Văn thư mẫu, {OFFICE}", Role.CLERK, "agency", "OOG"),
    Sample("mau-vpcp-tong-hop", f"Người tổng hợp mẫu, {OFFICE}", Role.RECEIVER, "agency", "OOG"),
    Sample("mau-vpcp-che-do", f"Đầu mối chế độ mẫu, {OFFICE}", Role.REGIME_MANAGER, "agency", "OOG"),
    Sample("mau-bnn-tong-hop", f"Người tổng hợp mẫu, {FARMING}", Role.RECEIVER, "agency", "MARD"),
    Sample("mau-bnn-che-do", f"Đầu mối chế độ mẫu, {FARMING}", Role.REGIME_MANAGER, "agency", "MARD"),
    Sample("mau-bct-tong-hop", f"Người tổng hợp mẫu, {TRADE}", Role.RECEIVER, "agency", "MOIT"),
    Sample("mau-cong-dan", "Nguyễn Văn Mẫu"),
    Sample("mau-cong-dan-2", "Trần Thị Mẫu"),
    Sample("mau-ha-noi-mot-cua", "Cán bộ một cửa mẫu, Hà Nội", Role.ONE_STOP_CLERK, "gso", "01"),
    Sample("mau-ha-noi-ho-tich", "Cán bộ hộ tịch mẫu, Hà Nội", Role.CASE_OFFICER, "gso", "01"),
    Sample("mau-thue-mot-cua", f"Cán bộ một cửa mẫu, {TAX}", Role.ONE_STOP_CLERK, "tax", "01"),
    Sample("mau-thue-thu-ly", f"Chuyên viên thụ lý mẫu, {TAX}", Role.CASE_OFFICER, "tax", "01"),
    Sample("mau-thue-lanh-dao", f"Lãnh đạo mẫu, {TAX}", Role.LEADER, "tax", "01"),
    Sample("mau-thue-ke-toan", f"Kế toán thu phí mẫu, {TAX}", Role.ACCOUNTANT, "tax", "01"),
    Sample("mau-phap-che", "Cán bộ pháp chế mẫu, Tổng cục Thuế", Role.JURIST, "agency", "GDT", True),
    Sample("mau-danh-muc", "Cán bộ pháp chế mẫu, danh mục thủ tục", Role.JURIST, "iso3166", "VN"),
    Sample("mau-to-tong-hop", "Tổ tổng hợp mẫu, cả nước", Role.VIEWER, "iso3166", "VN", True),
    Sample("mau-dieu-hanh", "Cán bộ điều hành mẫu, Trung tâm", Role.STEERING_OFFICER, "iso3166", "VN", True),
    Sample("mau-chu-toa", "Chủ tọa mẫu, cả nước", Role.CHAIR, "iso3166", "VN", True),
    Sample("mau-giam-sat", "Giám sát mẫu, cả nước", Role.AUDITOR, "iso3166", "VN", True),
    Sample("mau-quan-tri-1", "Quản trị mẫu thứ nhất", Role.ADMINISTRATOR, "iso3166", "VN", True),
    Sample("mau-quan-tri-2", "Quản trị mẫu thứ hai", Role.ADMINISTRATOR, "iso3166", "VN", True),
]


@action("organizations.make_demo_accounts")
@transaction.atomic
def make_demo_accounts(*, by: str) -> int:
    """Make what is missing of the samples; returns how many were made. Raises NotPermitted outside demo mode."""
    _only_in_demo()
    made = 0
    for sample in SAMPLES:
        person, new = Person.objects.get_or_create(
            username=sample.username, defaults={"display_name": sample.display_name, "demo": True}
        )
        if not new:
            continue
        person.set_unusable_password()
        person.save(update_fields=["password"])
        labels.set_label(person.actor, person.display_name)
        if sample.role is not None:
            unit = queries.unit_by_code(sample.scheme, sample.code, DAY)
            install(by=by, person=person, role=sample.role, unit=unit, subtree=sample.subtree, reason="demo")
        made += 1
    return made


def install(*, by: str, person: Person, role: Role, unit: Unit, subtree: bool, reason: str) -> Grant:
    """A grant by the machine (`by` is job:…): the first administrators and the samples, before anyone could confirm."""
    made = Grant.objects.create(
        person=person, role=role, unit=unit, subtree=subtree, validity=DateRange(None, None), reason=reason
    )
    record(
        by=by, verb="organizations.install_grant", object_kind="grant", object_id=made.pk, unit_id=unit.pk,
        reason=reason, data={"role": role, "person": person.actor},
    )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the sign-in page."""

    person: Person
    roles: str
    unit: str


def choices(on: dt.date, lang: str) -> list[Choice]:
    """The samples with their roles and units, in the order of `SAMPLES`, in four queries."""
    order = {sample.username: place for place, sample in enumerate(SAMPLES)}
    people = Person.objects.filter(demo=True, is_active=True, username__in=order).prefetch_related("grants")
    names = queries.full_names({each.unit_id for person in people for each in person.grants.all()}, on, lang)
    rows = [
        Choice(
            person,
            ", ".join(str(Role(each.role).label) for each in person.grants.all()) or _("Công dân"),
            ", ".join(dict.fromkeys(names.get(each.unit_id, "") for each in person.grants.all())),
        )
        for person in people
    ]
    return sorted(rows, key=lambda row: order[row.person.username])


@action("organizations.sign_in_demo")
@transaction.atomic
def sign_in_demo(*, by: Person, request: HttpRequest) -> None:
    """Sign a sample in without a password. Raises NotPermitted outside demo mode and for any other account."""
    from allauth.usersessions.models import UserSession

    _only_in_demo()
    if not by.demo or not by.is_active:
        raise NotPermitted("no_sample", _("Đây không phải tài khoản mẫu đang hoạt động."))
    login(request, by, backend=BACKEND)
    UserSession.objects.create_from_request(request)
    record(by=by.actor, verb="organizations.sign_in_demo", object_kind="person", object_id=by.pk)


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise NotPermitted("no_demo", _("Chỉ có ở chế độ mẫu."))

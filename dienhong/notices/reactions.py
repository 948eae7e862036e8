"""What follows events of the rooms below: whoever is given or loses a role, or a new sign-in, hears of it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override

from dienhong.base import clock
from dienhong.journal.models import Event
from dienhong.notices import audience, kinds
from dienhong.notices.actions import notify
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import ResetRequest, Role

# Someone's rights changed: they must learn of it, so these stay on the page.
kinds.register(
    kinds.Kind(
        "organizations.granted",
        _("Vai trò của tôi"),
        gettext_noop("Bạn được giao vai trò %(role)s"),
        gettext_noop("Tại %(unit)s. Lý do: %(reason)s"),
        fixed=True,
    ),
    kinds.Kind(
        "organizations.revoked",
        _("Vai trò bị thu hồi"),
        gettext_noop("Vai trò %(role)s của bạn đã bị thu hồi"),
        gettext_noop("Tại %(unit)s. Lý do: %(reason)s"),
        fixed=True,
    ),
    kinds.Kind(
        "organizations.grant_asked",
        _("Phân quyền chờ xác nhận"),
        gettext_noop("Chờ quản trị viên thứ hai xác nhận: %(role)s"),
        gettext_noop("Tại %(unit)s. Lý do: %(reason)s"),
    ),
    kinds.Kind(
        "organizations.reset",
        _("Đặt lại đăng nhập của tôi"),
        gettext_noop("Đăng nhập của bạn được đặt lại"),
        gettext_noop("Nếu bạn không đề nghị việc này, báo ngay cho quản trị hệ thống. Lý do: %(reason)s"),
        fixed=True,
    ),
    kinds.Kind(
        "organizations.reset_asked",
        _("Đặt lại đăng nhập chờ xác nhận"),
        gettext_noop("Chờ quản trị viên thứ hai xác nhận đặt lại đăng nhập"),
        gettext_noop("Lý do: %(reason)s"),
    ),
)
ACCOUNT = "/account/"


def role_given(event: Event) -> None:
    """To the holder when the role begins; to the other administrators of the unit while it waits for a second one."""
    if event.data["state"] == "asked":
        _to_administrators(event, "organizations.grant_asked", _about(event), int(event.unit_id))
    elif event.data["state"] == "given":
        _to_holder(event, "organizations.granted", _about(event))


def role_taken(event: Event) -> None:
    _to_holder(event, "organizations.revoked", _about(event))


def sign_in_reset(event: Event) -> None:
    """To the person once it is done; to the administrators who may confirm it while it waits."""
    if event.data["state"] == "done":
        _to_holder(event, "organizations.reset", {"reason": event.reason})
    elif event.data["state"] == "asked":
        request = ResetRequest.objects.filter(pk=event.data["request"], confirmed=None).first()
        units = set(request.person.grants.values_list("unit", flat=True)) if request else set()
        for unit in units:
            _to_administrators(event, "organizations.reset_asked", {"reason": event.reason}, unit)


def _about(event: Event) -> dict[str, object]:
    role, on = Role(event.data["role"]), event.business_at.astimezone(clock.HANOI).date()
    said: dict[str, dict[str, str]] = {"role": {}, "unit": {}}
    for lang in ("vi", "en"):
        with override(lang):
            said["role"][lang] = f"“{role.label}”"
        said["unit"][lang] = organizations.full_name(int(event.unit_id), on, lang)
    return {**said, "reason": event.reason}


def _to_holder(event: Event, kind: str, params: dict[str, object]) -> None:
    told = {int(actor.removeprefix("person:")) for actor in event.data["tell"]} - {actor_id(event)}
    _tell(event, told, kind, params)


def _to_administrators(event: Event, kind: str, params: dict[str, object], unit: int) -> None:
    """All who may confirm: not who asked, not who would receive."""
    concerned = {int(actor.removeprefix("person:")) for actor in event.data["tell"]}
    told = audience.holders_of(Role.ADMINISTRATOR, [unit])[unit]
    _tell(event, told - concerned - {actor_id(event)}, kind, params)


def _tell(event: Event, told: set[int], kind: str, params: dict[str, object]) -> None:
    notify(
        by="job:reactions",
        to=told,
        kind=kind,
        subject=(event.object_kind, event.object_id),
        params=params,
        url=ACCOUNT,
        dedupe=f"{kind}:event:{event.pk}",
    )


def actor_id(event: Event) -> int:
    """The person who acted, or 0 for a machine: nobody is told of what they did themselves."""
    kind, _colon, number = event.actor.partition(":")
    return int(number) if kind == "person" else 0

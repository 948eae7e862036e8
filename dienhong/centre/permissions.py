"""Who may do what in the Centre: boards, walls and cues are the steering officer's, takeover is the chair's."""

from django.utils.translation import gettext as _

from dienhong.base import clock
from dienhong.base.refusal import NotPermitted
from dienhong.centre.models import BoardVersion
from dienhong.indicators import places
from dienhong.organizations import permissions
from dienhong.organizations.models import Person, Role, Unit

HOME = "VN"
ARRANGES = (Role.STEERING_OFFICER,)
CUES = (Role.STEERING_OFFICER, Role.CHAIR)
TAKES_OVER = (Role.CHAIR,)
SEES_ALL = frozenset({Role.STEERING_OFFICER, Role.CHAIR, Role.AUDITOR})


def home() -> Unit:
    """The unit whose Centre this is: one installation is one nation."""
    return places.unit(HOME, clock.business_today())


def require(by: Person, roles: tuple[Role, ...]) -> None:
    permissions.require(by, roles, home())


def may(who: permissions.Who, roles: tuple[Role, ...]) -> bool:
    return bool(permissions.may(who, roles, home()))


def sees(who: permissions.Who, version: BoardVersion) -> bool:
    """Whether a board is shown to the person: to every official, or to the roles it is shared with."""
    held = permissions.menu_roles(who)
    return bool(held) and (not version.shared or bool(held & (SEES_ALL | set(version.shared))))


def require_sight(who: Person, version: BoardVersion) -> None:
    if not sees(who, version):
        raise NotPermitted("not_permitted", _("Bảng này chỉ mở cho một số vai trò; bạn chưa giữ vai trò nào trong đó."))

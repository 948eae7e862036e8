"""Every verb that changes units, grants and accounts."""

from dienhong.organizations.actions.accounts import (
    add_person,
    close_account,
    confirm_reset,
    end_session,
    refuse_reset,
    reset_sign_in,
    send_password_link,
    set_address,
)
from dienhong.organizations.actions.grants import (
    confirm_grant,
    delegate,
    grant,
    hand_over,
    refuse_grant,
    revoke,
)
from dienhong.organizations.actions.holidays import declare_holiday
from dienhong.organizations.actions.importing import import_people, try_people
from dienhong.organizations.actions.leaving import leave
from dienhong.organizations.actions.units import NewUnit, change_kind, found, merge, move, rename, split

__all__ = [
    "NewUnit", "add_person", "change_kind", "close_account", "confirm_grant", "confirm_reset", "declare_holiday",
    "delegate", "end_session", "found", "grant", "hand_over", "import_people", "leave", "merge", "move",
    "refuse_grant", "refuse_reset", "rename", "reset_sign_in", "revoke", "send_password_link", "set_address", "split",
    "try_people",
]  # fmt: skip

"""What a visitor may do without signing in."""

from django.db import transaction
from django.utils.translation import gettext as _

from dienhong.base.refusal import Refused
from dienhong.catalogue import queries
from dienhong.journal.actions import record
from dienhong.organizations.registry import action
from dienhong.portal.models import Feedback

LONGEST = 1000


@action("portal.say_feedback")
@transaction.atomic
def say_feedback(*, by: str, code: str, helped: bool | None, text: str, lang: str) -> Feedback:
    """Keep a visitor's word on a procedure page; `by` is job:portal, since nobody is asked who they are.

    The words stand in their row alone, not in the journal. Raises Refused.
    """
    version = queries.procedure(code)
    if version is None:
        raise Refused("no_procedure", _("Không có thủ tục mang mã %(code)s.") % {"code": code[:40]})
    text = text.strip()
    if helped is None and not text:
        raise Refused("nothing", _("Chọn có hoặc không, hoặc viết điều còn thiếu."))
    if len(text) > LONGEST:
        raise Refused("long", _("Viết không quá %(most)d ký tự.") % {"most": LONGEST})
    made = Feedback.objects.create(code=version.procedure.code, helped=helped, text=text, lang=lang)
    record(
        by=by, verb="portal.say_feedback", object_kind="procedure", object_id=made.code,
        data={"helped": helped, "characters": len(text)},
    )  # fmt: skip
    return made

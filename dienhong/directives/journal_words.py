"""The journal in words: what the verbs of directives say, and what their ids name."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dienhong.directives.models import Assignment, Directive, State
from dienhong.reporting import journal_words
from dienhong.reporting.journal_words import Thing

VERBS = {
    "directives.issue": _("ban hành chỉ đạo"),
    "directives.assigned": _("giao nhiệm vụ"),
    "directives.acknowledge": _("nhận nhiệm vụ"),
    "directives.begin": _("bắt đầu làm nhiệm vụ"),
    "directives.report": _("báo cáo tiến độ"),
    "directives.ask_extension": _("xin gia hạn nhiệm vụ"),
    "directives.answer_extension": _("trả lời xin gia hạn"),
    "directives.say_met": _("báo đã xong nhiệm vụ"),
    "directives.close": _("đóng nhiệm vụ"),
    "directives.close_by_number": _("con số đạt điều kiện, nhiệm vụ tự đóng"),
    "directives.close_by_exception": _("ký đóng ngoại lệ"),
    "directives.reopen": _("mở lại nhiệm vụ"),
    "directives.reopen_by_number": _("số đính chính không còn đạt, nhiệm vụ tự mở lại"),
    "directives.cancel": _("hủy nhiệm vụ"),
    "directives.replace": _("thay nhiệm vụ"),
    "directives.freeze": _("điều kiện bị đóng băng"),
    "directives.restate": _("nói lại điều kiện"),
}
KINDS = {"directive": _("chỉ đạo"), "assignment": _("nhiệm vụ")}


def register() -> None:
    states = {each.value: each.label for each in State} | {"allowed": _("cho gia hạn"), "denied": _("không gia hạn")}
    journal_words.register(VERBS, KINDS, {"directive": _directives, "assignment": _assignments}, states)


def _directives(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Directive.objects.filter(pk__in=[each for each in ids if each.isdecimal()]).order_by("pk")
    return {str(row.pk): Thing(row.code, reverse("directives:directive", args=[row.pk])) for row in rows}


def _assignments(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Assignment.objects.filter(pk__in=[each for each in ids if each.isdecimal()]).select_related("directive")
    return {
        str(row.pk): Thing(row.code, reverse("directives:assignment", args=[row.pk])) for row in rows.order_by("pk")
    }

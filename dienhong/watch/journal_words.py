"""The journal in words: what the verbs of checks, questions and alerts say, and what their ids name."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dienhong.indicators.models import Target
from dienhong.reporting import journal_words
from dienhong.reporting.journal_words import Thing
from dienhong.watch.models import Alert, AlertRuleVersion, Difference, Question
from dienhong.watch.telling import shortened

VERBS = {
    "watch.difference_opened": _("đối chiếu thấy lệch"),
    "watch.difference_closed": _("số đã khớp, chỗ lệch tự đóng"),
    "watch.difference_reopened": _("số lại lệch, chỗ lệch tự mở lại"),
    "watch.answer_difference": _("giải trình chỗ lệch"),
    "watch.agree": _("thống nhất với giải trình"),
    "watch.disagree": _("chưa chấp nhận giải trình"),
    "watch.ask": _("hỏi nguồn của con số"),
    "watch.answer_question": _("trả lời câu hỏi về con số"),
    "watch.write_rule": _("đặt quy tắc cảnh báo"),
    "watch.rewrite_rule": _("sửa quy tắc cảnh báo"),
    "watch.set_target": _("giao chỉ tiêu kế hoạch"),
    "watch.alert_raised": _("cảnh báo nổi lên"),
    "watch.alert_closed": _("con số đã khác, cảnh báo tự đóng"),
    "watch.alert_escalated": _("cảnh báo lên cấp trên"),
    "watch.acknowledge": _("tiếp nhận cảnh báo"),
    "watch.explain": pgettext_lazy("watch", "giải trình cảnh báo"),
    "watch.close_alert": _("đóng cảnh báo"),
}
KINDS = {
    "watch_difference": _("chỗ lệch"),
    "question": _("câu hỏi"),
    "alert": _("cảnh báo"),
    "alert_rule": _("quy tắc cảnh báo"),
    "plan_target": _("chỉ tiêu kế hoạch"),
}


def register() -> None:
    found = {"watch_difference": _differences, "question": _questions, "alert": _alerts, "alert_rule": _rules,
             "plan_target": _targets}  # fmt: skip
    journal_words.register(VERBS, KINDS, found)


def _numbers(ids: set[str]) -> list[int]:
    return [int(each) for each in ids if each.isdecimal()]


def _differences(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Difference.objects.filter(pk__in=_numbers(ids)).order_by("pk")
    return {str(row.pk): Thing(row.code, reverse("watch:difference", args=[row.pk])) for row in rows}


def _questions(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Question.objects.filter(pk__in=_numbers(ids)).order_by("pk")
    return {str(row.pk): Thing(shortened(row.text, 60), reverse("watch:question", args=[row.pk])) for row in rows}


def _alerts(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Alert.objects.filter(pk__in=_numbers(ids)).select_related("version").order_by("pk")
    return {str(row.pk): Thing(row.version.title, reverse("watch:alert", args=[row.pk])) for row in rows}


def _rules(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = AlertRuleVersion.objects.filter(rule__in=_numbers(ids)).order_by("rule", "-number").distinct("rule")
    return {str(row.rule_id): Thing(row.title, reverse("watch:rule", args=[row.rule_id])) for row in rows}


def _targets(ids: set[str], lang: str) -> dict[str, Thing]:
    rows = Target.objects.filter(pk__in=_numbers(ids)).select_related("indicator").order_by("pk")
    return {str(row.pk): Thing(f"{row.indicator.code} {row.operator}", reverse("watch:targets")) for row in rows}

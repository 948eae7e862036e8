"""Words of verdicts and proofs."""

from django import template
from django.utils.translation import gettext as _

from dienhong.exchange import proof
from dienhong.exchange.models import Verdict

register = template.Library()


@register.filter
def verdict_words(value: str | None) -> str:
    return str(Verdict(value).label) if value else ""


@register.filter
def proof_class(value: str) -> str:
    return {proof.GOOD: "ok", proof.BAD: "fail"}.get(value, "warn")


@register.filter
def bytes_words(value: str) -> str:
    return {
        proof.GOOD: _("Nội dung còn nguyên: băm lại ra đúng mã này."),
        proof.BAD: _("Nội dung đã bị đổi: băm lại ra mã khác."),
    }.get(value, _("Nội dung đã xóa; mã băm không còn dẫn tới đâu."))


@register.filter
def signature_words(value: str) -> str:
    return {
        proof.GOOD: _("Chữ ký đúng."),
        proof.BAD: _("Chữ ký sai."),
        proof.UNKNOWN: _("Không biết khóa đã ký."),
    }.get(value, _("Chữ ký đã xóa cùng nội dung."))


@register.filter
def called(actor: str, names: dict[str, str]) -> str:
    """Who it was by name; a job or a partner, and an account that is gone, as the log has it."""
    return names.get(actor, actor)

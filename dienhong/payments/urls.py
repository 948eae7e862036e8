"""Addresses of this room: what a payer opens, what banks call, what accountants keep."""

from django.urls import URLPattern, URLResolver, path, register_converter

from dienhong.payments.views import books, differences, notices, payer, refunds, statements, waiting


class CodeConverter:
    regex = "DH[0-9A-Z]{9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "bill")
app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/<slug:provider>/", notices.notice, name="notice"),
    path("<bill:code>/", payer.bill, name="bill"),
    path("<bill:code>/state/", payer.state, name="state"),
    path("<bill:code>/begin/", payer.begin, name="begin"),
    path("<bill:code>/go/<int:pk>/", payer.go, name="go"),
    path("<bill:code>/together/<int:pk>/", payer.together, name="together"),
    path("<bill:code>/check/", payer.check, name="check"),
    path("bills/", books.bills, name="bills"),
    path("bills/export/", books.export, name="export"),
    path("bills/<bill:code>/", books.bill, name="book"),
    path("bills/<bill:code>/refund/", refunds.ask, name="ask_refund"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<int:pk>/approve/", refunds.approve, name="approve_refund"),
    path("refunds/<int:pk>/decline/", refunds.decline, name="decline_refund"),
    path("differences/", differences.differences, name="differences"),
    path("differences/<int:pk>/answer/", differences.answer, name="answer"),
    path("differences/<int:pk>/close/", differences.close, name="close"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("waiting/<int:pk>/assign/", waiting.assign, name="assign"),
    path("statements/", statements.statements, name="statements"),
]

"""Money that is too much, nobody's or to go back finds the person who has to act, once."""

from django.test import Client
from django.urls import reverse

from dienhong.config import reactions
from dienhong.journal.models import Event
from dienhong.notices.models import Notice
from dienhong.organizations.models import Role
from dienhong.organizations.tests import worlds
from dienhong.payments import actions
from dienhong.payments.models import Capture
from dienhong.payments.providers.vietqr.payload import Transfer, build
from dienhong.payments.tests.conftest import ACCOUNT, BIN, PlayBank, Scene, play, qr, scene  # noqa: F401


def follow(verb: str) -> None:
    """What the queue does once the act is sealed; twice, since it may."""
    for event in Event.objects.filter(verb=verb):
        for one in reactions.REACTIONS[verb]:
            if not one.same_transaction and one.function.__module__ == "dienhong.notices.money":
                one.function(event)
                one.function(event)


def told() -> list[tuple[str, int, str]]:
    rows = list(Notice.objects.order_by("pk").values_list("kind", "person", "url"))
    Notice.objects.all().delete()
    return rows


def test_who_hears_of_money(scene: Scene, play: PlayBank, client: Client) -> None:  # noqa: F811
    other = worlds.person("lanh-dao-khac")
    worlds.grant(other, Role.LEADER, scene.world.lao_cai)
    bill = scene.bill(1000)
    book, accountant, leader = reverse("payments:book", args=[bill.code]), scene.accountant.pk, scene.leader.pk
    play.pay(qr(bill), 1500)
    play.pay(build(Transfer(BIN, ACCOUNT, 30, "NOP PHI XEM1")))
    play.bring()
    follow("payments.captured")
    assert told() == [("payments.overpaid", accountant, book)]
    follow("payments.waiting")
    assert told() == [("payments.waiting", accountant, reverse("payments:waiting"))]
    actions.ask_refund(by=scene.accountant, capture=Capture.objects.get(), amount=500, reason="overpayment")
    follow("payments.ask_refund")
    assert told() == [("payments.refund_asked", leader, reverse("payments:refunds"))]
    client.force_login(scene.leader)
    text = client.get(reverse("reporting:sign")).content.decode()
    assert "1 đề nghị hoàn tiền chờ duyệt" in text
    assert reverse("payments:bills") in text, "the menu leads there"
    client.force_login(other)
    text = client.get(reverse("reporting:sign")).content.decode()
    assert "hoàn tiền" not in text
    assert reverse("payments:bills") not in text, "nothing is collected there"

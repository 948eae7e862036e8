"""Sending: letters in the reader's language, a lost line tried again, given up at last, a day's as one letter."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import translation

from dienhong.notices import actions, outbox, sending
from dienhong.notices.channels import mail as letters
from dienhong.notices.models import Delivery, DeliveryState, Notice, Reach, State
from dienhong.notices.tests.conftest import KIND, queued
from dienhong.notices.tests.test_notify import tell
from dienhong.organizations.tests import worlds


def told(person, kind: str = KIND, **more: object) -> Delivery:
    tell([person], kind, **more)
    return Delivery.objects.order_by("-pk")[0]


def states(delivery: Delivery) -> list[str]:
    return list(delivery.states.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def line_down(monkeypatch):
    """Mail servers that hang up, until `.up()`."""

    class Line:
        down = True

        def up(self) -> None:
            self.down = False

    line, real = Line(), mail.EmailMessage.send

    def send(self, *args, **kwargs):
        if line.down:
            raise SMTPServerDisconnected("Connection unexpectedly closed")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(letters.EmailMessage, "send", send)
    return line


@pytest.mark.parametrize(
    ("language", "title", "foot"),
    [
        ("vi", "Đăng nhập của bạn được đặt lại", "Chọn cách nhận"),
        ("en", "Your sign-in was reset", "Choose how you hear"),
    ],
)
def test_a_letter_in_the_readers_language(person, language, title, foot):
    Reach.objects.create(person=person, language=language)
    params = {"reason": {"vi": "vì thế", "en": "therefore"}}
    delivery = told(person, "organizations.reset", url="/account/", params=params)
    with translation.override("vi" if language == "en" else "en"):  # the worker's own language does not matter
        assert sending.deliver(delivery.pk) == State.SENT
    letter = mail.outbox[0]
    assert (letter.subject, letter.to) == (title, ["nguoi-doc@example.vn"])
    assert ("vì thế" if language == "vi" else "therefore") in letter.body
    assert foot in letter.body
    assert "/account/" in letter.body
    assert letter.extra_headers["Message-ID"].startswith(f"<notice-{delivery.notice_id}-{delivery.pk}@")
    assert states(delivery) == ["queued", "sent"]


def test_sent_once_however_often_the_job_runs(person):
    delivery = told(person)
    assert sending.deliver(delivery.pk) == State.SENT
    assert sending.deliver(delivery.pk) is None
    assert len(mail.outbox) == 1
    assert sending.deliver(10**9) is None


def test_a_lost_line_is_tried_again_and_the_letter_arrives(person, line_down):
    delivery = told(person)
    before = len(queued("notices.deliver"))
    assert sending.deliver(delivery.pk) == State.FAILED
    assert len(queued("notices.deliver")) == before + 1  # the next attempt waits
    assert "closed" in delivery.states.get(state=State.FAILED).reason
    line_down.up()
    assert sending.deliver(delivery.pk) == State.SENT
    assert states(delivery) == ["queued", "failed", "sent"]
    assert len(mail.outbox) == 1


def test_pauses_grow_and_end(person, line_down, monkeypatch):
    pauses: list[int] = []
    monkeypatch.setattr(outbox, "post", lambda pks, seconds=0: pauses.append(seconds))
    delivery = told(person)
    pauses.clear()
    while sending.deliver(delivery.pk) == State.FAILED:
        pass
    assert pauses == list(sending.PAUSES) == sorted(pauses)
    assert states(delivery) == ["queued", *["failed"] * len(pauses), "dead"]


def test_given_up_can_be_sent_again_by_an_administrator(person, line_down):
    delivery = told(person)
    DeliveryState.objects.create(delivery=delivery, state=State.DEAD, reason="x")
    administrator = worlds.person()
    worlds.grant(administrator, "administrator", worlds.unit("Nơi"))
    line_down.up()
    actions.send_again(by=administrator, delivery=delivery)
    assert sending.deliver(delivery.pk) == State.SENT


def test_a_refused_address_is_not_tried_again(person, monkeypatch):
    def refuse(self):
        raise SMTPRecipientsRefused({"nguoi-doc@example.vn": (550, b"no such user")})

    monkeypatch.setattr(letters.EmailMessage, "send", refuse)
    delivery = told(person)
    assert sending.deliver(delivery.pk) == State.DEAD
    assert "550" in delivery.states.get(state=State.DEAD).reason


def test_a_full_mailbox_is_tried_again(person, monkeypatch):
    def refuse(self):
        raise SMTPRecipientsRefused({"nguoi-doc@example.vn": (452, b"mailbox full")})

    monkeypatch.setattr(letters.EmailMessage, "send", refuse)
    assert sending.deliver(told(person).pk) == State.FAILED


def test_a_title_with_a_line_break_makes_no_header_of_its_own(person):
    sending.deliver(told(person, params={"what": "một\nBcc: khac@example.vn", "reason": ""}).pk)
    assert mail.outbox[0].subject == "Đăng nhập một Bcc: khac@example.vn"


class TestDigest:
    def test_one_letter_of_what_is_unread(self, person):
        other = worlds.person()
        other.email = "khac@example.vn"
        other.save()
        for what in ("một", "hai", "ba"):
            tell([person, other], "test.daily", params={"what": what})
        read = Notice.objects.get(person=person, params__what="hai")
        actions.mark_read(by=person, up_to=read.pk, only=True)
        assert sending.digests() == 2
        letter = next(each for each in mail.outbox if each.to == [person.email])
        assert "2" in letter.subject
        assert "một" in letter.body
        assert "ba" in letter.body
        assert "hai" not in letter.body
        assert states(Delivery.objects.get(notice=read)) == ["queued", "skipped"]
        assert sending.digests() == 0  # nobody hears it twice

    def test_a_lost_line_waits_for_the_next_morning(self, person, line_down):
        delivery = told(person, "test.daily", params={"what": "một"})
        assert sending.digests() == 0
        assert states(delivery) == ["queued", "failed"]
        line_down.up()
        assert sending.digests() == 1
        assert states(delivery) == ["queued", "failed", "sent"]
        assert len(mail.outbox) == 1

    def test_at_once_is_not_gathered(self, person):
        told(person)
        assert sending.digests() == 0


def test_a_notice_of_a_kind_that_is_gone_is_sent_with_its_key(person):
    from dienhong.notices import kinds

    delivery = told(person)
    del kinds._kinds[KIND]
    assert sending.deliver(delivery.pk) == State.SENT
    assert mail.outbox[0].subject == KIND


def test_an_error_of_ours_is_no_failed_line(person, monkeypatch):
    """A bug is not swallowed: the job fails and is seen."""
    monkeypatch.setattr(sending.kinds, "words", lambda *_: 1 / 0)
    delivery = Delivery.objects.create(
        notice=Notice.objects.create(
            person=person, kind=KIND, made_by="job:test", in_app=True, business_at="2020-01-01T00:00Z"
        ),
        channel="mail",
        rhythm="at_once",
    )
    DeliveryState.objects.create(delivery=delivery, state=State.QUEUED)
    with pytest.raises(ZeroDivisionError):
        sending.deliver(delivery.pk)
    assert states(delivery) == ["queued"]


def test_mail_test_says_how_it_went(db, capsys, line_down):
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="DIENHONG_MAIL_HOST"):
        call_command("mail_test", "a@example.vn")
    line_down.up()
    call_command("mail_test", "a@example.vn")
    assert mail.outbox[0].to == ["a@example.vn"]
    assert "a@example.vn" in capsys.readouterr().out

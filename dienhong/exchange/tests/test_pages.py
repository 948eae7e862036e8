"""The screens: who sees them, what they show, that content is never on them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.base import clock
from dienhong.exchange import actions, queries
from dienhong.exchange.models import Content, Issue, Message, Outbox, Partner, PartnerKey, Reply
from dienhong.exchange.tests.test_ask import FADIL, PERSON, ask
from dienhong.exchange.tests.test_matrix import PUBLIC
from dienhong.exchange.tests.test_outbox import send
from dienhong.organizations.models import Person, Role
from dienhong.organizations.tests import worlds


@pytest.fixture
def signed(client: Client, admin: Person) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def auditing(client: Client, db: None) -> Client:
    person = worlds.person("giam-sat")
    worlds.grant(person, Role.AUDITOR, worlds.unit("Việt Nam", "nation"), subtree=True)
    client.force_login(person)
    return client


def page(client: Client, name: str, *args: object, status: int = 200, **query: object) -> str:
    answer = client.get(reverse(f"exchange:{name}", args=args), query)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("name", ["partners", "messages", "outbox"])
def test_closed_to_visitors_and_to_other_roles(client, db, name):
    assert "/sign-in/" in client.get(reverse(f"exchange:{name}"))["Location"]
    person = worlds.person()
    worlds.grant(person, Role.LEADER, worlds.unit("Hà Nội"))
    client.force_login(person)
    assert "người giám sát" in page(client, name, status=403)


def test_empty_screens_say_what_will_come(signed):
    assert "Chưa có đối tác nào" in page(signed, "partners")
    assert "Không có thông điệp nào khớp" in page(signed, "messages")
    assert "Mọi thông điệp đều đã đi" in page(signed, "outbox")


def test_the_list_of_partners_tells_how_each_does(signed, registers, django_assert_max_num_queries):
    ask("population", PERSON)
    registers.fail("down", "population", times=1)
    ask("population", PERSON)
    send()
    shown = page(signed, "partners")
    assert "Cơ sở dữ liệu quốc gia về dân cư" in shown
    assert "50,0" in shown
    assert "1/2" in shown
    found = {each.partner.key: each for each in queries.standings()}
    assert (found["population"].attempts, found["population"].failed) == (2, 1)
    assert found["police_registration"].waiting == 1
    assert found["police_registration"].oldest <= clock.record_now()
    with django_assert_max_num_queries(5):
        queries.standings()


def test_content_is_on_no_screen(signed, registers):
    answer = ask("population", PERSON)
    for shown in (
        page(signed, "message", answer.message_id),
        page(signed, "messages"),
        page(signed, "partner", "population"),
    ):
        assert "001085000001" not in shown
        assert "Nguyễn Văn Mẫu" not in shown
        assert "PersonQuery" in shown
    assert "birth_date, identity_no, name" in page(signed, "message", answer.message_id)


def test_a_message_shows_its_proof(auditing, registers):
    answer = ask("vehicle_register", FADIL)
    shown = page(auditing, "message", answer.message_id)
    assert shown.count("Nội dung còn nguyên") == 2
    assert shown.count("Chữ ký đúng") == 2
    assert "giữ cùng mã băm này" in shown
    Content.objects.update(body="{}")
    shown = page(auditing, "message", answer.message_id)
    assert "Nội dung đã bị đổi" in shown
    assert "Chữ ký sai" in shown


def test_the_log_is_searched(auditing, registers):
    ask("vehicle_register", FADIL)
    ask("population", {**PERSON, "name": "Người Khác Mẫu"}, owner=("dossier", "13"))

    def kinds(**query: str) -> set[str]:
        shown = page(auditing, "messages", **query)
        return {kind for kind in ("SlipQuery", "PersonQuery") if kind in shown}

    both = {"SlipQuery", "PersonQuery"}
    assert kinds() == kinds(way="ask", since="2020-01-01") == both
    assert kinds(partner="population") == kinds(verdict="mismatch") == kinds(key="13") == {"PersonQuery"}
    assert kinds(until="2020-01-01") == kinds(way="send") == set()
    uid = str(Message.objects.get(kind="SlipQuery").uid)
    assert kinds(key=uid) == {"SlipQuery"}
    assert kinds(since="hôm qua") == both
    assert "Ngày chưa đúng" in page(auditing, "messages", since="hôm qua")


def test_the_log_calls_people_by_name(auditing, registers):
    person = worlds.person("nguoi-hoi")
    answer = ask("vehicle_register", FADIL, by=person.actor)
    ask("vehicle_register", FADIL, by="person:999999")
    assert person.name in page(auditing, "message", answer.message_id)
    shown = page(auditing, "messages")
    assert person.name in shown
    assert "person:999999" in shown


def test_the_log_goes_by_pages(auditing, db, monkeypatch):
    monkeypatch.setattr("dienhong.exchange.searching.PAGE", 2)
    sent = [send() for _ in range(3)]
    first = page(auditing, "messages", way="send")
    assert f"way=send&amp;before={sent[1].pk}" in first
    second = page(auditing, "messages", before=str(sent[1].pk))
    assert str(sent[0].uid) in second
    assert str(sent[1].uid) not in second
    assert 'rel="next"' not in second


def test_the_outbox_and_what_was_given_up(signed, police):
    police.fail("down", "police_registration")
    message = send()
    Outbox.objects.update(tries=100)
    actions.deliver(message.pk)
    shown = page(signed, "outbox")
    assert "Không gửi được" in shown
    assert "status 503" in shown
    assert "gửi nhiều lần không được" in page(signed, "partners")
    answer = signed.post(reverse("exchange:try_now", args=[message.uid]), follow=True)
    assert "Đã đưa vào hàng gửi ngay" in answer.content.decode()
    assert Outbox.objects.get().dead_at is None
    Outbox.objects.update(delivered_at=clock.record_now())
    answer = signed.post(reverse("exchange:try_now", args=[message.uid]), follow=True)
    assert "không còn chờ gửi" in answer.content.decode()


def test_the_auditor_reads_and_does_nothing(auditing, police):
    message = send()
    key = PartnerKey.objects.get()
    for shown in (page(auditing, "outbox"), page(auditing, "message", message.uid),
                  page(auditing, "partner", "police_registration")):  # fmt: skip
        assert "Gửi lại ngay" not in shown
        assert "Đổi địa chỉ" not in shown
    for name, args, data in (
        ("try_now", [message.uid], {}),
        ("set_address", ["police_registration"], {"base_url": "", "reason": "thử xem sao"}),
        ("set_active", ["police_registration"], {"active": "0", "reason": "thử xem sao"}),
        ("add_key", ["police_registration"], {"public": PUBLIC, "reason": "thử xem sao"}),
        ("end_key", [key.pk], {"reason": "thử xem sao"}),
    ):
        assert auditing.post(reverse(f"exchange:{name}", args=args), data).status_code == 403, name
        assert auditing.get(reverse(f"exchange:{name}", args=args)).status_code == 405, name


def test_a_partner_is_set_up_on_its_page(signed, police):
    here = reverse("exchange:partner", args=["police_registration"])
    assert "FeePaidData" in signed.get(here).content.decode()

    def post(name: str, args: list[object], **data: str):
        return signed.post(reverse(f"exchange:{name}", args=args), data, follow=True)

    bad = post("set_address", ["police_registration"], base_url="http://csgt.vn", reason="đổi máy chủ")
    assert bad.status_code == 422
    assert 'value="http://csgt.vn"' in bad.content.decode()
    assert "Địa chỉ bắt đầu bằng https://" in bad.content.decode()
    post("set_address", ["police_registration"], base_url="https://csgt.vn/api/", reason="đổi máy chủ")
    assert Partner.objects.get(key="police_registration").base_url == "https://csgt.vn/api"
    assert (
        "tạm ngừng"
        in post("set_active", ["police_registration"], active="0", reason="bảo trì").content.decode().casefold()
    )
    assert (
        "Đã thêm khóa" in post("add_key", ["police_registration"], public=PUBLIC, reason="công văn 1").content.decode()
    )
    key = PartnerKey.objects.get(public=PUBLIC)
    assert "hết hiệu lực từ bây giờ" in post("end_key", [key.pk], reason="công văn 2").content.decode()
    assert "đã hết hiệu lực" in post("end_key", [key.pk], reason="công văn 2").content.decode()
    assert post("set_address", ["nobody"], base_url="", reason="công văn").status_code == 404


def test_an_issue_is_closed_with_what_was_done(signed, db):
    send()
    issue = Issue.objects.create(partner=Partner.objects.get(), kind="signature", said="thử")
    url = reverse("exchange:close_issue", args=[issue.pk])
    assert "Ghi lý do" in signed.post(url, {"reason": ""}, follow=True).content.decode()
    assert "Đã khép việc này" in signed.post(url, {"reason": "đã gọi đối tác"}, follow=True).content.decode()
    issue.refresh_from_db()
    assert (issue.closing, bool(issue.closed_at)) == ("đã gọi đối tác", True)


def test_monitors_hear_what_waits(client, db):
    message = send()
    Outbox.objects.update(queued_at=clock.record_now() - dt.timedelta(seconds=90))
    said = dict(line.split() for line in client.get("/metrics").content.decode().splitlines() if line[0] != "#")
    assert said["dienhong_exchange_waiting"] == "1"
    assert 89 < float(said["dienhong_exchange_waiting_seconds"]) < 120
    Outbox.objects.filter(pk=message.pk).update(dead_at=clock.record_now(), last_error="x")
    said = dict(line.split() for line in client.get("/metrics").content.decode().splitlines() if line[0] != "#")
    assert (said["dienhong_exchange_waiting"], said["dienhong_exchange_dead"]) == ("0", "1")


def test_in_english(signed, registers):
    ask("population", PERSON)
    Reply.objects.update(late=True)
    signed.cookies["django_language"] = "en"
    for name, args in (("partners", []), ("messages", []), ("outbox", []), ("partner", ["population"]),
                       ("message", [Message.objects.get().uid])):  # fmt: skip
        shown = page(signed, name, *args)
        assert "Exchange log" in shown
        assert "Outbox" in shown
    assert "National population database" in page(signed, "partners")

"""The screens: the bell, the list, the choices, what could not be sent; nobody sees another's."""

import pytest
from django.test import Client
from django.urls import reverse

from dienhong.notices import queries
from dienhong.notices.models import Delivery, DeliveryState, Notice, Preference, Reach, State
from dienhong.notices.tests.conftest import KIND
from dienhong.notices.tests.test_notify import tell
from dienhong.organizations.models import Person, Role
from dienhong.organizations.tests import worlds


@pytest.fixture
def signed(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


@pytest.mark.parametrize("name", ["list", "preferences", "undelivered"])
def test_closed_to_visitors(client: Client, db, name):
    answer = client.get(reverse(f"notices:{name}"))
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]


def test_an_empty_list_says_what_will_come(signed):
    page = signed.get(reverse("notices:list")).content.decode()
    assert "Chưa có thông báo nào" in page
    assert "Đánh dấu tất cả đã đọc" not in page


def test_the_list_and_the_bell(signed, person):
    tell([person], params={"what": "<b>một</b>", "reason": "vì thế"}, url="/duties/7/")
    page = signed.get(reverse("notices:list")).content.decode()
    assert "Đăng nhập &lt;b&gt;một&lt;/b&gt;" in page
    assert "Lý do: vì thế" in page
    assert "Thông báo, 1 chưa đọc" in page


def test_opening_reads_and_leads_on(signed, person):
    tell([person], url="/duties/7/")
    notice = Notice.objects.get()
    answer = signed.post(reverse("notices:open", args=[notice.pk]))
    assert answer["Location"] == "/duties/7/"
    assert queries.unread_count(person) == 0
    page = signed.get(reverse("notices:list")).content.decode()
    assert "Đã đọc" in page
    assert signed.get(reverse("notices:open", args=[notice.pk])).status_code == 405


def test_nobody_opens_anothers(signed):
    other = worlds.person()
    tell([other])
    assert signed.post(reverse("notices:open", args=[Notice.objects.get().pk])).status_code == 404
    assert queries.unread_count(other) == 1


def test_all_that_was_shown_is_read(signed, person):
    tell([person])
    shown = Notice.objects.get().pk
    tell([person])
    signed.post(reverse("notices:read"), {"up_to": shown})
    assert queries.unread_count(person) == 1
    assert signed.post(reverse("notices:read"), {"up_to": "abc"}).status_code == 302
    assert queries.unread_count(person) == 1


def test_a_fixed_number_of_questions(signed, person, django_assert_max_num_queries):
    for _ in range(40):
        tell([person])
    with django_assert_max_num_queries(11):
        page = signed.get(reverse("notices:list")).content.decode()
    assert "Cũ hơn" in page


def test_choices_are_saved_and_shown(signed, person):
    address = reverse("notices:preferences")
    assert f'name="{KIND}:sms"' in signed.get(address).content.decode()
    page = signed.post(address, {f"{KIND}:mail": "daily", f"{KIND}:in_app": "at_once"}, follow=True).content.decode()
    assert "Đã lưu cách nhận." in page
    assert Preference.objects.get(person=person).rhythm == "daily"
    assert '<option value="daily" selected>' in page


def test_a_refused_choice_is_said(signed):
    page = signed.post(reverse("notices:preferences"), {"test.fixed:in_app": "off"}, follow=True).content.decode()
    assert "không tắt được" in page
    assert not Preference.objects.exists()


def test_what_must_be_told_has_no_choice(signed):
    page = signed.get(reverse("notices:preferences")).content.decode()
    assert 'name="test.fixed:in_app"' not in page
    assert "Luôn hiện" in page


def test_where_one_is_reached(signed, person, settings):
    settings.HOOK_HOSTS = {"may.example.vn"}
    values = {"language": "en", "phone": "0912345678", "hook_url": "https://may.example.vn/x"}
    page = signed.post(reverse("notices:reach"), values, follow=True).content.decode()
    assert Reach.objects.get(person=person).phone == "+84912345678"
    assert "Khóa ký" in page


def test_a_refused_number_comes_back_as_typed(signed):
    answer = signed.post(reverse("notices:reach"), {"language": "vi", "phone": "mười hai"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="mười hai"' in page
    assert "viết như 0912 345 678" in page
    assert not Reach.objects.exists()


class TestUndelivered:
    @pytest.fixture
    def dead(self, person) -> Delivery:
        tell([person], params={"what": "điều riêng", "reason": ""})
        delivery = Delivery.objects.get()
        DeliveryState.objects.create(delivery=delivery, state=State.DEAD, reason="mail server: gone")
        return delivery

    def administrator(self) -> Client:
        who = worlds.person()
        worlds.grant(who, Role.ADMINISTRATOR, worlds.unit("Nơi"))
        client = Client()
        client.force_login(who)
        return client

    def test_why_and_never_what(self, dead):
        page = self.administrator().get(reverse("notices:undelivered")).content.decode()
        assert "mail server: gone" in page
        assert "điều riêng" not in page

    def test_again(self, dead):
        client = self.administrator()
        for said in ("hàng chờ gửi lại", "không còn nằm trong danh sách"):
            page = client.post(reverse("notices:again", args=[dead.pk]), follow=True).content.decode()
            assert said in page
        assert "Mọi thông báo đều đã đi" in page

    def test_others_are_refused(self, signed, dead):
        assert signed.get(reverse("notices:undelivered")).status_code == 403
        assert signed.post(reverse("notices:again", args=[dead.pk])).status_code == 403

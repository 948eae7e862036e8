"""Closed by default, one press in demo mode, password otherwise, sessions listed and ended."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_POST

from dienhong.base.refusal import NotPermitted
from dienhong.journal.models import Event
from dienhong.organizations import demo, http
from dienhong.organizations.loading import load_units
from dienhong.organizations.models import Grant, Person, Role
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.django_db


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


@require_POST
def said_in_words(request: HttpRequest) -> HttpResponse:
    """Long
    words."""
    # public
    return HttpResponse("open")


def mentions_it_later(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("secret")
    # public
    return answer


def _views(resolver: URLResolver):
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from _views(each)


def test_every_view_of_the_site_is_declared():
    assert [str(each.pattern) for each in _views(get_resolver()) if not http.access(each.callback)] == []


def test_what_declares_a_view():
    assert http.access(undeclared) == http.access(mentions_it_later) == ""
    assert http.access(said_in_words) == "public"
    assert http.access(require_POST(http.signed_in(undeclared))) == "signed_in"
    assert http.access(http.public(undeclared)) == "public"


@pytest.fixture
def request_of(rf: RequestFactory):
    def make(**more):
        request = rf.get("/", **more)
        request.user = AnonymousUser()
        return request

    return make


def test_an_undeclared_view_is_closed_with_a_reason(request_of):
    middleware = http.closed_by_default(undeclared)
    answer = middleware.process_view(request_of(), undeclared, (), {})
    assert answer.status_code == 403
    assert "chưa khai báo" in answer.content.decode()
    assert middleware.process_view(request_of(), said_in_words, (), {}) is None


def test_a_refusal_of_an_action_becomes_a_page_or_json(request_of):
    middleware = http.closed_by_default(undeclared)
    error = NotPermitted("x", "Cần vai trò “Văn thư”.")
    assert "Văn thư" in middleware.process_exception(request_of(), error).content.decode()
    answer = middleware.process_exception(request_of(HTTP_ACCEPT="application/json"), error)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")
    assert middleware.process_exception(request_of(), ValueError()) is None


def test_visitors_are_sent_to_sign_in_and_back(client: Client, settings):
    answer = client.get("/account/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Faccount%2F")
    assert client.get("/account/", HTTP_ACCEPT="application/json").status_code == 401
    assert client.get("/account/", HTTP_HX_REQUEST="true")["HX-Redirect"].startswith("/sign-in/")
    settings.DEMO = False
    assert client.get(answer["Location"])["Location"].startswith("/account/login/?next=")


@pytest.fixture
def samples(settings):
    settings.DEMO = True
    load_units(by="job:test")
    demo.make_demo_accounts(by="job:test")


@pytest.mark.usefixtures("samples")
class TestDemo:
    def test_one_press_signs_in_and_is_in_the_journal(self, client: Client):
        page = client.get("/sign-in/").content.decode()
        assert "Chuyên viên mẫu, Lào Cai" in page
        assert "Tỉnh Lào Cai" in page
        who = Person.objects.get(username="mau-lao-cai-chuyen-vien")
        answer = client.post("/sign-in/", {"person": who.pk, "next": "/account/"})
        assert (answer.status_code, answer["Location"]) == (302, "/account/")
        page = client.get("/account/").content.decode()
        assert "Chuyên viên nhập liệu" in page
        assert "phiên này" in page
        assert Event.objects.get(verb="organizations.sign_in_demo").actor == who.actor

    def test_it_needs_the_token_of_the_form(self):
        who = Person.objects.get(username="mau-lao-cai-lanh-dao")
        strict = Client(enforce_csrf_checks=True)
        assert strict.post("/sign-in/", {"person": who.pk}).status_code == 403
        assert "_auth_user_id" not in strict.session

    def test_no_other_account_and_no_address_elsewhere(self, client: Client):
        other = worlds.person()
        assert client.post("/sign-in/", {"person": other.pk}).status_code == 404
        assert client.post("/sign-in/", {"person": "x"}).status_code == 404
        who = Person.objects.get(username="mau-lao-cai-lanh-dao")
        assert client.post("/sign-in/", {"person": who.pk, "next": "https://example.com/"})["Location"] == "/"

    def test_outside_demo_mode_nobody_gets_in_this_way(self, client: Client, settings):
        settings.DEMO = False
        who = Person.objects.get(username="mau-lao-cai-lanh-dao")
        assert client.post("/sign-in/", {"person": who.pk})["Location"].startswith("/account/login/")
        assert "_auth_user_id" not in client.session
        with pytest.raises(NotPermitted):
            demo.make_demo_accounts(by="job:test")
        with pytest.raises(CommandError, match="DIENHONG_DEMO=1"):
            call_command("demo_accounts")

    def test_samples_have_no_password_and_every_role_is_there(self):
        assert demo.make_demo_accounts(by="job:test") == 0
        people = Person.objects.filter(demo=True)
        assert not any(person.has_usable_password() for person in people)
        assert all("mẫu" in person.name.lower() for person in people)
        assert set(Grant.objects.values_list("role", flat=True)) == set(Role.values)
        assert Grant.objects.filter(role=Role.ADMINISTRATOR).count() == 2

    def test_the_list_takes_few_queries(self, client: Client, django_assert_max_num_queries):
        client.get("/sign-in/")
        with django_assert_max_num_queries(8):
            client.get("/sign-in/")

    def test_sessions_are_listed_and_ended(self):
        who = Person.objects.get(username="mau-ha-noi-van-thu")
        here, there = Client(HTTP_USER_AGENT="Here"), Client(HTTP_USER_AGENT="There")
        for each in (here, there):
            each.post("/sign-in/", {"person": who.pk})
        assert "There" in here.get("/account/").content.decode()
        other = UserSession.objects.get(user_agent="There")
        assert here.get(f"/account/sessions/{other.pk}/end/").status_code == 405
        here.post(f"/account/sessions/{other.pk}/end/")
        assert there.get("/account/").status_code == 302
        assert here.get("/account/").status_code == 200


class TestPassword:
    @pytest.fixture(autouse=True)
    def no_demo(self, settings):
        settings.DEMO = False
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def test_the_password_signs_in_and_a_wrong_one_is_told(self, client: Client):
        who = worlds.person("an.nguyen")
        who.set_password("một câu dài đủ dùng")
        who.save()
        page = client.get("/account/login/").content.decode()
        assert "Tên đăng nhập" in page
        answer = client.post("/account/login/", {"login": "an.nguyen", "password": "sai"})
        assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.content.decode()
        answer = client.post("/account/login/", {"login": "an.nguyen", "password": "một câu dài đủ dùng"})
        assert answer.status_code == 302
        assert UserSession.objects.get().user == who

    def test_the_second_factor_is_asked_for(self, client: Client):
        from allauth.mfa.totp.internal import auth

        who = worlds.person("binh.tran")
        who.set_password("một câu dài đủ dùng")
        who.save()
        secret = auth.generate_totp_secret()
        auth.TOTP.activate(who, secret)
        answer = client.post("/account/login/", {"login": "binh.tran", "password": "một câu dài đủ dùng"})
        assert answer["Location"] == "/account/2fa/authenticate/"
        assert "_auth_user_id" not in client.session
        page = client.get("/account/2fa/authenticate/").content.decode()
        assert "Mã sáu số" in page
        wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
        assert "Mã không đúng" in wrong.content.decode()
        code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
        assert client.session["_auth_user_id"] == str(who.pk)

    def test_nobody_signs_up(self, client: Client):
        said = {"username": "x", "password1": "một câu dài đủ dùng", "password2": "một câu dài đủ dùng"}
        client.post("/account/signup/", said)
        assert not Person.objects.exists()

    def test_a_closed_account_stays_out(self, client: Client):
        who = worlds.person("dong")
        who.set_password("một câu dài đủ dùng")
        who.is_active = False
        who.save()
        client.post("/account/login/", {"login": "dong", "password": "một câu dài đủ dùng"})
        assert "_auth_user_id" not in client.session


def test_the_first_administrators_come_from_the_machine():
    load_units(by="job:test")
    call_command("make_administrator", "admin1", "Quản trị một", verbosity=0)
    grant = Grant.objects.get()
    assert (grant.role, grant.subtree, grant.person.has_usable_password()) == (Role.ADMINISTRATOR, True, False)
    with pytest.raises(CommandError, match="already"):
        call_command("make_administrator", "ADMIN1", "Ai đó")

"""Password, second factor, limits: in our words, held for all workers, secrets sealed in the database."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from dienhong.organizations import sign_in
from dienhong.organizations.models import Person

pytestmark = pytest.mark.django_db
WORD = "mot-cau-that-dai-2026"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def person() -> Person:
    return Person.objects.create_user("lan", password=WORD, display_name="Trần Lan", email="lan@coquan.gov.vn")


@pytest.fixture
def signed(person: Person) -> Client:
    client = Client()
    assert client.post(reverse("account_login"), {"login": "lan", "password": WORD}).status_code == 302
    return client


def code_of(secret: str, steps: int = 0) -> str:
    """The code of now, or of so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(client: Client) -> str:
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))  # an open session is not enough
    client.post(asked.url, {"password": WORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'src="data:image/svg+xml' in page
    fours = re.findall(r"<span>([A-Z2-7]{4})</span>", page)
    assert len(fours) == 8  # read off the screen in fours; without a blank between, copied it is the whole key
    secret = "".join(fours)
    assert "".join(f"<span>{four}</span>" for four in fours) in page
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302
    return secret


def test_a_sample_account_is_told_why_it_has_no_second_step(person: Person) -> None:
    person.demo = True
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    for name in ("mfa_activate_totp", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code == 403
        assert "Tài khoản mẫu vào bằng một lần bấm" in answer.content.decode()


def test_the_secret_is_sealed_in_the_database(signed: Client, person: Person) -> None:
    secret = enrol(signed)
    kept = Authenticator.objects.get(user=person, type="totp").data["secret"]
    assert kept.startswith(sign_in.SEALED)
    assert secret not in kept
    assert sign_in.unseal(kept) == secret
    assert sign_in.unseal("PLAIN") == "PLAIN"


def session_request(client: Client, person: Person):
    request = RequestFactory().get("/")
    request.session, request.user = client.session, person
    return request


def test_the_second_factor_counts_only_in_the_session_where_it_was_given(signed: Client, person: Person) -> None:
    secret = enrol(signed)
    other = Client()
    first = other.post(reverse("account_login"), {"login": "lan", "password": WORD})
    assert first.url.startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in other.session
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Mã không đúng" in wrong.content.decode()
    other.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert sign_in.second_factor_fresh(session_request(other, person))
    Authenticator.objects.filter(user=person).delete()
    assert not sign_in.second_factor_fresh(session_request(other, person))


def test_a_code_that_turned_over_while_it_was_typed_still_counts(signed: Client, person: Person) -> None:
    secret = enrol(signed)
    other = Client()
    other.post(reverse("account_login"), {"login": "lan", "password": WORD})
    other.post(reverse("mfa_authenticate"), {"code": code_of(secret, -4)})
    assert "_auth_user_id" not in other.session
    other.post(reverse("mfa_authenticate"), {"code": code_of(secret, -1)})
    assert other.session["_auth_user_id"] == str(person.pk)


def test_a_password_alone_or_a_recovery_code_is_no_second_factor(signed: Client, person: Person) -> None:
    assert not sign_in.second_factor_fresh(session_request(signed, person))
    enrol(signed)
    codes = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()
    other = Client()
    other.post(reverse("account_login"), {"login": "lan", "password": WORD})
    other.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert other.session["_auth_user_id"] == str(person.pk)
    assert not sign_in.second_factor_fresh(session_request(other, person))


def test_the_lock_says_when_to_try_again_and_holds_for_every_worker(person: Person) -> None:
    for _try in range(5):
        Client().post(reverse("account_login"), {"login": "lan", "password": "sai"})
    answer = Client().post(reverse("account_login"), {"login": "lan", "password": WORD})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"Thử lại sau \d\d:\d\d:\d\d\.", page)
    assert 'value="lan"' in page
    assert "DatabaseCache" in type(cache._connections["default"]).__name__  # type: ignore[attr-defined]


PAGES = ["my_account", "account_change_password", "mfa_index", "mfa_activate_totp", "account_logout"]


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_allauth_speak_vietnamese(name: str, signed: Client) -> None:
    page = signed.get(reverse(name), follow=True).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"\b(Password|Sign|Activate|Authenticator|Your|Codes|Change|Confirm)\b", main), main


@pytest.mark.parametrize("address", ["signup/", "email/", "sessions/", "confirm-email/"])
def test_pages_without_a_place_lead_elsewhere(address: str, signed: Client) -> None:
    assert signed.get(f"/account/{address}").url == reverse("my_account")
    assert Client().get(f"/account/{address}").url == reverse("sign_in")


def test_recovery_codes_are_shown_after_confirming(signed: Client) -> None:
    enrol(signed)
    page = signed.get(reverse("mfa_view_recovery_codes"), follow=True).content.decode()
    assert "Còn 10 mã" in page
    assert page.count("<code>") == 10
    saved = signed.get(reverse("mfa_download_recovery_codes"))
    assert saved["Content-Disposition"].startswith("attachment")
    assert len(saved.content.decode().split()) == 10


def test_passwords_change_and_other_sessions_end(signed: Client, person: Person) -> None:
    other = Client()
    other.post(reverse("account_login"), {"login": "lan", "password": WORD})
    assert other.get(reverse("my_account")).status_code == 200
    signed.post(reverse("end_other_sessions"))
    assert other.get(reverse("my_account")).status_code == 302
    short = signed.post(
        reverse("account_change_password"), {"oldpassword": WORD, "password1": "ngan", "password2": "ngan"}
    )
    assert "12" in short.content.decode()
    new = {"oldpassword": WORD, "password1": "mot-cau-khac-2027", "password2": "mot-cau-khac-2027"}
    assert signed.post(reverse("account_change_password"), new).status_code == 302
    person.refresh_from_db()
    assert person.check_password("mot-cau-khac-2027")


def test_a_forgotten_password_tells_nobody_who_has_an_account(person: Person) -> None:
    from django.core import mail

    answers = [Client().post(reverse("account_reset_password"), {"email": each}, follow=True).content.decode()
               for each in ("lan@coquan.gov.vn", "khong-co@coquan.gov.vn")]  # fmt: skip
    assert "Hãy xem thư" in answers[0]
    assert "Hãy xem thư" in answers[1]
    assert [letter.to for letter in mail.outbox] == [["lan@coquan.gov.vn"]]
    assert "Đặt mật khẩu" in mail.outbox[0].subject
    assert "English" not in mail.outbox[0].body


def test_a_short_password_is_refused_in_the_readers_language(signed: Client) -> None:
    words = {"oldpassword": WORD, "password1": "ngan", "password2": "ngan"}
    for lang, said in (("vi", "cần ít nhất 12 ký tự"), ("en", "at least 12 characters")):
        signed.cookies["django_language"] = lang
        assert said in signed.post(reverse("account_change_password"), words).content.decode()

"""The session ends in the middle of a form: nothing typed is lost, nothing is saved unasked."""

import pytest
from django.test import Client

from dienhong.dossiers.models import Draft
from dienhong.portal.tests.applying import ANSWERS, BASE, begin

pytestmark = pytest.mark.usefixtures("ground_database", "on_the_day")
TYPED = {**ANSWERS["contact"], "address": "Số 88 phố gõ dở", "do": "next", "seen": "address phone"}


def test_what_was_typed_comes_back_after_signing_in(me: Client) -> None:
    draft = begin(me)
    page = f"{BASE}/{draft.pk}/p/contact/"
    away = Client()
    assert "/sign-in/" in away.post(page, TYPED)["Location"]
    away.force_login(draft.person, backend="django.contrib.auth.backends.ModelBackend")
    shown = away.get(page).content.decode()
    assert "Số 88 phố gõ dở" in shown
    assert "Phiên làm việc đã hết" in shown
    assert "88" not in str(Draft.objects.get().data), "a GET saves nothing"
    assert "Số 88" not in away.get(f"{BASE}/{draft.pk}/p/taxpayer/").content.decode()
    assert away.post(page, TYPED).status_code == 302
    assert Draft.objects.get().data["address"] == "Số 88 phố gõ dở"
    assert "Phiên làm việc đã hết" not in away.get(page).content.decode()


def test_a_form_that_outlived_its_token(me: Client) -> None:
    """From a page of ours: back to it with all of it. From anywhere else nothing is kept, and it is said in words."""
    draft = begin(me)
    page = f"{BASE}/{draft.pk}/p/contact/"
    old = Client(enforce_csrf_checks=True)
    old.force_login(draft.person, backend="django.contrib.auth.backends.ModelBackend")
    foreign = old.post(page, TYPED, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, "Trang bạn gửi đã cũ" in foreign.content.decode()) == (403, True)
    assert "Số 88" not in old.get(page).content.decode()
    assert old.post(page, TYPED, headers={"Sec-Fetch-Site": "same-origin"})["Location"] == page
    assert "Số 88" in old.get(page).content.decode()

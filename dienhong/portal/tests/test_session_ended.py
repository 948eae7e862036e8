"""The session ends in the middle of a form: nothing typed is lost, nothing is saved unasked."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from django.test import Client
from psycopg.types.range import DateRange

from dienhong.catalogue.actions.editing import nation
from dienhong.dossiers.actions import deciding, voicing
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.actions.signing import owner_of
from dienhong.dossiers.models import Complaint, Draft, Rating, ServiceVersion, SupplementRequest, Withdrawal
from dienhong.dossiers.tests.desk import Desk
from dienhong.organizations.models import Grant, Person, Role
from dienhong.portal.tests.applying import ANSWERS, BASE, SERVICE, begin
from dienhong.portal.tests.test_mine import finished

pytestmark = pytest.mark.usefixtures("ground_database")
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
    press = {"token": str(draft.token), "truth": "yes"}
    assert old.post(f"{BASE}/{draft.pk}/send", press, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
    assert "Phiên làm việc đã hết khi bạn bấm" in old.get(f"{BASE}/{draft.pk}/send", follow=True).content.decode()


def pressed_late(address: str, sent: dict[str, str], person: Person) -> tuple[Client, str]:
    """Pressed when the session had ended, signed in again, led on: the browser and the page that it then shows."""
    away = Client()
    assert f"next={quote(address, safe='')}" in away.post(address, sent)["Location"]
    away.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    shown = away.get(address, follow=True)
    assert shown.status_code == 200
    return away, str(shown.content.decode())


def test_each_form_of_a_case_comes_back(desk: Desk) -> None:
    dossier = finished(desk)
    for verb, sent, at in (
        ("complain", {"about": "conduct", "text": "Chờ <lâu> quá"}, 'id="about-conduct" value="conduct" checked'),
        ("rate", {"grade": "1", "comment": "Chờ <lâu> quá"}, 'id="grade-1" value="1" checked'),
    ):
        away, shown = pressed_late(f"/portal/mine/{dossier.code}/{verb}/", sent, desk.citizen)
        assert "Chờ &lt;lâu&gt; quá" in shown, verb
        assert at in shown, verb
        assert shown.count("Phiên làm việc đã hết khi bạn bấm") == 1, verb
        assert away.post(f"/portal/mine/{dossier.code}/{verb}/", sent).status_code == 302
        assert "Phiên làm việc đã hết" not in away.get(f"/portal/mine/{dossier.code}/").content.decode(), verb
    assert (Complaint.objects.count(), Rating.objects.count()) == (1, 1)
    running = desk.filed()
    _away, shown = pressed_late(f"/portal/mine/{running.code}/withdraw/", {"reason": "Bán xe rồi"}, desk.citizen)
    assert "Bán xe rồi" in shown
    assert not Withdrawal.objects.exists()


def test_sending_begins_again_on_the_last_check(me: Client) -> None:
    draft = begin(me)
    away, shown = pressed_late(f"{BASE}/{draft.pk}/send", {"token": str(draft.token), "truth": "yes"}, draft.person)
    assert "Phiên làm việc đã hết khi bạn bấm" in shown
    assert re.search(r'name="truth"[^>]* checked', shown)
    assert "truth" not in Draft.objects.get().data, "a GET saves nothing"
    assert away.get(f"{BASE}/{draft.pk}/discard")["Location"] == f"{BASE}/{draft.pk}/check/"


def test_nothing_was_typed_and_still_no_dead_end(me: Client) -> None:
    version = ServiceVersion.objects.get()
    person = Person.objects.get()
    away, shown = pressed_late(f"{BASE}/start", {}, person)
    assert version.sheet["name"]["vi"] in shown
    assert "Chưa có gì được gửi" in shown
    assert "Chưa có gì được gửi" not in away.get(f"{BASE}/").content.decode()
    assert not Draft.objects.exists()


def test_what_another_page_was_sent_stays_there(desk: Desk) -> None:
    one, two = desk.filed(), desk.filed()
    sent = {"about": "rule", "text": "Chỉ của hồ sơ kia"}
    away, _shown = pressed_late(f"/portal/mine/{one.code}/complain/", sent, desk.citizen)
    assert "Chỉ của hồ sơ kia" not in away.get(f"/portal/mine/{two.code}/").content.decode()
    long = {"about": "rule", "text": "x" * 60_001}
    _away, shown = pressed_late(f"/portal/mine/{one.code}/complain/", long, desk.citizen)
    assert "Chưa có gì được gửi" in shown


def test_what_an_officer_typed_comes_back(desk: Desk) -> None:
    dossier = desk.filed()
    at = f"/dossiers/{dossier.pk}"
    place = desk.place(dossier, "accept_check")
    seen = {"place": str(place.pk), "sequence": str(place.sequence)}
    steps = {"steps": str(dossier.marking["steps"])}
    sent = {**steps, "rows": "2", "t.0.on": "1", "t.0.reason": "Ảnh <mờ>", "items.1.what": "Hóa đơn gốc", "days": "9"}
    away, shown = pressed_late(f"{at}/supplement/", sent, desk.clerk)
    for typed in ("Ảnh &lt;mờ&gt;", "Hóa đơn gốc", 'name="days" value="9"'):
        assert typed in shown
    assert shown.count("Phiên làm việc đã hết khi bạn bấm") == 1
    assert not SupplementRequest.objects.exists()
    assert "Hóa đơn gốc" not in away.get(f"/dossiers/{desk.filed().pk}/").content.decode()
    _away, shown = pressed_late(f"{at}/refuse/", {**seen, "reason": "Vì thế này", "basis": ""}, desk.clerk)
    assert "Vì thế này" in shown
    assert "Trang này đã hiện hồ sơ như bây giờ" not in shown
    away, shown = pressed_late(f"{at}/claim/", seen, desk.clerk)
    assert "Chưa có gì được gửi" in shown
    assert away.get(f"{at}/no-such-act/").status_code == 405
    assert away.get("/dossiers/next/")["Location"] == "/dossiers/"
    deciding.accept(by=desk.clerk, place=place)
    _away, shown = pressed_late(f"{at}/refuse/", {**seen, "reason": "Vì thế này", "basis": ""}, desk.clerk)
    assert "Hồ sơ đã sang bước khác" in shown
    assert "<q>Vì thế này</q>" in shown


def test_what_was_typed_to_a_complaint_and_beside_a_signature(desk: Desk) -> None:
    dossier = desk.filed()
    row = voicing.complain(by=desk.citizen, dossier=dossier, about="rule", text="Lâu quá")
    answer = f"/dossiers/{dossier.pk}/complaints/{row.pk}/answer/"
    away, shown = pressed_late(answer, {"text": "Chúng tôi đã xem"}, desk.leader)
    assert "Chúng tôi đã xem</textarea>" in shown
    assert away.post(answer, {"text": "Chúng tôi đã xem"}).status_code == 302
    jurist, owner = desk.person("jurist"), owner_of(current(SERVICE))
    Grant.objects.create(person=jurist, role=Role.JURIST, unit=owner, validity=DateRange(None, None))
    _away, shown = pressed_late(f"/services/{SERVICE}/sign/", {"seen": "0", "note": "Còn một điểm"}, jurist)
    assert "Còn một điểm" in shown


def test_what_was_typed_into_the_catalogue(few: None) -> None:
    jurist = Person.objects.create(username="jurist")
    Grant.objects.create(person=jurist, role=Role.JURIST, unit=nation(), validity=DateRange(dt.date(2019, 1, 1), None))
    sent = {"name": "Cấp phép thả diều đêm", "seen": "1", "reason": "Sửa tên", "steps": "Bước một. " * 3_000}
    away, shown = pressed_late("/procedures/1.000001/amend/", sent, jurist)
    assert "Cấp phép thả diều đêm" in shown
    assert "Bước một. Bước một." in shown
    assert "Phiên làm việc đã hết khi bạn bấm" in shown
    assert "thả diều đêm" not in away.get("/procedures/1.000001/repeal/").content.decode()

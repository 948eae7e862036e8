"""The accountant's books on screen: who may open them, the list and its files, refunds, waiting money, statements."""

import csv
import io
import re

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from dienhong.organizations.models import Role
from dienhong.organizations.tests import worlds
from dienhong.payments import actions
from dienhong.payments.models import Capture, Difference, Refund, Suspense
from dienhong.payments.providers.vietqr.payload import Transfer, build
from dienhong.payments.tests.conftest import ACCOUNT, PlayBank, Scene, qr, state
from dienhong.payments.tests.test_screens import as_, link, page

OFFICE = ["bills", "differences", "refunds", "waiting", "statements"]


@pytest.mark.parametrize("name", OFFICE)
def test_the_books_are_for_who_keeps_them(scene: Scene, client: Client, name: str) -> None:
    address = reverse(f"payments:{name}")
    assert client.get(address).status_code == 302
    stranger = worlds.person()
    worlds.grant(stranger, Role.CLERK, scene.unit)
    assert as_(client, stranger).get(address).status_code == 404
    for person in (scene.accountant, scene.leader):
        assert 'class="empty"' in page(as_(client, person), address), "an empty list says what will come"


def test_the_list_and_its_files(scene: Scene, play: PlayBank, client: Client, django_assert_max_num_queries) -> None:
    for _ in range(4):
        play.pay(qr(scene.bill(1000, title_vi="=1+1 Lệ phí")))
    play.bring()
    other = scene.bill(5000, unit=scene.world.ba_dinh)
    as_(client, scene.accountant)
    with django_assert_max_num_queries(40):
        text = page(client, reverse("payments:bills"))
    assert "4.000" in text
    assert other.code not in text, "a grant without what is below"
    data = client.get(reverse("payments:export") + "?format=csv&first=2020-08-01&last=2020-08-31").content
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 5
    assert rows[1][3] == "'=1+1 Lệ phí", "no formula in a spreadsheet"
    assert rows[1][9] == "Chuyển khoản bằng mã VietQR"
    data = client.get(reverse("payments:export") + "?format=xlsx&first=2020-08-01&last=2020-08-31").content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet["I"]][1:] == [1000] * 4
    assert sheet["D2"].data_type == "s"
    assert (
        len(
            list(
                csv.reader(
                    io.StringIO(
                        client.get(reverse("payments:export") + "?first=2020-09-01&last=2020-09-02").content.decode()
                    )
                )
            )
        )
        == 1
    )


def test_another_unit_s_book_is_not_found(scene: Scene, client: Client) -> None:
    worlds.grant(scene.accountant, Role.ACCOUNTANT, scene.world.lao_cai)
    stranger = worlds.person()
    worlds.grant(stranger, Role.ACCOUNTANT, scene.world.lao_cai)
    bill = scene.bill()
    as_(client, stranger)
    assert client.get(reverse("payments:book", args=[bill.code])).status_code == 404
    assert client.post(reverse("payments:ask_refund", args=[bill.code]), {"capture": 1}).status_code == 404
    assert client.get(reverse("payments:bill", args=[bill.code])).status_code == 404


def test_refund_by_two_people_on_screen(scene: Scene, play: PlayBank, client: Client) -> None:
    bill = scene.bill(1000)
    play.fault("over")
    play.pay(qr(bill))
    play.bring()
    as_(client, scene.accountant)
    assert "Nộp thừa, chưa đề nghị hoàn" in page(client, reverse("payments:refunds"))
    text = page(client, reverse("payments:book", args=[bill.code]))
    assert "còn phải hoàn 501 đ" in text
    assert 'required value="501"' in text
    assert re.findall(r'<option value="(\w*)" selected', text) == [str(Capture.objects.get().pk), "overpayment"]
    fields = {"capture": Capture.objects.get().pk, "amount": "9.999", "reason": "overpayment"}
    answer = client.post(reverse("payments:ask_refund", args=[bill.code]), fields, follow=True)
    assert answer.status_code == 409
    for part in ("còn 501 đồng chưa ai", 'required value="9.999"'):  # the reason, beside what was typed
        assert part in answer.content.decode()
    said = r'<div class="error-summary" tabindex="-1" role="alert"><p><b>[^<]*còn 501 đồng chưa ai'
    assert re.search(said, answer.content.decode()), "what the page's script brings into view and has read out"
    answer = client.post(reverse("payments:ask_refund", args=[bill.code]), {**fields, "amount": "501"}, follow=True)
    assert "một lãnh đạo khác duyệt" in answer.content.decode()
    refund = Refund.objects.get()
    assert "Hoàn lại" not in page(client, link(bill)), "asked is not yet promised"
    text = page(client, reverse("payments:refunds"))
    assert "Duyệt hoàn tiền" not in text
    assert "Nộp thừa, chưa đề nghị hoàn" not in text
    assert client.post(reverse("payments:approve_refund", args=[refund.pk])).status_code == 403
    as_(client, scene.leader)
    assert "Duyệt hoàn tiền" in page(client, reverse("payments:refunds"))
    client.post(reverse("payments:approve_refund", args=[refund.pk]))
    actions.send_refunds(by="job:test")
    assert state(bill) == "captured"
    assert "đã hoàn" in page(client, reverse("payments:refunds"))
    text = page(client, link(bill))
    assert "Hoàn lại 501 đ" in text, "who paid too much sees it come back"
    assert '<span class="tag">đã hoàn</span>' in text


def test_waiting_money_and_its_difference_on_screen(scene: Scene, play: PlayBank, client: Client) -> None:
    bill = scene.bill(30)
    play.pay(build(Transfer("970436", ACCOUNT, 30, "TIEN GI")))
    play.bring()
    as_(client, scene.accountant)
    assert "nội dung không có mã" in page(client, reverse("payments:waiting"))
    text = page(client, reverse("payments:differences"))
    assert "còn 2 ngày" in text
    row, waiting = Difference.objects.get(), Suspense.objects.get()
    client.post(reverse("payments:answer", args=[row.pk]), {"text": "Đã gọi <b>ngân hàng"})
    assert "Đã gọi &lt;b&gt;ngân hàng" in page(client, reverse("payments:differences"))
    answer = client.post(reverse("payments:assign", args=[waiting.pk]), {"code": "DH0", "reason": "x"}, follow=True)
    assert "Không có khoản thu mang mã" in answer.content.decode()
    client.post(reverse("payments:assign", args=[waiting.pk]), {"code": bill.code.lower(), "reason": "gọi điện"})
    assert state(bill) == "captured"
    text = page(client, reverse("payments:differences"))
    assert "khớp nhau" not in text, "nothing was compared yet"
    assert "Chưa có sao kê nào để đối chiếu" in text
    assert "gọi điện" in page(client, reverse("payments:differences") + "?closed=1")


def test_a_statement_from_one_s_own_hands(scene: Scene, play: PlayBank, client: Client, settings, tmp_path) -> None:
    settings.STORE = tmp_path
    play.pay(qr(scene.bill(1000)))
    as_(client, scene.accountant)
    file = io.BytesIO(play.statement())
    file.name = "../../sao-ke.xml"
    answer = client.post(reverse("payments:statements"), {"file": file}, follow=True)
    assert "Đã đối chiếu sao kê ngày 20/08/2020" in answer.content.decode()
    assert "Sao kê và sổ thu khớp nhau đến hết ngày 20/08/2020" in page(client, reverse("payments:differences"))
    broken = io.BytesIO(b"<x/>")
    broken.name = "x.xml"
    answer = client.post(reverse("payments:statements"), {"file": broken}, follow=True)
    assert "Không đọc được sao kê: tệp không thuộc loại camt.053" in answer.content.decode()
    assert client.post(reverse("payments:statements"), {}).status_code == 302


def test_who_comes_back_by_the_address_of_an_act_is_led_to_its_page(scene: Scene, client: Client) -> None:
    """Signing in again leads to the address that was pressed; a bare "method not allowed" would be a dead end."""
    code = scene.bill(1000).code
    as_(client, scene.accountant)
    for name, args, to in (
        ("ask_refund", [code], reverse("payments:book", args=[code])),
        ("approve_refund", [1], reverse("payments:refunds")),
        ("decline_refund", [1], reverse("payments:refunds")),
        ("answer", [1], reverse("payments:differences")),
        ("close", [1], reverse("payments:differences")),
        ("assign", [1], reverse("payments:waiting")),
    ):
        answer = client.get(reverse(f"payments:{name}", args=args))
        assert (answer.status_code, answer.headers.get("Location")) == (302, to), name

"""What payers see: who may open, each state's sentence, nothing written by a GET, both languages."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from dienhong.base import clock
from dienhong.organizations.models import Person
from dienhong.organizations.tests import worlds
from dienhong.payments import actions, codes_shown, owners, receipts
from dienhong.payments.models import Attempt, Bill, Capture, Receipt
from dienhong.payments.providers.vietqr.payload import parse
from dienhong.payments.tests.conftest import ACCOUNT, NOON, PlayBank, Scene, begin, qr, returned, state
from dienhong.payments.views import payer as payer_views

PARTLY = {"HX-Request": "true"}


def link(bill: Bill, name: str = "bill", *more: object) -> str:
    return f"{reverse(f'payments:{name}', args=[bill.code, *more])}?k={bill.token}"


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def as_(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def test_by_the_link_only(scene: Scene, client: Client) -> None:
    bill, other = scene.bill(), scene.bill()
    bare = reverse("payments:bill", args=[bill.code])
    for wrong in (
        bare,
        f"{bare}?k=",
        f"{bare}?k={other.token}",
        f"{bare}?k={bill.token[:-1]}",
        "/payments/DH123456789/",
    ):
        assert client.get(wrong).status_code == 404, wrong
    assert bill.code in page(client, link(bill))
    for name in ("state", "begin", "check"):
        address = reverse(f"payments:{name}", args=[bill.code])
        assert client.get(address).status_code in {404, 405}
        assert client.post(address).status_code in {404, 405}


def test_as_the_owner(scene: Scene, client: Client) -> None:
    bill = scene.bill()
    payer, stranger = worlds.person("nguoi-nop"), worlds.person("nguoi-la")
    owners.register("case", owners.Owner(lambda person, pk: person == payer and pk == bill.owner_id))
    address = reverse("payments:bill", args=[bill.code])
    try:
        assert as_(client, stranger).get(address).status_code == 404
        assert as_(client, payer).get(address).status_code == 200
        assert as_(client, payer).get(reverse("payments:bill", args=[scene.bill().code])).status_code == 404
    finally:
        owners._owners.pop("case")


def test_each_is_led_to_a_page_of_the_case_that_opens(
    scene: Scene, client: Client, rf: RequestFactory, settings
) -> None:
    """Also signed out, after the bank: the page asks them to sign in. An official gets the officers' page."""
    bill = scene.bill()
    payer = worlds.person("nguoi-nop")
    known = owners.Owner(
        lambda person, pk: person == payer, lambda pk: f"/mine/{pk}/", desk=lambda person, pk: f"/desk/{pk}/",
        labels=lambda ids: {each: f"HS-{each}" for each in ids},
    )  # fmt: skip
    owners.register("case", known)
    mine, desk, back = 'href="/mine/1/"', 'href="/desk/1/"', link(bill) + "&back=1"
    try:
        assert mine in page(client, back)
        assert mine in page(as_(client, payer), back)
        as_(client, scene.accountant)
        for address in (back, reverse("payments:book", args=[bill.code])):
            text = page(client, address)
            assert desk in text
            assert mine not in text
        assert owners.labels([bill]) == {("case", "1"): "HS-1"}
    finally:
        owners._owners.pop("case")
    settings.SITE_ADDRESS = "https://dichvucong.example.vn"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    assert payer_views._origin(rf.get("/", HTTP_HOST="127.0.0.1:8124")) == "http://127.0.0.1:8124"
    settings.ALLOWED_HOSTS = ["*"]
    assert payer_views._origin(rf.get("/", HTTP_HOST="evil.example")) == settings.SITE_ADDRESS


def test_the_bill(scene: Scene, client: Client) -> None:
    said = {"vi": "Mức thu, Hà Nội", "en": "Rate, Hà Nội"}
    line = {
        "label": said, "figure": {"vi": "× 12 %", "en": "× 12 %"}, "note": {"vi": "lần đầu", "en": "first time"},
        "references": [{"said": {"vi": "Nghị quyết HĐND <b>", "en": "Resolution <b>"}}], "total": False,
    }  # fmt: skip
    bill = scene.bill(computation={"lines": [line]})
    text = page(client, link(bill))
    shown = ("32.940.000 đ", "Mức thu, Hà Nội", "× 12 %", "Nghị quyết HĐND &lt;b&gt;", "KHO BAC NHA NUOC MAU", ACCOUNT)
    for words in (*shown, "757", "2802", "Nguyễn Văn Mẫu", "<svg", "Mở trang ngân hàng", 'href="data:image/png'):
        assert words in text, words
    assert "style=" not in re.search(r"<main.*</main>", text, re.DOTALL)[0], "the content policy refuses it"
    client.cookies["django_language"] = "en"
    english = page(client, link(bill))
    assert "Rate, Hà Nội" in english
    assert "Registration fee" in english
    assert "Scan the code" in english


def test_ways_to_pay_go_with_the_state(scene: Scene, play: PlayBank, client: Client) -> None:
    """The state changes by itself on an open page: a code and buttons for money already paid must not stay there."""
    bill = scene.bill()
    asks = re.search(r'hx-get="([^"]+)"', page(client, link(bill)))[1].replace("&amp;", "&")
    assert "hx-swap-oob" not in page(client, asks), "nothing new: what is being copied is left alone"
    play.pay(qr(bill), 1000)
    play.bring()
    text = page(client, asks)
    assert text.count('hx-swap-oob="true"') == 3
    assert "32.939.000 đ" in text
    assert "32.940.000 đ" not in text
    play.pay(qr(bill))
    play.bring()
    text = page(client, re.search(r'hx-get="([^"]+)"', text)[1].replace("&amp;", "&"))
    assert '<div id="bill-acts" hx-swap-oob="true" hidden></div>' in text
    assert '<div id="bill-ways" hx-swap-oob="true"></div>' in text
    for gone in ("<svg", "Nộp qua cổng thanh toán", "data-copies"):
        assert gone not in text


def test_the_picture_is_of_this_bill(scene: Scene, client: Client) -> None:
    bill = scene.bill()
    read = parse(qr(bill))
    assert (read.amount, read.account, read.content[:11]) == (bill.amount, ACCOUNT, bill.code)
    assert "LE PHI" in read.content


STATES = ["new", "sent", "pending", "captured", "partial", "overpaid", "failed", "expired", "cancelled"]


@pytest.mark.parametrize("wanted", STATES)
def test_each_state_has_its_sentence(scene: Scene, play: PlayBank, client: Client, wanted: str) -> None:
    bill = scene.bill(1000, expires_at=NOON)
    Bill.objects.filter(pk=bill.pk).update(expires_at=None)
    if wanted in {"captured", "partial", "overpaid"}:
        play.fault(*{"partial": ["partial"], "overpaid": ["over"]}.get(wanted, []))
        play.pay(qr(bill))
    elif wanted in {"sent", "failed", "pending"}:
        attempt = begin(bill)
        if wanted == "failed":
            play.follow(attempt, good=False)
        if wanted == "pending":
            attempt.steps.create(step="pending")
    elif wanted == "expired":
        Bill.objects.filter(pk=bill.pk).update(expires_at=NOON)
    elif wanted == "cancelled":
        actions.cancel_bill(by="job:test", bill=bill, reason="Rút")
    play.bring()
    bill.refresh_from_db()
    assert state(bill) == ("sent" if wanted == "failed" and state(bill) == "sent" else wanted)
    text = page(client, link(bill))
    expected = {
        "new": "Quét mã", "sent": "Tiền đến thì", "pending": "Đừng nộp lại ngay", "captured": "Đã nhận 1.000 đ",
        "partial": "Còn thiếu 500 đ", "overpaid": "thừa 501 đ", "failed": "Bạn chưa mất tiền",
        "expired": "Đừng chuyển tiền theo mã cũ", "cancelled": "Đừng chuyển tiền theo mã cũ",
    }  # fmt: skip
    assert expected[wanted] in text
    payable = wanted in {"new", "sent", "pending", "partial", "failed"}
    assert ('class="qr"' in text) == payable, "a code that should not be paid is not shown"
    assert ("hx-trigger" in text) == (payable or wanted in {"captured", "overpaid"}), "a receipt is waited for, too"


def test_return_of_the_browser_is_not_believed(scene: Scene, play: PlayBank, client: Client) -> None:
    """A redirect that says paid, true or not, changes nothing by itself; the page asks the platform."""
    bill = scene.bill(1000)
    answer = client.post(link(bill, "begin"), {"k": bill.token, "provider": "gateway"})
    attempt = Attempt.objects.get()
    assert answer["Location"] == link(bill, "go", attempt.pk)
    text = page(client, answer["Location"])
    assert attempt.address.replace("&", "&amp;") in text
    play.fault("lost")
    back = play.follow(attempt)
    assert back.startswith(f"http://testserver{link(bill)}&back=1"), "the origin where the session is"
    told = returned(back)
    false = {**told, "SoTien": "1", "MaXacThuc": "0" * 64}
    for fields in (false, told):
        text = client.get(link(bill) + "&back=1", fields).content.decode()
        assert state(bill) == "sent"
        asks = re.search(r'hx-post="([^"]+)"', text)[1].replace("&amp;", "&")
        assert asks.startswith(link(bill, "check"))
        assert 'http-equiv="refresh"' in text, "without a script the page looks again, too"
    assert "http-equiv" not in page(client, link(bill)), "who only looks at the bill may be choosing how to pay"
    part = client.post(asks, headers=PARTLY).content.decode()
    assert "<svg" not in part
    assert "Đã nộp đủ" in part
    assert "<html" not in part
    assert client.post(link(bill, "check")).status_code == 302, "without a script"


def test_a_browser_closed_at_each_step_loses_nothing(scene: Scene, play: PlayBank, client: Client) -> None:
    bills = [scene.bill(1000) for _ in range(3)]
    for bill in bills:
        client.post(link(bill, "begin"), {"k": bill.token, "provider": "gateway"})
    first, second, _third = Attempt.objects.order_by("pk")
    play.follow(first)
    play.bring()
    play.fault("lost")
    play.follow(second)
    actions.poll(by="job:test", older=clock.dt.timedelta(0))
    assert [state(each) for each in bills] == ["captured", "captured", "pending"]


def test_bank_down_is_said(scene: Scene, play: PlayBank, client: Client) -> None:
    play.fault("down")
    bill = scene.bill()
    answer = client.post(link(bill, "begin"), {"k": bill.token, "provider": "gateway"}, follow=True)
    text = answer.content.decode()
    assert "Bạn chưa mất tiền" in text
    assert 'class="qr"' in text, "the other way stays open"
    play.well()
    client.post(link(bill, "begin"), {"k": bill.token, "provider": "gateway"})
    Attempt.objects.latest("pk").steps.create(step="pending")
    play.fault("down")
    answer = client.post(link(bill, "begin"), {"k": bill.token, "provider": "gateway"}, follow=True)
    assert "hãy đợi, đừng nộp lại ngay" in answer.content.decode()
    assert "thử lại hoặc nộp" not in answer.content.decode(), "not both at once"


def test_several_bills_in_one_transfer(scene: Scene, play: PlayBank, client: Client) -> None:
    one, two = scene.bill(1000, owner_id="7"), scene.bill(2000, owner_id="7")
    foreign = scene.bill(4000, owner_id="8")
    text = page(client, link(one))
    assert f'value="{two.code}"' in text
    assert foreign.code not in text
    fields = {"k": one.token, "provider": "vietqr", "with": [two.code, foreign.code]}
    answer = client.post(link(one, "begin"), fields)
    text = page(client, answer["Location"])
    assert "3.000 đ" in text
    assert 'class="fig-mid">1.000 đ' not in text, "the sum, not the first bill"
    asks = re.search(r'hx-get="([^"]+)"', text)[1].replace("&amp;", "&")
    assert 'id="together-code"' not in client.get(asks, headers=PARTLY).content.decode(), "a code that is good stays"
    play.pay(codes_shown.payload([one, two], Attempt.objects.get()))
    play.bring()
    assert [state(each) for each in (one, two, foreign)] == ["captured", "captured", "new"]
    text = client.get(asks, headers=PARTLY).content.decode()
    assert "Đã nhận 3.000 đồng" in text
    assert text.count("đã nộp đủ") == 2
    assert '<div id="together-code" hx-swap-oob="true"></div>' in text
    assert 'class="qr"' not in page(client, answer["Location"])
    assert client.get(link(foreign, "together", Attempt.objects.get().pk)).status_code == 404


def test_the_receipt_comes_after(scene: Scene, play: PlayBank, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bill = scene.bill(1000)
    play.pay(qr(bill))
    play.bring()
    text = page(client, link(bill))
    assert "biên lai đang lập" in text
    assert 'http-equiv="refresh"' in text, "a reader without a script waits for the receipt, too"
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every', text)[1].replace("&amp;", "&")
    monkeypatch.setattr(receipts, "_maker", None)
    assert receipts.make_missing() == 0, "nobody makes receipts yet"
    receipts.register(lambda capture: receipts.Made(f"BL-{capture.pk}", f"/documents/{capture.pk}/"))
    assert receipts.make_missing() == 1
    assert receipts.make_missing() == 0
    came = client.get(asks, headers=PARTLY).content.decode()
    for text in (came, page(client, link(bill))):
        assert f"Biên lai {Receipt.objects.get().number}" in text
        assert "hx-trigger" not in text, "nothing more is waited for"
        assert "http-equiv" not in text


def test_a_receipt_that_fails_leaves_the_money(scene: Scene, play: PlayBank, monkeypatch: pytest.MonkeyPatch) -> None:
    for bill in (scene.bill(1000), scene.bill(2000)):
        play.pay(qr(bill))
    play.bring()

    def maker(capture: Capture) -> receipts.Made:
        if capture.amount == 1000:
            raise OSError("no paper")
        return receipts.Made("BL-2", "/documents/2/")

    monkeypatch.setattr(receipts, "_maker", maker)
    assert receipts.make_missing() == 1
    assert Capture.objects.filter(receipt=None).count() == 1

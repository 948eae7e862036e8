"""A service's whole way in a browser: found by a slip, declared, paid by the picture, proved; asked for more and
finished; filed without a script. The portal, the bank, the registers and the police are programs that run."""

import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from dienhong.documents.models import Authority
from dienhong.documents.tests.test_papers import pdfsig
from dienhong.dossiers.actions.filing import Filing, take
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Dossier, Place, Status
from dienhong.dossiers.tests.desk import FADIL
from dienhong.organizations.models import Person
from dienhong.portal.tests.applying import pdf
from tests.browser import CHROMIUM, NEEDED, page_of
from tests.hands import enter, phone, press, speak_english, tab_to
from tests.looking import Looking, keep
from tests.town import Town, town

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NEEDED),
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("services_database"),
]
NGUYEN, TRAN = "Nguyễn Văn Mẫu", "Trần Thị Mẫu"
CLERK, OFFICER = "Cán bộ một cửa mẫu, Cục Thuế Hà Nội", "Chuyên viên thụ lý mẫu, Cục Thuế Hà Nội"
LEADER = "Lãnh đạo mẫu, Cục Thuế Hà Nội"
SERVICE = "/portal/apply/vehicle_registration_fee"
# The demo's Fadil: assembled in Hải Phòng, its slip and invoice lie in the registers.
SAID: dict[str, dict[str, str]] = {
    "taxpayer": {"taxpayer_name": "Nguyễn Văn Mẫu", "identity_number": "001085000001"},
    "contact": {
        "address": "Số 1 đường Mẫu", "address_district": "Phường Hàng Bài, Quận Hoàn Kiếm", "address_province": "01",
        "phone": "0912 345 678",
    },
    "agent": {"by_agent": "no"},
    "registration": {"province_code": "01", "condition": "new"},
    "slip": {"slip_no": "MAU-2020-0001", "chassis_no": "MAUVFFAD000000001"},
    "vehicle": {},
    "invoice": {
        "seller_tax_code": "0399999903", "invoice_form": "01GTKT0/001", "invoice_symbol": "MA/20E",
        "invoice_number": "0000001",
    },
    "price": {},
    "owners": {"shared": "no"},
    "exempt": {"asks_exemption": "no"},
    "papers": {},
}  # fmt: skip
# Two rows of the price table fit it, and the police know no such vehicle: a person has to look at both.
VIOS = FADIL | {
    "taxpayer_name": "Trần Thị Mẫu", "identity_number": "001190000002", "slip_no": "MAU-2020-0011",
    "chassis_no": "MAUTYVXE000000011", "engine_no": "MAU2NR0000011", "brand": "Toyota", "model": "Vios E (CVT)",
    "engine_cc": 1496, "invoice_number": "0000011", "invoice_price": 540_000_000, "assembled_in": "Vĩnh Phúc",
}  # fmt: skip
# What stays Vietnamese on an English page and needs no mark: proper names, numbers of acts, the currency.
NAMES = ("Diên Hồng", "Nguyễn Văn Mẫu", "Trần Thị Mẫu", "Hà Nội", "Hải Phòng", "NĐ-CP", "QĐ-", "Tiếng Việt")


@pytest.fixture
def site(
    services_database: None, live_server: LiveServer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    with town(live_server.url, tmp_path, settings, monkeypatch) as one:
        yield one


def fill(page: Page, key: str, **other: str) -> None:
    for name, text in {**SAID[key], **other}.items():
        box = page.locator(f'[name="{name}"]')
        if box.first.get_attribute("type") == "radio":
            page.locator(f'[name="{name}"][value="{text}"]').check()
        elif box.evaluate("one => one.tagName") == "SELECT":
            box.select_option(text)
        else:
            box.fill(text)


def sign_in(page: Page, site: Town, who: str, to: str) -> None:
    page.goto(f"{site.url}/sign-in/?next={to}")
    press(page, page.get_by_role("row", name=who).get_by_role("button"))


def search(page: Page, look: Looking) -> None:
    """By keyboard alone, without tones and with half the word for the car."""
    box = page.get_by_role("combobox", name="Bạn cần làm thủ tục gì?")
    tab_to(page, box)
    box.press_sequentially("le phi truoc ba xe oto", delay=5)
    expect(page.get_by_role("option").first).to_be_visible()
    look(page, "suggestions")
    enter(page)
    look(page, "found")
    keep(page, "1-found-without-tones")
    tab_to(page, page.get_by_role("link", name="Khai, nộp lệ phí trước bạ xe").first)
    enter(page)


def declare(page: Page, look: Looking) -> None:
    """The form with all that goes wrong on the way; ends before sending."""
    page.locator("#f-taxpayer-name").fill("Nguyễn")
    expect(page.locator("#saved")).to_contain_text("Đã lưu lúc", timeout=8000)
    page.reload()
    expect(page.locator("#f-taxpayer-name")).to_have_value("Nguyễn")
    page.locator("#f-taxpayer-name").fill("")
    press(page, "Đi tiếp")
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, "errors", ("day", "night"))
    page.get_by_role("link", name="Họ và tên hoặc tên tổ chức").click()
    expect(page.locator("#f-taxpayer-name")).to_be_focused()
    for key in ("taxpayer", "contact"):
        fill(page, key)
        press(page, "Đi tiếp")
    page.get_by_label("Có", exact=True).check()
    expect(page.get_by_label("Tên người khai thay")).to_be_visible()  # at once, without a way to the server
    look(page, "opened-at-once")
    for key in ("agent", "registration"):
        fill(page, key)
        press(page, "Đi tiếp")
    fill(page, "slip", chassis_no="MAUVFFAD000000004")
    press(page, "Đi tiếp")
    expect(page.get_by_text("không khớp: Số khung")).to_be_visible()
    look(page, "mismatch")
    fill(page, "slip")
    press(page, "Đi tiếp")
    expect(page.get_by_text("Đã lấy dữ liệu từ Cục Đăng kiểm Việt Nam")).to_be_visible()
    look(page, "taken-from-the-register")
    press(page, "Đi tiếp")
    fill(page, "invoice")
    press(page, "Đi tiếp")
    press(page, "Đi tiếp")
    page.get_by_label("Có", exact=True).check()
    page.get_by_role("button", name="Thêm: Người").click()
    look(page, "co-owners")
    for key in ("owners", "exempt"):
        fill(page, key)
        press(page, "Đi tiếp")
    page.locator('[name="file.other_papers"]').set_input_files(
        {"name": "giấy.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    press(page, page.get_by_role("button", name="Tải lên").last)
    expect(page.get_by_role("link", name="giấy.pdf")).to_be_visible()
    look(page, "papers")
    press(page, "Đi tiếp")


def pay_by_picture(page: Page, browser: Browser, site: Town, look: Looking) -> None:
    """The code is read from the screen by a decoder, as another phone does, and paid at the bank's own page."""
    pyzbar = pytest.importorskip("pyzbar.pyzbar", reason="pyzbar reads barcodes with Debian's libzbar0")
    [found] = pyzbar.decode(Image.open(io.BytesIO(page.locator(".qr-frame").screenshot())))
    bank = phone(browser)
    bank.goto(site.bank)
    press(bank, bank.get_by_role("link", name="Đọc mã"))
    bank.get_by_label("Chuỗi mã QR").fill(found.data.decode())
    press(bank, bank.get_by_role("button"))
    look(bank, "bank")
    press(bank, "Trả tiền")
    expect(bank.get_by_text("32.940.000 đ")).to_be_visible()
    bank.context.close()


def check_paper(page: Page, site: Town, look: Looking, tmp_path: Path) -> None:
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile("^Biên lai thu phí")).click()
    data = Path(coming.value.path()).read_bytes()
    said = pdfsig(data, tmp_path, Authority.objects.get(level="root").pem)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    page.goto(f"{site.url}/documents/verify/")
    page.locator("#file").set_input_files({"name": "bien-lai.pdf", "mimeType": "application/pdf", "buffer": data})
    press(page, "Kiểm tra tệp")
    expect(page.locator(".verdict.good")).to_be_visible()
    expect(page.get_by_text("32.940.000 đồng")).to_be_visible()
    look(page, "verified")
    keep(page, "5-verified")


def track(page: Page, site: Town, look: Looking, code: str, secret: str) -> None:
    page.goto(f"{site.url}/portal/track/?code={code}")
    page.get_by_label("Số bí mật").fill("AAAAAAAA")
    press(page, "Xem tiến độ")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "wrong-secret")
    page.get_by_label("Số bí mật").fill(secret)
    press(page, "Xem tiến độ")
    expect(page.locator(".way li")).to_have_count(5)
    expect(page.locator(".way li", has_text="20/08/2020")).to_have_count(5)
    look(page, "tracked")


def accept_by_keys(clerk: Page, site: Town, look: Looking) -> None:
    clerk.goto(f"{site.url}/dossiers/")
    look(clerk, "queue")
    clerk.keyboard.press("?")
    expect(clerk.get_by_role("dialog")).to_be_visible()
    look(clerk, "keys")
    clerk.keyboard.press("Escape")
    with clerk.expect_navigation():
        clerk.keyboard.press("n")
    look(clerk, "case", ("day", "night"))
    keep(clerk, "6-at-the-desk")
    clerk.keyboard.press("a")
    expect(clerk.get_by_role("button", name="Tiếp nhận", exact=True)).to_be_focused()
    enter(clerk)
    expect(clerk.get_by_text("Hồ sơ đã được tiếp nhận")).to_be_visible()


def see(page: Page, site: Town, look: Looking, name: str, *addresses: str) -> None:
    for number, address in enumerate(addresses):
        page.goto(f"{site.url}{address}")
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        look(page, f"{name}-{number}")


def test_found_by_a_slip_declared_paid_and_proved(site: Town, browser: Browser, tmp_path: Path) -> None:
    look, page = Looking(NAMES), phone(browser)
    page.goto(f"{site.url}/portal/")
    look(page, "home")
    search(page, look)
    look(page, "procedure")
    press(page, page.get_by_role("link", name="Nộp hồ sơ"))
    look(page, "before-signing-in")
    press(page, page.get_by_role("link", name="Đăng nhập để khai"))
    look(page, "sign-in")
    press(page, page.get_by_role("row", name=NGUYEN).get_by_role("button"))
    press(page, "Bắt đầu khai")
    declare(page, look)
    for words in ("32.940.000 đ", "× 50 %", "Nghị định 70/2020/NĐ-CP, Điều 1", "Hải Phòng", "khai ngày 20/08/2020"):
        expect(page.get_by_text(words).first).to_be_visible()
    look(page, "check", ("day", "night"))
    keep(page, "2-why-each-dong")
    press(page, "Gửi hồ sơ")
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, "not-agreed")
    page.locator("#f-truth").check()
    press(page, "Gửi hồ sơ")
    code, secret = (one.inner_text() for one in page.locator(".keys .code").all())
    look(page, "filed")
    press(page, page.get_by_role("link", name="Mở trang hồ sơ"))
    look(page, "filed-mine")
    site.turn()
    accept_by_keys(page_of(browser, site.url, CLERK), site, look)
    site.turn_until(Dossier.objects.filter(code=code, status=Status.TO_PAY).exists)

    page.reload()
    expect(page.get_by_text("Điều 1").first).to_be_visible()
    look(page, "to-pay")
    press(page, page.get_by_role("link", name="Nộp 32.940.000 đ"))
    look(page, "bill")
    keep(page, "3-paid-by-picture")
    pay_by_picture(page, browser, site, look)
    expect(page.get_by_text("Đã nộp đủ")).to_be_visible(timeout=15000)
    site.turn_until(lambda: site.police.tell("received"))
    page.reload()
    expect(page.get_by_role("link", name=re.compile("Biên lai"))).to_be_visible()
    look(page, "paid")
    press(page, page.get_by_role("link", name="Hồ sơ", exact=True))
    expect(page.get_by_text("Đã trả kết quả").first).to_be_visible()
    expect(page.locator("#reads ~ ul, [aria-labelledby=reads] li").first).to_contain_text("Cán bộ một cửa")
    look(page, "over")
    keep(page, "4-over")
    check_paper(page, site, look, tmp_path)
    track(page, site, look, code, secret)
    assert [row["key"].partition(":")[0] for row in site.police.tell("received")] == [f"FeePaidData {code}"]

    page.goto(f"{site.url}/portal/")
    speak_english(page)
    see(
        page, site, look, "english", "/portal/", "/portal/search?q=le+phi+truoc+ba+xe+oto", "/procedures/1.007700/",
        f"{SERVICE}/", "/portal/mine/", f"/portal/mine/{code}/", "/notices/", "/portal/track/",
    )  # fmt: skip
    assert not look.faults, "\n".join(look.faults)


def test_asked_for_more_and_finished(site: Town, browser: Browser) -> None:
    look, clerk = Looking(NAMES), page_of(browser, site.url, CLERK)
    clerk.goto(f"{site.url}/dossiers/")
    look(clerk, "queue-empty")
    filing = Filing(current("vehicle_registration_fee"), VIOS, uuid.uuid4(), {})
    dossier = take(by=Person.objects.get(username="mau-cong-dan-2"), filing=filing)
    case = f"{site.url}/dossiers/{dossier.pk}/"
    clerk.reload()
    clerk.keyboard.press("j")
    expect(clerk.get_by_role("link", name=dossier.code)).to_be_focused()
    enter(clerk)
    clerk.keyboard.press("a")
    expect(clerk.get_by_role("button", name="Nhận việc")).to_be_focused()
    enter(clerk)
    clerk.keyboard.press("a")
    tab_to(clerk, clerk.locator("summary", has_text="Yêu cầu bổ sung"))
    clerk.keyboard.press("Enter")
    tab_to(clerk, clerk.get_by_role("checkbox", name="Bản chụp phiếu kiểm tra"))
    clerk.keyboard.press("Space")
    look(clerk, "asking-for-more")
    keep(clerk, "7-asked-for-more")
    tab_to(clerk, clerk.get_by_role("button", name="Gửi yêu cầu bổ sung"))
    enter(clerk)
    expect(clerk.get_by_text("Đã yêu cầu bổ sung 1 thứ")).to_be_visible()
    site.turn()

    page = phone(browser)
    sign_in(page, site, TRAN, "/notices/")
    look(page, "notices")
    press(page, f"Hồ sơ {dossier.code} cần bổ sung 1 mục")
    look(page, "asked")
    press(page, page.get_by_role("link", name="Bổ sung hồ sơ"))
    look(page, "what-is-wanted")
    keep(page, "8-what-is-wanted")
    press(page, "Bắt đầu bổ sung")
    expect(page.get_by_text("Ảnh mờ, không đọc được số khung, số máy.")).to_be_visible()
    look(page, "asked-file")
    page.locator('[name="file.slip_copy"]').set_input_files(
        {"name": "phieu.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    press(page, "Đi tiếp")
    look(page, "check-again")
    page.locator("#f-truth").check()
    press(page, "Gửi bổ sung")
    expect(page.get_by_text("Chờ tiếp nhận").first).to_be_visible()

    clerk.goto(case)
    expect(clerk.get_by_text("Bổ sung lần 1").first).to_be_visible()
    clerk.locator("summary", has_text="Từ chối tiếp nhận").click()
    press(clerk, "Từ chối và ký thông báo")
    expect(clerk.locator(".error-summary")).to_be_focused()
    look(clerk, "refused")
    press(clerk, "Tiếp nhận")
    site.turn_until(Place.objects.filter(dossier=dossier, element="compare").exists)
    officer = page_of(browser, site.url, OFFICER)
    officer.goto(f"{site.url}/dossiers/")
    with officer.expect_navigation():
        officer.keyboard.press("n")
    look(officer, "a-base-to-be-fixed")
    officer.get_by_label("Theo dòng chọn trong bảng").check()
    officer.get_by_label("NSP151L-BEXGKU").check()
    press(officer, officer.get_by_role("button", name="Xong bước này").first)
    speak_english(officer)
    look(officer, "case-english")
    officer.set_viewport_size({"width": 360, "height": 740})
    see(officer, site, look, "officer-english", "/dossiers/", "/dossiers/search/?q=tran", f"/dossiers/{dossier.pk}/")
    officer.get_by_label("The vehicle's data agree").check()
    press(officer, officer.get_by_role("button", name="Finish this step").first)

    page.reload()
    speak_english(page)
    look(page, "to-pay-english")
    press(page, page.get_by_role("link", name=re.compile("32,400,000")))
    look(page, "bill-english")
    page.get_by_role("button", name="Pay over the platform").click()
    page.wait_for_url("**/gateway/pay?**")  # by way of a page of ours; the platform begins in Vietnamese
    press(page, page.get_by_role("link", name="English"))
    look(page, "platform-english")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("Paid in full.")).to_be_visible(timeout=15000)
    site.turn_until(lambda: site.police.tell("received"))
    leader = page_of(browser, site.url, LEADER)
    leader.goto(f"{site.url}/dossiers/?view=all")
    look(leader, "leader")
    assert [row["key"].partition(":")[0] for row in site.police.tell("received")] == [f"FeePaidData {dossier.code}"]
    assert not look.faults, "\n".join(look.faults)


def test_filed_without_a_script(site: Town, browser: Browser) -> None:
    page = phone(browser, java_script_enabled=False)
    page.goto(f"{site.url}/portal/")
    page.get_by_label("Bạn cần làm thủ tục gì?").fill("le phi truoc ba oto")
    press(page, "Tìm")
    press(page, page.get_by_role("link", name="Khai, nộp lệ phí trước bạ xe").first)
    press(page, page.get_by_role("link", name="Nộp hồ sơ"))
    press(page, page.get_by_role("link", name="Đăng nhập để khai"))
    press(page, page.get_by_role("row", name=NGUYEN).get_by_role("button"))
    press(page, "Bắt đầu khai")
    for key in SAID:
        fill(page, key)
        press(page, "Đi tiếp")
    expect(page.get_by_text("32.940.000 đ").first).to_be_visible()
    page.locator("#f-truth").check()
    press(page, "Gửi hồ sơ")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ đã gửi")

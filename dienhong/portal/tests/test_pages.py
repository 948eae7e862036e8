"""What visitors see: every page opens for everybody, says what is certain, and hides no doubt."""

import datetime as dt
import html
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from dienhong.catalogue.models import Version
from dienhong.dossiers import folders
from dienhong.portal import fees
from dienhong.portal.tests.conftest import LONG

pytestmark = pytest.mark.django_db


def text(client: Client, address: str, **headers: Any) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    return html.unescape(answer.content.decode())


VIOS = {
    "province_code": "01", "vehicle_type": "car", "seats": 5, "powertrain": "petrol", "origin": "domestic",
    "condition": "new", "brand": "Toyota", "model": "Vios E (CVT)", "model_code": "NSP151L-BEMRKU",
}  # fmt: skip

PAGES = ("/portal/", "/portal/search?q=", "/portal/search?q=zzzzqqqq", "/portal/list/", "/portal/fields/",
         "/portal/agencies/", "/portal/suggest?q=tha")  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_empty_pages_say_what_will_stand_there(client: Client, address: str) -> None:
    text(client, address)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_opens(few: None, client: Client, address: str, lang: str) -> None:
    page = text(client, address, accept_language=lang)
    assert "csrfmiddlewaretoken" not in page


def test_home_has_search_life_events_and_lists(bundled: None, client: Client) -> None:
    page = text(client, "/portal/")
    assert 'role="search"' in page
    assert "Phương tiện và người lái" in page
    assert "Khởi sự kinh doanh" in page
    assert "1.841 thủ tục" in page
    english = text(client, "/portal/", accept_language="en")
    assert "Vehicles and drivers" in english
    assert "1,841 procedures" in english


def test_search_shows_answers_and_why(bundled: None, client: Client) -> None:
    page = text(client, "/portal/search?q=bằng lái")
    assert "Vì “bằng lái” thường là “giấy phép lái xe”." in page
    assert "/procedures/3.000346/" in page
    assert "Chỉ có mô tả" in page
    offered = text(client, "/portal/suggest?q=le phi truoc ba oto")
    assert offered.index("1.007700") < offered.index("1.007277"), "the car before the house"


def test_a_code_leads_to_its_page(few: None, client: Client) -> None:
    for typed in ("1.000001", "1000001", "mã thủ tục 1.000001", "1.000001.000.00.00.H29"):
        answer = client.get("/portal/search", {"q": typed})
        assert (answer.status_code, answer["Location"]) == (302, "/procedures/1.000001/"), typed


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "'; --", "\u202e", "a" * 5000, "%00", "đ" * 300])
def test_hostile_queries_are_answered(few: None, client: Client, typed: str) -> None:
    answer = client.get("/portal/search", {"q": typed})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
    assert client.get("/portal/suggest", {"q": typed}).status_code == 200


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1.000001", ("5 ngày làm việc", "100.000 đ", "Trực tuyến, Trực tiếp")),
        ("1.000002", ("5 ngày", "số tiền ở nguồn mất phần nghìn", "50 VNĐ", "50.000 đồng/lần")),
        ("1.000003", ("1 tháng", "25 đô la Mỹ")),
        ("1.000004", ("nguồn ghi 1, không có đơn vị", "Hỏi cơ quan giải quyết", "Hội đồng nhân dân")),
        ("1.000005", ("số ngày dính với số tiền", "120 VNĐ")),
        ("1.000006", ("Nguồn không có thông tin.",)),
        ("1.000008", ("2 giờ", "Miễn phí", "Trực tuyến: không")),
    ],
)
def test_limits_and_fees_are_said_as_certain_as_they_are(
    few: None, client: Client, code: str, said: tuple[str, ...]
) -> None:
    page = " ".join(text(client, f"/procedures/{code}/").split())
    for words in said:
        assert words in page, words


def test_free_is_never_said_where_the_note_speaks_of_money(few: None, client: Client) -> None:
    page = text(client, "/procedures/1.000004/")
    assert "<dd>Miễn phí</dd>" not in page
    assert 'class="unsure"' in page


def test_source_text_is_escaped_and_marked(few: None, client: Client) -> None:
    raw = client.get("/procedures/1.000005/", headers={"accept-language": "en"}).content.decode()
    assert "<script>alert(1)" not in raw
    assert 'lang="vi"' in raw
    assert "&lt;b&gt;" in client.get("/procedures/1.000008/").content.decode()


def test_a_name_of_672_characters_is_shown_whole(few: None, client: Client) -> None:
    assert len(LONG[:672]) == 672
    assert LONG[:672].strip() in text(client, "/procedures/1.000005/")


def test_levels_are_not_stated_unless_a_source_states_them(few: None, client: Client) -> None:
    page = " ".join(text(client, "/procedures/1.000001/").split())
    assert "Mức độ trực tuyến</dt><dd>nguồn không ghi" in page


def test_two_procedures_of_one_name_have_two_pages(few: None, client: Client) -> None:
    page = text(client, "/portal/search?q=cap lai the trung ten")
    assert "/procedures/1.000006/" in page
    assert "/procedures/1.000007/" in page


def test_local_codes_lead_to_one_address(few: None, client: Client) -> None:
    assert client.get("/procedures/1.000008.000.00.00.H29/")["Location"] == "/procedures/1.000008.H29/"
    assert client.get("/procedures/1.000001.000.00.00.H41/")["Location"] == "/procedures/1.000001/"
    assert client.get("/procedures/%00/").status_code == 400
    for code in ("9.999999", "x", "1.000001."):
        assert client.get(f"/procedures/{code}/").status_code in {302, 404}


def test_a_repealed_one_says_so_and_cannot_be_filed(few: None, client: Client) -> None:
    Version.objects.filter(procedure__code="1.000001").update(state="repealed", valid_from=dt.date(2020, 7, 1))
    page = text(client, "/procedures/1.000001/")
    assert "không còn từ ngày 01/07/2020" in page
    assert "1.000001" not in text(client, "/portal/list/")


def test_what_is_handled_here_can_be_filed(bundled: None, client: Client) -> None:
    """A folder under services/ names the procedure; its page offers the form, and states the level with its source."""
    page = " ".join(text(client, "/procedures/1.007700/").split())
    assert 'href="/portal/apply/vehicle_registration_fee/"' in page
    assert "Nộp được tại đây" in page
    assert "Mức độ 4" in page
    for part in ("Doanh nghiệp", "Qua bưu chính công ích", "Xác nhận nộp lệ phí trước bạ", "4472/QĐ-BTC",
                 "Bạn nộp tiền bằng mã QR", "Cục Thuế của tỉnh, thành phố nơi đăng ký xe"):  # fmt: skip
        assert part in page
    assert "Không phải nộp kèm giấy tờ nào." in text(client, "/procedures/2.000635/")
    english = text(client, "/procedures/2.000635/", accept_language="en")
    assert "Civil status</a>" in english
    assert "Ministry of Justice" in english
    described = text(client, "/procedures/1.001193/")
    assert "chưa được nhập" in described
    assert "Nguồn không có thông tin" not in described
    assert "README" not in described
    assert "1.007700" in text(client, "/portal/list/?here=1")
    assert "1.001193" not in text(client, "/portal/list/?here=1")
    assert 'class="button" href="/portal/apply' not in text(client, "/procedures/1.001193/")


def test_lists_page_by_page(bundled: None, client: Client) -> None:
    page = text(client, "/portal/list/?page=2&letter=C")
    assert "?page=3&letter=C" in page
    assert "Hải quan" in text(client, "/portal/fields/")
    assert "Bộ Tư pháp" in text(client, "/portal/agencies/")
    assert "Thủ tục đăng ký khai sinh" in text(client, "/portal/fields/ho-tich/")
    assert "1.007700" in text(client, "/portal/life/phuong-tien/")
    assert client.get("/portal/fields/khong-co/").status_code == 404
    for strange in ("page=99999", "page=x", "letter=<", "letter=AB", "here=2"):
        text(client, f"/portal/list/?{strange}")


@pytest.mark.parametrize(
    ("address", "most"),
    [("/portal/list/", 4), ("/procedures/1.000001/", 16), ("/portal/", 9)],
)
def test_few_questions_to_the_database(
    few: None, client: Client, django_assert_max_num_queries: Any, address: str, most: int
) -> None:
    client.get("/portal/fields/")  # stamp and clock are read
    with django_assert_max_num_queries(most):
        client.get(address)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_figure_of_a_fee_leads_to_its_row_of_the_law(client: Client, lang: str) -> None:
    """The row of the price table and every article have a place of their own on a page that everybody may read."""
    result = folders.rules_of("vehicle_registration_fee").compute(VIOS, dt.date(2020, 8, 20))
    shown = fees.lines([line.json() for line in result.lines], result.law)
    addresses = [reference.address for line in shown for reference in line.references]
    assert any("#MH-" in each for each in addresses)
    page = text(client, addresses[0].partition("#")[0], accept_language=lang)
    for each in addresses:
        assert f'id="{unquote(each.partition("#")[2])}"' in page
    assert ("The law that fees are computed by" in page) == (lang == "en")
    said = [each in page for each in ("Bảng minh họa của bản mẫu", "Illustrative table of the demo")]
    assert said == [lang == "vi", lang == "en"]
    assert client.get("/portal/law/no_such_service/").status_code == 404
    assert client.get("/portal/law/..%2fbase/").status_code == 404

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.db import transaction
from django.urls import reverse
from psycopg.types.range import DateRange

from dienhong.base import clock
from dienhong.indicators import actions, queries, testing
from dienhong.indicators.models import Source
from dienhong.indicators.tests.conftest import make_indicator, row_of
from dienhong.journal.models import Event
from dienhong.organizations.models import Person, UnitName

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db):
    return Person.objects.create_user("an", password="x", display_name="Nguyễn Thị An")


@pytest.fixture
def page(client, person):
    client.force_login(person)

    def get(url, **more):
        response = client.get(url, more.pop("params", None), **more)
        assert response.status_code == 200, response.content[:500]
        return response.content.decode()

    return get


def url(code="02.001", unit="VN", name="figure"):
    return reverse(f"indicators:{name}", args=[code, "decree09", "2020-M07", unit])


def test_the_list_finds_without_tones_and_by_field(page, revenue):
    text = page("/indicators/", params={"q": "thu ngan sach"})
    assert "Tổng thu ngân sách nhà nước" in text
    assert "Không tìm thấy" in page("/indicators/", params={"q": "khong co gi"})
    assert "02.001" in page("/indicators/", params={"field": "public_finance"})
    assert "02.001" not in page("/indicators/", params={"field": "social"}).split("<main")[1].split("</form>")[1]


def test_a_passport_of_a_total_opens_branch_by_branch(page, client, nation, revenue, say):
    places = nation.provinces
    say(revenue, {places["a1"]: "148.6"})
    say(revenue, {places["a2"]: "47.9"})
    text = page(url())
    assert "196,5" in text
    assert "Miền Bắc" in text
    assert "2 trên 4 đơn vị" in text
    assert "Cà Mau" in text
    assert "Hà Nội" not in text.split("<tbody>")[1].split("</tbody>")[0]
    tree = text.split("<tbody>")[1].split("</tbody>")[0]
    doors = re.findall(r'<a class="door" href="([^"]+)" tabindex="-1" aria-label="Hộ chiếu: Miền Bắc, 2 trên 2', tree)
    assert len(doors) == 1, "the ring is a door, and no second stop beside the name's link"
    assert f'<a href="{doors[0]}">Miền Bắc</a>' in tree
    assert tree.count('<svg class="ring"') == tree.count('class="door"')
    rows = page(url(name="branch"), params={"node": nation.regions["north"].pk, "path": "5"})
    assert "Hà Nội" in rows
    assert 'class="level-1' in rows
    cells = page(url(unit="01", name="branch"), params={"leaf": "1", "path": "5/6"})
    assert "Tin nhắn" in cells
    assert "Hà Nội" in page(url(unit=f"u{places['a1'].pk}"))
    assert "Miền Bắc" in page(url(unit=f"u{nation.regions['north'].pk}"))


def test_the_same_as_json(page, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "148.6"})
    made = json.loads(page(url(name="figure_json")))
    assert (made["schema"], made["figure"]["value"]) == ("dienhong.passport/1", "148.6")


def test_as_of_a_chosen_moment(page, client, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "10"})
    before = queries.moment(queries.cap()).business
    say(revenue, {nation.provinces["a1"]: "9"})
    assert "10,0" in page(url(), params={"as_of": before.isoformat()})
    assert ">9,0" in page(url())
    assert "chưa có" in page(url(), params={"as_of": "2019-01-01"})
    refused = client.get(url(), {"as_of": "hôm nọ"})
    assert refused.status_code == 400
    assert "Không hiểu thời điểm “hôm nọ”" in refused.content.decode()


def test_the_menu_of_moments_offers_yesterday_and_names_its_clock(page, nation, revenue, say, settings):
    settings.DEMO = True
    say(revenue, {nation.provinces["a1"]: "10"})
    with clock.played(dt.datetime(2020, 8, 5, 14, 2, tzinfo=clock.HANOI)):
        text = page(url(), params={"as_of": "04/08/2020"})
    assert 'value="04/08/2020 23:59"' in text
    assert "as_of=2020-08-04" in text
    assert "Đồng hồ nghiệp vụ đang là 14:02, 05/08/2020" in text


def test_what_is_not_there_is_404(client, person, nation, revenue, period):
    client.force_login(person)
    for address in (url(code="99.999"), url(unit="ZZ"), url().replace("M07", "M08"), url() + "?measure=9"):
        assert client.get(address).status_code == 404


def test_recompute_is_a_post_and_is_recorded(client, person, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "10"})
    client.force_login(person)
    address = url(name="recompute")
    assert client.get(address).status_code == 405
    response = client.post(address, headers={"HX-Request": "true"})
    assert "không có tệp lưu" in response.content.decode()
    assert Event.objects.get(verb="indicators.recomputed").actor == f"person:{person.pk}"
    assert "Về hộ chiếu" in client.post(address).content.decode()


def test_an_indicators_page_draws_and_its_download_has_every_row(page, client, person, nation, revenue, period, say):
    earlier = actions.ensure_period("decree09", "2020-M06")
    say(revenue, {nation.provinces["a1"]: "8", nation.provinces["a2"]: "-2"}, on=earlier)
    say(revenue, {nation.provinces["a1"]: "10"})
    text = page("/indicators/02.001/")
    assert "<svg" in text
    assert "thiếu 3" in text
    client.force_login(person)
    body = b"".join(client.get("/indicators/02.001.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert {(row["unit_code"], row["period"], row["value"]) for row in rows} == {
        ("01", "2020-M06", "8"), ("31", "2020-M06", "-2"), ("01", "2020-M07", "10"),
    }  # fmt: skip
    made = json.loads(b"".join(client.get("/indicators/02.001.json").streaming_content))
    assert len(made["rows"]) == 3


def test_a_download_names_each_row_by_its_own_day(client, person, nation, revenue, say):
    """One unit, renamed between two periods: the newer row must not bear the older name."""
    unit, renamed = nation.provinces["a2"], dt.date(2020, 7, 1)
    held = UnitName.objects.get(unit=unit)
    UnitName.objects.filter(pk=held.pk).update(validity=DateRange(held.validity.lower, renamed))
    UnitName.objects.create(
        unit=unit, name_vi="Cảng", sort_key="cang", search_key="cang", validity=DateRange(renamed, None)
    )
    say(revenue, {unit: "8.5"}, on=actions.ensure_period("decree09", "2020-M05"))
    say(revenue, {unit: "90"})
    client.force_login(person)
    body = b"".join(client.get("/indicators/02.001.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    found = {(row["period"], row["unit_name"], row["value"]) for row in rows}
    assert found == {("2020-M05", "Hải Phòng", "8.5"), ("2020-M07", "Cảng", "90")}
    said = {dt.datetime.fromisoformat(row["known_business_at"]) for row in rows}
    assert said == {clock.business_at(dt.datetime.fromisoformat(row["known_at"])) for row in rows}


def test_the_map_of_another_period_is_chosen_on_the_page(page, nation, revenue, say):
    provinces = list(nation.provinces.values())
    for month, values in (("2020-M05", ("8", "9")), ("2020-M06", ("7", "7"))):
        say(revenue, dict(zip(provinces, values, strict=False)), on=actions.ensure_period("decree09", month))
    chosen = '<option value="{}" selected>'.format
    assert chosen("2020-M05") in page("/indicators/02.001/"), "the newest whose provinces differ"
    asked = page("/indicators/02.001/?period=2020-M06")
    assert chosen("2020-M06") in asked
    assert "Kỳ này không có bản đồ" in asked
    assert chosen("2020-M05") in page("/indicators/02.001/?period=2019-M01"), "of which nobody spoke"


def test_an_indicators_page_counts_against_who_owes_and_draws_its_axis(page, nation, revenue, say):
    earlier = actions.ensure_period("decree09", "2020-M05")
    everyone = dict.fromkeys(nation.provinces.values(), "1000")
    say(revenue, everyone, on=earlier)
    say(revenue, {nation.provinces["a1"]: "4100"})
    text = page("/indicators/02.001/")
    assert "4/4" in text
    assert "1/4" in text
    table = text.split('<table class="table">')[-1]
    assert [label in table for label in ("Tháng 7/2020", "Tháng 6/2020", "Tháng 5/2020")] == [True] * 3
    assert table.count('<svg class="ring"') == table.count('class="door"') == 2
    assert table.count("chưa có") == 1, "June, of which nobody spoke, is a gap and is said"
    assert "Trục đứng không bắt đầu từ 0" in text
    assert ">4.000,0<" in text or ">4.000<" in text


def test_an_indicators_page_opens_on_the_newest_figures_of_most_units(page, nation, revenue, say, settings):
    settings.DEMO = True
    quarter = actions.ensure_period("decree09", "2020-Q2")
    open_still = actions.ensure_period("decree09", "2020-Q3")
    everyone = {unit: str(number) for number, unit in enumerate(nation.provinces.values(), 1)}
    counted = actions.ensure_source("count:here", Source.Kind.COUNT, "Đếm tại chỗ")
    say(revenue, everyone)  # months are counted here and reported by nobody
    say(revenue, {nation.provinces["a1"]: "5"}, on=actions.ensure_period("decree09", "2020-M06"))
    say(revenue, everyone, on=quarter)
    say(revenue, {nation.provinces["a1"]: "5", nation.provinces["a2"]: "6"}, on=open_still)
    say(revenue, everyone, on=actions.ensure_period("decree09", "2020-M08"), by=counted)
    with clock.played(dt.datetime(2020, 8, 19, 9, 0, tzinfo=clock.HANOI)):
        # June's only province is not the nation; July's four are newer than the quarter's.
        text = page("/indicators/02.001/")
        assert re.search(r'kind=month"[^>]*aria-current', text)
        assert "Tổng thu ngân sách nhà nước, Tháng 7/2020" in text
        text = page("/indicators/02.001/", params={"calendar": "decree09", "kind": "quarter"})
        assert "Tổng thu ngân sách nhà nước, Quý II/2020" in text, "a quarter that is not over is not mapped before it"
        assert re.search(r'kind=quarter"[^>]*aria-current', text)


def test_a_kind_of_period_that_only_another_source_counts_is_no_kind(page, nation, revenue, say):
    counted = actions.ensure_source("count:here", Source.Kind.COUNT, "Đếm tại chỗ")
    everyone = {unit: str(number) for number, unit in enumerate(nation.provinces.values(), 1)}
    say(revenue, everyone, on=actions.ensure_period("decree09", "2020-Q2"))
    say(revenue, everyone, by=counted)
    text = page("/indicators/02.001/")
    assert "Chưa có số" not in text
    assert "Tổng thu ngân sách nhà nước, Quý II/2020" in text
    assert "kind=month" not in text
    assert "Quý II/2020" in page("/indicators/"), "the list names the newest period of the source that speaks"


def test_an_indicator_of_which_only_parts_are_said_shows_a_part(page, nation, revenue, source, period, channel):
    part = actions.ensure_breakdown({"channel": "online"}).pk
    rows = [
        row_of(revenue, period, unit, str(n), breakdown_id=part) for n, unit in enumerate(nation.provinces.values())
    ]
    with transaction.atomic():
        actions.write_batch(
            by="person:1", source=source, reporter=nation.unit, rows=rows, evidence=[("message", "m", "Tin", "")]
        )
    testing.publish()
    text = page("/indicators/02.001/")
    assert "Tổng thu ngân sách nhà nước, online, Tháng 7/2020" in text
    assert re.search(r'href="[?]breakdown=channel%3Donline" aria-current', text)
    assert "breakdown=channel%3Donline" in text.split('<table class="table">')[-1], "its passports are the part's own"


def test_the_definition_says_how_it_adds_and_how_exact_it_is(page, client, person, nation, revenue):
    text = page("/indicators/02.001/")
    for words in ("Gộp các đơn vị", "Gộp các kỳ", "cộng các kỳ con", "1 chữ số thập phân", "tháng", "không phân tổ"):
        assert words in text, words
    client.force_login(person)
    made = json.loads(b"".join(client.get("/indicators/02.001.json").streaming_content))
    assert {"what": "Gộp các đơn vị", "words": "cộng"} in made["definition"]


def test_generated_figures_say_so_on_the_page_and_in_downloads(page, client, person, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "8"}, demo=True)
    say(revenue, {nation.provinces["a2"]: "2"})
    assert "số liệu minh họa" in page("/indicators/02.001/")
    client.force_login(person)
    body = b"".join(client.get("/indicators/02.001.csv").streaming_content).decode("utf-8-sig")
    rows = {row["unit_code"]: row["demo"] for row in csv.DictReader(io.StringIO(body))}
    assert rows == {"01": "số liệu minh họa", "31": ""}


def test_an_indicator_without_figures_says_who_will_bring_them(page, nation):
    make_indicator("02.099")
    testing.publish()
    assert "Chưa có số" in page("/indicators/02.099/")


def test_nothing_is_shown_to_a_stranger(client, nation, revenue, period):
    for address in ("/indicators/", "/indicators/02.001/", "/indicators/02.001.csv", url(), url(name="figure_json")):
        assert client.get(address).status_code in (302, 401, 404), address
        assert client.get(address).status_code != 404, address


def test_the_list_asks_a_fixed_number_of_questions(client, person, revenue, django_assert_max_num_queries):
    client.force_login(person)
    client.get("/indicators/")
    with django_assert_max_num_queries(14):
        client.get("/indicators/")


def test_a_moment_that_has_not_come_is_said(page, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "10"})
    text = page(url(), params={"as_of": "2999-01-01"})
    assert "còn ở phía trước" in text
    assert 'value="01/01/2999 23:59"' in text, "a day alone fills the field"
    made = json.loads(page(url(name="figure_json"), params={"as_of": "2999-01-01"}))
    assert "còn ở phía trước" in made["as_of_note"]
    assert "còn ở phía trước" not in page(url())


def test_the_navigation_knows_where_a_passport_lies(page, nation, revenue, say):
    say(revenue, {nation.provinces["a1"]: "10"})
    assert '<a href="/indicators/" aria-current="page">' in page(url())


def test_every_version_is_listed_and_opens_as_it_stood(page, client, nation, revenue, say, monkeypatch):
    monkeypatch.setattr("dienhong.indicators.passports.story.PAGE", 2)
    for value in ("10", "11", "12"):
        say(revenue, {nation.provinces["a1"]: value})
    assert "Mở cả 3 bản" in page(url(unit="01"))
    for unit in ("01", "VN"):
        text = page(url(unit=unit, name="versions"))
        assert "Trang 1/2" in text
        made = json.loads(page(url(unit=unit, name="versions_json"), params={"page": "2"}))
        assert [row["text"] for row in made["versions"]] == ["10,0"]
        assert ">10,0" in page(made["versions"][0]["url"])
        assert client.get(url(unit=unit, name="versions"), {"page": "3"}).status_code == 404


def test_what_came_in_together_has_a_page_with_its_journal(page, client, nation, revenue, say):
    batch = say(revenue, {nation.provinces["a1"]: "10"}, demo=True)
    made = json.loads(page(url(unit="01", name="figure_json")))
    event = made["journal"][0]
    assert event["url"] == f"/batches/{batch.pk}/#e{event['id']}"
    text = page(f"/batches/{batch.pk}/")
    assert f'id="e{event["id"]}"' in text
    assert "số liệu minh họa" in text
    assert json.loads(page(f"/batches/{batch.pk}.json"))["journal"][0]["id"] == event["id"]
    assert client.get("/batches/999999/").status_code == 404


def test_the_list_begins_with_what_has_figures(page, nation, revenue, say):
    text = page("/indicators/")
    without = text.count('<th scope="row">')
    assert f"({without})" in text.split("<summary>Chưa có số")[1][:60]
    say(revenue, {nation.provinces["a1"]: "10"})
    text = page("/indicators/")
    codes = re.findall(r"<tr><td>([\w.]+)</td>", text)
    assert codes[0] == revenue.code
    assert codes[1:] == sorted(codes[1:])
    assert ", 1 có số" in text

"""Kept pages: the same page for everybody who brings nothing, an edit at once, nobody's page to anybody else."""

import datetime as dt
import gzip
from typing import Any

import pytest
from django.test import Client
from psycopg.types.range import DateRange

from dienhong.catalogue import stamp
from dienhong.catalogue.actions import amend
from dienhong.organizations.models import Grant, Person, Role
from dienhong.organizations.queries import unit_by_code
from dienhong.portal import cache

pytestmark = pytest.mark.django_db
PAGE = "/procedures/1.000001/"


def how(client: Client, address: str = PAGE, **headers: Any) -> str:
    return str(client.get(address, headers=headers).headers.get("X-Page", ""))


def test_the_second_visitor_gets_the_kept_page(few: None, client: Client, django_assert_num_queries: Any) -> None:
    first = client.get(PAGE)
    stamp.current()  # reads it again if rendering took longer than its patience
    with django_assert_num_queries(0):
        second = Client().get(PAGE)
    assert (first["X-Page"], second["X-Page"]) == ("made", "kept")
    assert first.content == second.content


@pytest.mark.parametrize("address", ["/portal/", "/portal/search?q=tha dieu", "/portal/list/", "/portal/fields/", PAGE])
def test_every_public_page_is_kept(few: None, client: Client, address: str) -> None:
    assert (how(client, address), how(client, address)) == ("made", "kept")


def test_language_and_colours_are_pages_of_their_own(few: None, client: Client) -> None:
    assert how(client) == "made"
    assert how(client, accept_language="en") == "made"
    assert b'lang="en"' in client.get(PAGE, headers={"accept-language": "en"}).content
    client.cookies["theme"] = "night"
    assert how(client) == "made"
    client.cookies["theme"] = "rubbish"
    assert how(client) == "kept"


@pytest.mark.parametrize("cookie", ["sessionid", "messages", "anything"])
def test_who_brings_more_gets_a_page_of_their_own(few: None, client: Client, cookie: str) -> None:
    how(client)
    client.cookies[cookie] = "x"
    assert how(client) == ""
    assert how(Client()) == "kept"


def test_a_person_signed_in_sees_their_menu_and_nobody_else_does(few: None, client: Client) -> None:
    person = Person.objects.create_user("Nguyễn Văn Mẫu", display_name="Nguyễn Văn Mẫu")
    client.force_login(person)
    mine = client.get(PAGE)
    assert "Nguyễn Văn Mẫu" in mine.content.decode()
    theirs = Client().get(PAGE)
    assert theirs["X-Page"] == "made"
    assert "Nguyễn Văn Mẫu" not in theirs.content.decode()


def test_pages_with_a_token_are_never_kept(few: None, client: Client) -> None:
    for _ in range(2):
        answer = client.get("/portal/feedback/?code=1.000001")
        assert b"csrfmiddlewaretoken" in answer.content
        assert "X-Page" not in answer.headers
    for address in ("/", "/sign-in/", "/look/", "/procedures/9.999999/"):
        client.get(address)
        assert "X-Page" not in client.get(address).headers, address


def test_no_kept_page_sets_a_cookie_or_holds_a_token(few: None, client: Client) -> None:
    for address in ("/portal/", "/portal/list/", "/portal/search?q=a", PAGE):
        answer = client.get(address)
        assert not answer.cookies
        assert b"csrf" not in answer.content.lower()
        assert answer["X-Page"] == "made"


def test_gzip_etag_and_head(few: None, client: Client) -> None:
    plain = client.get(PAGE)
    packed = client.get(PAGE, headers={"accept-encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert not cache._takes_gzip("br, gzip;q=0")
    assert cache._takes_gzip("br;q=1.0, GZIP ; q=0.5")
    same = client.get(PAGE, headers={"if-none-match": f'"x", {plain["ETag"]}'})
    assert (same.status_code, same.content) == (304, b"")
    assert same["ETag"] == plain["ETag"]
    assert client.get(PAGE, headers={"if-none-match": '"other"'}).status_code == 200
    head = client.head(PAGE)
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", plain["Content-Length"])
    assert client.post(PAGE).status_code == 405


def test_headers_of_safety_stay(few: None, client: Client) -> None:
    for _ in range(2):
        answer = client.get(PAGE)
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "text/html; charset=utf-8"
        assert "no-cache" in answer["Cache-Control"]


def test_a_forged_host_is_refused_also_from_what_is_kept(few: None, client: Client) -> None:
    how(client)
    assert client.get(PAGE, headers={"host": "evil.example"}).status_code == 400


def jurist() -> Person:
    person = Person.objects.create_user("Cán bộ pháp chế mẫu")
    nation = unit_by_code("key", "nation", dt.date(2020, 8, 19))
    Grant.objects.create(person=person, role=Role.JURIST, unit=nation, validity=DateRange(dt.date(2019, 1, 1), None))
    return person


def test_an_edit_is_seen_within_a_second(ground_database: None, few: None, client: Client) -> None:
    how(client)
    assert how(client) == "kept"
    amend(
        by=jurist(), code="1.000001", changes={"name": "Cấp phép thả diều sáo"}, decision_no="1/QĐ-MAU",
        valid_from=dt.date(2020, 8, 1), reason="sửa tên",
    )  # fmt: skip
    assert stamp.PATIENCE < 0.5
    stamp.forget()  # as time does
    answer = client.get(PAGE)
    assert answer["X-Page"] == "made"
    assert "Cấp phép thả diều sáo" in answer.content.decode()
    assert b"<mark>" in client.get("/portal/search?q=dieu sao").content
    assert "1.000001" in client.get("/portal/search?q=dieu sao").content.decode()


def test_the_store_forgets_what_was_not_asked_for_longest() -> None:
    pages = cache.Pages(10_000)
    kept = [cache.Kept(1, bytes(3000), b"", "e", ()) for _ in range(4)]
    for number in range(3):
        pages.put((str(number), "", "", "", ""), kept[number])
    assert len(pages) == 2
    assert pages.get(("0", "", "", "", ""), 1) is None
    assert pages.get(("2", "", "", "", ""), 1) is kept[2]
    assert pages.get(("2", "", "", "", ""), 2) is None
    pages.put(("9", "", "", "", ""), cache.Kept(1, bytes(20_000), b"", "e", ()))
    assert pages.get(("9", "", "", "", ""), 1) is None


def test_addresses_beyond_all_measure_are_not_kept(few: None, client: Client) -> None:
    assert how(client, f"/portal/list/?{'x' * 700}=1") == ""

"""The public pages and their JSON door: every answer, what they keep to themselves, how often they may be asked. The
file: only for whom the owner's room lets read it."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dienhong.base import store
from dienhong.base.store import default
from dienhong.documents import actions, codes, limiter, owners, views
from dienhong.documents.models import Issued
from dienhong.documents.tests import samples
from dienhong.documents.verifying import LARGEST
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.usefixtures("business_day")
PAGE, API = "/documents/verify/", "/documents/api/verify"


@pytest.fixture
def paper(office: Unit) -> Issued:
    return samples.give(office)


def sent(data: bytes, name: str = "giấy.pdf") -> dict[str, Any]:
    return {"by": "file", "file": SimpleUploadedFile(name, data, "application/pdf")}


def said(client: Client, path: str, **data: Any) -> str:
    answer = client.post(path, data, follow=True) if data else client.get(path)
    return answer.content.decode()


def test_the_page_asks_for_a_code_or_a_file(client: Client, db: None) -> None:
    page = said(client, PAGE)
    assert 'name="code"' in page
    assert 'type="file"' in page


def test_a_code_leads_to_its_address_and_shows_little(client: Client, paper: Issued) -> None:
    answer = client.post(PAGE, {"code": paper.code.lower()})
    assert (answer.status_code, answer["Location"]) == (302, f"/documents/v/{paper.code_shown}")
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert page.status_code == 200
    assert "Đúng là giấy đã cấp và còn hiệu lực" in text
    assert "Nguyễn V** M**" in text
    for secret in ("Nguyễn Văn Mẫu", samples.WHO["number"], samples.WHO["phone"], "000.00.01.H26-200820-0001"):
        assert secret not in text
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"  # the code stays out of other sites' logs


def test_a_file_is_answered_at_once(client: Client, paper: Issued) -> None:
    data = store.get(paper.pdf_digest)
    assert "Từng byte của tệp giống bản đã ký" in said(client, PAGE, **sent(data))
    assert "Tệp bị thêm nội dung sau khi ký" in said(client, PAGE, **sent(data + b"\n%x"))
    assert "Không đọc được tệp" in said(client, PAGE, **sent(b"hello"))


def test_replaced_and_revoked_are_said_plainly(client: Client, paper: Issued, office: Unit, leader: Person) -> None:
    new = samples.give(office, replaces=paper)
    actions.revoke(by=leader, issued=new, reason="Cấp nhầm <b>người</b>")
    assert "Đã được thay bằng giấy khác" in said(client, f"/documents/v/{paper.code_shown}")
    page = said(client, f"/documents/v/{new.code_shown}")
    assert "Đã bị thu hồi" in page
    assert "Cấp nhầm &lt;b&gt;người&lt;/b&gt;" in page


@pytest.mark.parametrize(("typed", "words"), [("ABCD", "16 ký tự"), ("*", "ký tự *"), ("0000000000000001", "gõ sai")])
def test_a_mistyped_code_stays_in_its_box(client: Client, db: None, typed: str, words: str) -> None:
    page = said(client, PAGE, code=typed)
    assert words in page
    assert f'value="{typed}"' in page
    assert client.get(f"/documents/v/{typed}").status_code == 404


def test_an_unknown_code_is_404_with_a_page(client: Client, db: None) -> None:
    answer = client.get(f"/documents/v/{codes.shown(codes.make())}")
    assert answer.status_code == 404
    assert "Không có giấy nào mang mã này" in answer.content.decode()


def test_no_file_empty_file_and_huge_file(client: Client, db: None) -> None:
    assert "Chưa chọn tệp nào" in said(client, PAGE, by="file")
    assert "Tệp rỗng" in said(client, PAGE, **sent(b""))
    assert "xem tệp tới 10 MB" in said(client, PAGE, **sent(bytes(LARGEST + 1)))


def test_what_is_typed_is_shown_as_text(client: Client, db: None) -> None:
    page = said(client, PAGE, code='"><script>alert(1)</script>')
    assert "<script>alert(1)" not in page
    page = said(client, PAGE, **sent(b"x", '"><img src=x>.pdf'))
    assert "<img src=x>" not in page


def test_who_asks_too_often_waits(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (limiter.CODES, limiter.FILES):
        monkeypatch.setattr(each, "seconds", 1e9)  # a slow machine fills no bucket meanwhile
    answers = [client.get("/documents/v/0000000000000000").status_code for _ in range(limiter.CODES.burst + 1)]
    assert answers[-2:] == [404, 429]
    assert client.get("/documents/v/0", REMOTE_ADDR="10.0.0.9").status_code == 404
    for _ in range(limiter.FILES.burst):
        client.post(PAGE, sent(b"x"))
    answer = client.post(API, {"file": SimpleUploadedFile("x.pdf", b"x")})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_a_limit_fills_again_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, now = limiter.Limit(2, 60), [100.0]
    monkeypatch.setattr(limiter.time, "monotonic", lambda: now[0])
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]
    now[0] += 30
    assert [limit.allows("a"), limit.allows("a")] == [True, False]
    monkeypatch.setattr(limiter, "MOST_ADDRESSES", 2)
    for address in "bcd":
        limit.allows(address)
    assert len(limit._buckets) == 2


def test_behind_a_proxy_only_its_own_word_counts(rf: Any, settings: Any) -> None:
    asked = rf.get("/", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2", REMOTE_ADDR="3.3.3.3")
    assert limiter.address_of(asked) == "3.3.3.3"
    settings.BEHIND_PROXY = True
    assert limiter.address_of(asked) == "2.2.2.2"


def test_two_files_are_read_at_once_a_third_waits(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    assert views._reading.acquire(blocking=False)
    assert views._reading.acquire(blocking=False)
    try:
        answer = client.post(PAGE, sent(b"x"))
    finally:
        views._reading.release()
        views._reading.release()
    assert answer.status_code == 429
    assert client.post(PAGE, sent(b"x")).status_code == 200


def test_the_door_for_machines(client: Client, paper: Issued) -> None:
    data = store.get(paper.pdf_digest)
    by_file = client.post(API, {"file": SimpleUploadedFile("x.pdf", data)}).json()
    assert (by_file["outcome"], by_file["checked"], by_file["stands"]) == ("genuine", "file", True)
    assert by_file["document"]["sha256"] == paper.pdf_digest
    assert "Nguyễn Văn Mẫu" not in json.dumps(by_file, ensure_ascii=False)
    by_code = client.get(f"{API}/{paper.code_shown}")
    assert by_code.json()["document"]["number"] == paper.number_text
    posted = client.post(API, json.dumps({"code": paper.code}), content_type="application/json")
    assert posted.json() == by_code.json()
    altered = client.post(API, {"file": SimpleUploadedFile("x.pdf", data + b"\n%")}).json()
    assert altered["revisions"] == {"total": 3, "first_changed": 3}


@pytest.mark.parametrize(
    ("body", "status"),
    [("{}", 422), ("[]", 422), ("{", 422), ('{"code": 5}', 422), ('{"code": "ABCD"}', 422), ('{"code": ""}', 422)],
)
def test_mistakes_at_the_door_are_told(client: Client, db: None, body: str, status: int) -> None:
    answer = client.post(API, body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json()["title"]


def test_a_strange_site_can_ask_and_learns_nothing_more(db: None, paper: Issued) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(API, {"code": paper.code}).status_code == 200
    assert strict.post(PAGE, {"code": paper.code}).status_code == 403


def reader(client: Client) -> Person:
    made = worlds.person()
    client.force_login(made, backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_a_file_is_closed_unless_its_owner_opens_it(client: Client, paper: Issued) -> None:
    path = f"/documents/{paper.pk}/file"
    assert client.get(path).status_code == 302
    me, log = reader(client), []
    assert client.get(path).status_code == 404  # nobody registered
    owners.register("try", may_read=lambda person, one: "Hồ sơ của người khác.")
    assert client.get(path).status_code == 404  # as one that is not there
    owners.register(
        "try", may_read=lambda person, one: "" if person == me else "không", before_read=lambda *both: log.append(both)
    )
    answer = client.get(path)
    assert answer.content == store.get(paper.pdf_digest)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="TN-01-2020.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert log == [(me, paper)]
    assert client.get(f"{path}?view")["Content-Disposition"].startswith("inline")
    assert client.get(f"/documents/{paper.pk + 1}/file").status_code == 404
    assert client.get(f"/documents/{paper.pdf_digest}/file").status_code == 404


def test_a_reading_that_cannot_be_logged_shows_nothing(client: Client, paper: Issued) -> None:
    def broken(person: Person, one: Issued) -> None:
        raise RuntimeError("no log")

    reader(client)
    owners.register("try", may_read=lambda person, one: "", before_read=broken)
    with pytest.raises(RuntimeError):
        client.get(f"/documents/{paper.pk}/file")


def test_a_lost_file_is_said(client: Client, paper: Issued) -> None:
    reader(client)
    owners.register("try", may_read=lambda person, one: "", page_of=lambda one: "/x/")
    default().path(paper.pdf_digest).unlink()
    answer = client.get(f"/documents/{paper.pk}/file")
    assert answer.status_code == 409
    assert "hỏng hoặc thiếu" in answer.content.decode()
    assert owners.page(paper) == "/x/"


def test_the_authority_is_shown_with_its_root_and_list(client: Client, db: None, office: Unit) -> None:
    assert "Chưa có chứng thư nào" in said(client, "/documents/authority/")
    assert client.get("/documents/authority/root.crt").status_code == 404
    assert client.get("/documents/authority/list.crl").status_code == 404
    samples.give(office)
    assert "không có giá trị pháp lý" in said(client, "/documents/authority/")
    assert client.get("/documents/authority/root.crt").content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert client.get("/documents/authority/list.crl")["Content-Type"] == "application/pkix-crl"


def test_pages_ask_few_questions(client: Client, paper: Issued, django_assert_max_num_queries: Any) -> None:
    path = f"/documents/v/{paper.code_shown}"
    client.get(path)
    with django_assert_max_num_queries(6):
        client.get(path)

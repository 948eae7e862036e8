"""The screens: each answers its people, keeps what was typed, teaches, and asks few questions."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dienhong.directives import actions, reactions, reminders, telling
from dienhong.directives import notice_kinds as kinds
from dienhong.directives.actions import Handed, Task
from dienhong.directives.models import Assignment, Directive, EvidenceFile, State
from dienhong.directives.queries import lists
from dienhong.directives.tests.conftest import DAY, Ground, move, person, state
from dienhong.directives.tests.test_actions import PDF
from dienhong.directives.urls import urlpatterns
from dienhong.directives.views.acts import VERBS
from dienhong.indicators import places
from dienhong.indicators import queries as indicators
from dienhong.indicators import testing as indicators_testing
from dienhong.indicators.models import Entry
from dienhong.journal.models import Event
from dienhong.notices.models import Notice
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Person, Role


def client_of(by: Person) -> Client:
    client = Client()
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response: Any) -> str:
    return response.content.decode()


TASK = {
    "title": "Hồ sơ quá hạn quý II", "content": "Xử lý dứt điểm.", "lead": "Lào Cai", "due": "2020-09-30",
    "document_number": "01/CT-THU", "document_date": "2020-08-03", "document_issuer": "Thủ tướng",
}  # fmt: skip


def test_a_directive_is_written_from_a_paper(ground: Ground) -> None:
    client = client_of(ground.boss)
    url = reverse("directives:new")
    page = text(client.get(url))
    assert "Số, ký hiệu văn bản" in page
    asked = TASK | {"issuer": ground.office.pk}
    refused = client.post(url, asked | {"lead": "Không Đâu", "due": "2020-08-01"})
    assert refused.status_code == 422
    assert "Không tìm thấy đơn vị" in text(refused)
    assert "Hồ sơ quá hạn quý II" in text(refused), "what was typed stays"
    refused = client.post(url, asked | {"due": "2020-08-01"})
    assert "đã qua" in text(refused)
    done = client.post(url, asked | {"with_units": "Hà Nội; Yên Bái"}, follow=True)
    made = Directive.objects.get()
    assert done.redirect_chain[-1][0] == reverse("directives:directive", args=[made.pk])
    assert "01/CT-THU" in text(done)
    assert made.assignments.get().with_units.count() == 2
    assert client_of(ground.officer).get(url).status_code == 403
    more = reverse("directives:assign", args=[made.pk])
    client.post(more, {"content": "Báo cáo hằng tháng.", "lead": "mọi tỉnh; Bộ Công Thương", "due": "2020-09-30"})
    assert made.assignments.count() == 65, "one for each of 63 provinces and a ministry"
    refused = client.post(more, {"content": "Báo cáo hằng tháng.", "lead": "Hà Nội; Văn phòng Chính phủ"})
    assert "chính đơn vị mình" in text(refused)
    assert made.assignments.count() == 65, "all or none"


def test_from_the_passport_of_a_figure_to_a_condition(ground: Ground, django_assert_num_queries: Any) -> None:
    client = client_of(ground.boss)
    period = ground.period("2020-Q2")
    passport = places.figure_url(ground.indicator.code, period, "10")
    page = text(client.get(passport))
    assert "Giao việc vì số này" in page
    assert "Giao việc vì số này" not in text(client_of(ground.officer).get(passport))
    figure = (ground.indicator.pk, ground.province.pk, indicators.total_breakdown(), 0)
    with django_assert_num_queries(1):  # where nothing hangs on a figure, its page asks no more than that
        assert lists.about_figure(ground.boss, *figure) == []
    where = f"{reverse('directives:new')}?indicator=08.003&calendar=decree09&period=2020-Q2&unit=10"
    page = text(client.get(where))
    assert "Vì một con số" in page
    assert 'value="Tỉnh Lào Cai"' in page
    asked = {"issuer": ground.office.pk, "title": "Giảm hồ sơ quá hạn", "content": "Giảm hồ sơ quá hạn.",
             "lead": "Lào Cai", "due": "2020-09-30", "scope": "later"}  # fmt: skip
    for wrong, said in (
        ({"comparison": "≤", "target": ""}, "Ghi mức"),
        ({"comparison": "", "target": "50"}, "Chọn con số phải"),
        ({"comparison": "≤", "target": "năm mươi"}, "năm mươi"),
        ({"comparison": "≤", "target": "90"}, "đã đạt điều kiện"),
    ):
        refused = client.post(where, asked | wrong)
        assert refused.status_code == 422
        assert said in text(refused)
    client.post(where, asked | {"comparison": "≤", "target": "50"})
    row = Assignment.objects.get()
    assert (row.conditions.get().target, row.directive.origin) == (50, "figure")
    page = text(client.get(passport))
    assert "Chỉ đạo gắn với số này" in page
    assert lists.about_figure(ground.boss, *figure) == [row]
    move(9, 15)
    ground.say(40)
    ground.judged(row)
    page = text(client.get(reverse("directives:assignment", args=[row.pk])))
    assert "con số đạt điều kiện" in page


def press(client: Client, row: Assignment, verb: str, **said: Any) -> Any:
    return client.post(reverse("directives:act", args=[row.pk, verb]), said, follow=True)


def test_a_unit_does_its_work_by_the_screens(ground: Ground) -> None:
    row = ground.ordered()
    chief, boss = client_of(ground.chief), client_of(ground.boss)
    page = text(chief.get(reverse("directives:today")))
    assert "Mới giao, chưa nhận" in page
    assert state(row) == State.ISSUED, "reading takes nothing on"
    chief.get(reverse("directives:act", args=[row.pk, "acknowledge"]))
    assert state(row) == State.ISSUED, "GET does nothing"
    press(chief, row, "acknowledge")
    refused = press(chief, row, "report", text="", document_number="12/BC")
    assert refused.status_code == 422
    assert "12/BC" in text(refused)
    done = press(chief, row, "report", text="Đã rà soát.", evidence=[SimpleUploadedFile("bang.pdf", PDF)])
    assert "Đã rà soát." in text(done)
    refused = press(chief, row, "ask-extension", new_due="2020-09-01", reason="Chờ phần mềm.")
    assert "30/09/2020" in text(refused)
    press(chief, row, "ask-extension", new_due="2020-10-15", reason="Chờ phần mềm.")
    page = text(boss.get(reverse("directives:today")))
    assert "Xin gia hạn" in page
    press(boss, row, "allow-extension", due="2020-10-10", reason="")
    done = press(chief, row, "say-met", reason="Đã xong, văn bản 12.")
    assert "chờ bên giao xác nhận" in text(done)
    assert client_of(ground.chief).post(reverse("directives:act", args=[row.pk, "close"]), {}).status_code == 403
    done = press(boss, row, "close", reason="")
    assert state(row) == State.CLOSED
    assert "xong đúng hạn" in text(done)
    file = EvidenceFile.objects.get()
    url = reverse("directives:file", args=[row.pk, file.pk])
    assert b"".join(chief.get(url)) == PDF
    stranger = client_of(person("nguoi-la", Role.LEADER, organizations.unit_by_code("gso", "01", dt.date(2020, 8, 17))))
    for address in (url, reverse("directives:assignment", args=[row.pk]),
                    reverse("directives:directive", args=[row.directive_id])):  # fmt: skip
        assert stranger.get(address).status_code == 403


def test_who_is_waited_for_is_told_sees_it_and_is_let_go(ground: Ground) -> None:
    row = ground.ordered()
    other = organizations.unit_by_code("gso", "01", dt.date(2020, 8, 17))
    waited = person("ha-noi", Role.ENTRY_OFFICER, other)
    officer, theirs = client_of(ground.officer), client_of(waited)
    url = reverse("directives:assignment", args=[row.pk])
    assert theirs.get(url).status_code == 403
    officer.post(f"{url}report/", {"text": "Chờ Hà Nội gửi danh sách.", "waiting_for": "Thành phố Hà Nội"})
    reactions.reported(Event.objects.get(verb="directives.report"))
    assert Notice.objects.get(kind=kinds.WAITED).person == waited
    assert "đang chờ Thành phố Hà Nội" in text(officer.get(url))
    assert "Đang chờ Thành phố Hà Nội" in text(theirs.get(url)), "in what happened"
    today = text(theirs.get(reverse("directives:today")))
    assert "Đơn vị khác đang chờ đơn vị bạn" in today
    assert row.code in today
    listed = officer.get(reverse("directives:work"), {"show": "waits"})
    assert row.code in text(listed)
    officer.post(f"{url}report/", {"text": "Hà Nội đã gửi."})
    assert "đang chờ" not in text(officer.get(url))
    assert "Đơn vị khác đang chờ" not in text(theirs.get(reverse("directives:today")))
    assert theirs.get(url).status_code == 200, "what it was named in stays open to it"


def test_a_page_says_what_was_handed_down_and_that_it_went_up(ground: Ground) -> None:
    day = dt.date(2020, 8, 17)
    finance, tax = (organizations.unit_by_code("agency", each, day) for each in ("MOF", "GDT"))
    minister = person("bo-truong", Role.LEADER, finance)
    row = ground.issue(Task(finance, "Trình phương án gia hạn thuế.", dt.date(2020, 9, 4))).assignments.get()
    part = actions.sub_assign(by=minister, assignment=row, task=Task(tax, "Tính số thuế.", dt.date(2020, 9, 1)))
    url = reverse("directives:assignment", args=[row.pk])
    page = text(client_of(minister).get(url))
    assert f'Giao xuống dưới</b>: <a href="/directives/assignments/{part.pk}/">' in page
    assert "báo lên cấp trên" not in page
    move(9, 16)
    reminders.remind()
    page = text(client_of(minister).get(url))
    assert "đã báo lên cấp trên" in page
    assert "Đã báo lên cấp trên" in page


def test_every_province_is_offered_only_to_those_above_all_of_them(ground: Ground) -> None:
    row = ground.ordered()
    chief, boss = client_of(ground.chief), client_of(ground.boss)
    new, more = reverse("directives:new"), reverse("directives:assign", args=[row.directive_id])
    page = text(chief.get(new))
    assert "Tên hoặc mã một đơn vị cấp dưới." in page
    assert "mọi tỉnh" not in page
    down = chief.get(reverse("directives:act", args=[row.pk, "sub-assign"]))
    assert down.url == reverse("directives:assignment", args=[row.pk]), (
        "with nobody below there is nothing to hand down"
    )
    for address in (new, more):
        assert "hoặc viết “mọi tỉnh”" in text(boss.get(address))


def test_a_leader_and_the_chair_see_what_was_assigned_and_is_overdue(ground: Ground) -> None:
    ground.ordered()
    nation = places.unit("VN", dt.date(2020, 8, 17))
    chair = client_of(person("chu-toa", Role.CHAIR, nation, subtree=True))
    move(10, 6)
    for client in (client_of(ground.boss), chair):
        page = text(client.get(reverse("directives:today")))
        assert "quá hạn 1 / 1 việc đã giao" in page
        assert "Việc đã giao đang quá hạn" in page
        assert "Không có việc gì gấp" not in page
    assert "Mọi bên giao mà bạn theo dõi" in page, "the chair issued none of them"


def test_lists_ask_a_fixed_number_of_questions(ground: Ground, django_assert_max_num_queries: Any) -> None:
    ground.issue(*[Task(ground.province, f"Việc thứ {n}", dt.date(2020, 9, 1)) for n in range(30)])
    client, chief = client_of(ground.boss), client_of(ground.chief)
    for show in ("open", "soon", "frozen", "asks"):
        with django_assert_max_num_queries(26):
            assert client.get(reverse("directives:board"), {"show": show}).status_code == 200
    with django_assert_max_num_queries(18):
        assert chief.get(reverse("directives:work"), {"show": "soon", "q": "thứ"}).status_code == 200
    with django_assert_max_num_queries(40):
        assert chief.get(reverse("directives:today")).status_code == 200


def test_strangers_get_nothing_by_any_address(ground: Ground) -> None:
    """Whoever has no part in it, signed in or not; and no POST goes without a token."""
    row = ground.ordered(title="Việc riêng của hai bên")
    progress = actions.report(by=ground.officer, assignment=row, text="Kèm tệp.", files=[Handed("a.pdf", PDF)])
    elsewhere = organizations.unit_by_code("gso", "01", dt.date(2020, 8, 17))
    people = [None, Person.objects.create_user("cong-dan"), person("nguoi-la", Role.LEADER, elsewhere)]
    args = {"directive": [row.directive_id], "assign": [row.directive_id], "assignment": [row.pk],
            "file": [row.pk, progress.files.get().pk]}  # fmt: skip
    named = [each.name for each in urlpatterns if each.name != "act"]
    addresses = [reverse(f"directives:{name}", args=args.get(name, [])) for name in named]
    addresses += [reverse("directives:act", args=[row.pk, verb]) for verb in VERBS]
    lists = {reverse(f"directives:{name}") for name in ("today", "work", "board", "board_csv", "new")}
    before = Event.objects.count()
    for by in people:
        client = client_of(by) if by else Client()
        for url in addresses:
            method = client.get if url in lists or "/files/" in url else client.post
            answer = method(url, {"reason": "Tôi muốn thế.", "text": "Tôi muốn thế."})
            assert "riêng của hai bên" not in (text(answer) if not answer.streaming else "")
            assert answer.status_code in (302, 403, 405) or url in lists
    assert Event.objects.count() == before
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ground.chief, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(reverse("directives:act", args=[row.pk, "acknowledge"])).status_code == 403


def test_the_board_as_of_and_as_a_file(ground: Ground) -> None:
    move(8, 18)
    row = ground.issue(Task(ground.province, "=Việc có dấu bằng.", dt.date(2020, 8, 20))).assignments.get()
    move(8, 25)
    client = client_of(ground.boss)
    page = text(client.get(reverse("directives:board")))
    assert "1 = 0 + 0 + 0 + 1." in page
    page = text(client.get(reverse("directives:board"), {"as_of": "2020-08-19"}))
    assert "1 = 0 + 0 + 1 + 0." in page
    actions.report(by=ground.officer, assignment=row, text="Kèm tệp.", files=[Handed("a.pdf", PDF)])
    lines = text(client.get(reverse("directives:board_csv"))).splitlines()
    assert len(lines) == 2
    assert "'=Việc có dấu bằng." in lines[1], "a spreadsheet must not run it"
    assert "quá hạn" in lines[1]


def test_english_is_whole(ground: Ground) -> None:
    row = ground.ordered()
    client = client_of(ground.boss)
    client.cookies["django_language"] = "en"
    for url, said in (
        (reverse("directives:today"), "Directives"),
        (reverse("directives:board"), "Done on time"),
        (reverse("directives:assignment", args=[row.pk]), "What happened"),
        (reverse("directives:new"), "Issue"),
    ):
        assert said in text(client.get(url))


def test_a_directive_born_of_a_cross_check_opens_it(ground: Ground, client: Client) -> None:
    row = ground.ordered(document=None, check="DC-12")
    client.force_login(ground.boss)
    page = client.get(f"/directives/assignments/{row.pk}/").content.decode()
    assert '<a href="/watch/differences/12/">Kết quả đối chiếu DC-12</a>' in page
    assert '<a href="/watch/differences/7/">' in client.get("/directives/new/?check=DC-7").content.decode()
    assert "<script" not in client.get('/directives/new/?check="><script>').content.decode().partition("<main")[2]


def test_a_frozen_condition_stands_as_it_was_given(ground: Ground) -> None:
    row = ground.conditioned()
    client, address = client_of(ground.boss), reverse("directives:assignment", args=[row.pk])
    page = text(client.get(address))
    assert "Nhiệm vụ tự đóng khi số gửi sau lúc giao" in page
    held = Entry.objects.filter(indicator=ground.indicator).latest("pk")
    held.pk, held.known_at, held.unit_vi = None, None, "vụ việc"
    held.save()
    indicators_testing.publish()
    ground.judged(row)
    page = text(client.get(address))
    assert '≤ 50</b> <span class="unit">hồ sơ</span>' in page, "the target means nothing in another unit of measure"
    assert "Nhiệm vụ tự đóng khi" not in page, "a frozen one closes nothing"
    again = text(client.get(reverse("directives:act", args=[row.pk, "restate"])))
    assert "Con số nay tính bằng: vụ việc." in again
    wrong = {"comparison": "≤", "target": "nhiều", "scope": "later"}
    refused = client.post(reverse("directives:act", args=[row.pk, "restate"]), wrong)
    assert "Mức phải là một con số." in text(refused)


def test_who_orders_for_the_nation_is_its_chair(ground: Ground) -> None:
    """The nation orders nothing itself; every other unit is called by its name."""
    nation = organizations.unit_by_code("iso3166", "VN", DAY)
    chair = person("chu-toa", Role.CHAIR, nation)
    made = ground.issue(by=chair, issuer=nation)
    row = made.assignments.get()
    for client in (client_of(chair), client_of(ground.chief)):
        assert "Chủ tọa, Việt Nam" in text(client.get(reverse("directives:directive", args=[made.pk])))
        assert "Chủ tọa, Việt Nam" in text(client.get(reverse("directives:assignment", args=[row.pk])))
    assert "Chủ tọa, Việt Nam" in text(client_of(chair).get(reverse("directives:board")))
    assert telling.params(row)["issuer"] == {"vi": "Chủ tọa, Việt Nam", "en": "Chair, Viet Nam"}
    assert telling.params(ground.ordered())["issuer"]["vi"] == "Văn phòng Chính phủ"

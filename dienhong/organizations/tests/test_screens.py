"""The administrator's office as its users meet it: who comes in, what an act leaves behind, nothing typed is lost."""

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from dienhong.base.clock import HANOI
from dienhong.journal.models import Event
from dienhong.organizations import actions, office, people_files
from dienhong.organizations.models import Grant, GrantRequest, Holiday, Person, Role
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.django_db
WHY = "theo quyết định phân công"
TODAY = dt.datetime.now(HANOI).date()
SAFE = ["office_people", "office_person_new", "office_grants", "office_grant_new", "office_units", "office_import",
        "office_holidays", "office_system"]  # fmt: skip


@pytest.fixture
def world() -> worlds.World:
    return worlds.world()


def administrator(world: worlds.World, name: str = "quan-tri", unit=None) -> Person:
    who = Person.objects.create(username=name, display_name=f"Quản trị {name}", email=f"{name}@coquan.gov.vn")
    worlds.grant(who, Role.ADMINISTRATOR, unit or world.nation, subtree=True)
    return who


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(world: worlds.World) -> Person:
    return administrator(world)


@pytest.fixture
def desk(admin: Person) -> Client:
    return signed_in(admin)


@pytest.mark.parametrize("name", SAFE)
def test_each_page_opens_for_an_administrator_and_for_nobody_else(name: str, desk: Client, world: worlds.World) -> None:
    assert desk.get(reverse(name)).status_code == 200
    clerk = worlds.person()
    worlds.grant(clerk, Role.CLERK, world.ha_noi)
    answer = signed_in(clerk).get(reverse(name))
    assert answer.status_code == 403
    assert "Quản trị hệ thống" in answer.content.decode()
    assert Client().get(reverse(name)).status_code == 302


def test_people_are_found_without_tones_and_only_those_of_ones_units(world: worlds.World) -> None:
    here, there = (Person.objects.create(username=f"u{n}", display_name="Đặng Thị Ước") for n in (1, 2))
    worlds.grant(here, Role.CLERK, world.ba_dinh)
    worlds.grant(there, Role.CLERK, world.lao_cai)
    desk = signed_in(administrator(world, unit=world.ha_noi))
    page = desk.get(reverse("office_people"), {"q": "dang uoc"}).content.decode()
    assert reverse("office_person", args=[here.pk]) in page
    assert reverse("office_person", args=[there.pk]) not in page
    assert desk.get(reverse("office_person", args=[there.pk])).status_code == 404
    assert (
        reverse("office_person", args=[here.pk])
        not in desk.get(reverse("office_people"), {"q": "100%_"}).content.decode()
    )


def test_a_person_is_added_and_a_refusal_keeps_what_was_typed(desk: Client, world: worlds.World) -> None:
    typed = {"display_name": "Lê Văn Ba", "username": "levanba", "email": "ba@coquan.gov.vn", "unit": "ha noi"}
    answer = desk.post(reverse("office_person_new"), typed)
    made = Person.objects.get(username="levanba")
    assert answer.url == reverse("office_person", args=[made.pk])
    assert Event.objects.filter(verb="organizations.add_person", object_id=str(made.pk)).count() == 1
    again = desk.post(reverse("office_person_new"), typed | {"display_name": "Người khác"})
    page = again.content.decode()
    assert again.status_code == 422
    assert "đã có" in page
    assert 'value="Người khác"' in page
    assert 'value="ha noi"' in page


def test_a_unit_that_several_names_fit_is_asked_back(desk: Client, world: worlds.World) -> None:
    for name in ("Ba Đình Hạ", "Ba Đình Thượng"):
        worlds.link(worlds.unit(name, "ward"), world.ha_noi)
    worlds.refresh()
    typed = {"display_name": "A", "username": "a", "unit": "ba đình t"}
    assert desk.post(reverse("office_person_new"), typed).status_code == 302
    page = desk.post(reverse("office_person_new"), typed | {"username": "b", "unit": "ba đ"}).content.decode()
    assert page.count("Ba Đình") >= 3
    assert "#" in page
    chosen = {"username": "c", "unit": f"Phường Ba Đình #{world.ba_dinh.pk}"}
    assert desk.post(reverse("office_person_new"), typed | chosen).status_code == 302


def test_an_approving_role_waits_for_the_second_administrator(desk: Client, admin: Person, world: worlds.World) -> None:
    who = worlds.person("lanh-dao")
    asked = {"person": "lanh-dao", "role": "leader", "unit": "Hà Nội", "reason": WHY}
    assert desk.post(reverse("office_grant_new"), asked).status_code == 302
    request = GrantRequest.objects.get(person=who)
    yes = reverse("office_decide", args=["grant", request.pk, "yes"])
    assert yes not in desk.get(reverse("office_grants")).content.decode()
    said = desk.post(yes, follow=True).content.decode()
    assert "quản trị viên thứ hai" in said
    assert not who.grants.exists()
    second = signed_in(administrator(world, "thu-hai"))
    assert yes in second.get(reverse("office_grants")).content.decode()
    second.post(yes)
    assert who.grants.get().role == Role.LEADER


def test_grants_are_revoked_handed_over_and_not_beyond_ones_units(desk: Client, world: worlds.World) -> None:
    old, new = worlds.person("cu"), worlds.person("moi")
    held = worlds.grant(old, Role.CLERK, world.ha_noi)
    stranger = signed_in(administrator(world, "tinh-khac", world.lao_cai))
    for name in ("office_hand_over", "office_revoke"):
        assert stranger.post(reverse(name, args=[held.pk]), {"reason": WHY}).status_code == 404
    page = desk.post(reverse("office_hand_over", args=[held.pk]), {"other": "moi", "on": "sai", "reason": WHY})
    assert page.status_code == 422
    assert 'value="moi"' in page.content.decode(), "nobody works near: the name is written"
    today = dt.date.today().isoformat()
    assert (
        desk.post(reverse("office_hand_over", args=[held.pk]), {"other": "moi", "on": today, "reason": WHY}).status_code
        == 302
    )
    assert new.grants.get().role == Role.CLERK
    desk.post(reverse("office_revoke", args=[new.grants.get().pk]), {"reason": WHY})
    assert new.grants.get().revoked_at is not None


def test_who_leaves_hands_over_and_the_account_closes_in_one_go(desk: Client, world: worlds.World) -> None:
    gone, heir, both = worlds.person("nghi-viec"), worlds.person("nguoi-nhan"), worlds.person("vua-quan-tri")
    held = worlds.grant(gone, Role.CLERK, world.ha_noi)
    lead = worlds.grant(gone, Role.LEADER, world.ha_noi)
    worlds.grant(both, Role.ADMINISTRATOR, world.ha_noi)
    address = reverse("office_person_close", args=[gone.pk])
    typed = {
        f"to_{held.pk}": "nguoi-nhan",
        f"to_{lead.pk}": "vua-quan-tri",
        "on": dt.date.today().isoformat(),
        "reason": WHY,
    }
    refused = desk.post(address, typed)
    gone.refresh_from_db()
    assert refused.status_code == 422
    assert gone.is_active
    assert not heir.grants.exists()
    assert 'value="nguoi-nhan"' in refused.content.decode()
    later = (dt.date.today() + dt.timedelta(days=9)).isoformat()
    gap = desk.post(address, typed | {f"to_{lead.pk}": "", "on": later})
    assert "kẻo bỏ trống" in gap.content.decode(), "closed today and handed over in nine days: nobody has the role"
    assert gone.grants.filter(revoked_at=None).count() == 2
    assert desk.post(address, typed | {f"to_{lead.pk}": "nguoi-nhan"}).status_code == 302
    gone.refresh_from_db()
    assert not gone.is_active
    lead.refresh_from_db()
    held.refresh_from_db()
    assert lead.revoked_at is not None, "it waits for a second administrator; who left no longer has it"
    assert held.revoked_at is None, "handed over, not taken away"
    assert held.validity.upper == dt.date.today()
    assert heir.grants.get().role == Role.CLERK
    assert GrantRequest.objects.get(person=heir).hands_over == lead


def test_a_unit_shows_its_life_before_and_after_the_reform(desk: Client, world: worlds.World) -> None:
    found = desk.get(reverse("office_units"), {"q": "lao cai"}).content.decode()
    assert reverse("office_unit", args=[world.lao_cai.pk]) in found
    page = desk.get(reverse("office_unit", args=[world.new.pk])).content.decode()
    assert "Lào Cai" in page
    assert "Yên Bái" in page
    assert "01/07/2025" in page
    assert reverse("office_unit", args=[world.yen_bai.pk]) in page


# Lists of people.


def upload(rows: list[list[str]], name: str = "ds.csv") -> io.BytesIO:
    heads = [vi for vi, _en in people_files.COLUMNS.values()]
    book = "\r\n".join(",".join(row) for row in [heads, *rows]).encode("utf-8-sig")
    file = io.BytesIO(book)
    file.name = name
    return file


GOOD = ["lan", "Trần Thị Lan", "lan@coquan.gov.vn", "01", "Văn thư", "", "", ""]


def test_a_list_is_tried_first_and_saved_whole(desk: Client, world: worlds.World) -> None:
    rows = [GOOD, ["minh", "Đỗ Minh", "", "1", "Lãnh đạo đơn vị", "", "", ""]]
    before = Person.objects.count()
    tried = desk.post(reverse("office_import"), {"file": upload(rows), "reason": WHY})
    assert tried.status_code == 200
    assert Person.objects.count() == before
    assert not Event.objects.filter(verb="organizations.add_person").exists()
    travelling = tried.context["rows"]
    for _again in range(2):  # a list read twice adds nothing
        assert desk.post(reverse("office_import"), {"rows": travelling, "reason": WHY}).status_code == 302
        assert Person.objects.count() == before + 2
    assert Grant.objects.get(person__username="lan").role == Role.CLERK
    assert GrantRequest.objects.filter(person__username="minh", confirmed=None).count() == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (["x", "X", "", "99", "", "", "", ""], "không thuộc đơn vị nào"),
        (["x", "X", "", "", "", "", "", ""], "Thiếu mã đơn vị"),
        (["x", "X", "", "01", "Giám đốc", "", "", ""], "Không có vai trò"),
        (["x", "X", "", "01", "", "", "32/13/2020", ""], "chưa đúng"),
        (["x", "X", "khong-phai-thu", "01", "", "", "", ""], "không đúng dạng"),
        (["quan-tri", "Người lạ", "", "01", "", "", "", ""], "đã là của"),
        (["", "X", "", "01", "", "", "", ""], "Cần tên đăng nhập"),
        (GOOD, "Trùng với dòng 2"),
    ],
)
def test_one_bad_line_and_nothing_is_saved(desk: Client, bad: list[str], said: str) -> None:
    tried = desk.post(reverse("office_import"), {"file": upload([GOOD, bad]), "reason": WHY})
    assert tried.status_code == 422
    assert said in tried.content.decode()
    saved = desk.post(reverse("office_import"), {"rows": tried.context["rows"], "reason": WHY})
    assert saved.status_code == 422
    assert "chưa lưu dòng nào" in saved.content.decode()
    assert not Person.objects.filter(username__in=["lan", "x"]).exists()


def test_every_fault_of_a_line_is_said_at_once(desk: Client) -> None:
    bad = ["x", "X", "không phải thư", "99", "vua", "", "31/02/2026", ""]
    page = desk.post(reverse("office_import"), {"file": upload([bad]), "reason": WHY}).content.decode()
    for said in ("không phải thư", "Mã đơn vị “99”", "Không có vai trò “vua”", "Ngày “31/02/2026”"):
        assert said in page, said


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"PK\x03\x04 broken", "không đọc được"), (b"\xff\xfe\x00", "UTF-8"), (b"a,b\n1,2", "Thiếu cột"),
     (b"", "trống"), ("Tên đăng nhập,Họ và tên,Mã đơn vị\n".encode(), "không có dòng nào")],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence(desk: Client, data: bytes, said: str) -> None:
    file = io.BytesIO(data)
    file.name = "tep"
    answer = desk.post(reverse("office_import"), {"file": file, "reason": WHY})
    assert answer.status_code == 422
    assert said in answer.content.decode() or "rỗng" in answer.content.decode()


def test_the_template_can_be_filled_and_read_back(desk: Client, admin: Person, world: worlds.World) -> None:
    data = desk.get(reverse("office_import_template", args=["xlsx"])).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active.append(["hoa", "Vũ Hoa", None, 1, "clerk", "có", dt.date(2026, 1, 2), None])
    out = io.BytesIO()
    book.save(out)
    line = people_files.lines(people_files.read(out.getvalue(), "x.xlsx"))[-1]
    assert (line.unit, line.role, line.subtree, line.first, line.problem) == (
        world.ha_noi, Role.CLERK, True, dt.date(2026, 1, 2), ""
    )  # fmt: skip


def test_the_command_says_each_line_and_saves_on_demand(admin: Person, tmp_path: Path, capsys) -> None:
    path = tmp_path / "ds.csv"
    path.write_bytes(upload([GOOD]).getvalue())
    call_command("import_people", str(path), by="quan-tri")
    assert "nothing saved" in capsys.readouterr().out
    assert not Person.objects.filter(username="lan").exists()
    call_command("import_people", str(path), by="quan-tri", do=True)
    assert Person.objects.filter(username="lan").exists()
    path.write_bytes(upload([["x", "X", "", "99"]]).getvalue())
    with pytest.raises(CommandError, match="2 x: Mã đơn vị"):
        call_command("import_people", str(path), by="quan-tri", do=True)


# Days off.


def test_a_day_off_is_declared_by_who_runs_everything(desk: Client, world: worlds.World) -> None:
    typed = {"date": "2027-03-03", "kind": "holiday", "name": "Nghỉ đột xuất", "source": "Công điện số 1"}
    province = signed_in(administrator(world, "tinh", world.ha_noi))
    assert "toàn hệ thống" in province.post(reverse("office_holidays"), typed).content.decode()
    assert not Holiday.objects.exists()
    assert desk.post(reverse("office_holidays"), typed).status_code == 302
    assert Event.objects.filter(verb="organizations.declare_holiday", object_id="2027-03-03").exists()
    for wrong in ({}, {"date": "2027-03-06"}, {"date": "2027-03-04", "kind": "swap_work"}):
        assert desk.post(reverse("office_holidays"), typed | wrong).status_code == 422
    assert Holiday.objects.count() == 1


def test_who_runs_everything(world: worlds.World) -> None:
    assert office.runs_all(administrator(world))
    assert not office.runs_all(administrator(world, "tinh", world.ha_noi))
    alone = worlds.person()
    worlds.grant(alone, Role.ADMINISTRATOR, world.nation)  # without what lies below
    lone_unit = worlds.person()
    worlds.grant(lone_unit, Role.ADMINISTRATOR, worlds.unit("Lẻ loi"), subtree=True)
    assert not office.runs_all(alone)
    assert not office.runs_all(lone_unit)
    assert not office.runs_all(None)


# One's own absence.


def test_the_holder_delegates_for_some_days_and_ends_it(world: worlds.World) -> None:
    who, deputy = worlds.person("lanh-dao"), worlds.person("pho")
    held = worlds.grant(who, Role.LEADER, world.ha_noi)
    worlds.grant(deputy, Role.CLERK, world.ha_noi)
    mine = signed_in(who)
    today, later = TODAY, TODAY + dt.timedelta(days=3)
    address = reverse("delegate", args=[held.pk])
    form = mine.get(address).content.decode()
    assert '<optgroup label="Thành phố Hà Nội">' in form
    assert re.search(r'<option value="pho">[^<]+ · Văn thư · pho</option>', form)
    assert "không bắt buộc" not in form, "one of the two fields is asked for"
    assert mine.post(address, {"first": today, "last": later, "reason": WHY}).status_code == 422, "nobody chosen"
    wrong = mine.post(address, {"to": "pho", "first": later.isoformat(), "last": today.isoformat(), "reason": WHY})
    assert wrong.status_code == 422
    assert 'value="pho" selected' in wrong.content.decode()
    days = {"first": f"{today:%d/%m/%Y}", "last": f"{later:%d/%m/%Y}"}
    mine.post(address, {"to": "pho", **days, "reason": WHY})
    lent = deputy.grants.get(role=Role.LEADER)
    account = mine.get(reverse("my_account")).content.decode()
    assert reverse("end_delegation", args=[lent.pk]) in account
    assert f"đến hết ngày {later:%d/%m/%Y}" in account
    assert signed_in(deputy).post(reverse("end_delegation", args=[lent.pk])).status_code == 404
    mine.post(reverse("end_delegation", args=[lent.pk]))
    lent.refresh_from_db()
    assert lent.revoked_at is not None
    assert signed_in(deputy).get(address).status_code == 404


def test_a_password_link_goes_to_the_account_and_is_not_shown(desk: Client, world: worlds.World) -> None:
    who = actions.add_person(
        by=Person.objects.get(username="quan-tri"), unit=world.ha_noi, username="moi", display_name="Người Mới",
        email="moi@coquan.gov.vn",
    )  # fmt: skip
    page = desk.post(reverse("office_password_link", args=[who.pk]), follow=True).content.decode()
    assert [letter.to for letter in mail.outbox] == [["moi@coquan.gov.vn"]]
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)
    assert link
    assert "Đặt mật khẩu" in mail.outbox[0].subject
    assert link[1] not in page
    form = Client()
    there = form.get(link[1], follow=True)
    done = form.post(
        there.redirect_chain[-1][0], {"password1": "mot-mat-khau-dai-2026", "password2": "mot-mat-khau-dai-2026"}
    )
    who.refresh_from_db()
    assert done.status_code == 302
    assert who.check_password("mot-mat-khau-dai-2026")
    mine = Client()
    mine.post(reverse("account_login"), {"login": "moi", "password": "mot-mat-khau-dai-2026"})
    again = mine.get(reverse("mfa_activate_totp"))
    mine.post(again.url, {"password": "mot-mat-khau-dai-2026"})
    assert "<code class=" in mine.get(reverse("mfa_activate_totp")).content.decode(), "the second step is open to them"


def test_an_account_without_address_gets_its_first_one_and_never_another(desk: Client, world: worlds.World) -> None:
    who = actions.add_person(
        by=Person.objects.get(username="quan-tri"), unit=world.ha_noi, username="moi", display_name="Người Mới"
    )
    page, address = reverse("office_person", args=[who.pk]), reverse("office_person_address", args=[who.pk])
    assert "chưa gửi được liên kết" in desk.get(page).content.decode()
    wrong = desk.post(address, {"email": "moi@"}, follow=True).content.decode()
    assert "không đúng dạng" in wrong
    assert 'value="moi@"' in wrong
    assert "Gửi liên kết đặt mật khẩu" in desk.post(address, {"email": "moi@x.vn"}, follow=True).content.decode()
    assert "chiếm tài khoản" in desk.post(address, {"email": "other@x.vn"}, follow=True).content.decode()
    who.refresh_from_db()
    assert who.email == "moi@x.vn"

"""The screens: each answers its people, keeps what was typed, teaches, and asks few questions."""

from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dienhong.base.refusal import NotPermitted
from dienhong.indicators import places, queries
from dienhong.journal.models import Event
from dienhong.organizations.models import Person
from dienhong.watch import actions, definitions, permissions, reactions
from dienhong.watch.actions import Wording
from dienhong.watch.alerting.evaluate import evaluate
from dienhong.watch.models import Alert, AlertRule, Difference, Question, Stand
from dienhong.watch.queries.lists import ALERTS_SHOWN, QUESTIONS_SHOWN, SHOWN, stated
from dienhong.watch.tests.conftest import CARRIED, LATE, Ground
from dienhong.watch.urls import urlpatterns
from dienhong.watch.views import alerts, differences


def client_of(by: Person) -> Client:
    client = Client()
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response: Any) -> str:
    return response.content.decode()


def test_a_difference_from_the_board_to_the_end(ground: Ground, django_assert_max_num_queries: Any) -> None:
    row = ground.differs()
    officer, boss = client_of(ground.officer), client_of(ground.boss)
    for show in SHOWN:
        with django_assert_max_num_queries(22):
            assert officer.get(reverse("watch:differences"), {"show": show, "mine": "1"}).status_code == 200
    page = text(officer.get(reverse("watch:differences"), {"q": "quá hạn", "kind": "counted"}))
    assert row.code in page
    assert row.code not in text(officer.get(reverse("watch:differences"), {"kind": "plan"}))
    for name, there in (("lao cai", True), ("Tỉnh Lào Cai", True), ("Bắc Giang", False)):
        assert (row.code in text(officer.get(reverse("watch:differences"), {"q": name}))) is there, name
    url = reverse("watch:difference", args=[row.pk])
    page = text(officer.get(url))
    assert "Chế độ RR22" in page
    assert "số được giao" in page
    assert "Giải trình" in page
    assert "directives/new" not in page, "only a leader gives a directive"
    assert f"check={row.code}" in text(boss.get(url))
    act = reverse("watch:difference_act", args=[row.pk, "answer"])
    refused = officer.post(act, {"text": "Ừ"})
    assert refused.status_code == 422
    assert "Ừ" in text(refused), "what was typed stays"
    assert boss.get(act).status_code == 403
    officer.post(act, {"text": "Chốt số khác ngày nhau."})
    assert "Thống nhất" in text(boss.get(url))
    boss.post(reverse("watch:difference_act", args=[row.pk, "agree"]), {"text": ""})
    assert stated().get().state == Stand.AGREED
    passport = places.figure_url(LATE, ground.period("2020-Q2"), "10")
    page = text(client_of(ground.stranger).get(passport))
    assert "Chỗ lệch của số này" in page, "an open difference shows beside the figure"


def test_asking_from_the_passport(ground: Ground) -> None:
    ground.say(80)
    boss, officer = client_of(ground.boss), client_of(ground.officer)
    passport = places.figure_url(LATE, ground.period("2020-Q2"), "10")
    page = text(boss.get(passport))
    assert "Hỏi nguồn" in page
    address = next(part.split('"')[0] for part in page.split('href="') if part.startswith("/watch/ask/"))
    address = address.replace("&amp;", "&")
    assert parse_qs(urlsplit(address).query)["indicator"] == [LATE]
    assert "80" in text(boss.get(address))
    refused = boss.post(address, {"asker": ground.office.pk, "text": "?"})
    assert refused.status_code == 422
    boss.post(address, {"asker": ground.office.pk, "text": "Gồm cả hồ sơ đất đai không?"})
    row = Question.objects.get()
    for side in ("asked", "owed"):
        for show in QUESTIONS_SHOWN:
            assert officer.get(reverse("watch:questions"), {"side": side, "show": show}).status_code == 200
    url = reverse("watch:question", args=[row.pk])
    assert boss.post(url, {"text": "Tự trả lời cho xong."}).status_code == 403
    refused = officer.post(url, {"text": ""})
    assert refused.status_code == 422
    done = officer.post(url, {"text": "Chỉ gồm cấp sở."}, follow=True)
    assert "Chỉ gồm cấp sở." in text(done)
    assert "Chỉ gồm cấp sở." in text(boss.get(passport))


def test_an_altered_address_of_asking_is_answered_with_a_sentence(ground: Ground) -> None:
    said, other = ground.say(80), ground.say(9, unit=ground.other)
    boss = client_of(ground.boss)
    good = {"indicator": LATE, "calendar": "decree09", "period": "2020-Q2", "unit": "10", "batch": str(said.pk)}
    address = reverse("watch:ask")
    assert boss.get(address, good).status_code == 200
    for wrong in ({}, good | {"batch": "0"}, good | {"batch": str(other.pk)}, good | {"batch": "²"}):
        refused = boss.get(address, wrong)
        assert refused.status_code == 400
        assert "mở lại phiếu của con số rồi hỏi" in text(refused)
    for name in (*good, "breakdown", "measure", "source", "as_of"):
        for bad in ("", "²", "-1", "9" * 30, "x' OR 1", "../..", "\x00"):
            assert boss.get(address, good | {name: bad}).status_code in (200, 400, 404), (name, bad)
    kept = boss.post(f"{address}?{urlencode(good | {'batch': other.pk})}", {"asker": ground.office.pk, "text": WHY})
    assert kept.status_code == 422
    assert WHY in text(kept)


def test_strangers_get_nothing_by_any_address(ground: Ground) -> None:
    """A citizen, or nobody, by GET and POST; a colleague of another unit acts on nothing; no POST without a token."""
    row = ground.differs()
    asked = actions.ask(by=ground.boss, asker=ground.office, key=ground.key(), batch=ground.say(80).pk, text=WHY)
    wording = Wording(WHY, queries.indicator(LATE), "quarter", ground.province, "level", side=">", bound=Decimal(5))
    rule = actions.write_rule(by=ground.boss, owner=ground.office, wording=wording)
    evaluate(rule=rule.pk)
    alert = Alert.objects.get()
    args = {"difference": [row.pk], "question": [asked.pk], "alert": [alert.pk], "rule": [rule.pk],
            "rule_edit": [rule.pk]}  # fmt: skip
    named = [each.name for each in urlpatterns if each.name not in ("difference_act", "alert_act")]
    acts = [reverse("watch:difference_act", args=[row.pk, verb]) for verb in differences.VERBS]
    acts += [reverse("watch:alert_act", args=[alert.pk, verb]) for verb in alerts.VERBS]
    addresses = [reverse(f"watch:{name}", args=args.get(name, [])) for name in named] + acts
    before = Event.objects.count()
    for by in (None, Person.objects.create_user("cong-dan"), ground.stranger):
        client = client_of(by) if by else Client()
        for url in addresses if by != ground.stranger else acts:
            for method in (client.get, client.post):
                answer = method(url, {"text": "Tôi muốn thế."})
                assert answer.status_code in (302, 403, 405), url
                assert WHY not in text(answer)
    assert Event.objects.count() == before
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ground.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(acts[0], {"text": "Chốt số khác ngày."}).status_code == 403


WHY = "Chuyện riêng của hai bên"
RULE = {
    "title": "Quá hạn nhiều", "indicator": LATE, "period_kind": "quarter", "unit": "Lào Cai", "comparison": "level",
    "side": ">", "bound": "50", "duration": "1", "severity": "2", "receivers": "", "to_reporter": "on",
    "quiet_from": "21", "quiet_to": "7", "escalate_after": "24", "active": "on",
}  # fmt: skip


def test_a_rule_is_written_and_its_alert_worked_off(ground: Ground) -> None:
    boss, officer = client_of(ground.boss), client_of(ground.officer)
    url, asked = reverse("watch:rule_new"), RULE | {"owner": ground.office.pk}
    for wrong, said in (
        ({"bound": "năm mươi"}, "Mức phải là một con số"), ({"side": ""}, "Chọn cao hơn"), ({"bound": ""}, "Ghi mức"),
        ({"period_kind": "week"}, "loại kỳ"), ({"indicator": "hồ sơ"}, "Nhiều chỉ tiêu khớp"),
        ({"to_reporter": ""}, "đến với ai"), ({"duration": "0"}, "Ít nhất 1 kỳ"),
        ({"comparison": "silence", "side": ""}, "không so với mức nào"),
        ({"comparison": "silence", "bound": ""}, "mới có chiều"),
    ):  # fmt: skip
        refused = boss.post(url, asked | wrong)
        assert refused.status_code == 422
        assert said in text(refused)
        assert "Quá hạn nhiều" in text(refused)
    ground.say(1)
    never = boss.post(url, asked | {"period_kind": "year", "title": "Theo năm"}, follow=True)
    assert "chưa có số nào của loại kỳ ấy, chỉ có theo quý" in text(never)
    assert officer.get(url).status_code == 403
    boss.post(url, asked)
    rule = AlertRule.objects.order_by("pk").last()
    assert rule is not None
    page = text(boss.get(reverse("watch:rule_edit", args=[rule.pk])))
    assert 'value="50"' in page
    boss.post(reverse("watch:rule_edit", args=[rule.pk]), asked | {"bound": "60", "seen": "1"})
    assert "bản 2" in text(boss.get(reverse("watch:rule", args=[rule.pk])))
    assert "60" in text(officer.get(reverse("watch:rules")))
    ground.say(80)
    evaluate(rule=rule.pk)
    row = Alert.objects.get()
    for show in ALERTS_SHOWN:
        assert officer.get(reverse("watch:alerts"), {"show": show, "severity": "2"}).status_code == 200
    url = reverse("watch:alert", args=[row.pk])
    assert client_of(ground.stranger).get(url).status_code == 403
    act = {verb: reverse("watch:alert_act", args=[row.pk, verb]) for verb in ("acknowledge", "explain", "close")}
    officer.get(act["acknowledge"])
    assert "Tiếp nhận" in text(officer.get(url)), "GET does nothing"
    officer.post(act["acknowledge"])
    twice = officer.post(act["acknowledge"], headers={"referer": f"http://testserver{url}"})
    assert twice.status_code == 409
    assert f'href="{url}"' in text(twice), "the way back"
    for elsewhere in (
        "",
        f"http://other.example{url}",
        f"http://testserver{act['acknowledge']}",
        "http://testserver//x",
    ):
        away = officer.post(act["acknowledge"], headers={"referer": elsewhere})
        assert "Về trang vừa mở" not in text(away), elsewhere
    assert officer.post(act["explain"], {"text": "."}).status_code == 422
    officer.post(act["explain"], {"text": "Đang rà hồ sơ cũ."})
    assert officer.get(act["close"]).status_code == 403
    done = boss.post(act["close"], {"text": "Đã rõ nguyên nhân."}, follow=True)
    assert "đã đóng" in text(done)
    again = boss.get(act["close"])
    assert (again.status_code, again.url) == (302, url), "a link kept from before leads to how it stands"


def test_a_refusal_names_units_in_the_readers_language(ground: Ground) -> None:
    with translation.override("en"), pytest.raises(NotPermitted, match="Lao Cai Province cannot alert Office of the"):
        permissions.require_within_reach(ground.province, [ground.office])


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_both_languages_are_whole(ground: Ground, lang: str) -> None:
    row = ground.differs()
    ground.say(3, "2020-Q1", code="S.08.004")
    ground.say(2, "2020-Q1", code="S.08.005")
    ground.say(9, code=CARRIED)
    ground.check("procedures_carried")
    client = client_of(ground.boss)
    client.cookies["django_language"] = lang
    urls = [
        reverse(f"watch:{name}")
        for name in ("differences", "questions", "alerts", "rules", "rule_new", "targets", "target_new")
    ]
    urls += [
        reverse("watch:difference", args=[pk]) for pk in Difference.objects.order_by("pk").values_list("pk", flat=True)
    ]
    pages = unescape("".join(text(client.get(url)) for url in urls))
    said = definitions.every()[row.check_key].sentence
    assert said[lang] in pages
    with translation.override(lang):
        assert ("Cross-checks" if lang == "en" else "Đối chiếu số liệu") in pages


def test_a_target_is_set_on_screen_and_its_result_is_held_to_it(ground: Ground) -> None:
    ground.say(80)
    boss, url = client_of(ground.boss), reverse("watch:target_new")
    assert client_of(ground.officer).get(url).status_code == 403
    said = {
        "owner": str(ground.office.pk), "indicator": LATE, "unit": f"x #{ground.province.pk}", "kind": "quarter",
        "year": "2020", "number": "5", "operator": "≤", "bound": "50", "upper": "", "legal_basis": "Kế hoạch 1/KH",
    }  # fmt: skip
    refused = boss.post(url, said)
    assert refused.status_code == 422
    assert "từ 1 đến 4" in unescape(text(refused))
    assert boss.post(url, said | {"number": "2", "upper": "60"}).status_code == 422, "an upper level without a range"
    beyond = client_of(ground.stranger).post(url, said | {"owner": str(ground.other.pk), "number": "2"})
    assert "không giao chỉ tiêu cho" in unescape(text(beyond)), "a province asks nothing of another"
    page = unescape(text(boss.post(url, said | {"number": "2"}, follow=True)))
    assert "≤ 50" in page
    assert "Kế hoạch 1/KH" in page
    reactions.target_set(Event.objects.get(verb="watch.set_target"))
    row = Difference.objects.get(check_key="plan_targets")
    assert (row.unit, row.owner) == (ground.province, ground.province)
    assert "≤ 50 · Kế hoạch 1/KH" in text(boss.get(reverse("watch:difference", args=[row.pk])))

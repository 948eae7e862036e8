"""The matrix of this room is true, and half of a folder is named by the system check."""

import pytest
from django.db import transaction

from dienhong.base.refusal import NotPermitted, Refused
from dienhong.exchange import actions, checks_system, log, partner_files, signing
from dienhong.exchange.models import Issue, Message, Outbox, Partner, PartnerKey, Way
from dienhong.exchange.tests.test_outbox import send
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.tests import worlds

ROWS = [row for row in registry.matrix("exchange") if row.role in Role.values]
WHY = "theo ma trận quyền"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def _partner() -> Partner:
    return log.partner_row(partner_files.get("police_registration"))


def _key() -> PartnerKey:
    from dienhong.base import clock

    return PartnerKey.objects.create(
        partner=_partner(), key_id=signing.key_id_of(PUBLIC), public=PUBLIC, added_by="job:test",
        valid_from=clock.record_now(),
    )  # fmt: skip


def _issue() -> Issue:
    return Issue.objects.create(partner=_partner(), kind=Issue.Kind.SIGNATURE, said="thử")


DO = {
    "set_address": lambda by: actions.set_address(
        by=by, partner=_partner(), base_url="https://csgt.example.vn/api", reason=WHY
    ),
    "set_active": lambda by: actions.set_active(by=by, partner=_partner(), active=False, reason=WHY),
    "add_key": lambda by: actions.add_key(by=by, partner=_partner(), public=PUBLIC, reason=WHY),
    "end_key": lambda by: actions.end_key(by=by, key=_key(), reason=WHY),
    "try_now": lambda by: actions.try_now(by=by, message=send()),
    "close_issue": lambda by: actions.close_issue(by=by, issue=_issue(), reason=WHY),
}


def _scene(row: registry.Row, relation: str) -> tuple[Person, Unit]:
    world, who = worlds.world(), worlds.person("actor")
    here = {"own": world.ha_noi, "subtree": world.ha_noi, "other": world.ha_noi, "successor": world.yen_bai}[relation]
    worlds.grant(who, row.role, here, subtree=relation == "subtree")
    return who, here


OTHERS = [row for row in ROWS if row.role != Role.ADMINISTRATOR]


@pytest.mark.django_db
@pytest.mark.parametrize("row", OTHERS, ids=lambda row: f"{row.action}-{row.role}")
def test_nobody_else_may(row):
    who, _unit = _scene(row, "subtree")
    with pytest.raises(NotPermitted):
        DO[row.action.removeprefix("exchange.")](who)


@pytest.mark.parametrize("name", DO)
def test_who_runs_the_whole_installation_may_and_who_runs_a_province_may_not(admin, name):
    who = worlds.person()
    worlds.grant(who, Role.ADMINISTRATOR, worlds.unit("Tỉnh khác"), subtree=True)
    with pytest.raises(NotPermitted), transaction.atomic():
        DO[name](who)
    DO[name](admin)


def test_every_action_of_a_person_is_tried_here():
    assert {row.action.removeprefix("exchange.") for row in ROWS} == set(DO)


MORE = {"set_address": {"base_url": ""}, "set_active": {"active": True}, "add_key": {"public": PUBLIC}}


@pytest.mark.parametrize("name", MORE)
def test_no_action_without_a_reason(admin, name):
    with pytest.raises(Refused, match="lý do"):
        getattr(actions, name)(by=admin, partner=_partner(), reason=" ", **MORE[name])


@pytest.mark.parametrize(
    "url",
    ["http://csgt.example.vn", "ftp://127.0.0.1", "https://a:b@csgt.vn", "https://csgt.vn/?x=1", "csgt.vn",
     "http://127.0.0.1.example.vn", "https://csgt.vn:x", "http://[::1"],
)  # fmt: skip
def test_an_address_is_https_or_this_machine(admin, url):
    with pytest.raises(Refused, match="https"):
        actions.set_address(by=admin, partner=_partner(), base_url=url, reason=WHY)


@pytest.mark.parametrize("public", ["", "xyz", PUBLIC[:-2], PUBLIC + "00"])
def test_a_key_is_64_digits(admin, public):
    with pytest.raises(Refused, match="64"):
        actions.add_key(by=admin, partner=_partner(), public=public, reason=WHY)
    actions.add_key(by=admin, partner=_partner(), public=f" {PUBLIC.upper()} ", reason=WHY)
    with pytest.raises(Refused, match="đã có"):
        actions.add_key(by=admin, partner=_partner(), public=PUBLIC, reason=WHY)


def test_the_folders_can_be_read():
    assert checks_system.partners_can_be_read(None) == []
    assert partner_files.every() == ["police_registration", "population", "tax_invoices", "vehicle_register"]


GOOD = (partner_files.FOLDER / "vehicle_register" / "partner.yaml").read_text()


@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        (GOOD.replace("limits:", "limit:"), "'limits' is missing"),
        (GOOD.replace("connect_ms: 1000", "connect_ms: 9000"), "connect_ms ≤ answer_ms"),
        (GOOD.replace("failures: 5", "failures: 0"), "whole numbers from 1"),
        (GOOD.replace("SlipQuery:", "slip-query:"), "'slip-query' is no name of a message"),
        (GOOD.replace("keep_s: 0", ""), "'keep_s' is missing"),
        ("name: [", "cannot be used"),
    ],
)
def test_a_broken_folder_says_where_and_what(tmp_path, spoiled, sentence):
    path = tmp_path / "vehicle_register" / "partner.yaml"
    path.parent.mkdir()
    path.write_text(spoiled)
    with pytest.raises(partner_files.BrokenFolder, match="partners/vehicle_register") as broken:
        partner_files._read(path, partner_files.get("vehicle_register").client)
    assert sentence in str(broken.value)


def test_partners_are_loaded_once_and_the_demo_knows_its_programs(db, settings, exchange_home):
    assert actions.load_partners(by="job:test") == []  # rows only, made from the folders
    assert not PartnerKey.objects.exists()
    settings.DEMO, settings.PORT = True, 9100
    assert actions.load_partners(by="job:test") == partner_files.every()
    assert Partner.objects.get(key="population").base_url == "http://127.0.0.1:9102/population"
    assert Partner.objects.get(key="police_registration").base_url == "http://127.0.0.1:9103/police_registration"
    assert actions.load_partners(by="job:test") == []
    given = {"population": "https://dancu.example.vn/v1"}
    assert actions.load_partners(by="job:test", addresses=given) == ["population"]
    assert Partner.objects.get(key="population").base_url == given["population"]


def test_a_new_key_of_our_own(db):
    from dienhong.exchange import keys

    before = keys.ours()
    made = actions.new_own_key(by="job:test", reason="khóa đã lộ")
    assert made == keys.ours().key_id != before.key_id
    assert {before.key_id, made} <= set(keys.our_public_keys())
    message = send()
    assert (message.key_id, message.way) == (made, Way.SEND)
    assert Message.objects.count() == Outbox.objects.count() == 1


def test_a_key_that_others_can_read_is_not_used(db, exchange_home):
    from dienhong.exchange import keys

    path = exchange_home / "secrets" / "exchange.pem"
    keys.ours()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    keys._load.cache_clear()
    try:
        with pytest.raises(PermissionError, match="chmod 600"):
            keys.ours()
    finally:
        path.chmod(0o600)

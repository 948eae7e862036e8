"""The JSON API: exact figures, all or nothing, dry run, safe to repeat, problem details with pointers."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dienhong.organizations.models import Role
from dienhong.reporting import actions
from dienhong.reporting.actions.machine import put_cells
from dienhong.reporting.figures import figures
from dienhong.reporting.models import ApiAnswer, Edit, State, Submission, Version
from dienhong.reporting.states import state_of
from dienhong.reporting.tests.conftest import World, person

pytestmark = pytest.mark.django_db
GOOD = {"r1": 594, "r2.1": "4112", "r2.2": 8792, "r3.1": 11881, "r3.2": 1205, "r4.1": 412}
WHOLE = {"cells": GOOD | {"r4.2": {"empty": "nothing_arose"}}}


@pytest.fixture
def machine(world: World, client: Client) -> Client:
    client.force_login(world.entry)
    return client


def put(client: Client, world: World, body: object, **more: Any) -> Any:
    raw = body if isinstance(body, str) else json.dumps(body)
    query = "?dry_run=true" if more.pop("dry_run", False) else ""
    url = f"/api/v1/duties/{world.duty().pk}/cells{query}"
    return client.put(url, raw, content_type="application/json", headers=more)


def nothing_saved() -> bool:
    return (Submission.objects.count(), Version.objects.count(), Edit.objects.count()) == (0, 0, 0)


def test_figures_go_in_and_checks_come_back(world: World, machine: Client) -> None:
    answer = put(machine, world, WHOLE)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["written"], told["blank"], told["state"]) == (7, [], 20)
    assert {check["outcome"] for check in told["checks"]} <= {"passed", "cannot_tell"}
    version = Version.objects.get()
    now = figures(version)
    assert (version.channel, now["r2"].value, now["r4.2"].empty) == ("api", 12904, 1)
    assert now["r2.1"].origin == "/cells/r2.1"


def test_submitting_in_the_same_request(world: World, machine: Client) -> None:
    assert put(machine, world, WHOLE | {"submit": True}).json()["state"] == 30
    assert state_of(Version.objects.get()) == State.SUBMITTED
    answer = put(machine, world, WHOLE)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dienhong:problem:not_editable")


def test_what_cannot_be_submitted_saves_nothing(world: World, machine: Client) -> None:
    answer = put(machine, world, {"cells": WHOLE["cells"] | {"r3.2": 1206}, "submit": True})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("urn:dienhong:problem:not_ready", 422)
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/cells/r1", "check:balance")]
    assert "lệch 1" in problem["errors"][0]["detail"]
    assert nothing_saved()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('"1 205"', "space"),
        ('"1.205,5"', "separator"),
        ('"1,205"', "json_form"),
        ('"một"', "text"),
        ('"1e400"', "exponent"),
        ("1e400", "too_many_digits"),
        ("1e999999999", "too_many_digits"),
        ("9" * 5000, "too_many_digits"),
        ("1.5", "not_whole"),
        ("0.1000000000000000000000001", "too_many_digits"),
        ("true", "boolean"),
        ("[1]", "type"),
        ('{"empty": "perhaps"}', "json_form"),
        ('{"empty": "unknown", "value": 1}', "json_form"),
        ('"NaN"', "nan"),
    ],
)
def test_a_wrong_value(world: World, machine: Client, value: str, code: str) -> None:
    answer = put(machine, world, f'{{"cells": {{"r1": 5, "r3.2": {value}}}}}')
    assert answer.status_code == 422, answer.content
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/cells/r3.2", code)]
    assert nothing_saved()


def test_figures_are_exact(world: World, machine: Client) -> None:
    """Neither a long whole number nor 1205.0 passes through a float."""
    answer = put(machine, world, '{"cells": {"r1": 12345678901234567890, "r2.1": 1205.0, "r2.2": "1.0e0"}}')
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/cells/r2.2"]
    assert put(machine, world, '{"cells": {"r1": 12345678901234567890, "r2.1": 1205.0}}').status_code == 200
    shown = {cell["key"]: cell for cell in machine.get(f"/api/v1/duties/{world.duty().pk}").json()["cells"]}
    assert (shown["r1"]["value"], shown["r2.1"]["value"]) == ("12345678901234567890", "1205")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "không phải JSON"),
        ('{"cells": {"r1": NaN}}', "NaN không phải là số"),
        ('{"cells": {"r1": -Infinity}}', "-Infinity không phải là số"),
        ('{"cells": {"r1": 1, "r1": 2}}', "“r1” có hai lần"),
        ('{"cells": [1]}', "phải là"),
        ('{"cells": {}, "sumbit": true}', "phải là"),
        ('{"cells": {}, "submit": "yes"}', "phải là"),
        ("[" * 100_000, "không phải JSON"),
        ('"\ud83d"'.encode("utf-8", "surrogatepass").decode("latin-1"), "phải là"),
    ],
)
def test_a_body_that_is_not_the_apis(world: World, machine: Client, body: str, words: str) -> None:
    answer = put(machine, world, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert words in answer.json()["title"]
    assert nothing_saved()


def test_cells_that_are_not_there_or_are_computed(world: World, machine: Client) -> None:
    errors = put(machine, world, {"cells": {"r2": 5, "r9/a~b": 1}}).json()["errors"]
    assert [(one["pointer"], one["code"]) for one in errors] == [
        ("/cells/r2", "computed"),
        ("/cells/r9~1a~0b", "no_cell"),
    ]


def test_a_dry_run_answers_the_same_and_saves_nothing(world: World, machine: Client) -> None:
    dry = put(machine, world, WHOLE | {"submit": True}, dry_run=True, **{"Idempotency-Key": "a"})
    assert (dry.status_code, dry.json()["state"]) == (200, 30)
    assert nothing_saved()
    wet = put(machine, world, WHOLE | {"submit": True}, **{"Idempotency-Key": "a"})
    assert wet.json() == dry.json()


def test_null_clears(world: World, machine: Client) -> None:
    put(machine, world, WHOLE)
    assert put(machine, world, {"cells": {"r1": None}}).json()["blank"] == ["r1"]


def test_the_same_key_gives_the_first_answer_again(world: World, machine: Client) -> None:
    key = {"Idempotency-Key": "2020-Q2-1"}
    first = put(machine, world, WHOLE, **key)
    edits = Edit.objects.count()
    again = put(machine, world, WHOLE, **key)
    assert again.json() == first.json()
    assert (first.headers.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert Edit.objects.count() == edits
    other = put(machine, world, {"cells": {"r1": 1}}, **key)
    assert (other.status_code, other.json()["type"]) == (409, "urn:dienhong:problem:idempotency_key_reused")
    assert figures(Version.objects.get())["r1"].value == 594


def test_a_refused_request_is_answered_the_same_again(world: World, machine: Client) -> None:
    key = {"Idempotency-Key": "k"}
    first = put(machine, world, {"cells": {"r1": "x y"}}, **key)
    again = put(machine, world, {"cells": {"r1": "x y"}}, **key)
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.json() == first.json()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_under_one_key_write_once(world: World) -> None:
    duty, start = world.duty(), threading.Barrier(2)

    def send() -> bool:
        start.wait(10)
        try:
            return put_cells(by=world.entry, duty=duty, cells=GOOD, key="k", request_digest="d").replayed
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = [future.result(30) for future in [pool.submit(send), pool.submit(send)]]
    assert sorted(told) == [False, True]
    assert (Edit.objects.count(), ApiAnswer.objects.count()) == (6, 1)


def test_only_the_units_entry_officer_may_write(world: World, client: Client) -> None:
    for someone in (world.leader, world.receiver):
        client.force_login(someone)
        answer = put(client, world, WHOLE)
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    client.force_login(person("la", Role.ENTRY_OFFICER, world.duty("01").unit))
    assert put(client, world, WHOLE).status_code == 403
    assert client.get(f"/api/v1/duties/{world.duty().pk}").status_code == 403
    assert nothing_saved()


def test_strangers_and_forged_requests(world: World) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert put(stranger, world, WHOLE).status_code in (401, 403)
    assert stranger.get(f"/api/v1/duties/{world.duty().pk}").status_code == 401
    stranger.force_login(world.entry)
    answer = put(stranger, world, WHOLE)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert nothing_saved()


def test_a_duty_is_read_with_its_form_and_figures(world: World, machine: Client) -> None:
    duty = world.duty()
    before = machine.get(f"/api/v1/duties/{duty.pk}").json()
    assert (before["unit_name"], before["period"], before["version"]) == ("Lào Cai", "2020-Q2", None)
    cells = {cell["key"]: cell for cell in before["cells"]}
    assert (cells["r2"]["kind"], cells["r2"]["formula"]) == ("computed", "[r2.1] + [r2.2]")
    assert (cells["r2.1"]["address"], cells["r2.1"]["value"], cells["r2.1"]["empty"]) == ("C7", None, None)
    world.filled()
    after = {cell["key"]: cell for cell in machine.get(f"/api/v1/duties/{duty.pk}").json()["cells"]}
    assert (after["r2"]["value"], after["r4.2"]["value"], after["r4.2"]["empty"]) == ("12904", None, "nothing_arose")
    assert machine.get("/api/v1/duties/0").json()["status"] == 404


def test_the_duties_of_ones_units_are_listed_and_narrowed(world: World, machine: Client) -> None:
    world.sent()
    told = machine.get("/api/v1/duties").json()
    assert (told["count"], told["next"]) == (1, None)
    mine = told["duties"][0]
    assert (mine["id"], mine["unit_name"], mine["period"]) == (world.duty().pk, "Lào Cai", "2020-Q2")
    assert (mine["standing"], mine["sent_late"], mine["version"], mine["state"]) == ("reported", False, 1, 50)
    for query, found in (
        ("regime=RR22", 1), ("regime=RR05", 0), ("period=2020-Q2", 1), ("period=2020-Q1", 0),
        ("standing=reported", 1), ("standing=missing", 0), ("page=2", 1),
    ):  # fmt: skip
        assert machine.get(f"/api/v1/duties?{query}").json()["count"] == found, query
    assert machine.get("/api/v1/duties?page=2").json()["duties"] == []


def test_a_list_says_what_it_cannot_be_narrowed_by(world: World, machine: Client) -> None:
    refused = machine.get("/api/v1/duties?standing=tre")
    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    assert "standing là một trong: exempt" in refused.json()["title"]
    for query in ("page=x", "page=99999999999999999999", "page=-4", "regime=%00", "period=%00&regime=%F0%9F%A6%86"):
        assert machine.get(f"/api/v1/duties?{query}").status_code in (200, 400, 422), query
    assert Client().get("/api/v1/duties").status_code == 401


def test_a_report_that_was_returned_can_be_read(world: World, machine: Client) -> None:
    actions.return_version(by=world.receiver, version=world.sent(), reason="Lệch với kỳ trước")
    told = machine.get(f"/api/v1/duties/{world.duty().pk}").json()
    assert (told["version"], told["state"]) == (1, 51)


def test_it_describes_itself(world: World, machine: Client) -> None:
    told = machine.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    put_cells = told["paths"]["/api/v1/duties/{pk}/cells"]["put"]
    assert put_cells["requestBody"]["required"]
    assert {one["name"] for one in put_cells["parameters"]} >= {"pk", "dry_run", "Idempotency-Key"}
    assert {"200", "409", "422"} <= set(put_cells["responses"])

"""The services' rooms from outside: whoever has no business there gets nothing by any address and method, nothing is
done without a token, and what people typed or handed in is never more than text and a file. See tests/doors.py.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from dienhong.base import clock
from dienhong.config.reactions import REACTIONS
from dienhong.dossiers import telling
from dienhong.dossiers.models import Attachment
from dienhong.dossiers.tests.desk import FADIL, NOON, Desk
from dienhong.journal.models import Event
from dienhong.notices.models import Notice
from tests import doors
from tests.doors import MARK, MARKUP, OPENS, TAGS, Scene, addresses, path_of

STRANGERS = ("anybody", "another citizen", "officials of another unit", "officials without a grant here")
METHODS = ("get", "post")
FOREIGN = ("dienhong.organizations", "allauth.", "django.")
REFUSED = {401, 403, 404, 405}
ROOMS = ("dossiers", "documents", "payments", "exchange", "catalogue")
# A bank, a partner's program and a checker have no cookie of ours; pages that are kept carry no token.
WITHOUT_TOKEN = {
    "payments:notice", "exchange:inbox", "documents:api_verify", "portal:language", "portal:theme", "portal:seen",
}  # fmt: skip


@pytest.fixture
def scene(ground_database: None, settings: Any, tmp_path: Any) -> Iterator[Scene]:
    settings.DEMO, settings.STORE = True, tmp_path
    cache.clear()
    with clock.played(NOON):
        yield Scene(Desk())


def everything() -> str:
    """A digest of every row of these rooms."""
    found = hashlib.sha256()
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            rows = list(model.objects.order_by("pk").values())
            found.update(json.dumps([model.__name__, rows], default=str, sort_keys=True).encode())
    return found.hexdigest()


def said(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(body).decode("utf-8", "replace")


def test_the_doors_hold(scene: Scene, settings: Any) -> None:
    """One scene for all: making it takes as long as trying a door. The first two leave every row as it was."""
    strangers_get_and_change_nothing(scene)
    nothing_is_done_without_a_token(scene)
    what_people_typed_is_text_on_every_page(scene)
    tricks_with_files_by_the_machines_door(scene, settings)


def test_every_address_is_known() -> None:
    nameless = {pattern.callback.__module__ for name, pattern in addresses() if name.startswith(":")}
    assert all(each.startswith(("dienhong.config", "dienhong.base", *FOREIGN)) for each in nameless), nameless
    known = {name for name, _pattern in addresses() if name.partition(":")[0] not in doors.ELSEWHERE}
    assert known == set(OPENS), "an address that is new here needs its line in tests/doors.py"


def strangers_get_and_change_nothing(scene: Scene) -> None:
    before, told = everything(), []
    for who in STRANGERS:
        client = scene.client(who)
        for name, door in OPENS.items():
            for method in METHODS:
                if door.open and method != "get":
                    continue
                response = getattr(client, method)(path_of(name, scene), door.asked(scene))
                text = said(response) + str(response.headers)
                to_sign_in = who == "anybody" and response.headers.get("Location", "").startswith("/sign-in/")
                listed = not door.args(scene)  # a list is there for whoever has a role anywhere, with nothing on it
                right = door.open or to_sign_in or response.status_code in REFUSED or listed or led_on(response)
                if not right or MARK in text or "application/pdf" in response.headers.get("Content-Type", ""):
                    told.append(f"{who}: {method} {name} {response.status_code}")
    assert not told, "\n".join(told)
    assert everything() == before


def led_on(response: Any) -> bool:
    """To the page on which the form of this address stands, by the address alone; the page asks who comes."""
    match = response.resolver_match
    page = getattr(match.func, "stands_on", None)
    asked = response.request["REQUEST_METHOD"] == "GET" and response.status_code == 302
    return bool(page and asked and response["Location"] == page(*match.args, **match.kwargs))


def nothing_is_done_without_a_token(scene: Scene) -> None:
    """Machines' doors (api-…) look for the token by themselves, where the cookie of a session is what they go by."""
    exempt = {name for name, pattern in addresses() if getattr(pattern.callback, "csrf_exempt", False)}
    assert {name for name in exempt if not name.startswith("api-")} == WITHOUT_TOKEN
    before, told = everything(), []
    for name, door in OPENS.items():
        if name in WITHOUT_TOKEN:
            continue
        client, refused = scene.client(door.to[0], enforce_csrf_checks=True), {403}
        for method in ("post", "put", "patch", "delete"):
            status = getattr(client, method)(path_of(name, scene)).status_code
            if status not in (refused | {405} if name.startswith("api-") else refused):
                told.append(f"{method} {name} {status}")
    assert not told, "\n".join(told)
    assert everything() == before


def what_people_typed_is_text_on_every_page(scene: Scene) -> None:
    """Everybody with business here opens everything; what has no page is pressed with nothing filled in."""
    tell(scene)
    shown, told = set(), []
    for name, door in OPENS.items():
        for who in door.to:
            client, right = scene.client(who), False
            for path in paths(name, scene, who):
                response = client.get(path, door.asked(scene))
                right |= response.status_code == 200
                told += [f"{who}: {name} {fault}" for fault in faults_of(response)]
                shown |= {name} if "&lt;img src=x" in said(response) else set()
            if not right and who == door.to[0]:
                point = transaction.savepoint()  # no block around: the log of reads wants none
                response = client.post(path_of(name, scene), door.asked(scene))
                transaction.savepoint_rollback(point)
                right = response.status_code not in REFUSED or name in NO_PAGE
                told += [f"{who}: {name} {fault}" for fault in faults_of(response)]
            told += [] if right else [f"{who}: {name} does not open: {response.status_code}"]
    assert not told, "\n".join(told)
    assert shown >= LURED, f"the lure is not on {LURED - shown}"


NO_PAGE = {"exchange:inbox", "api-services:api-root"}  # signed letters only; the library's own, where nothing is
INERT = ("application/json", "application/problem+json", "application/pkix-crl")
LURED = {
    "dossiers:case", "portal:mine_one", "portal:mine_supplement", "portal:apply_page",
    "portal:apply_check", "portal:apply_drafts", "payments:bill", "payments:book", "payments:waiting",
    "payments:differences", "payments:refunds", "exchange:partners", "procedures:one", "portal:list",
}  # fmt: skip


def paths(name: str, scene: Scene, who: str) -> list[str]:
    """Pages of a dossier are opened for one in each state, by whom they are most for."""
    if name == "dossiers:case" and who == "officer":
        return [f"/dossiers/{each.pk}/" for each in scene.dossiers]
    if name in {"portal:mine_one", "portal:mine_filed"}:
        return [path_of(name, scene).replace(scene.done.code, each.code) for each in scene.dossiers]
    return [path_of(name, scene)]


def faults_of(response: Any) -> list[str]:
    kind, found = response.headers.get("Content-Type", ""), []
    if kind.startswith(("text/html", "image/")):
        text = said(response)
        found += [f"holds {markup}" for markup in MARKUP if markup in text]
    elif not kind.startswith(INERT) and response.status_code == 200:
        found += [] if "attachment" in response.headers.get("Content-Disposition", "") else [f"{kind} is shown"]
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe" in policy:
        found.append(f"has the policy {policy!r}")
    return found if response.headers.get("X-Content-Type-Options") == "nosniff" else [*found, "may be sniffed"]


def tell(scene: Scene) -> None:
    """Notices of everything that happened, as the queue writes them."""
    for event in Event.objects.filter(verb__in=[verb for verb, found in REACTIONS.items() if found]).order_by("pk"):
        for reaction in REACTIONS[event.verb]:
            if reaction.name.startswith(telling.__name__):
                reaction.function(event)
    assert Notice.objects.filter(person=scene.desk.citizen).count() > 3
    for who in ("citizen", "clerk", "officer"):
        assert not faults_of(scene.client(who).get("/notices/"))


HTML, ELF = b"<!doctype html><script>alert(1)</script>", b"\x7fELF\x02" + b"\0" * 60
REFUSED_FILES = {
    "page.pdf": HTML, "picture.svg.pdf": b"<svg xmlns='x' onload='alert(1)'/>", "program.pdf": ELF,
    "nothing.pdf": b"", "huge.pdf": doors.PDF + b" " * (11 * 2**20), "both.pdf": doors.PDF + b"\0" * 2000,
    "runs.pdf": doors.PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"),
    "picture.png": b"\x89PNG\r\n\x1a\n" + HTML, "bomb.docx": b"PK\x03\x04" + b"\0" * 100,
}  # fmt: skip
ODD_NAMES = (
    "phieu\u202efdp.exe",
    "phieu.pdf.exe",
    "a\x00b.pdf",
    f"{TAGS[:28]}.pdf",
    ".htaccess",
    "x" * 300,
)


def tricks_with_files_by_the_machines_door(scene: Scene, settings: Any) -> None:
    """Refused with a sentence and nothing kept, or handed out again as a file under a plain name and never shown."""
    client, files = scene.client("citizen"), "/api/v1/services/vehicle_registration_fee/dossiers"
    before, kept = everything(), sorted(settings.STORE.rglob("*"))

    def send(name: str, data: bytes, number: int) -> Any:
        content = json.dumps({**FADIL, "chassis_no": f"RLMAUFADL7{number:07d}"})
        sent = SimpleUploadedFile("x", data)
        sent._name = f"other_papers:{name}"
        return client.post(files, {"content": content, "files": [sent]})

    for number, (name, data) in enumerate(REFUSED_FILES.items()):
        answer = send(name, data, number)
        assert (answer.status_code, name in answer.json()["title"]) == (422, True), (name, answer.content)
    assert send("../../../etc/cron.d/x.pdf", doors.PDF, 0).status_code == 422, "a path is no name of a field"
    assert (everything(), sorted(settings.STORE.rglob("*"))) == (before, kept)
    for number, name in enumerate(ODD_NAMES, 50):
        answer = send(name, doors.PDF, number)
        assert answer.status_code == 201, (name, answer.content)
        row = Attachment.objects.get(dossier__code=answer.json()["code"])
        assert re.fullmatch(r"[^\x00-\x1f/\\\\<>:\u202e]{1,130}\.pdf", row.name), row.name
        got = client.get(f"/portal/mine/{answer.json()['code']}/files/{row.pk}/")
        assert not faults_of(got), name
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in got.headers["Content-Security-Policy"]

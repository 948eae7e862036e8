"""People who live through a public service over plain HTTP, on a site that may fall at any moment.

A step that broke off is taken again as a person would: the page is opened anew and says where one is. What was
acknowledged is kept in `Told`; that is what must be true at the end.
"""

import html
import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from dienhong.dossiers.tests.desk import FADIL
from tests.killing import Refusal, Site, Visitor, rows

API = "/api/v1/services/vehicle_registration_fee/dossiers"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PREPARE = """
import json, sys, django
django.setup()
from django.core.management import call_command
from dienhong.organizations.models import Person
for command in (["collectstatic", "--no-input"], ["demo_day"], ["load_units"], ["demo_accounts"],
                ["documents_authority"], ["load_partners"], ["load_services"], ["demo_services", "--accounts"]):
    call_command(*command, verbosity=0, stdout=sys.stderr)
print(json.dumps({"people": dict(Person.objects.values_list("username", "pk"))}))
"""
FAULTS = ("", "lost", "doubled", "late", "forged", "before_redirect", "lost", "")


def vehicle(number: int) -> dict[str, Any]:
    """Of the police's record: known, not registered, not looked for."""
    numbers = {"chassis_no": f"RLMAUFADL{number:08d}", "engine_no": f"MAUENG{number:06d}"}
    return {**numbers, "registered": False, "plate": "", "wanted": False, "wanted_since": ""}


@dataclass
class Told:
    """What people were told is done."""

    filed: dict[int, str] = field(default_factory=dict)  # number of the life -> code
    paid: list[tuple[str, str]] = field(default_factory=list)  # bill, how
    accepted: set[int] = field(default_factory=set)
    supplemented: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.filed) + len(self.paid) + len(self.accepted) + len(self.supplemented)


class Town:
    """Citizens, a clerk and an officer at work until every life has come as far as people can bring it."""

    def __init__(self, site: Site, lives: int, seed: int) -> None:
        self.site, self.told, self.faults = site, Told(), []  # type: Site, Told, list[str]
        self.dice, self.broken, self.bank = random.Random(seed), 0, threading.Lock()
        self.never: set[int] = set()
        self.asked: set[int] = set()  # of these the clerk asked for more
        self.queue, self.over, self.lock = list(range(lives)), threading.Event(), threading.Lock()
        citizens = [Visitor(site, name) for name in ("mau-cong-dan", "mau-cong-dan-2", "mau-cong-dan")]
        self.citizens = [threading.Thread(target=self.live, args=(each,)) for each in citizens]
        clerk, officer = Visitor(site, "mau-thue-mot-cua"), Visitor(site, "mau-thue-thu-ly")
        self.officials = [threading.Thread(target=self.serve, args=(each,)) for each in (clerk, officer)]

    def begin(self) -> None:
        for thread in (*self.citizens, *self.officials):
            thread.start()

    def rests(self, seconds: float) -> bool:
        """Whether every life has ended, waiting so long for it."""
        until = time.monotonic() + seconds
        for thread in self.citizens:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self.citizens)

    def waits(self) -> str:
        at = rows(self.site, "SELECT dossier_id, element FROM dossiers_place ORDER BY 1")
        jobs = rows(self.site, "SELECT task_name, args, status FROM procrastinate_jobs WHERE status <> 'succeeded'")
        return f"{self.queue} {at} {jobs}"

    def end(self) -> None:
        self.over.set()
        for thread in (*self.citizens, *self.officials):
            thread.join(60)

    # One step at a time.

    def until_done(self, piece: Callable[[], Any]) -> Any:
        """What the piece gives once it gives something; a broken line or a 5xx is no answer, and one tries again."""
        while not self.over.is_set():
            try:
                if said := piece():
                    return said
            except OSError:
                self.broken += 1
            except Refusal as refusal:
                if not re.search(r": 5\d\d", str(refusal)):
                    self.faults.append(str(refusal))
                    return None
            time.sleep(0.8)
        return None

    def live(self, who: Visitor) -> None:
        while not self.over.is_set():
            with self.lock:
                if not self.queue:
                    return
                number = self.queue.pop(0)
            for step in (self.file, self.be_asked, self.pay):
                if not self.until_done(partial(step, who, number)):
                    break

    def file(self, who: Visitor, number: int) -> str:
        car = vehicle(number)
        model = "Chưa có trong bảng" if number % 4 == 1 else "Fadil"  # then an officer fixes the base
        data = {**FADIL, "chassis_no": car["chassis_no"], "engine_no": car["engine_no"], "model": model}
        body, kind = letter({"content": json.dumps(data)}, f"other_papers:giay-{number}.pdf", PDF + b" " * number)
        status, said, _ = who.ask("POST", API, body, kind, {"Idempotency-Key": f"life-{number}"})
        if status not in {200, 201}:
            raise Refusal(f"file: {status} {said[:200]!r}")
        self.told.filed[number] = json.loads(said)["code"]
        return self.told.filed[number]

    def be_asked(self, who: Visitor, number: int) -> str:
        """The address of the bill, once there is one; on the way there a supplement may be asked for."""
        code = self.told.filed[number]
        page = who.page(f"/portal/mine/{code}/")
        if f"/portal/mine/{code}/supplement/" in page and code not in self.told.supplemented:
            self.supplement(who, code)
        found = re.search(r"/payments/DH\w{9}/\?k=[\w-]+", page)
        return found[0] if found else ""

    def supplement(self, who: Visitor, code: str) -> None:
        status, _, headers = who.form(f"/portal/mine/{code}/supplement/", {})
        place = headers.get("Location", "")
        if status == 409:  # sent, and the answer to that was lost on the way
            return
        if status != 302 or "/p/" not in place:
            raise Refusal(f"supplement: {status} {place}")
        base = place.partition("/p/")[0]
        who.act(place, "/check/", colour="đỏ", do="next")
        who.act(f"{base}/send", f"/mine/{code}/", dossier=code, seen="truth", truth="yes")
        self.told.supplemented.add(code)

    def pay(self, who: Visitor, number: int) -> str:
        """By the code, or over the platform; then the browser is closed. Some pay twice, one never does."""
        if number % 8 == 7:
            self.never.add(number)
            return "never"
        address = self.be_asked(who, number)
        if not address:
            return "paid"  # a bank was heard, and the answer to the person was not
        page = who.page(address)
        if number % 2:
            found = re.search(r'href="(http://127\.0\.0\.1:\d+/pay\?[^"]+)"', page)
            if not found:
                return ""
            return self.at_the_bank(address, html.unescape(found[1]), "vietqr", FAULTS[number % len(FAULTS)])
        key = address.partition("?k=")[2]
        path = address.partition("?")[0]
        status, _, headers = who.form(f"{path}begin/", {"k": key, "provider": "gateway"})
        go = headers.get("Location", "")
        if status != 302 or "/go/" not in go:
            raise Refusal(f"begin: {status if status != 302 else 503} {go}")
        found = re.search(r'href="(http://127\.0\.0\.1:\d+/gateway/pay\?[^"]+)"', who.page(go))
        if not found:
            return ""
        return self.at_the_bank(address, html.unescape(found[1]), "gateway", FAULTS[number % len(FAULTS)])

    def at_the_bank(self, address: str, page: str, how: str, fault: str) -> str:
        with self.bank:  # the bank has one switch of each kind, for everybody
            self._switch(page, fault, True)
            try:
                with urllib.request.urlopen(page, timeout=20) as answer:  # noqa: S310
                    fields = dict(re.findall(r'name="(\w+)" (?:id="\w+" )?value="([^"]*)"', answer.read().decode()))
                fields = {name: html.unescape(value) for name, value in fields.items()} | {"good": "1"}
                sent = urllib.request.Request(page.partition("?")[0], urlencode(fields).encode())  # noqa: S310
                with urllib.request.build_opener(_Stays).open(sent, timeout=20):
                    pass
            finally:
                self._switch(page, fault, False)
        bill = re.search(r"DH\w{9}", address)
        assert bill
        self.told.paid.append((bill[0], how))
        return "paid"

    def _switch(self, page: str, fault: str, on: bool) -> None:
        if fault:
            root = re.match(r"http://[^/]+", page)
            assert root
            body = json.dumps({"fault": fault, "on": on}).encode()
            urllib.request.urlopen(urllib.request.Request(f"{root[0]}/control", body)).close()  # noqa: S310

    # Officials.

    def serve(self, who: Visitor) -> None:
        while not self.over.is_set():
            self.until_done(lambda: self.look(who) or True)
            time.sleep(1)

    def look(self, who: Visitor) -> None:
        """Every dossier that waits for this person, one after another."""
        for path in dict.fromkeys(re.findall(r'href="(/dossiers/\d+/)"', who.page("/dossiers/?view=work"))):
            page, pk = who.page(path), int(path.split("/")[2])
            for name, more in self.acts(pk):
                fields = form_of(page, f"{path}{name}/")
                if fields is not None:
                    status, _, headers = who.form(f"{path}{name}/", fields | more)
                    if status == 302 and name == "accept":
                        self.told.accepted.add(pk)
                    elif status not in {302, 409}:
                        raise Refusal(f"{path}{name}/: {status} {headers.get('Location')}")
                    break

    def acts(self, pk: int) -> list[tuple[str, dict[str, str]]]:
        """What an official does where the page offers it, first things first."""
        asked = {"rows": "1", "items.0.what": "Màu sơn", "items.0.reason": "Thiếu màu.", "items.0.field": "colour"}
        back = [("supplement", asked)] if pk % 5 == 2 and pk not in self.asked else []
        self.asked.update([pk] if back else [])
        price = {"outcome": "announced", "ask.tax_office_price": "600.000.000"}
        return [*back, ("accept", {}), ("decide", price)]


class _Stays(urllib.request.HTTPRedirectHandler):
    """The browser was closed: nobody follows the way back."""

    def redirect_request(self, *_: Any) -> None:
        return None

    def http_error_303(self, req: Any, fp: Any, *_: Any) -> Any:
        return fp


def form_of(page: str, action: str) -> dict[str, str] | None:
    """The hidden fields of the form that leads there; None where the page offers none."""
    found = re.search(rf'<form method="post" action="{re.escape(action)}">(.*?)</form>', page, re.DOTALL)
    if not found:
        return None
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[1]))


def letter(said: dict[str, str], name: str, file: bytes, field: str = "files") -> tuple[bytes, str]:
    """A form with a file, as a browser writes it: the body and its media type."""
    edge = "kill-minus-nine"
    part = f"--{edge}\r\nContent-Disposition: form-data; name="
    head = "".join(f'{part}"{key}"\r\n\r\n{text}\r\n' for key, text in said.items())
    head += f'{part}"{field}"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
    return head.encode() + file + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"

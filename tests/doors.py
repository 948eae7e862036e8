"""Every address of the services' rooms, with something behind it that is nobody else's business.

`Scene` fills one unit with dossiers, papers, money and messages; every text that somebody could have typed is a lure:
a mark that must never reach a stranger, followed by markup that must never reach a page as markup. `OPENS` says for
each address of the URL resolver how to fill it and for whom it opens. An address that is missing there fails the test.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from psycopg.types.range import DateRange

from dienhong.base import clock, periods, store
from dienhong.catalogue.actions import import_procedures
from dienhong.catalogue.models import Agency, Field, LifeEvent
from dienhong.catalogue.reading.records import Record
from dienhong.documents.models import Issued
from dienhong.dossiers import money
from dienhong.dossiers.actions import answering, counting, deciding, drafts, voicing
from dienhong.dossiers.actions.answer_drafts import open_answer
from dienhong.dossiers.actions.deciding import Missing
from dienhong.dossiers.actions.loading import current
from dienhong.dossiers.models import Attachment, CountedSet, Dossier, Stop
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.runtime import message
from dienhong.dossiers.queries.drafts import form_of
from dienhong.dossiers.tests.desk import NOON, Desk, capture
from dienhong.exchange.models import Issue, Message, Partner, PartnerKey
from dienhong.organizations import queries as organizations
from dienhong.organizations.models import Grant, Person, Role
from dienhong.payments import actions as payments
from dienhong.payments import receipts
from dienhong.payments.models import Capture, Difference, Suspense

MARK = "BIMAT"
TAGS = "\"><img src=x onerror=alert(1)><script>alert(1)</script>'"
MARKUP = ("<img src=x", "<script>alert", "onerror=alert(1)>", '"><img')
SERVICE = "vehicle_registration_fee"
TYPED = {"text", "long_text", "engine", "chassis", "phone", "email", "plate", "identity", "tax_code"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def lure(most: int = 200) -> str:
    """The mark is no first word: that is all of a name that a paper's public page shows."""
    return f"Nguyễn {MARK} Mẫu {TAGS}"[:most]


@dataclass
class Scene:
    """Filled when it is made, inside the test's transaction and at NOON of the desk."""

    desk: Desk
    people: dict[str, Person] = field(default_factory=dict)
    dossiers: list[Dossier] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk.citizen.display_name = lure()
        self.desk.citizen.save()
        self._people()
        self._catalogue()
        self.done = self._done()
        self.asked, self.answer = self._asked()
        self._others()
        self.draft, self.draft_file = self._draft()
        self.counted = self._counted()
        self._exchange()

    def _people(self) -> None:
        desk, nation = self.desk, organizations.unit_by_code("iso3166", "VN", NOON.date())
        elsewhere, always = organizations.unit_by_code("tax", "31", NOON.date()), DateRange(None, None)
        handling = (Role.ONE_STOP_CLERK, Role.CASE_OFFICER, Role.LEADER, Role.ACCOUNTANT)

        def holder(name: str, roles: tuple[Role, ...], **more: Any) -> Person:
            made = Person.objects.create_user(name, display_name=name)
            for role in roles:
                Grant.objects.create(person=made, role=role, **({"unit": desk.unit, "validity": always} | more))
            return made

        self.people = {
            "citizen": desk.citizen, "clerk": desk.clerk, "officer": desk.officer, "leader": desk.leader,
            "accountant": holder("ke-toan", (Role.ACCOUNTANT,)),
            "jurist": holder("phap-che", (Role.JURIST,), unit=nation, subtree=True),
            "admin": holder("quan-tri", (Role.ADMINISTRATOR,), unit=nation, subtree=True),
            "auditor": holder("giam-sat", (Role.AUDITOR,), unit=nation, subtree=True),
            # Strangers to everything here.
            "another citizen": desk.other,
            "officials of another unit": holder("noi-khac", handling, unit=elsewhere),
            "officials without a grant here": holder(
                "het-han", handling, validity=DateRange(NOON.date().replace(year=2019), NOON.date())
            ),
        }  # fmt: skip
        for role in handling:  # nor for this service, nor of this kind
            made = self.people["officials without a grant here"]
            Grant.objects.create(person=made, role=role, unit=desk.unit, scope="civil_status_extract", validity=always)
        Grant.objects.create(person=made, role=Role.ENTRY_OFFICER, unit=nation, subtree=True, validity=always)

    def client(self, name: str, **how: Any) -> Client:
        made = Client(**how)
        if name != "anybody":
            made.force_login(self.people[name], backend="django.contrib.auth.backends.ModelBackend")
        return made

    def _catalogue(self) -> None:
        record = Record("1.009999", f"Thủ tục {TAGS}", f"Lĩnh vực {TAGS}"[:100], f"Bộ {TAGS}"[:100],
                        steps=f"Bước 1 {TAGS}")  # fmt: skip
        import_procedures(by="job:test", records=[record], source=f"nguồn {TAGS}"[:100])
        self.field, self.agency = Field.objects.get().slug, Agency.objects.get().slug
        self.life = LifeEvent.objects.create(
            audience="person", order=1, code="L1", slug="mua-xe", name_vi=f"Mua xe {TAGS}", name_en=f"A car {TAGS}"
        )

    def _filed(self, number: int) -> Dossier:
        """As if the form had let everything pass."""
        dossier = self.desk.filed(chassis_no=f"RLMAUFADL9{number:07d}")
        content, form = dossier.contents.get(), form_of(dossier.version)
        typed = {key for key in content.data if key in form.by_key and form.by_key[key].kind in TYPED}
        assert {"taxpayer_name", "address", "transferor"} <= typed
        content.data = {**content.data, **{key: lure() for key in typed}}
        content.save()
        for party in dossier.parties.all():
            party.name, party.address, party.email = lure(), lure(), lure()
            party.identity_number, party.phone = lure(20), lure(20)
            party.save()
        Attachment.objects.create(
            dossier=dossier, field="slip_copy", name=lure(150), kind="application/pdf", size=len(PDF),
            digest=store.put(PDF), verdict="clean",
        )  # fmt: skip
        self.dossiers.append(dossier)
        return dossier

    def _accepted(self, number: int) -> Dossier:
        dossier = self._filed(number)
        deciding.accept(by=self.desk.clerk, place=self.desk.place(dossier, "accept_check"))
        return dossier

    def _done(self) -> Dossier:
        """Paid, too much, with a receipt; complained about; money asked back."""
        dossier = self._accepted(1)
        persist.step(dossier, message("register_answered", "x"), by="job:test", facts={"register_match": True})
        self.bill = money.standing(dossier)
        self.attempt = payments.begin_attempt(by="job:test", bills=[self.bill], provider="vietqr")
        type(self.attempt).objects.filter(pk=self.attempt.pk).update(address="http://127.0.0.1:1/pay")
        capture(self.bill, self.bill.amount + 1000)
        self.capture = Capture.objects.select_related("bill__unit").get()
        receipts.make_receipt(by="job:test", capture=self.capture)
        self.refund = payments.ask_refund(
            by=self.people["accountant"], capture=self.capture, amount=1000, reason="overpayment", note=lure()
        )
        self.paper = Issued.objects.get(kind="fee_receipt")
        self.complaint = voicing.complain(by=self.desk.citizen, dossier=dossier, about="rule", text=lure())
        persist.step(dossier, message("result_delivered", "y"), by="job:test")
        dossier = Dossier.objects.get(pk=dossier.pk)
        voicing.rate(by=self.desk.citizen, dossier=dossier, grade=1, comment=lure())
        about = {"account_number": self.bill.account_number, "key": lure(80)}
        self.suspense = Suspense.objects.create(
            **about, provider="vietqr", bank_ref=lure(80), amount=1, content=lure(), paid_at=NOON,
            value_date=NOON.date(), reason="no_reference",
        )  # fmt: skip
        self.difference = Difference.objects.create(
            **about, kind=Difference.Kind.UNKNOWN, unit=self.desk.unit, suspense=self.suspense, due=NOON.date(),
            business_at=NOON,
        )  # fmt: skip
        return dossier

    def _asked(self) -> tuple[Dossier, Any]:
        dossier = self._filed(2)
        item = Missing(lure(), lure(), "colour", lure())
        deciding.ask_supplement(by=self.desk.clerk, dossier=dossier, items=[item], note=lure())
        return dossier, open_answer(by=self.desk.citizen, dossier=Dossier.objects.get(pk=dossier.pk))

    def _others(self) -> None:
        refused, stopped, withdrawn = self._filed(3), self._accepted(4), self._accepted(5)
        place = self.desk.place(refused, "accept_check")
        deciding.refuse(by=self.desk.clerk, place=place, reason=lure(), basis=lure())
        code = Stop.Code.INELIGIBLE
        deciding.stop(by=self.desk.officer, dossier=stopped, code=code, reason=lure(), basis=lure())
        answering.withdraw(by=self.desk.citizen, dossier=withdrawn, reason=lure())

    def _draft(self) -> tuple[Any, Attachment]:
        draft = drafts.start_draft(by=self.desk.citizen, version=current(SERVICE))
        drafts.add_file(by=self.desk.citizen, draft=draft, field="other_papers", name=f"{lure(100)}.pdf", data=PDF)
        draft.refresh_from_db()
        draft.data = {**draft.data, **dict.fromkeys(("taxpayer_name", "address", "slip_no", "transferor"), lure())}
        draft.save()
        return draft, Attachment.objects.get(draft=draft)

    def _counted(self) -> CountedSet:
        day = periods.period("day", "2020-08-20")
        counting.count_period(by="job:test", period=day, as_of=NOON + dt.timedelta(hours=1))
        return CountedSet.objects.filter(number__gt=0).latest("pk")

    def _exchange(self) -> None:
        self.partner = Partner.objects.get(key="police_registration")
        self.message = Message.objects.filter(owner_id=str(self.done.pk)).order_by("pk").first()
        self.issue = Issue.objects.create(partner=self.partner, kind=Issue.Kind.SIGNATURE, said=lure())
        self.key = PartnerKey.objects.create(
            partner=self.partner, key_id="0" * 16, public="0" * 64, valid_from=clock.record_now(), added_by="job:test"
        )


@dataclass(frozen=True, slots=True)
class Door:
    """`to`: for whom it opens; the first may press its button. `open`: everybody gets a page, with nothing of anybody
    on it. `args`: of the address, by the scene. `asked`: what is looked for."""

    to: tuple[str, ...]
    args: Callable[[Scene], dict[str, Any]] = lambda scene: {}
    open: bool = False
    asked: Callable[[Scene], dict[str, str]] = lambda scene: {}


HANDLERS = ("clerk", "officer", "leader", "accountant", "auditor")
BOOKS = ("accountant", "leader", "auditor")
WATCH = ("admin", "auditor")


def _case(scene: Scene, **more: Any) -> dict[str, Any]:
    return {"pk": scene.done.pk, **more}


def _mine(to: Callable[[Scene], Dossier] = lambda scene: scene.done) -> Door:
    return Door(("citizen",), lambda scene: {"code": to(scene).code})


def _file(scene: Scene) -> Attachment:
    return scene.done.attachments.get()


def _draft(**more: Callable[[Scene], Any]) -> Door:
    return Door(
        ("citizen",),
        lambda scene: {"service": SERVICE, "pk": scene.draft.pk, **{name: of(scene) for name, of in more.items()}},
    )


def _bill(**more: Callable[[Scene], Any]) -> Door:
    return Door(("citizen",), lambda scene: {"code": scene.bill.code, **{name: of(scene) for name, of in more.items()}})


def _books(**more: Callable[[Scene], Any]) -> Door:
    return Door(BOOKS, lambda scene: {name: of(scene) for name, of in more.items()})


def _press(who: str, **more: Callable[[Scene], Any]) -> Door:
    return Door((who,), lambda scene: {name: of(scene) for name, of in more.items()})


def _partner(**more: Callable[[Scene], Any]) -> Door:
    return Door(WATCH, lambda scene: {name: of(scene) for name, of in more.items()})


ANYBODY = Door(("anybody",), open=True)
SIGNED_IN = Door(("citizen",), open=True)

OPENS: dict[str, Door] = {
    "dossiers:queue": Door(HANDLERS, asked=lambda scene: {"view": "all"}),
    "dossiers:next": Door(("clerk",)),
    "dossiers:search": Door(HANDLERS, asked=lambda scene: {"q": scene.done.code}),
    "dossiers:figures": Door(HANDLERS),
    "dossiers:counted": Door(("leader",), lambda scene: {"pk": scene.counted.pk}, open=True),
    "dossiers:counted_json": Door(("leader",), lambda scene: {"pk": scene.counted.pk}, open=True),
    "dossiers:counted_list": Door(HANDLERS, lambda scene: {"pk": scene.counted.pk}, open=True),
    "dossiers:case": Door(HANDLERS, _case),
    "dossiers:file": Door(HANDLERS, lambda scene: _case(scene, attachment=_file(scene).pk)),
    "dossiers:answer_complaint": Door(("leader",), lambda scene: _case(scene, complaint=scene.complaint.pk)),
    "dossiers:act": Door(("clerk",), lambda scene: _case(scene, name="supplement")),
    "services:list": SIGNED_IN,
    "services:law": Door(("jurist",), lambda scene: {"code": SERVICE}, open=True),
    "services:sign": Door(("jurist",), lambda scene: {"code": SERVICE}),
    "portal:home": ANYBODY,
    "portal:search": Door(("anybody",), open=True, asked=lambda scene: {"q": TAGS}),
    "portal:suggest": Door(("anybody",), open=True, asked=lambda scene: {"q": TAGS}),
    "portal:list": ANYBODY,
    "portal:fields": ANYBODY,
    "portal:field": Door(("anybody",), lambda scene: {"slug": scene.field}, open=True),
    "portal:agencies": ANYBODY,
    "portal:agency": Door(("anybody",), lambda scene: {"slug": scene.agency}, open=True),
    "portal:life_event": Door(("anybody",), lambda scene: {"slug": scene.life.slug}, open=True),
    "portal:seen": ANYBODY,
    "portal:feedback": Door(("anybody",), open=True, asked=lambda scene: {"code": "1.009999"}),
    "portal:language": ANYBODY,
    "portal:theme": ANYBODY,
    "portal:apply_drafts": SIGNED_IN,
    "portal:apply_intro": Door(("anybody",), lambda scene: {"service": SERVICE}, open=True),
    "portal:apply_start": Door(("citizen",), lambda scene: {"service": SERVICE}, open=True),
    "portal:apply_check": _draft(),
    "portal:apply_send": _draft(),
    "portal:apply_discard": _draft(),
    "portal:apply_file": _draft(attachment=lambda scene: scene.draft_file.pk),
    "portal:apply_page": _draft(page=lambda scene: "taxpayer"),
    "portal:mine": SIGNED_IN,
    "portal:mine_one": _mine(),
    "portal:mine_filed": _mine(),
    "portal:mine_file": Door(("citizen",), lambda scene: {"code": scene.done.code, "attachment": _file(scene).pk}),
    "portal:mine_supplement": _mine(lambda scene: scene.asked),
    "portal:mine_withdraw": _mine(lambda scene: scene.asked),
    "portal:mine_take_back": _mine(),
    "portal:mine_rate": _mine(),
    "portal:mine_complain": _mine(),
    "portal:track": Door(("anybody",), open=True, asked=lambda scene: {"code": scene.done.code}),
    "procedures:one": Door(("anybody",), lambda scene: {"code": "1.009999"}, open=True),
    "procedures:amend": Door(("jurist",), lambda scene: {"code": "1.009999"}),
    "procedures:repeal": Door(("jurist",), lambda scene: {"code": "1.009999"}),
    "portal:law": Door(("anybody",), lambda scene: {"code": SERVICE}, open=True),
    "documents:verify": ANYBODY,
    "documents:code": Door(("anybody",), lambda scene: {"code": scene.paper.code}, open=True),
    "documents:file": Door(("citizen", *HANDLERS), lambda scene: {"pk": scene.paper.pk}),
    "documents:authority": ANYBODY,
    "documents:root": ANYBODY,
    "documents:revocation_list": ANYBODY,
    "documents:api_verify": ANYBODY,
    "documents:api_code": Door(("anybody",), lambda scene: {"code": scene.paper.code}, open=True),
    "payments:notice": Door(("anybody",), lambda scene: {"provider": "gateway"}, open=True),
    "payments:bill": _bill(),
    "payments:state": _bill(),
    "payments:begin": _bill(),
    "payments:go": _bill(pk=lambda scene: scene.attempt.pk),
    "payments:together": _bill(pk=lambda scene: scene.attempt.pk),
    "payments:check": _bill(),
    "payments:bills": Door(BOOKS, asked=lambda scene: {"q": scene.bill.code}),
    "payments:export": Door(BOOKS),
    "payments:book": _books(code=lambda scene: scene.bill.code),
    "payments:ask_refund": Door(
        ("accountant",), lambda scene: {"code": scene.bill.code}, asked=lambda scene: {"capture": str(scene.capture.pk)}
    ),
    "payments:refunds": Door(BOOKS),
    "payments:approve_refund": Door(("leader",), lambda scene: {"pk": scene.refund.pk}),
    "payments:decline_refund": Door(("leader",), lambda scene: {"pk": scene.refund.pk}),
    "payments:differences": Door(BOOKS),
    "payments:answer": _press("accountant", pk=lambda scene: scene.difference.pk),
    "payments:close": _press("accountant", pk=lambda scene: scene.difference.pk),
    "payments:waiting": Door(BOOKS),
    "payments:assign": _press("accountant", pk=lambda scene: scene.suspense.pk),
    "payments:statements": Door(BOOKS),
    "exchange:partners": Door(WATCH),
    "exchange:our_keys": ANYBODY,
    "exchange:messages": Door(WATCH),
    "exchange:message": _partner(uid=lambda scene: scene.message.uid),
    "exchange:try_now": _press("admin", uid=lambda scene: scene.message.uid),
    "exchange:outbox": Door(WATCH),
    "exchange:close_issue": _press("admin", pk=lambda scene: scene.issue.pk),
    "exchange:end_key": _press("admin", pk=lambda scene: scene.key.pk),
    "exchange:partner": _partner(key=lambda scene: scene.partner.key),
    "exchange:set_address": _press("admin", key=lambda scene: scene.partner.key),
    "exchange:set_active": _press("admin", key=lambda scene: scene.partner.key),
    "exchange:add_key": _press("admin", key=lambda scene: scene.partner.key),
    "exchange:inbox": Door(("anybody",), lambda scene: {"key": scene.partner.key}, open=True),
    "api-services:openapi-json": SIGNED_IN,
    "api-services:api-root": SIGNED_IN,
    "api-services:service": Door(("citizen",), lambda scene: {"code": SERVICE}, open=True),
    "api-services:file": Door(("citizen",), lambda scene: {"code": SERVICE}, open=True),
    "api-services:dossier": Door(("citizen",), lambda scene: {"code": SERVICE, "number": scene.done.code}),
}
# Rooms whose addresses have their own tests (reporting's and the office's matrices); a new room must be put here or
# above.
ELSEWHERE = {"", "notices", "indicators", "feeds", "reporting", "centre", "directives", "watch", "api-1"}


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its full name, "room:name"."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each, each.namespace or space)
        else:
            yield f"{space}:{each.name}", each


def path_of(name: str, scene: Scene) -> str:
    return reverse(name, kwargs=OPENS[name].args(scene))

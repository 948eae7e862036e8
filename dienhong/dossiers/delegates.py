"""What service and send tasks of a process may do, by the name a drawing gives them.

Each runs inside the step's transaction and gives back facts that changed, or None. What leaves the house is queued in
the outbox and comes back as a message.
"""

from typing import Any

from django.utils.translation import get_language

from dienhong.base import clock
from dienhong.base.refusal import Refused
from dienhong.dossiers import computing, money, papers, reviewing, sending, timekeeping
from dienhong.dossiers.actions.deciding import write_stop
from dienhong.dossiers.forms.answers import at
from dienhong.dossiers.forms.kinds import KINDS
from dienhong.dossiers.forms.places import Units
from dienhong.dossiers.models import Assessment, Decision, Dossier, Lapse, Place, ReturnOfResult, Stop
from dienhong.dossiers.process import persist
from dienhong.dossiers.process.registry import Context, delegate
from dienhong.dossiers.process.table import Node
from dienhong.dossiers.queries.drafts import form_of
from dienhong.organizations.models import Person

Changed = dict[str, Any] | None
SLIP_04 = "Mẫu số 04, Thông tư 01/2018/TT-VPCP"  # the apology's form; what papers and the clock's lines quote


def person(by: str) -> Person | None:
    """Who acts, where it is a person."""
    kind, _, key = by.partition(":")
    return Person.objects.filter(pk=key).first() if kind == "person" else None


def _acted(context: Context) -> dict[str, Any]:
    return {"dossier": context.dossier, "by": person(context.by), "business_at": clock.business_now()}


@delegate("check_filed")
def check_filed(context: Context) -> Changed:
    """Before a clerk looks at it: nothing is decided, nothing is paid."""
    return {"acceptance": "", "paid": False, "accepted": False}


@delegate("accept")
def accept(context: Context) -> Changed:
    """Accepted: the clock starts, slip 01 with the appointed date."""
    dossier = context.dossier
    timekeeping.start(dossier)
    papers.issue(
        dossier, "receipt", by=context.by, signer=person(context.by), papers=papers.handed_in(dossier),
        received_at=dossier.accepted_at, due_at=dossier.due_at, note=papers.how_to_follow(dossier),
    )  # fmt: skip
    return {"accepted": True}


@delegate("find_base")
def find_base(context: Context) -> Changed:
    """Whether the rules could compute by themselves and nothing wants an officer's eye; if not, one settles it."""
    found = computing.latest(context.dossier)
    computed = found is not None and found.amount is not None
    return {"table_hit": computed and not reviewing.grounds(context.dossier)}


@delegate("compute_fee")
def compute_fee(context: Context) -> Changed:
    """The amount by the law of the declaration's day; with what an officer fixed, where one did."""
    dossier = context.dossier
    found = computing.latest(dossier)
    fixed = Decision.objects.filter(dossier=dossier, place="fix_base").order_by("-pk").first()
    if found and found.amount is not None and context.facts["table_hit"]:
        return {"amount": found.amount, "exempt": found.exempt}
    content = dossier.contents.latest("number")
    given = {**content.data, **(fixed.facts if fixed else {})}
    computed = computing.compute(dossier.service, given, dossier.declared_on)
    if computed.amount is None:
        # Never on to "nothing to pay": what the rules still lack is told to whoever is fixing it.
        raise Refused("undecided", computed.json["said"]["en" if get_language() == "en" else "vi"])
    by = fixed.by if fixed else None
    made = computing.keep(dossier, computed, number=content.number, cause=Assessment.Cause.OFFICER, by=by)
    return {"amount": made.amount, "exempt": made.exempt}


@delegate("ask_register")
def ask_register(context: Context) -> Changed:
    """The question of the sheet's `question` to its partner, through the outbox."""
    sending.ask(context.dossier, by=context.by)
    return {"register_match": False}


@delegate("apologise")
def apologise(context: Context) -> Changed:
    """The date cannot be kept (slip 04): one new date, once. What is late again after that shows as late; another
    promise is not given."""
    dossier = context.dossier
    if papers.apology_of(dossier):
        return {"apologised": True}
    before, until = dossier.due_at, timekeeping.next_working_day()
    timekeeping.put_off(dossier, until, SLIP_04)
    papers.issue(
        dossier, "apology", by=context.by, due_at=before, new_due_at=until, received_at=dossier.accepted_at,
        reason=_held_up(dossier),
    )  # fmt: skip
    return {"apologised": True}


def _held_up(dossier: Dossier) -> str:
    """The cause on slip 04, in the slip's language: the steps that are not done, as the drawing calls them."""
    nodes = persist.process_of(dossier).nodes
    waits = dossier.places.exclude(kind=Place.Kind.TIMER).order_by("pk").values_list("element", flat=True)
    steps = "; ".join(_step_said(dossier, nodes[each]) for each in waits if each in nodes)
    return f"Đến giờ hẹn, các bước sau chưa xong: {steps}." if steps else "Đến giờ hẹn, việc giải quyết chưa xong."


def _step_said(dossier: Dossier, node: Node) -> str:
    """Of a wait also what is waited for: the task that leads to it."""
    process = persist.process_of(dossier)
    before = [process.nodes[process.flows[each].source] for each in node.incoming if node.kind == "receive"]
    asked = next((each.name for each in before if each.kind == "send" and each.name), "")
    return f"{asked}, {node.said[:1].lower()}{node.said[1:]}" if asked else node.said


@delegate("issue_bill")
def issue_bill(context: Context) -> Changed:
    """The bill of the computed amount with its notice; none where nothing is due or it is paid already."""
    return money.bill(context.dossier, by=context.by)


@delegate("void_bill")
def void_bill(context: Context) -> Changed:
    """The limit to pay passed."""
    Lapse.objects.create(**_acted(context), limit="payment")
    write_stop(context.dossier, None, Stop.Code.NOT_PAID, "Quá hạn nộp tiền; tờ khai hết giá trị.", "")
    return None


@delegate("sign_receipt")
def sign_receipt(context: Context) -> Changed:
    """The result about the money: what was to be paid, why, and that it was paid."""
    paper = money.result(context.dossier, by=context.by)
    return {"result": paper.pk}


@delegate("issue_result")
def issue_result(context: Context) -> Changed:
    """The result of a service that is not about money, with what its tasks decided."""
    dossier = context.dossier
    sheet = dossier.version.sheet["result"]
    decided = {key: value for row in dossier.decision_rows.all() for key, value in row.facts.items()}
    said = {**_declared(dossier), **decided}
    paper = papers.issue(
        dossier, sheet["kind"], by=context.by, signer=person(context.by),
        **{name: said.get(key, "") for name, key in sheet.get("data", {}).items()},
    )  # fmt: skip
    return {"result": paper.pk}


def _declared(dossier: Dossier) -> dict[str, Any]:
    """What was declared as a paper says it: a day as 12/03/2015, a choice by its name; whole numbers stay numbers."""
    content, form = dossier.contents.latest("number"), form_of(dossier.version)
    when = at(content.business_at, Units())
    said = dict(content.data)
    for field in form.fields:
        value = said.get(field.key)
        if isinstance(value, str) and value and not field.is_file:
            said[field.key] = KINDS[field.kind].show(value, field, "vi", when)
    return said


@delegate("tell_police")
def tell_police(context: Context) -> Changed:
    """The signed fee data to the registration service, once, through the outbox."""
    return {"sent": sending.send_result(context.dossier, by=context.by)}


@delegate("hand_over")
def hand_over(context: Context) -> Changed:
    """Delivered online: the applicant's page has it."""
    ReturnOfResult.objects.create(**_acted(context), how=Dossier.Channel.ONLINE)
    return None

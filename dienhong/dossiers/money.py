"""Bills of dossiers, and what the result says about the money.

bill:
  code: LPTB
  purpose: charge
  name: {vi: Lệ phí trước bạ, en: Registration fee}
  sub_item: computation.more.budget_line        # sources.py
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from dienhong.base import clock
from dienhong.documents.models import Issued
from dienhong.dossiers import computing, papers, sources, timekeeping
from dienhong.dossiers.models import Dossier
from dienhong.payments import actions as payments
from dienhong.payments import queries as bills
from dienhong.payments.models import Bill
from dienhong.payments.states import PAID, bill_state
from dienhong.rules import deadlines

LONGEST_LAW = 300  # of a bill's line
SPENT = {"cancelled", "expired", "refunded"}


def of(dossier: Dossier) -> QuerySet[Bill]:
    return Bill.objects.filter(owner_kind=papers.OWNER, owner_id=str(dossier.pk))


def standing(dossier: Dossier) -> Bill | None:
    """The newest bill that still asks for money or has it."""
    found = of(dossier).order_by("-pk").first()
    return None if found is None or bills.state_of(found) in SPENT else found


def standing_of(dossiers: Iterable[int]) -> dict[int, Bill]:
    """Dossier -> its standing bill, for a list; those without one are left out."""
    rows = Bill.objects.filter(owner_kind=papers.OWNER, owner_id__in=[str(each) for each in dossiers])
    newest = {int(row.owner_id): row for row in rows.order_by("pk")}
    known = bills.facts(newest.values())
    return {key: row for key, row in newest.items() if bill_state(known[row.pk]) not in SPENT}


def bill(dossier: Dossier, *, by: str) -> dict[str, Any]:
    """A bill over the latest assessment; none where nothing is due. Money that has come already counts."""
    assessment = computing.latest(dossier)
    amount = assessment.amount if assessment else 0
    if not assessment or not amount:
        return {"amount": 0, "paid": False}
    before = standing(dossier)
    if before and before.amount == amount:
        return {"amount": amount, "paid": bills.state_of(before) in PAID, "bill": before.code}
    said, found = dossier.version.sheet["bill"], sources.gather(dossier)
    made = payments.make_bill(
        by=by,
        owner_kind=papers.OWNER,
        owner_id=dossier.pk,
        title_vi=f"{said['name']['vi']} {dossier.code}",
        title_en=f"{said['name']['en']} {dossier.code}",
        payer_name=found["applicant"]["name"],
        unit=dossier.unit,
        purpose=said["purpose"],
        lines=[
            payments.Line(
                said["code"], said["name"]["vi"], amount, said["purpose"], articles(assessment.computation),
                said["name"]["en"],
            )
        ],
        budget_sub_item=str(sources.pick(found, said.get("sub_item", "="))),
        expires_at=_expiry(dossier),
        computation=assessment.computation,
        replaces=before,
    )  # fmt: skip
    return {"amount": amount, "paid": False, "bill": made.code}


def void(dossier: Dossier, *, by: str, reason: str) -> None:
    """Nothing is asked for any more; money that came or comes is owed back."""
    for one in of(dossier):
        if bills.state_of(one) not in SPENT:
            payments.cancel_bill(by=by, bill=one, reason=reason)


def result(dossier: Dossier, *, by: str) -> Issued:
    """The paper that the sheet's `result` names: whose, for what, how much, why, paid when."""
    said, found = dossier.version.sheet["result"], sources.gather(dossier)
    asset = [
        {"label": each["label"]["vi"], "value": str(value)}
        for each in said.get("asset", [])
        if (value := sources.pick(found, each["from"])) != ""
    ]
    person = found["applicant"]
    return papers.issue(
        dossier, said["kind"], by=by, asset=asset, total=found["amount"], law=shown_articles(found["computation"]),
        payer={"name": person["name"], "number": person["number"], "address": person["address"]},
        bill_code=found["bill"].get("code", ""), paid_at=_moment(found["paid"].get("at", "")), steps=_steps(found),
    )  # fmt: skip


def shown_articles(computation: dict[str, Any]) -> list[str]:
    """The articles that the payer was shown, each once; a remark in a text's place is none of them."""
    shown = [one for line in computation.get("lines", []) for one in line.get("references", [])]
    said = [one["said"]["vi"] for one in shown if one.get("kind") == "article"]
    return list(dict.fromkeys(said)) or _law(computation)


def articles(computation: dict[str, Any]) -> str:
    """The same in a line; "…" for those that a bill's line cannot hold."""
    rows = shown_articles(computation)
    text = "; ".join(rows)
    while len(text) > LONGEST_LAW and rows:
        rows.pop()
        text = "; ".join([*rows, "…"])
    return text


def _law(computation: dict[str, Any]) -> list[str]:
    found = [one for step in computation.get("steps", []) for one in step.get("articles", [])]
    return list(dict.fromkeys(each for each in found if each))


def _steps(found: dict[str, Any]) -> list[dict[str, str]]:
    """How the amount comes about, line for line: price, rate, share, each with its words and articles."""
    return [
        {
            "label": one["label"]["vi"],
            "value": one["figure"]["vi"],
            "law": "\n".join([one["note"]["vi"], *(_on_paper(each) for each in one.get("references", []))]).strip(),
        }
        for one in found["computation"].get("lines", [])
    ]


def _on_paper(reference: dict[str, Any]) -> str:
    """A screen links to a table's row; on paper the row is named."""
    if reference.get("kind") == "table_row":
        return f"Dòng {reference['id']} trong bảng"
    return str(reference["said"]["vi"])


def _expiry(dossier: Dossier) -> dt.datetime | None:
    limit = dossier.version.sheet.get("pay_limit")
    if not limit:
        return None
    wanted = deadlines.Limit(limit["count"], limit["unit"])
    return deadlines.due(wanted, clock.business_now(), (), calendar=timekeeping.calendar()).at


def _moment(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None

"""Why an officer looks at an amount before a paper is signed over it, although the rules could compute it.

    tasks:
      fix_base:
        review:
          - {if: asks_exemption, say: {vi: …, en: …}}      # a condition over the form (rules.conditions)

A sheet that names `review` also gets the officer where the thing stands in another dossier.
"""

from collections.abc import Mapping
from typing import Any

from dienhong.dossiers import computing, sending
from dienhong.dossiers.models import Dossier
from dienhong.rules.conditions import holds, parse

FIXING = "fix_base"  # the task at which an officer settles what the rules could not, or may not alone
Words = Mapping[str, str]
ELSEWHERE: Words = {
    "vi": "Một hồ sơ khác cũng khai đúng thứ này; xem hồ sơ đó trước khi chốt số tiền.",
    "en": "Another dossier declares the very same thing; look at it before the amount is settled.",
}


def grounds(dossier: Dossier) -> list[Words]:
    """What wants an officer's eye, in words; empty where the computed amount may stand by itself."""
    said = dossier.version.sheet.get("tasks", {}).get(FIXING, {}).get("review")
    if not said:
        return []
    known = facts(dossier)
    found = [each["say"] for each in said if holds(parse(each["if"]), known)]
    return [*found, ELSEWHERE] if sending.before(dossier) else found


def facts(dossier: Dossier) -> dict[str, Any]:
    """What conditions of a sheet's task may ask: the answers, and what the latest computation came to.

    amount_known, amount_exempt: yes or no; lacking: the fact for want of which there is no amount, else "".
    """
    latest = computing.latest(dossier)
    known = latest is not None and latest.amount is not None
    return {
        **dossier.contents.latest("number").data,
        "amount_known": known,
        "amount_exempt": known and latest is not None and latest.exempt,
        "lacking": "" if known or latest is None else str(latest.computation.get("fact", "")),
    }

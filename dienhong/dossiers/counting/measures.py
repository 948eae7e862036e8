"""What is counted: each measure is a question in SQL, whose rows are its members.

A question gives dossier_id, unit_id, service, status (of what is open, else null), item (what goes into the digest) and
amount (đồng, else null). It may use the names `first`, `last` (days), `lo`, `hi` (moments, `hi` no longer inside: the
end of the period or the as-of moment, whichever is earlier), `upto` (the last day that lies before `hi`), `as_of`; and
the table `standing`: (id, status) of all dossiers that stood at `hi` in a status that is not an end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dienhong.dossiers import papers
from dienhong.dossiers.models import CLOSED, Dossier, Status, Stop

_CLOSED = ", ".join(str(int(each)) for each in CLOSED)
_PAUSED = f"{Status.SUPPLEMENT:d}, {Status.TO_PAY:d}, {Status.WITHDRAWAL:d}"
_MINE = "d.id AS dossier_id, d.unit_id, d.service, NULL::smallint AS status, d.code AS item, NULL::bigint AS amount"
_FILED = f"SELECT {_MINE} FROM dossiers_dossier d WHERE d.submitted_at >= %(lo)s AND d.submitted_at < %(hi)s"  # noqa: S608
_ENDED = f"SELECT {_MINE} FROM dossiers_dossier d WHERE d.finished_at >= %(lo)s AND d.finished_at < %(hi)s"  # noqa: S608
_RESULT = f"d.status IN ({Status.DONE:d}, {Status.HANDED_OVER:d})"
_WITHDREW = (
    "EXISTS (SELECT 1 FROM dossiers_stop s WHERE s.dossier_id = d.id "  # noqa: S608
    f"AND s.code = '{Stop.Code.WITHDRAWN.value}')"
)
_PROGRESS = f"""
SELECT {_MINE} FROM standing JOIN dossiers_dossier d ON d.id = standing.id
LEFT JOIN LATERAL (
    SELECT c.after FROM dossiers_duechange c WHERE c.dossier_id = d.id AND c.at < %(hi)s ORDER BY c.id DESC LIMIT 1
) due ON true
WHERE d.accepted_at < %(hi)s AND (d.finished_at IS NULL OR d.finished_at >= %(hi)s)
"""  # noqa: S608
# A null due date is never late: `IS TRUE` makes both sides of the question add up.
_LATE = f"(due.after < %(hi)s AND standing.status NOT IN ({_PAUSED})) IS TRUE"
# An owner's id is text; the cast must not meet another kind of owner.
_OF_DOSSIER = f"""
JOIN dossiers_dossier d ON d.id = (CASE WHEN b.owner_kind = '{papers.OWNER}' THEN b.owner_id END)::bigint
"""
_MONEY = "SELECT d.id AS dossier_id, b.unit_id, d.service, NULL::smallint AS status"
# A refund's step has record time alone: the business time it was then, as base.clock.business_at has it.
_DONE_AT = """
s.at + coalesce(
    (SELECT k.business_at - k.set_at FROM base_clocksetting k WHERE k.set_at <= s.at
     ORDER BY k.set_at DESC, k.id DESC LIMIT 1),
    (SELECT k.business_at - k.set_at FROM base_clocksetting k ORDER BY k.set_at, k.id LIMIT 1), interval '0')
"""

STANDING = f"""
SELECT d.id, d.status FROM dossiers_dossier d WHERE d.status NOT IN ({_CLOSED}) AND d.status_since < %(hi)s
UNION ALL
SELECT s.dossier_id, s.status FROM dossiers_stay s
WHERE s.until >= %(hi)s AND s.since < %(hi)s AND s.status NOT IN ({_CLOSED})
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Measure:
    """`code`: the indicator of its own, empty where it stands under a reported one alone."""

    key: str
    code: str
    members: str
    is_money: bool = False
    by_status: bool = False


_ALL = (
    Measure("received", "S.08.401", _FILED),
    Measure("online", "S.08.402", f"{_FILED} AND d.channel = '{Dossier.Channel.ONLINE.value}'"),
    Measure("otherwise", "", f"{_FILED} AND d.channel <> '{Dossier.Channel.ONLINE.value}'"),
    Measure("on_time", "S.08.403", f"{_ENDED} AND {_RESULT} AND (d.finished_at <= d.due_at) IS NOT FALSE"),
    Measure("late", "S.08.404", f"{_ENDED} AND {_RESULT} AND d.finished_at > d.due_at"),
    Measure("refused", "S.08.407", f"{_ENDED} AND d.status = {Status.NOT_ACCEPTED:d}"),
    Measure("withdrawn", "S.08.408", f"{_ENDED} AND d.status = {Status.STOPPED:d} AND {_WITHDREW}"),
    Measure("stopped", "S.08.409", f"{_ENDED} AND d.status = {Status.STOPPED:d} AND NOT {_WITHDREW}"),
    Measure(
        "open",
        "S.08.410",
        "SELECT d.id AS dossier_id, d.unit_id, d.service, standing.status, d.code AS item, NULL::bigint AS amount"
        " FROM standing JOIN dossiers_dossier d ON d.id = standing.id",
        by_status=True,
    ),
    Measure("in_progress", "S.08.411", _PROGRESS),
    Measure("overdue", "S.08.412", f"{_PROGRESS} AND {_LATE}"),
    Measure("in_time", "", f"{_PROGRESS} AND NOT {_LATE}"),
    Measure(
        "captured",
        "S.08.414",
        f"{_MONEY}, c.provider || ' ' || c.key || ' ' || b.code || ' ' || c.amount AS item, c.amount"
        f" FROM payments_capture c JOIN payments_bill b ON b.id = c.bill_id {_OF_DOSSIER}"
        " WHERE c.value_date >= %(first)s AND c.value_date <= %(upto)s AND c.business_at < %(as_of)s",
        is_money=True,
    ),
    Measure(
        "refunded",
        "S.08.415",
        f"{_MONEY}, r.reference || ' ' || r.amount AS item, r.amount FROM payments_refundstate s"
        f" JOIN payments_refund r ON r.id = s.refund_id JOIN payments_bill b ON b.id = r.bill_id {_OF_DOSSIER}"
        f" WHERE s.step = 'done' AND {_DONE_AT} >= %(lo)s AND {_DONE_AT} < %(hi)s",
        is_money=True,
    ),
)
MEASURES: Mapping[str, Measure] = {each.key: each for each in _ALL}
RESOLVED, ON_TIME_SHARE, ONLINE_SHARE = "S.08.405", "S.08.406", "S.08.413"  # made of the others, never counted

# The open statuses as members of the list `dossier_status`.
STATUS_MEMBERS: Mapping[int, str] = {each: each.name.lower() for each in Status if each not in CLOSED}


@dataclass(frozen=True, slots=True)
class Written:
    """Under which indicator and breakdown a measure is written, in periods of which kinds."""

    what: str
    code: str
    kinds: frozenset[str]
    members: Mapping[str, str] = field(default_factory=dict)


_LONG = frozenset({"month", "quarter", "year"})
OWN = tuple(Written(each.key, each.code, _LONG | {"day"}) for each in _ALL if each.code)
# Beside what RR22 reports, in the calendar it is reported in.
REPORTED = (
    Written("received", "08.001", _LONG),
    Written("online", "08.001", _LONG, {"channel": "online"}),
    Written("otherwise", "08.001", _LONG, {"channel": "direct_post"}),
    Written("on_time", "08.002", _LONG),
    Written("late", "08.003", _LONG),
    Written("in_time", "S.08.004", frozenset({"quarter", "year"})),
    Written("overdue", "S.08.005", frozenset({"quarter", "year"})),
)


def breakdown_of(calendar: str, what: str, service: str, status: int | None) -> dict[str, str]:
    """List -> member: under which breakdown a set stands."""
    if calendar == "decree09":
        return dict(next(each for each in REPORTED if each.what == what).members)
    found = {"service": service} if service else {}
    return found | ({"dossier_status": STATUS_MEMBERS[status]} if status else {})

"""Which template an uploaded workbook is: read from its hidden sheet, compared with the report it was handed in for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dienhong.base import periods
from dienhong.organizations import queries as organizations
from dienhong.reporting.actions.duties import period_of
from dienhong.reporting.excel.faults import BadFile, Words, gettext_noop
from dienhong.reporting.excel.layout import TEMPLATE_MARK
from dienhong.reporting.excel.template import CELL_TABLE_ROW
from dienhong.reporting.models import Duty, RegimeVersion

NOT_A_TEMPLATE = gettext_noop(
    "Tệp này không phải mẫu tải từ đây, nên không biết số nào vào ô nào. Tải mẫu Excel của báo cáo này, chép số sang "
    "rồi nộp mẫu ấy."
)
OTHER_REGIME = gettext_noop(
    "Đây là mẫu của chế độ %(theirs)s; báo cáo này thuộc chế độ %(ours)s. Nộp tệp ở đúng báo cáo của nó, "
    "hoặc tải mẫu của báo cáo này."
)
OTHER_UNIT = gettext_noop(
    "Đây là mẫu của %(theirs)s; báo cáo này của %(ours)s. Nộp tệp ở đúng đơn vị của nó, hoặc tải mẫu của báo cáo này."
)
OTHER_PERIOD = gettext_noop(
    "Đây là mẫu của kỳ %(theirs)s; báo cáo này của kỳ %(ours)s. Nộp tệp ở đúng kỳ của nó, hoặc tải mẫu của kỳ này "
    "rồi chép số sang."
)
OLD_TEMPLATE = gettext_noop(
    "Đây là mẫu theo biểu bản %(theirs)s; biểu đang dùng là bản %(ours)s, các ô có thể đã đổi chỗ. Tải mẫu mới ngay "
    "trên trang này, chép số sang rồi nộp."
)
UNKNOWN_TEMPLATE = gettext_noop(
    "Mẫu này theo một bản biểu mà hệ thống không có; biểu đang dùng là bản %(ours)s, các ô có thể đã đổi chỗ. Tải mẫu "
    "mới ngay trên trang này, chép số sang rồi nộp."
)
UNKNOWN: Words = {"vi": "không rõ", "en": "unknown"}
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What the hidden sheet says: facts by name, and the edit that each cell showed when the template was made."""

    facts: dict[str, str]
    seen: dict[str, int] = field(default_factory=dict)


def read_identity(rows: Rows) -> Identity:
    """From the values of the hidden sheet, row by row. Raises BadFile when it is not one of our templates."""
    facts = {str(row[0]): str(row[1]) for row in rows[: CELL_TABLE_ROW - 1] if len(row) > 1 and row[0]}
    if facts.get("kind") != TEMPLATE_MARK:
        raise BadFile("not_a_template", NOT_A_TEMPLATE)
    seen = {
        str(row[0]): int(row[4])
        for row in rows[CELL_TABLE_ROW:]
        if len(row) > 4 and row[0] and isinstance(row[4], int | float) and 0 <= row[4] < 2**53
    }
    return Identity(facts, seen)


def require_same(identity: Identity, duty: Duty, regime_version: RegimeVersion) -> None:
    """Raises BadFile, naming both sides, unless the template was made for this report and this form."""
    facts = identity.facts
    if facts.get("regime") != duty.regime.code:
        raise BadFile("other_regime", OTHER_REGIME, theirs=facts.get("regime", "?")[:40], ours=duty.regime.code)
    if facts.get("unit") != str(duty.unit_id):
        raise BadFile(
            "other_unit", OTHER_UNIT, theirs=_unit(facts.get("unit", ""), duty), ours=_named(duty.unit_id, duty)
        )
    if (facts.get("calendar"), facts.get("period")) != (duty.period.calendar, duty.period.key):
        theirs = _period(facts.get("calendar", ""), facts.get("period", ""))
        raise BadFile("other_period", OTHER_PERIOD, theirs=theirs, ours=_label(period_of(duty.period)))
    if facts.get("regime_version") != regime_version.digest:
        known = RegimeVersion.objects.filter(regime=duty.regime, digest=facts.get("regime_version", "")).first()
        if known is None:
            raise BadFile("old_template", UNKNOWN_TEMPLATE, ours=regime_version.number)
        raise BadFile("old_template", OLD_TEMPLATE, theirs=known.number, ours=regime_version.number)


def _unit(text: str, duty: Duty) -> Words:
    """The name of the unit by our own register; what the file says of it is not believed."""
    return _named(int(text), duty) if text.isdigit() and len(text) < 18 else UNKNOWN


def _named(unit_id: int, duty: Duty) -> Words:
    return {
        lang: organizations.names([unit_id], duty.period.last, lang).get(unit_id) or UNKNOWN[lang]
        for lang in ("vi", "en")
    }


def _period(calendar: str, key: str) -> Words:
    try:
        return _label(periods.period(calendar, key))
    except (ValueError, KeyError, LookupError):
        return UNKNOWN


def _label(period: periods.Period) -> Words:
    return {lang: periods.label(period, lang) for lang in ("vi", "en")}

"""Why a sum has a new version: who came, who corrected, and why where one unit did."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dienhong.indicators import queries
from dienhong.indicators.passports import parts
from dienhong.indicators.passports.parts import Context


def reason_of(c: Context, row: queries.SumVersion) -> str:
    """Who came and who corrected, and why where one unit did."""
    said = []
    if row.changed:
        said.append(_("%(who)s đính chính") % {"who": _who(c, row.changed)})
        if len(row.changed) == 1:
            why = parts.first(parts.proofs_of(c, row.batch_id), "reason")
            said[-1] += f": {why}" if why else ""
    if row.first:
        said.append(_("Thêm %(who)s") % {"who": _who(c, row.first)})
    return ". ".join(said)


def _who(c: Context, units: tuple[int, ...]) -> str:
    """Up to three names; more are counted."""
    if len(units) > 3:
        return ngettext("%(n)d đơn vị", "%(n)d đơn vị", len(units)) % {"n": len(units)}
    return ", ".join(c.unit(unit)["name"] for unit in units)

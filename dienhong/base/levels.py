"""A number that figures are held against, as people type it: a target, a bound."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dienhong.base.numbers import STYLE, Convention, parse_cell


def read_level(typed: str, lang: str, decimals: int | None = None) -> Decimal:
    """The number; ValidationError with a sentence. The marks of a cell ("-", "…", "x") are none, nor are offered."""
    # Of a whole number the mark can only group: it is written as the page beside it writes its figures.
    own: Convention | None = STYLE[lang] if decimals == 0 else None
    found = parse_cell(typed.strip(), decimals=decimals, locale=lang, convention=own)
    if found.problem and found.problem.kind != "text":
        raise ValidationError(found.problem.sentence(lang))
    if found.value is None:
        raise ValidationError(_("Mức phải là một con số."))
    return found.value

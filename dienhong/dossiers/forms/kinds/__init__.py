"""The kinds of question by name, as `form.yaml` says them."""

from dienhong.dossiers.forms.kinds import choices, files, numbers, words
from dienhong.dossiers.forms.kinds.base import At, Kind, Places, Schema

__all__ = ["GROUP", "KINDS", "At", "Kind", "Places", "Schema"]
GROUP = "group"
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        words.Text(),
        words.LongText(),
        words.Identity(),
        words.TaxCode(),
        words.Phone(),
        words.Email(),
        words.Plate(),
        words.Chassis(),
        words.Engine(),
        numbers.Whole(),
        numbers.Money(),
        numbers.Decimals(),
        numbers.Date(),
        choices.OneOf(),
        choices.SomeOf(),
        choices.YesNo(),
        choices.Statement(),
        choices.Province(),
        choices.District(),
        choices.Commune(),
        choices.Computed(),
        files.Document(),
    )
}

"""The tile map of 63 or 34 provinces, by the last day of the period."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dienhong.base.components.tilemap import Tile as Cell
from dienhong.base.components.tilemap import TileMap, grid, quantiles
from dienhong.centre import answer
from dienhong.centre.answer import Answer
from dienhong.centre.asking import CannotAsk, Subject
from dienhong.centre.forms import Form, Size, register


def answered(subject: Subject) -> Answer:
    last = subject.rows[-1].last if subject.rows else subject.sight.today
    there = {subject.places.code(unit, last) for unit, _tree in subject.level}
    if there.isdisjoint(cell.code for size in (63, 34) for cell in grid(size)):
        raise CannotAsk(_("Dưới đơn vị này không có tỉnh nào để vẽ bản đồ."))
    listed = answer.listed(subject)
    if listed is None:
        raise CannotAsk(_("Chưa có đủ tỉnh có số để vẽ bản đồ."))
    row, marks = listed
    return answer.base(subject, answer.head(subject, row, subject.total(row)), tuple(marks))


def tilemap(said: Answer) -> TileMap | None:
    """Of a region its own provinces alone; None where the figures are not of provinces."""
    codes = {mark.code for mark in said.marks}
    new = {cell.code for cell in grid(34)}
    size = 63 if len(codes) > 34 or (codes - new) & {cell.code for cell in grid(63)} else 34
    there = {cell.code for cell in grid(size)}
    tiles = {mark.code: Cell(mark.shown, mark.href) for mark in said.marks if mark.code in there}
    values = [mark.value for mark in said.marks if mark.value is not None and mark.code in there]
    if len(tiles) < 2 or not values:
        return None
    whole = len(tiles) >= size // 2
    low, high = min(values), max(values)
    high = high if low < high else low + Decimal(1)
    return TileMap(
        said.title, tiles, low, high, said.decimals or 0, said.unit, size, bounds=quantiles(values), whole=whole
    )


def drawn(said: Answer, size: Size) -> str:
    made = tilemap(said)
    return made.drawing(said.lang) if made else ""


def legend(said: Answer) -> str:
    made = tilemap(said)
    return f'<div class="tilemap">{made.legend(said.lang)}</div>' if made else ""


FORM = register(
    Form(
        "map", gettext_lazy("Bản đồ ô các tỉnh"), "map", answered, draw=drawn, legend=legend, lists=True, height=3,
        offers=("unit", "periods", "good", "fresh"),
    )
)  # fmt: skip

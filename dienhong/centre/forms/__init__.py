"""The forms a tile can take. One file a form: its name, what it needs, how it is answered and how it is drawn.

A new form is a file here and a line in FORMS; editor, boards, walls and exports find it by its key.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from dienhong.centre.answer import Answer
    from dienhong.centre.asking import Sight, Subject
    from dienhong.centre.spec import Tile


@dataclass(frozen=True, slots=True)
class Size:
    """Room for a drawing in CSS pixels of a desk; a wall shows the same drawing larger."""

    width: int
    height: int


@dataclass(frozen=True)
class Form:
    """`needs`: fields that must be filled; `offers`: fields the editor shows. `lists`: it shows the units below its
    own. `answer` is given the subject, or for a form without an indicator (`plain`) the tile and the sight. `draw`
    gives SVG with classes of board.css and no colours, or "" where the template says all; `legend` the HTML that says
    what its classes mean. `moved`: one small question
    whose answer changes whenever the tile may say something else though no figure was published."""

    key: str
    name: "str | _StrPromise"
    template: str
    answer: "Callable[[Subject], Answer] | None" = None
    plain: "Callable[[Tile, Sight], Answer] | None" = None
    draw: "Callable[[Answer, Size], str] | None" = None
    legend: "Callable[[Answer], str] | None" = None
    needs: frozenset[str] = frozenset({"indicator"})
    offers: tuple[str, ...] = ()
    lists: bool = False
    moved: "Callable[[], object] | None" = None
    width: int = 1
    height: int = 1


FORMS: dict[str, Form] = {}


def register(form: Form) -> Form:
    """A key used twice is a mistake of the programmer: ValueError."""
    if form.key in FORMS:
        raise ValueError(f"tile form {form.key} is registered twice")
    FORMS[form.key] = form
    return form


def of(key: str) -> Form:
    return FORMS[key]


def moved(keys: Iterable[str]) -> dict[str, object]:
    """key -> what its form says of having moved, for those of these that say so."""
    return {key: form.moved() for key in sorted(keys) if (form := FORMS[key]).moved is not None}


def names() -> list[tuple[str, Any]]:
    return [(key, form.name) for key, form in FORMS.items()]

"""What one saving of a board changed: its names, its tiles by name, their order. For who saves after somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass

from dienhong.centre.spec import Spec, Tile
from dienhong.indicators.models import Entry


@dataclass(frozen=True, slots=True)
class Changes:
    """Tiles that came, went or say something else, in the order of the board."""

    added: tuple[Tile, ...]
    removed: tuple[Tile, ...]
    changed: tuple[Tile, ...]
    moved: bool


def between(before: Spec, after: Spec) -> Changes:
    """From one saving to another. A tile is the same one by its id."""
    old, new = ({tile.id: tile for tile in made.tiles} for made in (before, after))
    stayed = [tile.id for tile in before.tiles if tile.id in new]
    return Changes(
        tuple(tile for tile in after.tiles if tile.id not in old),
        tuple(tile for tile in before.tiles if tile.id not in new),
        tuple(tile for tile in after.tiles if tile.id in old and tile.json() != old[tile.id].json()),
        stayed != [tile.id for tile in after.tiles if tile.id in old],
    )


def called(tile: Tile, entries: Mapping[str, Entry], forms: Mapping[str, str], lang: str) -> str:
    """A tile by its title, else by its indicator, else by its form."""
    entry = entries.get(tile.indicator)
    name = (entry.name_en if lang == "en" else entry.name_vi) if entry else ""
    return tile.title(lang) or name or forms.get(tile.form, tile.form)

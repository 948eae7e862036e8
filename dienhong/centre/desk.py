"""How a board's tiles fill the grid of a desk, which is not the wall's: a map is twice as wide there, so that cells
would stay empty. A tile beside empty cells takes them. board.css lays out by the classes that stand here.
"""

from collections.abc import Sequence

from dienhong.centre.spec import ACROSS, Tile

NARROW = 2  # columns of a small window


def grown(tiles: Sequence[Tile]) -> dict[str, str]:
    """tile id -> classes of those that grow: g4-2 spans two of four columns."""
    found: dict[str, str] = {}
    for columns in (ACROSS, NARROW):
        for pk, width in _grown(tiles, columns).items():
            found[pk] = f"{found.get(pk, '')} g{columns}-{width}".strip()
    return found


def _grown(tiles: Sequence[Tile], columns: int) -> dict[str, int]:
    """Only into cells that nobody takes in the end, so every other tile stays where it is."""
    held: dict[tuple[int, int], str] = {}
    places = [(tile, *_place(held, tile, columns)) for tile in tiles]
    wider = {}
    for tile, row, column, width in places:
        rows = range(row, row + tile.height)
        reach = width
        while column + reach < columns and all((y, column + reach) not in held for y in rows):
            reach += 1
        if reach > width:
            wider[tile.id] = reach
            held |= {(y, x): tile.id for y in rows for x in range(column, column + reach)}
    return wider


def _place(held: dict[tuple[int, int], str], tile: Tile, columns: int) -> tuple[int, int, int]:
    """The first free cells, as a grid in the browser finds them with `dense`."""
    width = min(2 if tile.form == "map" and tile.width == 1 else tile.width, columns)
    row = 0
    while True:
        for column in range(columns - width + 1):
            cells = [(y, x) for y in range(row, row + tile.height) for x in range(column, column + width)]
            if not any(cell in held for cell in cells):
                held |= dict.fromkeys(cells, tile.id)
                return row, column, width
        row += 1

"""A feed file on screen, with the cell a passport named, and as a download. Published statistics are public."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from dienhong.base import clock, store
from dienhong.base.store import StoreError
from dienhong.base.text import sort_key
from dienhong.indicators.feeds import proof, tables
from dienhong.indicators.feeds.loading import KIND
from dienhong.indicators.feeds.tables import Table
from dienhong.indicators.models import Evidence
from dienhong.organizations import queries as organizations
from dienhong.organizations.http import public

ROWS, COLUMNS = 8, 4  # shown on each side of the cell


@dataclass(frozen=True)
class Window:
    """The part of a table around one cell, with the spreadsheet's row numbers and column letters."""

    letters: list[str]
    lines: list[tuple[int, list[tuple[str, bool, bool]]]]  # number; text, the cell asked for, a figure
    rows_left_out: int
    columns_left_out: int


@public
@require_GET
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file says of itself, the cell asked for among its neighbours, and the cells that were refused."""
    row = get_object_or_404(Evidence.objects.select_related("batch"), pk=pk, kind=KIND)
    where = request.GET.get("cell", "")
    lang = "en" if get_language() == "en" else "vi"
    try:
        opened = proof.opened(row.digest)
    except StoreError as error:
        return render(request, "indicators/feed_damaged.html", {"row": row, "said": str(error)}, status=410)
    try:
        shown = window(opened, where)
        facts = proof.said(row, opened, where, lang)
    except LookupError as error:
        raise Http404(str(error)) from error
    refused = [read.fault for cell in opened.cells() if (read := opened.read(cell.text, cell.address)).fault]
    told = {"row": row, "table": opened, "title": opened.said(f"title_{lang}"), "where": where}
    return render(request, "indicators/feed.html", {**told, "facts": facts, "window": shown, "refused": refused})


@public
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every published table that was taken in, by publisher: its latest file first, older ones behind it."""
    lang = "en" if get_language() == "en" else "vi"
    rows = list(Evidence.objects.filter(kind=KIND).select_related("batch__source").order_by("key", "-pk"))
    names = organizations.full_names({_body(row) for row in rows}, clock.business_today(), lang)
    listed: dict[str, dict[str, list[Evidence]]] = {}
    for row in rows:
        files = listed.setdefault(names.get(_body(row), "?"), {}).setdefault(row.key, [])
        if all(known.digest != row.digest for known in files):
            files.append(row)
    told = [
        (publisher, [(_title(files[0], lang), files[0], files[1:]) for files in tables_of.values()])
        for publisher, tables_of in sorted(listed.items(), key=lambda pair: sort_key(pair[0]))
    ]
    return render(request, "indicators/feeds.html", {"publishers": told})


def _body(row: Evidence) -> int:
    """Whose table it is: a source that others speak in too (a regime's) has no publisher of its own."""
    return row.batch.source.publisher_id or row.batch.reporter_id


def _title(row: Evidence, lang: str) -> str:
    """The table's own title; the source's name begins with its publisher."""
    source = row.batch.source
    said = (source.name_en if lang == "en" else "") or source.name_vi
    return said.partition(" · ")[2] or said


@public
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored file, byte for byte; its digest is checked before it leaves."""
    row = get_object_or_404(Evidence, pk=pk, kind=KIND)
    try:
        data = store.get(row.digest)
    except StoreError as error:
        return render(request, "indicators/feed_damaged.html", {"row": row, "said": str(error)}, status=410)
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.key}.csv"'
    answer["ETag"] = f'"{row.digest}"'
    return answer


def window(opened: Table, where: str) -> Window:
    """Rows and columns around the cell of an A1 address; the beginning of the table without one. LookupError."""
    row, column = tables.place(where) if where else (opened.first, len(opened.lead))
    opened.text_at(where or tables.address(row, column))
    width = len(opened.lead) + len(opened.columns)
    lead = list(range(len(opened.lead)))
    near = [at for at in range(column - COLUMNS, column + COLUMNS + 1) if len(lead) <= at < width]
    heads = [
        at for at in range(opened.first) if opened.rows[at] and opened.rows[at][0] in (*tables.KEYS, *tables.IGNORED)
    ]
    body = [at for at in range(row - ROWS, row + ROWS + 1) if opened.first <= at < len(opened.rows)]
    columns = lead + near
    lines = [
        (at + 1, [_cell(opened, at, place, (row, column) if where else None) for place in columns])
        for at in [number for number in heads if len(opened.rows[number]) > 2] + body
    ]
    return Window(
        [tables.address(0, at).rstrip("1") for at in columns],
        lines,
        len(opened.rows) - opened.first - len(body),
        width - len(columns),
    )


def _cell(opened: Table, row: int, column: int, asked: tuple[int, int] | None) -> tuple[str, bool, bool]:
    line = opened.rows[row]
    figure = row >= opened.first and column >= len(opened.lead)
    return (line[column] if column < len(line) else ""), (row, column) == asked, figure

"""A board's own Vega-Lite: accepted by a closed schema, drawn by vl-convert, never able to reach out.

The trap: a chart is a program. Anything by which it could load or lead somewhere (url, href, image, an expression, a
loader's option) is refused by its name wherever it stands, in the spec and in the data the tile puts in; what is not
in the list of known keys is refused too. The renderer is given no address it may read.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from dienhong.centre import palette

DRAWN = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath", "linearGradient",
                   "stop", "title", "desc", "style"})  # fmt: skip
LONGEST = 20_000  # characters of JSON
DEEPEST = 12
DATASET = "figures"  # the tile's own figures, by this name
NEVER = frozenset({"url", "href", "image", "expr", "signal", "loader", "usermeta", "config", "params", "selection"})
MARKS = frozenset({"bar", "line", "area", "point", "circle", "square", "tick", "rule", "text", "rect", "arc", "trail"})
TOP = frozenset({"$schema", "title", "mark", "encoding", "layer", "transform", "width", "height", "hconcat", "vconcat",
                 "resolve", "spacing", "data"})  # fmt: skip
# As d3-format takes it; English is its own.
NUMBERS = {"vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]}}
CHANNELS = frozenset({"x", "y", "x2", "y2", "xOffset", "yOffset", "color", "fill", "stroke", "opacity", "size",
                      "shape", "text", "theta", "radius", "order", "detail", "row", "column", "strokeDash",
                      "tooltip"})  # fmt: skip


def refuse(spec: Any) -> None:
    """ValueError with the place of the first thing that may not be there."""
    if len(json.dumps(spec, ensure_ascii=False)) > LONGEST:
        raise ValueError(_("Đặc tả dài quá %(n)d ký tự.") % {"n": LONGEST})
    for path, name, value in _walk(spec, ""):
        if name.lower() in NEVER:
            said = _("Không nhận “%(name)s” (ở %(path)s): biểu đồ không tải gì, không dẫn đi đâu, chỉ vẽ số của ô.")
            raise ValueError(said % {"name": name, "path": path})
        if isinstance(value, str) and _leads_out(value) and name != "$schema":
            raise ValueError(_("Không nhận địa chỉ trong đặc tả (ở %(path)s).") % {"path": path})
    _view(spec, "")


def _view(view: Any, path: str) -> None:
    if not isinstance(view, dict):
        raise ValueError(_("Mỗi hình là một đối tượng JSON (ở %(path)s).") % {"path": path or "/"})
    for name in view:
        if name not in TOP:
            raise ValueError(_("Không nhận “%(name)s” (ở %(path)s).") % {"name": name, "path": f"{path}/{name}"})
    data = view.get("data")
    if data is not None and data != {"name": DATASET}:
        raise ValueError(_("Số liệu chỉ lấy từ ô: viết data là {“name”: “figures”}, hoặc bỏ trống."))
    _kinds(view, path)
    mark = view.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    if mark is not None and (not isinstance(kind, str) or kind not in MARKS):
        raise ValueError(_("Không nhận kiểu hình “%(kind)s”.") % {"kind": str(kind)[:30]})
    for channel in view.get("encoding") or {}:
        if channel not in CHANNELS:
            raise ValueError(_("Không nhận kênh “%(name)s”.") % {"name": channel[:30]})
    for name in ("layer", "hconcat", "vconcat"):
        for number, inner in enumerate(view.get(name) or ()):
            _view(inner, f"{path}/{name}/{number}")


def _kinds(view: dict[str, Any], path: str) -> None:
    """What must be an object, and what a list of views, is one."""
    if not isinstance(view.get("encoding") or {}, dict):
        raise ValueError(_("Cần một đối tượng JSON (ở %(path)s).") % {"path": f"{path}/encoding"})
    for name in ("layer", "hconcat", "vconcat"):
        if not isinstance(view.get(name) or [], list):
            raise ValueError(_("Cần một danh sách hình (ở %(path)s).") % {"path": f"{path}/{name}"})


def _walk(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str, Any]]:
    if depth > DEEPEST:
        raise ValueError(_("Đặc tả lồng quá sâu."))
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        here = f"{path}/{name}"
        yield here, str(name) if isinstance(value, dict) else "", inner
        yield from _walk(inner, here, depth + 1)


def _leads_out(text: str) -> bool:
    folded = text.lower().replace(" ", "")
    return "://" in folded or folded.startswith(("//", "data:", "javascript:"))


def draw(
    spec: dict[str, Any],
    rows: list[dict[str, Any]],
    width: int,
    height: int,
    colours: dict[str, str],
    lang: str = "vi",
) -> str:
    """The SVG over the tile's rows, its axes in the reader's way of numbers; the spec is checked again here.

    ValueError in words where Vega cannot draw it.
    """
    refuse(spec)
    checked = json.loads(json.dumps(spec))
    whole = {
        **checked,
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"name": DATASET},
        "datasets": {DATASET: rows},
        "config": _looks(colours),
    }
    if not {"hconcat", "vconcat"} & checked.keys():
        whole |= {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    try:
        made = _renderer().vegalite_to_svg(json.dumps(whole), allowed_base_urls=[], format_locale=NUMBERS.get(lang))
        svg = str(made)
    except ValueError as error:
        said = str(error).strip().splitlines()
        raise ValueError(_("Vega-Lite không vẽ được: %(why)s") % {"why": said[0][:200] if said else ""}) from error
    if not _still(svg):
        raise ValueError(_("Hình vẽ ra có liên kết hoặc mã chạy, nên không dùng."))
    return svg


def _still(svg: str) -> bool:
    """Whether the drawing holds shapes and text alone."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for one in etree.fromstring(svg.encode(), parser).iter():
        name = etree.QName(one).localname if isinstance(one.tag, str) else "?"
        if name not in DRAWN or any(etree.QName(each).localname.lower() in ("href", "src") for each in one.attrib):
            return False
        if any(str(each).lower().startswith("on") for each in one.attrib):
            return False
    return True


def _looks(colours: dict[str, str]) -> dict[str, Any]:
    axis = {
        "labelColor": colours["quiet"], "titleColor": colours["quiet"], "gridColor": colours["line"],
        "domainColor": colours["edge"], "tickColor": colours["edge"], "labelFontSize": 12, "titleFontSize": 12,
    }  # fmt: skip
    return {
        "background": None,
        "font": "Dien Hong Text",
        "view": {"stroke": None},
        "axis": axis,
        "legend": {"labelColor": colours["ink"], "titleColor": colours["quiet"]},
        # Between two colours Vega computes, which it can with hexadecimal ones alone.
        "range": {
            "category": [colours[f"seq-{step}"] for step in (4, 2, 5, 3, 1)],
            **{name: [palette.day()[f"seq-{step}"] for step in range(1, 6)] for name in ("ramp", "heatmap", "ordinal")},
        },
        **{mark: {"color": colours["seq-4"]} for mark in ("bar", "line", "area", "point", "circle", "square", "rect")},
        "text": {"color": colours["ink"]},
    }


def to_png(svg: str, scale: float = 2.0) -> bytes:
    return bytes(_renderer().svg_to_png(svg, scale=scale))


def to_pdf(svg: str) -> bytes:
    return bytes(_renderer().svg_to_pdf(svg))


@cache
def _renderer() -> Any:
    """vl-convert with the house's own fonts; imported when first needed, since it brings an engine of 50 MB."""
    import vl_convert

    from dienhong.documents.typesetting import FONTS

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert

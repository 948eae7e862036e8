"""The colours of tokens.css for drawings that leave the browser: the day theme as hexadecimal, nothing named twice."""

import math
import re
from functools import cache
from pathlib import Path

from dienhong import base

_TOKENS = Path(base.__file__).parent / "static" / "base" / "tokens.css"
_LINE = re.compile(r"--([a-z0-9-]+): oklch\(([0-9.]+)% ([0-9.]+) ([0-9.]+)\);")
NAMES = ("paper", "sheet", "well", "ink", "quiet", "line", "edge", "indigo", "bronze", "good", "late", "bad",
         "seq-1", "seq-2", "seq-3", "seq-4", "seq-5")  # fmt: skip


@cache
def day() -> dict[str, str]:
    """name -> #rrggbb, as the first block of tokens.css says it."""
    found: dict[str, str] = {}
    for name, light, chroma, hue in _LINE.findall(_TOKENS.read_text(encoding="utf-8")):
        found.setdefault(name, hexadecimal(float(light) / 100, float(chroma), float(hue)))
    return {name: found[name] for name in NAMES}


def themed() -> dict[str, str]:
    """name -> var(--name): what is drawn into a page takes the colours of its theme."""
    return {name: f"var(--{name})" for name in NAMES}


def hexadecimal(light: float, chroma: float, hue: float) -> str:
    """OKLCH to sRGB by Ottosson's matrices (2020); what lies outside the gamut is cut."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, medium, short = (
        (light + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, each)))):02x}" for each in linear)


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055

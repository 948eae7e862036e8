"""Contrast, computed from tokens.css for every pair of colours in use, in each theme (WCAG 2.2, 1.4.3 and 1.4.11)."""

import math
import re
from pathlib import Path

import pytest

from dienhong.base.components.showcase import SWATCHES

STATIC = Path(__file__).resolve().parents[1] / "static" / "base"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "sheet", "well")
SOFT = ("indigo-soft", "bronze-soft", "bad-soft")
TEXT_PAIRS = (
    [(text, ground) for text in ("ink", "quiet", "indigo", "bronze", "good", "late", "bad") for ground in GROUNDS]
    + [(text, ground) for text in ("ink", "indigo") for ground in SOFT]
    + [("bad", "bad-soft"), ("sheet", "indigo"), ("paper", "ink")]
    + [("ink", f"seq-{i}") for i in (1, 2, 3)]
    + [("paper", f"seq-{i}") for i in (4, 5)]
)
LINE_PAIRS = [(line, ground) for line in ("edge", "bronze", "late", "bad", "indigo") for ground in GROUNDS]


def block(start: str) -> dict[str, tuple[float, float, float]]:
    """Colours of the rule that begins with `start`: lightness 0..1, chroma, hue in degrees."""
    body = TOKENS[TOKENS.index(start) :].split("}", 1)[0]
    found = re.findall(r"--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", body)
    return {name: (float(lightness) / 100, float(c), float(h)) for name, lightness, c, h in found}


THEMES = {
    "day": block(":root {"),
    "night": block(":root.night, :root.wall"),
    "by the system": block(":root:not(.day)"),
}


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of an OKLCH colour, through linear sRGB, clipped as a screen clips it."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, medium, short = (
        (lightness + k * a + n * b) ** 3
        for k, n in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, each)) for each in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(theme: str, one: str, other: str) -> float:
    low, high = sorted((luminance(THEMES[theme][one]), luminance(THEMES[theme][other])))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_knows_black_on_white() -> None:
    assert luminance((1, 0, 0)) == pytest.approx(1, abs=1e-3)
    assert luminance((0, 0, 0)) == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    assert ratio(theme, text, ground) >= 4.5, f"{text} on {ground}: {ratio(theme, text, ground):.2f}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), LINE_PAIRS)
def test_lines_that_mean_something_can_be_seen(theme: str, line: str, ground: str) -> None:
    assert ratio(theme, line, ground) >= 3, f"{line} on {ground}: {ratio(theme, line, ground):.2f}"


@pytest.mark.parametrize("theme", THEMES)
def test_the_five_steps_keep_their_order_in_grey(theme: str) -> None:
    steps = [luminance(THEMES[theme][f"seq-{i}"]) for i in range(1, 6)]
    assert steps == sorted(steps, reverse=theme == "day")
    for lower, upper in zip(sorted(steps), sorted(steps)[1:], strict=False):
        assert (upper + 0.05) / (lower + 0.05) > 1.25


def test_night_by_choice_and_by_the_system_are_one() -> None:
    assert THEMES["night"] == THEMES["by the system"]
    assert set(SWATCHES) == set(THEMES["day"]) == set(THEMES["night"])


@pytest.mark.parametrize("name", ["app.css", "parts.css"])
def test_no_raw_colour_outside_the_tokens(name: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\b(?:rgb|hsl|oklch)a?\(", css)
    used = set(re.findall(r"var\(--([\w-]+)", css))
    assert used <= set(re.findall(r"--([\w-]+):", TOKENS))

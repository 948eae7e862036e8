"""What somebody who looks at a screen would not accept: axe's findings, what is cut off or too small to press, the
wrong language. One look asks all of it of the page as it stands, and keeps a picture where one is wanted."""

import os
import re
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = os.environ.get("DIENHONG_LOOKS", "")  # a folder: keep whole pages of each state there, for who mends them
SCREENS = os.environ.get("DIENHONG_SCREENS", "")  # a folder: keep the few pictures of docs/ there
PHONE = 600  # px: narrower is pressed by a thumb
NARROW = """() => [...document.querySelectorAll('main button:not(.unseen), main .button, main select, main .choice, '
    + 'main input:not([type=hidden], [type=radio], [type=checkbox])')]
    .filter((one) => one.checkVisibility() && !one.matches('.link') && one.getBoundingClientRect().height < 43.5)
    .map((one) => one.outerHTML.slice(0, 80))"""
# Text that is seen or spoken and not marked as Vietnamese, where the page says that it is in English.
UNMARKED = """() => {
    const said = [];
    const marked = (one) => one.closest('[lang]')?.getAttribute('lang').startsWith('vi');
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const holder = node.parentElement;
      if (!holder.closest('script, style, template, noscript') && !marked(holder)) said.push(node.data);
    }
    for (const one of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
      if (!marked(one))
        for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
          if (one.hasAttribute(name)) said.push(one.getAttribute(name));
    return [document.title, ...said];
}"""
# What of axe's rules a theme can change: it recolours the same document. (`cat.color` of axe-core.)
COLOURS = ("color-contrast", "link-in-text-block")
# Colours fade for .12 s, and longer where the machine is busy: they are put at their end. A cue goes on.
FADED = """() => { for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish(); }"""
RUN = "options => axe.run(options).then((found) => found.violations)"  # what passed is long and read by nobody
VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


def axe(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds on the page as it stands, by these rules or by all: one line a rule."""
    if not page.evaluate("'axe' in window"):  # the script is half a megabyte, and stays with the page
        page.evaluate(Axe().axe_script)
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    return [
        f"{broken['id']} at " + "; ".join(f"{node['target']} {node['html'][:90]}" for node in broken["nodes"][:3])
        for broken in page.evaluate(RUN, options)
    ]


def put_on(page: Page, theme: str) -> None:
    """The page as it stands in that theme, its colours faded over."""
    page.evaluate("name => { document.documentElement.className = name; }", theme)
    page.evaluate(FADED)


def by_day_and_night(page: Page, themes: tuple[str, ...] = ("day", "night")) -> list[str]:
    """What axe finds on one state in each theme: by all rules in the first, by those of colours in the others."""
    page.evaluate("document.fonts.ready")
    found = []
    for number, theme in enumerate(themes):
        put_on(page, theme)
        found += [f"{theme}: {fault}" for fault in axe(page, COLOURS if number else ())]
    return found


def keep(page: Page, name: str) -> None:
    """By day, what a person sees without scrolling."""
    if SCREENS:
        put_on(page, "day")
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=Path(SCREENS) / f"{name}.png")


@dataclass
class Looking:
    """`names`: proper names that stay Vietnamese on an English page (people, places, brands)."""

    names: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)
    _themes: "cycle[str]" = field(default_factory=lambda: cycle(("day", "night")))

    def __call__(self, page: Page, name: str, themes: tuple[str, ...] = ()) -> None:
        """In the themes named, else in day and night by turns: each state's colours come from the same tokens."""
        page.evaluate("document.fonts.ready")
        width = page.viewport_size["width"] if page.viewport_size else 0
        for theme in themes or (next(self._themes),):
            put_on(page, theme)
            self.faults += [f"{name}, {width}, {theme}: {fault}" for fault in axe(page)]
            if LOOKS:
                page.screenshot(path=Path(LOOKS) / f"{name}-{width}-{theme}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            self.faults.append(f"{name}: wider than {width} px")
        if width < PHONE:
            self.faults.extend(f"{name}: lower than 44 px: {each}" for each in page.evaluate(NARROW))
        if page.evaluate("document.documentElement.lang") == "en":
            self.faults.extend(f"{name}: Vietnamese on an English page: {each}" for each in self.unmarked(page))

    def unmarked(self, page: Page) -> list[str]:
        said = {" ".join(text.split()) for text in page.evaluate(UNMARKED)}
        said = {re.sub(r"(?<!\w)đ(?!\w)", "", text) for text in said}  # the currency
        for name in self.names:
            said = {text.replace(name, "") for text in said}
        return sorted(text[:120] for text in said if VIETNAMESE.search(text))

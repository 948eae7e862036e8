"""Reading a page as a voice does: which words stand there, and in which language the page says they are."""

from html.parser import HTMLParser

from dienhong.base.text import is_vietnamese

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "rect", "circle"}
UNHEARD = {"script", "style", "title"}  # the title of a page cannot change its language inside


class Voices(HTMLParser):
    """Collects the texts that look Vietnamese while the page says that they are not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        said = dict(attrs).get("lang")
        self.open.append((tag, said or (self.open[-1][1] if self.open else "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag not in VOID:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1][1] == "vi" or self.open[-1][0] in UNHEARD:
            return
        if is_vietnamese(data):
            self.found.append(" ".join(data.split()))


def unmarked(page: str) -> list[str]:
    """Vietnamese texts of an English page that stand outside every lang="vi"."""
    reader = Voices()
    reader.feed(page)
    return reader.found

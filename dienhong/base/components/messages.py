"""Which sentences the rooms say, and which of them have no English: a plain scan that needs no gettext programs."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
COUNTED = {"ngettext", "ngettext_lazy"}
IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(rf"\b(?:n?pgettext\(\s*({STRING}),\s*|(?:n?gettext|_)\(\s*)({STRING})")


def spoken(rooms: Path) -> set[str]:
    """Every msgid in the Python files and templates below `rooms`, tests aside; its context before it as gettext joins
    them."""
    found: set[str] = set()
    for path in rooms.rglob("*"):
        parts = path.relative_to(rooms).parts
        if "tests" in parts or "migrations" in parts:
            continue
        if path.suffix == ".py":
            found.update(_in_python(path.read_text(encoding="utf-8")))
        elif path.suffix in {".html", ".txt"} and "templates" in parts:
            found.update(_in_template(path.read_text(encoding="utf-8")))
    return found


def catalogues(rooms: Path, lang: str) -> list[Path]:
    """The folders of written and compiled sentences: base/locale for the older rooms, each later room's own."""
    return sorted(path.parent for path in rooms.rglob(f"locale/{lang}/LC_MESSAGES/django.po"))


def untranslated(rooms: Path) -> set[str]:
    """Those sentences that no compiled English catalogue holds."""
    known: set[str] = set()
    for folder in catalogues(rooms, "en"):
        with (folder / "django.mo").open("rb") as file:
            catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        known |= {key[0] if isinstance(key, tuple) else key for key, said in catalog.items() if said}
    return spoken(rooms) - known


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = 2 if name in IN_CONTEXT else 1 if name in ONE | COUNTED else 0
        said = [each.value for each in node.args[:wanted] if isinstance(each, ast.Constant)]
        if wanted and len(said) == wanted and all(isinstance(each, str) for each in said):
            yield "\x04".join(map(str, said))


def _in_template(source: str) -> Iterator[str]:
    from django.utils.translation.template import templatize

    for context, quoted in IN_TEMPLATE.findall(templatize(source)):
        said = [ast.literal_eval(one) for one in (context, quoted) if one]
        yield "\x04".join(said)  # a percent sign stands doubled, as in the catalogue

"""Every Vietnamese sentence of the screens has its English, and the compiled catalogue is the written one."""

import ast
import gettext
import re
from pathlib import Path

import pytest

from dienhong.base.components.messages import _in_python, _in_template, catalogues, untranslated

ROOMS = Path(__file__).resolve().parents[2]
FOLDERS = [folder for lang in ("en", "vi") for folder in catalogues(ROOMS, lang)]


def test_every_sentence_has_its_english() -> None:
    missing = untranslated(ROOMS)
    assert not missing, "run `manage.py messages` and translate:\n" + "\n".join(sorted(missing))


def test_the_scan_finds_each_way_of_saying() -> None:
    template = """{% load i18n %}{% translate "Một" %}{% translate 'Hai' as x %}{{ _("Ba") }}
        {% blocktranslate trimmed count n=k %}Bốn {{ n }}{% plural %}Nhiều {{ n }}{% endblocktranslate %}
        {% blocktranslate %}Năm %{% endblocktranslate %}{% ring c label=_("Sáu") %}
        {% translate "Bảy" context "here" %}
        {% blocktranslate context "there" count n=k %}Tám{% plural %}Chín{% endblocktranslate %}"""
    found = {"Một", "Hai", "Ba", "Bốn %(n)s", "Năm %%", "Sáu", "here\x04Bảy", "there\x04Tám"}
    assert set(_in_template(template)) == found
    source = "_('Một'); gettext_lazy('Hai'); ngettext('Ba', 'Bốn', n); translation.gettext('Năm'); other('Sáu'); _(x)"
    source += "; pgettext_lazy('here', 'Bảy'); npgettext('there', 'Tám', 'Chín', n)"
    assert set(_in_python(source)) == {"Một", "Hai", "Ba", "Năm", "here\x04Bảy", "there\x04Tám"}


def test_no_two_rooms_say_a_sentence_differently() -> None:
    """Django shows the catalogue of the room that stands first, whoever asks. Where a room means something else with
    the same Vietnamese word, it needs a context."""
    said: dict[tuple[str, int], dict[str, list[str]]] = {}  # one and several are two sentences
    for folder in catalogues(ROOMS, "en"):
        for msgid, texts in entries((folder / "django.po").read_text(encoding="utf-8")).items():
            said.setdefault((msgid, len(texts)), {})[folder.relative_to(ROOMS).parts[0]] = texts
    assert len(said) > 3000
    differing = {msgid: rooms for msgid, rooms in said.items() if len({tuple(texts) for texts in rooms.values()}) > 1}
    assert not differing


def entries(written: str) -> dict[str, list[str]]:
    """msgid -> its translations, of a .po file; the obsolete and the fuzzy are left out."""
    found: dict[str, list[str]] = {}
    for paragraph in re.split(r"\n\s*\n", written):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#~")]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        parts = re.findall(r'^(msgid|msgstr(?:\[\d\])?) ((?:".*"\s*)+)', "\n".join(lines), flags=re.MULTILINE)
        texts = [(key, "".join(ast.literal_eval(q) for q in re.findall(r'".*"', value))) for key, value in parts]
        if texts and texts[0][1]:
            context = re.search(r'^msgctxt "(.*)"$', paragraph, flags=re.MULTILINE)
            key = f"{context[1]}\x04{texts[0][1]}" if context else texts[0][1]  # as the compiled file joins them
            found[key] = [text for name, text in texts[1:]]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOMS)))
def test_the_compiled_catalogue_is_the_written_one(folder: Path) -> None:
    with (folder / "django.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    for msgid, texts in entries((folder / "django.po").read_text(encoding="utf-8")).items():
        if all(texts):
            compiled = catalog[msgid] if msgid in catalog else catalog[(msgid, 0)]
            assert compiled == texts[0], msgid


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOMS)))
def test_a_translation_keeps_the_places_of_its_sentence(folder: Path) -> None:
    for msgid, texts in entries((folder / "django.po").read_text(encoding="utf-8")).items():
        for text in filter(None, texts):
            places = re.findall(r"%\(\w+\)s|%\(\w+\)d|\{\w*\}", text)
            assert set(places) <= set(re.findall(r"%\(\w+\)s|%\(\w+\)d|\{\w*\}", msgid)), msgid

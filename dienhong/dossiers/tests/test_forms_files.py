"""form.yaml: what is wrong with it is said with file, page, field and the mend."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from dienhong.dossiers.forms import Form, FormFault

SAMPLE = Path(__file__).parent / "sample_form.yaml"
L = {"vi": "Mục", "en": "Item"}


def small(**field: Any) -> dict[str, Any]:
    one = {"key": "it", "kind": "text", "label": L, **field}
    return {"form": "f", "title": L, "pages": [{"key": "p", "title": L, "fields": [one]}]}


def load(tmp_path: Path, raw: Any) -> Form:
    file = tmp_path / "form.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return Form.load(tmp_path)


def test_loads_and_comes_back_from_its_json() -> None:
    form = Form.load(SAMPLE)
    assert form.page_keys == ("who", "vehicle", "detail", "rest")
    again = Form.from_json(form.json())
    assert again.fields == form.fields
    assert again.pages == form.pages


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"kind": "number"}, ["page p, field it", "kind 'number' is not known", "money"]),
        ({"label": {"vi": "Mục"}}, ["page p, field it", "label", "{vi: …, en: …}"]),
        ({"colour": "red"}, ["field it", "'colour', which nobody reads"]),
        ({"shown-if": "later = 1"}, ["field it, shown-if", "'later', which is no earlier field", "move it up"]),
        ({"shown-if": "it"}, ["'it', which is no earlier field"]),
        ({"required-if": "a ="}, ["required-if", "character 4"]),
        ({"required": "x"}, ["required is 'x'", "required-if"]),
        ({"max": "long"}, ["max is 'long'", "expected int"]),
        ({"max": True}, ["max is True"]),
        ({"min": 5, "max": 2}, ["min 5 is greater than max 2", "exchange"]),
        ({"pattern": "("}, ["no regular expression"]),
        ({"kind": "choice"}, ["choices must be a list"]),
        ({"kind": "choice", "choices": [{"value": "a", "label": L}] * 2}, ["'a' stands twice"]),
        ({"kind": "choice", "choices": [{"value": "a", "label": L, "from": "soon"}]}, ["from is 'soon'", "2022-03-01"]),
        ({"kind": "date", "max": "tomorrow"}, ["max is 'tomorrow'", "today"]),
        ({"kind": "document", "types": ["exe"]}, ["type 'exe' is not taken", "pdf"]),
        ({"kind": "district", "within": "x"}, ["within 'x'", "earlier field of kind province"]),
        ({"kind": "group", "fields": [{"key": "g", "kind": "document", "label": L}]}, ["inside a group"]),
        ({"kind": "group", "fields": [{"key": "g", "kind": "text", "label": L, "shown-if": "z"}]}, ["field g", "'z'"]),
        ({"kind": "computed"}, ["either text or expression"]),
        ({"kind": "computed", "expression": "1 +"}, ["field it"]),
        ({"kind": "computed", "text": "{nobody}"}, ["'nobody', which is no earlier field"]),
        ({"prefilled-from": "slip.x"}, ["'slip', which is no register"]),
        ({"prefilled-from": "slip"}, ["write register.field"]),
        ({"prefill": "open", "prefilled-from": "slip.x"}, ["locked or editable"]),
        ({"key": "No"}, ["the key of the field is 'No'"]),
    ],
)
def test_names_place_and_mend(tmp_path: Path, field: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(FormFault) as raised:
        load(tmp_path, small(**field))
    assert f"{tmp_path.name}/form.yaml, page p" in str(raised.value)
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw["pages"].append(raw["pages"][0]), ["page who: stands twice", "field name: stands twice"]),
        (lambda raw: raw["pages"][1].pop("asks"), ["register slip: no page asks it"]),
        (lambda raw: raw["pages"][1].update(asks="tax"), ["asks 'tax', which is no register"]),
        (lambda raw: raw["registers"]["slip"]["asks"].update(x="nobody"), ["its question needs 'nobody'"]),
        (lambda raw: raw["pages"][2].update({"shown-if": 'slip.state = "gone"'}), ["never 'gone'"]),
        (lambda raw: raw["pages"][2].update({"shown-if": "company = 1"}), ["compares 'company' (truth) with 1"]),
        (lambda raw: raw["pages"][2].update({"shown-if": 'name = ""'}), ["write not given(name)"]),
        (lambda raw: raw["pages"][3].update({"shown-if": 'condition = "rare"'}), ["has no choice 'rare'"]),
        (lambda raw: raw["pages"][3].update({"shown-if": "power > 1"}), ["compares 'power'"]),
        (lambda raw: raw.update(pages=[]), ["pages must be a list with at least one entry"]),
        (lambda raw: raw.pop("title"), ["title is None"]),
    ],
)
def test_names_what_does_not_fit_together(tmp_path: Path, change: Any, words: list[str]) -> None:
    raw = copy.deepcopy(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")))
    change(raw)
    with pytest.raises(FormFault) as raised:
        load(tmp_path, raw)
    for word in words:
        assert word in str(raised.value)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    raw = small(colour=1)
    raw["pages"][0]["fields"].append({"key": "b", "kind": "no", "label": L})
    with pytest.raises(FormFault) as raised:
        load(tmp_path, raw)
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["", "- a", "a: [", "form: 1"])
def test_no_form_at_all(tmp_path: Path, text: str) -> None:
    (tmp_path / "form.yaml").write_text(text)
    with pytest.raises(FormFault, match=r"form\.yaml"):
        Form.load(tmp_path)
    with pytest.raises(FormFault, match="missing"):
        Form.load(tmp_path / "elsewhere" / "form.yaml")

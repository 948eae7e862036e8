"""Registers and earlier dossiers fill the form: the five states, what is locked, what a new question forgets."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dienhong.dossiers.forms import Form, prefill
from dienhong.dossiers.forms.shapes import STATES

SERVICES = Path(__file__).resolve().parents[2] / "services"
FORM = Form.load(SERVICES / "vehicle_registration_fee")
NOW = dt.datetime(2020, 8, 20, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
SLIP = {
    "status": "free", "vehicle_kind": "Ô tô con", "brand": "VinFast", "trade_name": "Fadil", "model_code": "MAU-14",
    "displacement_cm3": 1399, "fuel": "Xăng", "seats": 5, "payload_kg": None, "engine_no": "MAU14F0000001",
    "year_made": 2020, "country": "Việt Nam", "colour": "Đỏ", "origin": "domestic", "plant": "Hải Phòng",
}  # fmt: skip


@dataclass
class Fake:
    """A register that answers what the test says."""

    state: str
    data: Mapping[str, Any] = field(default_factory=dict)
    message_id: str = "m-1"
    mismatch: tuple[str, ...] = ()


def started() -> tuple[dict[str, Any], dict[str, Any]]:
    return {"condition": "new", "slip_no": "MAU-2020-0001", "chassis_no": "mauvffad000000001"}, {}


def ask(typed: dict[str, Any], origins: dict[str, Any], answer: Fake, again: str = "") -> int:
    found = prefill.questions(FORM, FORM.page("slip"), typed, origins, NOW, again=again)
    for question in found:
        prefill.fill(FORM, question, answer, typed, origins, NOW)
    return len(found)


def test_found_fills_and_locks() -> None:
    typed, origins = started()
    assert ask(typed, origins, Fake("found", SLIP)) == 1
    assert typed["vehicle_register.state"] == "found"
    expected = {
        "vehicle_type": "car",
        "powertrain": "petrol",
        "engine_cc": "1.399",
        "country": "VN",
        "year_made": "2020",
    }
    assert {key: typed[key] for key in expected} == expected
    assert prefill.locked(origins, "brand")
    assert origins["brand"]["message"] == "m-1"
    assert "payload_kg" not in typed
    values = FORM.read(typed).values
    assert (values["engine_cc"], values["seats"], values["year_made"]) == (1399, 5, 2020)
    assert FORM.judge(values, NOW, only="vehicle") == []


def test_the_question_is_asked_in_its_normal_form_and_once() -> None:
    typed, origins = started()
    found = prefill.questions(FORM, FORM.page("slip"), typed, origins, NOW)
    assert found[0].asked == {"slip_no": "MAU-2020-0001", "chassis_no": "MAUVFFAD000000001"}
    ask(typed, origins, Fake("found", SLIP))
    assert ask(typed, origins, Fake("down")) == 0
    typed["chassis_no"] = " MAUVFFAD-000000001 "
    assert ask(typed, origins, Fake("down")) == 0


def test_nothing_is_asked_before_the_question_is_complete() -> None:
    typed, origins = started()
    typed.pop("slip_no")
    assert ask(typed, origins, Fake("found", SLIP)) == 0
    typed.update(slip_no="MAU-2020-0001", condition="used")  # a used vehicle shows no slip number
    assert ask(typed, origins, Fake("found", SLIP)) == 0


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_sentence_and_way(state: str) -> None:
    typed, origins = started()
    ask(typed, origins, Fake(state, SLIP if state == "found" else {}, mismatch=("chassis_no",)))
    word = prefill.word(FORM, FORM.registers["vehicle_register"], origins["vehicle_register.state"])
    assert "Cục Đăng kiểm" in word.sentence
    assert word.way
    assert word.again is (state in {"slow", "down"})
    assert word.fields == (("chassis_no",) if state == "mismatch" else ())
    papers = {fault.where for fault in FORM.judge(FORM.read(typed).values, NOW, only="papers")}
    assert ("slip_copy" in papers) is (state != "found")


def test_the_five_sentences_differ() -> None:
    said = set()
    for state in STATES:
        typed, origins = started()
        ask(typed, origins, Fake(state))
        said.add(prefill.word(FORM, FORM.registers["vehicle_register"], origins["vehicle_register.state"]).sentence)
    assert len(said) == 5


@pytest.mark.parametrize("state", ["slow", "down"])
def test_asked_again_where_the_register_did_not_speak(state: str) -> None:
    typed, origins = started()
    ask(typed, origins, Fake(state))
    assert ask(typed, origins, Fake("found", SLIP)) == 0  # going on does not wait for it again
    assert ask(typed, origins, Fake("found", SLIP), again="vehicle_register") == 1
    assert typed["brand"] == "VinFast"


def test_another_number_forgets_the_old_answer() -> None:
    typed, origins = started()
    ask(typed, origins, Fake("found", SLIP))
    typed["chassis_no"] = "MAUVFFAD000000002"
    prefill.forget_unasked(FORM, typed, origins, NOW)
    assert "brand" not in typed
    assert "vehicle_register.state" not in typed
    assert not prefill.locked(origins, "brand")


def test_what_was_typed_by_hand_is_kept() -> None:
    typed, origins = started()
    ask(typed, origins, Fake("missing"))
    typed["brand"] = "Toyota"
    ask(typed, origins, Fake("down"))
    typed["chassis_no"] = "MAUVFFAD000000002"
    prefill.forget_unasked(FORM, typed, origins, NOW)
    assert typed["brand"] == "Toyota"


@pytest.mark.parametrize("value", ["Xe bay", 7, ["car"], {"a": 1}, True])
def test_a_strange_word_of_the_register_leaves_the_field_open(value: Any) -> None:
    typed, origins = started()
    ask(typed, origins, Fake("found", {**SLIP, "vehicle_kind": value, "seats": value if value != 7 else "bảy"}))
    assert "vehicle_type" not in typed
    assert not prefill.locked(origins, "vehicle_type")


def test_a_used_slip_is_refused_with_its_own_words() -> None:
    typed, origins = started()
    ask(typed, origins, Fake("found", {**SLIP, "status": "used"}))
    faults = FORM.judge(FORM.read(typed).values, NOW, only="vehicle")
    assert [(fault.where, fault.code) for fault in faults] == [("slip_status", "wrong")]
    assert "đã dùng" in faults[0].sentence


def test_earlier_dossiers_fill_what_is_empty() -> None:
    typed: dict[str, Any] = {"phone": "0900000000"}
    origins: dict[str, Any] = {}
    newest = ("G12-1", {"taxpayer_name": "Nguyễn Văn Mẫu", "phone": "0911111111", "brand": "VinFast"})
    prefill.from_earlier(FORM, [newest, ("G12-0", {"address": "Số 1", "taxpayer_name": "Cũ"})], typed, origins)
    assert typed == {"phone": "0900000000", "taxpayer_name": "Nguyễn Văn Mẫu", "address": "Số 1"}
    assert origins["address"]["dossier"] == "G12-0"
    assert not prefill.locked(origins, "taxpayer_name")

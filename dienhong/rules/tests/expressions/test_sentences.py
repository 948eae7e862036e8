"""Checks as sentences: the shapes that the regimes of the folder use, in both languages, with no code left in any."""

from pathlib import Path

import pytest
import yaml

from dienhong.rules.expressions import describe, parse, references, sentence

LABELS = {
    "r1": "Tồn từ kỳ trước",
    "r2": "Tiếp nhận trong kỳ",
    "r2.1": "Trực tuyến",
    "r3": "Đã giải quyết",
    "r4": "Đang giải quyết",
}
SAID = [
    ("[r1] >= 0", "Tồn từ kỳ trước không âm", "Tồn từ kỳ trước is not negative"),
    (
        "abs(change([r2.1], [r2.1]@prev)) <= 20",
        "Trực tuyến thay đổi không quá 20 % so với kỳ trước",
        "Trực tuyến changes by at most 20% against the previous period",
    ),
    (
        "change([r2.1], [r3]@year_before) <= 12.5",
        "Trực tuyến tăng không quá 12,5 % so với Đã giải quyết của cùng kỳ năm trước",
        "Trực tuyến rises by at most 12.5% against Đã giải quyết of the same period last year",
    ),
    (
        "[r1] + [r2] = [r3] + [r4]",
        "Tồn từ kỳ trước + Tiếp nhận trong kỳ bằng Đã giải quyết + Đang giải quyết",
        "Tồn từ kỳ trước + Tiếp nhận trong kỳ equals Đã giải quyết + Đang giải quyết",
    ),
    (
        "[r1] = [r4]@prev",
        "Tồn từ kỳ trước bằng Đang giải quyết của kỳ trước",
        "Tồn từ kỳ trước equals Đang giải quyết of the previous period",
    ),
    (
        "[r1] <= 0 or [r2] + [r3] > 0",
        "Nếu Tồn từ kỳ trước lớn hơn 0 thì Tiếp nhận trong kỳ + Đã giải quyết lớn hơn 0",
        "If Tồn từ kỳ trước is greater than 0, then Tiếp nhận trong kỳ + Đã giải quyết is greater than 0",
    ),
    (
        "coalesce([r1], 0) + coalesce([r2], 0) <= [r3]",
        "Tồn từ kỳ trước + Tiếp nhận trong kỳ không lớn hơn Đã giải quyết (nơi chưa có số tính là 0)",
        "Tồn từ kỳ trước + Tiếp nhận trong kỳ is at most Đã giải quyết (where there is no figure, 0 counts)",
    ),
    ("[r1] - ([r2] - [r3]) = 0", "Tồn từ kỳ trước − (Tiếp nhận trong kỳ − Đã giải quyết) bằng 0", None),
    ("[r1] > 0 and [r2] > 0", "Tồn từ kỳ trước lớn hơn 0 và Tiếp nhận trong kỳ lớn hơn 0", None),
    (
        "abs([r3] - [r3]@prev) <= 20 or abs([r3] - [r3]@prev) * 5 <= [r3]@prev",
        "Đã giải quyết thay đổi không quá 20 so với kỳ trước"
        " hoặc Đã giải quyết thay đổi không quá 20 % so với kỳ trước",
        "Đã giải quyết changes by at most 20 against the previous period"
        " or Đã giải quyết changes by at most 20% against the previous period",
    ),
    (
        "given(coalesce([a], [b], [c], [d], [e], [f]))",
        "Ít nhất một trong 6 ô có số",
        "At least one of 6 cells holds a figure",
    ),
]


@pytest.mark.parametrize(("text", "vietnamese", "english"), SAID)
def test_a_check_is_a_sentence(text: str, vietnamese: str, english: str | None) -> None:
    assert sentence(parse(text), LABELS) == vietnamese
    assert english is None or sentence(parse(text), LABELS, "en") == english


def test_what_has_no_shape_of_its_own_is_described() -> None:
    node = parse("max([r1], [r2]) < 7")
    assert sentence(node, LABELS) == "Số lớn nhất trong (Tồn từ kỳ trước; Tiếp nhận trong kỳ) nhỏ hơn 7"
    assert (
        sentence(parse("not is_empty([r1])"), LABELS).casefold()
        == describe(parse("not is_empty([r1])"), LABELS).casefold()
    )


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_check_of_the_regimes_is_said_without_code(lang: str) -> None:
    folder = Path(__file__).resolve().parents[3] / "regimes"
    found = [
        check["expression"]
        for file in folder.glob("*/checks.yaml")
        for check in yaml.safe_load(file.read_text())["checks"]
    ]
    assert len(found) > 20
    for text in found:
        node = parse(text.replace("{cell}", "r1").replace("{row}", "r2"))
        said = sentence(node, {ref.code: "Dòng" for ref in references(node)}, lang)
        assert not set("[]@{}") & set(said), said
        assert "tuyệt đối" not in said, said

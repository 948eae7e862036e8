import datetime as dt

import pytest

from dienhong.base.acts import dated

DAY = dt.date(2020, 8, 19)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nghị định 09/2019/NĐ-CP, Điều 12", "Nghị định 09/2019/NĐ-CP, Điều 12"),
        ("Thông tư 02/2021/TT-BNNPTNT", "Thông tư 02/2021/TT-BNNPTNT (ban hành sau)"),
        (
            "Nghị định 94/2022/NĐ-CP, sửa đổi bởi Nghị định 62/2024/NĐ-CP; Luật 33/2013/QH13",
            "Nghị định 94/2022/NĐ-CP (ban hành sau), sửa đổi bởi Nghị định 62/2024/NĐ-CP (ban hành sau);"
            " Luật 33/2013/QH13",
        ),
        ("55/2020/TT-BCT", "55/2020/TT-BCT"),
        ("Quý II/2021/x, ngày 01/01/2021", "Quý II/2021/x, ngày 01/01/2021"),
    ],
)
def test_acts_of_later_years_are_marked(text: str, said: str) -> None:
    assert dated(text, DAY, "vi") == said


def test_the_mark_has_its_language() -> None:
    assert dated("Decree 94/2022/ND-CP", DAY, "en") == "Decree 94/2022/ND-CP (issued later)"

"""Cells run together: what is certain is read, the rest keeps its text and says why."""

from decimal import Decimal

import pytest

from dienhong.catalogue.reading.channels import HEADER, Fee, Limit, lines


def test_three_channels_of_one_row() -> None:
    found = lines(
        "Trực tuyến5 Ngày làm việc100,000 Việt Nam Đồng(/hồ sơ)Dịch vụ bưu chính5 NgàyMiễn phíTrực tiếp1 Giờ50,000 VNĐ"
    )
    assert [(line.channel, line.value, line.unit) for line in found] == [
        (2, Decimal(5), "working_day"),
        (3, Decimal(5), "day"),
        (1, Decimal(1), "hour"),
    ]
    assert [(line.fee, line.amount) for line in found] == [
        (Fee.AMOUNT, Decimal(100_000)),
        (Fee.FREE, Decimal(0)),
        (Fee.AMOUNT, Decimal(50_000)),
    ]
    assert found[0].note == "/hồ sơ"


@pytest.mark.parametrize(
    ("cell", "limit", "fee"),
    [
        ("1Miễn phí", Limit.NO_UNIT, Fee.FREE),
        ("3 ThángKhông có thông tin", Limit.UNDERSTOOD, Fee.UNKNOWN),
        ("Không có thông tinMiễn phí", Limit.UNKNOWN, Fee.FREE),
        ("120 VNĐ(20.000 vnđ /tờ khai)", Limit.RUN_TOGETHER, Fee.RUN_TOGETHER),
        ("120,000 VNĐ(Theo khoản 1)", Limit.RUN_TOGETHER, Fee.RUN_TOGETHER),
        ("Không phải trả kết quả cho người nộp thuế", Limit.WORDS, Fee.WORDS),
        ("5 Ngày50 VNĐ(50.000 đồng)", Limit.UNDERSTOOD, Fee.LOST_THOUSANDS),
        ("5 Ngày50 USD", Limit.UNDERSTOOD, Fee.AMOUNT),
        ("5 NgàyMiễn phí(Miễn với người nghèo)", Limit.UNDERSTOOD, Fee.FREE),
        ("5 NgàyMiễn phí(lệ phí 10.000 đồng)", Limit.UNDERSTOOD, Fee.ASK),
        ("5 NgàyMiễn phí(Mức thu do HĐND cấp tỉnh quyết định)", Limit.UNDERSTOOD, Fee.ASK),
        ("7Miễn phí(Mức lệ phí do Hội đồng nhân dân quyết định)", Limit.NO_UNIT, Fee.ASK),
        ("0,5 NgàyMiễn phí", Limit.UNDERSTOOD, Fee.FREE),
    ],
)
def test_each_trap(cell: str, limit: Limit, fee: Fee) -> None:
    (line,) = lines(f"{HEADER}Trực tuyến{cell}")
    assert (line.limit, line.fee) == (limit, fee)
    assert line.text == cell


def test_nothing_is_free_or_priced_without_being_certain() -> None:
    for cell in ("5 Ngày50 VNĐ", "5 NgàyMiễn phí(20.000 đồng)", "5 NgàyKhông có thông tin", "120 VNĐ"):
        (line,) = lines(f"Trực tiếp{cell}")
        assert line.amount is None, cell


def test_dollars_stay_dollars() -> None:
    (line,) = lines("Trực tiếp5 Ngày làm việc10 USD")
    assert (line.amount, line.currency) == (Decimal(10), "USD")


def test_half_a_day_is_half_a_day() -> None:
    (line,) = lines("Trực tiếp0,5 Ngày làm việcMiễn phí")
    assert line.value == Decimal("0.5")


@pytest.mark.parametrize("text", ["", "Theo quy định", HEADER, "Trực tiếp tại cơ quan", "((((", "Trực tuyến"])
def test_a_text_without_a_row_has_none(text: str) -> None:
    assert lines(text) == []


def test_a_bracket_that_never_closes_runs_to_the_end() -> None:
    (line,) = lines("Trực tiếp5 Ngày100,000 VNĐ(phí cấp lần đầu")
    assert line.note == "phí cấp lần đầu"

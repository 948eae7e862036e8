"""The fee as the decrees compute it, written once for one case and for arrays. No number stands here.

fee = base × rate × factor, cut to the cap, rounded once. Halve first, cap last (NĐ 140/2016 Đ7 k6; TT 301 Đ4 k8).
"""

from typing import Any

from dienhong.rules.law import Algebra

PEOPLE = ("car_le9", "pickup_passenger")
LIGHT_GOODS = ("pickup_light", "van_light")
MOTOR_CARS = (*PEOPLE, *LIGHT_GOODS, "pickup_heavy", "car_other")
GOODS = ("pickup_goods", "van_goods")
OWN = ("trailer", "motorbike", "gun", "vessel", "yacht", "aircraft")
RESIDUAL_PATHS = ("table", "equivalent", "tax_office")


def fee(c: Algebra) -> Any:
    """Whole đồng. An exemption that is not in force on the day is a gap (NoLaw), never a silent charge."""
    exemption = c.label("exemption")
    return c.either(exemption.among(""), lambda: owed(c), lambda: c.step("exempt", c.parameter("exemption", exemption)))


def owed(c: Algebra) -> Any:
    base, share, body = base_value(c), *rate_in_force(c)
    full = c.step("full", base * share)
    capped = c.step("capped", cut(c, full, body))
    return c.step("amount", c.rounded(capped, c.parameter("rounding.unit")))


def rate_in_force(c: Algebra) -> tuple[Any, Any]:
    """The rate after reduction, and the body's kind (a battery car keeps that of its seats, for the cap)."""
    body = body_kind(c)
    turn = turn_of(c)
    kind = c.step("kind", kind_of(c, body, turn))
    ordinary = c.step("rate", rate(c, kind, turn))
    return c.step("reduced", reduced(c, ordinary, kind, turn)), body


def body_kind(c: Algebra) -> Any:
    """Kind in the sense of the rates: seats and payload decide; an empty kind of vehicle counts as a passenger car."""
    given = c.label("vehicle_type")
    return c.either(
        given.among(*OWN),
        lambda: given,
        lambda: c.either(
            given.among("lorry", "special"),
            lambda: c.word("car_other"),
            lambda: c.either(given.among(*GOODS), lambda: goods_kind(c, given), lambda: people_kind(c, given)),
        ),
    )


def people_kind(c: Algebra, given: Any) -> Any:
    few = c.number("seats") <= c.parameter("kind.seats_limit")
    return c.either(
        few,
        lambda: c.either(
            given.among("pickup_passenger"),
            lambda: c.either(
                c.in_force("kind.pickup_passenger_named"),
                lambda: c.word("pickup_passenger"),
                lambda: c.word("car_le9"),
            ),
            lambda: c.word("car_le9"),
        ),
        lambda: c.word("car_other"),
    )


def goods_kind(c: Algebra, given: Any) -> Any:
    """Light until the payload limit; before the limit existed every goods pick-up and van paid the general rate."""

    def light() -> Any:
        under = c.number("payload_kg") < c.parameter("kind.payload_limit_kg")
        return c.either(
            given.among("van_goods"),
            lambda: c.either(under, lambda: c.word("van_light"), lambda: c.word("pickup_heavy")),
            lambda: c.either(
                under & (c.number("seats") <= c.parameter("kind.pickup_seats_limit")),
                lambda: c.word("pickup_light"),
                lambda: c.word("pickup_heavy"),
            ),
        )

    return c.either(c.in_force("kind.payload_limit_kg"), light, lambda: c.word("pickup_heavy"))


def turn_of(c: Algebra) -> Any:
    """Later only where the fee was declared and paid once in Viet Nam; who was exempt before leaves a first time."""
    return c.either(
        ~c.label("part").among(""),
        lambda: c.either(c.in_force("part.uses_later_rate"), lambda: c.word("later"), lambda: c.word("first")),
        lambda: c.either(c.label("history").among("paid"), lambda: c.word("later"), lambda: c.word("first")),
    )


def kind_of(c: Algebra, body: Any, turn: Any) -> Any:
    battery = c.label("powertrain").among("battery") & body.among(*MOTOR_CARS)
    return c.either(
        battery,
        lambda: c.either(c.in_force("rate.battery_car", turn), lambda: c.word("battery_car"), lambda: body),
        lambda: body,
    )


def rate(c: Algebra, kind: Any, turn: Any) -> Any:
    first = turn.among("first")

    def of_cars() -> Any:
        return c.either(first, lambda: first_of_cars(c), lambda: c.parameter("rate.car_le9.later"))

    def of_light_goods() -> Any:
        return c.either(
            first,
            lambda: first_of_cars(c) * c.parameter("rate.light_goods.share"),
            lambda: c.parameter("rate.light_goods.later"),
        )

    return c.either(
        kind.among(*PEOPLE),
        of_cars,
        lambda: c.either(
            kind.among("motorbike"),
            lambda: motorbike_rate(c, first),
            lambda: c.either(
                kind.among(*LIGHT_GOODS),
                of_light_goods,
                lambda: c.either(
                    kind.among("battery_car"),
                    lambda: c.parameter("rate.battery_car", turn),
                    lambda: c.parameter("rate.flat", kind),
                ),
            ),
        ),
    )


def first_of_cars(c: Algebra) -> Any:
    """The province's own rate, or the national one; the national row is the ground on which a province may decide."""
    made = c.parameter("rate.car_le9.first", c.label("province_code"))
    c.cite("rate.car_le9.first", c.word("*"))
    return made


def motorbike_rate(c: Algebra, first: Any) -> Any:
    area = c.label("area")
    climbs = c.label("last_area").among("B") & area.among("A") & ~c.flag("paid_high_rate")
    passage = c.either(climbs, lambda: c.word("B_to_A"), lambda: c.word("other"))
    return c.either(
        first,
        lambda: c.parameter("rate.motorbike.first", area),
        lambda: c.parameter("rate.motorbike.later", passage),
    )


def reduced(c: Algebra, ordinary: Any, kind: Any, turn: Any) -> Any:
    """Times the factor of the window in force, for a domestic vehicle's first registration."""
    entitled = c.label("origin").among("domestic") & turn.among("first")

    def in_window(group: str) -> Any:
        path = f"reduction.domestic.{group}"
        return c.either(c.in_force(path), lambda: ordinary * c.parameter(path), lambda: ordinary)

    return c.either(
        entitled & kind.among(*MOTOR_CARS),
        lambda: in_window("cars"),
        lambda: c.either(entitled & kind.among("trailer"), lambda: in_window("trailers"), lambda: ordinary),
    )


def base_value(c: Algebra) -> Any:
    """The price, for a vehicle used in the country times what is left of its quality."""
    path = c.label("price_path")
    c.cite("price.basis", path)
    price = c.step("price", c.number("price"))
    used = c.label("condition").among("used") & path.among(*RESIDUAL_PATHS)
    left = c.either(
        used,
        lambda: c.step("residual", c.scale("residual.used", c.year() - c.number("year_counted"))),
        lambda: c.count(1),
    )
    return c.either(used, lambda: price * left, lambda: price)


def cut(c: Algebra, full: Any, body: Any) -> Any:
    return c.either(c.in_force("cap.free", body), lambda: full, lambda: c.least(full, c.parameter("cap.amount")))

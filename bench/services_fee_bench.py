"""The registration fee of a million vehicles: our arrays beside OpenFisca-core, and who is wrong by a đồng.

OpenFisca-core comes from PyPI into an environment of its own under DIENHONG_HOME/cache at the first run.
DIENHONG_BENCH_VEHICLES=100000 tries it on fewer.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from bench.run import Result
from dienhong.rules.law import Coded
from dienhong.services.vehicle_registration_fee.prices import provinces
from dienhong.services.vehicle_registration_fee.rules import compute_many, law

VEHICLES = int(os.environ.get("DIENHONG_BENCH_VEHICLES", 1_000_000))
SAMPLE, TIMES = 20_000, 3
PEER = Path(__file__).resolve().parent / "peers" / "openfisca_fee.py"
TYPES = ("car", "bus", "pickup_goods", "van_goods", "lorry", "trailer", "motorbike")
SHARES = (0.55, 0.03, 0.07, 0.05, 0.08, 0.02, 0.2)
ONE_DAY = [dt.date(2020, 8, 19)]
MANY_DAYS = [dt.date(2020, 1, 15) + dt.timedelta(days=29 * n) for n in range(24)]
Columns = dict[str, np.ndarray[Any, Any]]


def codes() -> list[str]:
    return sorted({one.code for one in provinces() if one.holds(ONE_DAY[0])})


def vehicles(days: list[dt.date]) -> Columns:
    """Random vehicles of 2020 and 2021; words as places in TYPES and codes(), as both sides take them."""
    dice = np.random.default_rng(20200819)
    kind = dice.choice(len(TYPES), VEHICLES, p=SHARES)
    small = (TYPES.index("car"), TYPES.index("pickup_goods"), TYPES.index("van_goods"))
    used = dice.random(VEHICLES) < 0.3
    price = dice.integers(150_000_000, 3_000_000_000, VEHICLES)
    price = np.where(kind == TYPES.index("lorry"), dice.integers(300_000_000, 40_000_000_000, VEHICLES), price)
    price = np.where(kind == TYPES.index("motorbike"), dice.integers(15_000_000, 90_000_000, VEHICLES), price)
    return {
        "price": price,
        "vehicle_type": kind,
        "province": dice.integers(0, len(codes()), VEHICLES),
        "seats": np.where(np.isin(kind, small), dice.integers(2, 10, VEHICLES), dice.integers(10, 47, VEHICLES)),
        "payload_kg": dice.integers(300, 2_500, VEHICLES),
        "domestic": dice.random(VEHICLES) < 0.6,
        "used": used,
        "paid_before": used & (dice.random(VEHICLES) < 0.95),
        "year_made": dice.integers(2005, 2020, VEHICLES),
        "area_a": dice.random(VEHICLES) < 0.5,
        "day": dice.choice(np.array(days, dtype="datetime64[D]"), VEHICLES),
    }


def ours(cases: Columns, days: list[dt.date]) -> np.ndarray[Any, np.dtype[np.int64]]:
    columns = {
        "price": cases["price"],
        "price_path": "table",
        "vehicle_type": Coded(cases["vehicle_type"], TYPES),
        "province_code": Coded(cases["province"], codes()),
        "seats": cases["seats"],
        "payload_kg": cases["payload_kg"],
        "origin": Coded(cases["domestic"].astype(np.int8), ("imported", "domestic")),
        "condition": Coded(cases["used"].astype(np.int8), ("new", "used")),
        "history": Coded(cases["paid_before"].astype(np.int8), ("new", "paid")),
        "powertrain": "petrol",
        "year_counted": cases["year_made"],
        "area": Coded(cases["area_a"].astype(np.int8), ("B", "A")),
        "last_area": "A",
    }
    return compute_many(columns, days[0] if len(days) == 1 else cases["day"])


def best(cases: Columns, days: list[dt.date]) -> tuple[float, np.ndarray[Any, Any]]:
    took = []
    for _ in range(TIMES):
        began = time.process_time()
        fees = ours(cases, days)
        took.append(time.process_time() - began)
    return sorted(took)[TIMES // 2], fees


PATHS = {
    "later": "rate.car_le9.later", "share": "rate.light_goods.share", "light_later": "rate.light_goods.later",
    "general": "rate.flat.car_other", "bike_a": "rate.motorbike.first.A", "bike_b": "rate.motorbike.first.B",
    "seats_limit": "kind.seats_limit", "payload_limit_kg": "kind.payload_limit_kg", "cap": "cap.amount",
    "pickup_seats_limit": "kind.pickup_seats_limit", "factor_cars": "reduction.domestic.cars",
    "factor_trailers": "reduction.domestic.trailers",
}  # fmt: skip


def law_for_the_peer(days: list[dt.date]) -> dict[str, Any]:
    """The parameters those days need in OpenFisca's shape: every province with its own value, 1 where no window is."""
    read = law()

    def dated(path: str, *keys: str) -> dict[str, Any]:
        rows = {day.isoformat(): read.row(path, *keys, on=day) for day in days}
        return {"values": {day: {"value": float(row.value) if row else 1.0} for day, row in rows.items()}}  # type: ignore[arg-type]

    made: dict[str, Any] = {name: dated(path) for name, path in PATHS.items()}
    made["bike_later"] = dated("rate.motorbike.later", "*")
    made["first"] = {f"p{code}": dated("rate.car_le9.first", code) for code in codes()}
    made["left"] = {"metadata": {"type": "single_amount"}, "brackets": [
        {"threshold": {days[0].isoformat(): {"value": float(low.value)}},
         "amount": {days[0].isoformat(): {"value": float(left.value)}}}
        for low, left in read.scale("residual.used").at(days[0])
    ]}  # fmt: skip
    return {"parameters": made, "provinces": [f"p{code}" for code in codes()], "vehicle_types": list(TYPES)}


def environment() -> Path | None:
    """The peer's Python, made at first use; None where PyPI cannot be reached."""
    home = settings.HOME / "cache" / "bench-openfisca"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        done = subprocess.run([python, "-m", "pip", "install", "-q", "openfisca-core"], check=False)
        if done.returncode:
            return None
        (home / "ready").touch()
    return python


def theirs(python: Path, cases: Columns, days: list[dt.date]) -> tuple[float, np.ndarray[Any, Any], str]:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("cases.npz", "law.json", "fees.npy")]
        np.savez(files[0], **cases)  # type: ignore[arg-type]
        files[1].write_text(json.dumps(law_for_the_peer(days)))
        took = []
        for _ in range(TIMES):
            done = subprocess.run([python, PEER, *files], check=True, capture_output=True, text=True)
            took.append(json.loads(done.stdout))
        took.sort(key=lambda one: one["seconds"])
        return took[TIMES // 2]["seconds"], np.load(files[2]), took[0]["version"]


def reference(cases: Columns, at: int) -> int:
    """One fee in exact fractions, written apart from our formula and from theirs."""
    case = {name: column[at].item() for name, column in cases.items()}
    day, kind, code = case["day"], TYPES[case["vehicle_type"]], codes()[case["province"]]
    first = not case["paid_before"]

    def figure(path: str, *keys: str) -> Fraction:
        row = law().row(path, *keys, on=day)
        return Fraction(row.value) if row else Fraction(1)

    person = kind in ("car", "bus") and case["seats"] <= figure("kind.seats_limit")
    light = kind in ("van_goods", "pickup_goods") and case["payload_kg"] < figure("kind.payload_limit_kg")
    if kind == "pickup_goods" and case["seats"] > figure("kind.pickup_seats_limit"):
        light = False
    rate = figure("rate.flat.car_other")
    if kind == "motorbike":
        rate = figure(
            f"rate.motorbike.first.{'A' if case['area_a'] else 'B'}" if first else "rate.motorbike.later", "*"
        )
    elif person or light:
        rate = figure("rate.car_le9.first", code) if first else figure("rate.car_le9.later")
        if light and first:
            rate *= figure("rate.light_goods.share")
    if case["domestic"] and first and kind != "motorbike":
        rate *= figure(f"reduction.domestic.{'trailers' if kind == 'trailer' else 'cars'}")
    price = Fraction(case["price"])
    if case["used"]:
        years = day.year - case["year_made"]
        price *= [left.value for low, left in law().scale("residual.used").at(day) if low.value <= years][-1]
    full = price * rate
    full = full if person else min(full, figure("cap.amount"))
    return int((2 * full + 1) // 2)


def wrong(cases: Columns, fees: np.ndarray[Any, Any], rows: np.ndarray[Any, Any], exact: list[int]) -> int:
    return sum(int(fees[row]) != right for row, right in zip(rows, exact, strict=True))


def run() -> Iterator[Result]:
    python = environment()
    law()  # is read before the clock starts, on both sides
    for name, days in (("one day", ONE_DAY), (f"{len(MANY_DAYS)} days", MANY_DAYS)):
        cases = vehicles(days)
        took, fees = best(cases, days)
        rows = np.random.default_rng(7).choice(VEHICLES, min(SAMPLE, VEHICLES), replace=False)
        exact = [reference(cases, row) for row in rows]
        speed = VEHICLES / took
        if python is None:
            yield Result(
                f"services.fee, {name}", speed, "vehicles/CPU s", None, None, at_most=False, note="no peer: PyPI"
            )
        else:
            peer, other, version = theirs(python, cases, days)
            note = (
                f"{VEHICLES:,} vehicles: {took:.2f} s; OpenFisca-core {version}: {peer:.2f} s; CPU, median of {TIMES}"
            )
            yield Result(
                f"services.fee, {name}", speed, "vehicles/CPU s", VEHICLES / peer, VEHICLES / peer, False, note
            )
            note = f"by đồng, of a sample; the two differ in {int((fees != other).sum()):,} of all"
            faults = wrong(cases, fees, rows, exact), wrong(cases, other, rows, exact)
            yield Result(f"services.fee wrong, {name}", faults[0], f"of {len(rows):,}", 0, faults[1], note=note)

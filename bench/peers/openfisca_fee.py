"""The registration fee in OpenFisca-core, run by bench/services_fee_bench.py in an environment of its own.

usage: openfisca_fee.py CASES.npz LAW.json FEES.npy   prints JSON: {"seconds": …, "version": …}

Same cases, same parameters, same formula as ours. OpenFisca keeps figures as float32; that is its design, not a choice
made here. Timed, in CPU seconds because the machine may be shared: from the columns in memory to whole đồng in memory,
one simulation for each day of declaration.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

CASES, LAW, FEES = sys.argv[1:4]
cases = dict(np.load(CASES))
law = json.loads(Path(LAW).read_text())
Vehicle = build_entity(key="vehicle", plural="vehicles", label="A vehicle", is_person=True)
Province = Enum("Province", {code: code for code in law["provinces"]})
Kind = Enum("Kind", {name: name for name in law["vehicle_types"]})


def figure(name: str) -> type:
    return type(name, (Variable,), {"value_type": float, "entity": Vehicle, "definition_period": DateUnit.DAY})


def whole(name: str) -> type:
    return type(name, (Variable,), {"value_type": int, "entity": Vehicle, "definition_period": DateUnit.DAY})


def switch(name: str) -> type:
    return type(name, (Variable,), {"value_type": bool, "entity": Vehicle, "definition_period": DateUnit.DAY})


class province(Variable):
    value_type, possible_values, entity, definition_period = Enum, Province, Vehicle, DateUnit.DAY
    default_value = next(iter(Province))


class vehicle_type(Variable):
    value_type, possible_values, entity, definition_period = Enum, Kind, Vehicle, DateUnit.DAY
    default_value = next(iter(Kind))


class car_rate(Variable):
    value_type, entity, definition_period = float, Vehicle, DateUnit.DAY

    def formula(vehicle, period, parameters):
        return parameters(period).first[vehicle("province", period)]


class rate(Variable):
    value_type, entity, definition_period = float, Vehicle, DateUnit.DAY

    def formula(vehicle, period, parameters):
        law = parameters(period)
        kind, first = vehicle("vehicle_type", period), ~vehicle("paid_before", period)
        seats = vehicle("seats", period)
        person = ((kind == Kind.car) | (kind == Kind.bus)) & (seats <= law.seats_limit)
        light = vehicle("payload_kg", period) < law.payload_limit_kg
        light = light & ((kind == Kind.van_goods) | ((kind == Kind.pickup_goods) & (seats <= law.pickup_seats_limit)))
        cars = vehicle("car_rate", period)
        ordinary = np.where(
            person,
            np.where(first, cars, law.later),
            np.where(light, np.where(first, cars * law.share, law.light_later), law.general),
        )
        bike = np.where(vehicle("area_a", period), law.bike_a, law.bike_b)
        ordinary = np.where(kind == Kind.motorbike, np.where(first, bike, law.bike_later), ordinary)
        halved = vehicle("domestic", period) & first
        factor = np.where(kind == Kind.trailer, law.factor_trailers, law.factor_cars)
        return np.where(halved & (kind != Kind.motorbike), ordinary * factor, ordinary)


class base(Variable):
    value_type, entity, definition_period = float, Vehicle, DateUnit.DAY

    def formula(vehicle, period, parameters):
        years = period.start.year - vehicle("year_made", period)
        left = np.where(vehicle("used", period), parameters(period).left.calc(years), 1)
        return vehicle("price", period) * left


class fee(Variable):
    value_type, entity, definition_period = float, Vehicle, DateUnit.DAY

    def formula(vehicle, period, parameters):
        full = vehicle("base", period) * vehicle("rate", period)
        kind = vehicle("vehicle_type", period)
        free = ((kind == Kind.car) | (kind == Kind.bus)) & (vehicle("seats", period) <= parameters(period).seats_limit)
        return np.where(free, full, np.minimum(full, parameters(period).cap))


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([Vehicle])
    plain = [figure("price"), whole("seats"), whole("payload_kg"), whole("year_made"), switch("domestic")]
    plain += [switch("paid_before"), switch("used"), switch("area_a")]
    for variable in (*plain, province, vehicle_type, car_rate, rate, base, fee):
        made.add_variable(variable)
    made.parameters = ParameterNode("", data=law["parameters"])
    return made


def compute(made: TaxBenefitSystem) -> np.ndarray:
    days = cases.pop("day").astype("datetime64[D]")
    fees = np.empty(len(days), dtype=np.int64)
    for day in np.unique(days):
        rows = np.nonzero(days == day)[0]
        simulation = SimulationBuilder().build_default_simulation(made, count=len(rows))
        for name, column in cases.items():
            simulation.set_input(name, str(day), column[rows])
        fees[rows] = np.floor(simulation.calculate("fee", str(day)).astype(np.float64) + 0.5).astype(np.int64)
    return fees


made = system()
made.get_parameters_at_instant("2020-08-19")
began = time.process_time()
fees = compute(made)
took = time.process_time() - began
np.save(FEES, fees)
print(json.dumps({"seconds": took, "version": version("openfisca-core")}))

"""`python -m dienhong.exchange.programs.police`: the traffic police's registration service, on this machine.

It answers whether a chassis is registered or looked for, takes the signed fee data once for each business key, when
chassis and engine number do not contradict its own record, and keeps what it took over a restart. `POST /faults`
makes it fail, `POST /result` makes it send the result of a registration to our inbox, `POST /received` tells what it
holds.
"""

import json
import os
import threading
from pathlib import Path
from typing import Any

from dienhong.exchange.envelope import Envelope
from dienhong.exchange.programs import keys
from dienhong.exchange.programs.service import Answer, Program, arguments, serve

DATA = Path(__file__).resolve().parent / "data" / "police.json"
PARTNER = "police_registration"
# Invented chassis of this make are all in its own record; of any other vehicle, which somebody who tries the demo types
# or the demo plays, it hears with the fee data for the first time.
OWN_BOOK = "MAU"
TAKES = ("FeePaidData", "RegistrationRequest", "Recall")


class Police:
    def __init__(self, program: Program, data: dict[str, list[dict[str, Any]]]) -> None:
        self.program = program
        self.vehicles = {row["chassis_no"]: row for row in data["vehicles"]}
        self.book = keys.folder(program.home, "police") / "taken.jsonl"
        self.taken: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()
        if self.book.exists():
            rows = [json.loads(line) for line in self.book.read_text(encoding="utf-8").splitlines() if line]
            self.taken = {row["key"]: row for row in rows}

    def vehicle(self, asked: Envelope) -> Answer:
        """Found means that something is known against a first registration, or the plate it has."""
        row = self.vehicles.get(asked.content.get("chassis_no", ""))
        if row is None or not (row.get("registered") or row.get("wanted")):
            return Answer("VehicleRecord", {"verdict": "missing"}, fault=(row or {}).get("fault", ""))
        if row["engine_no"] != asked.content.get("engine_no"):
            return Answer("VehicleRecord", {"verdict": "mismatch", "mismatch": ["engine_no"]})
        names = ("chassis_no", "engine_no", "registered", "plate", "wanted", "wanted_since")
        return Answer("VehicleRecord", {"verdict": "found", "data": {name: row.get(name, "") for name in names}})

    def take(self, asked: Envelope) -> Answer:
        """Once: the same business key again changes nothing, and with another content it is refused."""
        if reasons := self._reasons(asked):
            return Answer("Acknowledgement", {"status": "refused", "reasons": reasons}, 422)
        key = f"{asked.kind} {asked.business_key}"
        with self.lock:
            before = self.taken.get(key)
            if before is None:
                self._keep({"key": key, "id": asked.id, "content": asked.content, "reply_to": asked.reply_to})
        if before is None:
            return Answer("Acknowledgement", {"status": "accepted"})
        if before["content"] != asked.content:
            return Answer("Acknowledgement", {"status": "refused", "reasons": ["business_key"]}, 409)
        return Answer("Acknowledgement", {"status": "repeated"})

    def _reasons(self, asked: Envelope) -> list[str]:
        if asked.kind != "FeePaidData":
            return []
        chassis = asked.content.get("chassis_no", "")
        row = self.vehicles.get(chassis)
        if row is None:
            return ["chassis_no"] if chassis.startswith(OWN_BOOK) else []
        return ["engine_no"] if row["engine_no"] != asked.content.get("engine_no") else []

    def _keep(self, row: dict[str, Any]) -> None:
        """On disk before it is acknowledged."""
        with open(self.book, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.taken[row["key"]] = row

    def received(self, asked: dict[str, Any]) -> object:
        with self.lock:
            return [{"key": row["key"], "id": row["id"]} for row in self.taken.values()]

    def result(self, asked: dict[str, Any]) -> object:
        """{"dossier_code": …, "plate": …, "reply_to": …}: the registration is done, tell the house."""
        content = {
            "dossier_code": asked["dossier_code"],
            "plate": asked.get("plate", "30A-000.00"),
            "plate_kind": "white",
            "certificate_no": asked.get("certificate_no", "MAU 000001"),
            "issued_on": asked.get("issued_on", "2020-08-24"),
            "valid_until": "",
            "office_code": asked.get("office_code", "PC08-01"),
        }
        letter = self.program.letter(
            PARTNER, "RegistrationResult", content, business_key=f"{asked['dossier_code']} RegistrationResult 1",
            in_reply_to=asked.get("in_reply_to", ""),
        )  # fmt: skip
        return {"status": self.program.post(asked["reply_to"], letter)}


def program(home: Path, trust: Path, data: Path = DATA) -> Program:
    made = Program("police", home, trust)
    police = Police(made, json.loads(data.read_text(encoding="utf-8")))
    made.handlers[PARTNER, "VehicleQuery"] = police.vehicle
    for kind in TAKES:
        made.handlers[PARTNER, kind] = police.take
    made.doors |= {"/received": police.received, "/result": police.result}
    return made


if __name__ == "__main__":
    said = arguments("police")
    serve(program(said.home, said.trust), said.port)

"""`make bench`: runs every bench/*_bench.py, writes bench/results.json and prints the table.

Each bench is a module with `run() -> Iterable[Result]`. `python -m bench.run intake` runs only the names given;
the other rows of results.json stay as they were. Each line is written as it is measured.
"""

import argparse
import datetime as dt
import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"


@dataclass(frozen=True)
class Result:
    """One measured line.

    value, against and target are in `unit`; `against` is the limit or peer measured in the same run (a bare SQL
    query, a COPY), or None; `at_most` says whether small is good (milliseconds) or large (values per second).
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    against: float | None = None
    at_most: bool = True
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return round(self.value / self.against, 3) if self.against else None

    @property
    def holds(self) -> bool | None:
        """None: nothing was promised."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target

    def row(self) -> dict[str, object]:
        return asdict(self) | {"ratio": self.ratio, "holds": self.holds}


def benches(wanted: list[str]) -> list[str]:
    found = sorted(path.stem.removesuffix("_bench") for path in HERE.glob("*_bench.py"))
    unknown = set(wanted) - set(found)
    if unknown:
        raise SystemExit(f"No bench {', '.join(sorted(unknown))}: there are {', '.join(found) or 'none'}.")
    return [name for name in found if not wanted or name in wanted]


def machine() -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    said = {"cores": os.cpu_count(), "memory_gib": round(memory, 1), "python": platform.python_version()}
    return said | {"additions": additions()}


def additions() -> float:
    """Millions of additions a second, one core, the best of three: the same machine can be half as quick an hour later,
    and a figure in milliseconds is read beside this."""
    took = []
    for _ in range(3):
        began, number = time.perf_counter(), 0
        for each in range(1_000_000):
            number += each
        took.append(time.perf_counter() - began)
    return round(1 / min(took), 1)


def table(rows: Iterable[dict[str, object]]) -> str:
    def cell(value: object) -> str:
        if value is None:
            return "–"
        return f"{value:,.4g}" if isinstance(value, float) and value < 1000 else f"{value:,.0f}"

    lines = [f"{'':2}{'what':52}{'value':>12}{'beside':>12}{'ratio':>8}{'target':>12}  unit"]
    for row in rows:
        mark = {True: "✓", False: "✗", None: " "}[row["holds"]]  # type: ignore[index]
        limit = "" if row["target"] is None else f"{'≤' if row['at_most'] else '≥'} {cell(row['target'])}"
        lines.append(
            f"{mark} {row['name']!s:52}{cell(row['value']):>12}{cell(row['against']):>12}"
            f"{cell(row['ratio']):>8}{limit:>12}  {row['unit']}"
        )
    return "\n".join(lines)


def written(rows: dict[str, dict[str, object]], kept: list[dict[str, object]]) -> None:
    """What was measured so far, with what stood there before of other lines: a run that is stopped loses nothing."""
    older = [row for row in kept if row["name"] not in rows]
    ordered = sorted([*older, *rows.values()], key=lambda row: (str(row["bench"]), str(row["name"])))
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


def measure(names: list[str], kept: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    rows: dict[str, dict[str, object]] = {}
    moment = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for name in names:
        began = time.monotonic()
        print(f"… {name}", flush=True)
        here = machine()
        for result in importlib.import_module(f"bench.{name}_bench").run():
            said = {"bench": name, "measured": moment, "load": round(os.getloadavg()[0], 2), "machine": here}
            rows[result.name] = result.row() | said
            written(rows, kept)
            print(f"  {table([rows[result.name]]).splitlines()[1]}", flush=True)
        print(f"✓ {name}, {time.monotonic() - began:.1f} s", flush=True)
    return rows


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    names = benches(parser.parse_args(arguments).names)
    if not names:
        print("No bench/*_bench.py yet: nothing measured.")
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dienhong.config.settings")
    import django

    django.setup()
    # Of a bench that is gone or renamed the line goes with a whole run.
    whole = set(names) == set(benches([]))
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() and not whole else []
    fresh = measure(names, kept)
    print(table(json.loads(RESULTS.read_text())))
    broken = [row["name"] for row in fresh.values() if row["holds"] is False]
    print(f"{len(fresh)} measured, {len(broken)} beside the target")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

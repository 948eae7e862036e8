"""A procedure as a folder of published data tells it: the table of all, joined with the detailed pages. Plain Python.

What could not be read is never dropped in silence: `Trouble` rows say code, field, reason and the text.
"""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from dataclasses import field as fresh
from pathlib import Path
from typing import Any

from dienhong.catalogue.reading import channels, codes, parts

TABLE, DETAILS = "procedures_*.csv", "procedure_details_*.jsonl"
LIMITS = {
    channels.Limit.NO_UNIT: "limit without unit",
    channels.Limit.RUN_TOGETHER: "limit run into an amount",
    channels.Limit.WORDS: "limit in words",
}
FEES = {
    channels.Fee.ASK: "free, and its note names money",
    channels.Fee.RUN_TOGETHER: "fee run into a number",
    channels.Fee.LOST_THOUSANDS: "fee below 1,000 đồng",
    channels.Fee.WORDS: "fee in words",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    code: str
    field: str
    reason: str
    text: str = ""


@dataclass(slots=True)
class Record:
    """One procedure. Texts are as published; lists are read from them. None: the source has no such column."""

    code: str
    name: str
    field: str
    agency: str
    decision_no: str = ""
    kind: str = ""
    levels: list[str] = fresh(default_factory=list)
    subjects: list[str] = fresh(default_factory=list)
    executing_agencies: str = ""
    competent_agency: str = ""
    by_counter: bool | None = None
    online: bool | None = None
    by_post: bool | None = None
    channels_text: str = ""
    steps: str = ""
    documents_text: str = ""
    sets: int | None = None
    conditions: str = ""
    results_text: str = ""
    basis_text: str = ""
    source_page: str = ""
    related: list[str] = fresh(default_factory=list)
    lines: list[channels.Line] = fresh(default_factory=list)
    documents: list[parts.Document] = fresh(default_factory=list)
    results: list[parts.Result] = fresh(default_factory=list)
    basis: list[parts.Basis] = fresh(default_factory=list)
    detailed: bool = False
    troubles: list[Trouble] = fresh(default_factory=list)

    def digest(self) -> str:
        """The same content has the same digest, whatever the order in which it was read."""
        said = {key: value for key, value in asdict(self).items() if key != "troubles"}
        if self.sets is None:  # what was read before sets were keeps its digest, and its version
            del said["sets"]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    def trouble(self, where: str, reason: str, text: str = "") -> None:
        self.troubles.append(Trouble(self.code, where, reason, text[:200]))


class NoFolder(Exception):
    """Nothing to read there; the sentence says what was looked for."""


def folder(path: Path) -> Iterator[Record | Trouble]:
    """Every record of the folder's tables, or the trouble that a row is. Raises NoFolder."""
    tables = sorted(path.glob(TABLE))
    if not tables:
        raise NoFolder(f"No {TABLE} in {path}.")
    details, troubles = _details(path)
    yield from troubles
    seen: set[str] = set()
    for table in tables:
        with open(table, encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                one = _record(row, details.pop(str(row.get("ma_tthc", "")).strip(), None))
                if isinstance(one, Record) and one.code in seen:
                    one = Trouble(one.code, "ma_tthc", "code stands twice", f"{table.name}, line {number}")
                if isinstance(one, Record):
                    seen.add(one.code)
                yield one
    for code in sorted(details):
        yield Trouble(code, "ma_thu_tuc", "detailed page without a row in the table")


def _details(path: Path) -> tuple[dict[str, dict[str, Any]], list[Trouble]]:
    found: dict[str, dict[str, Any]] = {}
    troubles = []
    for name in sorted(path.glob(DETAILS)):
        with open(name, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    row = json.loads(line)
                    found[row["ma_thu_tuc"]] = row
                except (ValueError, KeyError, TypeError):
                    troubles.append(Trouble("", name.name, "line is not a record", f"line {number}: {line[:120]}"))
    return found, troubles


def _record(row: dict[str, Any], detail: dict[str, Any] | None) -> Record | Trouble:
    text = {key: parts.said(value) for key, value in row.items() if isinstance(value, str)}
    code = codes.read(text.get("ma_tthc", ""))
    if code is None:
        return Trouble(text.get("ma_tthc", ""), "ma_tthc", "code not understood", text.get("ten_tthc", ""))
    missing = [key for key in ("ten_tthc", "linh_vuc", "co_quan_cong_bo") if not text.get(key)]
    if missing:
        return Trouble(code.base, ", ".join(missing), "empty")
    record = Record(code.short(), text["ten_tthc"], text["linh_vuc"], text["co_quan_cong_bo"])
    _plain(record, text)
    if detail is not None:
        _more(record, {key: parts.said(value) for key, value in detail.items() if isinstance(value, str)})
    record.lines = channels.lines(record.channels_text)
    _doubts(record)
    return record


def _plain(record: Record, text: dict[str, str]) -> None:
    record.decision_no, record.kind = text.get("so_quyet_dinh", ""), text.get("loai_thu_tuc", "")
    record.levels, strange = parts.levels(text.get("cap_thuc_hien", ""))
    for each in strange:
        record.trouble("cap_thuc_hien", "level not known", each)
    record.subjects = sorted(parts.split_list(text.get("doi_tuong_thuc_hien", "")))
    record.executing_agencies = text.get("co_quan_thuc_hien", "")
    record.competent_agency = text.get("co_quan_co_tham_quyen", "")
    flags = {"0": False, "1": True}
    record.by_counter = flags.get(text.get("nop_truc_tiep", ""))
    record.online = flags.get(text.get("nop_truc_tuyen", ""))
    record.by_post = flags.get(text.get("nop_buu_chinh", ""))
    record.channels_text = text.get("cach_thuc_thuc_hien_text", "")
    record.results_text = text.get("ket_qua", "")
    record.results = [parts.Result(record.results_text)] if record.results_text else []
    record.source_page = text.get("detail_url", "")


def _more(record: Record, text: dict[str, str]) -> None:
    record.detailed = True
    record.steps, record.conditions = text.get("trinh_tu_thuc_hien", ""), text.get("yeu_cau_dieu_kien", "")
    record.documents_text, record.basis_text = text.get("thanh_phan_ho_so", ""), text.get("can_cu_phap_ly", "")
    record.related = [code for code in text.get("thu_tuc_lien_quan", "").replace(",", " ").split() if codes.read(code)]
    record.documents = parts.documents(record.documents_text)
    record.sets = parts.sets(record.documents_text)
    record.basis = parts.basis(record.basis_text)
    record.results = parts.results(text.get("ket_qua_xu_ly", "")) or record.results
    record.competent_agency = record.competent_agency or text.get("co_quan_co_tham_quyen", "")
    record.executing_agencies = record.executing_agencies or text.get("co_quan_thuc_hien", "")
    if record.documents_text and not record.documents:
        record.trouble("thanh_phan_ho_so", "no table of papers found", record.documents_text)


def _doubts(record: Record) -> None:
    if record.channels_text and not record.lines:
        record.trouble("cach_thuc_thuc_hien", "no line found", record.channels_text)
    for line in record.lines:
        if reason := LIMITS.get(line.limit):
            record.trouble("limit", reason, line.text)
        if reason := FEES.get(line.fee):
            record.trouble("fee", reason, line.text)
    for paper in record.documents:
        if paper.doubtful:
            record.trouble("thanh_phan_ho_so", "number glued to the name of the paper", paper.name)
    for result in record.results:
        if result.code_text:
            record.trouble("ket_qua_xu_ly", "result code not understood", result.code_text)
    if record.detailed and not any(basis.number for basis in record.basis):
        record.trouble("can_cu_phap_ly", "no number of a legal document found", record.basis_text)

"""Documents, results, legal basis and lists out of pages whose tables were run together. Plain Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NOTHING = {"", "không", "không có", "không có thông tin", "không có.", "không."}
DOCUMENTS_HEADER = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
QUANTITY = re.compile(r"(\d{1,2}) bản (chính|sao)(?:,(\d{1,2}) bản (sao|chính))?")
# How many sets of papers to hand in: "* Số lượng hồ sơ: 01 (một) bộ." As many "đối với mỗi loại hồ sơ"
# is another matter.
SETS = re.compile(r"Số (?:lượng|bộ) hồ sơ ?:? ?(\d{1,2}) ?(?:\([^()\d]{1,12}\) ?)?bộ ?(?=[.;\n\d]|$)", re.IGNORECASE)
FORM_FILE = re.compile(r"[^\n;:.]{0,120}\.(?:docx?|pdf|xlsx?|rtf)$", re.IGNORECASE)
# More than a handful of one paper is more likely the end of its name: "Mẫu số 031 bản chính".
MANY = 20
BASIS_HEADER = "Tên văn bản pháp lýMã văn bản"
# The maker ends where the next title begins: "18/2026/NĐ-CPNghị định" is NĐ-CP, not NĐ-CPN.
NUMBER = re.compile(
    r"(?:\d{1,3}\.)?(?:(?<!\d)\d{1,4}|\d{1,2})/(?:\d{4}/)?"
    r"(?:QH\d{1,2}|UBTVQH\d{1,2}|(?:NĐ|TTLT|TT|QĐ|NQLT|NQ|CT|VBHN|PL|L)(?:[-–/](?:TTg|QH\d{2}|[A-ZĐƯ]+?(?:QH\d{2})?))*"
    r"(?![A-ZĐƯ](?![^\W\d_A-ZĐƯ])))(?![-–])"
)
RESULT_CODE = re.compile(r"KQ\.[GH]\d{2}\.\d{6}|\d{3}(?:\.\d{2}){2}\.[GH]\d{2}-KQ\d+")
RESULT = re.compile(rf"Mã: ?({RESULT_CODE.pattern}|KQ\.[GH]\d{{2}}\.\d{{1,5}}|\d+|Không có thông tin|)")
FURNITURE = "Chọn cơ quan thực hiện"
# Values that hold a comma: set aside before the list is split at its commas.
WITH_COMMA = ("Tổ chức (không bao gồm doanh nghiệp, HTX)", "Cán bộ, công chức, viên chức")
LEVELS = {"Cấp bộ": "ministry", "Cấp tỉnh": "province", "Cấp huyện": "district", "Cấp xã": "commune",
          "Cơ quan khác": "other"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One paper to bring in one case. `place` counts the cases from 1, `case` is its name if it has one.

    `doubtful`: the number of originals was glued to the paper's name.
    """

    place: int
    case: str
    name: str
    form: str = ""
    originals: int = 0
    copies: int = 0
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What comes out; `code` is empty where the page says none or rubbish, kept in `code_text`."""

    name: str
    code: str = ""
    code_text: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    number: str
    title: str


def said(text: str | None) -> str:
    """The text, or "" for the many ways of saying that there is none. Hard blanks become blanks."""
    words = (text or "").replace("\u00a0", " ").strip()
    return "" if words.lower() in NOTHING else words


def split_list(text: str, keep: tuple[str, ...] = WITH_COMMA) -> list[str]:
    """Parts of a list separated by commas, in its order, values with a comma of their own kept whole."""
    for place, whole in enumerate(keep):
        text = text.replace(whole, f"\0{place}")
    parts = [part.strip() for part in text.split(",")]
    return [keep[int(part[1:])] if part.startswith("\0") else part for part in parts if part]


def levels(text: str) -> tuple[list[str], list[str]]:
    """Keys of the levels, and the words that are none of them."""
    parts = split_list(text)
    return [LEVELS[part] for part in parts if part in LEVELS], [part for part in parts if part not in LEVELS]


def documents(text: str) -> list[Document]:
    """Every paper, case by case; none where the text has no such table. A row that counts the sets is no paper."""
    blocks = text.split(DOCUMENTS_HEADER)
    found: list[Document] = []
    case = _case(blocks[0])
    for place, block in enumerate(blocks[1:], 1):
        rows, rest = _rows(block)
        found += [_document(place, case, *row) for row in rows if not SETS.fullmatch(_bare(row[0]).rstrip("."))]
        case = _case(rest) if place + 1 < len(blocks) else ""
    return found


def sets(text: str) -> int | None:
    """How many sets of papers to hand in; None where the text says nothing, or several numbers."""
    said = {int(match[1]) for match in SETS.finditer(text)}
    return said.pop() if len(said) == 1 and said != {0} else None


def _case(text: str) -> str:
    return text.strip().strip("-*+• ").rstrip(":").strip()


def _rows(block: str) -> tuple[list[tuple[str, re.Match[str]]], str]:
    """Names with their quantities, and what stands behind the last one: the name of the next case."""
    rows, until = [], 0
    for match in QUANTITY.finditer(block):
        if _in_a_sentence(block, match):
            continue
        rows.append((block[until : match.start()], match))
        until = match.end()
    return rows, block[until:]


def _in_a_sentence(block: str, match: re.Match[str]) -> bool:
    """ "… theo mẫu (01 bản chính) và …" belongs to the paper's name; the cell itself is followed by the next row."""
    after = block[match.end() : match.end() + 1]
    return after in tuple(" );,.:/") and bool(block[match.end() :].strip())


def _document(place: int, case: str, name: str, quantity: re.Match[str]) -> Document:
    numbers = {"chính": 0, "sao": 0}
    first, doubtful = int(quantity[1]), False
    if first > MANY or (quantity[1].startswith("0") and len(quantity[1]) == 2):
        name, first, doubtful = name + quantity[1][:-1], first % 10, True
    numbers[quantity[2]] = first
    if quantity[3]:
        numbers[quantity[4]] = int(quantity[3])
    name, form = _form(_bare(name))
    return Document(place, case, name, form, numbers["chính"], numbers["sao"], doubtful)


def _bare(name: str) -> str:
    return name.strip().lstrip("-+*• ").strip()


def _form(name: str) -> tuple[str, str]:
    """A file glued to the end of the paper's name; its own name cannot be told from the paper's, so both keep it."""
    match = FORM_FILE.search(name)
    return (name, match[0].strip()) if match else (name, "")


def results(text: str) -> list[Result]:
    """Results with their national codes, the page's furniture cut away."""
    text = text.split(FURNITURE)[0].split("Từ khóa")[0]
    found, until = [], 0
    for match in RESULT.finditer(text):
        name, code = text[until : match.start()].strip(), said(match[1])
        good = RESULT_CODE.fullmatch(code) is not None
        found.append(Result(name, code if good else "", "" if good else code))
        until = match.end()
    if not found and said(text):
        return [Result(said(text))]
    return found


def basis(text: str) -> list[Basis]:
    """Legal documents: a title with its number glued behind, often given in the title too."""
    return list(_basis(text.replace(BASIS_HEADER, "")))


def _basis(text: str) -> Iterator[Basis]:
    until = 0
    seen: set[str] = set()
    for match in NUMBER.finditer(text):
        if not _ends_a_row(text, match):
            continue
        title, number = text[until : match.start()].strip(), match[0]
        until = match.end()
        if number not in seen:
            seen.add(number)
            yield Basis(number, title or number)
    if rest := text[until:].strip():
        yield Basis("", rest)


def _ends_a_row(text: str, match: re.Match[str]) -> bool:
    """Glued to the title before it, or to the one behind it; inside a title it stands between blanks."""
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if after.isdigit() or after in tuple(",;.)/"):
        return False
    if not after or after.isupper():
        return True
    return bool(before) and not before.isspace() and before != "("

"""What comes out of the press: PDF/A before and after signing, valid for pdfsig, a QR that leads here, text as text."""

import datetime as dt
import io
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from dienhong.base import store
from dienhong.documents import codes, kinds, paper, typesetting
from dienhong.documents.models import Authority
from dienhong.documents.tests import samples
from dienhong.documents.tests.archival import faults
from dienhong.organizations.models import Person, Unit

NOW = dt.datetime(2020, 8, 20, 2, 15, tzinfo=dt.UTC)
MISSING = [name for name in ("pdfsig", "certutil", "pdftoppm", "pdftotext") if not shutil.which(name)]
needs_tools = pytest.mark.skipif(
    bool(MISSING), reason=f"no {', '.join(MISSING)}: apt-get install poppler-utils libnss3-tools"
)


def content(kind: str, **more: Any) -> dict[str, Any]:
    """What a template reads, without a database."""
    what, regime = kinds.get(kind), more.pop("regime", "01/2018/TT-VPCP")
    title, where = what.title_under(regime), f"http://127.0.0.1:8000/documents/v/{codes.shown('0' * 16)}"
    frame = {
        "agency": "Chi cục Thuế Mẫu", "over": "Cục Thuế thành phố Hà Nội", "place": "Hà Nội", "day": "20",
        "month": "08", "year": "2020", "number": f"01/2020/{what.symbol}", "title_vi": title["vi"],
        "title_en": title["en"], "regime": regime, "form": "Mẫu số 01",
        "signer": {"name": "Trần Thị Mẫu", "unit": "Chi cục Thuế Mẫu", "role": "Chi cục trưởng"},
        "replaces": {"number": "01/2020/TN", "day": "19/08/2020"}, "code": codes.shown("0" * 16), "address": where,
        "demo": True,
    }  # fmt: skip
    return {**frame, "qr": paper.qr_svg(where), "data": paper.data_of(what, {**samples.DATA[kind], **more})}


def text_of(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("kind", sorted(samples.DATA))
def test_every_template_makes_pdf_a(kind: str) -> None:
    made = typesetting.typeset(typesetting.find(kind), content(kind), NOW).pdf
    assert faults(made) == []


def test_the_check_of_pdf_a_can_fail() -> None:
    made = typesetting.typeset(typesetting.find("receipt"), content("receipt"), NOW).pdf
    with pikepdf.open(io.BytesIO(made)) as pdf:
        del pdf.Root["/OutputIntents"]
        del pdf.Root["/Metadata"]
        pdf.Root["/AA"] = pikepdf.Dictionary()
        font = next(one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one)
        del font["/ToUnicode"]
        out = io.BytesIO()
        pdf.save(out)
    found = " ".join(faults(out.getvalue()))
    for word in ("output intents", "XMP", "additional actions", "ToUnicode"):
        assert word in found


@needs_tools
@pytest.mark.usefixtures("business_day")
def test_a_signed_paper_is_pdf_a_and_valid_for_pdfsig(office: Unit, leader: Person, tmp_path: Path) -> None:
    made = samples.give(office, signer=leader)
    data = store.get(made.pdf_digest)
    assert faults(data) == []
    assert data.count(b"%%EOF") == 2  # one revision by the press, one by the signature with all it needs
    said = pdfsig(data, tmp_path, Authority.objects.get(level="root").pem)
    assert "Signature Validation: Signature is Valid." in said
    assert "Certificate Validation: Certificate is Trusted." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Trần Thị Mẫu (MẪU)" in said
    assert "Certificate is Trusted" not in pdfsig(data, tmp_path, "")


def pdfsig(data: bytes, folder: Path, root_pem: str) -> str:
    """What Debian's pdfsig says, with a database of trust that holds the root or nothing."""
    trust = folder / ("trust" if root_pem else "empty")
    trust.mkdir(exist_ok=True)
    subprocess.run(["certutil", "-N", "-d", f"sql:{trust}", "--empty-password"], check=True)
    if root_pem:
        (folder / "root.pem").write_text(root_pem)
        add = ["certutil", "-A", "-d", f"sql:{trust}", "-n", "root", "-t", "CT,C,C", "-a", "-i", f"{folder}/root.pem"]
        subprocess.run(add, check=True)
    (folder / "paper.pdf").write_bytes(data)
    done = subprocess.run(
        ["pdfsig", "-nssdir", str(trust), f"{folder}/paper.pdf"], capture_output=True, text=True, check=False
    )
    return done.stdout


@needs_tools
@pytest.mark.usefixtures("business_day")
def test_the_qr_on_the_page_leads_to_its_check(office: Unit, settings: Any, tmp_path: Path) -> None:
    zbar = pytest.importorskip("pyzbar.pyzbar", reason="no zbar: apt-get install libzbar0")
    from PIL import Image

    settings.SITE_ADDRESS = "https://dichvucong.example.vn"
    made = samples.give(office)
    (tmp_path / "paper.pdf").write_bytes(store.get(made.pdf_digest))
    subprocess.run(["pdftoppm", "-r", "110", "-png", "-singlefile", "paper.pdf", "page"], cwd=tmp_path, check=True)
    with Image.open(tmp_path / "page.png") as page:
        found = [one.data.decode() for one in zbar.decode(page)]
    assert found == [f"https://dichvucong.example.vn/documents/v/{made.code_shown}"]


ATTACKS = [
    '#panic("x")', "#read(\"/etc/passwd\")", "*đậm* _nghiêng_ `mã`", "$ x^2 $", "= Đầu đề", "#include \"common.typ\"",
    "\\u{41} \\ #let a = 1", "<label> @ref", '"]}, "demo": false, "x": ["', "// chú thích /* */", "#eval(\"1\")",
    "https://example.com [liên kết](javascript:alert(1))", "</svg><script>alert(1)</script>", "~ -- --- ...",
]  # fmt: skip


@needs_tools
def test_what_people_write_stays_what_they_wrote() -> None:
    made = content("supplement", items=[{"what": attack, "why": ""} for attack in ATTACKS])
    said = "".join(text_of(typesetting.typeset(typesetting.find("supplement"), made, NOW).pdf).split())
    for attack in ATTACKS:
        assert "".join(attack.split()) in said, attack


@pytest.mark.parametrize(
    "text", ["中文 😀", "\u202egnp.exe", "a\u200bb", "\x00\x07", "\ud800", "ﷺ", "x" * 5000, "\n" * 300]
)
def test_no_text_stops_a_paper_or_hides(text: str) -> None:
    made = typesetting.typeset(typesetting.find("refusal"), content("refusal", reason=text), NOW).pdf
    assert faults(made) == []


@needs_tools
def test_a_word_longer_than_the_page_stays_on_it() -> None:
    long = "".join(f"{number:04d}" for number in range(300))
    made = content("supplement", items=[{"what": long, "why": long}])
    pdf = typesetting.typeset(typesetting.find("supplement"), made, NOW).pdf
    said = text_of(pdf)
    assert sum(said.count(f"{number:04d}") >= 2 for number in range(300)) > 280
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    rights = [float(x) for x in re.findall(r'xMax="([0-9.]+)"', boxes.stdout.decode())]
    assert max(rights) < 595


def test_what_no_font_has_is_written_as_its_number() -> None:
    assert typesetting.readable("中\u202ea\u0000") == "[U+4E2D][U+202E]a[U+0000]"
    assert typesetting.readable("Ước e\u0301\r\nhai") == "Ước é\nhai"


def test_a_fraction_is_no_text() -> None:
    with pytest.raises(TypeError, match="give its text"):
        typesetting.plain({"total": 1.5})


def test_a_service_brings_its_own_templates(settings: Any, tmp_path: Path) -> None:
    settings.SERVICES = tmp_path
    folder = tmp_path / "thu" / "templates"
    folder.mkdir(parents=True)
    begin = '#import "/common.typ": *\n#let p = paper-data()\n'
    (folder / "receipt.typ").write_text(begin + "#show: b => frame(p, b)\n#p.data.procedure")
    (folder / "bad.typ").write_text(begin + "#eval(p.data.procedure)")
    own, common = typesetting.find("receipt", "thu"), typesetting.find("supplement", "thu")
    assert (own.name, common.name) == ("thu/receipt", "supplement")
    assert own.digest != typesetting.find("receipt").digest
    assert faults(typesetting.typeset(own, content("receipt"), NOW).pdf) == []
    with pytest.raises(typesetting.PaperFault, match="evaluates"):
        typesetting.find("bad", "thu")


@pytest.mark.parametrize(("name", "service"), [("../../etc/passwd", ""), ("receipt", "../x"), ("none", ""), ("", "")])
def test_a_template_is_a_name_and_no_path(name: str, service: str) -> None:
    with pytest.raises(typesetting.PaperFault):
        typesetting.find(name, service)


def test_a_broken_template_says_what_typst_says() -> None:
    with pytest.raises(typesetting.PaperFault, match="unknown variable"):
        typesetting.typeset(typesetting.Template("x", b"#nothing", ""), {}, NOW)


@needs_tools
def test_the_frame_of_a_paper() -> None:
    said = text_of(typesetting.typeset(typesetting.find("apology"), content("apology"), NOW).pdf)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "CHI CỤC THUẾ MẪU", "Số: 01/2020/XL",
        "Hà Nội, ngày 20 tháng 08 năm 2020", "Thay cho văn bản số 01/2020/TN", "không có giá trị pháp lý", "Trang 1/1",
    ):  # fmt: skip
        assert words in said
    later = content("apology", regime="03/2025/TT-VPCP")
    assert "gia hạn" in text_of(typesetting.typeset(typesetting.find("apology"), later, NOW).pdf)


def test_forms_follow_the_day() -> None:
    stop, control = kinds.get("stop"), kinds.get("control")
    before, after = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
    found = [(kind, kinds.regime_on(kind, day)) for kind in (stop, control) for day in (before, after)]
    numbers = [kind.forms[regime.key] if regime else "" for kind, regime in found]
    assert numbers == ["", "05", "05", "06"]
    assert kinds.regime_on(kinds.get("receipt"), dt.date(2018, 11, 22)) is None


def test_fonts_have_every_vietnamese_letter() -> None:
    letters = "aăâeêioôơuưyđ"
    marks = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    every = "".join(unicodedata.normalize("NFC", a + b) for a in letters if a != "đ" for b in marks) + "đ₫–…“”"
    assert typesetting.readable(every + every.upper()) == every + every.upper()

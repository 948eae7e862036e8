"""What a paper must be to last (PDF/A-2b, ISO 19005-2), as far as a test of our own can see. Not a certified checker:
none is in the package registries. Returns sentences; none means nothing was found."""

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name, Stream

FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState"}
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


def faults(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [*_file(data, pdf), *_metadata(pdf), *_colour(pdf), *_fonts(pdf), *_objects(pdf), *_form(pdf)]


def _file(data: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\s+%[\x80-\xff]{4}", data):
        yield "header: version up to 1.7, then a comment of four bytes above 127"
    if "/ID" not in pdf.trailer:
        yield "trailer has no ID"
    if pdf.is_encrypted:
        yield "encrypted"
    if not data.rstrip().endswith(b"%%EOF"):
        yield "something stands behind the end"


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    stream = pdf.Root.get("/Metadata")
    if stream is None:
        yield "no XMP"
        return
    if "/Filter" in stream:
        yield "XMP is compressed"
    with pdf.open_metadata(update_docinfo=False, set_pikepdf_as_editor=False) as xmp:
        if (xmp.get(f"{PDFAID}part"), xmp.get(f"{PDFAID}conformance")) != ("2", "B"):
            yield "XMP does not say part 2, conformance B"
        if not xmp.get("dc:title"):
            yield "XMP has no title"
        title = pdf.docinfo.get("/Title")
        if title is not None and str(title) != xmp.get("dc:title"):
            yield "title of Info and XMP differ"


def _colour(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [one for one in pdf.Root.get("/OutputIntents", []) if one.get("/S") == Name("/GTS_PDFA1")]
    if len(intents) != 1:
        yield f"{len(intents)} output intents for PDF/A, 1 expected"
        return
    profile = intents[0].get("/DestOutputProfile")
    content = profile.read_bytes() if isinstance(profile, Stream) else b""
    if content[36:40] != b"acsp":
        yield "the output intent carries no ICC profile"
    elif {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(content[16:20]) != int(profile.N):
        yield "the ICC profile is not of as many channels as it says"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    fonts = [one for one in pdf.objects if isinstance(one, Dictionary) and one.get("/Type") == Name("/Font")]
    if not fonts:
        yield "no font"
    for font in fonts:
        described = font.get("/FontDescriptor")
        if font.get("/Subtype") != Name("/Type0") and not (
            described is not None and any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        ):
            yield f"{font.get('/BaseFont')} is not embedded"
        if font.get("/Subtype") == Name("/Type0") and "/ToUnicode" not in font:
            yield f"{font.get('/BaseFont')} has no ToUnicode: its text cannot be read back"


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    for one in pdf.objects:
        if not isinstance(one, Dictionary | Stream):
            continue
        if "/JS" in one or (one.get("/S") is not None and str(one.get("/S")) in FORBIDDEN_ACTIONS):
            yield "an action that is not allowed"
        if "/AA" in one:
            yield "additional actions"
        if isinstance(one, Stream) and ("/F" in one or "LZW" in str(one.get("/Filter", ""))):
            yield "a stream from outside, or LZW"
        if "/EmbeddedFiles" in one or one.get("/Type") == Name("/EmbeddedFile"):
            yield "an embedded file"
        if one.get("/Subtype") == Name("/PS") or "/OPI" in one or "/Ref" in one:
            yield "PostScript or a reference to another file"
        if one.get("/Subtype") == Name("/Image") and one.get("/Interpolate"):
            yield "an interpolated image"


def _form(pdf: pikepdf.Pdf) -> Iterator[str]:
    form = pdf.Root.get("/AcroForm")
    if form is not None and (form.get("/NeedAppearances") or "/XFA" in form):
        yield "the form needs a program to draw it"
    for page in pdf.pages:
        for one in page.get("/Annots", []):
            flags = int(one.get("/F", 0))
            if not flags & 4 or flags & (1 | 2 | 32):
                yield "an annotation that is not printed, or hidden"
            rect = [float(side) for side in one.Rect]
            if (rect[0], rect[1]) != (rect[2], rect[3]) and "/AP" not in one:
                yield "an annotation without appearance"

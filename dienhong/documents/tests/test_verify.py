"""Is it genuine: the paper as given, replaced, revoked, altered, appended to, forged, expired; codes as typed."""

import datetime as dt
import io
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import SimpleSigner

from dienhong.base import store
from dienhong.documents import actions, codes, signing
from dienhong.documents.authority import building, demo, files
from dienhong.documents.authority.building import Issuer
from dienhong.documents.holders import Held
from dienhong.documents.models import Certificate, CertificateRevocation, Issued
from dienhong.documents.tests import samples
from dienhong.documents.verdicts import Outcome, Verdict
from dienhong.documents.verifying import LARGEST, verify_bytes, verify_code
from dienhong.organizations.models import Person, Unit

pytestmark = pytest.mark.usefixtures("business_day")


@pytest.fixture
def paper(office: Unit) -> Issued:
    return samples.give(office)


def bytes_of(paper: Issued) -> bytes:
    return store.get(paper.pdf_digest)


def test_the_paper_as_given_stands_by_file_and_by_code(paper: Issued) -> None:
    by_file, by_code = verify_bytes(bytes_of(paper)), verify_code(paper.code_shown.lower())
    assert (by_file.outcome, by_file.by_file, by_file.issued) == (Outcome.GENUINE, True, paper)
    assert (by_code.outcome, by_code.by_file, by_code.issued) == (Outcome.GENUINE, False, paper)
    assert by_file.stands
    assert by_file.sentence != by_code.sentence


def test_a_code_alone_does_not_say_that_the_paper_at_hand_is_it(paper: Issued) -> None:
    assert "so các dòng" in verify_code(paper.code).sentence


def test_replaced(paper: Issued, office: Unit) -> None:
    new = samples.give(office, replaces=paper)
    found = verify_bytes(bytes_of(paper))
    assert (found.outcome, found.replaced_by) == (Outcome.REPLACED, new)
    assert new.number_text in found.sentence
    assert new.code_shown not in str(found.json())  # who holds the old paper learns no code of the new one
    assert verify_code(paper.code).outcome == Outcome.REPLACED
    assert verify_code(new.code).outcome == Outcome.GENUINE


def test_revoked(paper: Issued, leader: Person) -> None:
    actions.revoke(by=leader, issued=paper, reason="Cấp nhầm người")
    found = verify_bytes(bytes_of(paper))
    assert found.outcome == Outcome.REVOKED
    assert "Cấp nhầm người" in found.sentence


def test_one_byte_changed_anywhere_shows(paper: Issued) -> None:
    data = bytes_of(paper)
    for place in range(200, len(data), len(data) // 12):
        changed = bytearray(data)
        changed[place] ^= 1
        assert not verify_bytes(bytes(changed)).stands, place


def test_a_changed_content_is_named_with_its_revision_and_the_original(paper: Issued) -> None:
    data = bytes_of(paper)
    place = data.index(b"stream") + 40
    found = verify_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    assert found.outcome == Outcome.ALTERED
    assert found.issued == paper
    assert (found.revision, found.revisions) == (2, 2)


def appended(data: bytes, **info: str) -> bytes:
    """The paper with one more revision, as an editor would save it."""
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    for key, value in (info or {"Note": "thêm"}).items():
        page[pdf_name(f"/{key}")] = pdf_string(value)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_was_appended_is_named_with_its_revision(paper: Issued) -> None:
    found = verify_bytes(appended(bytes_of(paper)))
    assert (found.outcome, found.issued) == (Outcome.APPENDED, paper)
    assert (found.revision, found.revisions) == (3, 3)
    assert "lần lưu 2" in found.sentence
    assert "lần lưu 3" in found.sentence


def test_bytes_behind_the_end_show_too(paper: Issued) -> None:
    assert verify_bytes(bytes_of(paper) + b"\n% more\n").outcome == Outcome.APPENDED


def test_a_part_of_the_file_does_not_stand(paper: Issued) -> None:
    data = bytes_of(paper)
    assert not verify_bytes(data[: len(data) // 2]).stands


class Forger(demo.DemoAuthority):
    """An authority of somebody else, with the same names."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        at = dt.datetime.now(dt.UTC)
        name = building.name(demo.ROOT, demo.OF)
        self.top = Issuer(building.authority(name, self.key, None, days=30, at=at), self.key)
        self.at = at

    def roots(self) -> list[Any]:
        return [demo.asn1_of(self.top.certificate)]

    def timestamper(self) -> None:
        return None

    def revocation_lists(self) -> list[Any]:
        from asn1crypto import crl
        from cryptography.hazmat.primitives import serialization

        made = building.revocation_list(self.top, 1, [], self.at, self.at + dt.timedelta(days=1))
        return [crl.CertificateList.load(made.public_bytes(serialization.Encoding.DER))]

    def held(self) -> Held:
        key = ec.generate_private_key(ec.SECP256R1())
        made = building.holder(building.name("Chi cục Thuế Mẫu (MẪU)", "x"), key, self.top, days=30, at=self.at)
        return Held(Certificate(), SimpleSigner(demo.asn1_of(made), demo._private(key), None))


def unsigned(paper: Issued) -> bytes:
    """The first revision: what Typst made."""
    data = bytes_of(paper)
    return data[: data.index(b"%%EOF") + 6]


def resigned(paper: Issued, holder: demo.DemoAuthority, held: Held) -> bytes:
    return signing.sign(unsigned(paper), held, holder, reason="x", place="x")


def test_signed_by_somebody_who_calls_himself_the_same(paper: Issued) -> None:
    forger = Forger()
    found = verify_bytes(resigned(paper, forger, forger.held()))
    assert (found.outcome, found.issued) == (Outcome.UNKNOWN_SIGNER, None)
    assert "Chi cục Thuế Mẫu" in found.signer


def test_signed_by_us_and_in_no_book(paper: Issued, office: Unit) -> None:
    keys = demo.DemoAuthority()
    assert verify_bytes(resigned(paper, keys, keys.signer(office, None))).outcome == Outcome.NOT_IN_BOOK


def past(office: Unit, days: int, began: dt.timedelta) -> Certificate:
    """A certificate of the demo authority that began in the past."""
    key = files.key(f"signer-past-{days}")
    made = building.holder(
        building.name("Chi cục Thuế Mẫu (MẪU)", "x"), key, demo.issuing(), days=days, at=dt.datetime.now(dt.UTC) - began
    )
    return Certificate.objects.create(
        authority=demo.rows()[1], unit=office, subject="x", serial=f"{made.serial_number:x}",
        fingerprint=demo.fingerprint(made), pem=demo.pem_of(made), key_name=f"signer-past-{days}",
        valid_from=made.not_valid_before_utc, valid_until=made.not_valid_after_utc, purpose="sign",
    )  # fmt: skip


def signed_carelessly(paper: Issued, certificate: Certificate) -> bytes:
    """As a program would that does not look at the certificate."""
    from cryptography import x509
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    chain = SimpleCertificateStore()
    chain.register(demo.asn1_of(demo.issuing().certificate))
    made = demo.asn1_of(x509.load_pem_x509_certificate(certificate.pem.encode()))
    signer = SimpleSigner(made, demo._private(files.key(certificate.key_name)), chain)
    meta = PdfSignatureMetadata(field_name="x", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    pdf = PdfSigner(meta, signer=signer, new_field_spec=SigFieldSpec("x", box=None))
    return bytes(pdf.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(unsigned(paper)))).getbuffer())


def test_signed_after_the_certificate_expired(paper: Issued, office: Unit) -> None:
    old = past(office, 10, dt.timedelta(days=30))
    assert verify_bytes(signed_carelessly(paper, old)).outcome == Outcome.CERTIFICATE_EXPIRED


def test_signed_after_the_certificate_was_revoked(paper: Issued, office: Unit) -> None:
    taken = past(office, 90, dt.timedelta(days=30))
    CertificateRevocation.objects.create(
        certificate=taken, at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1), reason="Mất thẻ"
    )
    assert verify_bytes(signed_carelessly(paper, taken)).outcome == Outcome.CERTIFICATE_REVOKED


def test_a_paper_outlives_its_certificate(paper: Issued) -> None:
    """What was good when it was signed stays good: the book says when that was."""
    CertificateRevocation.objects.create(certificate=paper.certificate, reason="Chuyển công tác")
    assert verify_bytes(bytes_of(paper)).outcome == Outcome.GENUINE


def test_a_scan_is_told_that_it_has_no_signature(paper: Issued) -> None:
    assert verify_bytes(unsigned(paper)).outcome == Outcome.ALTERED  # names a paper of ours and lost its signature
    from dienhong.documents import typesetting

    source = typesetting.Template("x", b"x", "")
    bare = typesetting.typeset(source, {}, dt.datetime.now(dt.UTC)).pdf
    assert verify_bytes(bare).outcome == Outcome.UNSIGNED


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"%PDF-1.7", b"%PDF-1.7" + bytes(5000), b"%PDF-" + b"[" * 50_000, b"PK\3\4", b"%PDF-1.7\n%%EOF"],
)
def test_what_is_no_pdf_is_an_answer_and_no_error(db: None, data: bytes) -> None:
    assert verify_bytes(data).outcome == Outcome.UNREADABLE


def test_a_file_over_the_limit_is_not_looked_at(db: None) -> None:
    assert verify_bytes(b"%PDF-1.7" + bytes(LARGEST)).outcome == Outcome.UNREADABLE


@pytest.mark.parametrize(
    ("typed", "why"),
    [("", "empty"), ("ABCD", "length"), ("ABCD-EFGH-JKMN-PQR*", "letter"), ("0000-0000-0000-0001", "check")],
)
def test_a_mistyped_code_is_told_what_is_wrong(db: None, typed: str, why: str) -> None:
    found = verify_code(typed)
    assert (found.outcome, found.mistake) == (Outcome.MISTYPED, why)
    assert found.sentence


def test_a_code_of_no_paper(db: None) -> None:
    assert verify_code(codes.make()).outcome == Outcome.UNKNOWN_CODE


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_its_words(outcome: Outcome, paper: Issued, office: Unit, leader: Person) -> None:
    if outcome == Outcome.REPLACED:
        samples.give(office, replaces=paper)
    if outcome == Outcome.REVOKED:
        actions.revoke(by=leader, issued=paper, reason="Nhầm")
    said = Verdict(outcome, Issued.objects.get(pk=paper.pk), mistake="check", revision=3, revisions=3)
    assert said.title
    assert said.sentence
    assert said.tone in {"good", "late", "bad"}

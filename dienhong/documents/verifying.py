"""Is this paper genuine, and does it stand? By the file, or by the code printed on it.

A file whose digest stands in the book is compared byte by byte, and nothing in it is parsed. Any other file is read
as what it is, something a stranger sent: with limits, and every failure of the reader is an answer, not an error.
"""

import asyncio
import datetime as dt
import hashlib
import io
import logging
import re
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from asn1crypto import pem as armour  # type: ignore[import-untyped]
from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import ExpiredError, PathBuildingError, PathValidationError, ValidationError

from dienhong.base.clock import record_now
from dienhong.documents import codes, queries
from dienhong.documents.models import Authority, CertificateRevocation, Issued
from dienhong.documents.signing import alone
from dienhong.documents.verdicts import LARGEST, Outcome, Verdict

# What a broken or hostile file makes the reader raise.
BROKEN = (PdfError, CMSExtractionError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError,
          AttributeError, AssertionError, NotImplementedError, OverflowError, RecursionError, EOFError, struct.error,
          zlib.error)  # fmt: skip
# What is wrong with a stranger's file is the answer to the stranger, no line of our logs.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
PRINTED = re.compile(rb"ma-xac-thuc:([0-9A-Z-]{19})")


def standing(paper: Issued, *, by_file: bool) -> Verdict:
    """Of a paper in the book."""
    if hasattr(paper, "revocation"):
        outcome = Outcome.REVOKED
    else:
        outcome = Outcome.REPLACED if hasattr(paper, "replaced_by") else Outcome.GENUINE
    return Verdict(outcome, paper, by_file=by_file, signer=paper.signed_as, signed_at=paper.signed_at)


def verify_code(typed: str) -> Verdict:
    """By the code as a person types it. The book is asked only for what can be a code."""
    try:
        code = codes.read(typed[:200])
    except codes.Mistyped as wrong:
        return Verdict(Outcome.MISTYPED, mistake=wrong.why, letters=wrong.what)
    paper = queries.by_code(code)
    return standing(paper, by_file=False) if paper else Verdict(Outcome.UNKNOWN_CODE)


def verify_bytes(data: bytes) -> Verdict:
    """By the file. Never raises for what the file holds."""
    if paper := queries.by_digest(hashlib.sha256(data).hexdigest()):
        return standing(paper, by_file=True)
    if len(data) > LARGEST or b"%PDF-" not in data[:1024]:
        return Verdict(Outcome.UNREADABLE, by_file=True)
    try:
        return _foreign(data)
    except BROKEN:
        return _damaged(data)


def _damaged(data: bytes) -> Verdict:
    """Not readable as PDF; if it names a paper of ours, it was one."""
    claimed = _claimed(data)
    return Verdict(Outcome.ALTERED if claimed else Outcome.UNREADABLE, claimed, by_file=True)


def _claimed(data: bytes) -> Issued | None:
    """The paper whose code the file carries. Anyone can write a code into a file: it only says what to compare."""
    for found in PRINTED.findall(data):
        try:
            return queries.by_code(codes.read(found.decode()))
        except codes.Mistyped:
            continue
    return None


def _foreign(data: bytes) -> Verdict:
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    signatures = reader.embedded_regular_signatures
    if not signatures:
        claimed = _claimed(data)
        return Verdict(Outcome.ALTERED if claimed else Outcome.UNSIGNED, claimed, by_file=True)
    seen = [_look(reader, one, data) for one in signatures]
    # The worst word counts: one good signature does not make another's changes good.
    return max(seen, key=lambda one: (_GRAVITY.index(one.outcome), -one.revision))


_GRAVITY = [Outcome.NOT_IN_BOOK, Outcome.UNKNOWN_SIGNER, Outcome.CERTIFICATE_EXPIRED, Outcome.CERTIFICATE_REVOKED,
            Outcome.APPENDED, Outcome.ALTERED]  # fmt: skip


def _look(reader: PdfFileReader, signature: EmbeddedPdfSignature, data: bytes) -> Verdict:
    """One signature of a file that is in no book."""
    context = _trusting(None)
    status = alone(
        lambda: validate_pdf_signature(
            signature, signer_validation_context=context, ts_validation_context=context, skip_diff=True
        )
    )
    signer, total = _called(signature.signer_cert), reader.total_revisions
    within = signature.signed_revision + 1
    if not (status.intact and status.valid):
        return Verdict(Outcome.ALTERED, _claimed(data), by_file=True, revision=within, revisions=total, signer=signer)
    stamp = status.timestamp_validity
    stamped = stamp.timestamp if stamp and stamp.trusted and stamp.intact and stamp.valid else None
    outcome = _trust(signature, stamped or record_now())
    covered = status.coverage is not None and status.coverage >= SignatureCoverageLevel.ENTIRE_FILE
    signed = _signed_part(signature, data)
    paper = queries.by_digest(hashlib.sha256(signed).hexdigest()) if outcome is None else None
    found = _Found(signer, stamped, total)
    if outcome is None and not covered:
        return found.verdict(Outcome.APPENDED, paper, within + 1)
    return found.verdict(outcome or Outcome.NOT_IN_BOOK, paper, 0)


@dataclass(frozen=True, slots=True)
class _Found:
    signer: str
    stamped: dt.datetime | None
    total: int

    def verdict(self, outcome: Outcome, paper: Issued | None, revision: int) -> Verdict:
        return Verdict(
            outcome, paper, by_file=True, revision=revision, revisions=max(self.total, revision), signer=self.signer,
            signed_at=self.stamped,
        )  # fmt: skip


def _signed_part(signature: EmbeddedPdfSignature, data: bytes) -> bytes:
    """The file as it was when this signature was made."""
    *_rest, start, length = (int(one) for one in signature.byte_range)
    return data[: start + length]


def _trusting(moment: dt.datetime | None) -> ValidationContext:
    """Our authorities, those of the past included. Revocation is read from the tables, not from the file."""
    known = [
        (one.level, x509.Certificate.load(_der(one.pem)))
        for one in Authority.objects.order_by("pk").only("level", "pem")
    ]
    return ValidationContext(
        trust_roots=[made for level, made in known if level == Authority.Level.ROOT],
        other_certs=[made for level, made in known if level != Authority.Level.ROOT],
        allow_fetching=False,
        moment=moment,
        revocation_mode="soft-fail",
    )


def _der(pem: str) -> bytes:
    _kind, _headers, found = armour.unarmor(pem.encode())
    return bytes(found)


def _trust(signature: EmbeddedPdfSignature, at: dt.datetime) -> Outcome | None:
    """None: the signer's certificate is ours and held at that moment."""
    certificate = signature.signer_cert
    validator: Any = CertificateValidator(
        certificate, intermediate_certs=signature.other_embedded_certs, validation_context=_trusting(at)
    )
    try:
        alone(lambda: asyncio.run(validator.async_validate_usage({"non_repudiation"})))
    except ExpiredError:
        return Outcome.CERTIFICATE_EXPIRED
    except (PathBuildingError, PathValidationError, ValidationError):
        return Outcome.UNKNOWN_SIGNER
    fingerprint = hashlib.sha256(certificate.dump()).hexdigest()
    gone = CertificateRevocation.objects.filter(certificate__fingerprint=fingerprint, at__lte=at)
    return Outcome.CERTIFICATE_REVOKED if gone.exists() else None


def _called(certificate: x509.Certificate) -> str:
    said = certificate.subject.native
    return ", ".join(str(said[key]) for key in ("common_name", "organization_name") if said.get(key))

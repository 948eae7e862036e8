"""PAdES signatures by pyHanko: B-LT where the key holder gives time stamps, in one revision, invisible, PDF/A kept."""

import asyncio
import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator import ValidationContext

from dienhong.documents.holders import Held, KeyHolder

FIELD = "ChuKy"
T = TypeVar("T")
# It warns at each signature that lists are not fetched over the network: ours are given.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)


def alone(work: Callable[[], T]) -> T:
    """pyHanko runs an event loop of its own: where one runs already in this thread, work in another thread."""
    if asyncio._get_running_loop() is None:
        return work()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def sign(pdf: bytes, held: Held, holder: KeyHolder, *, reason: str, place: str) -> bytes:
    """The PDF with a certifying signature that allows no change after it. The revocation lists go in with it.

    Raises pyHanko's SigningError or a PathValidationError when the certificate does not hold at this moment.
    """
    context = ValidationContext(
        trust_roots=holder.roots(),
        other_certs=list(held.signer.cert_registry),
        crls=holder.revocation_lists(),
        allow_fetching=False,
        revocation_mode="hard-fail",
    )
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=True,
        validation_context=context,
        reason=reason,
        location=place,
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
    )
    signer = PdfSigner(
        meta, signer=held.signer, timestamper=holder.timestamper(), new_field_spec=SigFieldSpec(FIELD, box=None)
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return alone(lambda: bytes(signer.sign_pdf(writer, bytes_reserved=holder.room).getbuffer()))

"""The seam between papers and keys: who keeps the keys is asked for a signer, and nothing else here touches one.

The demo authority keeps them as files. A real one is a class named by `settings.DOCUMENTS_KEY_HOLDER` ("room.Class")
that answers the same four questions; `Elsewhere` turns any way of signing bytes (PKCS#11 token, remote signing
service, cloud HSM) into a signer. docs/how-to/documents-and-signatures.md shows one.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from asn1crypto import algos, crl, x509  # type: ignore[import-untyped]
from django.conf import settings
from django.utils.module_loading import import_string
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dienhong.documents.models import Certificate
from dienhong.organizations.models import Person, Unit

DEFAULT = "dienhong.documents.authority.demo.DemoAuthority"


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of ours with what signs for it."""

    certificate: Certificate
    signer: Signer


class KeyHolder(ABC):
    """Called inside the transaction that gives the paper; may write certificates' rows in it."""

    demo = False  # papers say that they have no legal value
    # Room for the signature in the file, in hex digits: certificates, time stamp and all. Told, it need not be tried.
    room = 16_384

    @abstractmethod
    def signer(self, unit: Unit, person: Person | None) -> Held:
        """For a person acting for the unit, or (None) the unit's seal. Refused when there is no valid certificate."""

    @abstractmethod
    def roots(self) -> list[x509.Certificate]:
        """What the signature just made is checked against."""

    @abstractmethod
    def revocation_lists(self) -> list[crl.CertificateList]:
        """Lists that hold now, one for each authority of the chain; they go into the paper (PAdES B-LT)."""

    def timestamper(self) -> TimeStamper | None:
        """None: signatures carry no time stamp (PAdES B-B)."""
        return None


def chain_of(certificates: Iterable[x509.Certificate]) -> SimpleCertificateStore:
    """The certificates above a signer's own, as they go into the signature."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(certificates)
    return store


class Elsewhere(Signer):
    """A signer whose key never comes here: `sign` gets the bytes to be signed and returns the raw signature.

    `sign(data, digest_algorithm)`; RSA answers PKCS#1 v1.5, ECDSA the DER sequence, as `mechanism` says.
    """

    def __init__(
        self,
        certificate: x509.Certificate,
        chain: Iterable[x509.Certificate],
        sign: Callable[[bytes, str], bytes],
        mechanism: str,
        signature_bytes: int = 512,
    ) -> None:
        store = chain_of(chain)
        super().__init__(
            signing_cert=certificate,
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": mechanism}),
        )
        self._sign, self._size = sign, signature_bytes

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(self._size) if dry_run else self._sign(data, digest_algorithm)


def holder() -> KeyHolder:
    """Whoever keeps the keys of this installation."""
    made = import_string(getattr(settings, "DOCUMENTS_KEY_HOLDER", DEFAULT))()
    assert isinstance(made, KeyHolder)
    return made

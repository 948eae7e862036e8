"""The demo authority: root, issuing authority, time stamps, and a certificate for whoever signs, made at first need.

Its name says that nothing it signs has legal value. Keys lie in files, certificates in the tables. When the tables
are new and the files are not (or the other way round) the missing half is entered or made again: old papers stay
checkable by the rows of their old certificates.
"""

import datetime as dt
import secrets
from functools import lru_cache

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import IntegrityError, transaction
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import TimeStamper

from dienhong.base.clock import business_today, record_now
from dienhong.documents.authority import building, files
from dienhong.documents.authority.building import Issuer
from dienhong.documents.authority.stamping import DemoTimeStamps
from dienhong.documents.holders import Held, KeyHolder, chain_of
from dienhong.documents.models import Authority, Certificate, CertificateRevocation, RevocationList
from dienhong.organizations import queries
from dienhong.organizations.models import Person, Unit

OF = "Diên Hồng (dữ liệu mẫu)"
ROOT = "Cơ quan chứng thực MẪU - không có giá trị pháp lý"
ISSUING = "Cơ quan chứng thực MẪU - cấp chứng thư ký"
STAMPS = "Dấu thời gian MẪU - không có giá trị pháp lý"
DAYS = {"root": 7300, "issuing": 3650, "stamps": 3650, "signer": 730, "list": 7}
LEEWAY = dt.timedelta(hours=1)  # a list or certificate that ends sooner is made anew


def asn1_of(made: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(made.public_bytes(serialization.Encoding.DER))


def pem_of(made: x509.Certificate) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(made: x509.Certificate) -> str:
    return made.fingerprint(hashes.SHA256()).hex()


def _private(key: ec.EllipticCurvePrivateKey) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def root() -> Issuer:
    key = files.key("root")
    kept = files.certificate("root")
    if kept is None:
        made = building.authority(building.name(ROOT, OF), key, None, days=DAYS["root"], at=record_now())
        kept = files.keep_certificate("root", made)
    return Issuer(kept, key)


def issuing() -> Issuer:
    key = files.key("issuing")
    kept = files.certificate("issuing")
    if kept is None:
        made = building.authority(building.name(ISSUING, OF), key, root(), days=DAYS["issuing"], at=record_now())
        kept = files.keep_certificate("issuing", made)
    return Issuer(kept, key)


def stamps() -> Issuer:
    """Certificate and key of the time stamps."""
    key = files.key("stamps")
    kept = files.certificate("stamps")
    if kept is None:
        made = building.holder(
            building.name(STAMPS, OF), key, issuing(), days=DAYS["stamps"], at=record_now(), time_stamps=True
        )
        kept = files.keep_certificate("stamps", made)
    return Issuer(kept, key)


@lru_cache(maxsize=8)
def _timestamper(_fingerprint: str) -> DemoTimeStamps:
    """Kept: it remembers how large a stamp is."""
    found = stamps()
    return DemoTimeStamps(asn1_of(found.certificate), found.key, [asn1_of(issuing().certificate)])


def row(level: Authority.Level, made: x509.Certificate, parent: Authority | None) -> Authority:
    found, _new = Authority.objects.get_or_create(
        fingerprint=fingerprint(made),
        defaults={
            "level": level,
            "name": str(asn1_of(made).subject.native["common_name"]),
            "parent": parent,
            "pem": pem_of(made),
            "demo": True,
            "valid_from": made.not_valid_before_utc,
            "valid_until": made.not_valid_after_utc,
        },
    )
    return found


def rows() -> tuple[Authority, Authority]:
    """Root and issuing authority as rows, entered when the tables are new."""
    top = row(Authority.Level.ROOT, root().certificate, None)
    return top, row(Authority.Level.ISSUING, issuing().certificate, top)


class DemoAuthority(KeyHolder):
    demo = True

    def signer(self, unit: Unit, person: Person | None) -> Held:
        found = self._standing(unit, person) or self.certify(unit, person)
        signer = SimpleSigner(
            signing_cert=asn1_of(x509.load_pem_x509_certificate(found.pem.encode())),
            signing_key=_private(files.key(found.key_name)),
            cert_registry=chain_of([asn1_of(issuing().certificate)]),
        )
        return Held(found, signer)

    def _standing(self, unit: Unit, person: Person | None) -> Certificate | None:
        held = Certificate.objects.filter(
            unit=unit,
            person=person,
            purpose=Certificate.Purpose.SIGN,
            authority__fingerprint=fingerprint(issuing().certificate),
            valid_until__gt=record_now() + LEEWAY,
            revocation=None,
        )
        return next((one for one in held.order_by("-valid_until", "-pk") if files.has_key(one.key_name)), None)

    def certify(self, unit: Unit, person: Person | None, days: int = DAYS["signer"]) -> Certificate:
        """A new key and certificate for a person at the unit, or for the unit's seal."""
        of = queries.full_name(unit, business_today())
        common = f"{building.shortened(person.name if person else of, building.CALLED - 9)} (MẪU)"
        key_name = f"signer-{unit.pk}-{person.pk if person else 'seal'}-{secrets.token_hex(6)}"
        made = building.holder(
            building.name(common, of),
            files.key(key_name),
            issuing(),
            days=days,
            at=record_now(),
            list_at=f"{settings.SITE_ADDRESS}/documents/authority/list.crl",
        )
        return Certificate.objects.create(
            authority=rows()[1],
            purpose=Certificate.Purpose.SIGN,
            unit=unit,
            person=person,
            subject=f"{person.name}, {of}" if person else of,
            serial=f"{made.serial_number:x}",
            fingerprint=fingerprint(made),
            pem=pem_of(made),
            key_name=key_name,
            valid_from=made.not_valid_before_utc,
            valid_until=made.not_valid_after_utc,
        )

    def roots(self) -> list[asn1.Certificate]:
        return [asn1_of(root().certificate)]

    def timestamper(self) -> TimeStamper:
        return _timestamper(fingerprint(stamps().certificate))

    def revocation_lists(self) -> list[asn1_crl.CertificateList]:
        top, below = rows()
        return [
            asn1_crl.CertificateList.load(bytes(current_list(each, who).der))
            for each, who in ((top, root()), (below, issuing()))
        ]


def current_list(authority: Authority, issuer: Issuer) -> RevocationList:
    """The newest list if it holds a while yet and knows every revocation; otherwise a new one."""
    newest = authority.lists.order_by("-number").first()
    gone = CertificateRevocation.objects.filter(certificate__authority=authority)
    holds = newest is not None and newest.next_update > record_now() + LEEWAY
    if newest is not None and holds and not gone.filter(at__gt=newest.this_update).exists():
        return newest
    at = record_now().replace(microsecond=0)
    until, number = at + dt.timedelta(days=DAYS["list"]), newest.number + 1 if newest else 1
    listed = [(int(one.certificate.serial, 16), one.at) for one in gone.select_related("certificate").order_by("pk")]
    made = building.revocation_list(issuer, number, listed, at - dt.timedelta(minutes=5), until)
    try:
        with transaction.atomic():
            return RevocationList.objects.create(
                authority=authority,
                number=number,
                der=made.public_bytes(serialization.Encoding.DER),
                this_update=record_now(),
                next_update=until,
            )
    except IntegrityError:  # another transaction made it meanwhile
        return authority.lists.order_by("-number")[0]

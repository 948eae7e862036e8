"""Certificates and revocation lists (RFC 5280) with `cryptography`. Knows no files and no tables."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CALLED = 64  # longest CN and O of X.520; counted in bytes, as the strictest readers do


@dataclass(frozen=True, slots=True)
class Issuer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, shortened(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, shortened(common)),
        ]
    )


def shortened(words: str, most: int = CALLED) -> str:
    """Cut between letters, the cut marked; the whole name stands in the paper and in the certificate's row."""
    if len(words.encode()) <= most:
        return words
    return words.encode()[: most - 3].decode(errors="ignore") + "…"


def _usage(*allowed: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{one: one in allowed for one in every})


def _certificate(
    subject: x509.Name, public: ec.EllipticCurvePublicKey, issuer: Issuer | None, days: int, at: dt.datetime
) -> x509.CertificateBuilder:
    """Begins five minutes ago: another machine's clock may be behind."""
    issuer_name = issuer.certificate.subject if issuer else subject
    issuer_key = issuer.key.public_key() if issuer else public
    starts = at.replace(microsecond=0) - dt.timedelta(minutes=5)
    ends = starts + dt.timedelta(days=days)
    if issuer is not None:
        ends = min(ends, issuer.certificate.not_valid_after_utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def authority(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: Issuer | None, *, days: int, at: dt.datetime
) -> x509.Certificate:
    """A root (no issuer), or one below it that may issue to holders only."""
    built = (
        _certificate(subject, key.public_key(), issuer, days, at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else 1), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    )
    return built.sign(issuer.key if issuer else key, hashes.SHA256())


def holder(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: Issuer, *, days: int, at: dt.datetime,
    list_at: str = "", time_stamps: bool = False,
) -> x509.Certificate:  # fmt: skip
    """A certificate to sign papers with, or (`time_stamps`) time stamps and nothing else."""
    usage = _usage("digital_signature") if time_stamps else _usage("digital_signature", "content_commitment")
    built = (
        _certificate(subject, key.public_key(), issuer, days, at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if time_stamps:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    if list_at:
        where = x509.DistributionPoint([x509.UniformResourceIdentifier(list_at)], None, None, None)
        built = built.add_extension(x509.CRLDistributionPoints([where]), critical=False)
    return built.sign(issuer.key, hashes.SHA256())


def revocation_list(
    issuer: Issuer, number: int, gone: Iterable[tuple[int, dt.datetime]], at: dt.datetime, until: dt.datetime
) -> x509.CertificateRevocationList:
    """`gone`: serial number and moment of each revoked certificate."""
    built = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(until)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for serial, moment in gone:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()
        built = built.add_revoked_certificate(entry)
    return built.sign(issuer.key, hashes.SHA256())

"""Keys and who keeps them: modes of files, the missing half, a holder elsewhere, what the command prints."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command

from dienhong.base import store
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.documents import actions, holders
from dienhong.documents.authority import building, demo, files
from dienhong.documents.models import Authority, Certificate, Issued
from dienhong.documents.tests import samples
from dienhong.documents.verdicts import Outcome
from dienhong.documents.verifying import verify_bytes
from dienhong.organizations import registry
from dienhong.organizations.models import Person, Role, Unit
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.usefixtures("business_day")


def test_keys_are_for_their_owner_only(office: Unit) -> None:
    samples.give(office)
    kept = list(files.folder().iterdir())
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert files.folder().stat().st_mode & 0o777 == 0o700


def test_a_key_that_others_can_read_is_refused(office: Unit, settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENTS_HOME = tmp_path
    samples.give(office)
    path = files.folder() / "issuing-key"
    path.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        files.key("issuing")


@pytest.mark.parametrize("name", ["../x", "", "A", "a/b", "-x"])
def test_a_key_has_a_name_and_no_path(name: str) -> None:
    with pytest.raises(ValueError, match="name of a key"):
        files.key(name)


def test_checking_a_paper_needs_no_key(office: Unit, settings: Any, tmp_path: Path) -> None:
    data = store.get(samples.give(office).pdf_digest)
    settings.DOCUMENTS_HOME = tmp_path
    assert verify_bytes(data).outcome == Outcome.GENUINE
    assert verify_bytes(data + b"\n%").outcome == Outcome.APPENDED
    assert not files.folder().exists()


def test_lost_keys_are_made_again_and_old_papers_stay_checkable(office: Unit, settings: Any, tmp_path: Path) -> None:
    old = samples.give(office)
    settings.DOCUMENTS_HOME = tmp_path
    new = samples.give(office)
    assert Authority.objects.filter(level="root").count() == 2
    assert old.certificate != new.certificate
    for paper in (old, new):
        assert verify_bytes(store.get(paper.pdf_digest) + b"\n%").outcome == Outcome.APPENDED


def test_new_tables_take_up_the_keys_that_are_there(office: Unit) -> None:
    first = demo.rows()
    for one in reversed(first):
        one.delete()
    assert [one.fingerprint for one in demo.rows()] == [one.fingerprint for one in first]


def test_a_certificate_about_to_end_is_not_used(office: Unit) -> None:
    short = demo.DemoAuthority().certify(office, None, days=0)
    assert samples.give(office).certificate != short


def test_names_longer_than_a_certificate_allows_are_cut_and_marked(office: Unit) -> None:
    long = worlds.unit("Trung tâm Phục vụ hành chính công " + "rất dài " * 12, "department")
    made = samples.give(long)
    common = x509.Certificate.load(demo.asn1_of(demo.root().certificate).dump()).subject.native["common_name"]
    assert common == demo.ROOT
    assert "rất dài " * 11 in made.signed_as
    assert "…" in building.shortened("ă" * 60)
    assert len(building.shortened("ă" * 60).encode()) <= 64


class RealAuthority(holders.KeyHolder):
    """One whose key never comes here: the seam that the how-to shows."""

    key = ec.generate_private_key(ec.SECP256R1())
    asked: list[str] = []

    def _top(self) -> building.Issuer:
        at = dt.datetime.now(dt.UTC)
        name = building.name("Gốc thật", "Cơ quan")
        return building.Issuer(building.authority(name, self.key, None, days=9, at=at), self.key)

    def __init__(self) -> None:
        self.top = _kept.setdefault("top", self._top())

    def _sign(self, data: bytes, digest: str) -> bytes:
        self.asked.append(digest)
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def signer(self, unit: Unit, person: Person | None) -> holders.Held:
        made = building.holder(
            building.name("Người ký", "Cơ quan"), self.key, self.top, days=8, at=dt.datetime.now(dt.UTC)
        )
        top = Authority.objects.create(
            level="root", name="Gốc thật", pem=demo.pem_of(self.top.certificate), valid_from=dt.datetime.now(dt.UTC),
            fingerprint=demo.fingerprint(self.top.certificate), valid_until=dt.datetime.now(dt.UTC),
        )  # fmt: skip
        row = Certificate.objects.create(
            authority=top, purpose="sign", unit=unit, subject="Người ký", serial=f"{made.serial_number:x}",
            fingerprint=demo.fingerprint(made), pem=demo.pem_of(made), key_name="slot 3",
            valid_from=made.not_valid_before_utc, valid_until=made.not_valid_after_utc,
        )  # fmt: skip
        return holders.Held(row, holders.Elsewhere(demo.asn1_of(made), [], self._sign, "sha256_ecdsa", 72))

    def roots(self) -> list[Any]:
        return [demo.asn1_of(self.top.certificate)]

    def revocation_lists(self) -> list[Any]:
        from asn1crypto import crl
        from cryptography.hazmat.primitives import serialization

        at = dt.datetime.now(dt.UTC)
        made = building.revocation_list(self.top, 1, [], at, at + dt.timedelta(days=1))
        return [crl.CertificateList.load(made.public_bytes(serialization.Encoding.DER))]


_kept: dict[str, building.Issuer] = {}


def test_keys_may_be_kept_elsewhere(office: Unit, settings: Any) -> None:
    settings.DOCUMENTS_KEY_HOLDER = f"{__name__}.RealAuthority"
    made = samples.give(office)
    assert RealAuthority.asked == ["sha256"]
    assert made.certificate.key_name == "slot 3"
    data = store.get(made.pdf_digest)
    assert verify_bytes(data).outcome == Outcome.GENUINE
    assert verify_bytes(data + b"\n%").outcome == Outcome.APPENDED


def test_the_command_makes_the_authority_once_and_prints_its_root(office: Unit, settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENTS_HOME = tmp_path
    first, again, pem = io.StringIO(), io.StringIO(), io.StringIO()
    call_command("documents_authority", stdout=first)
    call_command("documents_authority", stdout=again)
    call_command("documents_authority", "--pem", stdout=pem)
    assert first.getvalue() == again.getvalue()
    assert "MẪU" in first.getvalue()
    assert pem.getvalue().startswith("-----BEGIN CERTIFICATE-----")


ROWS = [row for row in registry.matrix("documents") if row.role in Role.values]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.action}-{row.role}")
def test_the_matrix_is_true(row: registry.Row, office: Unit) -> None:
    """own: the unit itself; other: an unrelated one. Subtree and successor are the rule of permissions, tried there."""
    paper, who, elsewhere = _papers(office), worlds.person(), worlds.unit("Nơi khác Mẫu", "department")
    strange = worlds.person()
    worlds.grant(who, row.role, office)
    worlds.grant(strange, row.role, elsewhere)

    def may(person: Person) -> str:
        try:
            if row.action == "documents.revoke":
                actions.revoke(by=person, issued=paper, reason="theo ma trận")
            else:
                actions.revoke_certificate(by=person, certificate=paper.certificate, reason="theo ma trận")
        except NotPermitted:
            return "no"
        except Refused:
            return "refused"
        return "yes"

    assert may(strange) == row.other
    assert may(who) == row.own


def _papers(office: Unit) -> Issued:
    """A paper without its press: the matrix asks who may, not what it looks like."""
    at = dt.datetime.now(dt.UTC)
    top = Authority.objects.create(level="root", name="x", pem="x", fingerprint="f" * 64, valid_from=at, valid_until=at)
    held = Certificate.objects.create(
        authority=top, purpose="sign", unit=office, subject="x", serial="1", fingerprint="e" * 64, pem="x",
        key_name="x", valid_from=at, valid_until=at,
    )  # fmt: skip
    return Issued.objects.create(
        code="0" * 16, kind="receipt", title_vi="x", title_en="x", unit=office, year=2020, number=1, symbol="TN",
        owner_kind="try", owner_id="1", data={}, template="x", template_digest="0" * 64, pdf_digest="0" * 64, size=1,
        signed_as="x", certificate=held, dated=at.date(), signed_at=at,
    )  # fmt: skip

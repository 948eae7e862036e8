"""Giving a paper: it works, what it refuses, numbers without repeats, what is written beside it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dienhong.base import store
from dienhong.base.refusal import NotPermitted, Refused
from dienhong.documents import actions, codes, kinds, queries
from dienhong.documents.models import Book, Certificate, Issued, RevocationList
from dienhong.documents.tests import samples
from dienhong.journal.models import Event
from dienhong.organizations.models import Person, Unit
from dienhong.organizations.tests import worlds

pytestmark = pytest.mark.usefixtures("business_day")


def test_a_paper_is_numbered_signed_kept_and_in_the_journal(office: Unit, leader: Person) -> None:
    made = samples.give(office, signer=leader, role="Chi cục trưởng")
    made.refresh_from_db()
    assert (made.number, made.year, made.number_text) == (1, 2020, "01/2020/TN")
    assert (made.regime, made.form_no) == ("01/2018/TT-VPCP", "01")
    assert made.data["received_at"] == "09 giờ 15, ngày 20/08/2020"
    assert store.get(made.pdf_digest).startswith(b"%PDF-1.7")
    assert codes.read(made.code_shown) == made.code
    assert made.signed_as == "Trần Thị Mẫu, Chi cục Thuế Mẫu"
    event = Event.objects.get(verb="documents.issue")
    assert (event.object_id, event.data["file"]) == (str(made.pk), made.pdf_digest)
    assert "Nguyễn" not in str(event.data)


def test_public_lines_are_masked(office: Unit) -> None:
    made = samples.give(office, "fee_receipt")
    assert {line["value"] for line in made.public} >= {"Nguyễn V** M**", "48.000.000 đồng"}
    assert samples.WHO["number"] not in str(made.public)
    assert made.data["total_words"] == "Bốn mươi tám triệu đồng"


@pytest.mark.parametrize("kind", sorted(set(samples.DATA) - {"stop"}))
def test_every_kind_can_be_given(office: Unit, kind: str) -> None:
    assert samples.give(office, kind).size > 10_000


def test_every_common_kind_has_a_sample() -> None:
    assert {each.key for each in kinds.common()} == set(samples.DATA)


def test_the_seal_signs_where_no_person_does_and_its_certificate_is_kept(office: Unit) -> None:
    first, second = samples.give(office), samples.give(office)
    assert first.certificate == second.certificate
    assert first.signer is None
    assert Certificate.objects.count() == 1
    assert RevocationList.objects.count() == 2


def test_numbers_run_by_unit_kind_and_year(office: Unit) -> None:
    other = worlds.unit("Nơi khác Mẫu", "department")
    given = [samples.give(office), samples.give(office), samples.give(office, "supplement"), samples.give(other)]
    assert [each.number_text for each in given] == ["01/2020/TN", "02/2020/TN", "01/2020/BS", "01/2020/TN"]


def test_a_number_of_a_paper_that_was_rolled_back_is_given_again(office: Unit) -> None:
    with transaction.atomic():
        samples.give(office)
        transaction.set_rollback(True)
    assert samples.give(office).number == 1


@pytest.mark.parametrize("key", ["reason", "legal_basis"])
def test_a_refusal_without_reason_or_ground_is_refused(office: Unit, key: str) -> None:
    with pytest.raises(Refused) as said:
        samples.give(office, "refusal", data={key: ""})
    assert said.value.code == "incomplete_paper"
    assert [fault.where for fault in said.value.faults] == [key]
    assert not Book.objects.exists()


def test_the_notice_of_stopping_has_no_form_before_2025(office: Unit) -> None:
    with pytest.raises(Refused, match="chưa có mẫu"):
        samples.give(office, "stop")


def test_a_new_paper_takes_the_place_of_the_old_one_once(office: Unit) -> None:
    old = samples.give(office)
    new = samples.give(office, replaces=old)
    assert Issued.objects.get(pk=old.pk).replaced_by == new
    assert queries.latest("try", 1, "receipt") == new
    with pytest.raises(Refused) as said:
        samples.give(office, replaces=Issued.objects.get(pk=old.pk))
    assert said.value.code == "already_replaced"
    with pytest.raises(Refused) as said:
        samples.give(office, owner=("try", 2), replaces=new)
    assert said.value.code == "other_owner"


@pytest.mark.parametrize("change", [lambda rows: rows._raw_delete(rows.db), lambda rows: rows.update(number=9)])
def test_the_database_refuses_to_change_a_paper(office: Unit, change: Callable[[Any], Any]) -> None:
    made = samples.give(office)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        change(Issued.objects.filter(pk=made.pk))


def test_revoking_needs_leader_reason_and_happens_once(office: Unit, leader: Person) -> None:
    made = samples.give(office)
    with pytest.raises(NotPermitted):
        actions.revoke(by=worlds.person(), issued=made, reason="x")
    with pytest.raises(Refused, match="lý do"):
        actions.revoke(by=leader, issued=made, reason="  ")
    actions.revoke(by=leader, issued=made, reason="Cấp nhầm người")
    assert Event.objects.get(verb="documents.revoke").reason == "Cấp nhầm người"
    with pytest.raises(Refused) as said:
        actions.revoke(by=leader, issued=Issued.objects.get(pk=made.pk), reason="x")
    assert said.value.code == "already_revoked"


def test_a_revoked_certificate_signs_no_more_and_stands_in_the_list(office: Unit, leader: Person) -> None:
    administrator = worlds.person()
    worlds.grant(administrator, "administrator", office)
    first = samples.give(office)
    with pytest.raises(NotPermitted):
        actions.revoke_certificate(by=leader, certificate=first.certificate, reason="x")
    actions.revoke_certificate(by=administrator, certificate=first.certificate, reason="Mất thẻ")
    second = samples.give(office)
    assert second.certificate != first.certificate
    from cryptography import x509

    newest = RevocationList.objects.filter(authority=second.certificate.authority).latest("number")
    listed = x509.load_der_x509_crl(bytes(newest.der))
    assert listed.get_revoked_certificate_by_serial_number(int(first.certificate.serial, 16)) is not None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers(office: Unit) -> None:
    """The second waits for the first to commit; neither number is lost."""
    samples.give(office)  # keys and certificates are there
    errors: list[BaseException] = []
    begun = threading.Barrier(4)

    def work() -> None:
        from dienhong.base import clock
        from dienhong.documents.tests.conftest import DAY

        try:
            begun.wait(10)
            with clock.played(DAY), transaction.atomic():
                samples.give(office)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not errors
    assert sorted(Issued.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]

import pytest
from django.db import DataError, connection, transaction

from dienhong.journal import hashing, labels
from dienhong.journal.actions import record
from dienhong.journal.models import Event, PersonLabel, Unsealed

FIELDS = {"by": "person:7", "verb": "version.send", "object_kind": "version", "object_id": 3}


@pytest.mark.django_db
def test_writes_every_column_and_queues_for_sealing():
    event = record(
        **FIELDS, unit_id=5, from_state="40", to_state="50", reason="Gửi báo cáo", data={"n": "1.00"}, request_id="r1"
    )
    stored = Event.objects.get(id=event.id)
    assert (stored.unit_id, stored.from_state, stored.to_state, stored.reason) == ("5", "40", "50", "Gửi báo cáo")
    assert stored.data == {"n": "1.00"}
    assert stored.at == event.at
    assert Unsealed.objects.filter(event_id=event.id).exists()


@pytest.mark.django_db(transaction=True)
def test_refuses_outside_a_transaction():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record(**FIELDS)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_goes_away_with_its_transaction():
    with transaction.atomic():
        record(**FIELDS)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Unsealed.objects.exists()


@pytest.mark.django_db
def test_refuses_a_text_too_long():
    with pytest.raises(DataError), transaction.atomic():
        record(**{**FIELDS, "verb": "x" * 61})


@pytest.mark.django_db
def test_nobody_chooses_the_moment():
    event = Event.objects.create(
        at="2001-01-01T00:00:00Z", business_at="2020-08-19T08:00:00Z", actor="job:x", verb="v", object_kind="k"
    )
    event.refresh_from_db()
    assert event.at.year > 2001


@pytest.mark.django_db
def test_commits_to_the_label_of_the_moment_and_erasing_unlinks_it():
    first = labels.set_label("person:7", "Nguyễn Văn An")
    before = record(**FIELDS)
    assert labels.set_label("person:7", "Nguyễn Văn An").id == first.id
    labels.set_label("person:7", "Nguyễn Thị An")
    after = record(**FIELDS)
    assert before.actor_commitment == hashing.commitment(bytes(first.salt), "Nguyễn Văn An")
    assert before.actor_commitment != after.actor_commitment
    assert labels.labels_of([before.actor_commitment, after.actor_commitment]) == {
        before.actor_commitment: "Nguyễn Văn An",
        after.actor_commitment: "Nguyễn Thị An",
    }
    assert labels.erase(by="person:1", person="person:7", reason="Yêu cầu xóa") == 2
    assert labels.labels_of([before.actor_commitment, after.actor_commitment]) == {}
    # The salt is nowhere else: not in any event, the one of the erasure included.
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, ' ') FROM journal_event e")
        everything = cursor.fetchone()[0]
    assert bytes(first.salt).hex() not in everything
    assert "Nguyễn" not in everything
    assert Event.objects.get(id=before.id).actor_commitment == before.actor_commitment
    assert not PersonLabel.objects.exists()


@pytest.mark.django_db
def test_only_persons_have_labels_and_jobs_commit_to_nothing():
    with pytest.raises(ValueError, match="no person"):
        labels.set_label("job:x", "X")
    assert record(**{**FIELDS, "by": "job:x"}).actor_commitment == ""

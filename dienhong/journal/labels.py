"""Names of persons beside the journal: erasable, while events keep only a salted hash of them."""

import secrets
from collections.abc import Iterable

from django.db import transaction

from dienhong.journal import actions, hashing
from dienhong.journal.models import PersonLabel


def set_label(person: str, label: str) -> PersonLabel:
    """From now on events of `person` ("person:<id>") commit to `label`. Nothing is written when it is the present one.

    Never a citizen number. Raises ValueError for an actor that is no person.
    """
    if not person.startswith("person:"):
        raise ValueError(f"{person!r} is no person: only persons have labels, written person:<id>.")
    present = PersonLabel.objects.filter(person=person).order_by("-id").first()
    if present and present.label == label:
        return present
    salt = secrets.token_bytes(16)
    return PersonLabel.objects.create(person=person, label=label, salt=salt, commitment=hashing.commitment(salt, label))


def erase(*, by: str, person: str, reason: str) -> int:
    """Erase every label of `person` with its salt: the commitments in events lead nowhere afterwards.

    Returns how many rows went. That a label was erased is itself an event; the label is not in it.
    """
    with transaction.atomic():
        count, _ = PersonLabel.objects.filter(person=person).delete()
        actions.record(
            by=by, verb="label.erase", object_kind="person", object_id=person.removeprefix("person:"), reason=reason
        )
    return count


def labels_of(commitments: Iterable[str]) -> dict[str, str]:
    """Commitment -> label, for those that were not erased."""
    wanted = {each for each in commitments if each}
    return dict(PersonLabel.objects.filter(commitment__in=wanted).order_by().values_list("commitment", "label"))


def persons_called(text: str, most: int) -> list[str]:
    """`person:<id>` of those whose label, now or once, holds each word of `text`, tones or none; at most `most`."""
    found = PersonLabel.objects.all()
    for word in text.split():
        plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = found.extra(where=["journal_fold(label) LIKE '%%' || journal_fold(%s) || '%%'"], params=[plain])
    return list(found.order_by("person").values_list("person", flat=True).distinct()[:most])

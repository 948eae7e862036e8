"""The index that this worker keeps: built once, then only what changed since the stamp it has seen."""

import threading
import time
from collections.abc import Iterator

from django.db.models import QuerySet

from dienhong.catalogue import queries, served, stamp
from dienhong.catalogue.models import LifeEventProcedure, ResultLine, State, Synonym, Version
from dienhong.catalogue.search.engine import Hit, search
from dienhong.catalogue.search.index import Entry, Index
from dienhong.catalogue.search.thesaurus import Thesaurus

WEIGHED_FOR = 600.0  # seconds after which the counts of use are read again
MOST_KEPT = 2000
LONGEST_EXTRA = 400


class Live:
    """Thread-safe. Answers of one stamp are kept, so a query asked twice costs nothing."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._index, self._thesaurus = Index(), Thesaurus()
        self._seen, self._weighed = -1, float("-inf")
        self._answers: dict[tuple[str, int], list[Hit]] = {}

    def find(self, text: str, limit: int = 20) -> list[Hit]:
        """Best first. Reads what changed first; while one thread reads, the others wait: it is short."""
        key = (" ".join(text.split()), limit)
        with self._lock:
            self._refresh(stamp.current())
            found = self._answers.get(key)
            if found is None:
                if len(self._answers) >= MOST_KEPT:
                    self._answers.clear()
                found = self._answers[key] = search(self._index, self._thesaurus, text, limit)
            return found

    def many(self) -> int:
        with self._lock:
            self._refresh(stamp.current())
            return len(self._index)

    def _refresh(self, value: int) -> None:
        if value == self._seen and time.monotonic() - self._weighed < WEIGHED_FOR:
            return
        use = queries.weights()
        if value < self._seen:
            self._index, self._seen = Index(), -1
        changed = Version.objects.filter(current=True, stamp__gt=self._seen, stamp__lte=value)
        gone = list(changed.filter(state=State.REPEALED).values_list("procedure_id", flat=True))
        entries = list(_entries(changed.exclude(state=State.REPEALED), use))
        self._index.put(entries)
        self._index.drop(gone)
        self._index.weigh(use)
        self._thesaurus = Thesaurus.of(Synonym.objects.order_by("pk").values_list("said", "means"))
        self._seen, self._weighed = value, time.monotonic()
        self._answers.clear()


def _entries(rows: QuerySet[Version], use: dict[int, int]) -> Iterator[Entry]:
    common = set(LifeEventProcedure.objects.values_list("procedure_id", flat=True))
    results: dict[int, str] = {}
    for version, name in ResultLine.objects.filter(version__in=rows).order_by("place").values_list("version", "name"):
        results.setdefault(version, name)
    # What the page itself is called, in either language.
    ours = {code: f"{service.name_vi} {service.name_en}" for code, service in served.services().items()}
    wanted = rows.select_related("procedure", "field", "agency").only(
        "name", "keywords", "procedure__code", "procedure__synchronised_with", "field__name", "agency__name"
    )
    for row in wanted.order_by("pk").iterator(chunk_size=2000):
        yield Entry(
            key=row.procedure_id,
            code=row.procedure.code,
            name=row.name,
            field=row.field.name,
            agency=row.agency.name,
            standing=queries.standing(row.procedure.code, row.procedure.synchronised_with).key,
            use=use.get(row.procedure_id, 0),
            common=row.procedure_id in common,
            extra=" ".join((*row.keywords, ours.get(row.procedure.code, ""), results.get(row.pk, "")))[:LONGEST_EXTRA],
        )


_live = Live()


def find(text: str, limit: int = 20) -> list[Hit]:
    """What this worker's index answers; `Hit.entry.key` is the procedure's id."""
    return _live.find(text, limit)


def suggest(text: str, limit: int = 8) -> list[Hit]:
    """While typing: the same order, one of several procedures that share a name."""
    named: dict[str, Hit] = {}
    for hit in _live.find(text, limit * 2):
        named.setdefault(hit.entry.name, hit)
    return list(named.values())[:limit]


def many() -> int:
    """How many procedures can be found."""
    return _live.many()


def warm() -> None:
    """Build the index now and not at the first question."""
    _live.many()


def forget() -> None:
    """Begin anew: between tests, whose databases come and go."""
    global _live
    _live = Live()
    stamp.forget()

"""Views, counted in this worker and written a batch at a time: a page itself never writes.

What a worker holds when it is killed is lost; these are counts for an order, not figures.
"""

import threading
import time
from collections import Counter

from dienhong.base import clock
from dienhong.catalogue.actions import count
from dienhong.catalogue.models import Counted

BATCH, PATIENCE = 50, 10.0
MOST_CODES = 5000

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_since = time.monotonic()


def note(code: str) -> int:
    """One view. Returns how many procedures were written, mostly nought. Codes that nobody knows are left out there."""
    global _since
    with _lock:
        if code in _counts or len(_counts) < MOST_CODES:
            _counts[code] += 1
        if _counts.total() < BATCH and time.monotonic() - _since < PATIENCE:
            return 0
        said, _since = dict(_counts), time.monotonic()
        _counts.clear()
    return count(by="job:portal", counts=said, kind=Counted.VIEW, day=clock.business_today())

"""How often one address may ask the public pages. Counted in each process: a read writes no rows, and a code of 75
random bits is not found by asking often; this keeps the machine free for others."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest

MOST_ADDRESSES = 10_000


@dataclass
class Limit:
    """A bucket of `burst` turns for each address, filled again over `seconds`."""

    burst: int
    seconds: float
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, address: str) -> bool:
        now = time.monotonic()
        with self._lock:
            left, since = self._buckets.pop(address, (float(self.burst), now))
            left = min(float(self.burst), left + (now - since) * self.burst / self.seconds)
            self._buckets[address] = (left - 1 if left >= 1 else left, now)
            while len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        return left >= 1

    def forget(self) -> None:
        with self._lock:
            self._buckets.clear()


CODES = Limit(60, 60)
FILES = Limit(12, 60)


def address_of(request: HttpRequest) -> str:
    """Behind a proxy: what it wrote last; what stands before that, anyone can write."""
    if settings.BEHIND_PROXY and (said := request.headers.get("X-Forwarded-For", "")):
        return said.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))

"""Superset's settings for the comparison: its documented production shape, on the bench's own database server.

Two gunicorn workers of eight threads, as many as our two web workers; every cache it has, on files both workers share.
Left out, each in its favour: rate limits, CSRF tokens, security headers.
"""

import os

_HOME = os.environ["BENCH_SUPERSET_HOME"]
SECRET_KEY = os.environ["BENCH_SUPERSET_SECRET"]
SQLALCHEMY_DATABASE_URI = os.environ["BENCH_SUPERSET_URL"]


def _cache(name: str) -> dict[str, object]:
    return {
        "CACHE_TYPE": "FileSystemCache", "CACHE_DIR": f"{_HOME}/cache/{name}", "CACHE_DEFAULT_TIMEOUT": 86400,
        "CACHE_THRESHOLD": 100_000, "CACHE_KEY_PREFIX": name,
    }  # fmt: skip


CACHE_CONFIG = _cache("meta")
DATA_CACHE_CONFIG = _cache("data")
FILTER_STATE_CACHE_CONFIG = _cache("filter")
EXPLORE_FORM_DATA_CACHE_CONFIG = _cache("explore")
FEATURE_FLAGS = {"DASHBOARD_VIRTUALIZATION": False}
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False
AUTH_RATE_LIMITED = False

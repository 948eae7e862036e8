"""What a web worker builds once, built before its first request: nobody waits seconds for the first search."""

import logging
import time

from django.db import Error, connections

from dienhong.catalogue.search import live
from dienhong.dossiers import folders
from dienhong.dossiers.queries import drafts

log = logging.getLogger("dienhong.warming")


def warm() -> None:
    """The index of search, the services' forms and rules. Without a database the worker starts all the same: it shows
    that the database is away, and builds these when they are first asked for."""
    began = time.perf_counter()
    # What rooms import only when it is asked for, since commands need not have it.
    import dienhong.documents.signing
    import dienhong.documents.verifying  # noqa: F401

    try:
        live.warm()
        for code in folders.names():
            version = drafts.current(code)
            if version is not None:
                drafts.form_of(version)
                folders.rules_of(code)
    except Error as away:
        log.warning("not built before the first request: %s", str(away).strip() or type(away).__name__)
    finally:
        connections.close_all()
    log.info("built what is built once, %.1f s", time.perf_counter() - began)

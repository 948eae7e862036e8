"""For tests of any room: publish what the test has written. Works inside a test's transaction."""

from dienhong.indicators import publisher


def publish() -> int:
    """Publish everything that is due; returns how many rows (batches and wordings of the catalogue)."""
    total = 0
    while count := publisher.publish_once():
        total += count
    return total

"""Files handed in with a report of progress: through the same door as those of dossiers."""

from typing import Final

from dienhong.dossiers.forms import uploads
from dienhong.dossiers.forms.shapes import Field

MEGABYTES, MOST_FILES = 10, 5
_ANY: Final = Field(
    key="evidence", kind="document", label={}, page="",
    limits={"types": ["pdf", "jpg", "png", "docx", "xlsx"], "megabytes": MEGABYTES, "max": MOST_FILES},
)  # fmt: skip


def keep(data: bytes, name: str) -> uploads.Taken:
    """Judge, scan and store one file. Refused with a sentence otherwise; nothing of a refused file is kept."""
    return uploads.take(data, name, _ANY)

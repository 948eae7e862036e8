"""Files that applicants hand in: known by their content, cleaned of tricks in their names, scanned, kept by hash.

`take` is the only door: size, type, scanner, store, in this order. Nothing of a refused file is kept.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from dienhong.base import store
from dienhong.base.refusal import Refused
from dienhong.dossiers.forms.kinds.files import Document, words_of_size
from dienhong.dossiers.forms.shapes import Field
from dienhong.dossiers.forms.uploads.names import clean
from dienhong.dossiers.forms.uploads.scanning import State, Verdict, scan
from dienhong.dossiers.forms.uploads.sniffing import NotTaken, sniff

__all__ = ["NotTaken", "State", "Taken", "Verdict", "clean", "scan", "sniff", "take"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that lies in the store. `kind` is its media type by content."""

    name: str
    kind: str
    size: int
    digest: str
    scanned: bool

    def value(self) -> dict[str, str | int]:
        """As a field of kind document takes it."""
        return {"digest": self.digest, "name": self.name, "kind": self.kind, "size": self.size}


def take(data: bytes, name: str, field: Field) -> Taken:
    """Judge, scan and keep one file for a field of kind document. Refused with a sentence otherwise."""
    document = Document()
    said = clean(name, "")
    if not data:
        raise Refused("file_empty", _("Tệp “%(name)s” trống. Hãy chọn tệp khác.") % {"name": said})
    if len(data) > document.largest(field):
        raise Refused(
            "file_large",
            _("Tệp “%(name)s” nặng %(size)s; được nhiều nhất %(most)s. Hãy chụp nhỏ lại hoặc tách tệp.")
            % {"name": said, "size": words_of_size(len(data)), "most": words_of_size(document.largest(field))},
        )
    try:
        found = sniff(data)
    except NotTaken as reason:
        raise Refused("file_content", reason.sentence(said)) from None
    if found.media not in document.types(field):
        expected = ", ".join(field.limits.get("types", ["pdf", "jpg", "png"]))
        raise Refused(
            "file_kind",
            _("Tệp “%(name)s” là %(kind)s; chỗ này nhận %(expected)s. Hãy chọn tệp khác.")
            % {"name": said, "kind": found.extension, "expected": expected},
        )
    verdict = scan(data)
    if verdict.state in {State.INFECTED, State.UNREACHABLE}:
        raise Refused(f"file_{verdict.state}", verdict.sentence(said))
    digest = store.put(data)
    return Taken(clean(name, found.extension), found.media, len(data), digest, verdict.state is State.CLEAN)

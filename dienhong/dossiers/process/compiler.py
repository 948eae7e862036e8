"""BPMN 2.0 files to transition tables. What we do not run is refused by kind, id, name and line.

Extension attributes stand in the namespace urn:dienhong:process:1, on the elements of the process:

    status    1 to 10: the national status while the dossier waits here; on a subprocess, of all that stands inside
    role      who does a user task (organizations.Role)
    action    the registered delegate that a service or send task runs
    message   a message's name, where the drawing has no <message>
    due       a limit (limits.py): of a task, when it is due; of a timer, when it fires, instead of timeDuration
    label_en  the English name
"""

import hashlib
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from dienhong.base.refusal import Fault
from dienhong.dossiers.process import structure
from dienhong.dossiers.process.faults import DrawingRefused
from dienhong.dossiers.process.reading import Reader
from dienhong.dossiers.process.supported import BPMN
from dienhong.dossiers.process.table import Process

LARGEST = 2_000_000


def compile(xml: bytes, *, roles: Collection[str] | None = None, delegates: Collection[str] | None = None) -> Process:
    """The process of one file. Raises DrawingRefused with every fault that was found.

    `roles`, `delegates`: the names known; None accepts any (a drawing under test).
    """
    root = parse(xml)
    reader = Reader(root)
    process = reader.process(hashlib.sha256(xml).hexdigest())
    found = reader.faults or structure.faults(process, roles, delegates)
    if found:
        raise DrawingRefused(found)
    return process


def parse(xml: bytes) -> etree._Element:
    """The file's root; no document type, no entity, no network."""
    if len(xml) > LARGEST:
        raise _refused("too_large", _("Tệp BPMN lớn hơn {most} byte.").format(most=LARGEST))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise _refused("not_xml", _("Tệp BPMN không phải XML: {error}").format(error=error)) from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise _refused("doctype", _("Tệp BPMN không được có khai báo DOCTYPE."))
    if root.tag != f"{{{BPMN}}}definitions":
        raise _refused("not_bpmn", _("Tệp không phải BPMN 2.0: phần tử gốc là {tag}.").format(tag=root.tag))
    return root


def _refused(code: str, sentence: str) -> DrawingRefused:
    return DrawingRefused([Fault(code, sentence)])

"""One applicant's case: the service it asks for, its content in versions, where it waits, its clock and its papers."""

from dienhong.dossiers.models.acts import (
    Decision,
    Lapse,
    Refusal,
    ReturnOfResult,
    Stop,
    SupplementItem,
    SupplementRequest,
    Withdrawal,
)
from dienhong.dossiers.models.cases import (
    CLOSED,
    Assessment,
    Attachment,
    CodeBook,
    Content,
    Dossier,
    Draft,
    Party,
    Status,
    Tally,
)
from dienhong.dossiers.models.clock import ClockEvent, DueChange
from dienhong.dossiers.models.counts import CountedSet, Counting, Stay
from dienhong.dossiers.models.places import Place
from dienhong.dossiers.models.services import Service, ServiceVersion, Signature
from dienhong.dossiers.models.voices import Complaint, Rating

__all__ = [
    "CLOSED",
    "Assessment",
    "Attachment",
    "ClockEvent",
    "CodeBook",
    "Complaint",
    "Content",
    "CountedSet",
    "Counting",
    "Decision",
    "Dossier",
    "Draft",
    "DueChange",
    "Lapse",
    "Party",
    "Place",
    "Rating",
    "Refusal",
    "ReturnOfResult",
    "Service",
    "ServiceVersion",
    "Signature",
    "Status",
    "Stay",
    "Stop",
    "SupplementItem",
    "SupplementRequest",
    "Tally",
    "Withdrawal",
]

"""Every verb of reporting that changes state: keyword-only, `by` first, one transaction, one journal event."""

from dienhong.reporting.actions.corrections import correct, withdraw
from dienhong.reporting.actions.duties import exempt, extend, open_duties
from dienhong.reporting.actions.entry import explain, nothing_to_report, save_cells, start_entry
from dienhong.reporting.actions.events import close_event, open_daily, open_event
from dienhong.reporting.actions.receipt import receive, return_version
from dienhong.reporting.actions.regimes import load_regime
from dienhong.reporting.actions.reminding import remind
from dienhong.reporting.actions.sending import send
from dienhong.reporting.actions.signing import approve, send_back, submit
from dienhong.reporting.actions.undoing import redo, undo
from dienhong.reporting.narratives import save_narrative

__all__ = [
    "approve",
    "close_event",
    "correct",
    "exempt",
    "explain",
    "extend",
    "load_regime",
    "nothing_to_report",
    "open_daily",
    "open_duties",
    "open_event",
    "receive",
    "redo",
    "remind",
    "return_version",
    "save_cells",
    "save_narrative",
    "send",
    "send_back",
    "start_entry",
    "submit",
    "undo",
    "withdraw",
]

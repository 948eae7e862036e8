"""What the verifier says: one finding, in Vietnamese and English, with the event and the position."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    EDIT = "edit"
    DELETION = "deletion"
    REORDERING = "reordering"
    CUT_TAIL = "cut_tail"
    FORGERY = "forgery"
    INSERTION = "insertion"
    NOTE = "note"  # explained or not yet due: no proof of tampering


class Finding(NamedTuple):
    kind: Kind
    vi: str
    en: str
    event_id: int | None = None
    position: int | None = None
    batch: int | None = None


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def edited(event_id: int, position: int) -> Finding:
    return Finding(
        Kind.EDIT,
        f"Sự kiện {event_id} (vị trí {position}) không còn khớp với niêm phong: nội dung đã bị sửa sau khi niêm phong.",
        f"Event {event_id} (position {position}) no longer matches its seal: it was changed after it was sealed.",
        event_id,
        position,
    )


def deleted(event_id: int, position: int) -> Finding:
    return Finding(
        Kind.DELETION,
        f"Sự kiện {event_id} (vị trí {position}) đã được niêm phong nhưng không còn trong bảng: đã bị xóa.",
        f"Event {event_id} (position {position}) was sealed but is no longer in the table: it was deleted.",
        event_id,
        position,
    )


def seals_gone(first: int, last: int, after_event: int | None) -> Finding:
    after_vi = f", sau sự kiện {after_event}" if after_event else ""
    after_en = f", after event {after_event}" if after_event else ""
    return Finding(
        Kind.DELETION,
        f"Thiếu niêm phong ở vị trí {_span(first, last)}{after_vi}: đã bị xóa.",
        f"Seals at position {_span(first, last)} are missing{after_en}: they were deleted.",
        None,
        first,
    )


def moved(event_id: int, position: int, sealed_there: int) -> Finding:
    return Finding(
        Kind.REORDERING,
        f"Vị trí {position} nay ghi sự kiện {event_id}, nhưng đã niêm phong sự kiện {sealed_there}: thứ tự đã bị đổi.",
        f"Position {position} now names event {event_id} but sealed event {sealed_there}: the order was changed.",
        event_id,
        position,
    )


def out_of_chain(event_id: int, position: int, before: int | None) -> Finding:
    return Finding(
        Kind.REORDERING,
        f"Niêm phong của sự kiện {event_id} (vị trí {position}) không nối tiếp niêm phong liền trước "
        f"(sự kiện {before or 0}): thứ tự đã bị đổi hoặc một trong hai niêm phong đã bị thay.",
        f"The seal of event {event_id} (position {position}) does not follow the seal before it "
        f"(event {before or 0}): the order was changed or one of the two seals was replaced.",
        event_id,
        position,
    )


def outside_batches(event_id: int, position: int) -> Finding:
    return Finding(
        Kind.FORGERY,
        f"Niêm phong của sự kiện {event_id} (vị trí {position}) không thuộc lô nào đã ký.",
        f"The seal of event {event_id} (position {position}) belongs to no signed batch.",
        event_id,
        position,
    )


def forged(number: int, first: int, last: int, events: str, vi: str, en: str) -> Finding:
    return Finding(
        Kind.FORGERY,
        f"Lô niêm phong {number} (vị trí {_span(first, last)}, sự kiện {events}): {vi}",
        f"Batch {number} (position {_span(first, last)}, events {events}): {en}",
        None,
        first,
        number,
    )


def batch_gone(first_number: int, last_number: int, first: int, last: int) -> Finding:
    return Finding(
        Kind.DELETION,
        f"Lô niêm phong {_span(first_number, last_number)} (vị trí {_span(first, last)}) không còn trong bảng.",
        f"Batch {_span(first_number, last_number)} (position {_span(first, last)}) is no longer in the table.",
        None,
        first,
        first_number,
    )


def cut(first_number: int, last_number: int, first: int, last: int, last_event: int | None) -> Finding:
    return Finding(
        Kind.CUT_TAIL,
        f"Phần cuối đã bị cắt: gốc của lô {_span(first_number, last_number)} (vị trí {_span(first, last)}) đã được "
        f"công bố nhưng cơ sở dữ liệu kết thúc ở sự kiện {last_event or 0}, vị trí {first - 1}.",
        f"The tail was cut: the root of batch {_span(first_number, last_number)} (position {_span(first, last)}) was "
        f"exported, but the database ends with event {last_event or 0}, position {first - 1}.",
        None,
        first,
        first_number,
    )


def restored(first: int, last: int, reason: str, at: str) -> Finding:
    return Finding(
        Kind.NOTE,
        f"Vị trí {_span(first, last)} không còn do phục hồi từ bản sao lưu, đã ký xác nhận lúc {at}: {reason}",
        f"Position {_span(first, last)} is gone because a backup was restored, signed for at {at}: {reason}",
        None,
        first,
    )


def slipped_in(event_id: int) -> Finding:
    return Finding(
        Kind.INSERTION,
        f"Sự kiện {event_id} không có niêm phong và không chờ niêm phong: được chèn vào không qua hệ thống.",
        f"Event {event_id} has no seal and does not wait for one: it was put in past the system.",
        event_id,
    )


def unsealed(count: int, oldest_id: int) -> Finding:
    return Finding(
        Kind.NOTE,
        f"{count} sự kiện (từ {oldest_id}) còn chờ niêm phong; phần này chưa được bảo vệ.",
        f"{count} events (from {oldest_id}) still wait to be sealed; they are not yet protected.",
        oldest_id,
    )


def not_exported(first: int, last: int, *, overdue: bool) -> Finding:
    return Finding(
        Kind.DELETION if overdue else Kind.NOTE,
        f"Lô niêm phong {_span(first, last)} không có gốc trong tệp công bố"
        + (": tệp đã bị cắt hoặc bộ niêm phong không chạy." if overdue else " (vừa niêm phong)."),
        f"Batch {_span(first, last)} has no root in the exported file"
        + (": the file was cut, or the sealer does not run." if overdue else " (sealed just now)."),
        batch=first,
    )


def bad_root_line(line: int) -> Finding:
    return Finding(
        Kind.FORGERY,
        f"Dòng {line} của tệp gốc không đọc được hoặc chữ ký không đúng với khóa nào đã biết.",
        f"Line {line} of the roots file can't be read, or no known key made its signature.",
    )

"""JSON as people give it, in a field or a file: read, or refused in words, also where it could not be kept."""

import json
from typing import Any

from django.utils.translation import gettext as _

DEEPEST = 40  # a board is six deep, a chart of its own as many again


def read_json(text: str) -> Any:
    """ValueError in words. The trap: what the parser takes (a lone half of a character, a NUL, a thousand brackets,
    NaN, 1e400), the database or the next reader may not."""
    try:
        found = json.loads(text)
        written = _written(found)
        written.encode()
    except json.JSONDecodeError as error:
        said = {"line": error.lineno, "column": error.colno, "why": _why(error.msg)}
        raise ValueError(_("Không đọc được JSON, dòng %(line)d, cột %(column)d: %(why)s.") % said) from error
    except RecursionError:
        raise ValueError(_("JSON lồng quá sâu.")) from None
    except UnicodeEncodeError:
        raise ValueError(_("JSON có ký tự không lưu được.")) from None
    if "\\u0000" in written:
        raise ValueError(_("JSON có ký tự không lưu được."))
    if _deep(found):
        raise ValueError(_("JSON lồng quá sâu."))
    return found


def _written(found: Any) -> str:
    try:
        return json.dumps(found, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError(_("JSON có số không hữu hạn (NaN, Infinity, 1e400).")) from None


def _why(said: str) -> str:
    """The parser's sentence in the reader's language; it says them in English alone."""
    words = {
        "Expecting property name": _("cần tên của trường, trong dấu ngoặc kép"),
        "Expecting ',' delimiter": _("thiếu dấu phẩy giữa hai phần"),
        "Expecting ':' delimiter": _("thiếu dấu hai chấm sau tên của trường"),
        "Expecting value": _("thiếu một giá trị"),
        "Illegal trailing comma": _("thừa dấu phẩy sau phần cuối"),
        "Unterminated string": _("chuỗi chữ chưa đóng ngoặc kép"),
        "Invalid control character": _("chuỗi chữ xuống dòng hoặc có ký tự điều khiển"),
        "Invalid \\": _("dấu \\ trong chuỗi chữ không đúng cách"),
        "Extra data": _("còn chữ thừa sau khi đối tượng đã đóng"),
    }
    return next((each for start, each in words.items() if said.startswith(start)), _("viết không đúng dạng JSON"))


def _deep(value: Any) -> bool:
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True

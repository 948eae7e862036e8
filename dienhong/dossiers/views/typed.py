"""What was typed into the forms of acts: which form it was, and its rows."""

from django.http import QueryDict

MOST_ROWS = 20


def key_of(name: str, post: QueryDict) -> str:
    """The key of the offer whose form sent it."""
    return f"{name}-{post['place']}" if post.get("place") else name


def rows_of(post: QueryDict) -> list[dict[str, str]]:
    """The free rows of a supplement request as typed, blank ones too."""
    count = min(whole(post.get("rows", "")) or 0, MOST_ROWS)
    names = ("what", "reason", "field", "basis")
    return [{name: post.get(f"items.{number}.{name}", "") for name in names} for number in range(count)]


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None

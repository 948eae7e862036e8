"""The text key of a combination of members: area=urban;sex=female, sorted by list; the total is the empty key."""

from collections.abc import Mapping


def key_of(members: Mapping[str, str]) -> str:
    return ";".join(f"{code_list}={member}" for code_list, member in sorted(members.items()))


def members_of(key: str) -> dict[str, str]:
    """Code list -> member; nothing for the total."""
    return dict(pair.split("=", 1) for pair in key.split(";")) if key else {}


def joined(one: Mapping[str, str], two: Mapping[str, str]) -> dict[str, str] | None:
    """Both combinations at once; None where they name two members of one list, which nothing can be."""
    if any(two.get(code_list, member) != member for code_list, member in one.items()):
        return None
    return {**one, **two}

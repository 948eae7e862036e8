"""What may be shown of a person to whoever holds a paper: enough to recognise, too little to find. Plain Python."""


def name(full: str) -> str:
    """ "Nguyễn Văn Mẫu" -> "Nguyễn V** M**": the first word and the first letters of the others."""
    first, *rest = full.split() or [""]
    return " ".join([first if rest else f"{first[:1]}**", *(f"{word[:1]}**" for word in rest)]) if first else ""


def tail(text: str) -> str:
    """ "000.00.01.H08-200819-0001" -> "…0001": the last four characters."""
    return f"…{text[-4:]}" if len(text) > 4 else text

"""Names of files as people see them. Never a path: the store knows files by their hash only."""

import re
import unicodedata

# Controls, zero-width signs and those that turn the direction of writing: "phieu\u202efdp.exe" reads "phieuexe.pdf".
_HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
MOST = 120
SAME = {"jpg": ("jpg", "jpeg")}


def clean(name: str, extension: str) -> str:
    """Last part of the path, visible characters only, at most 120, ending with `extension` ("" leaves the ending)."""
    last = re.split(r"[\\/]", name.replace("\x00", ""))[-1]
    said = _FORBIDDEN.sub("_", _HIDDEN.sub("", unicodedata.normalize("NFC", last)))
    said = re.sub(r"\s+", " ", said).strip(" .")
    if extension:
        stem = _ENDING.sub("", said)
        right = said.lower().endswith(tuple(f".{each}" for each in SAME.get(extension, (extension,))))
        ending = said[len(stem) :] if right else f".{extension}"
    else:
        stem, ending = said, ""
    stem = stem.strip(" .") or "tep"
    if _RESERVED.fullmatch(stem.split(".")[0]):
        stem = f"_{stem}"
    return stem[: MOST - len(ending)].rstrip(" .") + ending

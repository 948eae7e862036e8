"""Numbers of legal acts in text: an act that was issued after a day is marked as such, so that nobody takes it for
what was in force then."""

import datetime as dt
import re

# 55/2020/TT-BCT, 09/2019/NĐ-CP, 33/2013/QH13; the English forms of the catalogue too (94/2022/ND-CP).
ACT = re.compile(r"\b\d{1,4}/(\d{4})/(?:[A-ZĐ]{2}[\w-]*)")
LATER = {"vi": "ban hành sau", "en": "issued later"}


def dated(text: str, on: dt.date, lang: str) -> str:
    """The text with "(ban hành sau)" behind every act whose number bears a later year than the day's."""

    def marked(found: re.Match[str]) -> str:
        return f"{found[0]} ({LATER[lang]})" if int(found[1]) > on.year else found[0]

    return ACT.sub(marked, text)

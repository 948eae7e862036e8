"""The play bank's pages: plain HTML, no script, readable at 360 px, every value escaped."""

import sqlite3
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from dienhong.base.money import money
from dienhong.payments.providers.vietqr.payload import Transfer
from dienhong.payments.sandbox_bank.books import FAULTS
from dienhong.payments.sandbox_bank.words import say

STYLE = Path(__file__).with_name("bank.css").read_text(encoding="utf-8")


def page(title: str, body: str, lang: str, path: str) -> str:
    other = "en" if lang == "vi" else "vi"
    name = "English" if other == "en" else "Tiếng Việt"
    joined = "&" if "?" in path else "?"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)} · {say("bank", lang)}</title>'
        f'<link rel="stylesheet" href="/style.css"></head><body><header><b>{say("bank", lang)}</b>'
        f'<a href="{escape(path + joined)}lang={other}" lang="{other}">{name}</a></header><main>'
        f'<p class="play">{say("play", lang)}</p><h1>{escape(title)}</h1>{body}</main></body></html>'
    )


def _facts(rows: Sequence[tuple[str, str]], lang: str) -> str:
    lines = "".join(f"<dt>{say(key, lang)}</dt><dd>{escape(value)}</dd>" for key, value in rows)
    return f"<dl>{lines}</dl>"


def ask_code(lang: str, fault: str = "") -> str:
    wrong = f'<p role="alert"><b>{escape(fault)}</b></p>' if fault else ""
    return (
        f'{wrong}<form method="get" action="/pay"><label for="qr">{say("code", lang)}</label>'
        f'<p class="hint" id="qr-hint">'
        f'{say("code_hint", lang)}</p><textarea id="qr" name="qr" aria-describedby="qr-hint" required></textarea>'
        f'<input type="hidden" name="lang" value="{lang}"><p class="acts"><button class="button">'
        f"{say('read', lang)}</button></p></form>"
    )


def confirm_code(transfer: Transfer, hidden: Mapping[str, str], lang: str) -> str:
    """What the app read from the code. The amount may be changed, as in any bank's app."""
    facts = _facts(
        [("to", transfer.account), ("bank_no", transfer.bank_bin), ("content", transfer.content or "-")], lang
    )
    keep = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in hidden.items())
    return (
        f'{facts}<form method="post" action="/pay">{keep}<label for="amount">{say("amount", lang)}</label>'
        f'<input type="text" inputmode="numeric" id="amount" name="amount" value="{transfer.amount or ""}" required>'
        f'<p class="acts"><button class="button">{say("pay", lang)}</button></p></form>'
    )


def confirm_wish(fields: Mapping[str, object], ticket: str, lang: str) -> str:
    receipt = fields.get("ThongTinBienLai")
    data: Mapping[str, object] = receipt if isinstance(receipt, dict) else {}
    facts = _facts(
        [
            ("amount", money(int(str(fields["SoTien"])), lang)), ("to", str(data.get("TKThuHuong", ""))),
            ("holder", str(data.get("TenTKThuHuong", ""))), ("content", str(fields["ThongTinGiaoDich"])),
        ],
        lang,
    )  # fmt: skip
    return (
        f'{facts}<form method="post" action="/gateway/pay"><input type="hidden" name="ticket" value="{escape(ticket)}">'
        f'<p class="acts"><button class="button" name="good" value="1">{say("pay", lang)}</button>'
        f'<button class="button plain" name="good" value="0">{say("no", lang)}</button></p></form>'
    )


def paid(ref: str, amount: int, back: str, lang: str) -> str:
    link = f'<p class="acts"><a class="button" href="{escape(back)}">{say("back", lang)}</a></p>' if back else ""
    return _facts([("reference", ref), ("amount", money(amount, lang))], lang) + link


def home(movements: Sequence[sqlite3.Row], on: set[str], lang: str) -> str:
    rows = "".join(
        f"<tr><td>{escape(row['at'][:16].replace('T', ' '))}</td><td>{escape(row['content'])}</td>"
        f'<td class="num">{money(row["amount"], lang)}</td></tr>'
        for row in movements
    )
    table = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{say("moves", lang)}"><table>'
        f'<thead><tr><th scope="col">'
        f'{say("when", lang)}</th><th scope="col">{say("content", lang)}</th><th scope="col" class="num">'
        f"{say('amount', lang)}</th></tr></thead><tbody>{rows}</tbody></table></div>"
        if rows
        else f"<p>{say('none', lang)}</p>"
    )
    boxes = "".join(
        f'<p class="row"><input type="checkbox" id="{name}" name="{name}"{" checked" if name in on else ""}>'
        f'<label for="{name}">{say(name, lang)}</label></p>'
        for name in FAULTS
    )
    return (
        f'<p class="acts"><a class="button" href="/pay?{urlencode({"lang": lang})}">{say("read", lang)}</a></p>'
        f"<h2>{say('moves', lang)}</h2>{table}<h2>{say('faults', lang)}</h2>"
        f'<form method="post" action="/faults">{boxes}<p class="acts"><button class="button">{say("save", lang)}'
        f"</button></p></form>"
    )

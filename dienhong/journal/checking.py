"""Check a proof of journal events without the database and without Django: `python -m dienhong.journal.checking FILE`.

Needs Python and `cryptography`. A proof shows that an event, byte for byte, stood at its position in a batch whose
root was signed. Whose key it is, only the auditor can know: compare it with the one the agency published.
"""

import json
import sys
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dienhong.journal import hashing

FORMAT = "dienhong-journal-proof/1"


class Answer(NamedTuple):
    """Whether the proof holds, and why not or for what, in both languages."""

    ok: bool
    vi: str
    en: str

    def __bool__(self) -> bool:
        return self.ok


class _NoProof(Exception):
    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


def check_proof(proof: str | dict[str, Any], *, public_key: str | None = None) -> Answer:
    """Check a proof made by `proofs.export`. `public_key` (64 hex digits): the key to trust, from another source.

    Never raises for a bad proof: the answer says what does not fit, naming the event.
    """
    try:
        content = json.loads(proof) if isinstance(proof, str) else proof
        return _check(content, public_key)
    except _NoProof as problem:
        return Answer(False, problem.vi, problem.en)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        return Answer(False, f"Tệp không đúng dạng chứng cứ: {error!r}.", f"The file is not a proof: {error!r}.")


def _check(content: dict[str, Any], public_key: str | None) -> Answer:
    if content["format"] != FORMAT:
        raise _NoProof(f"Không biết dạng {content['format']}.", f"Unknown format {content['format']}.")
    batches = {
        number: _statement(batch, content["public_keys"], public_key) for number, batch in content["batches"].items()
    }
    for number, statement in batches.items():
        if str(statement.number) != number:
            raise _NoProof(f"Lô {number} mang số khác.", f"Batch {number} bears another number.")
    for each in content["events"]:
        _event(each, batches[each["batch"]])
    count = len(content["events"])
    if not count:
        raise _NoProof("Chứng cứ không có sự kiện nào.", "The proof holds no event.")
    if public_key is None:
        used = ", ".join(sorted(content["public_keys"].values()))
        return Answer(
            True,
            f"{count} sự kiện khớp với gốc đã ký. Hãy đối chiếu khóa công khai {used} với khóa cơ quan đã công bố.",
            f"{count} events fit their signed roots. Compare the public key {used} with the one the agency published.",
        )
    return Answer(
        True, f"{count} sự kiện khớp với gốc đã ký bằng khóa này.", f"{count} events fit roots signed with this key."
    )


def _statement(batch: dict[str, Any], public_keys: dict[str, str], trusted: str | None) -> hashing.Statement:
    statement = hashing.read_statement(batch["statement"])
    public = bytes.fromhex(trusted or public_keys[statement.key_id])
    if hashing.sha256(public).hex()[:16] != statement.key_id:
        raise _NoProof(
            f"Lô {statement.number} không được ký bằng khóa này.",
            f"Batch {statement.number} is signed with another key.",
        )
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            bytes.fromhex(batch["signature"]), batch["statement"].encode()
        )
    except InvalidSignature:
        raise _NoProof(
            f"Chữ ký của lô {statement.number} không đúng.", f"The signature of batch {statement.number} does not hold."
        ) from None
    return statement


def _event(each: dict[str, Any], statement: hashing.Statement) -> None:
    fields = json.loads(each["event"])
    name, position = fields["id"], int(each["position"])
    if hashing.canonical(fields).decode() != each["event"]:
        raise _NoProof(f"Sự kiện {name} không ở dạng chuẩn.", f"Event {name} is not in canonical form.")
    path = [bytes.fromhex(sibling) for sibling in each["path"]]
    index = position - statement.first_position
    try:
        root = hashing.climb(hashing.leaf(each["event"].encode()), index, statement.size, path)
    except ValueError:
        root = b""
    if root.hex() != statement.tree:
        raise _NoProof(
            f"Sự kiện {name} (vị trí {position}) không khớp với gốc của lô {statement.number}.",
            f"Event {name} (position {position}) does not fit the root of batch {statement.number}.",
        )
    label = each.get("label")
    if label and hashing.commitment(bytes.fromhex(label["salt"]), label["label"]) != fields["actor_commitment"]:
        raise _NoProof(
            f"Tên người kèm theo sự kiện {name} không khớp với cam kết.",
            f"The person's label given with event {name} does not fit its commitment.",
        )


def main(arguments: list[str]) -> int:
    if len(arguments) not in {1, 2}:
        print("usage: python -m dienhong.journal.checking PROOF.json [PUBLIC_KEY_HEX]")
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        answer = check_proof(file.read(), public_key=arguments[1] if len(arguments) == 2 else None)
    print(answer.vi, answer.en, sep="\n")
    return 0 if answer else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

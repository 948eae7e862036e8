import json
import subprocess
import sys

import pytest

from dienhong.journal import hashing, keys, labels, sealer
from dienhong.journal.proofs import NotSealed, check_proof, export

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("journal_home")]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_every_leaf_climbs_to_the_root_and_nowhere_else(count):
    leaves = [hashing.leaf(bytes([number])) for number in range(count)]
    for index in range(count):
        path = hashing.tree_path(leaves, index)
        assert hashing.climb(leaves[index], index, count, path) == hashing.tree_root(leaves)
        for other in set(range(count)) - {index}:
            try:
                assert hashing.climb(leaves[index], other, count, path) != hashing.tree_root(leaves)
            except ValueError:
                continue


def test_one_event_is_proven(events):
    ids = events(20, reason="Gửi báo cáo quý II")
    sealer.seal_once()
    proof = export([ids[11]])
    answer = check_proof(json.dumps(proof))
    assert answer
    assert proof["public_keys"][keys.current().key_id] in answer.en
    assert check_proof(proof, public_key=keys.current().public_hex)
    assert len(json.dumps(proof)) < 3000
    assert json.loads(proof["events"][0]["event"])["reason"] == "Gửi báo cáo quý II"


def test_a_set_over_several_batches_is_proven(events):
    ids = []
    for _ in range(3):
        ids += events(4)
        sealer.seal_once()
    proof = export([ids[0], ids[3], ids[10]])
    assert check_proof(proof)
    assert sorted(proof["batches"]) == ["1", "3"]
    assert [each["position"] for each in proof["events"]] == ["1", "4", "11"]


def test_any_change_breaks_it(events):
    ids = events(7)
    sealer.seal_once()
    good = json.dumps(export([ids[2]]))
    changes = [
        ("version.send", "version.void"), ('"position": "3"', '"position": "4"'), ('"batch": "1"', '"batch": "2"'),
        ('\\"last_position\\":\\"7\\"', '\\"last_position\\":\\"8\\"'), ("proof/1", "proof/2"),
    ]  # fmt: skip
    for before, after in changes:
        assert before in good
        answer = check_proof(good.replace(before, after))
        assert not answer
        assert answer.vi
        assert answer.en
    proof = json.loads(good)
    proof["events"][0]["path"].pop()
    assert not check_proof(proof)
    for rubbish in ("", "[]", "{}", "null", '{"format": 1}', "[" * 100_000):
        assert not check_proof(rubbish)


def test_another_key_is_told(events):
    ids = events(2)
    sealer.seal_once()
    answer = check_proof(export(ids), public_key="00" * 32)
    assert not answer
    assert "another key" in answer.en


def test_what_is_not_sealed_is_refused_by_number(events):
    ids = events(2)
    sealer.seal_once()
    waiting = events(1)
    with pytest.raises(NotSealed) as problem:
        export([*ids, *waiting])
    assert problem.value.event_ids == waiting
    with pytest.raises(ValueError, match="1 to 1000"):
        export([])


def test_a_label_comes_along_until_it_is_erased(events):
    labels.set_label("person:7", "Nguyễn Văn An")
    ids = events(2)
    sealer.seal_once()
    proof = export(ids, with_labels=True)
    assert proof["events"][0]["label"]["label"] == "Nguyễn Văn An"
    assert check_proof(proof)
    proof["events"][0]["label"]["label"] = "Nguyễn Văn Bình"
    assert not check_proof(proof)
    labels.erase(by="person:1", person="person:7", reason="yêu cầu")
    assert "label" not in export(ids, with_labels=True)["events"][0]
    assert check_proof(export(ids))


def test_it_is_checked_without_django(events, tmp_path):
    ids = events(3)
    sealer.seal_once()
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(export(ids)), encoding="utf-8")
    code = (
        "import sys; sys.modules['django'] = None; from dienhong.journal import checking;"
        f"sys.exit(checking.main([{str(path)!r}, {keys.current().public_hex!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "3 events fit" in done.stdout

"""Freezes a released schema with data in it, once a release: `python -m tests.freeze tests/released/0.1.0`.

A small site reports one quarter as people do it, is backed up by its own command, and stays in the repository as that
backup, which tests/test_upgrade.py restores and brings to the present. Made on the oldest PostgreSQL that is supported
(DIENHONG_POSTGRES_BIN), since a newer server reads an older one's dump and not the other way round.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.killing import ROOT, Site

REPORT = """
import json, django
django.setup()
from dienhong.indicators import publisher, queries
from dienhong.indicators.models import Breakdown, Indicator, Period
from dienhong.organizations import queries as units
from dienhong.organizations.models import Person
from dienhong.reporting import actions, review
from dienhong.reporting.actions.entry import Typed
from dienhong.reporting.models import Approval, Duty
RIGHT = {"r1": "594", "r2.1": "4112", "r2.2": "8792", "r3.1": "11881", "r3.2": "1205", "r4.1": "412", "r4.2": "-"}
who = {name: Person.objects.get(username=name) for name in ("enters", "leads", "sends")}
for number, duty in enumerate(Duty.objects.order_by("pk")[:3]):
    version = actions.start_entry(by=who["enters"], duty=duty)
    actions.save_cells(by=who["enters"], version=version, typed={key: Typed(text) for key, text in RIGHT.items()})
    for finding in review.judge(version).findings:
        if finding.asks:
            actions.explain(by=who["enters"], version=version, rule=finding.rule, text="Tăng theo mùa vụ.")
    if number == 2:
        continue  # one stays unfinished
    actions.submit(by=who["enters"], version=version)
    actions.approve(by=who["leads"], version=version, kind=Approval.Kind.DEMO)
    actions.send(by=who["sends"], version=version, demo=True)
"""
TOLD = """
import json, django
django.setup()
from tests.upgraded import told
print(json.dumps(told()))
"""


def freeze(target: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="dienhong-freeze-"))
    site = Site(home)
    try:
        site.prepare()
        site.run("app", "-c", REPORT)
        site.run("sealer", "manage.py", "sealer", "--once")
        site.run("owner", "manage.py", "backup", "--to", str(home / "backups"))
        [made] = [path for path in (home / "backups").iterdir() if path.name != "files"]
        target.mkdir(parents=True)
        shutil.copytree(home / "backups" / "files", target / "files")
        shutil.move(made, target / "backup")
        told = json.loads(site.run("app", "-c", TOLD).splitlines()[-1])
        (target / "told.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))
    finally:
        site.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    freeze(ROOT / sys.argv[1])

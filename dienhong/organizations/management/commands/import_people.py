"""`manage.py import_people LIST --by USERNAME`: try a list of people; with --do, add them, all or none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dienhong.base.refusal import Refused
from dienhong.organizations import people_files
from dienhong.organizations.actions import import_people, try_people
from dienhong.organizations.models import Person


class Command(BaseCommand):
    help = "Read a CSV or Excel list of people and say what each line would do; --do saves, if every line is good."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", type=Path, help="a filled template; --template writes an empty one there")
        parser.add_argument("--by", default="", help="username of the administrator who answers for it")
        parser.add_argument("--reason", default="nhập danh sách người dùng")
        parser.add_argument("--do", action="store_true")
        parser.add_argument("--template", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["list"]
        if options["template"]:
            path.write_bytes(people_files.template_csv() if path.suffix == ".csv" else people_files.template())
            self.stdout.write(f"Fill {path}, then: manage.py import_people {path} --by YOU")
            return
        by = Person.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError("--by has to name the administrator who answers for the list.")
        try:
            rows = people_files.lines(people_files.read(path.read_bytes(), path.name))
            do = import_people if options["do"] else try_people
            outcomes = do(by=by, lines=rows, reason=options["reason"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except Refused as refusal:
            wrong = [f"  {each.where} {each.typed}: {each.sentence}" for each in refusal.faults if each.where]
            raise CommandError("\n".join([refusal.sentence, *wrong])) from refusal
        for each in outcomes:
            mark = "✓" if each.good else "✗"
            self.stdout.write(f"{mark} {each.line.number} {each.line.username}: {each.sentence}")
        bad = sum(not each.good for each in outcomes)
        self.stdout.write(f"{len(outcomes)} lines, {bad} wrong, {'saved' if options['do'] else 'nothing saved'}")

from typing import Any

from django.db import migrations, models

from dienhong.base.text import sort_key


def fill(apps: Any, schema_editor: Any) -> None:
    Person = apps.get_model("organizations", "Person")
    for person in Person.objects.only("pk", "display_name", "username").iterator():
        Person.objects.filter(pk=person.pk).update(sort_key=sort_key(person.display_name or person.username))


class Migration(migrations.Migration):
    dependencies = [("organizations", "0005_roles_of_services")]
    operations = [
        migrations.AddField(
            "person",
            "sort_key",
            models.CharField(
                blank=True,
                db_collation="C",
                default="",
                editable=False,
                help_text="Vietnamese order of the name shown",
                max_length=900,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

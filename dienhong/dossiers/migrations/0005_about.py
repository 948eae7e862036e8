"""Whether the same thing is asked twice is looked up by an index; before, each filing read every content there was."""

import hashlib
from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """As sending.about gave it when this was written."""
    content, version = apps.get_model("dossiers", "Content"), apps.get_model("dossiers", "ServiceVersion")
    for pk, sheet in version.objects.values_list("pk", "sheet").order_by("pk"):
        if not (field := sheet.get("unique")):
            continue
        rows = content.objects.filter(dossier__version=pk).select_related("dossier").order_by("pk")
        for row in rows.iterator(2000):
            if value := row.data.get(field):
                said = f"{row.dossier.service}\0{value}".encode()
                row.about = int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)
                row.save(update_fields=["about"])


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0004_counting")]
    operations = [
        migrations.AddField(
            "content",
            "about",
            models.BigIntegerField(help_text="hash of what the sheet's `unique` field says; sending.about", null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "content", models.Index(condition=models.Q(("about__isnull", False)), fields=["about"], name="content_about")
        ),
    ]

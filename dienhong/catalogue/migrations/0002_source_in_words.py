"""Where the bundled facts are from was said by a path of the repository; readers of the page have no repository."""

from django.db import migrations

PATH = "dichvucong.gov.vn, 2026 (dienhong/catalogue/data/README.md)"
WORDS = "Cổng Dịch vụ công quốc gia, các trang của tháng 6 và tháng 7 năm 2026"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [("UPDATE catalogue_version SET source = %s WHERE source = %s", [WORDS, PATH])], migrations.RunSQL.noop
        ),
    ]

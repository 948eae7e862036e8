"""The business clock's settings, and the search function that works without contrib extensions."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION base_clocksetting_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'base_clocksetting is append-only: set the clock again instead of changing its past'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER base_clocksetting_append_only BEFORE UPDATE OR DELETE ON base_clocksetting
    FOR EACH ROW EXECUTE FUNCTION base_clocksetting_append_only();
"""
NOT_APPEND_ONLY = """
DROP TRIGGER base_clocksetting_append_only ON base_clocksetting;
DROP FUNCTION base_clocksetting_append_only();
"""

# Step for step dienhong.base.text.fold. COLLATE "C": lower() of other collations depends on the server's locale,
# which would make an index over this function lie after a move; after folding, Vietnamese is ASCII.
FOLD = r"""
CREATE FUNCTION dienhong_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(
    regexp_replace(
        lower(
            translate(
                regexp_replace(normalize(value, NFD) COLLATE "C", '[\u0300-\u036f]+', '', 'g'),
                'ĐđÐð', 'dddd'
            ) COLLATE "C"
        ),
        '[ \t\n\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+', ' ', 'g'
    ),
    ' '
);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ClockSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("set_at", models.DateTimeField(db_index=True, verbose_name="Lúc đặt")),
                ("business_at", models.DateTimeField(verbose_name="Thời điểm nghiệp vụ được đặt")),
                (
                    "set_by",
                    models.CharField(help_text="person:<id>, job:<name>", max_length=60, verbose_name="Người đặt"),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="Lý do")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("set_by", ""), _negated=True) & models.Q(("reason", ""), _negated=True),
                        name="clock_says_who_and_why",
                    )
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NOT_APPEND_ONLY),
        migrations.RunSQL(FOLD, "DROP FUNCTION dienhong_fold(text);"),
    ]

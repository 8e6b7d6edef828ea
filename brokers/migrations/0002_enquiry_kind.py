"""What was asked: a question, one about a record, or a need."""

from django.db import migrations, models


def name_what_is_about_a_record(apps, schema_editor):
    apps.get_model("brokers", "Enquiry").objects.filter(record__isnull=False).update(kind="record")


class Migration(migrations.Migration):
    dependencies = [("brokers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="enquiry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("question", "Question"),
                    ("record", "About a record"),
                    ("need", "Need"),
                ],
                default="question",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.RunPython(name_what_is_about_a_record, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "record"), ("record__isnull", False)),
                    models.Q(models.Q(("kind", "record"), _negated=True), ("record", None)),
                    _connector="OR",
                ),
                name="an_enquiry_about_a_record_names_it",
            ),
        ),
    ]

"""PostgreSQL extensions that search needs."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Trigrams forgive typing errors."""

    initial = True
    operations = [TrigramExtension(), UnaccentExtension()]

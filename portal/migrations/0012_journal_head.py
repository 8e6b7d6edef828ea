"""Lock a chain and read its last entry in one statement.

A volatile function takes a new snapshot for each statement inside it, so what it reads after the
lock is what the transaction before has committed.
"""

from django.db import migrations

HEAD = """
CREATE FUNCTION portal_journal_head(wanted varchar)
RETURNS TABLE (last_number integer, last_hash varchar)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('journal:' || wanted));
    RETURN QUERY SELECT number, hash FROM portal_journalentry
        WHERE chain = wanted ORDER BY number DESC LIMIT 1;
END $$
"""


class Migration(migrations.Migration):

    dependencies = [("portal", "0011_upload_contents")]

    operations = [
        migrations.RunSQL(HEAD, "DROP FUNCTION portal_journal_head(varchar)"),
    ]

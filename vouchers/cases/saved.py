"""When an application was last written to."""

from datetime import datetime

from django.db.models import Max

from vouchers.models import Answer, Application


def last_saved(application: Application) -> datetime:
    """Return the instant of the last save: of an answer or of the rest, else of the beginning."""
    rows = Answer.objects.filter(application=application)
    answered = rows.aggregate(at=Max("saved_at"))["at"]
    known = [application.started_at, application.saved_at, answered]
    return max(instant for instant in known if instant)

"""What brokers think of suggested records."""

from datetime import datetime

from django.db import models

from catalogue.actions.require import require
from catalogue.enums import Opinion
from catalogue.models import Record, SuggestionOpinion
from catalogue.permissions import may_advise
from portal.permissions import Actor
from portal.workflow import action, record


@action
def set_opinion(
    subject: models.Model,
    row: Record,
    *,
    opinion: Opinion | None,
    chain: str,
    by: Actor,
    now: datetime,
) -> None:
    """Recommend a record for a need or an application, leave it out, or take that back with None.

    The caller has made sure that the actor sees the subject. Raises PermissionDenied.
    """
    require(may_advise(by))
    about = SuggestionOpinion.objects.about(subject)
    about.filter(record=row).delete()
    if opinion is not None:
        SuggestionOpinion.objects.create(
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            record=row,
            opinion=opinion,
            at=now,
            by=by.user,
        )
    said = opinion.value if opinion else ""
    record(subject, "set_opinion", by=by, now=now, chain=chain, record=row.pk, opinion=said)

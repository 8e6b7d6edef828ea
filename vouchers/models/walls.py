"""What a conflict of interest closes beside the case itself: its journal, letters, documents."""

from collections.abc import Iterator, Mapping
from functools import cache

from django.db import models
from django.db.models import Q

from portal.models import User, walls
from vouchers.models.applications import Application
from vouchers.models.conflicts import ConflictOfInterest


@cache
def about_applications() -> Mapping[type[models.Model], str]:
    """Return every model whose rows belong to one application, with the way there."""
    found: dict[type[models.Model], str] = {Application: "pk"}
    waiting: list[type[models.Model]] = [Application]
    for model in waiting:
        for other, way in _pointing_at(model):
            if other not in found:
                onward = found[model]
                found[other] = way if onward == "pk" else f"{way}__{onward}"
                waiting.append(other)
    return found


def _pointing_at(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for relation in model._meta.related_objects:
        if not relation.many_to_many:
            yield relation.related_model, relation.field.name


def closed_subjects(user: User) -> Q | None:
    """Return the subjects of the cases that are closed to the person; None where none is."""
    barring = ConflictOfInterest.objects.barring().filter(person=user)
    closed = list(barring.values_list("application", flat=True))
    if user.organisation_ids:
        own = Application.objects.filter(organisation__in=user.organisation_ids)
        closed += own.values_list("pk", flat=True)
    if not closed:
        return None
    shut = Q()
    for model, way in about_applications().items():
        rows = model._base_manager.filter(**{f"{way}__in": closed}).order_by()
        shut |= Q(subject_type=model._meta.label_lower, subject_id__in=rows.values("pk"))
    return shut


walls.close(closed_subjects)

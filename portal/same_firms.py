"""Entries of one firm: found by their keys, judged by the rule, told as far as one may see."""

from dataclasses import dataclass

from portal.models import Organisation, User
from portal.same_firm import Evidence, evidence

MOST = 20


@dataclass(frozen=True, slots=True)
class SameFirm:
    """Another entry of a firm; `organisation` is None where the reader may only know of it."""

    organisation: Organisation | None
    evidence: Evidence


def same_firms(organisation: Organisation, *, seen_by: User) -> list[SameFirm]:
    """Return the other entries of a firm, at most 20, those that one may see first.

    Of an entry in a region that the reader does not see it tells only that there is one.
    """
    if not organisation.match_keys:
        return []
    others = Organisation.objects.filter(match_keys__overlap=organisation.match_keys)
    others = others.exclude(pk=organisation.pk).order_by("pk")
    found = [(other, evidence(organisation.entry, other.entry)) for other in others]
    matches = [(other, by) for other, by in found if by is not None][:MOST]
    if not matches:
        return []
    visible = set(
        Organisation.objects.visible_to(seen_by)
        .filter(pk__in=[other.pk for other, _by in matches])
        .values_list("pk", flat=True)
    )
    told = [SameFirm(other if other.pk in visible else None, by) for other, by in matches]
    return sorted(told, key=lambda one: one.organisation is None)

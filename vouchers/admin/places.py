"""Where an application stands, in words for the desk."""

from typing import Any

from django.utils.translation import gettext as _

from portal.templatetags.portal_ui import day
from vouchers.cases.ranking import place_in
from vouchers.enums import ApplicationState

OPEN_AGAIN = frozenset({ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE})


def place_words(application: Any) -> str:
    """Say its place in the ranking or on the reserve list, or where an appeal has put it.

    The row comes from `with_places`.
    """
    place = place_in(application)
    if place is None:
        return _after_appeal(application)
    count = {"rank": place.rank, "of": place.of}
    if application.state == ApplicationState.RESERVE:
        if place.is_first_by_appeal:
            words = _("Place %(rank)s of %(of)s on the reserve list, by an upheld appeal")
        else:
            words = _("Place %(rank)s of %(of)s on the reserve list")
        until = application.call.reserve_until
        ends = _("The list ends on %(day)s.") % {"day": day(until)} if until else ""
        return f"{words % count}. {ends}" if ends else words % count
    if place.score is None:
        return _("Place %(rank)s of %(of)s in the ranking") % count
    score = {"score": f"{place.score:.2f}"}
    return _("Place %(rank)s of %(of)s in the ranking, %(score)s of 100") % {**count, **score}


def _after_appeal(application: Any) -> str:
    if application.state not in OPEN_AGAIN or not application.is_upheld:
        return ""
    if application.state == ApplicationState.SUBMITTED:
        return _("Back for screening by an upheld appeal, with its time of arrival")
    if application.terms.assessors:
        return _("Back for assessment by an upheld appeal")
    return _("Eligible again by an upheld appeal, with its place")

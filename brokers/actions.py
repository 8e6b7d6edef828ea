"""Questions to access brokers: asked, answered or closed."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from brokers.enums import EnquiryKind
from brokers.models import Enquiry
from brokers.notifications import EnquiryAnswered, EnquiryForTeam, EnquiryReceived
from brokers.workflow import ADVISE, ENQUIRY
from catalogue.actions import set_opinion
from catalogue.enums import Opinion
from catalogue.models import Record
from portal.models import Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, lock, move, record

ANSWER_DAYS = 5
SECOND_CLICK = timedelta(minutes=10)


@action
def ask(
    *,
    region: Region,
    name: str,
    email: str,
    organisation: str,
    question: str,
    language: str,
    about: Record | None = None,
    home_region: Region | None = None,
    is_need: bool = False,
    by: Actor,
    now: datetime,
) -> Enquiry:
    """Put a question or a need to a region's broker, or ask the broker of a record's region.

    It is due after five working days of the region that is asked. A need goes to the home region.
    The same words from the same address within ten minutes are the same question: a second click.
    """
    asked = about.region if about else region
    same = _just_asked(asked, email=email, question=question, now=now)
    if same is not None:
        return same
    kind = EnquiryKind.RECORD if about else EnquiryKind.QUESTION
    enquiry = Enquiry.objects.create(
        kind=EnquiryKind.NEED if is_need else kind,
        region=asked,
        home_region=region if is_need else home_region,
        record=about,
        name=name,
        email=email,
        organisation=organisation,
        question=question,
        language=language,
        asked_at=now,
        due_on=asked.answer_day(now, working_days=ANSWER_DAYS),
    )
    record(
        enquiry,
        "ask",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        after=enquiry.state,
        personal={"name": name, "email": email, "organisation": organisation},
        kind=enquiry.kind,
        region=asked.code,
        about=about.pk if about else None,
        due_on=enquiry.due_on,
    )
    notify(EnquiryReceived(enquiry), now=now)
    notify(EnquiryForTeam(enquiry), now=now)
    return enquiry


def _just_asked(region: Region, *, email: str, question: str, now: datetime) -> Enquiry | None:
    """Return the question that a second click would ask again; clicks wait for one another."""
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    recent = Enquiry.objects.filter(
        region=region, asked_at__gt=now - SECOND_CLICK, asked_at__lte=now
    )
    return recent.filter(email=email, question=question).first()


@action
def answer(enquiry: Enquiry, *, text: str, by: Actor, now: datetime) -> None:
    """Answer and mail it to who asked. Raises PermissionDenied and IllegalMove."""
    # The database refuses an answered question without an answer, so the words come first.
    enquiry.answer, enquiry.answered_at, enquiry.answered_by = text, now, by.user
    enquiry.save(update_fields=["answer", "answered_at", "answered_by"])
    move(enquiry, ENQUIRY.ANSWER, by=by, now=now)
    notify(EnquiryAnswered(enquiry), now=now)


@action
def close_without_answer(enquiry: Enquiry, *, reason: str, by: Actor, now: datetime) -> None:
    """Close what needs no answer, such as spam. Raises PermissionDenied and IllegalMove."""
    move(enquiry, ENQUIRY.CLOSE, by=by, now=now, reason=reason)


@action
def advise(
    enquiry: Enquiry, row: Record, *, opinion: Opinion | None, by: Actor, now: datetime
) -> None:
    """Recommend a record for a need, leave it out, or take that back, until it is answered.

    Raises PermissionDenied and IllegalMove.
    """
    locked = lock(enquiry, "region")
    if not ADVISE.permits(by, locked):
        raise PermissionDenied(ADVISE.name)
    if not locked.is_need or locked.state not in ADVISE.sources:
        raise IllegalMove(locked, ADVISE)
    set_opinion(locked, row, opinion=opinion, chain=PORTAL_CHAIN, by=by, now=now)

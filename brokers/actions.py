"""Questions to access brokers: asked, answered or closed."""

from datetime import datetime

from brokers.models import Enquiry
from brokers.notifications import EnquiryAnswered, EnquiryForTeam, EnquiryReceived
from brokers.workflow import ENQUIRY
from catalogue.models import Record
from portal.models import Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, move, record

ANSWER_DAYS = 5


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
    by: Actor,
    now: datetime,
) -> Enquiry:
    """Put a question to a region's broker, or about a record to the broker of its region.

    It is due after five working days of the region that is asked.
    """
    asked = about.region if about else region
    enquiry = Enquiry.objects.create(
        region=asked,
        home_region=home_region,
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
        region=asked.code,
        about=about.slug if about else "",
        due_on=enquiry.due_on,
    )
    notify(EnquiryReceived(enquiry), now=now)
    notify(EnquiryForTeam(enquiry), now=now)
    return enquiry


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

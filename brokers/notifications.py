"""Letters about questions: to who asked, and to the region's team."""

import textwrap
from typing import Any

from django.conf import settings
from django.urls import reverse

from brokers.models import Enquiry
from catalogue.search import recommended
from portal.enums import StaffMail
from portal.notifications import Notification, Reader, team


class _AboutEnquiry(Notification):
    """Answers go to the region's team address."""

    about: Enquiry

    def reply_to(self) -> str:
        """Return the team address of the region that was asked."""
        return self.about.region.team_email

    def context(self) -> dict[str, Any]:
        """Return the question as the letter quotes it: every line is indented."""
        return {"question": textwrap.indent(self.about.question, "  ")}


class _ToAsker(_AboutEnquiry):
    def readers(self) -> list[Reader]:
        """Return who asked, in the language of the page."""
        enquiry = self.about
        return [Reader(email=enquiry.email, language=enquiry.language, name=enquiry.name)]

    def context(self) -> dict[str, Any]:
        """Return the question, and the address where the asker sees how far it is."""
        return {**super().context(), "page_url": f"{settings.SITE_URL}{self.about.page}"}


class EnquiryReceived(_ToAsker):
    """Receipt for who asked, with the day of the answer."""

    template = "brokers/email/enquiry_received"


class EnquiryAnswered(_ToAsker):
    """The broker's answer."""

    template = "brokers/email/enquiry_answered"

    def context(self) -> dict[str, Any]:
        """Return the records that the broker recommends for a need."""
        enquiry = self.about
        rows = []
        if enquiry.is_need and enquiry.answered_at:
            rows = recommended(enquiry, home=enquiry.region, now=enquiry.answered_at)
        return {**super().context(), "records": rows}


class EnquiryForTeam(_AboutEnquiry):
    """A new question, for the team of the region that was asked."""

    template = "brokers/email/enquiry_for_team"
    stays = True

    def readers(self) -> list[Reader]:
        """Return the region's brokers."""
        return team(self.about.region, StaffMail.ENQUIRY, now=self.extra["now"])

    def reply_to(self) -> str:
        """Return who asked."""
        return self.about.email

    def context(self) -> dict[str, Any]:
        """Return the question, and the address of the page where it is answered."""
        path = reverse("admin:brokers_enquiry_change", args=[self.about.pk])
        return {**super().context(), "answer_url": f"{settings.SITE_URL}{path}"}

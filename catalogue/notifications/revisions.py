"""Letters about changes of records: to the region's team, and to who wrote them."""

import textwrap
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalogue.models import Revision
from portal.enums import StaffMail
from portal.notifications import Notification, Reader, team


class _AboutRevision(Notification):
    """Answers go to the region's team address."""

    about: Revision

    def reply_to(self) -> str:
        """Return the team address of the record's region."""
        return self.about.record.region.team_email


class RevisionSubmitted(_AboutRevision):
    """A change waits, for the team of the record's region."""

    template = "catalogue/email/revision_submitted"

    def readers(self) -> list[Reader]:
        """Return the region's brokers."""
        return team(self.about.record.region, StaffMail.CATALOGUE, now=self.extra["now"])

    def context(self) -> dict[str, Any]:
        """Return the address of the page that shows what differs."""
        path = reverse("admin:catalogue_revision_change", args=[self.about.pk])
        return {"decide_url": f"{settings.SITE_URL}{path}"}


class _ToProvider(_AboutRevision):
    def readers(self) -> list[Reader]:
        """Return who wrote the change for the provider, else the record's own address."""
        record, author = self.about.record, self.about.started_by
        if author is not None and record.provider.organisation_id in author.organisation_ids:
            return [Reader.of(author)]
        language = record.region.language
        name = str(record.provider)
        address = record.work_contact
        return [Reader(email=address, language=language, name=name)] if address else []

    def context(self) -> dict[str, Any]:
        """Return the record's page, and the note as the letter quotes it."""
        path = reverse("provider_record", args=[self.about.record.slug])
        note = textwrap.indent(self.about.note, "  ", lambda _line: True)
        return {"record_url": f"{settings.SITE_URL}{path}", "note": note}


class RevisionReturned(_ToProvider):
    """The broker's note on what to correct."""

    template = "catalogue/email/revision_returned"


class RevisionPublished(_ToProvider):
    """The change is public."""

    template = "catalogue/email/revision_published"

    def context(self) -> dict[str, Any]:
        """Return the public page of the record beside what every letter has."""
        path = reverse("catalogue_record", args=[self.about.record.slug])
        return {**super().context(), "public_url": f"{settings.SITE_URL}{path}"}

"""Words of the access brokers' work."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class EnquiryState(TextChoices):
    """Where a question to a broker is."""

    NEW = "new", pgettext_lazy("enquiry", "New")
    ANSWERED = "answered", pgettext_lazy("enquiry", "Answered")
    CLOSED = "closed", pgettext_lazy("enquiry", "Closed without an answer")

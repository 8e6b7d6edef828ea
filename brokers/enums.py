"""Words of the access brokers' work."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class EnquiryKind(TextChoices):
    """What is put to a broker."""

    QUESTION = "question", pgettext_lazy("enquiry", "Question")
    RECORD = "record", pgettext_lazy("enquiry", "About a record")
    NEED = "need", pgettext_lazy("enquiry", "Need")


class EnquiryState(TextChoices):
    """Where a question to a broker is."""

    NEW = "new", pgettext_lazy("enquiry", "New")
    ANSWERED = "answered", pgettext_lazy("enquiry", "Answered")
    CLOSED = "closed", pgettext_lazy("enquiry", "Closed without an answer")
